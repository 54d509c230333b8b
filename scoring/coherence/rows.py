"""A row of coherence: what every coherent forecast obeys, and from which declarations that follows."""

from dataclasses import dataclass
from typing import Literal

from scoring.checks import FloatArray

RowKind = Literal["range", "relation", "conditional", "cut"]


@dataclass(frozen=True, eq=False)
class Row:
    """A linear row of coherence: `expression` is at most 0, or 0 where `is_equality`.

    Attributes
    ----------
    kind
        `range`: a question's own (order of a ladder, sum of options, from 0 to 1) · `relation`: of declared relations
        · `conditional`: of a pair's conjunction · `cut`: of several questions at once.
    sources
        Keys of what it follows from: relations, and questions with a condition or of kind `range`.
    expression
        Coefficients of the coordinates, and the constant.
    """

    kind: RowKind
    sources: tuple[str, ...]
    expression: FloatArray
    is_equality: bool = False
