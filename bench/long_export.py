"""The long export of a survey's forecasts: rows per second, beside the same rows straight from the driver into CSV.

`python -m bench.long_export [ROWS]` fills a SQLite file with about as many numbers (1,000,000) and writes
`forecasts_long.csv` of a snapshot; the floor reads the same statement by the driver's cursor and hands it to
`csv.writer.writerows`. The peak is that of `parley snapshot freeze`, which makes and keeps the bundle of all files.
"""

import csv
import os
import resource
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from bench.publishing import apart, fill, measured, publish_all, settings
from survey import clock
from survey.export.files import FILES
from survey.models import Snapshot, Survey
from survey.server.worker import FRUGAL
from survey.services.snapshots import freeze
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.teardown import torn_down

NAME = "forecasts_long.csv"
#: Numbers that one person gives to the shipped survey, those counted twice who answer twice.
EACH = 106.85
REACH, MOST_MEMORY = 0.5, 250
#: What the export reads of a question, in the order of people.
ROWS = """
    SELECT submission.id, submission.participant_id, submission.revision, submission.action, submission.received_at,
        submission.crowd_seen, submission.confidence, submission.expertise, submission.input_format,
        submission.seconds_on_page, submission.language, participant.simulated, participant.insider_since,
        question_version.number, round.number, round.closes_at, option_id, part, value, entered
    FROM submission
    JOIN participant ON participant.id = submission.participant_id
    JOIN question_version ON question_version.id = submission.question_version_id
    JOIN round ON round.id = submission.round_id
    LEFT JOIN forecast ON forecast.submission_id = submission.id
    WHERE submission.question_id = ? ORDER BY submission.participant_id, submission.revision
"""


def write_rows(_app: Flask, folder: Path, _as_of: date) -> int:
    """The floor; how many rows it wrote."""
    store = sqlite3.connect(folder / "bench.sqlite")
    with (folder / "floor.csv").open("w", encoding="utf-8", newline="") as file:
        for question in store.execute("SELECT id FROM question").fetchall():
            csv.writer(file, lineterminator="\n").writerows(store.execute(ROWS, question))
    return lines(folder / "floor.csv")


def export(app: Flask, folder: Path, as_of: date) -> int:
    """The file as it is told, unpacked; how many rows it has."""
    with app.app_context(), (folder / NAME).open("w", encoding="utf-8") as file:
        file.writelines(FILES[NAME](db.session, frozen(app, as_of), app.config["PARLEY"]))
    return lines(folder / NAME) - 1


def keep(folder: Path) -> tuple[int, float, float]:
    """The bundle as the command makes and keeps it: bytes, processor seconds, and the peak of memory in MB."""
    environment = {**FRUGAL, **os.environ} | settings(folder)
    command = [sys.executable, "-m", "survey", "snapshot", "freeze", "ukraine"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    store = sqlite3.connect(folder / "bench.sqlite")
    ((size,),) = store.execute("SELECT max(size) FROM snapshot_file").fetchall()
    return size, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def frozen(app: Flask, as_of: date) -> Snapshot:
    """The one snapshot of the survey, made where there is none yet."""
    found = db.session.scalars(select(Snapshot)).one_or_none()
    if found is not None:
        return found
    with clock.at(clock.day_start(as_of) + timedelta(days=1)):
        survey = db.session.scalars(select(Survey)).one()
        transaction(lambda session: freeze(session, survey, app.config["PARLEY"], as_of=as_of).id)
    return db.session.scalars(select(Snapshot)).one()


def lines(path: Path) -> int:
    """How many lines a file has."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def main(rows: int) -> None:
    """The table."""
    os.environ.update(FRUGAL | os.environ)
    with torn_down() as folder:
        as_of = apart(fill, folder, round(rows / EACH))
        apart(measured, publish_all, folder, as_of)
        floor, ours = (apart(measured, work, folder, as_of) for work in (write_rows, export))
        kept = apart(keep, folder)
    for name, (count, seconds, peak) in (("floor", floor), ("export", ours)):
        print(
            f"{name:7} {count:>9,} rows {seconds:7.2f} s CPU, {count / seconds:>9,.0f} rows/s, peak {peak:4.0f} MB"
        )
    ratio = ours[0] / ours[1] / (floor[0] / floor[1])
    print(
        f"ratio to the floor {ratio:.2f} (reach {REACH}); the bundle, {kept[0] / 1e6:.1f} MB:"
        f" {kept[1]:.2f} s CPU, peak {kept[2]:.0f} MB (reach {MOST_MEMORY}); load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
