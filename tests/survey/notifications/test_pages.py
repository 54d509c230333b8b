"""Leaving an address, confirming it, choosing letters, changing one's mind."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import NOTICE_KINDS, Contact, Notice, NoticeChoice, Participant, User
from survey.notifications import messages
from tests.factories import on, the_survey
from tests.survey.web.visitor import Visitor, error_of, words

from .conftest import Outbox, links_in


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody who has joined."""
    return Visitor(client).joined()


def contact(session: Session) -> Contact | None:
    session.rollback()
    return session.scalar(select(Contact))


def leave(visitor: Visitor, address: str = "olha@example.org") -> str:
    """Give an address; what the page says then."""
    answer = visitor.post("letters/address", {"address": address})
    assert answer.status_code == 303
    return words(visitor.get("letters").text)


def test_an_address_counts_once_its_owner_has_said_yes(
    visitor: Visitor, session: Session, outbox: Outbox
) -> None:
    assert "olha@example.org is not confirmed yet" in leave(visitor)
    (letter,) = outbox()
    (link,) = links_in(letter)
    assert letter["Subject"] == "Please confirm your address"
    stranger = visitor.client.application.test_client()
    assert "Do you want emails at olha@example.org?" in words(stranger.get(link).text)
    unconfirmed = contact(session)
    assert unconfirmed is not None and unconfirmed.confirmed_at is None
    assert stranger.post(link).status_code == 200
    confirmed = contact(session)
    assert confirmed is not None and confirmed.confirmed_at == on(22)
    assert "Emails go to olha@example.org" in words(visitor.get("letters").text)
    assert stranger.post(link).status_code == stranger.get(link).status_code == 404


@pytest.mark.parametrize("mark", [" ", "\r\n", "\u200e", "\u200b", "\u2060", "\ufeff"], ids=ascii)
def test_what_nobody_sees_around_an_address_is_left_out(
    visitor: Visitor, session: Session, mark: str
) -> None:
    assert "olha@example.org is not confirmed yet" in leave(visitor, f"{mark}olha@example.org{mark}")


def test_an_address_nobody_confirms_in_time_is_deleted(
    visitor: Visitor, session: Session, outbox: Outbox
) -> None:
    assert "The link works until 29 November 2026" in leave(visitor)
    assert "the address is deleted after 7 days" in outbox()[0].get_content()
    link = links_in(outbox()[0])[0]
    with clock.at(on(29) - timedelta(seconds=1)):
        assert messages.deliver() == (0, 0)
        assert visitor.client.get(link).status_code == 200
    assert contact(session) is not None
    with clock.at(on(29)):
        # Before the worker has looked the link is dead already, and the page says so.
        for answer in (visitor.client.get(link), visitor.client.post(link)):
            assert answer.status_code == 404
            assert "was not confirmed in time" in words(answer.text)
        assert "olha@example.org was not confirmed in time" in words(visitor.get("letters").text)
        assert messages.deliver() == (0, 0)
        assert contact(session) is None
        assert outbox() == []
        assert "was not confirmed in time" in words(visitor.client.get(link).text)
        assert "Leave an address" in words(visitor.get("letters").text)
        assert b"olha@example.org" not in visitor.get("mine/data.json").data
        leave(visitor)
        assert visitor.client.post(links_in(outbox()[0])[0]).status_code == 200


def test_what_the_page_is_for_changes_once_an_address_is_there(visitor: Visitor, outbox: Outbox) -> None:
    def filled() -> list[str]:
        return re.findall(r'class="btn btn-primary">([^<]*)<', visitor.get("letters").text)

    assert filled() == ["Send me the link to confirm it"]
    leave(visitor)
    assert filled() == ["Store my choice"]
    with clock.at(on(29)):
        assert filled() == ["Send me the link to confirm it"]
    visitor.client.post(links_in(outbox()[0])[0])
    assert filled() == ["Store my choice"]


def test_a_confirmed_address_does_not_expire(visitor: Visitor, session: Session, outbox: Outbox) -> None:
    leave(visitor)
    visitor.client.post(links_in(outbox()[0])[0])
    with clock.at(on(22, month=12)):
        messages.deliver()
        assert "Emails go to olha@example.org" in words(visitor.get("letters").text)
    assert contact(session) is not None


def test_an_address_asked_for_again_has_its_whole_time_again(
    visitor: Visitor, session: Session, outbox: Outbox
) -> None:
    leave(visitor)
    with clock.at(on(28)):
        leave(visitor)
    with clock.at(on(29)):
        messages.deliver()
        assert contact(session) is not None


def test_what_waited_for_a_former_address_goes_with_the_one_that_was_not_confirmed(
    visitor: Visitor, session: Session, outbox: Outbox
) -> None:
    leave(visitor)
    person = session.scalars(select(Participant)).one()
    waiting = {
        "survey_id": person.survey_id,
        "participant_id": person.id,
        "kind": "closing",
        "due_at": on(23),
    }
    session.add(Notice(**waiting, about="question 1", question_id=the_survey(session).questions[0].id))
    session.commit()
    with clock.at(on(29)):
        messages.deliver()
    session.rollback()
    assert list(session.scalars(select(Notice))) == []


def test_how_long_an_address_waits_is_a_setting(app: Flask, visitor: Visitor, outbox: Outbox) -> None:
    app.config["PARLEY"] = {**app.config["PARLEY"], "CONFIRM_DAYS": 1}
    assert "The link works until 23 November 2026" in leave(visitor)
    assert "is deleted after 1 day." in outbox()[0].get_content()


def test_the_letter_that_asks_names_no_survey(visitor: Visitor, session: Session, outbox: Outbox) -> None:
    leave(visitor)
    (letter,) = outbox()
    assert the_survey(session).text("en").title not in letter.as_string()


def test_a_second_letter_makes_the_first_useless(visitor: Visitor, session: Session, outbox: Outbox) -> None:
    leave(visitor)
    first = links_in(outbox()[0])[0]
    leave(visitor, "other@example.org")
    assert visitor.client.post(first).status_code == 404
    # The letter to the former address is not kept either.
    assert [str(letter["To"]) for letter in outbox()] == ["other@example.org"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "olha",
        "a@b",
        "olha@example.org, other@example.org",
        ["olha@example.org", "other@example.org"],
        "olha@ex\u0430mple.org",
        "o@é\x00.org",
        "x" * 300,
    ],
)
def test_what_is_no_address_is_refused_at_its_field(
    visitor: Visitor, session: Session, outbox: Outbox, typed: str | list[str]
) -> None:
    refused = visitor.client.post("/s/ukraine/letters/address", data={"address": typed})
    assert refused.status_code == 422
    assert error_of(refused.text, "address")
    assert contact(session) is None
    assert outbox() == []


def test_a_header_cannot_be_slipped_into_a_letter(visitor: Visitor, outbox: Outbox) -> None:
    sent = visitor.post("letters/address", {"address": "olha@example.org\r\nBcc: all@example.org"})
    assert sent.status_code == 422
    assert outbox() == []


def test_an_address_in_letters_of_another_alphabet_is_kept_as_mail_servers_know_it(
    visitor: Visitor, session: Session, outbox: Outbox
) -> None:
    assert visitor.post("letters/address", {"address": "olha@пошта.укр"}).status_code == 303
    kept = contact(session)
    assert kept is not None and kept.address == "olha@xn--80a1acn3a.xn--j1amh"


def test_of_two_ways_for_one_kind_none_is_chosen(visitor: Visitor, session: Session) -> None:
    ways: dict[str, str | list[str]] = dict.fromkeys(NOTICE_KINDS, "digest") | {"stale": "56"}
    refused = visitor.client.post("/s/ukraine/letters/ways", data=ways | {"closing": ["none", "each"]})
    assert refused.status_code == 422
    assert error_of(refused.text, "closing").startswith("Choose one")
    assert list(session.scalars(select(NoticeChoice))) == []


def test_an_address_can_be_removed(visitor: Visitor, session: Session, outbox: Outbox) -> None:
    leave(visitor)
    assert visitor.post("letters/remove").status_code == 303
    assert contact(session) is None
    assert outbox() == []
    assert "Leave an address" in words(visitor.get("letters").text)


def test_each_kind_is_chosen_by_itself(visitor: Visitor, session: Session) -> None:
    ways = dict.fromkeys(("opening", "clarification", "closing", "resolved", "corrected"), "each")
    ways["stale"] = "14"
    assert visitor.post("letters/ways", ways | {"closing": "none", "resolved": "digest"}).status_code == 303
    chosen = {choice.kind: choice.way for choice in session.scalars(select(NoticeChoice))}
    assert chosen == ways | {"closing": "none", "resolved": "digest"}
    for wrong in ({"closing": "weekly"}, {"closing": "14"}, {"stale": "each"}):
        assert visitor.post("letters/ways", ways | wrong).status_code == 422


def test_what_waits_of_a_kind_that_is_unwanted_is_dropped(visitor: Visitor, session: Session) -> None:
    person = session.scalars(select(Participant)).one()
    question = the_survey(session).questions[0]
    for kind in ("closing", "resolved"):
        session.add(
            Notice(
                survey_id=person.survey_id,
                participant_id=person.id,
                kind=kind,
                about="x 1",
                question_id=question.id,
                due_at=on(30),
            )
        )
    session.commit()
    ways = dict.fromkeys(("opening", "clarification", "resolved", "corrected"), "each")
    ways |= {"closing": "none", "stale": "56"}
    visitor.post("letters/ways", ways)
    session.rollback()
    assert list(session.scalars(select(Notice.kind))) == ["resolved"]


def test_a_protected_survey_keeps_no_address_and_says_why(
    visitor: Visitor, session: Session, outbox: Outbox
) -> None:
    the_survey(session).protected = True
    session.commit()
    page = visitor.get("letters")
    assert "keeps nobody’s address" in words(page.text)
    assert 'name="address"' not in page.text
    assert visitor.post("letters/address", {"address": "olha@example.org"}).status_code == 422
    visitor.post("letters/account")
    assert contact(session) is None
    assert outbox() == []


def test_an_account_lends_its_address(app: Flask, visitor: Visitor, session: Session) -> None:
    person = session.scalars(select(Participant)).one()
    assert visitor.post("letters/account").status_code == 303
    assert contact(session) is None
    user = User(email="account@example.org", fs_uniquifier="u" * 64, active=True, confirmed_at=on(20))
    session.add(user)
    session.flush()
    session.get_one(Participant, person.id).user_id = user.id
    session.commit()
    visitor.post("letters/account")
    found = contact(session)
    assert found is not None and found.address == "" and found.confirmed_at is not None
    assert "Emails go to account@example.org" in words(visitor.get("letters").text)
    session.scalars(select(User)).one().email = "moved@example.org"
    session.commit()
    assert "Emails go to moved@example.org" in words(visitor.get("letters").text)


def test_nobody_in_particular_is_led_to_the_consent(client: FlaskClient) -> None:
    for path in ("letters", "mine/data", "mine/data.json"):
        assert client.get(f"/s/ukraine/{path}").location == "/s/ukraine/join"
