"""Linear programs, solved by HiGHS: an optimum over rows, whether there is a point, which rows hold it back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, eye_array, issparse, kron

from scoring.checks import BoolArray, FloatArray

#: Larger tables are handed over without their zeros.
_DENSE = 20_000
# HiGHS lets a row be broken by 1e-7 where nothing is said: more than what is no rounding (`BEYOND_ROUNDING`).
_PRECISE = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10, "presolve": True}


class Solved(NamedTuple):
    """An optimum: the point, its value, and the price (dual) of each row."""

    point: FloatArray
    value: float
    prices: FloatArray


def least(aim: FloatArray, table: FloatArray | csr_array, limit: FloatArray, same: BoolArray) -> FloatArray:
    """Where an objective is least among the points with `table @ x <= limit`, equal where `same`."""
    found = solve(aim, table, limit, same)
    if found is None:
        raise ValueError("limit must leave a point: the rows contradict each other")
    return found.point


def least_of_each(aims: FloatArray, table: FloatArray, limit: FloatArray, same: BoolArray) -> FloatArray:
    """The same for many objectives in rows, as one program: to call the solver takes longer than to solve."""
    count = len(aims)
    whole = kron(eye_array(count), csr_array(table), format="csr")
    return least(aims.ravel(), whole, np.tile(limit, count), np.tile(same, count)).reshape(aims.shape)


def solve(
    aim: FloatArray,
    table: FloatArray | csr_array,
    limit: FloatArray,
    same: BoolArray,
    low: ArrayLike = -np.inf,
    high: ArrayLike = np.inf,
) -> Solved | None:
    """The optimum of a linear program, or None where there is no point. Variables are free without bounds."""
    from scipy.optimize import linprog  # a fifth of a second, which every other use would wait for

    dense = not issparse(table) and table.size <= _DENSE
    whole = table if dense else csr_array(table)
    bounds = np.column_stack((np.broadcast_to(low, aim.size), np.broadcast_to(high, aim.size)))
    found = linprog(
        aim, whole[~same], limit[~same], whole[same], limit[same], bounds, method="highs", options=_PRECISE
    )
    # Infeasible is an answer; anything else but an optimum is a failure.
    if found.status == 2:
        return None
    if found.status != 0:
        raise ValueError(f"the linear program has no optimum: {found.message}")
    prices = np.zeros(limit.size)
    prices[~same], prices[same] = found.ineqlin.marginals, found.eqlin.marginals
    return Solved(found.x, float(found.fun), prices)
