"""Peer scores over time of many forecasts: processor seconds, the ratio to a sort, and how time grows.

`python -m bench.peers` prints the best of several runs for 1,000 to 1,000,000 forecasts, five of each person.
"""

import os
import time
from collections.abc import Callable

import numpy as np

from scoring.checks import FloatArray, IntArray
from scoring.timeline.peer_scores import peer
from scoring.timeline.standing_intervals import Life

PEOPLE = (200, 2_000, 5_000, 20_000, 200_000)
EACH = 5


def forecasts(
    people: int, each: int = EACH, seed: int = 1
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """People who change their forecast until, three in ten, they withdraw; in the order of their making."""
    random = np.random.default_rng(seed)
    start = np.sort(random.random((people, each)), axis=1)
    last = np.where(random.random(people) < 0.3, start[:, -1] + random.random(people) / 10, np.nan)
    end = np.column_stack((start[:, 1:], last)).ravel()
    order = np.argsort(start.ravel())
    probability = random.uniform(0.01, 0.99, people * each)
    return np.repeat(np.arange(people), each)[order], start.ravel()[order], end[order], probability


def best(work: Callable[[], object], times: int) -> float:
    """Processor seconds of the quickest of several runs."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def growth(size: list[int], seconds: list[float]) -> float:
    """The power of the size with which time grows, fitted to all sizes."""
    return float(np.polyfit(np.log(size), np.log(seconds), 1)[0])


def main() -> None:
    """The table."""
    life, sizes, seconds = Life(0, 1, 1), [], []
    floats = np.random.default_rng(2).random(50_000)
    sort = best(lambda: np.sort(floats), 20)
    for people in PEOPLE:
        rows = forecasts(people)
        sizes.append(people * EACH)
        seconds.append(best(lambda rows=rows: peer(*rows, life), 20 if people < 20_000 else 4))
        print(f"peer scores of {sizes[-1]:>9,} forecasts {seconds[-1]:8.4f} s CPU", flush=True)
    ratio = seconds[sizes.index(25_000)] / sort
    print(f"25,000 forecasts take {ratio:.1f} x np.sort of 50,000 floats ({sort * 1000:.2f} ms)")
    print(f"time grows as n^{growth(sizes, seconds):.2f}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
