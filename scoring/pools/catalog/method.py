"""One aggregation method: what a page can say about it, and the aggregate that it computes."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring.checks import FloatArray
from scoring.pools.default import Parley, ParleyOptions
from scoring.pools.options import lifted

#: What one person's forecast is: a probability of yes, shape (n,) of all; probabilities of options of which exactly
#: one comes true, (n, K); quantiles of a number or date, (n, L).
Kind = Literal["probability", "options", "quantiles"]


@dataclass(frozen=True, eq=False)
class Aggregate:
    """The crowd's forecast by one method: arrays of shape (), of (K,) over options or of (L,) over levels."""

    value: FloatArray
    #: Ends of the 90 % interval, where the method has one.
    low: FloatArray | None = None
    high: FloatArray | None = None
    #: What stands beside the value, by name: truth values of its shape. Empty where the method has none.
    flags: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """One method: told to readers with and without formulas, and the function that computes it."""

    #: Its name, as a heading.
    name: str
    #: What it does, for someone who reads no formulas.
    words: str
    #: The formula as plain text, with its symbols defined.
    formula: str
    #: Where it comes from.
    source: str
    #: When to use it, and when not.
    when: str
    #: The heading it stands under, among methods of its kind.
    group: str
    #: What computes it.
    function: Callable[..., Any]
    #: Its constants by name.
    parameters: Mapping[str, float] = field(default_factory=dict)
    #: What it asks for besides one probability from each person and weights.
    needs: frozenset[str] = frozenset()
    #: Of which kind of forecast `function` makes an aggregate. None: it makes something else, such as weights.
    kind: Kind | None = "probability"
    #: Its functions for other kinds, or one that tells more than `function` does.
    forms: Mapping[Kind, Callable[..., Any]] = field(default_factory=dict)
    #: Whether the weights of the crowd count. If not, `aggregate` counts each person once.
    weighted: bool = True

    @property
    def runs_alone(self) -> bool:
        """Whether ``function(probability, weight)`` gives the crowd's probability, for arrays (n,)."""
        return not self.needs

    @property
    def example(self) -> str:
        """The example of the function's own docstring, which the tests run."""
        return example_of(self.function)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of forecast of which it makes an aggregate."""
        own = () if self.kind is None else (self.kind,)
        over_options: tuple[Kind, ...] = ("options",) if self.runs_alone else ()
        return tuple(dict.fromkeys((*own, *self.forms, *over_options)))

    def aggregate(
        self, kind: Kind, forecast: ArrayLike, weight: ArrayLike | None = None, **needs: Any
    ) -> Aggregate:
        """The aggregate of a crowd: the figure of which `words` and `formula` speak.

        Parameters
        ----------
        kind : "probability", "options" or "quantiles"
            One of `kinds`. A method for yes or no without a form of its own for options is used for each option
            by itself, and the results are divided by their sum.
        forecast : shape (n,), (n, K) or (n, L)
            Everyone's forecast. NaN: abstains.
        weight : shape (n,), optional
            Weights of 0 or more, such as recency weights; without them everyone counts alike. A method that
            is not `weighted` takes no notice of them.
        needs
            By name, what the method's function asks for besides: `levels` of quantiles, say.

        Returns
        -------
        Aggregate

        Raises
        ------
        ValueError
            If the method makes no aggregate of this kind, or an argument breaks the function's rule.
        """
        if kind not in self.kinds:
            raise ValueError(f"kind must be one of {list(self.kinds)} for {self.name!r}, got {kind!r}")
        weights = {"weight": weight} if self.weighted else {}
        own = self.forms.get(kind) or (self.function if kind == self.kind else None)
        if own is None:
            return Aggregate(lifted(self.function, forecast, **weights).value)
        return _aggregate(own(forecast, **weights, **needs))


def example_of(function: Callable[..., Any]) -> str:
    """The text under "Examples" in a docstring, to its end: the shape of this package has them last.

    Parameters
    ----------
    function : function
        Anything with a docstring in the shape of NumPy's.

    Returns
    -------
    str
        Empty where there is no such heading.

    Examples
    --------
    >>> example_of(example_of).startswith(">>> example_of(")
    True
    """
    _, _, text = (inspect.getdoc(function) or "").partition("\nExamples\n--------\n")
    return text.strip()


def _aggregate(found: Any) -> Aggregate:
    """What a function of a method gave, as an aggregate: the default has an interval and flags."""
    if not isinstance(found, Parley | ParleyOptions):
        return Aggregate(np.asarray(found, dtype=np.float64))
    value, low, high = (np.asarray(part) for part in (found.value, found.low, found.high))
    return Aggregate(value, low, high, _flags(found))


def _flags(found: Parley | ParleyOptions) -> dict[str, Any]:
    """The flags as publications name them."""
    return {"held": found.held, "outer pull": found.outer_pull, "late wave": found.late_wave}
