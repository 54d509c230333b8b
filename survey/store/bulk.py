"""Bulk insert and bulk read: many rows by columns, in a moment, where others wait for the lock or the file."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    TableValuedAlias,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Session

from .engine import connection_of

Thing = TypeVar("Thing")


def insert_columns(
    session: Session,
    model: type[DeclarativeBase],
    same: Mapping[str, Any],
    columns: Mapping[str, Sequence[Any]],
) -> None:
    """Bulk insert of rows that are given by columns: one statement, and no object and no mapping for a row.

    On PostgreSQL a statement for each row would be sent, parsed and answered 10,000 times: arrays are sent once and
    unnested there. SQLite has no arrays; its driver steps one prepared statement over plain tuples.

    Parameters
    ----------
    same
        By column, the value that all rows have; of the types that the drivers store as they are.
    columns
        By column, plain numbers, texts or None for each row; at least one column, all of the same length.

    Example
    -------
    >>> from survey.models import Score
    >>> def store(session):
    ...     same = {"resolution_id": 1, "survey_id": 1, "question_id": 1, "rule": "brier", "coverage": 1.0}
    ...     own = {"participant_id": [1, 2], "value": [0.1, 0.2], "last_day": [0.1, None]}
    ...     insert_columns(session, Score, same, own)
    """
    connection, table, names = connection_of(session), model.__table__, [*same, *columns]
    if connection.dialect.name == "postgresql":
        arrays = [literal(list(cells), ARRAY(table.c[name].type)) for name, cells in columns.items()]
        unnested = func.unnest(*arrays).table_valued(*columns).render_derived()
        constants = [literal(value, table.c[name].type) for name, value in same.items()]
        chosen = select(*constants, *(unnested.c[name] for name in columns))
        connection.execute(insert(model).from_select(names, chosen))
        return
    # zip() ends with the columns: what all rows have in common never does.
    rows = list(zip(*map(repeat, same.values()), *columns.values()))  # noqa: B905
    if rows:
        places = ", ".join("?" * len(names))
        # Names of columns are the program's own; whatever people gave is bound.
        connection.exec_driver_sql(
            f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES ({places})", rows
        )


def listed(session: Session, ids: Sequence[int] | str) -> TableValuedAlias:
    """Bulk read of some hundred ids: a table with one column, `value`, that is bound as one value.

    A name in place of ids is that under which they are given when the statement is executed: put together once, it is
    executed many times.

    `IN` binds each for itself and is compiled anew every time. Joined from the left (`outerjoin`) it is what is read
    first on SQLite, which knows no better than that every list is short.

    Example
    -------
    >>> from survey.models import Participant
    >>> def languages(session, ids):
    ...     some = listed(session, ids)
    ...     query = select(Participant.language).select_from(some)
    ...     return session.scalars(query.outerjoin(Participant, Participant.id == some.c.value)).all()
    """
    of = column("value", Integer)
    if connection_of(session).dialect.name == "postgresql":
        return func.unnest(_bound(ids, ARRAY(Integer))).table_valued(of, name="listed").render_derived()
    return func.json_each(_bound(ids, JSON())).table_valued(of, name="listed")


def in_parts(whole: Sequence[Thing], most: int) -> Iterator[Sequence[Thing]]:
    """Bulk read of many, so many at a time: memory does not grow with them.

    >>> [*in_parts([5, 3, 4], 2)]
    [[5, 3], [4]]
    """
    return (whole[start : start + most] for start in range(0, len(whole), most))


def _bound(ids: Sequence[int] | str, kind: ARRAY[int] | JSON) -> ColumnElement[Any]:
    return bindparam(ids, type_=kind) if isinstance(ids, str) else literal([*ids], kind)
