"""Argument rules of crowds: who is there, and what each person weighs. `scoring.checks` has all others."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring.checks import FloatArray, numbers, probabilities, refuse, shares


def present(
    probability: ArrayLike,
    weight: ArrayLike | None = None,
    name: str = "probability",
    axes: Literal[1, 2] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Who counts: the probabilities of everyone who gave one and has a weight, and their weights.

    Parameters
    ----------
    probability : shape (n,) or (n, K)
        One from each person, 0 to 1; or those of K options, two or more, which sum to 1. NaN is an
        abstention: with options all of the row.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    name : str
        What the argument is called where it is refused.
    axes : 1 or 2, optional
        1 takes only (n,) and 2 only (n, K); without it either is taken.

    Returns
    -------
    probability : shape (m,) or (m, K), and weight : shape (m,)
        Without those who abstain and without those of weight 0; where everyone left would have weight 0, they
        count alike, with 1.

    Raises
    ------
    ValueError
        If a probability or a weight breaks its rule, or nobody is left.

    Examples
    --------
    >>> present([0.5, float("nan"), 0.75], weight=[2, 1, 0])
    (array([0.5]), array([2.]))
    >>> present([0.5, 0.75], weight=[0, 0])
    (array([0.5 , 0.75]), array([1., 1.]))
    """
    given = probability if axes else numbers(name, probability, missing=True)
    expected: Literal[1, 2] = axes or (2 if np.ndim(given) == 2 else 1)
    rule = probabilities if expected == 1 else shares
    return counted(name, crowd(name, rule(name, given, missing=True), axes=expected), weight)


def counted(name: str, array: FloatArray, weight: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """The rows that count, and their weights: the rule of `present` for rows of any shape.

    People are on the first axis. A row with a NaN in it is missing.

    Examples
    --------
    >>> counted("values", np.array([3.0, np.nan, 5.0]), None)
    (array([3., 5.]), array([1., 1.]))
    """
    weighs = weights(weight, len(array), zero=True)
    there = ~np.isnan(array).any(axis=tuple(range(1, array.ndim)))
    counts = there & (weighs > 0)
    # Mostly everybody counts: nothing is copied then.
    if counts.all() and len(array):
        return array, weighs
    if counts.any():
        return array[counts], weighs[counts]
    # As aggreCAT has it. A crowd that is there is not refused because a rule of weights found nobody good
    # enough.
    if there.any():
        return array[there], np.ones(int(there.sum()))
    raise ValueError(f"{name} must hold one person or more who is not missing, got shape {array.shape}")


def weights(value: ArrayLike | None, people: int, name: str = "weight", *, zero: bool = False) -> FloatArray:
    """One positive weight for each of `people`, or 0 where `zero` is allowed; None weighs all alike, with 1.

    Examples
    --------
    >>> weights([2, 0], 2, zero=True), weights(None, 2)
    (array([2., 0.]), array([1., 1.]))
    """
    if value is None:
        return np.ones(people)
    array = numbers(name, value)
    if not array.ndim:
        array = np.broadcast_to(array, people)
    if array.shape != (people,):
        raise ValueError(f"{name} must have shape ({people},), one for each forecast, got {array.shape}")
    if zero:
        refuse(name, array, array < 0, "be 0 or more")
    else:
        refuse(name, array, array <= 0, "be positive (leave out who does not count)")
    return array


def crowd(name: str, array: FloatArray, axes: Literal[1, 2]) -> FloatArray:
    """An array of one or two axes whose first axis is people, one at least.

    Examples
    --------
    >>> crowd("p", np.array([0.5]), axes=1)
    array([0.5])
    """
    if array.ndim != axes or len(array) == 0:
        rule = "one axis" if axes == 1 else "two axes"
        raise ValueError(f"{name} must have {rule} and one person or more, got shape {array.shape}")
    return array
