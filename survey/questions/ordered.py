"""One of several steps in an order: asked like a choice, scored by how far off the outcome is."""

from .choice import Choice


class Ordered(Choice):
    """Options from the lowest step to the highest; exactly one comes true."""

    name = "ordered"
