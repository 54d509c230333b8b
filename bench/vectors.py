"""Every public formula on a million values, beside a copy of the largest array it was given.

`python -m bench.vectors [NAME …]` prints processor seconds and the ratio. A copy is that of five million numbers, in
proportion: a smaller one would stay in the cache. What takes more than 20 copies is marked. Such are, by nature,
distribution functions and logarithms of every value (`crps_beta`, `mean_log_odds`), what puts values in order
(medians, ranks and their tests), what is drawn again (resamples) and what is fitted; sums over the short last axis
of options take 50. A formula that would take more than a second is measured on ten thousand values.
"""

import importlib
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from bench.peers import best
from scoring.pools import mean as pool_mean
from scoring.timeline import Intervals, Life, cut_overlaps, intervals

PLACES = (
    "scoring",
    "scoring.coherence",
    "scoring.consensus",
    "scoring.evaluation",
    "scoring.pools",
    "scoring.timeline",
)
MANY, FEW, LONGEST, DEAR = 1_000_000, 10_000, 1.0, 20
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


def options(random: np.random.Generator, rows: int) -> Any:
    """Probabilities of four options."""
    return random.dirichlet(np.ones(4), rows)


def shaped(random: np.random.Generator, size: int, rows: int, people: int) -> dict[str, dict[str, Any]]:
    """Arguments of formulas and modules whose shapes or ranges nothing else shares."""
    lower, best, upper = np.sort(random.uniform(0.01, 0.99, (3, 100, people)), axis=0)
    answers = {"lower": lower, "best": best, "upper": upper, "weight": random.random((100, people))}
    crowd = random.uniform(0.01, 0.99, (100, people))
    points = np.sort(random.random((rows, 5)), axis=1)
    seeds = {
        "outcome": np.append(random.normal(size=9), np.nan),
        "quantiles": np.sort(random.normal(size=(max(people // 10, 2), 10, 3)), axis=2),
        "levels": np.array([0.05, 0.5, 0.95]),
    }
    outcome = random.integers(0, 2, people)
    return {
        "three_point": answers,
        "three_point_weights": answers,
        "points": answers,
        "answers": {"value": best},
        "cooke": seeds,
        "agreement": {"share": random.dirichlet(np.ones(7))},
        "polarization": {"share": random.dirichlet(np.ones(7))},
        "entropy": {"probability": options(random, rows)},
        "lifted": {"probability": options(random, rows)},
        "diversity": {"probability": crowd, "outcome": outcome},
        "crowd_gain": {"probability": crowd, "outcome": outcome, "crowd": crowd.mean(axis=0)},
        "diversity_options": {
            "probability": random.dirichlet(np.ones(4), (100, people)),
            "outcome": random.integers(0, 4, people),
        },
        "quantiles_of": {"share": LEVELS},
        "quantiles_of_rising": {"value": np.sort(random.random(size)), "share": LEVELS},
        "shrunk": {"amount": random.random(size), "least": 30.0},
        "distributions": {"value": points},
        "medals": {"rank": np.arange(1, size + 1)},
        "medal_points": {"medal": "gold"},
        "moment": {"value": 0.5},
        "shift_weights": {"first": (lower, best, upper), "second": (lower / 2, best, upper)},
        "geometric_mean_history": {"value": random.uniform(0.01, 0.99, size)},
        "default_history_options": {"probability": options(random, size)},
        "spot_peer": {"time": 0.5},
        "spot_baseline": {"time": 0.5},
        "standing_at": {"time": 0.5},
        "spot": {"time": 0.5},
        "piecewise": {
            "outcome": random.random(rows),
            "values": points,
            "probabilities": np.linspace(0, 1, 5),
            "at": np.linspace(0, 1, 9),
            "level": np.linspace(0, 1, 9),
        },
    }


def own(module: str, name: str, size: int) -> dict[str, Any]:
    """Arguments that one formula or one module takes in its own shape: few names mean two things."""
    random = np.random.default_rng(2)
    rows = size // 4
    people = max(size // 100, 2)
    table = {
        "probability": random.uniform(0.01, 0.99, (100, people)),
        "outcome": random.integers(0, 2, people),
    }
    if name in (special := shaped(random, size, rows, people)):
        return special[name]
    if module in special:
        return special[module]
    if name.endswith("_options") or name in ("ranked_probability", "ordered_brier", "options_case"):
        if module in ("rules", "rewards", "ambiguity"):
            return {"outcome": random.integers(0, 4, rows), "probability": options(random, rows)}
        return {"probability": options(random, rows)}
    if name in ("shares", "options_summary", "options_spread"):
        return {"probability": options(random, rows)}
    if module in ("contribution_scores", "past_skill"):
        return table
    if name in ("linear_pool", "nearest_pool", "vincent_mean", "vincent_median"):
        return {"quantiles": np.sort(random.normal(size=(size // 5, 5)), axis=1)}
    if name == "crps_ensemble":
        return {"ensemble": random.normal(size=(size // 10, 10)), "outcome": random.normal(size=size // 10)}
    if name in ("energy", "variogram"):
        shape = (size // 50, 10, 5)
        return {"ensemble": random.normal(size=shape), "outcome": random.normal(size=(size // 50, 5))}
    if module in ("quantiles", "interval_coverage") or name in ("crps_normal", "crps_lognormal"):
        return {"outcome": 0.1 + random.random(size)}
    if name == "crps_beta":
        return {"outcome": random.random(size)}
    return {}


@cache
def given(size: int) -> dict[str, Any]:
    """Arguments by the name they have all over the package."""
    random = np.random.default_rng(1)
    chance, number = random.uniform(0.01, 0.99, size), random.normal(size=size)
    low, high = number - random.random(size), number + random.random(size)
    people = max(size // 5, 1)
    person, when = random.integers(0, people, size), np.sort(random.random(size))
    day = np.sort(random.integers(0, 1_000, size))
    return {
        "outcome": random.integers(0, 2, size),
        "probability": chance,
        "share": 0.25,
        "weight": random.random(size),
        "values": number,
        "value": number,
        "quantiles": np.sort(random.normal(size=(size, 5)), axis=1),
        "levels": LEVELS,
        "lower": low,
        "upper": high,
        "best": number,
        "alpha": 0.5,
        "mean": number,
        "deviation": 1 + random.random(size),
        "location": number,
        "scale": 1 + random.random(size),
        "score": random.random(size),
        "reference": random.random(size) + 0.5,
        "first": random.random(size),
        "second": random.random(size),
        "before": chance,
        "after": random.uniform(0.01, 0.99, size),
        "rival": random.uniform(0.01, 0.99, size),
        "crowd": random.uniform(0.01, 0.99, size),
        "estimate": chance,
        "predicted": random.uniform(0.01, 0.99, size),
        "vote": random.integers(0, 2, size),
        "person": person,
        "question": np.arange(size) // 100,
        "start": when,
        "end": cut_overlaps(person, when, np.full(size, np.nan)),
        "life": Life(0, 1, 1),
        "time": when,
        "age": when,
        "half_life": 0.2,
        "rank": np.arange(1.0, size + 1),
        "day": day,
        "active": random.random(size) < 0.98,
        "last_day": 1_000,
        "first_day": 0,
        "reference_day": np.arange(1_000),
        "reference_score": random.random(1_000),
        "coverage": random.random(size),
        "take": random.random(size),
        "medal": random.integers(0, 3, size),
        "ranks": np.arange(1, size + 1),
        "generator": 1,
        "pool": pool_mean,
        "percent": np.array([25.0, 50.0, 75.0]),
        "terms": number,
        "people": size,
        "reputations": random.random(size),
        "draws": number,
        "level": 0.9,
        "place": chance,
        "lowest": 0.0,
        "highest": 100.0,
        "count": 100,
        "at": number,
        "a": 1 + random.random(size),
        "b": 1 + random.random(size),
        "kind": "implies",
        "slope": 1.5,
        "clip": 0.01,
        "beta": 1.1,
        "amount": 2.0,
        "least": 0.0,
        "estimates": number,
        "variance": random.random(size) + 0.1,
        "edges": np.linspace(0, 1, 11),
        "happened": random.integers(0, 2, size).astype(float),
        "name": "value",
    }


def formulas() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function, with its module's short name before its own."""
    for place in PLACES:
        package = importlib.import_module(place)
        for name in package.__all__:
            if inspect.isfunction(work := getattr(package, name)):
                yield f"{work.__module__.removeprefix('scoring.')}.{name}", work


def arguments(key: str, work: Callable[..., Any], size: int) -> dict[str, Any] | None:
    """What a formula asks for, by name; None where it asks for something that is no plain array."""
    module, _, name = key.rpartition(".")
    known = given(size) | own(module.rpartition(".")[2], name, size)
    if "forecasts" in (asked := inspect.signature(work).parameters):
        known["forecasts"] = intervals(known["person"], known["start"], known["end"])
    needed = [
        one.name for one in asked.values() if one.default is one.empty and one.kind is not one.VAR_KEYWORD
    ]
    return {one: known[one] for one in needed} if set(needed) <= known.keys() else None


@cache
def copying() -> float:
    """Seconds in which one byte is copied."""
    array = np.zeros((MANY, LEVELS.size))
    return best(lambda: array.copy(), 9) / array.nbytes


def copied(values: dict[str, Any]) -> float:
    """Seconds in which the largest array among them is copied."""
    return copying() * max(array.nbytes for value in values.values() for array in parts(value))


def parts(value: Any) -> list[Any]:
    """The arrays that an argument is made of."""
    if isinstance(value, Intervals):
        value = tuple(vars(value).values())
    inside = value if isinstance(value, tuple) else (value,)
    return [part for part in inside if isinstance(part, np.ndarray)]


def measured(key: str, work: Callable[..., Any]) -> str:
    """The line of one formula."""
    small = arguments(key, work, FEW)
    if small is None or not any(parts(value) for value in small.values()):
        return "takes no plain array"
    quick = best(lambda: work(**small), 2)
    size = MANY if quick * MANY / FEW < LONGEST else FEW
    values = arguments(key, work, size) or {}
    taken, floor = best(lambda: work(**values), 3), copied(values)
    mark = "  !" if taken > DEAR * floor else ""
    return f"{size:>9,} {taken:8.4f} s CPU  {taken / floor:8.1f} x a copy{mark}"


def main(wanted: list[str]) -> None:
    """The table."""
    warnings.simplefilter("ignore")
    for key, work in formulas():
        if not wanted or key.rpartition(".")[2] in wanted:
            print(f"{key:52} {measured(key, work)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
