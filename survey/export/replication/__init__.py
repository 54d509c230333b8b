"""Replication: every figure again, from the files of a snapshot alone, by the functions that made what was published.

Without Flask and without a database: NumPy and SciPy are all it needs. `python -m survey.export.replication ZIP` is
`parley bundle recompute ZIP` where the wheel alone is there.
"""
