"""Pages of those who sign in."""
