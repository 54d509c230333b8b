"""Tests of ``scoring``: worked values, identities, properties, and readings of the rules by hand."""
