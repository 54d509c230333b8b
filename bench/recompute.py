"""Recomputing many forecasts on `distributed`: how the work is shared by one worker and by two, and its memory.

`python -m bench.recompute [FORECASTS]` writes as many forecasts (1,000,000) as Parquet, a hundred questions of four
kinds, and computes the last figures of every question with one process and with two. What is read alone is the floor.
"""

import os
import resource
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from survey.aggregation.specification import Groups
from survey.export.replication import parquet
from survey.export.replication.answer_columns import answers_of
from survey.export.replication.on_dask import AHEAD, in_flight, local_cluster
from survey.export.replication.published import Published, numbers_of, published_again
from survey.export.replication.question_rows import question_spec
from tests.teardown import torn_down

QUESTIONS, DAYS, FIRST_DAY = 100, 10, 20_770
#: Of ten questions so many are of each kind.
KINDS = ("binary",) * 6 + ("choice",) * 2 + ("numeric",) * 2
OPTIONS, LEVELS = ("a", "b", "c"), (0.05, 0.25, 0.5, 0.75, 0.95)


class Taken(NamedTuple):
    """What one question took: its figures, processor seconds for all and for reading alone, and the process' peak."""

    question: str
    figures: dict[Any, Any]
    seconds: float
    reading: float
    megabytes: float


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
        "substantive_versions": "",
        "last_open_days": "|".join(f"{option}={np.datetime64(FIRST_DAY + DAYS, 'D')}" for option in options),
    }


def names(people: int) -> Any:
    """Pseudonyms of so many people, rising."""
    return np.array([f"{person:016x}" for person in range(people)])


def write(path: Path, people: int) -> None:
    """Everybody answers every question once, and one in five again."""
    everybody, kept = names(people), parquet.schema()
    with pq.ParquetWriter(path, kept, compression="zstd") as writer:
        for number in range(QUESTIONS):
            writer.write_table(_table(question_row(number), everybody, np.random.default_rng(number), kept))


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
        "submitted_date": days,
        "counts_from": days,
    }
    return pa.table([pa.array(cells[field.name]).cast(field.type) for field in kept], schema=kept)


def figures(number: int, path: Path, everybody: Any) -> Taken:
    """A question's last figures, from its rows of the file."""
    row, begun = question_row(number), time.process_time()
    columns = parquet.question_columns(path, row["question_id"])
    read = time.process_time() - begun
    spec = question_spec(row)
    answers = answers_of(spec, columns, everybody)
    last = Published(FIRST_DAY + DAYS, 0, 10, "parley", None, "yes")
    ((_one, made),) = published_again(spec, answers, Groups(), [last], {last.as_of: {}})
    found = numbers_of(spec, last, made or {})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Taken(row["question_id"], found, time.process_time() - begun, read, peak)


def shared(path: Path, everybody: Any, workers: int) -> Iterator[Taken]:
    """Every question, by so many workers."""
    with local_cluster(workers) as client:
        sent = client.scatter(everybody, broadcast=True)
        send = partial(client.submit, figures, path=path, everybody=sent, pure=False)
        yield from in_flight(send, iter(range(QUESTIONS)), AHEAD * workers)


def main(forecasts: int) -> None:
    """The table."""
    people = round(forecasts / QUESTIONS / 1.2)
    everybody, found = names(people), []
    with torn_down() as folder:
        path = folder / "forecasts_long.parquet"
        write(path, people)
        print(
            f"{forecasts:,} forecasts of {people:,} people, {path.stat().st_size / 2**20:,.0f} MB of Parquet"
        )
        for workers in (1, 2):
            begun = time.perf_counter()
            taken = list(shared(path, everybody, workers))
            wall = time.perf_counter() - begun
            found.append({one.question: one.figures for one in taken})
            seconds, reading = sum(one.seconds for one in taken), sum(one.reading for one in taken)
            peak = max(one.megabytes for one in taken)
            print(
                f"{workers} worker(s) {wall:7.1f} s, {seconds:7.1f} s CPU in tasks, {seconds / reading:.1f} x reading"
                f" alone, busy {seconds / wall / workers:4.0%}, peak {peak:,.0f} MB a worker",
                flush=True,
            )
    print(f"the same figures: {found[0] == found[1]}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
