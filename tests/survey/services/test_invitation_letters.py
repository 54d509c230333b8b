"""Invitations by letter: made as they are sent, at most once, never twice a day, and forgotten in time."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Base, EventLog, Invitation, Participant
from survey.notifications import transport
from survey.notifications.contacts import NoAddress
from survey.services import enrollment, invitation_letters, invitations
from survey.services.erasure import erase_and_forget
from survey.services.invitation_list import ListedPerson, RefusedRows
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import the_survey
from tests.survey.notifications.conftest import Outbox, links_in, outbox, words_of

__all__ = ["outbox"]

OLHA, ANN = "olha@example.org", "ann@example.org"
DAY = timedelta(days=1)


def listed(*addresses: str, language: str = "en") -> list[ListedPerson]:
    return [ListedPerson(row, one, "think tank", language) for row, one in enumerate(addresses, start=1)]


def invite(session: Session, *addresses: str, batch: str = "experts", days: int = 30, **more: str) -> None:
    people = listed(*addresses, **more)
    invitations.invite_listed(session, the_survey(session), batch, people, days, by_letter=True)
    session.commit()


def deliver(moment: datetime = TODAY) -> int:
    with clock.at(moment):
        return invitation_letters.deliver()


def remind(session: Session, moment: datetime) -> int:
    with clock.at(moment):
        count = invitation_letters.remind(session, the_survey(session))
        session.commit()
        return count


def the_invitation(session: Session, address: str = OLHA) -> Invitation:
    session.rollback()
    return session.scalars(select(Invitation).filter_by(address=address)).one()


def token_in(outbox: Outbox, place: int = -1) -> str:
    return links_in(outbox()[place])[0].removeprefix("/i/")


def join(session: Session, token: str) -> Participant:
    person = invitations.join_invited(
        session, token, language="en", join_key=token, code=enrollment.new_code()
    )
    session.commit()
    return person


def empty(outbox: Outbox, app: Flask) -> None:
    for path in (app.config["PARLEY"]["INSTANCE"] / "outbox").glob("*.eml"):
        path.unlink()


# ---- The first letter


def test_everybody_on_the_list_gets_one_letter_with_a_link_that_works(
    session: Session, outbox: Outbox
) -> None:
    invite(session, OLHA, ANN)
    assert (deliver(), deliver()) == (2, 0)
    assert [letter["To"] for letter in outbox()] == [ANN, OLHA]
    tokens = {token_in(outbox, place) for place in (0, 1)}
    assert len(tokens) == 2
    assert {invitations.find_invitation(session, token).address for token in tokens} == {ANN, OLHA}


def test_no_token_and_nothing_of_a_letter_is_stored(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA)
    deliver()
    session.rollback()
    kept = repr([session.execute(text(f'SELECT * FROM "{table}"')).all() for table in Base.metadata.tables])
    assert token_in(outbox) not in kept
    # The control: its fingerprint is there.
    assert str(invitations.hash_token(token_in(outbox))) in kept


def test_a_letter_is_in_the_language_of_its_row(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA, language="uk")
    deliver()
    (letter,) = outbox()
    assert the_survey(session).text("uk").title in letter.get_content()
    assert "Вас запрошено" in words_of(letter)


def test_a_letter_ends_letters_in_one_step(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA)
    deliver()
    (letter,) = outbox()
    stop = links_in(letter)[-1]
    assert stop.startswith("/letters/invitation/")
    assert letter["List-Unsubscribe"].strip("<>").endswith(stop)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("facts", [{"protected": True}, {"closes_at": TODAY}])
def test_no_letter_goes_out_of_a_survey_that_is_over_or_protected_by_now(
    session: Session, outbox: Outbox, facts: dict[str, Any]
) -> None:
    invite(session, OLHA)
    for name, value in facts.items():
        setattr(the_survey(session), name, value)
    session.commit()
    assert (deliver(), outbox()) == (0, [])


def test_a_protected_survey_keeps_no_address(session: Session) -> None:
    survey = the_survey(session)
    survey.protected = True
    with pytest.raises(invitations.InvalidBatch) as refused:
        invitations.invite_listed(session, survey, "a", listed(OLHA), 30, by_letter=True)
    assert list(refused.value.errors) == ["how"]
    tokens = invitations.invite_listed(session, survey, "a", listed(OLHA), 30)
    kept = session.scalars(select(Invitation)).one()
    assert (len(tokens), kept.address, kept.address_mark, kept.person_group) == (1, None, None, None)


def test_links_for_a_file_keep_nothing_of_the_list_either(session: Session) -> None:
    invitations.invite_listed(session, the_survey(session), "a", listed(OLHA), 30)
    kept = session.scalars(select(Invitation)).one()
    assert (kept.address, kept.address_mark, kept.person_group, kept.language) == (None, None, None, None)


def test_who_was_invited_or_wants_none_is_named_by_row(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA, ANN)
    deliver()
    invitation_letters.decline(session, links_in(outbox()[0])[-1].rpartition("/")[2])
    session.commit()
    with pytest.raises(RefusedRows) as refused:
        invite(session, "new@example.org", "OLHA@example.org", ANN, batch="others")
    assert refused.value.rows == [
        (2, "was invited already, in the batch “experts”."),
        (3, "wants no emails about this survey."),
    ]
    session.rollback()
    assert len(session.scalars(select(Invitation)).all()) == 2


@pytest.mark.store
def test_of_one_list_sent_twice_at_once_one_invites(app: Flask, session: Session) -> None:
    session.rollback()

    def send(place: int) -> bool:
        with app.app_context(), clock.at(TODAY):
            try:
                transaction(
                    lambda session: invitations.invite_listed(
                        session, the_survey(session), f"batch {place}", listed(OLHA, ANN), 30, by_letter=True
                    )
                )
            except RefusedRows:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [False, False, False, True]
    assert len(session.scalars(select(Invitation)).all()) == 2


# ---- What the mail server says


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(_message: Any) -> None:
        raise error

    monkeypatch.setattr(transport.mail, "send", send)


def test_an_address_refused_for_good_says_so_and_is_not_tried_again(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    invite(session, OLHA)
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({OLHA: (550, b"No such user olha")}))
    assert deliver() == 0
    kept = the_invitation(session)
    assert (kept.refusal, kept.letters, kept.letter_due_at) == ("550", 0, None)
    assert deliver(TODAY + DAY) == remind(session, TODAY + DAY) == 0
    assert "olha" not in caplog.text


def refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> int:
    """The id of an invitation whose letter was refused for good."""
    invite(session, OLHA)
    with monkeypatch.context() as broken:
        refuse(broken, smtplib.SMTPRecipientsRefused({OLHA: (550, b"No such user")}))
        assert deliver() == 0
    return the_invitation(session).id


def send_again(session: Session, number: int, address: str) -> str:
    return transaction(
        lambda session: invitation_letters.send_again(session, the_survey(session), number, address)
    )


@pytest.mark.parametrize("address", [OLHA, "olha.m@example.org"])
def test_a_refused_letter_goes_again_there_or_to_a_corrected_address(
    session: Session, monkeypatch: pytest.MonkeyPatch, outbox: Outbox, address: str
) -> None:
    number = refused(session, monkeypatch)
    assert send_again(session, number, f" {address} ") == address
    assert deliver() == 1
    assert outbox()[-1]["To"] == address
    kept = the_invitation(session, address)
    assert (kept.id, kept.refusal, kept.letters) == (number, None, 1)
    assert join(session, token_in(outbox)).entry == "invitation"


def test_another_address_ends_the_links_that_went_to_the_former_one(
    session: Session, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    invite(session, OLHA)
    assert deliver() == 1
    former = token_in(outbox)
    with monkeypatch.context() as broken, clock.at(TODAY + DAY):
        transaction(lambda session: invitation_letters.remind(session, the_survey(session)))
        refuse(broken, smtplib.SMTPRecipientsRefused({OLHA: (550, b"No such user")}))
        assert invitation_letters.deliver() == 0
    with clock.at(TODAY + DAY):
        send_again(session, the_invitation(session).id, "another@example.org")
        with pytest.raises(invitations.SpentInvitation):
            invitations.find_invitation(session, former)


def test_a_refused_letter_goes_to_nobody_who_was_invited_or_wants_none(
    session: Session, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    number = refused(session, monkeypatch)
    invite(session, "ann@example.org", batch="others")
    for typed in ("ann@example.org", "nobody", ""):
        with pytest.raises(NoAddress):
            send_again(session, number, typed)
    kept = the_invitation(session)
    assert (kept.refusal, kept.letter_due_at) == ("550", None)


def test_only_what_was_refused_goes_again(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA)
    for number in (the_invitation(session).id, 10**6):
        with pytest.raises(invitations.SpentInvitation):
            send_again(session, number, "another@example.org")


def test_a_letter_that_was_surely_not_taken_is_tried_again_and_counts_once(
    session: Session, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    invite(session, OLHA)
    with monkeypatch.context() as broken:
        refuse(broken, smtplib.SMTPRecipientsRefused({OLHA: (451, b"later")}))
        assert deliver() == 0
    assert deliver() == 0
    assert deliver(TODAY + timedelta(minutes=16)) == 1
    kept = the_invitation(session)
    assert (kept.letters, kept.refusal) == (1, None)


def test_a_letter_of_which_nobody_knows_is_not_sent_again(
    session: Session, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    invite(session, OLHA)
    with monkeypatch.context() as broken:
        refuse(broken, TimeoutError())
        assert deliver() == 0
    assert deliver(TODAY + timedelta(hours=2)) == 0
    assert the_invitation(session).letters == 1


def test_a_reminder_that_was_not_taken_leaves_the_link_of_the_letter_before(
    session: Session, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    invite(session, OLHA)
    deliver()
    first, held = token_in(outbox), the_invitation(session).token_hash
    remind(session, TODAY + 2 * DAY)
    with monkeypatch.context() as broken:
        refuse(broken, smtplib.SMTPRecipientsRefused({OLHA: (550, b"")}))
        deliver(TODAY + 2 * DAY)
    assert the_invitation(session).token_hash == held
    assert invitations.find_invitation(session, first)


# ---- Reminders


def test_a_reminder_has_a_link_of_its_own_and_the_letter_before_goes_on_working(
    session: Session, app: Flask, outbox: Outbox
) -> None:
    invite(session, OLHA)
    deliver()
    first = token_in(outbox)
    empty(outbox, app)
    assert remind(session, TODAY + DAY) == 1
    assert deliver(TODAY + DAY) == 1
    (letter,) = outbox()
    assert "A reminder" in letter["Subject"] and "have not joined yet" in words_of(letter)
    second = token_in(outbox)
    assert second != first
    assert {invitations.find_invitation(session, one).address for one in (first, second)} == {OLHA}
    join(session, first)
    with pytest.raises(invitations.SpentInvitation):
        invitations.find_invitation(session, second)


def test_nobody_is_written_to_twice_within_a_day(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA)
    deliver()
    just_before = TODAY + DAY - timedelta(seconds=1)
    assert remind(session, just_before) == 0
    assert deliver(just_before) == 0
    assert remind(session, TODAY + DAY) == 1
    assert remind(session, TODAY + DAY) == 0
    assert deliver(TODAY + DAY) == 1
    assert remind(session, TODAY + DAY) == 0


def test_no_other_way_leads_past_the_day(session: Session, outbox: Outbox) -> None:
    """Whatever sets a letter due: the statement that claims it asks again."""
    invite(session, OLHA)
    deliver()
    the_invitation(session).letter_due_at = TODAY
    session.commit()
    assert deliver(TODAY + timedelta(hours=23)) == 0
    assert deliver(TODAY + DAY) == 1


@pytest.mark.store
def test_of_two_at_once_one_reminds_and_one_sends(app: Flask, session: Session, outbox: Outbox) -> None:
    invite(session, *(f"p{place}@example.org" for place in range(6)))
    assert deliver() == 6
    session.rollback()

    def do(_place: int) -> tuple[int, int]:
        with app.app_context(), clock.at(TODAY + DAY):
            asked = transaction(lambda session: invitation_letters.remind(session, the_survey(session)))
            return asked, invitation_letters.deliver()

    with clock.at(TODAY + DAY), ThreadPoolExecutor(2) as pool:
        told = list(pool.map(do, range(2)))
    assert sum(asked for asked, _sent in told) == 6
    assert sum(sent for _asked, sent in told) == 6
    assert len(outbox()) == 12


@pytest.mark.store
def test_two_who_claim_one_letter_at_once_send_it_once(app: Flask, session: Session, outbox: Outbox) -> None:
    invite(session, *(f"p{place}@example.org" for place in range(10)))
    session.rollback()

    def do(_place: int) -> int:
        with app.app_context(), clock.at(TODAY):
            return invitation_letters.deliver()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(do, range(4))) == 10
    assert len(outbox()) == 10


def test_the_preview_counts_who_gets_it_and_who_is_left_out(
    session: Session, app: Flask, outbox: Outbox
) -> None:
    invite(session, "joined@example.org", "no@example.org", OLHA)
    invite(session, ANN, batch="Ukrainian", language="uk")
    deliver()
    by_address = {str(letter["To"]): links_in(letter) for letter in outbox()}
    join(session, by_address["joined@example.org"][0].removeprefix("/i/"))
    invitation_letters.decline(session, by_address["no@example.org"][-1].rpartition("/")[2])
    invite(session, "late@example.org", batch="late")
    with clock.at(TODAY + DAY):
        invitation_letters.deliver()
        invite(session, "refused@example.org", "waits@example.org", batch="last")
        refused = the_invitation(session, "refused@example.org")
        refused.refusal = "550"
        session.commit()
        found = invitation_letters.reminder(session, the_survey(session))
    assert (found.gets, found.total) == ({"en": 1, "uk": 1}, 2)
    assert (found.today, found.refused, found.declined, found.waiting) == (1, 1, 1, 1)
    assert remind(session, TODAY + DAY) == 2


def test_the_log_tells_how_many_were_reminded_and_no_address(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA)
    deliver()
    remind(session, TODAY + DAY)
    told = [(entry.act, entry.detail) for entry in session.scalars(select(EventLog))]
    assert ("remind", {"count": 1}) in told
    assert "example.org" not in str(told)


# ---- No more letters, new links, and what is forgotten


def test_who_wants_no_letters_gets_none_and_can_still_join(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA)
    deliver()
    token, stop = token_in(outbox), links_in(outbox()[0])[-1].rpartition("/")[2]
    ended = invitation_letters.decline(session, stop)
    assert ended is not None and ended[1] == OLHA
    assert invitation_letters.decline(session, stop) is None
    session.commit()
    assert remind(session, TODAY + DAY) == 0
    assert OLHA not in dump(session)
    join(session, token)


def test_a_new_link_works_and_the_old_ones_do_not(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA, days=2)
    deliver()
    old = token_in(outbox)
    with clock.at(TODAY + 3 * DAY):
        kept, token = invitations.new_link(session, the_survey(session), the_invitation(session).id)
        session.commit()
        assert kept.expires_at == TODAY + 5 * DAY
        assert invitations.find_invitation(session, token).id == kept.id
        with pytest.raises(invitations.SpentInvitation):
            invitations.find_invitation(session, old)
        join(session, token)
        with pytest.raises(invitations.SpentInvitation):
            invitations.new_link(session, the_survey(session), kept.id)


def test_revoking_one_forgets_where_it_went(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA, ANN)
    deliver()
    number = the_invitation(session).id
    assert invitations.revoke_one(session, the_survey(session), number)
    assert not invitations.revoke_one(session, the_survey(session), number)
    session.commit()
    assert OLHA not in dump(session) and ANN in dump(session)
    # … and whoever it was can be invited anew.
    invite(session, OLHA, batch="again")


@pytest.mark.parametrize(("days", "kept"), [(30, False), (29, True)])
def test_an_address_goes_so_many_days_after_its_person_joined(
    session: Session, outbox: Outbox, days: int, kept: bool
) -> None:
    invite(session, OLHA, days=366)
    deliver()
    join(session, token_in(outbox))
    deliver(TODAY + days * DAY)
    assert (OLHA in dump(session)) == kept
    assert (len(outbox()) == 1) == kept


def test_an_address_goes_as_its_invitation_ends(session: Session, outbox: Outbox) -> None:
    invite(session, OLHA, days=2)
    deliver()
    deliver(TODAY + 2 * DAY - timedelta(seconds=1))
    assert OLHA in dump(session)
    deliver(TODAY + 2 * DAY)
    assert OLHA not in dump(session)
    assert "think tank" not in dump(session)


def test_who_erases_everything_leaves_no_address_here_nor_in_the_outbox(
    session: Session, outbox: Outbox
) -> None:
    invite(session, OLHA)
    deliver()
    person = join(session, token_in(outbox))
    assert OLHA in dump(session) and len(outbox()) == 1
    erase_and_forget(person)
    assert OLHA not in dump(session)
    assert outbox() == []


def dump(session: Session) -> str:
    session.rollback()
    return repr([session.execute(text(f'SELECT * FROM "{table}"')).all() for table in Base.metadata.tables])
