"""Security: accounts, passwords, headers and limits; how bodies are read; what logs may hold."""
