"""Running sums that lose no digits, so that the difference of any two is as exact as their terms."""

from dataclasses import dataclass

import numpy as np

from scoring.checks import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class RunningSum:
    """The sums of the first 0, 1, …, n terms, as whole multiples of two powers of two.

    Whole numbers add without rounding, so that terms which leave a sum again leave nothing behind: not after
    millions of others, and not where the sum becomes small.
    """

    #: Whole multiples of 2^-coarse_bits and, of what is left over, of 2^-fine_bits: shape (n + 1,).
    coarse: IntArray
    fine: IntArray
    coarse_bits: int
    fine_bits: int

    def difference(self, first: IntArray, last: IntArray) -> FloatArray:
        """Sums of the terms first, first + 1, …, last - 1."""
        return self._numbers(self.coarse[last] - self.coarse[first], self.fine[last] - self.fine[first])

    def values(self) -> FloatArray:
        """All sums, each rounded once: shape (n + 1,)."""
        return self._numbers(self.coarse, self.fine)

    def _numbers(self, coarse: IntArray, fine: IntArray) -> FloatArray:
        return np.ldexp(coarse.astype(np.float64), -self.coarse_bits) + np.ldexp(
            fine.astype(np.float64), -self.fine_bits
        )


def running_sum(terms: FloatArray) -> RunningSum:
    """The running sums of some finite numbers, exact to about 1e-24 of the largest for a million of them.

    Parameters
    ----------
    terms : shape (n,)
        Finite numbers, already checked.

    Returns
    -------
    RunningSum
        Of the first 0, 1, …, n terms.

    Examples
    --------
    What is added and taken away again leaves nothing behind; plain addition would leave 0.0 of the last 0.1.

    >>> total = running_sum(np.array([1e16, 0.1, -1e16]))
    >>> total.values()[-1].round(9)
    np.float64(0.1)
    """
    coarse_bits = _bits(float(np.abs(terms).max(initial=0.0)), terms.size)
    whole = np.rint(np.ldexp(terms, coarse_bits))
    # Exact, as all powers of two are.
    left = terms - np.ldexp(whole, -coarse_bits)
    # What rounding to whole multiples leaves is half of one at most.
    fine_bits = _bits(2.0 ** -(coarse_bits + 1), terms.size)
    return RunningSum(_summed(whole), _summed(np.rint(np.ldexp(left, fine_bits))), coarse_bits, fine_bits)


def _bits(largest: float, count: int) -> int:
    """How many binary places leave room for a sum of `count` numbers up to `largest` in 62 bits."""
    return 61 - int(np.frexp(largest)[1]) - int(np.frexp(max(count, 1))[1])


def _summed(whole: FloatArray) -> IntArray:
    sums = np.zeros(whole.size + 1, dtype=np.int64)
    np.cumsum(whole.astype(np.int64), out=sums[1:])
    return sums
