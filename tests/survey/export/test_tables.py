"""Tables are declared: what is written of them is what their columns say."""

import csv
import io
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.export.cells import csv_lines
from survey.export.declaration import Table
from survey.export.snapshots import open_key
from survey.export.tables import TABLES
from survey.i18n.safe_cells import typed_text
from survey.models import Snapshot
from tests.conftest import database_after

from .test_forecasts import three_days

database = database_after(three_days)

PYTHON = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": date,
    "datetime": datetime,
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_row_of_a_table_is_as_its_columns_say(app: Flask, session: Session, table: Table) -> None:
    snapshot = session.scalars(select(Snapshot)).one()
    key = open_key(snapshot, app.config["PARLEY"])
    columns = table.columns_of(snapshot.survey.languages)
    names = [column.name for column in columns]
    rows, keys = list(table.rows(session, snapshot, key)), set()
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            assert value in (None, "") or type(value) is PYTHON[column.type], (column.name, value)
            assert value not in (None, "") or not column.required, column.name
            assert not column.values or value in (None, *column.values), (column.name, value)
        keys.add(tuple(row[names.index(name)] for name in table.key))
    assert len(keys) == len(rows)
    written = "".join(table.lines(session, snapshot, key))
    assert written == "".join(csv_lines(names, rows, typed_text))
    assert next(csv.reader(io.StringIO(written))) == names
