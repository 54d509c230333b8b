"""Commands: `parley`, the same services from a terminal."""
