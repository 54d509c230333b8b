"""Servers: the embedded one, the factory other servers call, and the worker beside them."""
