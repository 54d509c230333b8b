"""Range of a quantity: the values that an answer about a number may take, where its ends are open or closed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ValueRange:
    """The values that a question's answer may take.

    A closed end is the last value there can be. Beyond an open end lie others, and whoever does not want to
    name one says "above" or "below": stored as the bound plus the range, on the logarithm for a log scale.

    >>> ValueRange(300, 1000, open_lower=True, open_upper=True, log=False, whole=False).above
    1700
    >>> ValueRange(10, 1000, open_lower=True, open_upper=True, log=True, whole=False).above
    100000.0
    """

    lower: float
    upper: float
    open_lower: bool
    open_upper: bool
    log: bool
    whole: bool

    @property
    def above(self) -> float | None:
        """What "above the upper bound" is stored as; None at a closed end."""
        if not self.open_upper:
            return None
        return self.upper * (self.upper / self.lower) if self.log else self.upper + (self.upper - self.lower)

    @property
    def below(self) -> float | None:
        """What "below the lower bound" is stored as; None at a closed end."""
        if not self.open_lower:
            return None
        return self.lower / (self.upper / self.lower) if self.log else self.lower - (self.upper - self.lower)

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest value that is stored: a closed end, or "beyond"."""
        below, above = self.below, self.above
        return self.lower if below is None else below, self.upper if above is None else above

    def may_repeat(self, value: float) -> bool:
        """Whether probability may be heaped on one value: a whole number, a closed end, or "beyond"."""
        return self.whole or value in self.limits
