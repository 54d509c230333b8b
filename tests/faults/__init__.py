"""Servers and databases that are killed while people answer, and what must hold all the same."""
