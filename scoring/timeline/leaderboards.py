"""Leaderboards: scores over many questions to one row for each person, means, ranks, prizes and medals.

Higher is better here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks, crowds, labels
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.ordering import stable_order

# Medals, their worth and prizes are those of Metaculus, whose tables the tests hold them to.
#: Medals by the share of people who get one or a better one: 1, 2 and 5 in a hundred, but 1, 2 and 3 people.
MEDALS = {"gold": (100, 1), "silver": (50, 2), "bronze": (20, 3)}
#: In doubles' last places: what the order of a sum of some dozens of scores may change. A share of the score
#: would let two people tie who differ by more than either sees.
ROUNDING = 8
#: What a medal is worth in the year it was won; half as much with each year of age.
MEDAL_POINTS = {"gold": 10.0, "silver": 4.0, "bronze": 1.0}


@dataclass(frozen=True, eq=False)
class Standings:
    """What each person has over all questions."""

    #: Who, rising.
    person: IntArray
    #: Sums of score and coverage, each times the question's weight.
    score: FloatArray
    coverage: FloatArray
    #: On how many questions.
    contributions: IntArray


def standings(
    person: ArrayLike, score: ArrayLike, coverage: ArrayLike, weight: ArrayLike | None = None
) -> Standings:
    """Each person's sums over questions.

    Parameters
    ----------
    person : shape (n,), whole numbers
        One row for each person and question.
    score : shape (n,)
        Peer, baseline or spot scores.
    coverage : shape (n,)
        0 to 1.
    weight : shape (n,), optional
        The weight of each row's question, 0 or more; 1 without it.

    Examples
    --------
    >>> standings([2, 1, 2], [10.0, 4.0, -2.0], [1.0, 0.5, 0.5], weight=[1.0, 1.0, 0.5]).score
    array([4., 9.])
    """
    who, points, share = checks.rows(
        person=labels.identifiers("person", person),
        score=checks.numbers("score", score),
        coverage=checks.probabilities("coverage", coverage),
    )
    weighs = crowds.weights(weight, who.size, zero=True)
    people, row = np.unique(who, return_inverse=True)
    return Standings(
        people,
        np.bincount(row, weights=points * weighs, minlength=people.size).astype(np.float64),
        np.bincount(row, weights=share * weighs, minlength=people.size).astype(np.float64),
        np.bincount(row, minlength=people.size),
    )


@dataclass(frozen=True, eq=False)
class MeanScores:
    """What each person has a question, and how far chance may have carried it."""

    #: Who, rising.
    person: IntArray
    #: Weighted means of the scores.
    mean: FloatArray
    #: Sampling variances of these means, above 0 unless nobody's scores differ from their own mean.
    variance: FloatArray
    #: On how many questions.
    contributions: IntArray


def mean_scores(person: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> MeanScores:
    """Each person's weighted mean over questions, with a sampling variance from what all of them leave over.

    With weights w of the rows of person i, mean m_i and n_i questions, the variance is a ratio estimator's,
    ``n_i φ / (Σ w)²``, where φ, the mean square of ``w (score - m)`` for a row, is one for all people: five scores of
    one's own tell little of how far they scatter. With a reference's penalties as weights and ``1 - own / reference``
    as scores the mean is a skill score (`scoring.rewards.skill_score`); `scoring.evaluation.shrinkage.shrunken` then
    draws means to the mean of all.

    Parameters
    ----------
    person : shape (n,), whole numbers
        One row for each person and question.
    score : shape (n,)
    weight : shape (n,), optional
        0 or more; 1 without it. A person whose weights sum to 0 is left out: they have no mean.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd edition, section 6.4, for the variance of a ratio.

    Examples
    --------
    >>> found = mean_scores([1, 1, 2, 2], [1.0, 3.0, 4.0, 4.0])
    >>> found.mean, found.variance, found.contributions
    (array([2., 4.]), array([0.5, 0.5]), array([2, 2]))
    """
    who, points = checks.rows(
        person=labels.identifiers("person", person), score=checks.numbers("score", score)
    )
    weighs = crowds.weights(weight, who.size, zero=True)
    people, row, rows = np.unique(who, return_inverse=True, return_counts=True)
    # As numbers with decimals: sums of nobody are whole numbers to NumPy, which no mean can be put into.
    total, scored = (
        np.bincount(row, weights=each, minlength=people.size).astype(np.float64)
        for each in (weighs, points * weighs)
    )
    has = total > 0
    mean = np.divide(scored, total, where=has, out=np.zeros(people.size))
    left = np.where(has[row], weighs * (points - mean[row]), 0.0)
    free = int((rows[has] - 1).sum())
    scatter = float(np.square(left).sum()) / free if free else 0.0
    return MeanScores(people[has], mean[has], rows[has] * scatter / total[has] ** 2, rows[has])


def shrunk(score: ArrayLike, amount: ArrayLike, least: float) -> FloatArray:
    """Scores per question, drawn towards 0 for who did few: ``score / max(least, amount)``.

    Parameters
    ----------
    score : shape (n,)
        Sums over questions.
    amount : shape (n,)
        How much each person did: coverage, or the number of questions.
    least : float
        Above 0. The leading platform takes 30 of coverage, formerly 40 questions.

    Returns
    -------
    shape (n,)

    Examples
    --------
    >>> shrunk([60.0, 60.0], [3.0, 60.0], least=30)
    array([2., 1.])
    """
    sums, did = _pair("score", score, "amount", amount)
    if not least > 0:
        raise ValueError(f"least must be above 0, got {least}")
    return np.asarray(sums / np.maximum(least, did))


def ranks(score: ArrayLike, excluded: ArrayLike | None = None) -> IntArray:
    """Places, 1 for the best. Equal scores share the best of their places.

    Parameters
    ----------
    score : shape (n,)
        Higher is better. Scores count as equal where they differ by the rounding of a sum alone, `ROUNDING` units
        in the last place, from the best of those who share a place.
    excluded : shape (n,), True or False, optional
        Who takes no place: they are shown the one they would have, and the next person has it too.

    Returns
    -------
    shape (n,), whole numbers

    Examples
    --------
    >>> ranks([5.0, 9.0, 5.0, 1.0]), ranks([9.0, 5.0], excluded=[True, False])
    (array([2, 1, 2, 4]), array([1, 1]))
    """
    points, out = _excluded(score, excluded)
    order = np.argsort(-points, kind="stable")
    found = np.empty(points.size, dtype=np.int64)
    place, taken, best = 1, 0, np.nan
    for row in order.tolist():
        # So asked that NaN, before the first, is near nobody.
        if not best - points[row] <= ROUNDING * np.spacing(abs(best)):
            place, best = taken + 1, points[row]
        found[row] = place
        taken += not out[row]
    return found


def takes(score: ArrayLike) -> FloatArray:
    """What a score claims of the prizes of a tournament: its square, nothing below 0.

    Parameters
    ----------
    score : any shape

    Returns
    -------
    shape of `score`

    Examples
    --------
    >>> takes([3.0, -3.0])
    array([9., 0.])
    """
    return np.asarray(np.maximum(checks.numbers("score", score), 0) ** 2)


def exponential_takes(score: ArrayLike, coverage: ArrayLike) -> FloatArray:
    """The older claim on the prizes of a tournament, ``coverage · e^score``, by relative scores.

    Parameters
    ----------
    score : shape (n,)
        Sums of relative scores over the questions.
    coverage : shape (n,)
        The share of all questions' lives, 0 to 1.

    Returns
    -------
    shape (n,)

    Examples
    --------
    >>> exponential_takes([0.0, 0.0], [1.0, 0.5])
    array([1. , 0.5])
    """
    points, share = _pair("score", score, "coverage", checks.probabilities("coverage", coverage))
    return np.asarray(share * np.exp(points))


def prize_shares(take: ArrayLike, excluded: ArrayLike | None = None, least: float = 0.0) -> FloatArray:
    """How the prizes are divided: by the takes, without shares too small to be paid out.

    From the lowest take up, who would get less than `least` of what is left to divide gets nothing, and their
    take goes out of the division.

    Parameters
    ----------
    take : shape (n,)
        0 or more.
    excluded : shape (n,), True or False, optional
        Who gets no prize.
    least : float
        0 to 1: the smallest prize divided by all prizes.

    Returns
    -------
    shape (n,)
        They sum to 1, or are all 0 where nobody can be paid.

    Examples
    --------
    >>> prize_shares([60.0, 36.0, 4.0], least=0.05)
    array([0.625, 0.375, 0.   ])
    """
    claims, out = _excluded(take, excluded, "take")
    if (claims < 0).any() or not 0 <= least <= 1:
        raise ValueError(
            f"take must be 0 or more and least from 0 to 1, got {claims.min(initial=0)} and {least}"
        )
    kept = np.where(out, 0.0, claims)
    rising = stable_order(kept)
    # What is left before each, while all below it get nothing. After the first who gets something so does everybody.
    left = np.subtract.accumulate(np.append(kept.sum(), kept[rising]))[:-1]
    paid = kept[rising] >= least * left
    kept[rising[: np.argmax(paid) if paid.any() else paid.size]] = 0.0
    total = kept.sum()
    return np.asarray(kept / total) if total > 0 else kept


def medals(rank: ArrayLike, excluded: ArrayLike | None = None) -> NDArray[np.str_]:
    """Medals by place, "gold", "silver", "bronze" or "".

    Of n people who count, gold goes to places up to ``max(⌈n/100⌉, 1)``, silver up to ``max(⌈n/50⌉, 2)`` and
    bronze up to ``max(⌈n/20⌉, 3)``.

    Parameters
    ----------
    rank : shape (n,), whole numbers
        Places, see `ranks`.
    excluded : shape (n,), True or False, optional
        Who gets no medal and does not count.

    Returns
    -------
    shape (n,)

    Examples
    --------
    >>> medals([1, 2, 3, 4])
    array(['gold', 'silver', 'bronze', ''], dtype='<U6')
    """
    place = checks.vector("rank", checks.whole_numbers("rank", rank))
    out = _excluded(place, excluded, "rank")[1]
    people = int((~out).sum())
    found = np.full(place.size, "", dtype="<U6")
    for name, (one_in, least) in reversed(MEDALS.items()):
        found[place <= max(-(-people // one_in), least)] = name
    found[out] = ""
    return found


def medal_points(medal: str, age: int = 0) -> float:
    """What a medal is worth: 10, 4 or 1, halved with each year of age.

    Parameters
    ----------
    medal : "gold", "silver" or "bronze"
    age : int
        Whole years, 0 or more.

    Examples
    --------
    >>> medal_points("gold"), medal_points("silver", age=1)
    (10.0, 2.0)
    """
    if medal not in MEDAL_POINTS:
        raise ValueError(f"medal must be gold, silver or bronze, got {medal!r}")
    if checks.whole_numbers("age", age).ndim or age < 0:
        raise ValueError(f"age must be a whole number of 0 or more, got {age!r}")
    return MEDAL_POINTS[medal] / float(2**age)


def _excluded(
    score: ArrayLike, excluded: ArrayLike | None, name: str = "score"
) -> tuple[FloatArray, BoolArray]:
    """Numbers, and who is left out."""
    points = checks.vector(name, checks.numbers(name, score))
    if excluded is None:
        return points, np.zeros(points.size, dtype=np.bool_)
    out = checks.rows(**{name: points, "excluded": checks.truth_values("excluded", excluded)})[1]
    return points, out


def _pair(name: str, value: ArrayLike, other: str, values: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Two vectors of one length."""
    first, second = checks.rows(**{name: checks.numbers(name, value), other: checks.numbers(other, values)})
    return first, second
