"""Simulation: invented people, and the demonstration in which they answer."""
