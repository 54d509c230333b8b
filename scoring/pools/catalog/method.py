"""What a page, a file or a command can say about one way from many forecasts to one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


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

    @property
    def runs_alone(self) -> bool:
        """Whether ``function(probability, weight)`` gives the crowd's probability, for arrays (n,)."""
        return not self.needs

    @property
    def example(self) -> str:
        """The example of the function's own docstring, which the tests run."""
        return example_of(self.function)


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
