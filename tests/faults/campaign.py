"""One run: writers write, something is killed again and again, and in the end the books are compared."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .checking import Fault, find_faults
from .door import Door
from .history import History, stored_submissions
from .servers import Server
from .writing import LAST_TRY, Writer

PEOPLE = 4
WRITERS_FOR_EACH = 2
#: Seconds in which somebody must be acknowledged again after a kill, on a busy machine too.
RECOVERY = 10.0
#: Seconds after which a run no longer waits for it, and goes on to compare the books.
PATIENCE = 3 * RECOVERY

#: Kill something, and start again what does not come back by itself.
Strike = Callable[[], None]


@dataclass
class Outcome:
    """What a run came to.

    Attributes
    ----------
    acknowledged
        How many forecasts were, each counted once.
    started
        Seconds the server took to start before anything was killed.
    recoveries
        Seconds from each kill to the first acknowledgement of a request sent after it.
    unanswered
        What came instead of an acknowledgement, and how often.
    """

    acknowledged: int
    faults: list[Fault]
    started: float = 0.0
    recoveries: list[float] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)

    @property
    def by_sort(self) -> Counter[str]:
        """How many faults there are of each sort."""
        return Counter(fault.sort for fault in self.faults)

    @property
    def passed(self) -> bool:
        """Whether every word was kept, and in time."""
        return not self.faults and max(self.recoveries, default=0.0) < RECOVERY


@contextmanager
def writers(door: Door, history: History) -> Iterator[None]:
    """Several people answer, each with several programs at once, for the length of a `with` block."""
    stop = threading.Event()
    people = [door.join() for _ in range(PEOPLE)]
    at_work = [Writer(door, person, history, stop) for person in people for _ in range(WRITERS_FOR_EACH)]
    for writer in at_work:
        writer.start()
    try:
        yield
    finally:
        stop.set()
        for writer in at_work:
            writer.join(2 * LAST_TRY)


def run(server: Server, database: str, strikes: list[Strike], seconds: float, acts: int = 0) -> Outcome:
    """Strike while people answer, at random moments, and compare the books.

    Parameters
    ----------
    seconds
        Mean time of undisturbed answering before each strike, and once more at the end.
    acts
        How many forecasts must be acknowledged before the end, so that a slow machine tests as much.
    """
    history, recoveries, began = History(), [], time.monotonic()
    with server, writers(Door(server.port), history):
        started = time.monotonic() - began
        for strike in strikes:
            time.sleep(random.uniform(0.3, 1.7) * seconds)
            recoveries.append(_recovery(history, strike))
        time.sleep(seconds)
        history.wait_for_acts(acts, PATIENCE)
    return Outcome(
        len(history.acknowledged),
        find_faults(history, stored_submissions(database)),
        started,
        recoveries,
        history.unanswered,
    )


def _recovery(history: History, strike: Strike) -> float:
    struck_at = time.monotonic()
    strike()
    history.wait_for_request_after(struck_at, PATIENCE)
    return time.monotonic() - struck_at
