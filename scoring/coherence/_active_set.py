"""Nearest points of a polytope for many people at once: dual active set method, in lock-step (quadratic programming).

Goldfarb and Idnani (1983), Mathematical Programming 27, 1-33: from the unconstrained optimum, the worst broken row is
added while rows whose price would turn negative are dropped. Everybody has a matrix and an active set of their own;
each pass does one step for all who are not finished, on arrays padded to the longest active set.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from scoring.checks import BoolArray, FloatArray, IntArray

#: A row broken by less is kept: some hundred roundings of doubles.
_CLOSE = 1e-12
#: A row whose part outside the active ones is smaller, relative to its square, depends on them.
_DEPENDENT = 1e-13
#: Whoever calls hands over so many people at once, more where there are few coordinates: their matrices stay in the
#: cache and the padded ones in bounds.
CHUNK = 250
_MOST_STEPS = 1_000
_WORTH_COPYING = 0.7
#: Active rows of most people: there is room for the products of more only once somebody has them.
_FEW = 11


def nearest(matrix: FloatArray, slope: FloatArray, table: FloatArray, limit: FloatArray) -> FloatArray:
    """The least of `x'Hx / 2 - g'x` with `table @ x <= limit`, for each person.

    Parameters
    ----------
    matrix : shape (people, n, n)
        H, positive definite.
    slope : shape (people, n)
        g.
    table, limit : shapes (rows, n), (rows,)
        The same for everybody; some point obeys them.

    Returns
    -------
    shape (people, n)
    """
    # Own code because quadprog, which is as fast for one person, failed on 5 % of them: rows of a bank depend
    # on each other.
    lower = np.asarray(np.linalg.cholesky(matrix), np.float64)
    inverse = _inverse(lower)
    # Whitened: the nearest point in the plain distance, on rows that are everybody's own.
    free = np.matmul(inverse, slope[:, :, None])[:, :, 0]
    rows = np.matmul(table, inverse.transpose(0, 2, 1))
    found = free.copy()
    waiting = np.flatnonzero(
        (np.matmul(rows, free[:, :, None])[:, :, 0] - limit).max(axis=1, initial=-1) > _CLOSE
    )
    if len(waiting) == len(found):
        found = _project(free, rows, limit)
    elif len(waiting):
        found[waiting] = _project(free[waiting], rows[waiting], limit)
    return np.asarray(np.matmul(inverse.transpose(0, 2, 1), found[:, :, None])[:, :, 0])


def _inverse(lower: FloatArray) -> FloatArray:
    """Inverses of lower triangular matrices by forward substitution, a row of everybody's at a time."""
    found = np.zeros_like(lower)
    scale = 1 / np.einsum("pii->pi", lower)
    for at in range(lower.shape[1]):
        found[:, at, at] = scale[:, at]
        if at:
            below = np.matmul(lower[:, at, None, :at], found[:, :at, :at])[:, 0]
            found[:, at, :at] = -scale[:, at, None] * below
    return found


@dataclass(eq=False)
class _Crowd:
    """Those who are not finished: points, rows, active sets (padded), prices, and the row that is being added.

    `gram` are the products of the active rows with each other, and 1 on the diagonal where padded.
    """

    person: IntArray
    start: FloatArray
    rows: FloatArray
    point: FloatArray
    active: IntArray
    price: FloatArray
    gram: FloatArray
    count: IntArray
    adding: IntArray
    added: FloatArray

    @classmethod
    def of(cls, start: FloatArray, rows: FloatArray) -> Self:
        """Everybody at the unconstrained optimum."""
        people, width = start.shape
        return cls(
            np.arange(people),
            start,
            rows,
            start.copy(),
            np.zeros((people, width + 1), int),
            np.zeros((people, width + 1)),
            np.tile(np.eye(min(width, _FEW) + 1), (people, 1, 1)),
            np.zeros(people, int),
            np.full(people, -1),
            np.zeros(people),
        )

    def only(self, kept: BoolArray) -> Self:
        """Some of them."""
        return type(self)(*(value[kept] for value in vars(self).values()))

    def normals(self, who: IntArray, width: int) -> tuple[FloatArray, BoolArray]:
        """Some people's active rows, 0 where padded, and which are not padded."""
        used = np.arange(width) < self.count[who, None]
        # `take_along_axis` would cost five times as much.
        chosen = self.rows[who[:, None], self.active[who, :width]]
        chosen *= used[:, :, None]
        return chosen, used


def _project(start: FloatArray, rows: FloatArray, limit: FloatArray) -> FloatArray:
    crowd, found = _Crowd.of(start, rows), start.copy()
    live = np.ones(len(start), bool)
    for _ in range(_MOST_STEPS):
        over = np.matmul(crowd.rows, crowd.point[:, :, None])[:, :, 0] - limit
        choosing = crowd.adding < 0
        crowd.adding = np.where(choosing, over.argmax(axis=1), crowd.adding)
        crowd.added[choosing] = 0
        amount = over[np.arange(len(over)), crowd.adding]
        done = live & choosing & (amount <= _CLOSE)
        done |= _step(crowd, amount, live & ~done)
        if done.any():
            who = np.flatnonzero(done)
            found[crowd.person[who]] = _polished(crowd, who, limit)
            live &= ~done
        if not live.any():
            return found
        # To take the finished out copies everybody's rows: not for each who finishes.
        if live.mean() < _WORTH_COPYING:
            crowd, live = crowd.only(live), live[live]
    # Whoever is not finished keeps the point reached: one person's rounding holds up nobody else.
    found[crowd.person[live]] = crowd.point[live]
    return found


def _step(crowd: _Crowd, amount: FloatArray, live: BoolArray) -> BoolArray:
    """One step of those who are live; who of them has no way left (a row that only rounding breaks)."""
    everyone, width = np.arange(len(crowd.person)), max(int(crowd.count.max()), 1)
    normal = crowd.rows[everyone, crowd.adding]
    normals, used = crowd.normals(everyone, width)
    products = np.matmul(normals, normal[:, :, None])
    # Products that are kept from step to step: made anew in each, they took a fifth of the time of all.
    change = np.linalg.solve(crowd.gram[:, :width, :width], products)[:, :, 0]
    away = normal - np.matmul(change[:, None, :], normals)[:, 0, :]
    square, whole_square = (np.einsum("pi,pi->p", one, one) for one in (away, normal))
    bound = square <= _DEPENDENT * whole_square
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(used & (change > 1e-14), crowd.price[:, :width] / change, np.inf)
        whole = np.where(bound, np.inf, amount / square)
    blocking = ratio.argmin(axis=1)
    part = ratio[everyone, blocking]
    length = np.minimum(part, whole)
    stuck = live & ~np.isfinite(length)
    moving = live & ~stuck
    length = np.where(moving, length, 0)
    crowd.point -= np.where(bound, 0, length)[:, None] * away
    crowd.price[:, :width] = np.maximum(crowd.price[:, :width] - length[:, None] * change, 0)
    crowd.added += length
    _add(crowd, np.flatnonzero((whole <= part) & moving), products[:, :, 0], whole_square)
    _drop(crowd, np.flatnonzero((whole > part) & moving), blocking)
    return np.asarray(stuck)


def _add(crowd: _Crowd, who: IntArray, products: FloatArray, square: FloatArray) -> None:
    """The row that is being added becomes the last active one; `products` with those before are 0 where padded."""
    last, width = crowd.count[who], products.shape[1]
    if last.max(initial=0) >= crowd.gram.shape[1]:
        crowd.gram = _wider(crowd.gram)
    crowd.active[who, last] = crowd.adding[who]
    crowd.price[who, last] = crowd.added[who]
    crowd.gram[who, last, :width] = products[who]
    crowd.gram[who, :width, last] = products[who]
    crowd.gram[who, last, last] = square[who]
    crowd.count[who] += 1
    crowd.adding[who] = -1


def _wider(gram: FloatArray) -> FloatArray:
    """The same products, padded to twice as many rows."""
    people, width, _ = gram.shape
    found = np.tile(np.eye(2 * width), (people, 1, 1))
    found[:, :width, :width] = gram
    return found


def _drop(crowd: _Crowd, who: IntArray, blocking: IntArray) -> None:
    """The last active row takes the place of the one that is dropped."""
    crowd.count[who] -= 1
    last, gone = crowd.count[who], blocking[who]
    for column in (crowd.active, crowd.price):
        column[who, gone] = column[who, last]
    gram = crowd.gram
    gram[who, gone] = gram[who, last]
    gram[who, :, gone] = gram[who, :, last]
    gram[who, last] = gram[who, :, last] = 0
    gram[who, last, last] = 1


def _weights(normals: FloatArray, used: BoolArray, right: FloatArray) -> FloatArray:
    """The combination of active rows with given products, 0 where padded."""
    gram = np.matmul(normals, normals.transpose(0, 2, 1))
    at = np.arange(gram.shape[1])
    gram[:, at, at] += ~used
    return np.asarray(np.linalg.solve(gram, right)[:, :, 0] * used)


def _polished(crowd: _Crowd, who: IntArray, limit: FloatArray) -> FloatArray:
    """Some people's optimum on their active rows as equalities, without what the steps added up in rounding."""
    width = int(crowd.count[who].max(initial=0))
    if not width:
        return crowd.point[who]
    start, (normals, used) = crowd.start[who], crowd.normals(who, width)
    over = np.matmul(normals, start[:, :, None])[:, :, 0] - limit[crowd.active[who, :width]] * used
    price = _weights(normals, used, over[:, :, None])
    return np.asarray(start - np.matmul(price[:, None, :], normals)[:, 0, :])
