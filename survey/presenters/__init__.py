"""Presenters: stored things as sentences, rows and charts, for pages and JSON alike."""
