"""Parley, the product's own crowd forecast: formula, interval, and the flags that stand beside it.

One smooth rule for every value; `scoring.pools.default_steps` has its formulas. In words: the middle 60 % of the
weight is averaged in log-odds; the next 15 % at each end may pull that by at most 0.2, the outermost 5 % have no
say; one imaginary person stands at 50 %; the result is moved away from 50 % by up to 1.3, less the nearer it is to
certainty, but never out of the middle half of people's forecasts. Where anybody may join, nothing pulls and
nothing is moved away.

It never falls when somebody's forecast rises, and small changes change it little. Shape and constants were chosen
for their log score on seven public sets of forecasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scoring import crowds
from scoring.checks import BoolArray, FloatArray
from scoring.pools import averages
from scoring.pools import default_steps as steps
from scoring.pools.default_steps import INVITED, Centres, Form
from scoring.pools.weights import effective_of

#: The shares of the weight below q1 and q3: between them stands the middle half of people.
QUARTERS = (0.25, 0.75)
_QUARTERS = np.array(QUARTERS)


@dataclass(frozen=True)
class Parley:
    """The crowd's probability of yes, and what stands beside it."""

    #: The crowd's probability, p*.
    value: float
    #: Ends of the 90 % interval for the value that another crowd of this size would give.
    low: float
    high: float
    #: How many people's forecasts it is made of, n.
    people: int
    #: How many equally weighted people they are worth.
    effective: float
    #: T and U: the mean log-odds of the middle 60 % of the weight, and of all but the outermost 5 % at each end.
    trimmed: float
    outer: float
    #: The mean log-odds of everyone.
    whole: float
    #: q1 and q3, probabilities: the middle half of people.
    quarter: float
    three_quarters: float
    #: Whether the value is held at the edge of the middle half.
    held: bool
    #: Whether the outer forecasts would pull far: |U - T| > 0.2.
    outer_pull: bool
    #: Whether recency moved the value by more than 10 points from what equal weights give.
    late_wave: bool


@dataclass(frozen=True, eq=False)
class ParleyOptions:
    """The crowd's probabilities of K options that exclude each other. Arrays have shape (K,)."""

    #: The crowd's probabilities, which sum to 1.
    value: FloatArray
    #: Ends of each option's own 90 % interval; they do not sum to 1.
    low: FloatArray
    high: FloatArray
    #: As in `Parley`.
    people: int
    effective: float
    #: Of each option by itself, as in `Parley`, before the options are brought to the sum 1.
    trimmed: FloatArray
    outer: FloatArray
    whole: FloatArray
    quarter: FloatArray
    three_quarters: FloatArray
    #: The flags of each option, as in `Parley`; `held` is of the option by itself.
    held: BoolArray
    outer_pull: BoolArray
    late_wave: BoolArray


def parley(
    probability: ArrayLike,
    weight: ArrayLike | None = None,
    form: Form = INVITED,
) -> Parley:
    """The crowd forecast of a yes-or-no question.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability of yes, 0 to 1, one person or more. NaN: abstains.
    weight : shape (n,), optional
        Their weights, from `scoring.timeline.days.standing`, or none: everyone counts alike. 0: does not
        count.
    form : Form
        `INVITED`, or `OPEN` for surveys that anybody may join.

    Returns
    -------
    Parley
        Value and ends lie within 0.01 to 99.99 %, and the value in the middle half of people's forecasts
        (of a crowd all at 0 %, as near to it as that).

    Raises
    ------
    ValueError
        If nobody is there, a probability lies outside 0 to 1, or a weight is negative.

    Examples
    --------
    >>> crowd = parley([0.6, 0.7, 0.7, 0.8, 0.9])
    >>> round(crowd.value, 3), round(crowd.low, 3), round(crowd.high, 3)
    (0.767, 0.532, 0.901)
    >>> crowd.people, crowd.held, crowd.outer_pull, crowd.late_wave
    (5, False, False, False)
    >>> from scoring.pools.default_steps import OPEN
    >>> round(parley([0.6, 0.7, 0.7, 0.8, 0.9], form=OPEN).value, 3)
    0.701
    """
    given, weights = crowds.present(probability, weight, axes=1)
    found = _figures(given[:, None], weights, form)
    return Parley(
        **{name: column[0].item() for name, column in found.items()},
        people=given.size,
        effective=effective_of(weights),
    )


def parley_options(
    probability: ArrayLike,
    weight: ArrayLike | None = None,
    form: Form = INVITED,
) -> ParleyOptions:
    """The crowd forecast of a question with options of which exactly one comes true.

    Each option is pooled as a yes-or-no question would be, held in its own middle half, and the results are
    divided by their sum. For two options that is `parley`. The rule serves ordered options too.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, which sum to 1; one person or more, two options or more. All NaN:
        abstains.
    weight : shape (n,)
        As in `parley`.
    form : Form
        As in `parley`.

    Returns
    -------
    ParleyOptions
        After the division an option can lie outside its middle half. Its interval is that of the option by
        itself, moved in log-odds by as much as the option was.

    Raises
    ------
    ValueError
        If nobody is there, a person's probabilities do not sum to 1, or a weight is negative.

    Examples
    --------
    >>> crowd = parley_options([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.7, 0.2, 0.1]])
    >>> crowd.value.round(3)
    array([0.592, 0.269, 0.138])
    """
    given, weights = crowds.present(probability, weight, axes=2)
    found = _figures(given, weights, form)
    return ParleyOptions(**found, people=len(given), effective=effective_of(weights))


def _figures(columns: FloatArray, weight: FloatArray, form: Form) -> dict[str, Any]:
    """By name the forecast of each column, and what stands beside it; arrays of shape (K,)."""
    centres, equal, variance, whole = _read(columns, weight)
    found = steps.forecast(centres, equal, variance, effective_of(weight), len(columns), form)
    return {**vars(found), **vars(centres), "whole": whole}


def _read(columns: FloatArray, weight: FloatArray) -> tuple[Centres, Centres, FloatArray, FloatArray]:
    """What either form needs of each column: centres by the weights and by equal ones, variance and mean."""
    # Checked and sorted once, for every cut and quantile.
    crowds_by_size = [averages.by_size(column, weight) for column in columns.T]
    alike = (weight == weight[0]).all()
    centres = _centres(crowds_by_size)
    equal = centres if alike else _centres([(column, np.ones(column.size)) for column, _ in crowds_by_size])
    values = [(steps.log_odds(column), weights) for column, weights in crowds_by_size]
    variance = np.array([averages.variance_of(*one) for one in values])
    return centres, equal, variance, np.array([averages.mean_of(*one) for one in values])


def _centres(columns: Sequence[tuple[FloatArray, FloatArray]]) -> Centres:
    """Of each column of probabilities, rising, and its weights."""
    values = [(steps.log_odds(column), weight) for column, weight in columns]
    trimmed, outer = (
        np.array([averages.middle_mean(*one, cut) for one in values])
        for cut in (steps.MIDDLE, steps.OUTERMOST)
    )
    # Of probabilities and not of log-odds, as they are shown: the value lies inside the middle half to the
    # digit.
    quarters = np.array([averages.quantiles_of_rising(*one, _QUARTERS) for one in columns])
    return Centres(trimmed, outer, quarters[:, 0], quarters[:, 1])
