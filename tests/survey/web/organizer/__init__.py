"""Pages of those who run a survey."""
