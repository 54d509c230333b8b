"""Pages of those who answer."""
