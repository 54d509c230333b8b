"""Repair: the coherent forecast nearest to what was said, for one person, a crowd's pool, or ten thousand at once.

Of all coherent forecasts y (coordinates of the event space) the one with the least

    Σ w (y - a)² + Σ w (J - v G)² / ĝ + 1e-6 ‖y - y0‖²

over plain answers a and conditional ones v, with J = P(event and given), G = P(given) and ĝ what was said of G, 0.05
at least. The second sum is the squared error of a conditional chance that is called off where the condition fails,
G (J/G - v)²; unlike J/G itself it is convex. The third decides what was not answered: y0 is the forecast in which all
that can come out is alike, never the crowd's, which whoever has not answered may not see.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import null_space

from scoring import checks
from scoring.checks import FloatArray, IntArray
from scoring.coherence._active_set import CHUNK, nearest
from scoring.coherence._boxes import plain_and_conditional, said_of, stated
from scoring.coherence._facets import separating
from scoring.coherence.event_space import EventSpace
from scoring.coherence.rows import Row

# A thousandth, squared: the objective is strictly convex, so that what was not said has one answer too, and
# what was said outweighs it a million to one.
#: Squared weight of what was not said.
_UNSAID = 1e-6
# The weight is fixed beforehand, which keeps the objective quadratic; with the true ratio in its place the
# optimum is lower by 0.5 % at most.
#: The least chance of a condition by which a called-off error is divided.
_LEAST_GIVEN = 0.05
#: Coordinates of a component for which `CHUNK` was measured.
_WIDE = 40
# So that no weight is above 100: at 0 and at 1 it would be infinite.
#: The least variance by which a pool's answer is weighed.
_LEAST_VARIANCE = 0.01
#: So many of those who moved most are looked at for facets that rows of questions in circles may lack.
_LOOKED_AT = 64
_MOST_CUTS = 32
_CLOSE = 1e-7


@dataclass(frozen=True, eq=False)
class Repaired:
    """Coherent forecasts.

    Attributes
    ----------
    answers : shape S + (answers,)
        To everything that is asked, answered or not; NaN inside a condition that has no chance, unless it was given.
    forecast : shape S + (coordinates,)
        Coordinates of the event space.
    moved : shape S + (answers,)
        By how much each answer was moved, NaN where there was none: of a conditional one (J - v G) / √ĝ.
    """

    answers: FloatArray
    forecast: FloatArray
    moved: FloatArray


def repair(space: EventSpace, answers: ArrayLike, weight: ArrayLike | None = None) -> Repaired:
    """The coherent forecast nearest to each person's answers (least squares, projection on the coherent set).

    Parameters
    ----------
    space : EventSpace
    answers : shape (answers,) or (people, answers)
        From 0 to 1, NaN where there is none.
    weight : same shape, or one for each answer, optional
        0 or more; 0 is no answer. For the pool of a crowd: `pool_weights`.

    Returns
    -------
    Repaired
        What was coherent stays as it was. The order of questions makes no difference.

    References
    ----------
    Osherson and Vardi (2006), Games and Economic Behavior 56, 148-173: aggregation by the nearest coherent forecast.

    Examples
    --------
    >>> from scoring.coherence import Event, Question, Relation
    >>> questions = [Question("treaty", "binary"), Question("truce", "binary")]
    >>> both = Event("treaty", ("yes",)), Event("truce", ("yes",))
    >>> space = EventSpace.of(questions, [Relation("R", "implies", both)])
    >>> repair(space, [[0.5, 0.25], [0.125, 0.25]]).answers.round(4)
    array([[0.375, 0.375],
           [0.125, 0.25 ]])
    """
    given = space.checked(answers)
    if given.ndim > 2:
        raise ValueError(f"answers must be of one person or of people in rows, got shape {given.shape}")
    people = np.atleast_2d(given)
    weights = _weights(weight, people)
    forecast = np.tile(space.centre, (len(people), 1))
    scale = weights / _given(space, people)
    for _ in range(_MOST_CUTS):
        for places in space.components:
            _repair_component(space, places, people, scale, forecast)
        sharper = _sharper(space, people, forecast)
        if sharper is None:
            break
        space = sharper
    made = space.answered(forecast)
    said = np.where(np.isnan(made), people, made)
    moved = _residuals(space, people, forecast)
    return Repaired(
        said.reshape(given.shape),
        forecast.reshape((*given.shape[:-1], space.size)),
        moved.reshape(given.shape),
    )


def pool_weights(probability: ArrayLike) -> FloatArray:
    """Weights by which a crowd's pooled answers are repaired: 1 / max(p (1 - p), 0.01).

    Plain least squares takes equal points off large and small options and drives the small ones to 0.

    Examples
    --------
    >>> pool_weights([0.5, 0.0])
    array([  4., 100.])
    """
    given = checks.probabilities("probability", probability, missing=True)
    # `fmax` passes over NaN: what is missing needs a weight that `repair` takes, though it counts for nothing.
    return np.asarray(1 / np.fmax(given * (1 - given), _LEAST_VARIANCE))


def coherent_mean(space: EventSpace, answers: ArrayLike) -> Repaired:
    """CAP, the coherent approximation principle: the coherent forecast nearest to all answers of all people at once.

    That is the mean of each answer, repaired with the number of people who gave it for its weight.

    Parameters
    ----------
    answers : shape (people, answers)
        From 0 to 1, NaN where there is none.

    References
    ----------
    Predd, Osherson, Kulkarni and Poor (2008), Decision Analysis 5, 177-189.

    Examples
    --------
    >>> from scoring.coherence import Question
    >>> space = EventSpace.of([Question("treaty", "binary")])
    >>> coherent_mean(space, [[0.25], [0.75], [float("nan")]]).answers
    array([0.5])
    """
    given = np.atleast_2d(space.checked(answers))
    told = ~np.isnan(given)
    count = told.sum(axis=0)
    total = np.where(told, given, 0).sum(axis=0)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    # Beside the default and not in its place: where people inflate options, its excess log loss was higher by
    # a sixth to a third.
    return repair(space, mean, count)


def _residuals(space: EventSpace, people: FloatArray, forecast: FloatArray) -> FloatArray:
    """By how much forecasts differ from answers, of a conditional one as (J - v G) / √ĝ; NaN where there is none."""
    whole = np.column_stack((forecast, np.ones(len(forecast))))
    value = whole @ space.numerator.T - people * (whole @ space.denominator.T)
    untied = ~space.numerator.any(axis=1)
    return np.asarray(np.where(untied, 0 * people, value / np.sqrt(_given(space, people))))


def _weights(weight: ArrayLike | None, people: FloatArray) -> FloatArray:
    given = np.ones(1) if weight is None else checks.numbers("weight", weight)
    if (given < 0).any():
        raise ValueError("weight must be 0 or more")
    try:
        return np.broadcast_to(given, people.shape) * ~np.isnan(people)
    except ValueError as error:
        raise ValueError(
            f"weight must have the shape of answers, {people.shape}, got {given.shape}"
        ) from error


def _given(space: EventSpace, people: FloatArray) -> FloatArray:
    """ĝ for each answer: 1 unless it is conditional; the centre's where the condition was not answered."""
    found, outright = np.ones_like(people), stated(space, people)
    for at in plain_and_conditional(space)[1]:
        said = said_of(space.denominator[at], outright)
        centre = np.append(space.centre, 1) @ space.denominator[at]
        found[:, at] = np.clip(np.where(np.isnan(said), centre, said), _LEAST_GIVEN, 1)
    return found


def _repair_component(
    space: EventSpace, places: IntArray, people: FloatArray, scale: FloatArray, forecast: FloatArray
) -> None:
    """The coordinates of one component, put into `forecast` for those who answered any of it."""
    asked = np.flatnonzero(space.numerator[:, places].any(axis=1))
    who = np.flatnonzero(scale[:, asked].any(axis=1))
    centre = space.centre[places]
    own = [row for row in space.rows if row.expression[places].any()]
    table = np.array([row.expression[places] for row in own])
    limit = -np.array([row.expression[-1] for row in own]) - table @ centre
    same = np.array([row.is_equality for row in own], bool)
    # Around the centre, which obeys everything, along what equalities leave free.
    free = null_space(table[same]) if same.any() else np.eye(len(places))
    inside = table[~same] @ free
    inside[np.abs(inside) < 1e-14] = 0
    many = CHUNK * max(1, _WIDE // len(places))
    for start in range(0, len(who), many):
        some = who[start : start + many]
        matrix, slope = _objective(space, places, asked, people[some], scale[some])
        reduced = np.matmul(free.T, np.matmul(matrix, free))
        pull = (slope - np.matmul(matrix, centre)) @ free
        forecast[np.ix_(some, places)] = centre + nearest(reduced, pull, inside, limit[~same]) @ free.T


def _objective(
    space: EventSpace, places: IntArray, asked: IntArray, people: FloatArray, scale: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Matrix and slope of each person's objective, over some coordinates; `scale` is w, or w / ĝ."""
    size, value = len(places), np.where(np.isnan(people), 0, people)
    diagonal = np.full((len(people), size), _UNSAID)
    slope = np.tile(_UNSAID * space.centre[places], (len(people), 1))
    matrix = np.zeros((len(people), size, size))
    for at in asked:
        if not space.denominator[at, :-1].any():
            place = np.flatnonzero(space.numerator[at, places])[0]
            diagonal[:, place] += scale[:, at]
            slope[:, place] += scale[:, at] * value[:, at]
            continue
        # J - v G with G free. With what was said of G, as a target for J, conditionals ended up to 17 points
        # off.
        ratio = space.numerator[at] - value[:, at, None] * space.denominator[at]
        used = np.flatnonzero(ratio[:, places].any(axis=0))
        own, by = ratio[:, places[used]], scale[:, at, None]
        matrix[np.ix_(np.arange(len(people)), used, used)] += by[:, :, None] * own[:, :, None] * own[:, None]
        slope[:, used] -= by * ratio[:, -1:] * own
    matrix[:, np.arange(size), np.arange(size)] += diagonal
    return matrix, slope


def _sharper(space: EventSpace, people: FloatArray, forecast: FloatArray) -> EventSpace | None:
    """The space with facets of its hulls that cut off a forecast which no atoms make; None where all are made."""
    if not space.hulls or not len(people):
        return None
    moved = np.nan_to_num(_residuals(space, people, forecast) ** 2).sum(axis=1)
    new: list[Row] = []
    for hull in space.hulls:
        for at in np.argsort(-moved)[:_LOOKED_AT]:
            point = forecast[at, hull.places]
            if _outside(hull.values, point) > _CLOSE:
                whole = np.zeros(space.size + 1)
                whole[[*hull.places, -1]] = separating(hull.values, point)
                new.append(Row("cut", (), whole))
                break
    return replace(space, rows=(*space.rows, *new)) if new else None


def _outside(values: FloatArray, point: FloatArray) -> float:
    """How far a point is from the mixtures of some others."""
    from scipy.optimize import nnls  # as in `_programs.solve`

    return float(nnls(np.vstack((values.T, np.ones(len(values)))), np.append(point, 1))[1])
