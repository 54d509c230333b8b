"""Difficulty adjustment: scores as if all had answered the same questions.

Whoever picks easy questions has low penalties without being good. A table of scores, with people as rows and
questions as columns and most cells empty, is taken apart into an effect of the person and one of the
question: ``score_ij = a_i + b_j + rest``. The person's effect is what is left when difficulty is taken out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import block_array, coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from scoring import checks, labels
from scoring.checks import FloatArray, IntArray

#: Up to this many unknowns a full matrix is solved, which is the more exact way; above, a sparse one.
DENSE = 1500

#: How many people or questions an error names before it only counts.
NAMED = 5


@dataclass(frozen=True)
class TwoWay:
    """People's scores with the difficulty of their questions taken out, and that difficulty."""

    person: IntArray
    adjusted: FloatArray
    raw: FloatArray
    answered: IntArray
    coverage: FloatArray
    question: IntArray
    difficulty: FloatArray
    residual_variance: float


def adjusted_scores(
    person: ArrayLike, question: ArrayLike, score: ArrayLike, *, difficulty: Mapping[Any, float] | None = None
) -> TwoWay:
    """Effects of people and questions by least squares, from a table with missing cells.

    The questions' effects are counted from their mean over all questions, so an adjusted score is the score
    to be expected on the average question. It is also the mean of what is left of the person's scores when
    each question's effect is taken off.

    Parameters
    ----------
    person, question : shape (n,), whole numbers, text or moments
        Who answered what, for each score. The same pair may come more than once.
    score : shape (n,)
        Scores of one rule. The orientation stays: penalties stay penalties. NaN: missing, dropped.
    difficulty : dictionary from question to effect, optional
        Takes these effects, as the score of a market on each question, instead of estimating any. They are
        taken off as they are, so the adjusted scores are differences from them. The table need not hang
        together then.

    Returns
    -------
    TwoWay
        person : who has a score, rising; the next four are in this order
        adjusted : a_i, on the scale of the scores
        raw : mean score
        answered : number of scores
        coverage : share of all questions that the person has a score on, 0 to 1
        question : what has a score, rising
        difficulty : b_j in this order; mean 0 unless it was supplied
        residual_variance : Σ rest² over the degrees of freedom, n - people - questions + 1, or n - people if
            the difficulty was supplied. NaN where no degree is left.

    Raises
    ------
    ValueError
        If no score is left, or a question's effect is not supplied though others are. Also if the table falls
        into parts which share neither people nor questions: nothing tells then whether the people of one are
        better or their questions easier. The parts are named.

    References
    ----------
    Yates (1933), Journal of Agricultural Science 23, 108-145: two-way tables with missing cells.
    Merkle, Steyvers, Mellers and Tetlock (2016), Decision 3, 1-19, for the problem in forecasting.

    Examples
    --------
    Person 1 has the higher mean only because of question 12:

    >>> table = adjusted_scores([0, 0, 1, 1, 2, 2], [10, 11, 11, 12, 10, 12], [0.2, 0.3, 0.3, 0.8, 0.2, 0.8])
    >>> table.raw
    array([0.25, 0.55, 0.5 ])
    >>> table.adjusted.round(3)
    array([0.433, 0.433, 0.433])
    >>> table.difficulty.round(3)
    array([-0.233, -0.133,  0.367])
    """
    people, who, questions, what, y = _table(person, question, score)
    if difficulty is None:
        count = _counts(who, what, people.size, questions.size)
        _one_part(count, people, questions)
        effect = _question_effects(count, who, what, y)
    else:
        effect = _supplied(difficulty, questions)
    n_i = np.bincount(who)
    adjusted = np.bincount(who, y - effect[what]) / n_i
    rest = y - adjusted[who] - effect[what]
    freedom = y.size - people.size - (questions.size - 1 if difficulty is None else 0)
    return TwoWay(
        person=people,
        adjusted=adjusted,
        raw=np.bincount(who, y) / n_i,
        answered=n_i.astype(np.int64),
        coverage=_coverage(who, what, people.size, questions.size),
        question=questions,
        difficulty=effect,
        residual_variance=float((rest**2).sum() / freedom) if freedom > 0 else float("nan"),
    )


def _table(
    person: ArrayLike, question: ArrayLike, score: ArrayLike
) -> tuple[IntArray, NDArray[np.intp], IntArray, NDArray[np.intp], FloatArray]:
    """People and the position of each row's, questions likewise, and the scores that are present."""
    given, who, what = checks.rows(
        score=checks.numbers("score", score, missing=True),
        person=labels.identifiers("person", person),
        question=labels.identifiers("question", question),
    )
    present = ~np.isnan(given)
    if not present.any():
        raise ValueError(f"score must hold one score or more that is not missing, got {given.size} rows")
    people, who = np.unique(who[present], return_inverse=True)
    questions, what = np.unique(what[present], return_inverse=True)
    return people, who, questions, what, given[present]


def _counts(who: NDArray[Any], what: NDArray[Any], people: int, questions: int) -> Any:
    """How many scores each person has on each question, sparse."""
    return csr_array(coo_array((np.ones(who.size), (who, what)), shape=(people, questions)))


def _one_part(count: Any, people: IntArray, questions: IntArray) -> None:
    """Refuses a table whose people and questions do not all hang together."""
    parts, label = connected_components(block_array([[None, count], [count.T, None]]), directed=False)
    if parts > 1:
        of_people, of_questions = label[: people.size], label[people.size :]
        named = "; ".join(
            f"people {_listed(people[of_people == part])} "
            f"on questions {_listed(questions[of_questions == part])}"
            for part in range(min(parts, NAMED))
        )
        raise ValueError(
            "person and question must hang together as one table, "
            f"got {parts} parts that share neither: {named}"
        )


def _listed(names: IntArray) -> str:
    more = f" and {names.size - NAMED} more" if names.size > NAMED else ""
    return ", ".join(str(name) for name in names[:NAMED]) + more


def _question_effects(count: Any, who: NDArray[Any], what: NDArray[Any], y: FloatArray) -> FloatArray:
    """b by least squares, mean 0, from the normal equations after the larger side is eliminated."""
    of_people, of_questions = np.bincount(who, y), np.bincount(what, y)
    if count.shape[0] < count.shape[1]:
        effect = _eliminate(count.T, of_questions, of_people)
        b = (of_questions - count.T @ effect) / count.sum(axis=0)
    else:
        b = _eliminate(count, of_people, of_questions)
    return np.asarray(b - b.mean())


def _eliminate(count: Any, row_total: NDArray[Any], column_total: NDArray[Any]) -> FloatArray:
    """The columns' effects, the first of them 0, of ``rows + columns`` with these counts and totals.

    The rows' normal equations give r = (R - N c) / n; put into the columns' they leave a system for c that
    knows c only up to a constant.
    """
    share = diags_array(1 / count.sum(axis=1)) @ count
    system = csr_array(diags_array(count.sum(axis=0)) - count.T @ share)[1:, 1:]
    right = (column_total - share.T @ row_total)[1:]
    solved = np.zeros(column_total.size)
    if solved.size > 1:
        small = solved.size <= DENSE
        solved[1:] = np.linalg.solve(system.toarray(), right) if small else spsolve(system.tocsc(), right)
    return solved


def _supplied(difficulty: Mapping[Any, float], questions: NDArray[Any]) -> FloatArray:
    # As Python's own: that is how a dictionary holds numbers, names and moments.
    asked = questions.tolist()
    missing = [question for question in asked if question not in difficulty]
    if missing:
        raise ValueError(
            f"difficulty must hold each question that has a score, got none for {missing[:NAMED]}"
        )
    return checks.numbers("difficulty", [difficulty[question] for question in asked])


def _coverage(who: NDArray[Any], what: NDArray[Any], people: int, questions: int) -> FloatArray:
    """The share of questions that each person has a score on, each counted once."""
    pairs = np.unique(np.stack([who, what]), axis=1)
    return np.asarray(np.bincount(pairs[0], minlength=people) / questions)
