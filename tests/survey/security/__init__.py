"""What must not get in or out."""
