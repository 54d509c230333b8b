"""One form with a case's value in its field, and all that came of it: the answer, where it leads, what is stored."""

import json
import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, literal_column, select, union_all
from werkzeug.test import TestResponse

from survey.models import Base
from survey.store.engine import db
from tests.survey.web.visitor import error_of

from .building import literal, urlencoded
from .entry_points import DOORS, QUESTION, Door
from .outcome import Sent, can_stand, stands, takes_text
from .pages import echoed, elsewhere
from .roles import Case
from .rules import NOTHING_STORED
from .situations import PEOPLE, filled

FORM = "application/x-www-form-urlencoded"
#: Channels of what nobody can have typed into a page.
NOT_TYPED = ("json", "json-raw", "text")


def by_door(app: Flask, case: Case) -> Sent:
    """Send a case through the door it names, as whom it says."""
    door = DOORS[case["door"]]
    client = PEOPLE[case.get("as", door.comes_as)](app, case.get("survey", "ukraine"))
    value = literal(case)
    value = filled(app, value) if isinstance(value, str) else value
    rest = {name: filled(app, text) for name, text in (door.rest | case.get("rest", {})).items()}
    path = _path(door, case, value)
    before = _held(app, door)
    started = time.thread_time()
    seen = client.get(path) if case["channel"] == "path" else None
    response = client.post(path, **_body(case, rest, value))
    seconds = time.thread_time() - started
    for _again in range(case.get("times", 1) - 1):
        response = client.post(path, **_body(case, rest, value))
    page = response.text + (_read(seen) if seen else "")
    if case["expected"] != NOTHING_STORED:
        page += _landed(client, response)
    return Sent(
        response.status_code,
        case["field"] if error_of(page, case["field"]) else None,
        response.status_code < 400 or _is_kept(page, _typed(case, rest, value)),
        _gained(before, _held(app, door)),
        seconds,
        page,
        response.headers.get("Location", ""),
        echoed(value if isinstance(value, str) else "", page),
    )


def _path(door: Door, case: Case, value: Any) -> str:
    names = {"slug": case.get("survey", "ukraine"), "question": case.get("question", QUESTION)}
    if case["channel"] == "path":
        names["value"] = quote(value, safe="%?=/&*")
    return str(case.get("path", door.path).format(**names))


def _body(case: Case, rest: dict[str, str], value: Any) -> dict[str, Any]:
    """What the client sends, in the way of the case's channel."""
    others = {name: text for name, text in rest.items() if name != case["field"]}
    values = value if isinstance(value, list) else [value]
    match case["channel"]:
        case "path":
            return {"data": rest}
        case "json":
            return {"data": json.dumps({**others, case["field"]: value}), "content_type": "application/json"}
        case "json-raw":
            return {"data": value, "content_type": "application/json"}
        case "text":
            return {"data": urlencoded([(case["field"], value)]), "content_type": "text/plain"}
        case "file":
            return {"data": {**others, case["field"]: (BytesIO(value.encode()), "words.txt")}}
        case "form-raw":
            raw = value if isinstance(value, bytes) else value.encode()
            return {"data": urlencoded([*others.items()]) + b"&" + raw, "content_type": FORM}
    fields = [*others.items(), *((case["field"], one) for one in values)]
    return {"data": urlencoded(fields), "content_type": FORM}


def _typed(case: Case, rest: dict[str, str], value: Any) -> dict[str, Any]:
    """What has to stand in the page again when it is refused; a file cannot."""
    others = {name: text for name, text in rest.items() if name != case["field"]}
    if case["channel"] in NOT_TYPED:
        return {}
    return others if case["channel"] == "file" else {**others, case["field"]: value}


def _landed(client: FlaskClient, response: TestResponse) -> str:
    """The page that an answer leads to on this site: what was stored is shown there."""
    location = response.headers.get("Location", "")
    if not location or elsewhere(location):
        return ""
    return _read(client.get(location))


def _read(response: TestResponse) -> str:
    """A page beside the answer; a fault of ours in it counts as one in the answer."""
    return response.text if response.status_code < 500 else f"Traceback at {response.request.path}"


def _held(app: Flask, door: Door) -> tuple[list[tuple[str, int]], list[Any]]:
    """How many rows each table has, and every value of the kind that the form stores."""
    with app.app_context():
        counts = [tuple(row) for row in db.session.execute(COUNTS)]
        return sorted(counts), list(db.session.scalars(door.stored))


def _counted() -> Select[Any]:
    # That a browser's session has ended says nothing of what anybody gave.
    tables = [table for table in Base.metadata.sorted_tables if table.name != "ended_session"]
    return union_all(
        *(select(literal_column(f"'{table.name}'"), func.count()).select_from(table) for table in tables)
    )


COUNTS = _counted()


def _gained(before: tuple[Sequence[Any], Sequence[Any]], after: tuple[Sequence[Any], Sequence[Any]]) -> Any:
    """What is there now and was not: one value, a list of several, counts of other rows; None for nothing."""
    if before == after:
        return None
    new = list(after[1])
    for value in before[1]:
        if value in new:
            new.remove(value)
    if new:
        return new[0] if len(new) == 1 else new
    told = [
        f"{count - dict(before[0])[table]:+d} {table}"
        for table, count in after[0]
        if count != dict(before[0])[table]
    ]
    return ", ".join(told) or "something was taken away"


def _is_kept(page: str, typed: dict[str, Any]) -> bool:
    """Whether all that was typed stands in the page again: what can stand in a page, in fields that show it."""
    return all(
        stands(page, name, value)
        for name, value in typed.items()
        if isinstance(value, str) and takes_text(page, name) and can_stand(value)
    )
