"""Signing in, and accounts."""
