"""What a letter says, where it leads, and that it goes at most once."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Contact, Participant
from survey.notifications import contacts, messages, queue, transport
from survey.services.resolution import resolve, resolve_all
from survey.services.resolution_rules import Outcome
from tests.factories import on, say, the_question, the_survey

from .conftest import Outbox, links_in, reachable, words_of

KEY, PAIR = "leaders-meet", "guarantee-if-ceasefire"


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
        return messages.deliver()


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
        queue.due(session, on(29))
        session.commit()
    assert deliver(30) == (0, 0)
    assert outbox() == []


# ---- Single dates and branches


def answered(session: Session, key: str, **facts: Any) -> Participant:
    """Somebody reachable who answered a question on the 24th."""
    person = reachable(session, **facts)
    with clock.at(on(24)):
        say(session, person, the_question(session, key))
    return person


def came_out(session: Session, key: str, day: int, *outcomes: dict[str, Any]) -> None:
    with clock.at(on(day)):
        made = [Outcome(known_from=on(day), source="https://example.org/canary", **one) for one in outcomes]
        resolve_all(session, the_question(session, key), made)
    session.commit()


def told(outbox: Outbox) -> str:
    """What the one letter in the outbox tells, from its title to the line above its end; then it is cleared."""
    (letter,) = outbox()
    return words_of(letter).split("--")[0].strip()


def test_a_date_that_closes_soon_is_named(session: Session, outbox: Outbox) -> None:
    reachable(session)
    the_question(session, "ceasefire-when").options[0].closes_at = on(30)
    session.commit()
    assert deliver() == (1, 1)
    assert told(outbox).endswith("One date of a question closes within three days: by 30 June 2027.")
    assert links_in(outbox()[0])[0] == "/s/ukraine/q/ceasefire-when"
    assert deliver() == (0, 0)


def test_a_date_is_named_in_the_language_of_its_reader(session: Session, outbox: Outbox) -> None:
    reachable(session, language="uk")
    rung = the_question(session, "ceasefire-when").options[0]
    rung.closes_at = on(30)
    session.commit()
    deliver()
    assert rung.text("uk") in told(outbox) and rung.text("en") not in told(outbox)


def test_dates_of_several_questions_are_named_in_one_sentence(session: Session, outbox: Outbox) -> None:
    reachable(session)
    for key, rung in (("ceasefire-when", 0), ("ceasefire-when", 1), ("treaty-when", 1)):
        the_question(session, key).options[rung].closes_at = on(30)
    session.commit()
    assert deliver() == (3, 1)
    words = "Dates of 2 questions close within three days: by 30 June 2027; by 31 December 2027."
    assert told(outbox).endswith(words)
    assert len([link for link in links_in(outbox()[0]) if "/q/" in link]) == 2


def test_a_date_that_closed_while_its_letter_waited_is_not_told(session: Session, outbox: Outbox) -> None:
    reachable(session)
    the_question(session, "ceasefire-when").options[0].closes_at = on(30)
    session.commit()
    queue.due(session, on(29))
    session.commit()
    assert deliver(30) == (0, 0)
    assert outbox() == []


@pytest.mark.parametrize("way", ["each", "digest"])
def test_the_outcome_for_a_date_is_told_and_corrected_without_any_value(
    session: Session, outbox: Outbox, way: str
) -> None:
    person = answered(session, "ceasefire-when")
    contacts.choose(session, person, {"resolved": way, "corrected": way})
    session.commit()
    first = the_question(session, "ceasefire-when").options[0].key
    came_out(session, "ceasefire-when", 27, {"about": first, "value": 0})
    assert deliver(27) == (1, int(way == "each"))
    came_out(session, "ceasefire-when", 28, {"about": first, "value": 1})
    assert deliver(28) == (1, 1)
    assert deliver(29) == (0, int(way == "digest"))
    letters_ = [words_of(letter) for letter in outbox()]
    known = "The outcome for one date of a question you answered is known: by 30 June 2027."
    corrected = "The outcome for one date of a question you answered was corrected: by 30 June 2027."
    assert sorted(sum(words in one for one in letters_) for words in (known, corrected)) == [1, 1]
    for one in letters_:
        assert "canary" not in one and "%" not in one and "Yes" not in one and " no" not in one.split("--")[0]


def test_that_later_dates_came_out_with_an_earlier_one_is_not_said(session: Session, outbox: Outbox) -> None:
    answered(session, "ceasefire-when")
    options = the_question(session, "ceasefire-when").options
    came_out(session, "ceasefire-when", 27, *({"about": one.key, "value": 1} for one in options))
    assert deliver() == (len(options), 1)
    happened = told(outbox)
    assert happened.endswith("The outcome for one date of a question you answered is known: by 30 June 2027.")


@pytest.mark.parametrize("came", ["if-yes", "if-no"])
def test_a_pair_is_one_letter_that_does_not_say_which_condition_came_true(
    session: Session, outbox: Outbox, came: str
) -> None:
    pair = the_question(session, PAIR)
    answered(session, PAIR)
    came_out(session, PAIR, 27, {"about": pair.options[came == "if-no"].key, "value": 1})
    deliver()
    (letter,) = outbox()
    assert told(outbox).endswith("The outcome of 1 question you answered is known.")
    assert not any(option.text("en") in words_of(letter) for option in pair.options)
    assert deliver() == (0, 0)


def test_a_digest_is_one_letter_after_the_day(session: Session, person: Participant, outbox: Outbox) -> None:
    contacts.choose(session, person, {"resolved": "digest", "corrected": "digest"})
    session.commit()
    assert deliver(29) == (1, 0)
    with clock.at(on(29, hour=15)):
        again = Outcome(known_from=on(28), source="https://example.org/b", value=0)
        resolve(session, the_question(session, KEY), again)
        session.commit()
    with clock.at(on(29, hour=16)):
        assert messages.deliver() == (1, 0)
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
        broken.setattr(transport.mail, "send", refuse)
        assert deliver() == (1, 0)
        # Not at once: a server that is down is not asked every minute.
        assert deliver() == (0, 0)
    with clock.at(on(29, hour=13)):
        assert messages.deliver() == (0, int(again))
    assert len(outbox()) == int(again)


def test_a_fault_says_nothing_of_the_letter(
    person: Participant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(letter: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"olha@example.org": (550, b"olha@example.org unknown")})

    monkeypatch.setattr(transport.mail, "send", refuse)
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
    page = client.get(path)
    assert page.status_code == 200
    assert 'class="btn p-grave">Stop all emails' in page.text and "Keep the emails" in page.text
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
    _contact, token = contacts.leave_address(session, person, "new@example.org", 7)
    contacts.confirm(session, token)
    session.commit()
    assert client.post(path).status_code == 200
    (contact,) = kept(session)
    assert contact.address == "new@example.org"


def test_the_same_address_given_again_has_a_new_link(
    client: FlaskClient, session: Session, person: Participant, outbox: Outbox
) -> None:
    deliver()
    path = stopping(outbox()[0])
    contacts.remove(session, person)
    _contact, token = contacts.leave_address(session, person, "olha@example.org", 7)
    contacts.confirm(session, token)
    session.commit()
    client.post(path)
    assert len(kept(session)) == 1


def test_a_link_that_was_never_sent_leads_nowhere(client: FlaskClient, person: Participant) -> None:
    forged = "/letters/stop/WzEsImFhYSJd.AAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert client.get(forged).status_code == client.post(forged).status_code == 404
