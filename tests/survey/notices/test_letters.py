"""What a letter says, where it leads, and that it goes at most once."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock, letters, mail
from survey.actions import contacting
from survey.actions.outcome import Outcome
from survey.actions.resolving import resolve
from survey.models import Contact, Participant
from tests.people import on, say, the_question, the_survey

from .conftest import Outbox, links_in, reachable, words_of

KEY = "leaders-meet"


@pytest.fixture
def person(session: Session) -> Participant:
    """Somebody reachable, with one thing to be told."""
    person = reachable(session)
    tell_something(session, person)
    return person


def tell_something(session: Session, person: Participant) -> None:
    with clock.at(on(24)):
        say(session, person, the_question(session, KEY), {"p-yes": 0.61803}, rationale="Because of canary-1")
    with clock.at(on(28)):
        outcome = Outcome(known_from=on(28), source="https://example.org/canary-2", why="canary-3", value=1)
        resolve(session, the_question(session, KEY), outcome)
    session.commit()


def deliver(moment: int = 29) -> tuple[int, int]:
    with clock.at(on(moment)):
        return letters.deliver()


def test_a_letter_leads_to_the_question_and_says_no_more(
    session: Session, person: Participant, outbox: Outbox
) -> None:
    assert deliver() == (1, 1)
    (letter,) = outbox()
    assert letter["Subject"] == "News from Parley"
    assert letter["To"] == "olha@example.org"
    assert links_in(letter)[0] == f"/s/ukraine/q/{KEY}"
    assert "The outcome of 1 question you answered is known." in words_of(letter)
    everything = letter.as_string()
    question = the_question(session, KEY)
    text = question.text("en")
    for secret in ("61", "canary", text.title, text.short, "Yes", person.code_hash or "?"):
        assert secret not in words_of(letter), secret
        assert secret not in str(letter["Subject"])
    assert letter.get_content_type() == "text/plain"
    assert "<img" not in everything


def test_a_letter_is_in_the_language_of_its_reader(session: Session, outbox: Outbox) -> None:
    tell_something(session, reachable(session, language="uk"))
    deliver()
    (letter,) = outbox()
    assert the_survey(session).text("uk").title in letter.get_content()


def test_a_second_run_sends_nothing(session: Session, person: Participant, outbox: Outbox) -> None:
    deliver()
    assert deliver() == (0, 0)
    assert len(outbox()) == 1


def test_much_at_once_is_one_letter_that_leads_to_the_list(session: Session, outbox: Outbox) -> None:
    reachable(session)
    the_survey(session).closes_at = on(30)
    session.commit()
    noted, sent = deliver()
    assert (noted, sent) == (len(the_survey(session).questions), 1)
    (letter,) = outbox()
    assert links_in(letter)[0] == "/s/ukraine/themes"
    assert f"{noted} questions close within three days." in words_of(letter)


def test_a_close_that_is_over_is_not_told_any_more(session: Session, outbox: Outbox) -> None:
    reachable(session)
    the_survey(session).closes_at = on(30)
    session.commit()
    with clock.at(on(29)):
        from survey.actions import noticing

        noticing.due(session, on(29))
        session.commit()
    assert deliver(30) == (0, 0)
    assert outbox() == []


def test_a_digest_is_one_letter_after_the_day(session: Session, person: Participant, outbox: Outbox) -> None:
    contacting.choose(session, person, {"resolved": "digest", "corrected": "digest"})
    session.commit()
    assert deliver(29) == (1, 0)
    with clock.at(on(29, hour=15)):
        again = Outcome(known_from=on(28), source="https://example.org/b", value=0)
        resolve(session, the_question(session, KEY), again)
        session.commit()
    with clock.at(on(29, hour=16)):
        assert letters.deliver() == (1, 0)
    assert deliver(30) == (0, 1)
    assert len(outbox()) == 1


Fault = Callable[[], Exception]
REFUSALS: dict[str, tuple[Fault, bool]] = {
    "nobody listens": (lambda: ConnectionRefusedError(), True),
    "the server is busy": (lambda: smtplib.SMTPConnectError(421, "later"), True),
    "the content was refused": (lambda: smtplib.SMTPDataError(451, "later"), True),
    "the receiver is busy": (lambda: smtplib.SMTPRecipientsRefused({"a": (451, b"later")}), True),
    "there is no such receiver": (lambda: smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), False),
    "the connection broke": (lambda: smtplib.SMTPServerDisconnected("gone"), False),
    "it took too long": (lambda: TimeoutError(), False),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_a_letter_is_sent_again_only_where_it_was_surely_not_taken(
    session: Session, person: Participant, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    make, again = REFUSALS[why]

    def refuse(letter: object) -> None:
        raise make()

    with monkeypatch.context() as broken:
        broken.setattr(mail.mail, "send", refuse)
        assert deliver() == (1, 0)
        # Not at once: a server that is down is not asked every minute.
        assert deliver() == (0, 0)
    with clock.at(on(29, hour=13)):
        assert letters.deliver() == (0, int(again))
    assert len(outbox()) == int(again)


def test_a_fault_says_nothing_of_the_letter(
    person: Participant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(letter: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"olha@example.org": (550, b"olha@example.org unknown")})

    monkeypatch.setattr(mail.mail, "send", refuse)
    deliver()
    assert "SMTPRecipientsRefused" in caplog.text
    assert "olha" not in caplog.text


def test_letters_wait_for_the_address_of_the_site(app: Flask, person: Participant, outbox: Outbox) -> None:
    settings: dict[str, Any] = app.config["PARLEY"]
    app.config["PARLEY"] = {**settings, "MAIL_SERVER": "mail.example.org"}
    assert deliver() == (1, 0)
    app.config["PARLEY"] = settings
    assert deliver() == (0, 1)


# ---- Ending all letters


def stopping(letter: Any) -> str:
    """The path of the link that ends all letters."""
    return next(link for link in links_in(letter) if link.startswith("/letters/stop/"))


def kept(session: Session) -> list[Contact]:
    session.rollback()
    return list(session.scalars(select(Contact)))


def test_the_headers_offer_to_end_all_letters_in_one_step(
    app: Flask, session: Session, person: Participant, outbox: Outbox
) -> None:
    app.config["PARLEY"] = {
        **app.config["PARLEY"],
        "PUBLIC_URL": "https://forecasts.of-a-long-name.example.org",
    }
    deliver()
    (letter,) = outbox()
    assert letter["List-Unsubscribe"] == f"<https://forecasts.of-a-long-name.example.org{stopping(letter)}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = next(iter((app.config["PARLEY"]["INSTANCE"] / "outbox").glob("*.eml"))).read_bytes()
    # No program that reads mail should have to undo an encoding of it.
    assert b"=?utf-8?" not in raw


def test_looking_at_the_link_changes_nothing_and_one_post_ends_all(
    app: Flask, client: FlaskClient, session: Session, person: Participant, outbox: Outbox
) -> None:
    deliver()
    path = stopping(outbox()[0])
    assert client.get(path).status_code == 200
    assert len(kept(session)) == 1
    # As a mail program does it: without a session, without a token against forgery.
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert kept(session) == []
    assert outbox() == []
    assert client.post(path).data == answer.data


def test_an_old_link_of_a_former_address_does_nothing(
    client: FlaskClient, session: Session, person: Participant, outbox: Outbox
) -> None:
    deliver()
    path = stopping(outbox()[0])
    _contact, token = contacting.leave_address(session, person, "new@example.org")
    contacting.confirm(session, token)
    session.commit()
    assert client.post(path).status_code == 200
    (contact,) = kept(session)
    assert contact.address == "new@example.org"


def test_the_same_address_given_again_has_a_new_link(
    client: FlaskClient, session: Session, person: Participant, outbox: Outbox
) -> None:
    deliver()
    path = stopping(outbox()[0])
    contacting.remove(session, person)
    _contact, token = contacting.leave_address(session, person, "olha@example.org")
    contacting.confirm(session, token)
    session.commit()
    client.post(path)
    assert len(kept(session)) == 1


def test_a_link_that_was_never_sent_leads_nowhere(client: FlaskClient, person: Participant) -> None:
    forged = "/letters/stop/WzEsImFhYSJd.AAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert client.get(forged).status_code == client.post(forged).status_code == 404
