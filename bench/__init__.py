"""Benchmarks: each prints ratios to a floor measured in the same run, never a time to be met."""

import logging

# The table alone is printed. Each filled database is made by all migrations, whose library tells of every one where
# it finds no handler.
logging.basicConfig(level=logging.WARNING)
