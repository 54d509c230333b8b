"""Recalibration of a crowd's number: curves fitted by maximum likelihood on resolved questions.

Each function takes, for every resolved question, the probability of one pool (whichever) and what came out.
Use what it finds on later questions through ``scoring.pools.odds.linear_log_odds`` or
``scoring.pools.beta.beta_curve``. With few questions a fit is mostly noise: below `minimum` of them nothing
is fitted and the curve that changes nothing comes back. Where all that came out lies on one side, the best
curve would be infinitely steep; every parameter has a stated limit and the result says whether one was
reached.

Notation: q questions, ``x = ln(p / (1 - p))`` with p brought into `clip` to ``1 - clip``, y what came out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, expit, log_expit, logit

from scoring import checks
from scoring.checks import FloatArray
from scoring.pools.beta import beta_curve
from scoring.pools.odds import CROWD_CLIP, clipped

#: Fewer resolved questions than this and nothing is fitted.
MINIMUM = 30
#: The largest slope of a line in log-odds, and with a minus the smallest; the same holds for its height.
STEEPEST = 10.0
#: α and β lie between one over this and this.
LARGEST = 100.0


@dataclass(frozen=True)
class Line:
    """A straight line in log-odds, ``σ(slope · x + intercept)``."""

    slope: float
    intercept: float
    #: How many resolved questions there were.
    questions: int
    #: Whether they were enough; if not, the line is the one that changes nothing.
    fitted: bool
    #: Whether a limit was reached, so that the line is not the most likely one.
    at_limit: bool
    #: The mean logarithmic score of the line on these questions: lower is better.
    loss: float


@dataclass(frozen=True)
class BetaCurve:
    """The distribution function of a beta distribution, put over a crowd's number."""

    alpha: float
    beta: float
    #: As in `Line`.
    questions: int
    fitted: bool
    at_limit: bool
    loss: float


def fit_stretch(
    probability: ArrayLike,
    outcome: ArrayLike,
    clip: float = CROWD_CLIP,
    minimum: int = MINIMUM,
    limit: float = STEEPEST,
) -> Line:
    """How much to extremize: the most likely a of ``σ(a x)``, a logistic regression without intercept.

    Parameters
    ----------
    probability : shape (q,)
        The crowd's probability of each resolved question: for the method as published, the geometric mean of
        odds.
    outcome : shape (q,), 0 or 1
        What came out.
    clip : above 0, below 0.5
        Probabilities are brought into `clip` to ``1 - clip``.
    minimum : int
        With fewer questions a is 1.
    limit : above 0
        The largest a; the smallest is 0.

    Returns
    -------
    Line
        Its slope is a, its intercept 0.

    Raises
    ------
    ValueError
        If lengths differ, or an argument breaks its rule.

    References
    ----------
    Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of Forecasting 30,
    344-356.

    Examples
    --------
    A crowd that says 70 % where nine of ten come true should say 90 %: a = L(0.9) / L(0.7).

    >>> line = fit_stretch([0.7] * 40, [1] * 36 + [0] * 4)
    >>> round(line.slope, 4), line.fitted
    (2.5932, True)
    >>> fit_stretch([0.7] * 10, [1] * 9 + [0]).slope
    1.0
    """
    from scipy.optimize import brentq  # a fifth of a second, which every other use would wait for

    x, y = _log_odds(probability, outcome, clip)
    checks.positive("limit", limit)
    if x.size < minimum:
        return _line(x, y, np.array([1.0, 0.0]), limit, fitted=False)

    def rise(slope: float) -> float:
        return float(x @ (y - expit(slope * x)))

    # The likelihood has one summit: it lies where its rise ends, or at a limit.
    # Not below 0, which would turn every yes of the crowd into a no.
    slope = 0.0 if rise(0) <= 0 else limit if rise(limit) >= 0 else brentq(rise, 0, limit, xtol=1e-14)
    return _line(x, y, np.array([slope, 0.0]), limit, fitted=True, at_limit=slope in (0.0, limit))


def fit_line(
    probability: ArrayLike,
    outcome: ArrayLike,
    clip: float = CROWD_CLIP,
    minimum: int = MINIMUM,
    limit: float = STEEPEST,
    start: Line | None = None,
) -> Line:
    """Slope and height together: the most likely a and b of ``σ(a x + b)``, Platt scaling.

    Psychologists call the curve linear in log-odds, LLO. The intercept corrects a crowd that says yes too
    often.

    Parameters
    ----------
    probability : shape (q,)
        The crowd's probability of each resolved question.
    outcome, clip
        As in `fit_stretch`.
    minimum : int
        With fewer questions a is 1 and b is 0.
    limit : above 0
        a and b lie between `-limit` and `limit`.
    start : Line, optional
        Where the search begins, such as the line of most of these questions: the same line sooner.

    Raises
    ------
    ValueError
        If lengths differ, an argument breaks its rule, or all probabilities are the same, which leaves a
        open.

    References
    ----------
    Platt (1999), Advances in Large Margin Classifiers, 61-74; Turner, Steyvers, Merkle, Budescu and Wallsten
    (2014), Machine Learning 95, 261-289.

    Examples
    --------
    >>> said, came = [0.2] * 20 + [0.6] * 20, [1] * 2 + [0] * 18 + [1] * 10 + [0] * 10
    >>> line = fit_line(said, came)
    >>> round(line.slope, 4), round(line.intercept, 4)
    (1.2263, -0.4972)
    """
    x, y = _log_odds(probability, outcome, clip)
    bounds = [(-checks.positive("limit", limit), limit)] * 2
    if x.size < minimum:
        return _line(x, y, np.array([1.0, 0.0]), limit, fitted=False)
    # Where all lie at one place, every line through one point fits alike: neither part can be told.
    if np.ptp(x) == 0:
        raise ValueError(f"probability must differ between questions, got {x.size} times the same")

    def loss(line: FloatArray) -> tuple[float, FloatArray]:
        miss = expit(line[0] * x + line[1]) - y
        return _line_loss(x, y, line), np.array([miss @ x, miss.sum()]) / x.size

    begin = np.array([1.0, 0.0] if start is None else [start.slope, start.intercept])
    return _line(x, y, _lowest(loss, np.clip(begin, -limit, limit), bounds), limit, fitted=True)


def fit_beta(
    probability: ArrayLike,
    outcome: ArrayLike,
    clip: float = CROWD_CLIP,
    minimum: int = MINIMUM,
    limit: float = LARGEST,
    start: BetaCurve | None = None,
) -> BetaCurve:
    """The most likely α and β of the beta-transformed linear pool.

    Parameters
    ----------
    probability : shape (q,)
        The crowd's probability of each resolved question: for the method as published, the mean.
    outcome, clip
        As in `fit_stretch`.
    minimum : int
        With fewer questions α and β are 1.
    limit : above 1
        α and β lie between ``1 / limit`` and `limit`.
    start : BetaCurve, optional
        Where the search begins, as in `fit_line`.

    Raises
    ------
    ValueError
        If lengths differ, or an argument breaks its rule.

    References
    ----------
    Ranjan and Gneiting (2010), Journal of the Royal Statistical Society B 72, 71-91.

    Examples
    --------
    >>> said, came = [0.3] * 20 + [0.7] * 20, [1] * 2 + [0] * 18 + [1] * 18 + [0] * 2
    >>> curve = fit_beta(said, came)
    >>> round(curve.alpha, 2), round(curve.beta, 2)
    (4.95, 4.95)
    """
    x, y = _log_odds(probability, outcome, clip)
    p, bound = expit(x), float(np.log(_above_1(limit)))
    if p.size < minimum:
        return BetaCurve(1.0, 1.0, p.size, False, False, _beta_loss(p, y, np.zeros(2)))
    # On the scale of logarithms both stay positive and steps up and down are alike.
    begin = np.zeros(2) if start is None else np.clip(np.log([start.alpha, start.beta]), -bound, bound)
    found = _lowest(lambda at: _beta_loss(p, y, at), begin, [(-bound, bound)] * 2)
    alpha, beta = (float(one) for one in np.exp(found))
    return BetaCurve(alpha, beta, p.size, True, bool((abs(found) >= bound).any()), _beta_loss(p, y, found))


def _log_odds(probability: ArrayLike, outcome: ArrayLike, clip: float) -> tuple[FloatArray, FloatArray]:
    """x and y of the resolved questions, checked."""
    given, came = checks.probabilities("probability", probability), checks.outcomes("outcome", outcome)
    given, came = checks.rows(probability=given, outcome=came)
    if given.size == 0:
        raise ValueError("probability must hold one resolved question or more, got none")
    return logit(clipped(given, clip)), came


def _above_1(limit: float) -> float:
    if not 1 < limit < np.inf:
        raise ValueError(f"limit must be above 1 and finite, got {limit}")
    return limit


def _line(
    x: FloatArray, y: FloatArray, found: FloatArray, limit: float, *, fitted: bool, at_limit: bool = False
) -> Line:
    reached = at_limit or bool(fitted and (np.abs(found) >= limit).any())
    return Line(float(found[0]), float(found[1]), x.size, fitted, reached, _line_loss(x, y, found))


def _line_loss(x: FloatArray, y: FloatArray, line: FloatArray) -> float:
    """Mean logarithmic score of σ(a x + b)."""
    position = line[0] * x + line[1]
    return float(-np.mean(y * log_expit(position) + (1 - y) * log_expit(-position)))


def _beta_loss(p: FloatArray, y: FloatArray, logarithms: FloatArray) -> float:
    """Mean logarithmic score of H(p) with α and β given by their logarithms."""
    alpha, beta = np.exp(logarithms)
    # The chance of no from the other end: 1 - H has no digits where H is nearly 1.
    yes, no = beta_curve(p, alpha, beta), beta_curve(1 - p, beta, alpha)
    came = np.where(y == 1, yes, no)
    # Far out H can vanish in floating point; its logarithm is then that of its leading term.
    near = np.where(y == 1, alpha * np.log(p), beta * np.log1p(-p)) - betaln(alpha, beta)
    first = near - np.where(y == 1, np.log(alpha), np.log(beta))
    return float(-np.mean(np.where(came > 0, np.log(np.maximum(came, 1e-300)), first)))


def _lowest(
    loss: Callable[[FloatArray], float | tuple[float, FloatArray]],
    start: FloatArray,
    bounds: list[tuple[float, float]],
) -> FloatArray:
    """Where a smooth function of two numbers is lowest, inside bounds."""
    from scipy.optimize import minimize  # as in `fit_stretch`

    with_slope = isinstance(loss(start), tuple)
    exact = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000}
    found = minimize(loss, start, method="L-BFGS-B", jac=with_slope, bounds=bounds, options=exact)
    if with_slope:
        return np.asarray(found.x)
    # Slopes taken from differences stop short of the lowest point; a search without slopes goes on from
    # there.
    exact = {"xatol": 1e-9, "fatol": 1e-14, "maxiter": 1000}
    closer = minimize(loss, found.x, method="Nelder-Mead", bounds=bounds, options=exact)
    return np.asarray(closer.x if closer.fun < found.fun else found.x)
