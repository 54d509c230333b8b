"""The default beside its first edition: paired differences at several sizes of crowd, and what moves each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..checks import FloatArray, IntArray
from .comparing import Comparison, Difference, differences
from .crowds import Crowd
from .measures import measure_probabilities
from .pools import pooled
from .trials import attempt, name_of

#: The rule compared with, and both forms of the one that stands.
EARLIER, FORMS = "first_edition", ("parley", "parley_open")
#: Sizes of crowds drawn from the people of each question, beside everybody (0); how often each is drawn.
SIZES, DRAWS = (0, 3, 5, 10), 10
# One in twenty is hostile.
#: Influence: so many people join so many, of whom the answers of at least so many are known.
JOINING, AMONG, KNOWN = 52, 1_000, 10
#: What they say.
SAID = (0.01, 0.99)


@dataclass(frozen=True)
class Beside:
    """One form less the first edition, on crowds of one size (0: everybody); below 0 where it is better."""

    name: str
    size: int
    questions: int
    brier: Difference
    log: Difference


@dataclass(frozen=True)
class Moved:
    """How far a method is moved, in points over questions: on average, on the worst tenth, and at most."""

    name: str
    questions: int
    mean: float
    tenth: float
    worst: float


def beside(comparison: Comparison) -> list[Beside]:
    """Both forms at every size of which there are two questions or more; none where the forecasts are numbers."""
    if not comparison.layout.clips:
        return []
    found = []
    for size in SIZES:
        crowds = [crowd for crowd in comparison.crowds if crowd.people >= size]
        if len(crowds) < 2:
            continue
        scores = {key: _scores(key, crowds, size, comparison.seed) for key in (EARLIER, *FORMS)}
        for key in FORMS:
            change = (scores[key] - scores[EARLIER]).T
            brier, log = differences(crowds, change, comparison.seed, comparison.resamples)
            found.append(Beside(name_of(key), size, len(crowds), brier, log))
    return found


def moved(comparison: Comparison) -> list[Moved]:
    """What 52 people who all say 1 or 99 %, whichever moves it more, move among 1,000 with the answers of a question.

    The 1,000 are drawn evenly from the sorted answers, over the questions for yes or no with enough of them.
    """
    crowds = [crowd for crowd in comparison.crowds if crowd.binary and crowd.people >= KNOWN]
    if not crowds:
        return []
    found = []
    for key in (EARLIER, *FORMS, "mean", "median"):
        shift = 100 * np.array([_shift(key, crowd) for crowd in crowds])
        tenth = float(np.quantile(shift, 0.9))
        found.append(Moved(name_of(key), len(crowds), float(shift.mean()), tenth, float(shift.max())))
    return found


def _scores(key: str, crowds: Sequence[Crowd], size: int, seed: int) -> FloatArray:
    """Brier and logarithmic scores of a method, means over the draws; shape (2, questions)."""
    found = []
    for drawn in _draws(crowds, size, seed):
        values = [attempt(pooled, key, crowd) for crowd in drawn]
        found.append(np.array(measure_probabilities(drawn, values).columns))
    return np.asarray(np.mean(found, axis=0))


def _draws(crowds: Sequence[Crowd], size: int, seed: int) -> Iterator[Sequence[Crowd]]:
    """Everybody once, or as many people as asked for, several times; the same for every method."""
    if size == 0:
        yield crowds
        return
    generator = np.random.default_rng(seed)
    for _ in range(DRAWS):
        yield [_of(crowd, generator.choice(crowd.people, size, replace=False)) for crowd in crowds]


def _of(crowd: Crowd, rows: IntArray) -> Crowd:
    return replace(crowd, person=crowd.person[rows], forecast=crowd.forecast[rows])


def _shift(key: str, crowd: Crowd) -> float:
    """The larger of both shifts, as a probability."""
    # Evenly and not by chance: all methods meet the same thousand, and a question's is the same tomorrow.
    answers = np.sort(crowd.forecast)[np.arange(AMONG) * crowd.people // AMONG]
    before = _pooled(key, crowd, answers)
    after = [_pooled(key, crowd, np.append(answers, np.full(JOINING, said))) for said in SAID]
    return max(abs(one - before) for one in after)


def _pooled(key: str, crowd: Crowd, answers: FloatArray) -> float:
    return float(pooled(key, replace(crowd, forecast=answers)))
