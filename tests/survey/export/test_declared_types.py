"""Each column is read as what it is declared to be, in every table: also where answers and words are withheld."""

import csv
import importlib.util
import io
import json
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import mlcroissant
import pandas
import polars
import pytest
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export.bundle import write
from survey.export.options import FreezeOptions
from survey.models import Participant, Snapshot
from survey.services.snapshots import freeze
from tests.conftest import database_after
from tests.factories import on, say, the_question, the_survey

from .test_freeze_options import people

#: What is told of people, and of how they are protected.
OF_PEOPLE = ("participants", "background_answers", "memberships", "rationales", "disclosure", "options")
#: Declared type to what a reader makes of it: `load.py`, mlcroissant and `load.R`.
IN_PANDAS = {
    "string": {"string", "category"},
    "integer": {"Int64"},
    "number": {"float64"},
    "boolean": {"boolean"},
    "date": {"datetime64"},
    "datetime": {"datetime64"},
}
IN_CROISSANT = {
    "string": bytes,
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": pandas.Timestamp,
    "datetime": pandas.Timestamp,
}
IN_R = {
    "string": {"character", "factor"},
    "integer": {"integer"},
    "number": {"numeric"},
    "boolean": {"logical"},
    "date": {"Date"},
    "datetime": {"POSIXct"},
}
LINES_IN_R = """
source("load.R")
tables <- load_bundle(".")
for (name in names(tables)) for (column in names(tables[[name]]))
  cat(name, column, class(tables[[name]][[column]])[1], "\\n")
"""


def protected(session: Session) -> None:
    """People of whom one is alone and one an insider; reasons that were looked through, and later ones."""
    people(session)
    with clock.at(on(19)):
        person = session.scalars(select(Participant)).first()
        assert person is not None
        say(session, person, the_question(session, "cyber"), 0.6, rationale="A later reason")
        person.insider_since = clock.now(session)
    with clock.at(on(21)):
        chosen = FreezeOptions(reviewed_until=date(2026, 11, 18), l_diversity=2)
        freeze(session, the_survey(session), current_app.config["PARLEY"], options=chosen)


database = database_after(protected)


@pytest.fixture
def folder(app: Flask, session: Session, tmp_path: Path) -> Path:
    """A bundle, taken apart."""
    file = io.BytesIO()
    list(write(session, session.scalars(select(Snapshot)).one(), app.config["PARLEY"], file))
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def declared(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Table, column and type, of every table."""
    for one in json.loads((folder / "datapackage.json").read_text())["resources"]:
        for field in one["schema"]["fields"]:
            yield one["name"], field["name"], field["type"]


def test_every_reader_finds_the_declared_types(folder: Path) -> None:
    check_what_is_there(folder)
    check_loader(folder)
    check_guesses(folder)
    check_croissant(folder)


def check_what_is_there(folder: Path) -> None:
    """Something is withheld in each way that there is."""
    statuses = {name: {row["status"] for row in table(folder, name)} for name in OF_PEOPLE[1:4]}
    assert statuses == {
        "background_answers": {"said", "suppressed"},
        "memberships": {"said", "suppressed"},
        "rationales": {"told", "unreviewed"},
    }
    assert {row["insider_since"] for row in table(folder, "participants")} == {"", "2026-11-19"}
    assert {(row["k"], row["l"]) for row in table(folder, "disclosure")} == {("5", "2")}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8"), newline="")))


def check_loader(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("load", folder / "load.py")
    assert spec is not None and spec.loader is not None
    load = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(load)
    found: dict[str, Any] = load.tables()
    for name, column, kind in declared(folder):
        assert str(found[name][column].dtype).partition("[")[0] in IN_PANDAS[kind], (name, column)
    assert set(found["rationales"]["status"].dropna()) == {
        "Others may read it",
        "Others may read it; nobody looked it through before the snapshot was frozen",
    }


def check_guesses(folder: Path) -> None:
    """Nobody who is told nothing takes a text for a number, or a number for a text."""
    for name, column, kind in declared(folder):
        if name not in OF_PEOPLE:
            continue
        by_polars = polars.read_csv(folder / f"{name}.csv", infer_schema_length=None)[column]
        by_pandas = pandas.read_csv(folder / f"{name}.csv")[column].dropna()
        if by_pandas.empty:
            continue
        numeric = kind in ("integer", "number")
        assert by_polars.dtype.is_numeric() == numeric, (name, column)
        assert pandas.api.types.is_numeric_dtype(by_pandas.infer_objects()) == (numeric or kind == "boolean")


def check_croissant(folder: Path) -> None:
    with warnings.catch_warnings():
        # The reader of JSON-LD beneath it uses what it itself calls deprecated.
        warnings.simplefilter("ignore")
        found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
        rows = {name: list(found.records(name)) for name in OF_PEOPLE}
    for name, column, kind in declared(folder):
        told = [row[f"{name}/{column}"] for row in rows.get(name, [])]
        assert {type(cell) for cell in told} <= {IN_CROISSANT[kind], type(None)}, (name, column)
    assert all(len(rows[name]) == len(table(folder, name)) > 0 for name in OF_PEOPLE)


def test_the_loader_in_r_finds_the_declared_types(folder: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R: apt-get install r-base-core r-cran-jsonlite")
    told = subprocess.run(
        [program, "-e", LINES_IN_R], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert told.returncode == 0, told.stderr
    found = {(name, column): kind for name, column, kind in map(str.split, told.stdout.splitlines())}
    types = {(name, column): kind for name, column, kind in declared(folder)}
    assert found.keys() == types.keys()
    assert [place for place, kind in types.items() if found[place] not in IN_R[kind]] == []
