"""Incoherence: how far people are from coherent, shrunk where they answered little; losses and weights from that."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray, IntArray
from scoring.coherence.event_space import EventSpace
from scoring.coherence.repairs import repair

# Whoever answers little can hardly clash, and would look more coherent than all others.
#: Answers at the median that everybody is taken to have given beside their own.
PRIOR_ANSWERS = 10
# Of the distance itself: rates of 40, or a distance in shares of the median, lost up to a tenth of a pool's
# accuracy.
#: How fast a weight falls with incoherence.
RATE = 10.0


@dataclass(frozen=True, eq=False)
class Incoherence:
    """How far each person is from coherent.

    Attributes
    ----------
    distance : shape (people,)
        Root mean square of what repair moves their answers by; NaN for who gave none.
    answered : shape (people,)
        How many answers they gave.
    shrunk : shape (people,)
        The same drawn towards the median of all: √((Σ d² + 10 median²) / (k + 10)) for k answers. Otherwise whoever
        answers little would look coherent. Never NaN.
    """

    distance: FloatArray
    answered: IntArray
    shrunk: FloatArray


def incoherence(space: EventSpace, answers: ArrayLike) -> Incoherence:
    """How far people are from the nearest coherent forecast, in probability.

    Parameters
    ----------
    space : EventSpace
    answers : shape (people, answers)
        From 0 to 1, NaN where there is none.

    References
    ----------
    Predd, Osherson, Kulkarni and Poor (2008), Decision Analysis 5, 177-189; Wang, Kulkarni, Poor and Osherson (2011),
    Decision Analysis 8, 128-144: the incoherence penalty.

    Examples
    --------
    >>> from scoring.coherence import Question
    >>> space = EventSpace.of([Question("which", "choice", ("a", "b"))])
    >>> found = incoherence(space, [[0.6, 0.6], [0.5, 0.5], [float("nan")] * 2])
    >>> found.distance.round(3), found.shrunk.round(3)
    (array([0.1, 0. , nan]), array([0.061, 0.046, 0.05 ]))
    """
    given = np.atleast_2d(space.checked(answers))
    moved = repair(space, given).moved
    answered = np.asarray((~np.isnan(moved)).sum(axis=1), np.int64)
    total = np.nan_to_num(moved**2).sum(axis=1)
    # Whoever answered nothing has no distance, but a shrunk one, the median: NaN among weights spoils
    # everybody's pool.
    told = answered > 0
    distance = np.sqrt(np.divide(total, answered, out=np.full(len(given), np.nan), where=told))
    typical = float(np.median(distance[told])) if told.any() else 0.0
    shrunk = np.sqrt((total + PRIOR_ANSWERS * typical**2) / (answered + PRIOR_ANSWERS))
    return Incoherence(distance, answered, shrunk)


def coherence_weights(distance: ArrayLike, rate: float = RATE) -> FloatArray:
    """Weights of people by their incoherence: exp(-rate · distance). Used nowhere unless somebody asks for it.

    They help where slips differ from person to person, and cost a little where they do not.

    Parameters
    ----------
    distance : shape S
        0 or more: `Incoherence.shrunk`.

    References
    ----------
    Wang, Kulkarni, Poor and Osherson (2011), Decision Analysis 8, 128-144.

    Examples
    --------
    >>> coherence_weights([0.0, 0.1]).round(3)
    array([1.   , 0.368])
    """
    given = checks.numbers("distance", distance)
    checks.refuse("distance", given, given < 0, "be 0 or more")
    return np.asarray(np.exp(-checks.positive("rate", rate) * given))


def guaranteed_loss(
    kind: Literal["implies", "equals", "excludes", "partition"], probabilities: ArrayLike
) -> FloatArray:
    """Guaranteed logarithmic loss of two incoherent chances: by how much a coherent pair is better, come what may.

    -2 ln(√(p q) + √((1 - p)(1 - q))) for two chances of what would have to be one event, p and q; for an exclusion
    q is 1 less the second. 0 where the relation holds. That an incoherent forecast can be bettered whatever comes is
    de Finetti's definition of incoherence; by how much, for any proper score, is its divergence from the nearest
    coherent one (Predd and others 2009): here the least kl(r, p) + kl(r, q), r at the geometric mean of both odds.
    It is also what a bookmaker with logarithmic rewards gains.

    Parameters
    ----------
    kind : one of the four
        As in `gap`.
    probabilities : shape S + (2,)
        NaN: unanswered.

    Returns
    -------
    shape S
        Natural logarithm; infinite where one is 0 and the other 1.

    References
    ----------
    De Finetti (1937), Annales de l'Institut Henri Poincaré 7, 1-68; Predd, Seiringer, Lieb, Osherson, Poor and
    Kulkarni (2009), IEEE Transactions on Information Theory 55, 4786-4792; Paleka, Sudhir, Alvarez and others (2025),
    Consistency Checks for Language Model Forecasters, ICLR.

    Examples
    --------
    >>> guaranteed_loss("implies", [[0.5, 0.25], [0.25, 0.5]]).round(4)
    array([0.0693, 0.    ])
    """
    given = checks.options("probabilities", probabilities, missing=True)
    if kind not in ("implies", "equals", "excludes", "partition"):
        raise ValueError(f"kind must be implies, equals, excludes or partition, got {kind!r}")
    if given.shape[-1] != 2:
        raise ValueError(f"probabilities must be of two events, got shape {given.shape}")
    first = given[..., 0]
    second = 1 - given[..., 1] if kind in ("excludes", "partition") else given[..., 1]
    holds = first <= second if kind in ("implies", "excludes") else first == second
    with np.errstate(divide="ignore"):
        # At most 1: what rounding carries above it would be a loss below 0. And 0 less it: -2 times 0 is -0.
        # 0 and 1 stay, and may lose without end: Paleka and others put 0.001 in the place of 0.
        likeness = np.minimum(np.sqrt(first * second) + np.sqrt((1 - first) * (1 - second)), 1)
        loss = 0.0 - 2 * np.log(likeness)
    return np.asarray(np.where(holds, 0.0, loss))
