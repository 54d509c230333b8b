"""Personal invitations: made in batches, used up by taking part and by nothing else, one person each."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import NotFound, SurveyClosed
from survey.models import EventLog, Invitation, Participant
from survey.services import enrollment, invitations
from survey.services.audit_log import first_broken
from survey.services.erasure import erase
from tests.conftest import TODAY
from tests.factories import the_survey


def invited(session: Session, count: int = 1, batch: str = "experts", days: int = 7) -> list[str]:
    return invitations.invite(session, the_survey(session), batch, count, days)


def accept(session: Session, token: str, key: str = "") -> Participant:
    return invitations.join_invited(
        session, token, language="en", join_key=key or uuid.uuid4().hex, code=enrollment.new_code()
    )


def people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Participant)) or 0


def standing(session: Session) -> tuple[int, int, int, int, int]:
    (batch,) = invitations.batches(session, the_survey(session))
    return batch.made, batch.used, batch.waiting, batch.expired, batch.revoked


# ---- Making them


def test_tokens_have_the_letters_of_codes_and_128_bits(session: Session) -> None:
    (token,) = invited(session)
    assert set(token) <= set(enrollment.CODE_LETTERS)
    assert len(enrollment.CODE_LETTERS) ** len(token) >= 2**128


def test_no_token_is_stored(session: Session) -> None:
    tokens = invited(session, 3)
    kept = session.execute(select(Invitation.token_hash, Invitation.batch)).all()
    assert {row[0] for row in kept} == {invitations.hash_token(token) for token in tokens}
    assert not any(token in str(kept) for token in tokens)


def test_spaces_hyphens_and_case_are_ignored(session: Session) -> None:
    (token,) = invited(session)
    written = f" {token[:5].lower()}-{token[5:10]} {token[10:]}\n"
    assert invitations.find_invitation(session, written).batch == "experts"


@pytest.mark.parametrize("tail", [".", ",", ")", "]", ").", "»", "”", ">", "!"])
def test_what_a_sentence_puts_behind_a_link_is_ignored(session: Session, tail: str) -> None:
    (token,) = invited(session)
    assert invitations.find_invitation(session, token + tail).batch == "experts"


def test_letters_of_another_alphabet_that_look_alike_are_the_same(session: Session) -> None:
    (token,) = invited(session)
    written = token.translate(str.maketrans("ABCEHKMPTXY23", "АВСЕНКМРТХУ２３"))
    assert invitations.find_invitation(session, written).batch == "experts"


def test_a_name_is_given_once(session: Session) -> None:
    invited(session)
    with pytest.raises(invitations.InvalidBatch) as refused:
        invited(session, batch=" experts ")
    assert list(refused.value.errors) == ["batch"]
    assert invited(session, batch="others")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"batch": ""}, "batch"),
        ({"batch": "a\x00b"}, "batch"),
        ({"batch": "x" * 81}, "batch"),
        ({"count": 0}, "count"),
        ({"count": 1001}, "count"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
    ],
)
def test_a_batch_that_cannot_be_is_named_by_its_field(
    session: Session, facts: dict[str, object], field: str
) -> None:
    with pytest.raises(invitations.InvalidBatch) as refused:
        invited(session, **facts)  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_nobody_is_invited_to_a_survey_that_is_over(session: Session) -> None:
    with clock.at(the_survey(session).closes_at), pytest.raises(invitations.InvalidBatch, match="is over"):
        invited(session)


def test_the_log_tells_of_batches_and_of_no_token(session: Session) -> None:
    tokens = invited(session, 2)
    invitations.revoke(session, the_survey(session), "experts")
    told = " ".join(f"{entry.act} {entry.detail}" for entry in session.scalars(select(EventLog)))
    assert "invite" in told and "revoke invitations" in told
    assert not any(token in told for token in tokens)
    assert first_broken(session, the_survey(session)) is None


# ---- Using them


def test_looking_uses_nothing_up(session: Session) -> None:
    (token,) = invited(session)
    assert [invitations.find_invitation(session, token).used_at for _look in range(3)] == [None] * 3
    assert standing(session) == (1, 0, 1, 0, 0)


def test_taking_part_uses_it_up_and_names_its_person(session: Session) -> None:
    (token,) = invited(session)
    person = accept(session, token)
    used = session.scalars(select(Invitation)).one()
    assert (used.participant_id, used.used_at) == (person.id, TODAY)
    assert standing(session) == (1, 1, 0, 0, 0)
    assert enrollment.has_agreed(session, person)


def test_a_second_person_is_refused(session: Session) -> None:
    (token,) = invited(session)
    accept(session, token)
    with pytest.raises(invitations.SpentInvitation):
        accept(session, token)
    assert people(session) == 1


def test_the_same_form_leads_to_the_same_person(session: Session) -> None:
    (token,) = invited(session)
    assert accept(session, token, "the same form").id == accept(session, token, "the same form").id
    assert people(session) == 1


def test_a_form_that_has_joined_uses_no_second_invitation_up(session: Session) -> None:
    first, second = invited(session, 2)
    accept(session, first, "the same form")
    accept(session, second, "the same form")
    assert standing(session) == (2, 1, 1, 0, 0)


def test_unknown_used_expired_and_revoked_get_one_sentence(session: Session) -> None:
    used, revoked = invited(session)[0], invited(session, batch="revoked")[0]
    (expired,) = invited(session, batch="expired", days=1)
    accept(session, used)
    invitations.revoke(session, the_survey(session), "revoked")
    sentences = set()
    with clock.at(TODAY + timedelta(days=2)):
        for token in (used, revoked, expired, invitations.new_token(), "undefined", "*", "%", ""):
            for attempt in (invitations.find_invitation, accept):
                with pytest.raises(invitations.SpentInvitation) as refused:
                    attempt(session, token)
                sentences.add(str(refused.value.sentence))
    assert len(sentences) == 1
    assert people(session) == 1


def test_it_works_up_to_its_last_moment(session: Session) -> None:
    first, second = invited(session, 2, days=1)
    with clock.at(TODAY + timedelta(days=1) - timedelta(seconds=1)):
        accept(session, first)
    with clock.at(TODAY + timedelta(days=1)), pytest.raises(invitations.SpentInvitation):
        accept(session, second)
    with clock.at(TODAY + timedelta(days=1)):
        assert standing(session) == (2, 1, 0, 1, 0)


def test_a_closed_survey_leaves_the_invitation_as_it_was(session: Session) -> None:
    (token,) = invited(session, days=366)
    session.commit()
    with clock.at(the_survey(session).closes_at + timedelta(seconds=1)):
        session.execute(update(Invitation).values(expires_at=clock.now(session) + timedelta(days=1)))
        session.commit()
        with pytest.raises(SurveyClosed):
            accept(session, token)
        session.rollback()
        assert standing(session) == (1, 0, 1, 0, 0)


def test_revoking_spares_who_has_taken_part_and_other_batches(session: Session) -> None:
    used, _unused = invited(session, 2)
    invited(session, batch="others")
    person = accept(session, used)
    assert invitations.revoke(session, the_survey(session), "experts") == 1
    assert invitations.revoke(session, the_survey(session), "experts") == 0
    experts = invitations.batches(session, the_survey(session))[1]
    assert (experts.name, experts.used, experts.revoked) == ("experts", 1, 1)
    assert invitations.find_invitation(session, used, used_by=person.id).participant_id == person.id


def test_erasing_leaves_no_way_from_an_invitation_to_a_person(session: Session) -> None:
    (token,) = invited(session)
    person = accept(session, token)
    erase(session, person)
    assert session.scalar(select(Invitation)) is None
    with pytest.raises(invitations.SpentInvitation):
        accept(session, token)


# ---- Surveys for invited people alone


def test_an_invited_survey_takes_nobody_without_an_invitation(session: Session) -> None:
    the_survey(session).visibility = "invited"
    with pytest.raises(NotFound):
        enrollment.join(
            session, the_survey(session), language="en", join_key="k" * 8, code=enrollment.new_code()
        )
    accept(session, *invited(session))
    assert people(session) == 1


def test_an_open_survey_takes_both(session: Session) -> None:
    enrollment.join(session, the_survey(session), language="en", join_key="k" * 8, code=enrollment.new_code())
    accept(session, *invited(session))
    assert people(session) == 2
