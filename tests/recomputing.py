"""A researcher's reading of the files: every published figure again, through `scoring` alone.

Nothing of the application is used here but how a cell is written.
"""

from collections import defaultdict
from typing import Any

import numpy as np

from scoring import perturbation
from scoring.coherence import in_order
from scoring.pools import averages, default, mixtures
from scoring.pools.default_steps import INVITED, OPEN
from scoring.pools.options import median_options
from scoring.timeline.days import standing

Rows = list[dict[str, str]]

FORMS = {"parley": INVITED, "parley_open": OPEN}


def grouped(rows: Rows, column: str) -> dict[str, Rows]:
    groups: dict[str, Rows] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def recomputed(rows: Rows, question: dict[str, str], as_of: int) -> dict[str, Any]:
    """A question's figures from the file alone, as the documentation says: through `scoring`."""
    seen = {row["participant_id"] for row in rows if row["seq"] == "1" and row["crowd_seen"] == "true"}
    counted = [row for row in rows if row["is_insider"] == "false" and row["participant_id"] not in seen]
    counted = [row for row in counted if row["counts_from"] and day_of(row) <= as_of]
    # Moved answers are spread wider than people are: but for the default, figures are of what is calmed.
    moved = question["answers_moved"] == "true"
    options, form = question["option_ids"].split("|"), FORMS[question["crowd_rule"]]
    if question["kind"] in ("numeric", "date"):
        levels = [float(level) for level in question["quantile_levels"].split("|")]
        values, weights = stand(counted, [("value", f"q{level:g}") for level in levels], as_of)
        log = question["scale"] == "log"
        values = np.log(values) if log else values
        if moved:
            ends = [float(question[end]) for end in ("lower", "upper")]
            ends = list(np.log(ends)) if log else ends
            values = perturbation.calmed_quantiles(values, *ends, middle=levels.index(0.5))
        pooled = mixtures.nearest_pool(values, levels, weights)
        return {"value": list(np.exp(pooled) if log else pooled)}
    if question["kind"] in ("choice", "ordered"):
        values, weights = stand(counted, [(option, "p") for option in options], as_of)
        crowd = default.parley_options(values, weights, form)
        calm = perturbation.calmed_chances(values) if moved else values
        medians = median_options(calm / calm.sum(axis=1, keepdims=True), weights)
        return {
            option: [crowd.value[index], crowd.low[index], crowd.high[index], medians[index]]
            for index, option in enumerate(options)
        }
    told, people = {}, []
    for option in options:
        values, weights = stand(counted, [(option, "p")], as_of)
        one = default.parley(values[:, 0], weights, form)
        calm = perturbation.calmed_chances(values) if moved else values
        told[option] = [one.value, one.low, one.high, averages.median(calm[:, 0], weights)]
        people.append(len(values))
    return ordered(told, people) if question["kind"] == "ladder" else told


def ordered(rungs: dict[str, list[float]], people: list[int]) -> dict[str, list[float]]:
    """The default's three figures of a ladder, in the order of its dates."""
    figures = np.array(list(rungs.values()))
    repaired = [in_order(column, people) for column in figures.T[:3]]
    return {
        key: [*row, rungs[key][3]] for key, row in zip(rungs, np.transpose(repaired).tolist(), strict=True)
    }


def day_of(row: dict[str, str]) -> int:
    return int((np.datetime64(row["counts_from"]) - np.datetime64("1970-01-01")).astype(int))


def stand(rows: Rows, columns: list[tuple[str, str]], as_of: int) -> tuple[Any, Any]:
    events: dict[tuple[str, int], dict[tuple[str, str], float]] = {}
    days: dict[tuple[str, int], int] = {}
    for row in rows:
        place = (row["participant_id"], int(row["seq"]))
        events.setdefault(place, {})
        days[place] = day_of(row)
        if (row["option_id"], row["part"]) in columns:
            events[place][row["option_id"], row["part"]] = float(row["crowd_value"])
    order = sorted(events)
    crowd = standing(
        np.unique([person for person, _ in order], return_inverse=True)[1],
        [days[place] for place in order],
        [bool(events[place]) for place in order],
        as_of,
    )
    values = [[events[order[event]][column] for column in columns] for event in crowd.event]
    return np.array(values), crowd.weight


def stored(figures: dict[str, Any]) -> list[float]:
    """What a publication holds of one option, in the order of `recomputed`."""
    if "quantiles" in figures["parley"]:
        return list(figures["parley"]["quantiles"])
    return [*(figures["parley"][name] for name in ("value", "low", "high")), figures["median"]["value"]]
