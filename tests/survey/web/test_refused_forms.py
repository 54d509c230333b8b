"""Every refused form begins with a list of what is wrong, which leads to each field; a lone one has the cursor."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.bad_inputs.pages import fault_of_list

from .visitor import Visitor

TEMPLATES = Path("templates")
#: What shows a sentence beside a field; where one is, a list has to stand at the form's beginning.
SHOWS_ERRORS = re.compile(
    r"forms\.(row|errors|segmented|control|box|probability)\(|fields_\.(one|row)\(|aria-invalid"
)
LISTS_THEM = re.compile(r"forms\.(summary|wrong)\(|parts\.start\(|fields_\.summary\(|role=\"alert\"")
#: Parts of a page whose list stands in the template around them.
INSIDE = (
    "participant/kinds",
    "participant/_rationale_fields",
    "participant/_row",
    "organizer/_choices",
    "security/_form",
    "_forms",
)


def forms_of(template: str) -> list[str]:
    return re.findall(r"<form\b.*?</form>", template, re.DOTALL)


def test_every_form_that_can_show_a_sentence_at_a_field_lists_them() -> None:
    unlisted = [
        f"{path}: {form[:90]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not str(path.relative_to(TEMPLATES)).startswith(INSIDE)
        for form in forms_of(path.read_text())
        if SHOWS_ERRORS.search(form) and not LISTS_THEM.search(form)
    ]
    assert unlisted == []


@pytest.fixture
def person(client: FlaskClient) -> Visitor:
    return Visitor(client).joined()


def test_a_refused_forecast_begins_with_what_is_wrong_in_the_order_of_the_page(person: Visitor) -> None:
    page = person.answers("ladder", **{"p-2027-06-30": "NaN", "p-2030-12-31": "", "rationale": "a\x00b"}).text
    assert fault_of_list(page) == ""
    lists = re.findall(r'<div class="p-wrong"[^>]*>.*?</div>', page, re.DOTALL)
    assert len(lists) == 1
    assert re.findall(r'href="#([^"]+)"', lists[0]) == ["p-2027-06-30", "p-2030-12-31", "rationale"]
    assert "3 things have to be corrected" in lists[0]
    assert re.search(r'role="alert" tabindex="-1" autofocus', lists[0])
    assert page.count("autofocus") == 1


def test_where_one_field_alone_is_wrong_the_cursor_stands_in_it(person: Visitor) -> None:
    page = person.answer("leaders-meet", **{"p-yes": "250"}).text
    assert fault_of_list(page) == ""
    assert re.search(r'<input[^>]*id="p-yes"', page) and page.count("autofocus") == 1
    assert re.search(
        r"<input(?=[^>]*\bautofocus)[^>]*id=\"p-yes\"|<input(?=[^>]*id=\"p-yes\")[^>]*\bautofocus", page
    )


def test_a_form_that_nobody_refused_has_no_list(person: Visitor) -> None:
    page = person.get("q/leaders-meet").text
    assert "p-wrong" not in page and "autofocus" not in page


def test_of_a_sum_it_is_said_at_the_sum_and_the_cursor_stands_there(person: Visitor) -> None:
    page = person.answers("choice", **{"p-settlement": "99"}).text
    assert 'id="sum-error"' in page and fault_of_list(page) == ""
    assert re.search(
        r'<div class="p-together" id="sum" tabindex="-1"[^>]*aria-describedby="sum-error" autofocus', page
    )
    assert page.count("autofocus") == 1 and 'aria-invalid="true"' not in page
    assert 'href="#sum">Together: The numbers add up to' in page


def test_a_sum_beside_another_fault_leaves_the_cursor_with_the_list(person: Visitor) -> None:
    page = person.answers("choice", **{"p-settlement": "99", "rationale": "a\x00b"}).text
    assert 'id="sum-error"' in page and 'id="rationale-error"' in page
    assert re.search(r'class="p-wrong"[^>]*autofocus', page) and page.count("autofocus") == 1


def test_the_checker_of_lists_sees_what_is_missing() -> None:
    said = '<p class="p-error" id="p-yes-error">x</p><input id="p-yes">'
    listed = '<div class="p-wrong" role="alert" tabindex="-1" autofocus><a href="#p-yes">x</a></div>'
    assert fault_of_list(said) == "no list of what is wrong"
    assert fault_of_list(said + listed) == ""
    assert (
        fault_of_list(said + listed.replace("#p-yes", "#p-no"))
        == "the list leads to p-no, which is not there"
    )
    assert fault_of_list(said + listed.replace('href="#p-yes"', "")) == "the list does not lead to p-yes"
    assert fault_of_list("<p>fine</p>") == ""
