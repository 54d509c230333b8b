"""Forecast verification: what forecasts were worth.

- ``calibration``, ``reliability``, ``murphy``, ``discrimination``: what a score is made of
- ``proportions``: how sure a counted share is
- ``difficulty``, ``shrinkage``: scores as if all had answered the same questions, drawn to their mean
- ``comparison``, ``evidence``, ``resampling``: whether a difference is more than luck
- ``diversity``: what a crowd gains by disagreeing
"""
