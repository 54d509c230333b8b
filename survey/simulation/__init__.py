"""Simulation: invented people, and the demonstration in which they answer."""

#: The bank that is demonstrated, and the address of the demonstration.
BANK = "ukraine"
DEMO_SLUG = "demo"
