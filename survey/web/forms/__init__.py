"""Forms that pages send. Each keeps what was typed, and none changes anything by itself."""
