"""Garbage collection: when a process looks for cycles among what it has made, and what it never looks through.

Python searches after every 700 new objects. Here that is many times in a page, and all of them in vain: cycles go as
a request or a command ends. It took a tenth of a page, a sixth of a short command, and stopped every thread.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects between two searches: those of one or two pages.
SELDOM = 20_000


def collect_seldom() -> None:
    """Search once for what a request or a command leaves, not while it makes it."""
    gc.set_threshold(SELDOM)


def settle() -> None:
    """Keep what a server begins with out of garbage collection: it lives as long as the process.

    Looking through half a million objects for cycles stops every thread for 60 to 100 ms, again and again while
    answers are taken: the slowest in a hundred waited twice as long for theirs.
    """
    gc.collect()
    gc.freeze()
    collect_seldom()


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search at all while modules are imported or rows are made: they stay, or have no cycles."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
