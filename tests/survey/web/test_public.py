"""Pages for everybody: the front, the methods, the language, the banner, the health of the site."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scoring.pools.catalog import METHODS
from survey.bank.loading import load_bank
from survey.store import health
from survey.store.engine import db
from tests.factories import on, the_survey

from .visitor import Visitor, words


@pytest.mark.whole
def test_the_front_page_of_the_only_survey_is_the_site_front(client: FlaskClient) -> None:
    page = words(client.get("/").text)
    assert "Will there be a ceasefire" in page
    assert "5 themes, 28 questions" in page
    assert "Take part" in page


def test_who_takes_part_is_led_on(person: Visitor) -> None:
    page = words(person.client.get("/").text)
    assert "Continue" in page


def test_several_surveys_are_listed(client: FlaskClient, session: Session) -> None:
    load_bank(session, "ukraine", slug="another")
    session.commit()
    page = client.get("/").text
    assert 'href="/s/ukraine/"' in page
    assert 'href="/s/another/"' in page


def test_surveys_of_one_title_are_told_apart(client: FlaskClient, session: Session) -> None:
    another = load_bank(session, "ukraine", slug="another")
    another.simulated, another.closes_at = True, on(20)
    session.commit()
    page = words(client.get("/").text)
    assert "Simulated participants · Closed on 20 November 2026" in page
    assert page.count("· English, Українською · /s/") == 2
    assert "/s/another/" in page and "/s/ukraine/" in page
    another.text("en").organizer = "The institute"
    session.commit()
    assert "Українською · The institute · /s/another/" in words(client.get("/").text)
    for words_of_it in another.texts:
        words_of_it.title = "A rehearsal"
    session.commit()
    page = words(client.get("/").text)
    assert "/s/another/" not in page and "The institute" not in page


def test_sources_are_marked_as_english_where_the_page_is_not(client: FlaskClient) -> None:
    assert '<p class="p-second" lang="en">' not in client.get("/methods").text
    client.post("/language", data={"language": "uk", "next": "/methods"})
    assert client.get("/methods").text.count('<p class="p-second" lang="en">') == len(METHODS)


@pytest.mark.parametrize("visibility", ["link", "invited"])
def test_a_survey_that_is_not_public_is_not_listed(
    client: FlaskClient, session: Session, visibility: str
) -> None:
    the_survey(session).visibility = visibility
    session.commit()
    page = client.get("/").text
    assert "No survey is open to everybody here" in page
    assert "ukraine" not in page


def test_an_invited_survey_is_not_found_by_others(client: FlaskClient, session: Session) -> None:
    the_survey(session).visibility = "invited"
    session.commit()
    for path in ("", "join", "themes", "scenarios", "q/leaders-meet", "q/leaders-meet/crowd"):
        assert client.get(f"/s/ukraine/{path}").status_code == 404
    assert client.get("/s/ukraine/return").status_code == 200


def test_a_simulation_says_so_on_every_page(visitor: Visitor, session: Session) -> None:
    assert "Simulated participants" not in visitor.get("").text
    the_survey(session).simulated = True
    session.commit()
    for path in ("", "join", "themes", "q/leaders-meet", "scenarios", "q/leaders-meet/crowd"):
        assert "Simulated participants" in visitor.get(path).text


def test_a_demonstration_says_that_nobody_runs_it(visitor: Visitor, session: Session) -> None:
    survey = the_survey(session)
    survey.text("en").organizer = "The Institute, peace@example.org"
    session.commit()
    for path in ("", "join"):
        assert "The Institute, peace@example.org" in visitor.get(path).text
    survey.simulated = True
    session.commit()
    for path in ("", "join"):
        page = visitor.get(path).text
        assert "A demonstration; nobody runs this survey." in page and "The Institute" not in page


def test_every_method_is_told_with_formula_and_source(client: FlaskClient) -> None:
    page = words(client.get("/methods").text)
    for method in METHODS.values():
        assert method.name in page
        assert " ".join(method.formula.split()) in page
        assert method.source in page


class TestLanguage:
    def test_it_is_remembered_and_changes_the_bank_too(self, client: FlaskClient) -> None:
        client.post("/language", data={"language": "uk", "next": "/s/ukraine/themes"})
        page = client.get("/s/ukraine/themes").text
        assert '<html lang="uk">' in page
        assert "президент" in page.lower()

    def test_the_browser_is_asked_first(self, client: FlaskClient) -> None:
        page = client.get("/", headers={"Accept-Language": "uk,en;q=0.5"}).text
        assert '<html lang="uk">' in page

    def test_one_there_is_not_changes_nothing(self, client: FlaskClient) -> None:
        for language in ("", "xx", "en\x00", "../uk"):
            assert client.post("/language", data={"language": language}).status_code == 303
            assert '<html lang="en">' in client.get("/").text

    def test_it_leads_nowhere_else(self, client: FlaskClient) -> None:
        for address in (
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "evil",
            "/\t/evil.example",
            "/a" * 100_000,
            "",
        ):
            answer = client.post("/language", data={"language": "uk", "next": address})
            assert answer.location == "/"

    def test_it_leads_back(self, client: FlaskClient) -> None:
        answer = client.post("/language", data={"language": "uk", "next": "/s/ukraine/themes?a=1"})
        assert answer.location == "/s/ukraine/themes?a=1"


@contextmanager
def database_forbidden(app: Flask) -> Iterator[None]:
    """Nobody may take a connection, for the length of a `with` block."""

    def forbid(*_asked: object) -> NoReturn:
        raise AssertionError("the database was asked")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", forbid)
    try:
        yield
    finally:
        event.remove(engine, "checkout", forbid)


def away(*_asked: object) -> NoReturn:
    raise OperationalError("SELECT 1", {}, ConnectionError("the database is away"))


class TestHealth:
    def test_it_is_alive_and_ready_while_all_is_well(self, client: FlaskClient) -> None:
        assert client.get("/healthz").text == "ok"
        assert client.get("/readyz").text == "ready"

    def test_it_is_alive_whatever_becomes_of_the_database(
        self, app: Flask, client: FlaskClient, session: Session
    ) -> None:
        with database_forbidden(app):
            assert client.get("/healthz").text == "ok"
            # The control: what does ask the database is caught.
            with pytest.raises(AssertionError):
                client.get("/readyz")

    def test_it_is_not_ready_while_the_database_is_away(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "unsafe_settings", away)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "the database does not answer")

    def test_it_is_not_ready_before_the_tables_are_migrated(
        self, client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
    ) -> None:
        session.execute(text("UPDATE alembic_version SET version_num = '20261128_drafts'"))
        session.commit()
        assert client.get("/readyz").status_code == 503
        assert "parley db upgrade" in caplog.text

    def test_it_is_not_ready_on_tables_that_a_newer_version_made(
        self, client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
    ) -> None:
        session.execute(text("UPDATE alembic_version SET version_num = '29990101_new'"))
        session.commit()
        assert client.get("/readyz").status_code == 503
        assert "a newer one made them" in caplog.text

    def test_it_is_not_ready_with_a_setting_that_could_lose_answers(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(health, "unsafe_settings", lambda engine: ["fsync is off, must be on"])
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "fsync" not in answer.text
        assert "fsync is off" in caplog.text


def test_the_script_of_the_pictures_may_be_kept(client: FlaskClient) -> None:
    answer = client.get("/charts/vega.js")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    assert b"vegaEmbed" in answer.data
    answer.close()


def test_a_survey_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/s/nowhere/", "/s/nowhere/themes", "/s/nowhere/q/x", "/s/ukraine%00/"):
        assert client.get(path).status_code == 404
