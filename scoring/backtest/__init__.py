"""Crowd forecasts tried on questions whose outcomes are known, from a folder of CSV files."""
