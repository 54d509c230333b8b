"""Every bad input through its door: refused with its field named, or stored as it should be.

On both databases what may mean something else to the other, and one of each ending of each field.
"""

import json
import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import make_url

from tests.conftest import copy_after, database_after
from tests.skips import EVERYTHING, first_of_each

from . import building
from .adapter import send
from .building import literal
from .checking import BY_RULE, EXPECTED, FAILED, verdict
from .entry_points import SETTLED, settle
from .outcome import Sent, stands
from .roles import CHANCE, ONE_OF_FOUR, Case, assume_limits
from .rules import RULES

pytestmark = pytest.mark.store

AREAS = (
    "prob-form",
    "prob-json",
    "mc",
    "quantile-num",
    "quantile-date",
    "date",
    "rationale",
    "header",
    "invite",
    "login",
    "about-me",
    "reasons",
    "remarks",
    "unclear",
    "letters",
    "links",
    "leaving",
    "language",
    "accounts",
    "typed",
    "sent",
)

HERE = Path(__file__)
#: More digits than a column of the database holds.
LONG = re.compile(r"\d{10}")
#: Another, larger set of forecasts may stand in the place of this one.
FORECASTS = Path(os.environ.get("PARLEY_BAD_INPUTS") or HERE.with_name("cases.json"))
CASES: list[Case] = [
    case
    for path in (FORECASTS, HERE.with_name("forms.json"), HERE.with_name("typed.json"))
    for case in json.loads(path.read_text())["cases"]
]


database = database_after(assume_limits)


@pytest.fixture
def assumed(app: Flask) -> Flask:
    """The application with the limits that the cases assume; its own faults are answered, not raised."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    return app


def may_differ(case: Case) -> bool:
    """Whether a text may mean something else to another database: no plain letters, long, or a long number."""
    return any(sort_of(case))


def sort_of(case: Case) -> tuple[bool, ...]:
    """In what a text may mean something else to another database: NUL, other letters, its length, a long number."""
    told = literal(case)
    text = told if isinstance(told, str) else ascii(told)
    return (
        "\0" in text or "%00" in text,
        not (text.isascii() and text.isprintable()),
        "\\" in text,
        len(text) > 60,
        bool(LONG.search(text)),
    )


def field_of(case: Case) -> tuple[object, ...]:
    """A field of a door, and the way in which a text comes there."""
    return tuple(case.get(name) for name in ("door", "channel", "field"))


def text_of(case: Case) -> str:
    """What a case sends, as far as another case may send the same."""
    return str(case.get("value", case.get("value_b64", case.get("generate"))))


def place_of(case: Case) -> tuple[object, ...]:
    """A field of a door, and how what is typed there is to end."""
    fields = (case.get(name) for name in ("area", "door", "channel", "field", "question", "expected"))
    return (*fields, *case.get("status_any_of", ()))


def tried(cases: list[Case], dialect: str) -> list[Case]:
    """Of the cases of an area those that are sent to this database: where everything is asked for, all to the first.

    What refuses most of them never asks a database: to PostgreSQL go those that it may take for another, and one of
    each ending of each field. While one works, each ending of each field is tried, and each sort of text in the
    area; on PostgreSQL each sort of text that it may take for another, and one in each field.
    """
    if dialect == "sqlite":
        return first_of_each(cases, place_of, sort_of)
    if EVERYTHING:
        first = {place_of(case): case for case in reversed(cases)}
        return [case for case in cases if may_differ(case) or case is first[place_of(case)]]
    differing = [case for case in first_of_each(cases, text_of) if may_differ(case)]
    return first_of_each(differing, field_of, sort_of)


@pytest.mark.parametrize("area", AREAS)
def test_no_bad_input_does_harm(
    request: pytest.FixtureRequest, database: str, assumed: Flask, area: str
) -> None:
    dialect = make_url(database).get_backend_name()
    cases = tried([case for case in CASES if case["area"] == area], dialect)
    if area in SETTLED:
        assert copy_after(settle, dialect, request) == database
    results = [(case["id"], *verdict(case, send(assumed, case))) for case in cases]
    counts = Counter(how for _id, how, _why in results)
    print(f"{area}: {len(cases)} cases, {dict(counts)}")
    assert [(case, why) for case, how, why in results if how == FAILED] == []
    assert counts[EXPECTED] + counts[BY_RULE] == len(cases)


def test_there_are_cases_of_every_area() -> None:
    assert {case["area"] for case in CASES} >= set(AREAS)


def test_every_rule_has_a_reason() -> None:
    assert all(rule.reason.endswith(".") and len(rule.reason) > 40 for rule in RULES)


# ---- Negative controls: the checker sees what is wrong

HALF_A_PERCENT: Case = {
    "id": "control",
    "area": "prob-form",
    "channel": "form",
    "field": "probability_percent",
    "value": "0,5",
    "expected": "normalised-to",
    "normalised": 0.005,
    "never_stored": [0.5],
}
NO_NUMBER: Case = {
    "id": "control",
    "area": "prob-form",
    "channel": "form",
    "field": "probability_percent",
    "value": "~50",
    "expected": "400-with-field-error",
}
TAKEN = Sent(303, None, True, 0.005)
REFUSED = Sent(422, "probability_percent", True, None)


def test_the_checker_lets_right_results_pass() -> None:
    assert verdict(HALF_A_PERCENT, TAKEN) == (EXPECTED, "")
    assert verdict(NO_NUMBER, REFUSED) == (EXPECTED, "")


@pytest.mark.parametrize(
    ("case", "sent", "why"),
    [
        (HALF_A_PERCENT, replace(TAKEN, stored_value=0.5), "stored 0.5, never to be stored"),
        (HALF_A_PERCENT, replace(TAKEN, stored_value=0.005 + 1e-11), "stored 0.00500000001"),
        (HALF_A_PERCENT, replace(TAKEN, stored_value=None), "stored None"),
        (HALF_A_PERCENT, REFUSED, "refused with 422, probability_percent"),
        (HALF_A_PERCENT, replace(TAKEN, seconds=2.1), "took 2.1 s"),
        (NO_NUMBER, TAKEN, "not refused: 303, stored 0.005"),
        (NO_NUMBER, replace(REFUSED, status=500), "status 500"),
        (NO_NUMBER, replace(REFUSED, text="Traceback (most recent call last)"), "shows a stack trace"),
        (NO_NUMBER, replace(REFUSED, named_field=None), "named None"),
        (NO_NUMBER, replace(REFUSED, named_field="rationale"), "named rationale"),
        (NO_NUMBER, replace(REFUSED, kept_values=False), "what else was typed is gone"),
        (NO_NUMBER, replace(REFUSED, stored_value=0.5), "refused, and stored 0.5"),
    ],
)
def test_the_checker_flags_a_wrong_result(case: Case, sent: Sent, why: str) -> None:
    assert verdict(case, sent) == (FAILED, why)


def test_a_wrong_case_is_flagged_through_the_real_door_too(assumed: Flask) -> None:
    wrong = [
        HALF_A_PERCENT | {"normalised": 0.5, "never_stored": []},
        HALF_A_PERCENT | {"expected": "400-with-field-error"},
        NO_NUMBER | {"expected": "accepted"},
    ]
    assert [verdict(case, send(assumed, case)) for case in wrong] == [
        (FAILED, "stored 0.005"),
        (FAILED, "not refused: 303, stored 0.005"),
        (FAILED, "refused with 422, probability_percent"),
    ]


def test_a_step_that_is_not_chosen_any_more_does_not_stand() -> None:
    step = '<select name="confidence"><option value="4">4</option></select>'
    assert not stands(step, "confidence", "4")
    assert stands(step.replace("<option", "<option selected"), "confidence", "4")
    assert not stands('<textarea name="rationale"></textarea>', "rationale", "Words")


def test_another_acceptable_result_needs_a_written_rule() -> None:
    lenient = NO_NUMBER | {"also_acceptable": ["accepted"], "value": "0.5"}
    assert verdict(lenient, TAKEN)[0] == FAILED


ABOUT_ME: Case = {
    "id": "control",
    "area": "about-me",
    "door": "about-me",
    "channel": "form",
    "field": "about-region",
    "value": "eu",
    "expected": "nothing-stored",
    "status_any_of": [303],
}
LED_ON: Case = ABOUT_ME | {"door": "language", "field": "next", "value": "//evil.example"}
PREVIEWED: Case = ABOUT_ME | {
    "door": "preview",
    "field": "rationale",
    "value": "<b class=typed>words</b>",
    "status_any_of": [200],
}
NOTHING_DONE = Sent(303, None, True, None, location="/s/ukraine/about-me")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (NOTHING_DONE, ""),
        (replace(NOTHING_DONE, status=200), "status 200, None, stored None"),
        (replace(NOTHING_DONE, stored_value="+1 user"), "stored '+1 user'"),
        (replace(NOTHING_DONE, location="//evil.example"), "leads to //evil.example"),
        (replace(NOTHING_DONE, location="/\\evil.example"), "leads to /\\evil.example"),
        (replace(NOTHING_DONE, location="/s/second/about-me"), "leads to /s/second/about-me"),
        (replace(NOTHING_DONE, echoed="<b>"), "the page has <b>"),
        (replace(NOTHING_DONE, text='<p onclick="x()">'), "the page has onclick in <p>"),
        (replace(NOTHING_DONE, text="<script>x()</script>"), "the page has a script in the page"),
        (replace(NOTHING_DONE, text='<a href="JavaScript:x">'), "the page has href to 'JavaScript:x'"),
        (
            replace(NOTHING_DONE, text='<a href="data:text/html,x">'),
            "the page has href to 'data:text/html,x'",
        ),
        (replace(NOTHING_DONE, text='<img src="//evil.example">'), "the page has src from '//evil.example'"),
        (replace(NOTHING_DONE, text="<iframe>"), "the page has <iframe>"),
    ],
)
def test_the_checker_flags_what_no_form_may_do(sent: Sent, why: str) -> None:
    case = ABOUT_ME | {"leads_to": "/s/ukraine/"}
    assert verdict(case, sent) == ((FAILED, why) if why else (EXPECTED, ""))


def test_what_a_form_stores_is_seen_through_the_real_door(assumed: Flask) -> None:
    assert verdict(ABOUT_ME, send(assumed, ABOUT_ME)) == (FAILED, "stored ['eu']")
    another = ABOUT_ME | {"field": "unasked", "value": "x"}
    assert verdict(another, send(assumed, another)) == (FAILED, "stored '+1 background_answer'")


def test_a_switch_that_leads_anywhere_is_flagged(assumed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict(LED_ON, send(assumed, LED_ON)) == (EXPECTED, "")
    for door in ("own_path", "readable"):
        monkeypatch.setattr(f"survey.web.language_switch.{door}", str)
    assert verdict(LED_ON, send(assumed, LED_ON)) == (FAILED, "leads to //evil.example")


def test_markup_that_gets_through_is_flagged(assumed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict(PREVIEWED, send(assumed, PREVIEWED)) == (EXPECTED, "")
    monkeypatch.setitem(assumed.jinja_env.filters, "rationale", Markup)
    assert verdict(PREVIEWED, send(assumed, PREVIEWED)) == (FAILED, "the page has <b class=typed>")


# ---- The literals are what the cases describe


def test_json_keeps_its_spelling_under_our_names() -> None:
    sent = building.json_body(CHANCE, "p", '{"p": 1e-400, "p": NaN}')
    assert sent == b'{"values": {"p-yes": 1e-400, "p-yes": NaN}}'


def test_what_is_no_json_stays_none() -> None:
    assert building.json_body(CHANCE, "p", '{"p": .5} x') == b'{"values": {"p-yes": .5} x}'


def test_a_list_is_one_number_for_each_field() -> None:
    sent = building.json_body(ONE_OF_FOUR, "probabilities", '{"probabilities":[0.10,0.9]}')
    assert sent == b'{"values": {"p-settlement": 0.10, "p-ceasefire": 0.9}}'


def test_another_encoding_stays_another_encoding() -> None:
    sent = building.json_body(CHANCE, "p", '{"p": 0.5}'.encode("utf-32-be"))
    assert sent.decode("utf-32-be") == '{"values": {"p-yes": 0.5}}'


def test_a_lone_surrogate_travels_as_its_bytes() -> None:
    assert building.urlencoded([("p-yes", "\ud800")]) == b"p-yes=%ED%A0%80"
