"""The store: engine, write unit, lifecycle of questions, health; what a request and a process keep."""
