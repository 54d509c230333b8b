"""The pages of invitations: looked at by anybody, used by one, made and revoked by who runs the survey."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Invitation, Participant
from survey.services import invitations
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import the_survey
from tests.survey.outcomes import signed_in
from tests.survey.web.visitor import Visitor, value, without_tokens, words

ORGANIZE = "/s/ukraine/organize/invitations"
AT_ONCE = 50


@pytest.fixture
def token(app: Flask) -> str:
    """A token that works."""
    with app.app_context():
        return transaction(lambda session: invitations.invite(session, the_survey(session), "experts", 1, 7))[
            0
        ]


def agree(client: FlaskClient, token: str) -> Any:
    """Read the consent behind an invitation and take part."""
    form = {"join_key": value(client.get(f"/i/{token}").text, "join_key"), "agree": "y"}
    return client.post(f"/i/{token}", data=form)


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Participant)) or 0


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        transaction(lambda session: session.execute(update(Invitation).values(**values)))


# ---- Opening and using one


def test_the_page_shows_survey_and_consent_and_changes_nothing(app: Flask, token: str) -> None:
    for _look in range(3):
        page = app.test_client().get(f"/i/{token}")
        assert page.status_code == 200 and "Before you take part" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
    assert people(app) == 0


def test_taking_part_leads_away_from_the_token(app: Flask, client: FlaskClient, token: str) -> None:
    answer = agree(client, token)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/s/ukraine/welcome")
    assert "You are in. Keep this code" in client.get("/s/ukraine/welcome").text
    assert client.get("/s/ukraine/themes").status_code == 200
    assert people(app) == 1


def test_without_the_tick_nothing_is_used_up(app: Flask, client: FlaskClient, token: str) -> None:
    form = {"join_key": value(client.get(f"/i/{token}").text, "join_key")}
    answer = client.post(f"/i/{token}", data=form)
    assert answer.status_code == 422 and "Tick the box" in answer.text
    assert people(app) == 0
    assert agree(client, token).status_code == 303


def test_a_form_of_before_is_asked_to_agree_once_more(app: Flask, client: FlaskClient, token: str) -> None:
    client.get(f"/i/{token}")
    answer = client.post(f"/i/{token}", data={"join_key": "00000000-old", "agree": "y"})
    assert (answer.status_code, people(app)) == (422, 0)


def test_the_same_form_again_gets_the_first_answer(app: Flask, client: FlaskClient, token: str) -> None:
    form = {"join_key": value(client.get(f"/i/{token}").text, "join_key"), "agree": "y"}
    answers = [client.post(f"/i/{token}", data=form) for _time in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/s/ukraine/welcome"] * 2
    assert people(app) == 1


def test_whoever_used_it_may_open_it_again(client: FlaskClient, token: str) -> None:
    agree(client, token)
    client.get("/s/ukraine/welcome")
    assert client.get(f"/i/{token}").headers["Location"] == "/s/ukraine/themes"


def test_who_takes_part_already_leaves_it_for_somebody_else(
    app: Flask, client: FlaskClient, token: str
) -> None:
    Visitor(client).join()
    assert client.get(f"/i/{token}").headers["Location"] == "/s/ukraine/themes"
    assert agree(app.test_client(), token).status_code == 303


def test_unknown_used_expired_and_revoked_look_the_same(app: Flask, token: str) -> None:
    agree(app.test_client(), token)
    pages = []
    for facts in (
        {},
        {"used_at": None, "expires_at": TODAY},
        {"expires_at": TODAY.replace(year=2030), "revoked_at": TODAY},
    ):
        if facts:
            change(app, **facts)
        for method in ("GET", "POST"):
            answer = app.test_client().open(
                f"/i/{token}", method=method, data={"join_key": "12345678", "agree": "y"}
            )
            pages.append((without_tokens(answer), "Set-Cookie" in answer.headers))
    unknown = app.test_client().get(f"/i/{invitations.new_token()}")
    assert {status for (status, _page), _cookie in pages} == {404}
    path = f"/i/{token}"
    shown = {page.replace(path, "") for (_status, page), _cookie in pages}
    own = without_tokens(unknown)[1].replace(f"/i/{unknown.request.path[3:]}", "")
    assert shown == {own}
    assert len({cookie for _page, cookie in pages}) == 1
    assert "come back with the code" in words(unknown.text) and "ukraine" not in unknown.text.lower()


@pytest.mark.parametrize(
    "address", ["?next=//evil.example", "?next=%09//evil.example", "?next=https://evil.example"]
)
def test_no_address_leads_elsewhere(client: FlaskClient, token: str, address: str) -> None:
    form = {"join_key": value(client.get(f"/i/{token}{address}").text, "join_key"), "agree": "y"}
    answer = client.post(f"/i/{token}{address}", data=form | {"next": "//evil.example"})
    assert answer.headers["Location"] == "/s/ukraine/welcome"


def test_an_invited_survey_is_open_by_invitation_alone(app: Flask, token: str) -> None:
    with app.app_context():
        transaction(lambda session: setattr(the_survey(session), "visibility", "invited"))
    stranger = app.test_client()
    assert stranger.get("/s/ukraine/join").status_code == 404
    assert stranger.post("/s/ukraine/join", data={"join_key": "12345678", "agree": "y"}).status_code == 404
    guest = app.test_client()
    assert agree(guest, token).status_code == 303
    assert guest.get("/s/ukraine/themes").status_code == 200
    assert people(app) == 1


# ---- Many at once


def at_once(app: Flask, token: str, clients: list[FlaskClient]) -> list[int]:
    """Everybody reads the consent first; then all send their forms in the same moment."""
    forms = [{"join_key": value(one.get(f"/i/{token}").text, "join_key"), "agree": "y"} for one in clients]

    def send(place: int) -> int:
        with clock.at(TODAY):
            return clients[place].post(f"/i/{token}", data=forms[place]).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(send, range(len(clients))))


@pytest.mark.store
def test_of_fifty_at_once_one_takes_part(app: Flask, token: str) -> None:
    told = at_once(app, token, [app.test_client() for _one in range(AT_ONCE)])
    again = [status for status in told if status == 503]
    assert sorted(set(told) - {503}) == [303, 404] and told.count(303) == 1, told
    assert not again or people(app) == 1
    assert people(app) == 1


@pytest.mark.store
def test_fifty_double_clicks_make_one_person_and_all_are_told_so(app: Flask, token: str) -> None:
    first = app.test_client()
    form = {"join_key": value(first.get(f"/i/{token}").text, "join_key"), "agree": "y"}
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = first.get_cookie(name)
    assert cookie is not None

    def send(_place: int) -> int:
        twin = app.test_client()
        twin.set_cookie(name, cookie.value)
        with clock.at(TODAY):
            return twin.post(f"/i/{token}", data=form).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(send, range(AT_ONCE)))
    assert set(told) == {303}
    assert people(app) == 1


@contextmanager
def binding_without_the_condition() -> Iterator[None]:
    def used_by_anybody(session: Session, hashed: str, protected: bool = False) -> bool:
        session.execute(update(Invitation).filter_by(token_hash=hashed).values(used_at=clock.now(session)))
        return True

    with (
        patch.object(invitations, "use_up", used_by_anybody),
        patch.object(invitations, "find_invitation", _any),
    ):
        yield


def _any(session: Session, token: str, used_by: int | None = None) -> Invitation:
    return session.scalars(select(Invitation).filter_by(token_hash=invitations.hash_token(token))).one()


def test_binding_without_the_condition_makes_two(app: Flask, token: str) -> None:
    """The control: the one condition is what keeps the second person out."""
    with app.app_context():
        # The table's own rule, one person for each invitation, does not see it: the row is written over.
        assert people(app) == 0
    with binding_without_the_condition():
        assert [agree(app.test_client(), token).status_code for _one in range(2)] == [303, 303]
    assert people(app) == 2


# ---- Guessing


def test_guesses_are_limited_and_right_tokens_are_not_counted(limited: Flask) -> None:
    with limited.app_context():
        (token,) = transaction(lambda session: invitations.invite(session, the_survey(session), "a", 1, 7))
    client = limited.test_client()
    assert {client.get(f"/i/{token}").status_code for _look in range(30)} == {200}
    told = [client.get(f"/i/{invitations.new_token()}").status_code for _guess in range(21)]
    assert told == [404] * 20 + [429]
    assert client.get(f"/i/{token}").status_code == 429


# ---- Those who run the survey


@pytest.fixture
def organizer(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of the survey's owner."""
    return signed_in(app, client, "owner")


BATCH = {"batch": "experts, May", "count": "3", "days": "14"}


def test_the_links_are_shown_once_and_work(app: Flask, organizer: FlaskClient) -> None:
    page = organizer.post(ORGANIZE, data=BATCH).text
    links = [line for line in page.split() if "/i/" in line]
    tokens = [link.rpartition("/i/")[2][: invitations.TOKEN_LENGTH] for link in links]
    assert len(set(tokens)) == 3
    assert [agree(app.test_client(), token).status_code for token in tokens] == [303] * 3
    listed = organizer.get(ORGANIZE).text
    assert not any(token in listed for token in tokens)
    assert "3 of 3 invited people have joined" in words(listed)


def test_a_form_sent_twice_makes_one_batch_and_keeps_what_was_typed(
    app: Flask, organizer: FlaskClient
) -> None:
    organizer.post(ORGANIZE, data=BATCH)
    again = organizer.post(ORGANIZE, data=BATCH)
    assert again.status_code == 422 and "There is a batch of this name already" in again.text
    assert value(again.text, "count") == "3"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 3


def test_the_file_has_the_links_once(organizer: FlaskClient) -> None:
    answer = organizer.post(ORGANIZE, data=BATCH | {"as": "csv"})
    lines = answer.text.split()
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    assert lines[0] == "link,works_until" and len(lines) == 4
    assert lines[1].startswith("http://localhost:8000/i/") and lines[1].endswith(",2026-12-06T12:00Z")


def test_the_unused_are_revoked_by_one_button(app: Flask, organizer: FlaskClient, token: str) -> None:
    organizer.post(f"{ORGANIZE}/revoke", data={"batch": "experts"})
    assert app.test_client().get(f"/i/{token}").status_code == 404
    assert "experts 22 November 2026 1 0 0 0 0 % 0 1" in words(organizer.get(ORGANIZE).text)
    for nobodys in ("nobody's", "experts\x00"):
        organizer.post(f"{ORGANIZE}/revoke", data={"batch": nobodys})
        assert "Nothing was changed" in organizer.get(ORGANIZE).text


@pytest.mark.parametrize("field", ["batch", "count", "days"])
def test_what_cannot_be_made_is_said_at_its_field(organizer: FlaskClient, field: str) -> None:
    for typed in ("", "x" * 90 if field == "batch" else "-1", "many" if field != "batch" else "\x07"):
        answer = organizer.post(ORGANIZE, data=BATCH | {field: typed})
        assert (answer.status_code, f"{field}-error" in answer.text) == (422, True), typed


@pytest.mark.parametrize("typed", ["\u200e2\u200e", " 2\r\n", "\ufeff٢", "\u20682\u2069"], ids=ascii)
def test_a_count_is_read_without_what_nobody_sees_around_it(organizer: FlaskClient, typed: str) -> None:
    answer = organizer.post(ORGANIZE, data=BATCH | {"count": typed, "days": typed})
    assert answer.status_code == 200, words(answer.text)


def test_nobody_else_knows_the_pages(client: FlaskClient) -> None:
    assert client.get(ORGANIZE).status_code == client.post(ORGANIZE, data=BATCH).status_code == 404
    assert client.post(f"{ORGANIZE}/revoke", data={"batch": "experts"}).status_code == 404
