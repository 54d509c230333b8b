"""Recomputing many forecasts: in one process, and on `distributed` by one worker and by two, and the memory of each.

`python -m bench.recompute [FORECASTS [WORKERS …]]` writes a bundle of as many forecasts (1,000,000), a hundred
questions of three kinds, with figures that one process computed, and recomputes it by 0, 1 and 2 workers; 0: in one
process alone.
"""

import os
import resource
import sys
import time
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from bench.publishing import apart
from survey.aggregation.segments import ALL, ENTRY
from survey.aggregation.specification import Groups
from survey.clock import day_date
from survey.export.cells import csv_lines
from survey.export.replication import parquet
from survey.export.replication.answer_columns import COLUMNS, answers_of
from survey.export.replication.memberships import people_of
from survey.export.replication.published import Published, numbers_of, published_again
from survey.export.replication.question_rows import question_spec
from survey.export.replication.recompute import SCORES, recompute
from tests.teardown import torn_down

Row = dict[str, str]
QUESTIONS, DAYS, FIRST_DAY = 100, 10, 20_770
#: Of ten questions so many are of each kind.
KINDS = ("binary",) * 6 + ("choice",) * 2 + ("numeric",) * 2
OPTIONS, LEVELS = ("a", "b", "c"), (0.05, 0.25, 0.5, 0.75, 0.95)


#: Of a question's one publication.
CELL, RULE = 10, "parley"
#: Tables without a row, and the one column that is asked for before there is any.
EMPTY = ("relations", "options", "scenarios", "scenario_axes", "resolutions", "coherence", "consistent")


class Taken(NamedTuple):
    """What recomputing took: figures compared and how far they were away at most, seconds, and peaks in MB."""

    figures: int
    away: float
    differ: int
    wall: float
    seconds: float
    peak: float
    workers_peak: float


def question_row(number: int) -> dict[str, str]:
    """A question as `questions.csv` has it."""
    kind = KINDS[number % len(KINDS)]
    options = {"binary": ("yes",), "choice": OPTIONS, "numeric": ("value",)}[kind]
    day = str(np.datetime64(FIRST_DAY, "D"))
    return {
        "question_id": f"q{number:03}",
        "kind": kind,
        "option_ids": "|".join(options),
        "quantile_levels": "|".join(f"{level:g}" for level in LEVELS) if kind == "numeric" else "",
        "lower": "0",
        "upper": "100",
        "open_lower": "true",
        "open_upper": "true",
        "scale": "linear",
        "whole": "false",
        "crowd_rule": "parley",
        "first_day": day,
        "answers_moved": "false",
        "simulated": "false",
        "outcome": "",
        "known_from": "",
        "last_scored_days": "",
        "given_question_id": "",
        "substantive_versions": "",
        "last_open_days": "|".join(f"{option}={np.datetime64(FIRST_DAY + DAYS, 'D')}" for option in options),
    }


def names(people: int) -> Any:
    """Pseudonyms of so many people, rising."""
    return np.array([f"{person:016x}" for person in range(people)])


def write(path: Path, people: int) -> int:
    """A bundle in which everybody answers every question once, and one in five again; its bytes.

    The figures that it states are computed here, by the functions that publish, in one process.
    """
    everybody, told = names(people), dict[str, list[Row]]()
    told["memberships"] = [
        {
            "participant_id": name,
            "seq": "1",
            "family": ENTRY,
            "since": day_date(FIRST_DAY).isoformat(),
            "segments": "link",
        }
        for name in everybody.tolist()
    ]
    groups = people_of(told["memberships"]).groups
    told |= {"questions": [], "publications": [], "aggregates": []}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(f"{parquet.TABLE}.csv", "w", force_zip64=True) as file:
            for number in range(QUESTIONS):
                row = question_row(number)
                table = _table(row, everybody, np.random.default_rng(number), parquet.schema())
                csv.write_csv(table, file, csv.WriteOptions(include_header=number == 0))
                publication, figures = _figures(row, table, everybody, groups)
                told["questions"].append(row)
                told["publications"].append(publication)
                told["aggregates"] += figures
        for name, rows in told.items():
            archive.writestr(f"{name}.csv", _csv([*rows[0]], rows))
        archive.writestr("scores.csv", _csv(["question_id", *SCORES], []))
        archive.writestr("scenario_chances.csv", _csv(["scenario_id"], []))
        for name in EMPTY:
            archive.writestr(f"{name}.csv", _csv(["question_id"], []))
    return path.stat().st_size


def _csv(columns: list[str], rows: list[Row]) -> str:
    return "".join(csv_lines(columns, [[row[name] for name in columns] for row in rows]))


def _figures(row: Row, table: Any, everybody: Any, groups: Groups) -> tuple[Row, list[Row]]:
    """A question's publication of the last day, and its rows of `aggregates.csv`."""
    spec, key, day = question_spec(row), row["question_id"], day_date(FIRST_DAY + DAYS).isoformat()
    columns = {name: parquet.plain(table[name]) for name in COLUMNS}
    last = Published(FIRST_DAY + DAYS, 0, CELL, RULE, None, "yes")
    ((_one, made),) = published_again(
        spec, answers_of(spec, columns, everybody), groups, [last], {last.as_of: {}}
    )
    assert made is not None
    publication = {"question_id": key, "as_of": day, "people": str(made[ALL]["people"]), "cell": str(CELL)}
    publication |= {"rule": RULE, "erased_before": "", "recomputes": "yes"}
    return publication, [
        {
            "question_id": key,
            "as_of": day,
            "figures_of": day_date(of).isoformat(),
            **dict(zip(("segment", "option_id", "method", "statistic"), place, strict=True)),
            "value": "" if value is None else repr(value),
            "shown": "" if shown is None else repr(shown),
        }
        for place, (of, value, shown) in numbers_of(spec, last, made).items()
    ]


def _table(row: dict[str, str], everybody: Any, random: Any, kept: pa.Schema) -> pa.Table:
    again = np.arange(0, everybody.size, 5)
    who = np.concatenate((np.arange(everybody.size), again))
    spec = question_spec(row)
    width = len(spec.columns)
    values = (
        random.dirichlet(np.full(width, 5.0), who.size)
        if row["kind"] == "choice"
        else np.sort(random.uniform(0.01, 0.99, (who.size, width)), axis=1) * (100 if spec.levels else 1)
    )
    count = who.size * width
    day = FIRST_DAY + np.where(np.arange(who.size) < everybody.size, who % DAYS, DAYS)
    days = pa.array(np.repeat(day, width).astype("datetime64[D]"))
    cells = {
        "question_id": np.repeat(row["question_id"], count),
        "participant_id": np.repeat(everybody[who], width),
        "seq": np.repeat(1 + (np.arange(who.size) >= everybody.size), width),
        "action": np.repeat("new", count),
        "question_version": np.ones(count, dtype=np.int64),
        "round_id": np.ones(count, dtype=np.int64),
        "option_id": np.tile([option for option, _ in spec.columns], who.size),
        "part": np.tile([part for _, part in spec.columns], who.size),
        "value": values.ravel(),
        "crowd_value": values.ravel(),
        **{name: np.zeros(count, dtype=bool) for name in ("crowd_seen", "is_simulated", "is_insider")},
        "insider_since": np.full(count, np.datetime64("NaT", "D")),
        "submitted_date": days,
        "counts_from": days,
    }
    return pa.table([pa.array(cells[field.name]).cast(field.type) for field in kept], schema=kept)


def taken(path: Path, workers: int) -> Taken:
    """What recomputing a bundle takes, with so many processes of `distributed`; 0: in this one."""
    begun, before = time.perf_counter(), time.process_time()
    report = recompute(path, workers=workers)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(
        sum(tally.compared for tally in report.tallies.values()),
        max(tally.largest for tally in report.tallies.values()),
        len(report.mismatches),
        time.perf_counter() - begun,
        time.process_time() - before + children.ru_utime + children.ru_stime,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        children.ru_maxrss / 1024,
    )


def main(forecasts: int, ways: list[int]) -> None:
    """The table."""
    people = round(forecasts / QUESTIONS / 1.2)
    with torn_down() as folder:
        path = folder / "bundle.zip"
        size = apart(write, path, people)
        print(f"{forecasts:,} forecasts of {people:,} people, a bundle of {size / 2**20:,.0f} MB", flush=True)
        floor = 0.0
        for workers in ways:
            one = apart(taken, path, workers)
            floor = floor or one.seconds
            print(
                f"{workers or 'no'} worker(s): {one.figures:,} figures, {one.differ} differ, at most by"
                f" {one.away:.0e}; {one.wall:.1f} s, {one.seconds:.1f} s CPU, {one.seconds / floor:.2f} x the first,"
                f" peak {one.peak:,.0f} MB and {one.workers_peak:,.0f} MB a worker; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, [int(one) for one in sys.argv[2:]] or [0, 1, 2]
    )
