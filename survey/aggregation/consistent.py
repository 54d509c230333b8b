"""Consistent crowd forecast: published figures of tied questions, made coherent after each was pooled by itself.

Nothing is stored of it: it is a function of what was published, so it tells of nobody what that does not, holds for
publications of before, and whoever has the published figures computes the same.
"""

from functools import lru_cache

import numpy as np

from scoring.coherence import EventSpace, pool_weights, repair

from .specification import Floats, Said
from .tied_answers import answers_in


def tied_to(space: EventSpace, question: str) -> frozenset[str]:
    """Keys of the questions whose chances hang together with a question's, itself among them; alone without ties."""
    for places in space.components:
        keys = frozenset(space.coordinates[place][0] for place in places)
        if question in keys:
            return keys
    return frozenset({question})


def made_consistent(space: EventSpace, told: Said) -> dict[str, dict[str, float]]:
    """The coherent forecast nearest to a crowd's figures (repair after pooling).

    Parameters
    ----------
    told
        What heads the pages, by question and option, as fractions.

    Returns
    -------
    dict
        The same questions and options as `told` that have events; figures that go together stay as they are.

    References
    ----------
    Osherson and Vardi (2006), Games and Economic Behavior 56, 148-173, with the weights 1 / p (1 - p): equal points
    would be taken off small chances until nothing was left of them.
    """
    # Pooled first and repaired then: with people repaired one by one, log scores were worse at crowds of 20
    # and more.
    answers = answers_in(space, told)
    found: dict[str, dict[str, float]] = {}
    for (question, option), said, made in zip(
        space.answers, answers, _repaired(space, answers.tobytes()), strict=True
    ):
        if not np.isnan(said):
            found.setdefault(question, {})[option] = float(made)
    return found


def put_together(direct: Said, made: Said) -> dict[str, dict[str, float]]:
    """Figures of some questions, those that were made consistent in place of what was asked directly."""
    return {
        key: {option: made.get(key, {}).get(option, value) for option, value in options.items()}
        for key, options in direct.items()
    }


# A page of many questions asks for each; a space is the same object for as long as nothing declared has changed.
@lru_cache(maxsize=64)
def _repaired(space: EventSpace, answers: bytes) -> Floats:
    # An array is no key of what is kept; its bytes are.
    told = np.frombuffer(answers)
    return repair(space, told, pool_weights(told)).answers
