"""Joint scenarios: a tree of conditional chances (a Bayesian network of yes-or-no events), its leaves, what-if.

A leaf is the product of its edges, which takes what is not given to be independent: an assumption, that whoever shows
a leaf says. `tree_bounds` needs none, and tells what can be told where chances are missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from scoring import checks
from scoring.checks import BoolArray, FloatArray
from scoring.coherence._programs import solve
from scoring.scenarios import Axis, Bounds, Joint, joint

# Ten have 1,024, each of which takes two programs.
#: More events than this have too many leaves for linear programs.
MOST_AXES = 10
_SWEEPS = 1_000


@dataclass(frozen=True, eq=False)
class Tree:
    """Events in an order in which each is given only earlier ones, with their conditional chances.

    Attributes
    ----------
    axes
        As for `scoring.joint`: an axis is declared independent of those before it that it is not given, once it is
        known what it is given. A chance may be NaN: not answered.
    chances
        Unconditional chances of events, by name, known beside the tree: for bounds where a branch is unanswered.
    impossible
        Combinations of states that can't come about, by name of the axis.

    Examples
    --------
    >>> tree = Tree((Axis("rain", 0.25), Axis("late", [0.125, 0.5], given=("rain",))))
    >>> tree.leaves().of({"rain": True, "late": True})
    0.125
    """

    axes: Sequence[Axis]
    chances: Mapping[str, float] = field(default_factory=dict)
    impossible: Sequence[Mapping[str, bool]] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.axes) <= MOST_AXES:
            raise ValueError(f"axes must be 1 to {MOST_AXES}, got {len(self.axes)}")
        # The rules of names, order and shapes are those of a joint; a chance that is missing is any number there.
        joint([Axis(axis.name, _told(axis), axis.given) for axis in self.axes])
        for name in {*self.chances, *(name for states in self.impossible for name in states)}:
            if name not in self.names:
                raise ValueError(f"chances and impossible must name axes of {list(self.names)}, got {name!r}")
        checks.probabilities("chances", list(self.chances.values()), missing=True)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the events, in order."""
        return tuple(axis.name for axis in self.axes)

    def leaves(self) -> Joint:
        """The joint distribution: each leaf the product of its edges.

        Raises
        ------
        ValueError
            If a chance is missing; `tree_bounds` tells what is known then.
        """
        return joint(self.axes)


def tree_bounds(tree: Tree) -> Bounds:
    """The lowest and highest chance of each leaf that the answers allow, without any independence (linear programs).

    Returns
    -------
    Bounds
        Two arrays of shape (2,) * axes, indexed as the leaves. Each end can be reached, though not all at once.

    Raises
    ------
    ValueError
        If no distribution has these chances.

    References
    ----------
    Hailperin (1965), American Mathematical Monthly 72, 343-359: best bounds from linear programs.

    Examples
    --------
    >>> tree = Tree((Axis("truce", 0.25), Axis("clash", [np.nan, np.nan], given=("truce",))), {"clash": 0.125})
    >>> low, high = tree_bounds(tree)
    >>> float(low[1, 1]), float(high[1, 1])
    (0.0, 0.125)
    """
    states = _states(len(tree.axes))
    rows, limit = _equations(tree, states)
    high = np.where(_ruled_out(tree, states), 0.0, 1.0)
    same = np.ones(len(rows), bool)
    ends = np.empty((2, len(states)))
    for leaf in range(len(states)):
        aim = np.zeros(len(states))
        for end, sign in enumerate((1, -1)):
            aim[leaf] = sign
            found = solve(aim, rows, limit, same, 0.0, high)
            if found is None:
                raise ValueError(
                    "tree must have chances that some distribution has, these contradict each other"
                )
            ends[end, leaf] = min(max(sign * found.value, 0.0), 1.0)
    shape = (2,) * len(tree.axes)
    return Bounds(ends[0].reshape(shape), ends[1].reshape(shape))


def condition(leaves: Joint, known: Mapping[str, bool]) -> Joint:
    """Conditioning: the joint distribution once it is known how some events came out.

    Raises
    ------
    ValueError
        If an event is not of the joint, or what came out had no chance.

    Examples
    --------
    >>> from scoring import Joint
    >>> weather = Joint(("rain", "late"), np.array([[0.5, 0.25], [0.125, 0.125]]))
    >>> condition(weather, {"rain": True}).of({"late": True})
    0.5
    """
    chance = leaves.of(known)
    if chance <= 0:
        raise ValueError(f"known must have had a chance, {dict(known)} had none")
    kept = leaves.probability / chance
    for name, holds in known.items():
        other = [slice(None)] * len(leaves.names)
        other[leaves.names.index(name)] = slice(0, 1) if holds else slice(1, 2)
        kept[tuple(other)] = 0
    return Joint(leaves.names, kept)


def set_events(leaves: Joint, chances: Mapping[str, float]) -> Joint:
    """What-if: the joint distribution if some events had other chances, everything given them as before (Jeffrey).

    One event is Jeffrey's rule: leaves where it holds times b'/b, the others times (1 - b')/(1 - b). Several are set
    in turn until all have what was asked: iterative proportional fitting, the nearest in relative entropy.

    Parameters
    ----------
    leaves : Joint
    chances : by name of the event
        Strictly between 0 and 1; what is certain is conditioned on.

    Raises
    ------
    ValueError
        If a chance is 0 or 1, before or after, or no leaf is left on which all can be.

    References
    ----------
    Jeffrey (1965), The Logic of Decision; Csiszár (1975), Annals of Probability 3, 146-158.

    Examples
    --------
    >>> from scoring import Joint
    >>> weather = Joint(("rain", "late"), np.array([[0.5, 0.25], [0.125, 0.125]]))
    >>> set_events(weather, {"rain": 0.5}).probability.round(4)
    array([[0.3333, 0.1667],
           [0.25  , 0.25  ]])
    """
    for name, chance in chances.items():
        # 0 and 1 are refused: they are no shift of belief but knowledge, which is `condition`'s.
        before, after = leaves.of({name: True}), checks.inner(f"chances of {name!r}", chance)
        if not 0 < before < 1:
            raise ValueError(
                f"leaves must leave {name!r} open to give it the chance {after}, it has {before}"
            )
    found = leaves.probability.copy()
    for _ in range(_SWEEPS):
        off = 0.0
        for name, chance in chances.items():
            halves = np.moveaxis(found, leaves.names.index(name), 0)
            has = halves[1].sum()
            if not 0 < has < 1:
                raise ValueError(f"chances must be possible together, {dict(chances)} are not")
            off = max(off, abs(float(has - chance)))
            halves[1] *= chance / has
            halves[0] *= (1 - chance) / (1 - has)
        # One event alone is exact after one turn.
        if len(chances) < 2 or off < 1e-13:
            return Joint(leaves.names, found)
    raise ValueError(f"chances must be possible together, {dict(chances)} are not")


def systematic_samples(
    leaves: Joint, count: int, generator: int | np.random.Generator | None = None
) -> BoolArray:
    """Futures drawn from a joint distribution, each leaf as often as its chance to within one (systematic sampling).

    Parameters
    ----------
    leaves : Joint
    count : int
        How many, 1 or more.
    generator : seed or numpy Generator, optional

    Returns
    -------
    shape (count, events)
        Which events hold in each, in random order.

    Examples
    --------
    >>> from scoring import Joint
    >>> weather = Joint(("rain", "late"), np.array([[0.5, 0.25], [0.125, 0.125]]))
    >>> systematic_samples(weather, 8, 1).sum(axis=0)
    array([2, 3])
    """
    number, random = checks.one_or_more("count", count), np.random.default_rng(generator)
    ends = leaves.probability.ravel().cumsum()
    # Up to what the leaves sum to, which rounding may leave off 1.
    # One random number for all: of a thousand futures shares are off by 0.0009, drawn one by one by 0.014.
    places = (random.random() + np.arange(number)) / number * ends[-1]
    drawn = np.searchsorted(ends, places, side="right").clip(max=ends.size - 1)
    chosen: BoolArray = _states(len(leaves.names))[drawn]
    # They come leaf by leaf, and whoever reads the first hundred would see the first leaves alone.
    random.shuffle(chosen)
    return chosen


def _told(axis: Axis) -> FloatArray:
    given = checks.probabilities(f"probability of axis {axis.name!r}", axis.probability, missing=True)
    return np.nan_to_num(given, nan=0.5)


def _states(axes: int) -> BoolArray:
    """All leaves in the order of a joint's array: shape (leaves, axes)."""
    return np.array(list(product((False, True), repeat=axes)), bool).reshape(2**axes, axes)


def _equations(tree: Tree, states: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Rows over the leaves, equal to: the sum, chances beside the tree, P(event and given) = v P(given)."""
    place = {name: at for at, name in enumerate(tree.names)}
    rows, limit = [np.ones(len(states))], [1.0]
    for name, chance in tree.chances.items():
        if not np.isnan(chance):
            rows.append(states[:, place[name]].astype(float))
            limit.append(float(chance))
    for axis in tree.axes:
        value = np.asarray(axis.probability, float)
        for given in np.ndindex(value.shape):
            # Left open: maximum entropy would fill it, by a number that depends on how finely events are cut.
            if np.isnan(value[given]):
                continue
            branch = np.ones(len(states), bool)
            for name, holds in zip(axis.given, given, strict=True):
                branch &= states[:, place[name]] == bool(holds)
            rows.append(branch * (states[:, place[axis.name]] - value[given]))
            limit.append(0.0)
    return np.array(rows), np.array(limit)


def _ruled_out(tree: Tree, states: BoolArray) -> BoolArray:
    found = np.zeros(len(states), bool)
    for combination in tree.impossible:
        met = [states[:, tree.names.index(name)] == holds for name, holds in combination.items()]
        found |= np.logical_and.reduce(met)
    return found
