"""Trials of methods that learn from outcomes, each judged on a question whose own outcome it has not seen.

Where the data tell of every question when its outcome became known, only what was known before the crowd's
newest forecast is learned from: forward in time. Where they don't, all other questions are learned from: leave
one question out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..checks import BoolArray, FloatArray
from ..pools import averages, contribution_scores, odds, past_skill
from ..pools.beta import beta_curve
from ..pools.fitted import MINIMUM, fit_beta, fit_line, fit_stretch
from .crowds import Crowd, table_of
from .trials import NO_ANSWER, Refused, Trial, Trials, Value, attempt, name_of, names_of, spread

#: From people's probabilities (people, questions) and outcomes (questions,) to people's weights.
Weights = Callable[[FloatArray, FloatArray], FloatArray]
#: From the crowd's probabilities of some questions, their outcomes, and one more probability to a better one.
Curve = Callable[[FloatArray, FloatArray, float], FloatArray]


@dataclass(frozen=True, eq=False)
class Past:
    """Yes-or-no questions as methods that learn see them."""

    crowds: list[Crowd]
    #: Where each stands among all questions, and how many these are.
    places: list[int]
    questions: int
    #: Row q: the questions that q may learn from; shape (q, q).
    others: BoolArray
    outcome: FloatArray
    #: Shape (people, questions).
    probability: FloatArray

    @classmethod
    def of(cls, crowds: Sequence[Crowd]) -> "Past":
        places = [at for at, crowd in enumerate(crowds) if crowd.binary]
        binary = [crowds[at] for at in places]
        outcome = np.array([crowd.question.outcome for crowd in binary])
        table = table_of(binary, [crowd.forecast for crowd in binary])
        return cls(binary, places, len(crowds), learnable(binary), outcome, table)


def forward(crowds: Sequence[Crowd]) -> bool:
    """Whether it is told of every question when its outcome became known."""
    return not np.isnan([crowd.question.known for crowd in crowds]).any()


def learnable(crowds: Sequence[Crowd]) -> BoolArray:
    """Row q, column r: whether q may learn from r; never from itself."""
    others: BoolArray = ~np.eye(len(crowds), dtype=np.bool_)
    if forward(crowds):
        known = np.array([crowd.question.known for crowd in crowds])
        moment = np.array([crowd.moment for crowd in crowds])
        others &= known[np.newaxis, :] < moment[:, np.newaxis]
    return others


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
    columns = zip(past.probability.T, past.others, strict=True)
    means = (_mean(past, weights, column, others) for column, others in columns)
    return spread(means, past.places, past.questions, NO_ANSWER)


def _mean(past: Past, weights: Weights, column: FloatArray, others: BoolArray) -> Value:
    if np.isnan(past.probability[:, others]).all():
        return attempt(averages.mean, column)  # nothing is known yet: everyone counts alike
    learned = attempt(weights, past.probability[:, others], past.outcome[others])
    return learned if isinstance(learned, Refused) else attempt(averages.mean, column, learned)


def _curved(past: Past, pool: Callable[..., float], curve: Curve) -> list[Value]:
    """A pool's number put on a curve that is fitted on other questions."""
    crowd = np.array([pool(each.forecast) for each in past.crowds])
    fitted = (
        attempt(curve, crowd[others], past.outcome[others], own) if others.any() else float(own)
        for own, others in zip(crowd, past.others, strict=True)
    )
    return spread(fitted, past.places, past.questions, NO_ANSWER)


def _stretched(crowd: FloatArray, outcome: FloatArray, own: float) -> FloatArray:
    return odds.linear_log_odds(own, fit_stretch(crowd, outcome).slope)


def _on_line(crowd: FloatArray, outcome: FloatArray, own: float) -> FloatArray:
    line = fit_line(crowd, outcome)
    return odds.linear_log_odds(own, line.slope, line.intercept)


def _on_beta(crowd: FloatArray, outcome: FloatArray, own: float) -> FloatArray:
    curve = fit_beta(crowd, outcome)
    return beta_curve(own, curve.alpha, curve.beta)


WEIGHTS: dict[str, Weights] = {
    "contribution_weights": contribution_scores.contribution_weights,
    "skill_weights": past_skill.skill_weights,
    "select_crowd_weights": past_skill.select_crowd_weights,
}
CURVES: dict[str, tuple[Callable[..., float], Curve]] = {
    "fit_stretch": (odds.geometric_mean_of_odds, _stretched),
    "fit_line": (odds.geometric_mean_of_odds, _on_line),
    "fit_beta": (averages.mean, _on_beta),
}
