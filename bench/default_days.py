"""The default crowd forecast at the end of every day of a long question, beside sorting its numbers once.

`python -m bench.default_days` prints the processor time of 1,000,000 forecasts by 200,000 people over 1,000
days, as doubles and as tenths of a percent, in multiples of sorting as many numbers in the same run, how the
time grows with forecasts and with days, and how far the last day lies from its own direct computation.
"""

import os
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scoring.pools.averages import median
from scoring.pools.default import parley
from scoring.timeline.days import standing
from scoring.timeline.default_days import DefaultHistory, default_history

FORECASTS, PEOPLE, DAYS = 1_000_000, 200_000, 1_000
REACH = 15

Events = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def events(forecasts: int, people: int, days: int, *, tenths: bool = False) -> Events:
    """Forecasts of a crowd whose opinion drifts; one in fifty is a withdrawal."""
    random = np.random.default_rng(20261124)
    day = np.sort(random.integers(0, days, forecasts))
    log_odds = random.normal(np.sin(day / days * 4), 1.2)
    probability = 1 / (1 + np.exp(-log_odds))
    if tenths:
        probability = np.round(probability, 3)
    probability[random.random(forecasts) < 0.02] = np.nan
    return random.integers(0, people, forecasts), day, probability


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Processor time of all threads, the best of some runs."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def history_seconds(given: Events) -> float:
    """Processor time of the whole history."""
    return seconds(lambda: default_history(*given))


def sorting_seconds(given: Events) -> float:
    """Processor time of sorting the probabilities once."""
    return seconds(lambda: np.sort(given[2]), times=7)


def largest_difference(given: Events, history: DefaultHistory) -> float:
    """Between the last day's figures and those of the standing crowd, taken by themselves."""
    person, day, probability = given
    crowd = standing(person, day, ~np.isnan(probability))
    values = probability[crowd.event]
    alone = parley(values, crowd.weight)
    names = ("value", "low", "high", "trimmed", "outer", "whole", "quarter", "three_quarters")
    differences = [abs(getattr(history, name)[-1] - getattr(alone, name)) for name in names]
    differences.append(abs(history.median[-1] - median(values, crowd.weight)))
    differences.append(abs(history.effective[-1] / alone.effective - 1))
    return float(max(differences))


def exponents(sizes: list[int], times: list[float]) -> str:
    """How the time grows from each size to the next: 1 is in proportion."""
    grown = np.diff(np.log(times)) / np.diff(np.log(sizes))
    return "  ".join(f"{exponent:.2f}" for exponent in grown)


def against_sorting() -> bool:
    """The largest case, both kinds of numbers, beside its floor. Whether both are within reach."""
    within = True
    for kind, tenths in (("doubles", False), ("tenths of a percent", True)):
        given = events(FORECASTS, PEOPLE, DAYS, tenths=tenths)
        floor = sorting_seconds(given)
        taken = history_seconds(given)
        print(
            f"{FORECASTS:,} forecasts, {PEOPLE:,} people, {DAYS:,} days, {kind:20} {taken:6.3f} s"
            f"  np.sort {floor:6.4f} s  {taken / floor:5.1f} x (reach {REACH})"
            f"  last day {largest_difference(given, default_history(*given)):.0e} off",
            flush=True,
        )
        within &= taken <= REACH * floor
    return within


def growth() -> None:
    """Over forecasts, and over days."""
    sizes = [1_000, 10_000, 100_000, FORECASTS]
    times = [history_seconds(events(size, size // 5, DAYS)) for size in sizes]
    print(f"{DAYS:,} days, forecasts {row(sizes, times)}  exponents {exponents(sizes, times)}", flush=True)
    lengths = [DAYS // 2, DAYS, 2 * DAYS]
    times = [history_seconds(events(FORECASTS, PEOPLE, length)) for length in lengths]
    print(
        f"{FORECASTS:,} forecasts, days {row(lengths, times)}  exponents {exponents(lengths, times)}",
        flush=True,
    )


def row(sizes: list[int], times: list[float]) -> str:
    """Sizes with their times."""
    return "  ".join(f"{size:,}: {1000 * taken:.0f} ms" for size, taken in zip(sizes, times, strict=True))


if __name__ == "__main__":
    fine = against_sorting()
    growth()
    print(f"load {os.getloadavg()[0]:.1f}")
    sys.exit(0 if fine else 1)
