"""Aggregation: the store's forecasts as arrays; aggregates, segments, scenarios, scores made of them."""
