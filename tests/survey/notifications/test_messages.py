"""What a letter says, where it leads, and that it goes at most once."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
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
from tests.conftest import store_after
from tests.factories import on, say, the_question, the_survey
from tests.survey.web.visitor import without_tokens

from .conftest import Outbox, links_in, reachable, words_of

KEY, PAIR = "leaders-meet", "guarantee-if-ceasefire"


def tell_something(session: Session, person: Participant) -> None:
    with clock.at(on(24)):
        say(session, person, the_question(session, KEY), {"p-yes": 0.61803}, rationale="Because of canary-1")
    with clock.at(on(28)):
        outcome = Outcome(known_from=on(28), source="https://example.org/canary-2", why="canary-3", value=1)
        resolve(session, the_question(session, KEY), outcome)
    session.commit()


@store_after
def something_to_tell(session: Session) -> int:
    """Somebody reachable, with one thing to be told."""
    person = reachable(session)
    tell_something(session, person)
    return person.id


@pytest.fixture
def person(something_to_tell: int, session: Session) -> Participant:
    """Who that is; asked for before all else, as the store they are in."""
    return session.get_one(Participant, something_to_tell)


def deliver(moment: int = 29) -> tuple[int, int]:
    with clock.at(on(moment)):
        return messages.deliver()


def test_a_letter_tells_the_outcome_and_nothing_of_a_person(
    person: Participant, session: Session, outbox: Outbox
) -> None:
    assert deliver() == (1, 1)
    (letter,) = outbox()
    assert letter["Subject"] == "News from Parley"
    assert letter["To"] == "olha@example.org"
    assert links_in(letter)[1] == f"/s/ukraine/q/{KEY}"
    everything, text = letter.as_string(), the_question(session, KEY).text("en")
    assert plain(letter).partition("\n--")[0].splitlines()[2:9] == [
        "The outcome of 1 question you answered is known.",
        "",
        text.title,
        "Outcome: yes",
        "Why: canary-3",
        "Source: ",
        "Known from 28 November 2026, 14:00 Kyiv (12:00 UTC)."
        " Stored on 28 November 2026, 14:00 Kyiv (12:00 UTC) by the system.",
    ]
    for secret in ("61", "canary-1", "0.", "%", person.code_hash or "?"):
        assert secret not in words_of(letter), secret
    assert "canary" not in str(letter["Subject"]) and text.title not in str(letter["Subject"])
    assert letter.get_content_type() == "text/plain"
    assert "<img" not in everything


def test_a_letter_is_in_the_language_of_its_reader(session: Session, outbox: Outbox) -> None:
    tell_something(session, reachable(session, language="uk"))
    deliver()
    (letter,) = outbox()
    assert the_survey(session).text("uk").title in letter.get_content()


def test_a_second_run_sends_nothing(person: Participant, session: Session, outbox: Outbox) -> None:
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


# ---- Outcomes, gathered within an hour


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the 27th."""
    return on(27, hour=hour) + timedelta(minutes=minute)


def stored(session: Session, key: str, moment: datetime, **facts: Any) -> None:
    """An outcome of a question, or of a part, stored at a moment; committed."""
    with clock.at(moment):
        source = "https://example.org/decided"
        resolve(session, the_question(session, key), Outcome(known_from=on(25), source=source, **facts))
    session.commit()


def deliver_at(moment: datetime, outbox: Outbox = list) -> tuple[int, list[str]]:
    """What is noted at a moment, and what the letter of then says, of one that is looked into."""
    with clock.at(moment):
        noted, sent = messages.deliver()
    return noted, [plain(letter) for letter in outbox()[-1:]] if sent else []


def plain(letter: EmailMessage) -> str:
    """The text of a letter as one reads it."""
    return words_of(letter).replace("\xa0", " ").replace("\r\n", "\n")


def busy(letter: object) -> None:
    raise smtplib.SMTPDataError(451, "later")


def test_outcomes_of_an_hour_are_one_email_with_the_last_state_of_each(
    session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = answered(session, KEY)
    with clock.at(on(24)):
        say(session, person, the_question(session, "cyber"))
    stored(session, KEY, at(10), value=1)
    stored(session, "cyber", at(10, 20), value=0)
    stored(session, KEY, at(10, 40), value=0, why="It was by video.")
    assert deliver_at(at(10, 59)) == (0, [])
    # What the mail server does not take is gathered again, with what came since.
    with monkeypatch.context() as broken:
        broken.setattr(transport.mail, "send", busy)
        assert deliver_at(at(11))[1] == []
    stored(session, "cyber", at(11, 5), annulled=True, why="Nobody can tell.")
    _noted, (told,) = deliver_at(at(11, 20), outbox)
    assert "The outcomes of 2 questions you answered are known." in told and "corrected" not in told
    assert "Outcome: no\nWhy: It was by video.\n" in told
    assert "Outcome: annulled: it counts for nobody\nWhy: Nobody can tell.\n" in told
    assert "yes" not in told.replace("yesterday", "") and told.count("Outcome: ") == 2
    assert deliver_at(at(13)) == (0, [])
    # Corrected later than that: a second email, of what was corrected and why.
    stored(session, KEY, at(13, 10), value=1, why="They met, too.")
    assert deliver_at(at(14, 9)) == (0, [])
    _noted, (told,) = deliver_at(at(14, 10), outbox)
    assert "The outcome of 1 question you answered was corrected." in told and "is known" not in told
    assert "Outcome: no → yes\nWhy: They met, too.\nSource: " in told and "by the system." in told
    # There and back within an hour: who was told knows what holds.
    stored(session, KEY, at(15), value=0)
    stored(session, KEY, at(15, 10), value=1, why="A slip.")
    assert deliver_at(at(17))[1] == []


def test_an_outcome_that_is_corrected_while_its_emails_go_is_told_as_it_stands(
    session: Session, outbox: Outbox
) -> None:
    person = answered(session, KEY)
    stored(session, KEY, at(10), value=1)
    queue.due(session, at(11))
    stored(session, KEY, at(11), value=0)
    _noted, (told,) = deliver_at(at(11), outbox)
    assert "is known" in told and "Outcome: no\n" in told
    assert deliver_at(at(13)) == (0, [])
    contacts.choose(session, person, {"corrected": "none"})
    stored(session, KEY, at(14), value=1)
    assert deliver_at(at(16)) == (0, [])


def test_dates_and_branches_stand_by_their_names_in_the_language_of_the_reader(
    session: Session, outbox: Outbox
) -> None:
    person = answered(session, "ceasefire-when", language="uk")
    with clock.at(on(24)):
        say(session, person, the_question(session, PAIR))
    options = the_question(session, "ceasefire-when").options
    with clock.at(at(10)):
        made = [
            Outcome(known_from=on(25), source="Газета", about=one.key, value=float(place > 1))
            for place, one in enumerate(options)
        ]
        resolve_all(session, the_question(session, "ceasefire-when"), made)
    stored(session, PAIR, at(10), about="if_no", value=1)
    _noted, (told,) = deliver_at(at(11), outbox)
    lines = [f"{one.text('uk')}: {'так' if place > 1 else 'ні'}" for place, one in enumerate(options)]
    assert "\n".join(lines) in told and told.count("Газета") == 2, (
        "of the dates, and of the branch they annul"
    )
    assert f"{the_question(session, PAIR).options[1].text('uk')}: так" in told
    assert "2 запитань" in told and "known" not in told and "Source" not in told
    assert [one for one in links_in(outbox()[0]) if "/q/" in one] == [
        f"/s/ukraine/q/{key}" for key in ("ceasefire-when", PAIR, PAIR)
    ]


def test_a_digest_is_one_letter_after_the_day(person: Participant, session: Session, outbox: Outbox) -> None:
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
    person: Participant, session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, why: str
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


def test_letters_wait_for_the_address_of_the_site(person: Participant, app: Flask, outbox: Outbox) -> None:
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
    person: Participant, app: Flask, session: Session, outbox: Outbox
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
    person: Participant, app: Flask, client: FlaskClient, session: Session, outbox: Outbox
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
    assert without_tokens(client.post(path)) == without_tokens(answer)


def test_an_old_link_of_a_former_address_does_nothing(
    person: Participant, client: FlaskClient, session: Session, outbox: Outbox
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
    person: Participant, client: FlaskClient, session: Session, outbox: Outbox
) -> None:
    deliver()
    path = stopping(outbox()[0])
    contacts.remove(session, person)
    _contact, token = contacts.leave_address(session, person, "olha@example.org", 7)
    contacts.confirm(session, token)
    session.commit()
    client.post(path)
    assert len(kept(session)) == 1


def test_a_link_that_was_never_sent_leads_nowhere(person: Participant, client: FlaskClient) -> None:
    forged = "/letters/stop/WzEsImFhYSJd.AAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert client.get(forged).status_code == client.post(forged).status_code == 404
