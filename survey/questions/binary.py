"""Yes or no: one probability, that it happens."""

from .probability import ProbabilityKind


class Binary(ProbabilityKind):
    """One option, `yes`."""

    name = "binary"
