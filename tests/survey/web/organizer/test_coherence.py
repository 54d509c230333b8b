"""The page on how people's answers go together: shares where they may be told, a reason where there is nothing."""

from flask import Flask
from flask.testing import FlaskClient

from survey.store.transaction import transaction
from tests.conftest import database_after
from tests.factories import the_survey
from tests.survey.disclosure import test_incoherence
from tests.survey.outcomes import member
from tests.survey.web.visitor import words

from .test_pages import sign_in

PAGE = "/s/ukraine/organize/coherence"


def fill(session: test_incoherence.Session) -> None:
    """Half of the people have a clash; somebody owns the survey."""
    member(session, "owner")
    test_incoherence.fill(session)


database = database_after(fill)


def test_the_page_tells_shares_in_the_readers_language_and_why_there_are_none(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(app, client, "owner@example.org")
    assert f'href="{PAGE}"' in client.get("/s/ukraine/organize/").text
    page = words(client.get(PAGE).text)
    for told in (
        "52 % have answers that go together",
        "no clash 52 %",
        "A final settlement",
        "48 %",
        "17 November 2026",
    ):
        assert told in page.replace("\xa0", " "), told
    assert page.count("A final settlement") == 1
    ukrainian = words(client.get(PAGE, headers={"Accept-Language": "uk"}).text).replace("\xa0", " ")
    assert "без неузгодженостей 52 %" in ukrainian

    with app.app_context():
        transaction(lambda session: setattr(the_survey(session), "noise_key", "c0ffee"))
    page = words(client.get(PAGE).text)
    assert "moved by chance" in page and "52" not in page
