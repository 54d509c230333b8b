"""Aggregates, scores and participation."""
