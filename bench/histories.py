"""The history of the recency-weighted quartiles at every change: processor seconds, and how time grows.

`python -m bench.histories` prints 1,000 to 50,000 forecasts, five of each person, with withdrawals.
"""

import os

from bench.peers import EACH, best, forecasts, growth
from scoring.timeline.recency_changes import recency_history

PEOPLE = (200, 600, 2_000, 6_000, 10_000)


def main() -> None:
    """The table."""
    sizes: list[int] = []
    seconds: list[float] = []
    for people in PEOPLE:
        rows = forecasts(people)
        sizes.append(people * EACH)
        steps = recency_history(*rows).start.size
        seconds.append(best(lambda rows=rows: recency_history(*rows), 3))
        print(f"quartiles of {people:>6,} people at {steps:>7,} changes {seconds[-1]:7.3f} s CPU", flush=True)
    print(f"time grows as n^{growth(sizes, seconds):.2f}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
