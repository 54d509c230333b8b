"""Answers to questions that hang together, as a row of their event space."""

import numpy as np

from scoring.coherence import EventSpace

from .specification import Floats, Said


def answers_in(space: EventSpace, said: Said) -> Floats:
    """Answers as a row of the event space, NaN where there is none; what lies outside it is left out."""
    return np.array([said.get(question, {}).get(option, np.nan) for question, option in space.answers])
