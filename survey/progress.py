"""Progress: how far something is, as whoever does it tells whoever asked."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

#: Is told what is being done, and how much of the whole is, from 0 to 1; an error that it raises ends the work.
Progress = Callable[[str, float], None]

One = TypeVar("One")


def untold(_step: str, _share: float) -> None:
    """Where nobody wants to know how far it is."""


def telling(all_of_them: Sequence[One], step: str, progress: Progress) -> Iterator[One]:
    """One thing after the other; before each, `progress` is told how much is done.

    >>> list(telling("ab", "letters", lambda step, share: print(step, share)))
    letters 0.0
    letters 0.5
    ['a', 'b']
    """
    for place, one in enumerate(all_of_them):
        progress(step, place / len(all_of_them))
        yield one
