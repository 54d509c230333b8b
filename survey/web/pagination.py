"""Pagination: a long list in pages that have addresses, so that they work without a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request

from .forms.whole_number import whole_number

Item = TypeVar("Item")

#: On one page of reasons: twenty of the longest are a second of rendering where nobody has read them before.
LENGTH = 20


@dataclass(frozen=True)
class Paginated(Generic[Item]):
    """One page of a list, its number from 1, the number of the last page, and how long the list is."""

    items: Sequence[Item]
    number: int
    last: int
    total: int


def paginated(everything: Sequence[Item], asked: str) -> Paginated[Item]:
    """The page that an address asks for: the last where it is past the end, the first where it is no number.

    >>> paginated("abc" * 7, "2"), paginated("abc", "99").number, paginated("", "x").last
    (Paginated(items='c', number=2, last=2, total=21), 1, 1)
    """
    last = max(1, -(-len(everything) // LENGTH))
    number = min(max(whole_number(asked) or 1, 1), last)
    return Paginated(everything[(number - 1) * LENGTH : number * LENGTH], number, last, len(everything))


def where_reading() -> dict[str, Any]:
    """What the address says of the place on a page of reasons, for links and forms that come back to it."""
    return {
        name: request.args[name] for name in ("option", "version", "group", "page") if name in request.args
    }
