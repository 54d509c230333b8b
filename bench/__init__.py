"""Benchmarks: each prints ratios to a floor measured in the same run, never a time to be met."""
