"""Instances as earlier versions made them, as plain rows: nothing here asks today's models.

A file of `instances/` is named for the revision its tables are at. It holds what that version's own commands wrote:
`parley db upgrade`, `parley demo --people 14` on the shipped bank cut to ten questions of every kind, `parley user
create`, `parley token create`. `freeze` took the rows out; at each release one more is frozen.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import singledispatch
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Engine, MetaData, Table

FOLDER = Path(__file__).with_name("instances")
MOMENT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)

#: A row as its column names and values.
Row = dict[str, Any]

#: What a made-up row says where its type alone does not tell what a column may hold; by table and column.
SAID: dict[tuple[str, str], Any] = {
    ("background_question", "kind"): "text",
    ("background_text", "language"): "en",
    ("clarification", "language"): "en",
    ("draft_member", "role"): "owner",
    ("invitation", "language"): "en",
    ("notice", "kind"): "opening",
    ("notice_choice", "kind"): "opening",
    ("notice_choice", "way"): "each",
    # One that has ended: its survey is gone.
    ("pilot", "survey_id"): None,
    ("pilot", "token_hash"): None,
    ("proposal_decision", "act"): "approved",
    ("rationale_mark", "act"): "report",
    ("rationale_mark", "user_id"): None,
    ("reader_remark", "language"): "en",
    ("reader_remark", "verdict"): "clear",
    ("reader_remark", "text"): "",
    ("resolution", "value"): None,
    ("survey_draft", "document"): {"survey": {"slug": "begun"}},
    # Begun, and not yet opened.
    ("survey_draft", "survey_id"): None,
    ("survey_draft", "opened_revision"): None,
}


#: Alembic's own table.
_STEP = "alembic_version"


def names_of(connection: Connection) -> list[str]:
    """The names of the tables that stand, but for Alembic's own."""
    return [name for name in sa.inspect(connection).get_table_names() if name != _STEP]


def tables_of(engine: Engine, names: Sequence[str] | None = None) -> list[Table]:
    """The tables that stand, or those of these names, parents before children, but for Alembic's own."""
    metadata = MetaData()
    metadata.reflect(engine, only=names)
    return [
        table
        for table in metadata.sorted_tables
        if table.name != _STEP and (names is None or table.name in names)
    ]


def rows_of(connection: Connection, table: Table) -> list[Row]:
    """All rows of a table."""
    return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def freeze(engine: Engine) -> dict[str, dict[str, list[Any]]]:
    """All rows of an instance in JSON: columns and rows, by table; `json.dump` it into `instances/`."""
    frozen = {}
    with engine.connect() as connection:
        for table in tables_of(engine):
            if rows := rows_of(connection, table):
                frozen[table.name] = {
                    "columns": list(rows[0]),
                    "rows": [[_plain(value) for value in row.values()] for row in rows],
                }
    return frozen


def write_instance(engine: Engine, revision: str) -> None:
    """The rows of a frozen instance into the tables of its revision."""
    frozen = json.loads((FOLDER / f"{revision}.json").read_text())
    tables = {table.name: table for table in tables_of(engine)}
    with engine.begin() as connection:
        _leave_references_to_the_end(connection)
        for name, content in frozen.items():
            table = tables[name]
            kinds = [table.c[column].type for column in content["columns"]]
            insert(
                connection,
                table,
                [
                    {
                        column: _typed(kind, value)
                        for column, kind, value in zip(content["columns"], kinds, row, strict=True)
                    }
                    for row in content["rows"]
                ],
            )


def fill_empty_tables(engine: Engine, names: Sequence[str] | None = None) -> None:
    """One row into every table that has none, every column of it filled; of these names, where they are known."""
    with engine.begin() as connection:
        for table in tables_of(engine, names):
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0:
                insert(connection, table, [_made_up_row(connection, table)])


def insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Rows, with their own numbers; PostgreSQL goes on counting behind them."""
    connection.execute(table.insert(), rows)
    key = table.primary_key.columns
    if connection.dialect.name == "postgresql" and key.keys() == ["id"]:
        highest = f'(SELECT max(id) FROM "{table.name}")'
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), {highest})"
        )


def _leave_references_to_the_end(connection: Connection) -> None:
    """Versions and questions name each other: no order of tables suits both."""
    connection.exec_driver_sql(
        "PRAGMA defer_foreign_keys = ON"
        if connection.dialect.name == "sqlite"
        else "SET LOCAL session_replication_role = replica"
    )


def _made_up_row(connection: Connection, table: Table) -> Row:
    """A row with every column filled, its references to rows that are there."""
    row = {
        column: value for (name, column), value in SAID.items() if name == table.name and column in table.c
    }
    # Those of several columns first: the others then follow the row that these name.
    for reference in sorted(
        table.foreign_key_constraints, key=lambda one: (-len(one.columns), str(one.name))
    ):
        pairs = [(element.parent.name, element.column) for element in reference.elements]
        if any(row.get(name, ...) is None for name, _column in pairs):
            continue
        known = [column == row[name] for name, column in pairs if name in row]
        parent = connection.execute(
            sa.select(*(column for _, column in pairs)).where(*known).limit(1)
        ).first()
        row |= {name: parent[at] if parent else None for at, (name, _column) in enumerate(pairs)}
    return {column.name: _made_up(column) for column in table.columns} | row


def _made_up(column: Column[Any]) -> Any:
    match column.type:
        case sa.Boolean():
            return False
        case sa.Integer():
            return 1
        case sa.Float() | sa.Numeric():
            return 0.5
        case sa.DateTime():
            return MOMENT
        case sa.Date():
            return MOMENT.date()
        case sa.JSON():
            return {}
        case sa.LargeBinary():
            return b"\x00kept\xff"
        case _:
            return f"{column.name} ’ kept"


@singledispatch
def _plain(value: Any) -> Any:
    return value


@_plain.register
def _(value: date) -> str:
    return value.isoformat()


@_plain.register
def _(value: bytes) -> str:
    return b64encode(value).decode()


def _typed(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case sa.DateTime():
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case sa.Date():
            return date.fromisoformat(value)
        case sa.LargeBinary():
            return b64decode(value)
        case _:
            return value
