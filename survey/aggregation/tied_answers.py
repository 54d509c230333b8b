"""Answers to questions that hang together, as a row of their event space."""

from collections.abc import Mapping

import numpy as np

from scoring.coherence import EventSpace

from .specification import Floats

#: What was said of some questions: key of a question to keys of options to probabilities.
Said = Mapping[str, Mapping[str, float]]


def answers_in(space: EventSpace, said: Said) -> Floats:
    """Answers as a row of the event space, NaN where there is none; what lies outside it is left out."""
    return np.array([said.get(question, {}).get(option, np.nan) for question, option in space.answers])
