"""Whoever is asked is told who asks: in production nobody joins a survey before that is said, by no way in."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.models import EventLog, Participant
from survey.services import accounts, invitations
from survey.services.data_controller import (
    FIELDS,
    LONGEST,
    InvalidController,
    NobodyAsks,
    missing_words,
    name_controller,
)
from survey.web.identity import OFFERS
from tests.factories import someone, the_survey
from tests.survey.web.organizer.test_pages import sign_in

SAID = {
    language: {field: f"{field} in {language}" for field in FIELDS} | {"contact": "peace@example.org"}
    for language in ("en", "uk")
}
JOIN = {"language": "en", "agree": True}


@pytest.fixture
def production(app: Flask) -> Iterator[None]:
    """The application's settings say that this is production."""
    app.config["PARLEY"]["ENVIRONMENT"] = "production"
    yield
    app.config["PARLEY"]["ENVIRONMENT"] = "development"


def by_api(client: FlaskClient) -> int:
    key = {"Idempotency-Key": "11111111-1111-4111-8111-111111111111"}
    return client.post("/api/v1/surveys/ukraine/participants", json=JOIN, headers=key).status_code


def by_page(client: FlaskClient) -> int:
    """A consent page that was open before: its key waits in the session, though no form shows it any more."""
    client.get("/s/ukraine/join")
    with client.session_transaction() as browser:
        key, _code = browser[OFFERS]["ukraine"]
    return client.post("/s/ukraine/join", data={"join_key": key, "agree": "y"}).status_code


@pytest.mark.usefixtures("production")
class TestInProduction:
    def test_nobody_joins_before_it_is_said_by_page_program_or_command(
        self, client: FlaskClient, session: Session
    ) -> None:
        assert by_api(client) == 409
        page = client.get("/s/ukraine/join").text
        assert "takes nobody yet" in page and 'name="agree"' not in page
        assert by_page(client) == 409
        with pytest.raises(NobodyAsks):
            someone(session)
        assert session.scalars(select(Participant)).all() == []

    def test_an_invitation_does_not_get_around_it_and_is_not_used_up(self, session: Session) -> None:
        (token,) = invitations.invite(session, the_survey(session), "experts", 1, 30)
        session.commit()
        with pytest.raises(NobodyAsks):
            invitations.join_invited(
                session, token, language="en", join_key="a" * 32, code="CODE", user_id=None
            )
        session.rollback()
        assert invitations.find_invitation(session, token).survey.slug == "ukraine"

    def test_once_it_is_said_everybody_may(self, client: FlaskClient, session: Session) -> None:
        name_controller(session, the_survey(session), SAID)
        session.commit()
        assert by_api(client) == 201
        for path in ("/s/ukraine/", "/s/ukraine/join"):
            page = client.get(path).text
            assert all(f"{field} in en" in page for field in FIELDS if field != "contact"), path
            assert "peace@example.org" in page

    def test_saying_some_of_it_is_not_saying_it(self, client: FlaskClient, session: Session) -> None:
        for text in the_survey(session).texts:
            for field in FIELDS:
                setattr(text, field, "Said")
        the_survey(session).text("uk").kept_until = ""
        session.commit()
        assert by_api(client) == 409

    def test_the_front_page_says_why(self, client: FlaskClient) -> None:
        page = client.get("/s/ukraine/").text
        assert "Nobody has said yet who runs this survey." in page
        assert "Nobody can take part before it is said here who runs the survey." in page
        assert "belong here" not in page

    def test_a_survey_in_which_somebody_takes_part_goes_on(
        self, app: Flask, client: FlaskClient, session: Session
    ) -> None:
        app.config["PARLEY"]["ENVIRONMENT"] = "development"
        someone(session)
        session.commit()
        app.config["PARLEY"]["ENVIRONMENT"] = "production"
        assert by_api(client) == 201
        assert 'name="agree"' in client.get("/s/ukraine/join").text

    def test_the_command_that_loads_it_says_so(self, app: Flask) -> None:
        loaded = app.test_cli_runner().invoke(main, ["bank", "load", "--slug", "another"])
        assert "Nobody can join it yet" in loaded.output

    def test_a_demonstration_needs_nobody(self, client: FlaskClient, session: Session) -> None:
        the_survey(session).simulated = True
        session.commit()
        assert by_api(client) == 201


def test_a_server_of_development_takes_everybody(client: FlaskClient) -> None:
    assert by_api(client) == 201


class TestSayingIt:
    def test_it_is_stored_in_every_language_and_logged_without_the_words(self, session: Session) -> None:
        survey = the_survey(session)
        assert len(missing_words(survey)) == 8
        name_controller(session, survey, SAID)
        assert missing_words(survey) == []
        entries = session.scalars(select(EventLog).order_by(EventLog.position)).all()
        assert [entry.act for entry in entries][-2:] == ["name controller", "settings"]
        assert all("peace@example.org" not in str(entry.detail) for entry in entries)

    def test_saying_the_same_again_is_no_act(self, session: Session) -> None:
        name_controller(session, the_survey(session), SAID)
        name_controller(session, the_survey(session), SAID)
        acts = session.scalars(select(EventLog).filter_by(act="name controller")).all()
        assert len(acts) == 1

    @pytest.mark.parametrize("words", ["", "  ", "\u200b", "x" * (LONGEST + 1), "a\x00b"])
    def test_what_is_empty_too_long_or_unreadable_is_refused_beside_its_field(
        self, session: Session, words: str
    ) -> None:
        survey = the_survey(session)
        said = SAID | {"uk": SAID["uk"] | {"contact": words}}
        with pytest.raises(InvalidController) as refused:
            name_controller(session, survey, said)
        assert refused.value.errors.keys() == {"uk-contact"}
        assert len(missing_words(survey)) == 8


class TestTheOwnersPage:
    @pytest.fixture
    def owner(self, app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
        user = accounts.create_user(session, "owner@example.org")
        accounts.grant(session, user, the_survey(session), "owner")
        session.commit()
        sign_in(app, client, "owner@example.org")
        return client

    @staticmethod
    def fields() -> dict[str, str]:
        return {f"{language}-{field}": said for language, one in SAID.items() for field, said in one.items()}

    def test_the_form_stores_it_and_shows_it_again(self, owner: FlaskClient, session: Session) -> None:
        assert owner.get("/s/ukraine/organize/who-asks").status_code == 200
        answer = owner.post("/s/ukraine/organize/who-asks", data=self.fields())
        assert answer.status_code == 303
        session.expire_all()
        assert the_survey(session).text("uk").legal_basis == "legal_basis in uk"
        assert "legal_basis in uk" in owner.get("/s/ukraine/organize/who-asks").text

    def test_a_refused_form_keeps_every_value_and_stores_none(
        self, owner: FlaskClient, session: Session
    ) -> None:
        answer = owner.post("/s/ukraine/organize/who-asks", data=self.fields() | {"en-contact": ""})
        assert answer.status_code == 422
        assert 'id="en-contact-error"' in answer.text and 'id="uk-contact-error"' not in answer.text
        assert "legal_basis in uk" in answer.text
        session.expire_all()
        assert len(missing_words(the_survey(session))) == 8

    def test_nobody_else_finds_the_page(self, app: Flask, client: FlaskClient, session: Session) -> None:
        assert client.get("/s/ukraine/organize/who-asks").status_code == 404
        user = accounts.create_user(session, "organizer@example.org")
        accounts.grant(session, user, the_survey(session), "organizer")
        session.commit()
        sign_in(app, client, "organizer@example.org")
        assert client.get("/s/ukraine/organize/who-asks").status_code == 404
        assert client.post("/s/ukraine/organize/who-asks", data=self.fields()).status_code == 404
