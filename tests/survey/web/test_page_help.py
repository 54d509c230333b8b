"""Help where one is: every organizer's page says what it is for, on the first visit by itself, then when asked."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.web.page_help import help_words
from tests.survey.outcomes import signed_in
from tests.survey.web.visitor import Visitor, words

ORGANIZERS = {"editor", "organizer", "invitations", "people", "roles", "controller", "researcher"}
#: What these rooms answer that is no page of an organizer: files, parts of pages, and what invited people open.
NO_PAGES = {
    "invitations.open_invitation",
    "organizer.export_survey",
    "organizer.fragment",
    "organizer.import_template",
    "organizer.picture",
    "researcher.forecasts_long",
    "researcher.progress",
    "researcher.questions_table",
    "researcher.whole_bundle",
}
OVERVIEW = "/s/ukraine/organize/"
CONTROL = "What is this page for?"


def test_every_organizers_page_says_what_it_is_for(app: Flask) -> None:
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages = {one for one in gets if one.split(".")[0] in ORGANIZERS} - NO_PAGES
    with app.test_request_context():
        told = help_words()
    assert pages <= set(told)
    assert set(told) <= gets
    assert all(1 <= text.count(". ") + 1 <= 3 and len(text) < 250 for text in told.values())


@pytest.fixture
def organizer(app: Flask, client: FlaskClient) -> FlaskClient:
    return signed_in(app, client, "organizer")


def shown(page: str) -> str:
    """`open`, `folded`, or nothing."""
    if CONTROL not in words(page):
        return ""
    return "open" if '<details class="p-fold p-help" open>' in page else "folded"


def test_it_is_open_once_and_folded_from_then_on_for_each_kind_of_page(organizer: FlaskClient) -> None:
    assert [shown(organizer.get(OVERVIEW).text) for _visit in range(2)] == ["open", "folded"]
    people = "/s/ukraine/organize/invitations"
    assert [shown(organizer.get(people).text) for _visit in range(2)] == ["open", "folded"]
    assert "The state of your survey" in words(organizer.get(OVERVIEW).text)


def test_it_is_said_in_the_readers_language(organizer: FlaskClient) -> None:
    page = organizer.get(OVERVIEW, headers={"Accept-Language": "uk"}).text
    assert "Для чого ця сторінка?" in words(page)


def test_participants_are_helped_and_strangers_pages_stay_as_they_are(client: FlaskClient) -> None:
    assert shown(client.get("/s/ukraine/themes").text) == ""
    visitor = Visitor(client).join()
    assert [shown(visitor.get("themes").text) for _visit in range(2)] == ["open", "folded"]
