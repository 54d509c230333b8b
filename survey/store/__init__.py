"""The store: engine, write unit, lifecycle of questions, health."""
