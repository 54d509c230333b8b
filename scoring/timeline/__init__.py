"""Forecasts with a beginning and an end: who stands when, histories of the crowd, scores over time."""
