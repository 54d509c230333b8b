"""Trials of methods that learn from outcomes, each judged on a question whose own outcome it has not seen.

Where the data tell of every question when its outcome became known, only what was known before the crowd's
newest forecast is learned from: forward in time. Where they don't, all other questions are learned from: leave
one question out. Of more than `EACH` questions a fold learns together, from what each of its questions may learn
from: cross-validation in `FOLDS` parts, along time where it is forward in time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..checks import BoolArray, FloatArray, IntArray
from ..pools import averages, contribution_scores, odds, past_skill
from ..pools.beta import beta_curve
from ..pools.fitted import MINIMUM, BetaCurve, Line, fit_beta, fit_line, fit_stretch
from .crowds import Crowd, table_of
from .trials import NO_ANSWER, Refused, Trial, Trials, Value, attempt, name_of, names_of, rule_of, spread

#: From people's probabilities (people, questions) and outcomes (questions,) to people's weights.
Weights = Callable[[FloatArray, FloatArray], FloatArray]
#: From the crowd's probabilities of some questions, their outcomes, and a curve to begin the search at, to a curve.
Fit = Callable[[FloatArray, FloatArray, Any], Line | BetaCurve]

#: Up to so many questions each learns for itself. Of more, one that is left out hardly moves what is learned, and
#: thousands of fits take hours.
EACH = 200
FOLDS = 50


@dataclass(frozen=True, eq=False)
class Past:
    """Yes-or-no questions as methods that learn see them."""

    crowds: list[Crowd]
    #: Where each stands among all questions, and how many these are.
    places: list[int]
    questions: int
    #: Row q: the questions that q may learn from; shape (q, q). Rows of one fold are alike.
    others: BoolArray
    fold: IntArray
    #: Whether each fold, in order, knows all that the folds before it know.
    forward: bool
    outcome: FloatArray
    #: Shape (people, questions).
    probability: FloatArray

    @classmethod
    def of(cls, crowds: Sequence[Crowd]) -> "Past":
        places = [at for at, crowd in enumerate(crowds) if crowd.binary]
        binary = [crowds[at] for at in places]
        outcome = np.array([crowd.question.outcome for crowd in binary])
        table = table_of(binary, [crowd.forecast for crowd in binary])
        fold = folds(binary)
        others = learnable(binary)
        for rows in _rows_of(fold):
            others[rows] = others[rows].all(axis=0)
        return cls(binary, places, len(crowds), others, fold, forward(binary), outcome, table)

    def lessons(self) -> Iterator[tuple[IntArray, BoolArray]]:
        """The questions of each fold, and those they learn from."""
        for rows in _rows_of(self.fold):
            yield rows, self.others[rows[0]]


def forward(crowds: Sequence[Crowd]) -> bool:
    """Whether it is told of every question when its outcome became known."""
    return not np.isnan([crowd.question.known for crowd in crowds]).any()


def learnable(crowds: Sequence[Crowd]) -> BoolArray:
    """Row q, column r: whether q may learn from r; never from itself."""
    others: BoolArray = ~np.eye(len(crowds), dtype=np.bool_)
    if forward(crowds):
        known = np.array([crowd.question.known for crowd in crowds])
        moment = np.array([crowd.moment for crowd in crowds])
        # Strictly: by whole days an outcome of the same day may have come after the forecast.
        others &= known[np.newaxis, :] < moment[:, np.newaxis]
    return others


def folds(crowds: Sequence[Crowd]) -> IntArray:
    """The fold of each question: its own up to `EACH` of them; questions that came out together are in one."""
    if forward(crowds):
        moment = np.array([crowd.moment for crowd in crowds])
        rank = np.argsort(np.argsort(moment, kind="stable"), kind="stable")
        return rank if rank.size <= EACH else rank * FOLDS // rank.size
    if len(crowds) <= EACH:
        return np.arange(len(crowds))
    cluster = np.unique([crowd.question.cluster for crowd in crowds], return_inverse=True)[1]
    return np.asarray(cluster % FOLDS)


def _rows_of(fold: IntArray) -> list[IntArray]:
    """The questions of each fold, folds in their order."""
    order = np.argsort(fold, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(fold[order])) + 1) if order.size else []


def try_learning(crowds: Sequence[Crowd]) -> Trials:
    """Curves fitted on other questions, and weights by what people did on them."""
    if sum(crowd.binary for crowd in crowds) < 2:
        return Trials(left_out=["methods that learn from outcomes: there are no two yes-or-no questions"])
    past = Past.of(crowds)
    tried = Trials([_trial(key, partial(_weighed, past, weights)) for key, weights in WEIGHTS.items()])
    most = int(past.others.sum(axis=1).max())
    if most < MINIMUM:
        tried.left_out.append(f"{names_of(CURVES)}: need {MINIMUM} other questions, there are {most}")
    else:
        tried.trials += [_trial(key, partial(_curved, past, *curve)) for key, curve in CURVES.items()]
    return tried


def _trial(key: str, values: Callable[[], list[Value]]) -> Trial:
    return Trial(key, name_of(key), values, learns=True)


def _weighed(past: Past, weights: Weights) -> list[Value]:
    """The mean with weights learned on other questions."""
    found: list[Value] = [NO_ANSWER] * len(past.crowds)
    for rows, others in past.lessons():
        known = past.probability[:, others]
        # Where nothing is known yet, everyone counts alike.
        learned = None if np.isnan(known).all() else attempt(weights, known, past.outcome[others])
        for row in rows:
            found[row] = (
                learned
                if isinstance(learned, Refused)
                else attempt(averages.mean, past.probability[:, row], learned)
            )
    return spread(found, past.places, past.questions, NO_ANSWER)


def _curved(
    past: Past, pool: Callable[..., float], fit: Fit, at: Callable[[Any, FloatArray], FloatArray]
) -> list[Value]:
    """A pool's number put on a curve that is fitted on other questions."""
    crowd = np.array([pool(each.forecast) for each in past.crowds])
    found: list[Value] = [float(own) for own in crowd]
    curve = None
    for rows, others in past.lessons():
        if not others.any():
            continue
        try:
            curve = fit(crowd[others], past.outcome[others], curve)
        except ValueError as error:
            value: Value = Refused(rule_of(error))
            curve = None
        else:
            value = attempt(at, curve, crowd[rows])
        for place, row in enumerate(rows):
            found[row] = value if isinstance(value, Refused) else float(np.asarray(value)[place])
        # The search begins at the curve before only where that knows no more: else it would have seen what came.
        curve = curve if past.forward else None
    return spread(found, past.places, past.questions, NO_ANSWER)


def _stretch(crowd: FloatArray, outcome: FloatArray, _: Line | None) -> Line:
    return fit_stretch(crowd, outcome)


def _line(crowd: FloatArray, outcome: FloatArray, start: Line | None) -> Line:
    return fit_line(crowd, outcome, start=start)


def _beta(crowd: FloatArray, outcome: FloatArray, start: BetaCurve | None) -> BetaCurve:
    return fit_beta(crowd, outcome, start=start)


def _on_line(line: Line, own: FloatArray) -> FloatArray:
    return odds.linear_log_odds(own, line.slope, line.intercept)


def _on_beta(curve: BetaCurve, own: FloatArray) -> FloatArray:
    return beta_curve(own, curve.alpha, curve.beta)


WEIGHTS: dict[str, Weights] = {
    "contribution_weights": contribution_scores.contribution_weights,
    "skill_weights": past_skill.skill_weights,
    "select_crowd_weights": past_skill.select_crowd_weights,
}
CURVES: dict[str, tuple[Callable[..., float], Fit, Callable[[Any, FloatArray], FloatArray]]] = {
    "fit_stretch": (odds.geometric_mean_of_odds, _stretch, _on_line),
    "fit_line": (odds.geometric_mean_of_odds, _line, _on_line),
    "fit_beta": (averages.mean, _beta, _on_beta),
}
