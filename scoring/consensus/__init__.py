"""Consensus: dispersion and polarization of a crowd, and whether its opinion is stable.

- ``spread``: how far answers of any kind lie apart
- ``polarization``: whether they fall into camps
- ``stability``: whether two rounds differ, and whether a crowd has settled
"""
