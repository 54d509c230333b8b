"""Switching the language keeps a form that is half filled; nothing of it is stored, or judged, by that."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from survey.models import Participant, Submission
from survey.web.form_restore import keepable, named, refilled
from tests.survey.web.conftest import person, visitor  # noqa: F401  (a fixture is found by its name)
from tests.survey.web.visitor import ANSWERS, Visitor, chosen, value

FORM = '<form id="f" method="post" action="/x">'


def switch(page: str, language: str = "uk") -> tuple[str, str]:
    """Address and form of the button that switches to a language."""
    button = re.search(rf'<button[^>]*lang="{language}"[^>]*data-language>', page)
    assert button, "no switch that keeps a form"
    address = re.search(r'formaction="([^"]*)"', button[0])
    form = re.search(r'form="([^"]*)"', button[0])
    assert address and form
    return html.unescape(address[1]), form[1]


def text_area(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1]).strip()


def checked(page: str, name: str) -> list[str]:
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return [value(box, name) for box in boxes if " checked" in box]


def stored(session: Session) -> tuple[int, int]:
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Participant, Submission)]
    return counts[0] or 0, counts[1] or 0


def test_a_half_filled_answer_comes_back_in_the_other_language(person: Visitor, session: Session) -> None:  # noqa: F811
    page = person.get("q/leaders-meet").text
    key = value(page, "key")
    address, form = switch(page)
    assert f'<form id="{form}"' in page
    before = stored(session)
    typed = {
        "csrf_token": "of the page",
        "key": key,
        "base_revision": value(page, "base_revision"),
        "opened": value(page, "opened"),
        "p-yes": "12,5 <oder so>",
        "format": "odds",
        "rationale": "Because of <b>this</b> & “that”.\r\nSecond line.",
        "confidence": "4",
    }
    answer = person.client.post(address, data=typed)
    again = answer.text
    assert answer.status_code == 200 and '<html lang="uk">' in again
    assert value(again, "p-yes") == "12,5 <oder so>"
    assert (
        text_area(again, "rationale").replace("\r\n", "\n")
        == "Because of <b>this</b> & “that”.\nSecond line."
    )
    assert (checked(again, "format"), chosen(again, "confidence")) == (["odds"], ["4"])
    assert value(again, "key") == key
    # Nothing was stored, and nothing refused.
    session.expire_all()
    assert stored(session) == before
    assert "p-error" not in again


def test_the_page_that_came_back_can_be_sent_and_switched_again(person: Visitor, session: Session) -> None:  # noqa: F811
    page = person.get("q/leaders-meet").text
    hidden = {name: value(page, name) for name in ("key", "base_revision", "opened")}
    typed = {**hidden, "p-yes": "12,5", "format": "percent", "rationale": "Why."}
    ukrainian = person.client.post(switch(page)[0], data=typed).text
    english = person.client.post(switch(ukrainian, "en")[0], data=typed).text
    assert '<html lang="en">' in english and value(english, "p-yes") == "12,5"
    assert person.client.get("/methods").text.count('<html lang="en">') == 1
    sent = person.post("q/leaders-meet", {**typed, "key": value(english, "key")})
    assert sent.status_code == 303
    assert session.scalars(select(Submission.idempotency_key)).all() == [hidden["key"]]


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_every_kind_of_question_keeps_its_numbers(person: Visitor, kind: str) -> None:  # noqa: F811
    key, typed = ANSWERS[kind]
    page = person.get(f"q/{key}").text
    again = person.client.post(switch(page)[0], data={**typed, "format": "percent"}).text
    for name, number in typed.items():
        assert number in (checked(again, name) if number == "y" else [value(again, name)])


def test_a_refused_form_is_kept_as_well(person: Visitor) -> None:  # noqa: F811
    refused = person.answer("leaders-meet", **{"p-yes": "1,000", "rationale": "Kept."})
    assert refused.status_code == 422
    address, _form = switch(refused.text)
    again = person.client.post(
        address, data={"p-yes": "1,000", "rationale": "Kept.", "format": "percent"}
    ).text
    assert value(again, "p-yes") == "1,000" and text_area(again, "rationale") == "Kept."


def test_a_page_that_only_takes_forms_comes_back_as_the_one_above_it(person: Visitor) -> None:  # noqa: F811
    answer = person.client.post(
        "/language?language=uk&next=/s/ukraine/q/leaders-meet/preview&form=form-1", data={"p-yes": "7"}
    )
    assert value(answer.text, "p-yes") == "7"


def test_what_cannot_be_made_again_is_gone_to_by_its_address(client: FlaskClient) -> None:
    for missing in ("/nonsense", "/s/ukraine/organize/", "/s/nonsense/join"):
        answer = client.post(f"/language?language=uk&next={missing}&form=form-1", data={"a": "b"})
        assert answer.status_code == 303, missing


def test_a_password_is_never_written_into_a_page(client: FlaskClient) -> None:
    page = client.get("/login").text
    address, _form = switch(page)
    again = client.post(address, data={"email": "somebody@example.org", "password": "a secret of mine"}).text
    assert "somebody@example.org" in again
    assert "a secret of mine" not in again


def test_a_form_comes_back_without_its_token_but_to_our_own_page_alone(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/s/ukraine/join").text
    address, _form = switch(page)
    foreign = client.post(address, data={"agree": "y"}, headers={"Origin": "https://elsewhere.example.org"})
    assert (foreign.status_code, foreign.location) == (303, "/s/ukraine/join")
    again = client.post(address, data={"agree": "y"}).text
    assert checked(again, "agree") == ["y"]
    # The token in the page that comes back is good for the next one.
    sent = client.post("/s/ukraine/join", data={"agree": "y", "csrf_token": value(again, "csrf_token")})
    assert sent.status_code in (200, 303, 422)


def test_a_page_without_a_form_to_fill_has_the_plain_switch(client: FlaskClient) -> None:
    page = client.get("/methods").text
    assert "data-language" not in page and "language.js" not in page
    assert 'name="language" value="uk"' in page


def test_enter_presses_the_forms_own_button(person: Visitor) -> None:  # noqa: F811
    page = person.get("q/leaders-meet").text
    form = switch(page)[1]
    first = re.search(rf'<button[^>]*form="{form}"[^>]*>', page)
    assert first and "hidden" in first[0] and "formaction" not in first[0]


def test_the_first_form_that_is_filled_by_hand_is_kept() -> None:
    only_buttons = '<form method="post" action="/a"><input type="hidden" name="a"><button>A</button></form>'
    search = '<form method="get" action="/b"><input name="b"></form>'
    secret = '<form method="post" action="/c"><input type="password" name="c"></form>'
    filled = '<form method="post" action="/d"><input name="d"><button name="go" value="1">D</button></form>'
    own = '<form id="mine" method="post"><textarea name="e"></textarea></form>'
    found = keepable(Markup(only_buttons + search + secret + filled + own))
    assert (found.form, str(found.submit).strip()) == ("form-1", 'name="go" value="1"')
    assert found.body == Markup(
        only_buttons + search + secret + filled.replace("<form", '<form id="form-1"') + own
    )
    assert keepable(Markup(only_buttons + search)).form == ""


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        ('<input name="a" value="1">', {"a": '"2"'}, '<input name="a" value="&quot;2&quot;">'),
        ('<input name="a" value="1">', {}, '<input name="a" value="1">'),
        ('<input name="a" value="1">', {"a": ""}, '<input name="a" value="">'),
        (
            '<input name="a"><input name="a">',
            {"a": ["1", "2"]},
            '<input name="a" value="1"><input name="a" value="2">',
        ),
        (
            '<input type="radio" name="a" value="1" checked>',
            {"a": "2"},
            '<input type="radio" name="a" value="1">',
        ),
        ('<input type="checkbox" name="a">', {"a": "on"}, '<input type="checkbox" name="a" checked>'),
        ('<input type="checkbox" name="a" checked>', {}, '<input type="checkbox" name="a">'),
        ('<input type="password" name="a">', {"a": "secret"}, '<input type="password" name="a">'),
        ('<input type="hidden" name="csrf_token" value="1">', {"csrf_token": "2"}, None),
        (
            "<textarea name=a>old &amp; gone</textarea>",
            {"a": "<new>"},
            "<textarea name=a>\n&lt;new&gt;</textarea>",
        ),
        ("<textarea name=a>kept &amp; so</textarea>", {}, None),
        (
            '<select name="a"><option value="1" selected>I</option><option value="2">II</option></select>',
            {"a": "2"},
            '<select name="a"><option value="1">I</option><option value="2" selected>II</option></select>',
        ),
        ("<p>as it is &nbsp; &#39;<!-- so --></p>", {"p": "1"}, None),
    ],
)
def test_values_are_put_back(before: str, values: dict[str, str], after: str | None) -> None:
    other = '<form id="g" action="/y"><input name="a" value="other"></form>'
    page = refilled(f"<!DOCTYPE html>{FORM}{before}</form>{other}", named("f"), MultiDict(values), "/here")
    assert page == f"<!DOCTYPE html>{FORM}{before if after is None else after}</form>{other}"
