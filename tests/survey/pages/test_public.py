"""Pages for everybody: the front, the methods, the language, the banner, the health of the site."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from scoring.pools import METHODS
from survey.bank.loading import load_bank
from survey.views import public
from tests.people import the_survey

from .visitor import Visitor, words


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
            "",
        ):
            answer = client.post("/language", data={"language": "uk", "next": address})
            assert answer.location == "/"

    def test_it_leads_back(self, client: FlaskClient) -> None:
        answer = client.post("/language", data={"language": "uk", "next": "/s/ukraine/themes?a=1"})
        assert answer.location == "/s/ukraine/themes?a=1"


class TestHealth:
    def test_it_answers_while_the_database_does(self, client: FlaskClient) -> None:
        assert client.get("/healthz").text == "ok"

    def test_it_does_not_while_the_database_is_away(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(public, "PROBE", text("SELECT nothing FROM nowhere"))
        assert client.get("/healthz").status_code == 503


def test_the_script_of_the_pictures_may_be_kept(client: FlaskClient) -> None:
    answer = client.get("/charts/vega.js")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    assert b"vegaEmbed" in answer.data
    answer.close()


def test_a_survey_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/s/nowhere/", "/s/nowhere/themes", "/s/nowhere/q/x", "/s/ukraine%00/"):
        assert client.get(path).status_code == 404
