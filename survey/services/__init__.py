"""What may happen to the store: plain functions that take a session, flush, and return what they made.

A page or a command calls one of them inside `survey.store.transaction`, which commits and retries
the whole.
"""
