"""What is in hub/: the layout of hubverse, by the rules of its schemas 6.0.0 and of its documentation."""

import io
import json
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pandas
import pytest
import yaml
from flask import Flask, current_app
from hubdata import connect_hub
from hubdata.connect_target_data import TargetType, connect_target_data
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export.bundle import write
from survey.models import Snapshot
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.services.snapshots import freeze
from tests.conftest import database_after
from tests.factories import on, say, someone, the_survey

from ..outcomes import KNOWN, outcome
from .test_forecasts import three_days


def resolved_after_three_days(session: Session) -> None:
    """Three days, one publication; then outcomes of every kind but one, a second publication and snapshot."""
    three_days(session)
    survey = the_survey(session)
    asked = {question.kind: question for question in survey.questions}
    with clock.at(on(21)):
        for place in range(5):
            person = someone(session)
            for question in asked.values():
                say(session, person, question, 0.3 + 0.1 * place)
    with clock.at(on(22)):
        resolve(session, asked["binary"], outcome(value=1.0))
        resolve(session, asked["choice"], outcome(option=asked["choice"].options[1].key))
        resolve(session, asked["numeric"], outcome(value=float(asked["numeric"].upper or 1)))
        resolve(session, asked["pair"], outcome(about=asked["pair"].options[0].key, value=0.0))
        resolve(session, asked["ladder"], outcome(KNOWN, about=asked["ladder"].options[-1].key, value=1.0))
        publish(session, survey)
    with clock.at(on(23)):
        freeze(session, survey, current_app.config["PARLEY"])


database = database_after(resolved_after_three_days)

Json = dict[str, Any]
MODEL_ID = "[A-Za-z0-9_]+"


@pytest.fixture
def folder(app: Flask, session: Session, tmp_path: Path) -> Path:
    """The newest bundle, taken apart."""
    newest = session.scalars(select(Snapshot).order_by(Snapshot.number.desc()).limit(1)).one()
    file = io.BytesIO()
    list(write(session, newest, app.config["PARLEY"], file))
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_what_was_published_is_a_hub_of_forecasts(folder: Path) -> None:
    hub = folder / "hub"
    config = {path.stem: json.loads(path.read_text()) for path in (hub / "hub-config").iterdir()}
    jsonschema.validate(config["admin"], ADMIN)
    jsonschema.validate(config["tasks"], TASKS)
    tasks = check_tasks(config["tasks"])
    files = sorted((hub / "model-output").glob("*/*.csv"))
    assert {path.parent.name for path in files} == {
        f"ukraine-{name}" for name in ("parley", "median", "mean")
    }
    rounds = {path.name[:10] for path in files}
    assert len(rounds) == 2 and len(files) == 6
    for path in files:
        check_output(path, tasks)
    check_values(folder, files)
    check_oracle(hub, tasks, files)
    cards = sorted((hub / "model-metadata").iterdir())
    assert [path.stem for path in cards] == sorted({path.parent.name for path in files})
    for path in cards:
        card = yaml.safe_load(path.read_text())
        jsonschema.validate(card, config["model-metadata-schema"])
        assert f"{card['team_abbr']}-{card['model_abbr']}" == path.stem


def test_hubverses_own_reader_finds_every_row_with_its_type(folder: Path) -> None:
    hub = folder / "hub"
    told = connect_hub(hub).get_dataset().to_table()
    types = {field.name: str(field.type) for field in told.schema}
    assert types.pop("origin_date") == "date32[day]" and types.pop("value") == "double"
    assert set(types.values()) == {"string"}
    files = [pandas.read_csv(path) for path in (hub / "model-output").glob("*/*.csv")]
    assert told.num_rows == sum(map(len, files)) > 100
    known = connect_target_data(hub, TargetType.ORACLE_OUTPUT).to_table()
    assert known.num_rows == len(pandas.read_csv(hub / "target-data" / "oracle-output.csv")) > 5


def check_tasks(config: Json) -> dict[tuple[str, str], tuple[str, list[Any]]]:
    """What schemas cannot say: one set of rounds, targets once; output type and ids by target and condition."""
    (one,) = config["rounds"]
    days = [task["task_ids"]["origin_date"]["optional"] for task in one["model_tasks"]]
    assert all(each == days[0] for each in days)
    found = {}
    ids = []
    for task in one["model_tasks"]:
        (target,), (about,) = task["task_ids"]["target"]["optional"], task["target_metadata"]
        assert about["target_keys"] == {"target": target}
        ids.append(about["target_id"])
        ((output_type, told),) = task["output_type"].items()
        for given in task["task_ids"]["given"]["optional"]:
            assert (target, given) not in found
            found[target, given] = output_type, told["output_type_id"]["required"]
    assert len(ids) == len(set(ids))
    assert {output_type for output_type, _ids in found.values()} == {"pmf", "cdf", "quantile"}
    return found


def check_output(path: Path, tasks: dict[tuple[str, str], tuple[str, list[Any]]]) -> None:
    """A file is one model's of one round; each task in it is whole, and a distribution."""
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d-({MODEL_ID}-{MODEL_ID})\.csv", path.name)
    assert path.stem[11:] == path.parent.name
    rows = pandas.read_csv(path, dtype={"output_type_id": str})
    assert list(rows) == ["origin_date", "target", "given", "output_type", "output_type_id", "value"]
    assert set(rows["origin_date"]) == {path.name[:10]} and not rows.isna().any().any()
    assert rows["value"].dtype == "float64"
    for task, told in rows.groupby(["target", "given"], sort=False):
        output_type, ids = tasks[task]
        values = told["value"].tolist()
        assert set(told["output_type"]) == {output_type}
        assert told["output_type_id"].tolist() == [str(one) for one in ids], task
        if output_type == "pmf":
            assert sum(values) == pytest.approx(1, abs=1e-9), task
        else:
            assert all(later >= sooner - 1e-9 for sooner, later in pairwise(values)), task
        if output_type != "quantile":
            assert all(0 <= value <= 1 for value in values)


def check_values(folder: Path, files: list[Path]) -> None:
    """Each number is the one that aggregates.csv has of everybody, and nothing that is whole is left out."""
    rows = pandas.read_csv(folder / "aggregates.csv").query("segment == 'all'")
    held = {tuple(row): value for *row, value in rows[[*KEY, "value"]].itertuples(index=False)}
    for path in files:
        method = path.parent.name.partition("-")[2]
        told = pandas.read_csv(path, dtype={"output_type_id": str})
        for row in told.itertuples():
            options = [key[2] for key in held if key[:2] == (row.origin_date, row.target)]
            statistic = f"q{float(row.output_type_id):g}" if row.output_type == "quantile" else "value"
            places = {row.output_type_id} if row.output_type_id in options else set(options)
            same = {held.get((row.origin_date, row.target, one, method, statistic)) for one in places}
            if row.output_type_id == "no":
                same = {1 - value for value in same if value is not None}
            assert row.value in same, row
        published = {target for day, target, *_rest in held if day == path.name[:10]}
        assert set(told["target"]) == published


KEY = ["as_of", "question_id", "option_id", "method", "statistic"]


def check_oracle(hub: Path, tasks: dict[tuple[str, str], tuple[str, list[Any]]], files: list[Path]) -> None:
    """What came out is joined to what was forecast by the columns that both have; a number has one row."""
    oracle = pandas.read_csv(hub / "target-data" / "oracle-output.csv", dtype={"output_type_id": str})
    assert list(oracle) == ["target", "given", "output_type", "output_type_id", "oracle_value"]
    assert not oracle.duplicated(["target", "given", "output_type", "output_type_id"]).any()
    kinds = {}
    for task, told in oracle.groupby(["target", "given"]):
        output_type, ids = tasks[task]
        kinds[task] = output_type
        if output_type == "pmf":
            assert told["output_type_id"].tolist() == ids and sorted(set(told["oracle_value"])) == [0, 1]
            assert told["oracle_value"].sum() == 1
        elif output_type == "cdf":
            assert set(told["output_type_id"]) <= set(ids) and set(told["oracle_value"]) <= {0, 1}
        else:
            assert told["output_type_id"].isna().all() and len(told) == 1
    assert sorted(kinds.values()) == ["cdf", "pmf", "pmf", "pmf", "quantile"]
    assert sum(given != "unconditional" for _target, given in kinds) >= 1
    told = pandas.read_csv(files[-1], dtype={"output_type_id": str})
    both = told.merge(oracle, on=["target", "given", "output_type", "output_type_id"])
    assert len(both) == len(oracle) - 1


def _object(required: str, /, **properties: Any) -> Json:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "uniqueItems": True, "items": items}


def _output(ids: Json, value: Json) -> Json:
    return _object(
        "output_type_id value is_required",
        output_type_id=_object("required", required=_list(ids)),
        value=value,
        is_required={"type": "boolean"},
    )


TEXT: Json = {"type": "string"}
CHANCE = _object("type minimum maximum", type={"const": "double"}, minimum={"const": 0}, maximum={"const": 1})
NUMBER = _object("type", type={"enum": ["double", "integer"]}, minimum={}, maximum={})
TASK_ID = _object(
    "required optional",
    required={"type": ["array", "null"], "uniqueItems": True},
    optional={"type": ["array", "null"], "uniqueItems": True},
)
DAY: Json = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
DAYS = _object("required optional", required={"type": "null"}, optional=_list(DAY))
METADATA = {
    "type": "object",
    "required": ["target_id", "target_name", "target_units", "target_type", "target_keys", "is_step_ahead"],
    "properties": {
        "target_id": {"type": "string", "maxLength": 30},
        "target_name": {"type": "string", "maxLength": 100},
        "target_units": {"type": "string", "maxLength": 100},
        "target_keys": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": TEXT,
        },
        "description": TEXT,
        "target_type": {
            "enum": ["continuous", "discrete", "date", "binary", "nominal", "ordinal", "compositional"]
        },
        "is_step_ahead": {"const": False},
    },
}
TASK = _object(
    "task_ids output_type target_metadata",
    task_ids={"type": "object", "properties": {"origin_date": DAYS}, "additionalProperties": TASK_ID},
    output_type={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "quantile": _output({"type": "number", "minimum": 0, "maximum": 1}, NUMBER),
            "cdf": _output({"type": ["number", "string"]}, CHANCE),
            "pmf": _output(TEXT, CHANCE),
        },
    },
    target_metadata={"type": "array", "items": METADATA},
)
DUE = _object("relative_to start end", relative_to=TEXT, start={"type": "integer"}, end={"type": "integer"})
ROUND = {
    "type": "object",
    "required": ["round_id_from_variable", "round_id", "model_tasks", "submissions_due"],
    "properties": {
        "round_id_from_variable": {"const": True},
        "round_id": {"const": "origin_date"},
        "model_tasks": {"type": "array", "minItems": 1, "items": TASK},
        "submissions_due": DUE,
    },
}
#: The rules of tasks-schema.json and admin-schema.json that concern what is written.
TASKS = _object(
    "rounds schema_version",
    schema_version={"type": "string", "pattern": r"/v6\.0\.0/tasks-schema\.json$"},
    rounds={"type": "array", "minItems": 1, "items": ROUND},
    output_type_id_datatype={"enum": ["auto", "character", "double", "integer", "logical", "Date"]},
    derived_task_ids={"type": ["array", "null"]},
)
ADMIN = _object(
    "schema_version name maintainer contact repository file_format timezone",
    schema_version={"type": "string", "pattern": r"/v6\.0\.0/admin-schema\.json$"},
    name=TEXT,
    maintainer=TEXT,
    contact={"type": "object", "properties": {"name": TEXT, "email": {"type": "string", "pattern": "@"}}},
    repository={"type": "object", "properties": {"host": {"enum": ["github"]}, "owner": TEXT, "name": TEXT}},
    citation=TEXT,
    file_format={"type": "array", "items": {"enum": ["csv", "parquet", "arrow"]}},
    # Of the zones that it lists, those whose days are UTC's.
    timezone={"enum": ["Africa/Abidjan", "Atlantic/Reykjavik"]},
    model_output_dir=TEXT,
)
