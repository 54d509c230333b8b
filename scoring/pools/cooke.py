"""Cooke's classical model: experts weighed by how they did on questions whose answer is known.

Experts give quantiles of many quantities. Those whose value is known, the *seeds*, tell how well calibrated
and how informative each expert is; the product of both is the expert's weight, and 0 below a cutoff on the
calibration. The *decision maker* is the mixture of the weighted distributions, for seeds and other items
alike. Use it where a dozen or more seeds exist: with fewer the calibration hardly tells experts apart.

Shapes: quantiles (experts, items, L), outcome (items,). An item whose outcome is NaN is no seed. An expert
abstains from an item by NaN in all its quantiles. On an item with a logarithmic scale pass logarithms.

Notation: p_k is the probability between two neighbouring levels (5, 45, 45 and 5 % for the levels 5, 50 and
95 %), s_k the share of an expert's seeds whose value fell there. A value on a quantile counts as below it. An
item's *range* runs from the lowest to the highest number among its quantiles and its value, and the
`overshoot` times its length beyond either end; between neighbouring quantiles, and out to the ends of the
range, every distribution is taken as uniform.

Verified against calculation by hand; figures of published software are not compared.

References
----------
Cooke (1991), Experts in Uncertainty, Oxford University Press; Cooke and Goossens (2008), Reliability
Engineering and System Safety 93, 657-674.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, rel_entr

from scoring import crowds, piecewise
from scoring.checks import FloatArray
from scoring.pools.elicitation import Elicitation

#: The levels of the quantiles that experts usually give.
LEVELS = (0.05, 0.5, 0.95)
# The k of Cooke (1991).
#: How far an item's range goes beyond the numbers named for it, as a share of their spread.
OVERSHOOT = 0.1


@dataclass(frozen=True, eq=False)
class DecisionMaker:
    """What the classical model makes of the experts."""

    #: Quantiles of the mixture at the experts' levels, shape (items, L).
    quantiles: FloatArray
    #: Weights that sum to 1, shape (experts,); by item, shape (experts, items).
    weight: FloatArray
    #: The lowest calibration that still has a weight.
    cutoff: float
    #: Calibration and information of the decision maker itself on the seeds.
    calibration: float
    information: float


def calibration(
    outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike = LEVELS, power: float = 1.0
) -> FloatArray:
    """How likely so bad a fit of the seeds to the quantiles would be by chance: ``1 - χ²(2 N I)``.

    ``I = Σ_k s_k ln(s_k / p_k)``, χ² is the distribution function with L degrees of freedom, one less than
    there are intervals, and N the fewest seeds that any expert answered, so that nobody gains by leaving out
    questions. Higher is better.

    Parameters
    ----------
    outcome : shape (items,)
        What came out. NaN: not known, the item is no seed.
    quantiles : shape (experts, items, L)
        Values at the levels, rising. All NaN: abstains.
    levels : shape (L,)
        The levels, strictly rising between 0 and 1.
    power : above 0, to 1
        N is multiplied by it: less tells experts less sharply apart.

    Returns
    -------
    shape (experts,)
        0 to 1, which is the perfect fit. NaN for who answered no seed, who does not count for N either.

    Raises
    ------
    ValueError
        If there is no seed that anybody answered, or an argument breaks its rule.

    Examples
    --------
    Of four values, one lies below the lowest quantile and so on: as said. Then all lie above the highest.

    >>> levels = [0.25, 0.5, 0.75]
    >>> experts = np.array([[[2, 4, 6]] * 4, [[-9, -6, -3]] * 4])
    >>> calibration([1, 3, 5, 7], experts, levels).round(4)
    array([1.    , 0.0112])
    """
    return _calibration(Elicitation.of(outcome, quantiles, levels, OVERSHOOT), power)


def information(
    outcome: ArrayLike,
    quantiles: ArrayLike,
    levels: ArrayLike = LEVELS,
    overshoot: float = OVERSHOOT,
) -> FloatArray:
    """How far each distribution is from uniform over the item's range: ``ln R + Σ_k p_k ln(p_k / Δ_k)``.

    R is the length of the range and Δ_k the distance between the neighbouring quantiles around p_k, or of the
    outer quantile from the end of the range. It depends on what the other experts said, through the range.
    An expert's information is the mean over the items. Higher says more, true or false.

    Parameters
    ----------
    outcome : shape (items,)
        What came out, a part of the range. NaN: not known.
    quantiles, levels
        As in `calibration`.
    overshoot : above 0
        The share of the spread by which the range goes on at either end.

    Returns
    -------
    shape (experts, items)
        0 (uniform) upwards, in natural units. NaN where the expert abstains.

    Raises
    ------
    ValueError
        If nobody answered an item, or an argument breaks its rule.

    Examples
    --------
    >>> information([5.0], [[[0.0, 5.0, 10.0]], [[4.0, 5.0, 6.0]]]).round(3).tolist()
    [[0.018], [1.306]]
    """
    return _information(Elicitation.of(outcome, quantiles, levels, overshoot))


def decision_maker(
    outcome: ArrayLike,
    quantiles: ArrayLike,
    levels: ArrayLike = LEVELS,
    *,
    cutoff: float | None = None,
    by_item: bool = False,
    overshoot: float = OVERSHOOT,
    power: float = 1.0,
) -> DecisionMaker:
    """The mixture of the experts with weights from calibration times information.

    ``w = C · I · 1{C >= α}``, with C the expert's calibration, I the mean information on the seeds (global
    weights) or the information on the item itself (item weights) and α the cutoff. Without one, α is that of
    the experts' calibrations whose decision maker has the highest calibration times information on the seeds;
    of equal ones the lowest, with which more experts count.

    Parameters
    ----------
    outcome : shape (items,)
        What came out. NaN: not known, the item is no seed.
    quantiles : shape (experts, items, L)
        Values at the levels, strictly rising. All NaN: abstains.
    levels : shape (L,)
        The levels, strictly rising between 0 and 1.
    cutoff : 0 to 1, optional
        α. Without it, it is optimised.
    by_item : bool
        Whether weights are made for each item.
    overshoot : above 0
        The share of the spread by which an item's range goes on at either end.
    power : above 0, to 1
        As for `calibration`.

    Returns
    -------
    DecisionMaker
        Where everyone who answered an item has weight 0, they count alike on it.

    Raises
    ------
    ValueError
        If nobody answered an item, no seed was answered, or an argument breaks its rule.

    Examples
    --------
    The second expert was surprised by all four seeds and loses the weight; the last item is no seed.

    >>> experts = np.array([[[2, 4, 6]] * 5, [[-9, -6, -3]] * 5])
    >>> found = decision_maker([1, 3, 5, 7, np.nan], experts, [0.25, 0.5, 0.75])
    >>> found.weight, found.cutoff, found.quantiles[-1].round(9)
    (array([1., 0.]), 1.0, array([2., 4., 6.]))
    """
    given = Elicitation.of(outcome, quantiles, levels, overshoot)
    # Who answered no seed has shown nothing, and has no weight.
    skill = np.nan_to_num(_calibration(given, power))
    if cutoff is not None and not 0 <= cutoff <= 1:
        raise ValueError(f"cutoff must lie between 0 and 1, got {cutoff}")
    # Between two calibrations of experts a cutoff keeps the same people: their own are all there are.
    candidates = np.unique(skill) if cutoff is None else np.array([cutoff])
    weight = skill[:, np.newaxis] * _says(given, by_item)
    curves = [_Curves.of(given, item) for item in range(given.outcome.size)]
    found = [_decide(given, curves, weight, skill, float(lowest), power) for lowest in candidates]
    best = max(found, key=lambda each: each.calibration * each.information)
    return best if by_item else _one_weight(best)


def _calibration(given: Elicitation, power: float, fewest: float | None = None) -> FloatArray:
    if not 0 < power <= 1:
        raise ValueError(f"power must lie above 0 and not above 1, got {power}")
    seeds = given.seeds
    answered = seeds.sum(axis=1)
    if not answered.any():
        raise ValueError("outcome must be known for one item or more that was answered, got NaN for all")
    place = (given.outcome[:, np.newaxis] > given.quantiles).sum(axis=-1)
    fell = (place[..., np.newaxis] == np.arange(given.masses.size)) * seeds[..., np.newaxis]
    share = fell.sum(axis=1) / np.maximum(answered, 1)[:, np.newaxis]
    distance = rel_entr(share, given.masses).sum(axis=-1)
    count = answered[answered > 0].min() if fewest is None else fewest
    # Rounding can leave a perfect fit a distance just below 0.
    likelihood = chdtrc(given.level.size, np.maximum(2 * count * power * distance, 0))
    return np.where(answered > 0, likelihood, np.nan)


def _information(given: Elicitation) -> FloatArray:
    shape = given.quantiles.shape[:2]
    ends = (np.broadcast_to(end, shape)[..., np.newaxis] for end in (given.low, given.high))
    low, high = ends
    width = np.diff(np.concatenate((low, given.quantiles, high), axis=-1), axis=-1)
    uniform = width / (given.high - given.low)[:, np.newaxis]
    return np.asarray((given.masses * np.log(given.masses / uniform)).sum(axis=-1))


def _says(given: Elicitation, by_item: bool) -> FloatArray:
    """What goes into the weights as information, shape (experts, items): each item's, or the seeds' mean."""
    each = np.nan_to_num(_information(given))
    if by_item:
        return each
    seeds = given.seeds
    mean = (each * seeds).sum(axis=1) / np.maximum(seeds.sum(axis=1), 1)
    return np.repeat(mean[:, np.newaxis], given.outcome.size, axis=1)


@dataclass(frozen=True, eq=False)
class _Curves:
    """The distribution functions of all experts on one item, at the `places` where any of them bends."""

    places: FloatArray
    heights: FloatArray

    @classmethod
    def of(cls, given: Elicitation, item: int) -> "_Curves":
        quantile = given.quantiles[:, item]
        # An expert who abstains has no ends either: they would be a uniform distribution that nobody gave.
        end = np.where(np.isnan(quantile[:, :1]), np.nan, 1.0)
        points = np.hstack((end * given.low[item], quantile, end * given.high[item]))
        places = np.unique(points[~np.isnan(points)])
        level = np.concatenate(([0.0], given.level, [1.0]))
        return cls(places, piecewise.evaluate(places, points, level))

    def quantiles(self, weight: FloatArray, level: FloatArray) -> FloatArray:
        """Quantiles of the mixture, those who abstain left out."""
        height, weighs = crowds.counted("quantiles", self.heights, weight)
        mixture = np.clip(np.maximum.accumulate(weighs @ height / weighs.sum()), 0, 1)
        return piecewise.invert(level, self.places, mixture)


def _decide(
    given: Elicitation,
    curves: list[_Curves],
    weight: FloatArray,
    skill: FloatArray,
    cutoff: float,
    power: float,
) -> DecisionMaker:
    """The decision maker of one cutoff, its weights (experts, items) by item."""
    kept = np.where((skill >= cutoff)[:, np.newaxis], weight, 0)
    mixed = np.array([curve.quantiles(kept[:, item], given.level) for item, curve in enumerate(curves)])
    mine = given.by(mixed)
    answered = given.seeds.sum(axis=1)
    # It answers every seed: judged by more of them than the experts are, it would be told from chance more sharply.
    calibrated = _calibration(mine, power, fewest=answered[answered > 0].min())[0]
    says = _information(mine)[0][~np.isnan(given.outcome)].mean()
    return DecisionMaker(mixed, _to_one(kept), cutoff, float(calibrated), float(says))


def _to_one(weight: FloatArray) -> FloatArray:
    """Weights with the sum 1 on each item; equal ones where all are 0."""
    weighs = np.where(weight.sum(axis=0) > 0, weight, 1)
    return np.asarray(weighs / weighs.sum(axis=0))


def _one_weight(found: DecisionMaker) -> DecisionMaker:
    """The same with one weight for each expert, where they do not depend on the item."""
    weight = found.weight[:, 0]
    return DecisionMaker(found.quantiles, weight, found.cutoff, found.calibration, found.information)
