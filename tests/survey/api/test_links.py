"""Links of the OpenAPI document: where an answer says a caller can go on, there is something, and it is for them."""

import re
from functools import reduce
from typing import Any

import pytest
from werkzeug.test import TestResponse

from .caller import Caller, faults
from .test_callers import ELSEWHERE, MATRIX, call, sent_by

Known = dict[str, tuple[str, dict[str, Any]]]


@pytest.fixture
def known(nobody: Caller) -> Known:
    """Each operation's address and description, by its name."""
    return {
        what["operationId"]: (path, what)
        for path, methods in nobody.get("/openapi.json").json["paths"].items()
        for method, what in methods.items()
        if method != "parameters"
    }


def parts_of(template: str, address: str) -> dict[str, str]:
    """What stands in an address for each name in its template."""
    found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)), address)
    assert found, (template, address)
    return found.groupdict()


def value_of(expression: str, path: dict[str, str], body: Any) -> str:
    """A runtime expression of OpenAPI 3.1, of the two forms that the document uses."""
    kind, _, rest = expression.partition("request.path.")
    if kind == "$":
        return path[rest]
    names = expression.removeprefix("$response.body#/").split("/")
    return str(reduce(lambda inside, name: inside[int(name) if name.isdigit() else name], names, body))


def links_of(what: dict[str, Any]) -> list[dict[str, Any]]:
    """The links of an operation's answers."""
    return [link for answer in what["responses"].values() for link in answer.get("links", {}).values()]


def may(operation: str, role: str) -> bool:
    """Whether the matrix lets a role call an operation."""
    return role in MATRIX[operation][3]


def test_every_link_leads_on_for_whoever_may_follow_it(callers: dict[str, Caller], known: Known) -> None:
    followed = set()
    for source, (template, what) in known.items():
        answers: dict[str, Any] = {}
        for link in links_of(what):
            target = link["operationId"]
            role = next((role for role in callers if may(source, role) and may(target, role)), None)
            # Nobody gets through where the matrix says that there is nothing yet.
            assert role or {source, target} & ELSEWHERE.keys(), (source, target)
            if role:
                # Whoever has withdrawn has nothing to affirm: each link begins with a forecast that stands.
                call(callers["participant"], "forecast")
                if role not in answers or source == "withdraw":
                    answers[role] = call(callers[role], source)
                address = address_of(link, known[target][0], template, answers[role])
                after = callers[role].call(MATRIX[target][0], address, **sent_by(target))
                # The body of the examples fits the question of the examples: another says in which field it does not.
                other = "/questions/" in address and "leaders-meet" not in address
                assert after.status_code < 300 or (other and faults(after)), (source, target, after.text)
                followed.add((source, target))
    assert {("forecast", "own_forecast"), ("list_surveys", "one_survey")} <= followed


def address_of(link: dict[str, Any], template: str, of_source: str, answer: TestResponse) -> str:
    """Where a link leads after an answer; what it leaves open is the question of the examples."""
    path = parts_of(of_source, answer.request.path)
    values = {name: value_of(told, path, answer.json) for name, told in link["parameters"].items()}
    return template.removeprefix("/api/v1").format_map({"key": "leaders-meet", **values})
