"""A researcher's reading of the files: every published figure again, through `scoring` alone.

Nothing of the application is used here but how a cell is written.
"""

from collections import defaultdict
from typing import Any

import numpy as np

from scoring import perturbation, rules
from scoring.coherence import in_order
from scoring.pools import averages, default, mixtures
from scoring.pools.default_steps import INVITED, OPEN
from scoring.pools.options import median_options
from scoring.quantiles import wis as quantiles_wis
from scoring.timeline.daily_scores import daily_beside, daily_mean, daily_peer
from scoring.timeline.days import standing
from survey.i18n.safe_cells import plain_text

Rows = list[dict[str, str]]

FORMS = {"parley": INVITED, "parley_open": OPEN}


def grouped(rows: Rows, column: str) -> dict[str, Rows]:
    groups: dict[str, Rows] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def is_inside(row: dict[str, str], as_of: int) -> bool:
    return bool(row["insider_since"]) and day_of(row, "insider_since") <= as_of


def recomputed(rows: Rows, question: dict[str, str], as_of: int) -> dict[str, Any]:
    """A question's figures from the file alone, as the documentation says: through `scoring`."""
    seen = {row["participant_id"] for row in rows if row["seq"] == "1" and row["crowd_seen"] == "true"}
    counted = [row for row in rows if row["counts_from"] and day_of(row) <= as_of]
    counted = [row for row in counted if row["participant_id"] not in seen and not is_inside(row, as_of)]
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


def parts(cell: str) -> dict[str, str]:
    """`a=1|b=2` by option; what is about the question as a whole stands under an empty key."""
    cut = (one.rpartition("=") for one in plain_text(cell).split("|") if one)
    return {key: value for key, _equals, value in cut}


def day_number(text: str) -> int:
    return int((np.datetime64(text[:10]) - np.datetime64("1970-01-01")).astype(int))


def scored(rows: Rows, question: dict[str, str]) -> dict[tuple[str, str, str], float]:
    """Everybody's scores from the two files alone: by person, part of the question and rule."""
    found: dict[tuple[str, str, str], float] = {}
    known = parts(question["known_from"])
    for about, came in parts(question["outcome"]).items():
        if came != "annulled":
            last = (
                day_number(
                    min(known[about], parts(question["closes_by_option"]).get(about, "9"), question["closes"])
                )
                - 1
            )
            for (person, rule), value in scored_part(rows, question, about, came, last).items():
                found[person, about, rule] = value
    return found


def scored_part(
    rows: Rows, question: dict[str, str], about: str, came: str, last: int
) -> dict[tuple[str, str], float]:
    first, names = day_number(question["first_day"]), sorted({row["participant_id"] for row in rows})
    options = [about] if about else question["option_ids"].split("|")
    numbers = question["kind"] in ("numeric", "date")
    levels = [float(level) for level in question["quantile_levels"].split("|")] if numbers else []
    columns = [(option, f"q{level:g}") for option in options for level in levels] or [
        (option, "p") for option in options
    ]
    who, day, values = said_by_day(rows, question, columns, names)
    found: dict[tuple[str, str], float] = {}

    def keep(rule: str, mean: Any) -> None:
        found.update(
            {(names[person], rule): value for person, value in zip(mean.person, mean.mean, strict=True)}
        )

    if numbers:
        outcome = float(day_number(came)) if question["kind"] == "date" else float(came)

        def penalty(quantiles: Any) -> Any:
            on_scale, at = (clipped(each, question) for each in (quantiles, outcome))
            return quantiles_wis(at, on_scale, levels)

        keep("wis", daily_mean(who, day, penalty(values), last))
        days = [day_number(one) for one in question["published_days"].split("|") if one]
        if days:
            crowd = np.array([recomputed(rows, question, one)["value"] for one in days])
            beside = daily_beside(
                who, day, penalty(values), days, penalty(crowd), first_day=first, last_day=last
            )
            keep("wis_shared", beside.own)
            keep("wis_crowd", beside.reference)
        return found
    if question["kind"] in ("choice", "ordered"):
        place = options.index(came)
        name, brier = (
            ("brier", rules.brier_options)
            if question["kind"] == "choice"
            else ("ordered_brier", rules.ordered_brier)
        )
        own = {name: brier(place, values), "log": rules.log_score_options(place, values)}
        given = values[:, place]
    else:
        yes = float(came == "yes")
        own = {"brier": rules.brier(yes, values[:, 0]), "log": rules.log_score(yes, values[:, 0])}
        given = values[:, 0] if yes else 1 - values[:, 0]
    for rule, score in own.items():
        keep(rule, daily_mean(who, day, score, last))
    outside = {
        row["participant_id"]
        for row in rows
        if row["is_insider"] == "true" or (row["seq"] == "1" and row["crowd_seen"] == "true")
    }
    counts = ~np.isin(who, [names.index(name) for name in outside])
    keep("peer", daily_peer(who, day, given, first_day=first, last_day=last, counts=counts))
    return found


def said_by_day(
    rows: Rows, question: dict[str, str], columns: list[tuple[str, str]], names: list[str]
) -> tuple[Any, Any, Any]:
    """Who said what on which day: NaN where they took it back, or a new version ended it."""
    events: list[tuple[int, int, int, list[float]]] = []
    none = [float("nan")] * len(columns)
    ends = [(int(number), day_number(day)) for number, day in parts(question["substantive_versions"]).items()]
    for (name, seq), act in by_act(rows).items():
        told = {(row["option_id"], row["part"]): float(row["value"]) for row in act if row["value"]}
        values = [told[column] for column in columns] if set(columns) <= set(told) else none
        if act[0]["action"] != "withdraw" and values is none:
            continue
        person, day, version = (
            names.index(name),
            day_number(act[0]["submitted_date"]),
            int(act[0]["question_version"]),
        )
        until = min((end for number, end in ends if version < number), default=10**6)
        events.append((person, day, seq, values if day < until else none))
        if day < until < 10**6:
            events.append((person, until, -1, none))
    events.sort(key=lambda event: event[:3])
    return (
        np.array([event[0] for event in events]),
        np.array([event[1] for event in events]),
        np.array([event[3] for event in events]),
    )


def by_act(rows: Rows) -> dict[tuple[str, int], Rows]:
    acts: dict[tuple[str, int], Rows] = {}
    for row in rows:
        acts.setdefault((row["participant_id"], int(row["seq"])), []).append(row)
    return acts


def clipped(values: Any, question: dict[str, str]) -> Any:
    """Beyond an open bound at most one range away, on a logarithmic scale one ratio."""
    log = question["scale"] == "log"
    lower, upper = (float(question[end]) for end in ("lower", "upper"))
    lower, upper = (np.log(lower), np.log(upper)) if log else (lower, upper)
    span = upper - lower
    values = np.log(values) if log else values
    return np.clip(
        values,
        lower - span * (question["open_lower"] == "true"),
        upper + span * (question["open_upper"] == "true"),
    )


def ordered(rungs: dict[str, list[float]], people: list[int]) -> dict[str, list[float]]:
    """The default's three figures of a ladder, in the order of its dates."""
    figures = np.array(list(rungs.values()))
    repaired = [in_order(column, people) for column in figures.T[:3]]
    return {
        key: [*row, rungs[key][3]] for key, row in zip(rungs, np.transpose(repaired).tolist(), strict=True)
    }


def day_of(row: dict[str, str], column: str = "counts_from") -> int:
    return int((np.datetime64(row[column]) - np.datetime64("1970-01-01")).astype(int))


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
