"""What is due is found from facts, once for each person and thing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Contact, Notice, NoticeChoice, Participant, Question, QuestionVersion, Resolution
from survey.notifications import contacts, queue
from survey.services import forecast_submit
from survey.services.erasure import erase
from survey.services.resolution import resolve
from survey.services.resolution_rules import Outcome
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import database_after
from tests.factories import on, say, someone, the_question, the_survey

from .conftest import reachable

KEY = "leaders-meet"
NOW = on(29)


def found(session: Session, moment: datetime = NOW) -> list[tuple[str, str]]:
    """Kind and name of what was noted, after what is due was."""
    with clock.at(moment):
        queue.due(session, moment)
    return sorted((notice.kind, notice.about) for notice in session.scalars(select(Notice)))


def reword(session: Session, question: Question, day: int, **more: object) -> QuestionVersion:
    version = QuestionVersion(
        question_id=question.id, number=question.version.number + 1, published_at=on(day), **more
    )
    session.add(version)
    session.flush()
    session.expire(question, ["versions"])
    return version


def came_out(session: Session, question: Question, value: float, day: int = 28) -> int:
    with clock.at(on(day)):
        outcome = Outcome(known_from=on(day), source="https://example.org/a", value=value)
        return resolve(session, question, outcome).id


def answered(session: Session) -> None:
    """Somebody reachable answered one question on the 24th."""
    person = reachable(session)
    with clock.at(on(24)):
        say(session, person, the_question(session, KEY))


database = database_after(answered)


@pytest.fixture
def person(session: Session) -> Participant:
    """Who that was."""
    return session.scalars(select(Participant)).one()


def test_nothing_is_due_where_nothing_happened(session: Session, person: Participant) -> None:
    assert found(session) == []


def test_a_question_that_opens_is_told_of(session: Session, person: Participant) -> None:
    question = the_question(session, "cyber")
    question.opens_at = on(28)
    assert found(session, on(27)) == []
    assert found(session) == [("opening", f"question {question.id}")]


def test_new_words_are_told_to_whom_they_concern(session: Session, person: Participant) -> None:
    version = reword(session, the_question(session, KEY), 27)
    reword(session, the_question(session, "cyber"), 27)
    assert found(session) == [("clarification", f"version {version.id}")]


def test_whoever_answered_the_new_words_knows_them(session: Session, person: Participant) -> None:
    reword(session, the_question(session, KEY), 27)
    with clock.at(on(28)):
        say(session, person, the_question(session, KEY))
    assert found(session) == []


def test_a_close_is_called_to_mind_three_days_before(session: Session, person: Participant) -> None:
    question = the_question(session, "cyber")
    question.closes_at = NOW + timedelta(hours=72)
    session.flush()
    assert found(session, NOW - timedelta(seconds=1)) == []
    assert found(session) == [("closing", f"question {question.id}")]


def test_nobody_is_reminded_of_what_they_cannot_judge_or_can_answer_no_more(
    session: Session, person: Participant
) -> None:
    skipped, closed, resolved = (the_question(session, key) for key in ("cyber", "nuclear-use", KEY))
    with clock.at(on(25)):
        forecast_submit.skip(session, person, skipped)
    came_out(session, resolved, 1, day=22)
    skipped.closes_at = resolved.closes_at = NOW + timedelta(hours=1)
    closed.closes_at = NOW
    session.flush()
    assert [kind for kind, _about in found(session)] == []


def test_an_outcome_and_its_correction_are_told_to_who_answered(
    session: Session, person: Participant
) -> None:
    reachable(session, "other@example.org")
    first = came_out(session, the_question(session, KEY), 1, day=27)
    assert found(session) == [("resolved", f"resolution {first}")]
    second = came_out(session, the_question(session, KEY), 0, day=28)
    assert found(session) == [("corrected", f"resolution {second}"), ("resolved", f"resolution {first}")]


def test_what_happened_before_the_address_was_confirmed_is_not_told(
    session: Session, person: Participant
) -> None:
    contact = session.get_one(Contact, person.id)
    came_out(session, the_question(session, KEY), 1, day=27)
    contact.confirmed_at = on(28)
    assert found(session) == []
    contact.confirmed_at = on(26)
    assert len(found(session)) == 1


# ---- Single dates and branches

LADDER, PAIR = "ceasefire-when", "guarantee-if-ceasefire"


def resolved(session: Session, key: str, day: int, **facts: object) -> list[int]:
    """Resolve a part of a question on a day; ids of what was stored then."""
    question = the_question(session, key)
    before = set(session.scalars(select(Resolution.id)))
    with clock.at(on(day)):
        resolve(session, question, Outcome(known_from=on(day), source="A newspaper", **facts))  # type: ignore[arg-type]
    return sorted(set(session.scalars(select(Resolution.id))) - before)


def test_a_date_of_a_ladder_is_called_to_mind_by_itself(session: Session, person: Participant) -> None:
    first, second, *_ = the_question(session, LADDER).options
    first.closes_at = NOW + timedelta(hours=72)
    session.flush()
    assert found(session, NOW - timedelta(seconds=1)) == []
    assert found(session) == [("closing", f"option {first.id}")]
    second.closes_at = NOW + timedelta(hours=80)
    session.flush()
    assert found(session, on(30)) == [("closing", f"option {one.id}") for one in (first, second)]
    assert queue.due(session, on(30)) == 0


def test_the_last_date_is_told_as_the_close_of_the_question(session: Session, person: Participant) -> None:
    question = the_question(session, LADDER)
    for place, option in enumerate(question.options):
        option.closes_at = NOW - timedelta(days=9 - place)
    question.closes_at = question.options[-1].closes_at = NOW + timedelta(hours=5)
    session.flush()
    assert found(session) == [("closing", f"question {question.id}")]


def test_nobody_is_reminded_of_a_date_that_is_over_or_known_or_that_they_cannot_judge(
    session: Session, person: Participant
) -> None:
    over, known, *_ = the_question(session, LADDER).options
    over.closes_at, known.closes_at = NOW, NOW + timedelta(hours=1)
    other = the_question(session, "treaty-when")
    other.options[0].closes_at = NOW + timedelta(hours=1)
    with clock.at(on(25)):
        forecast_submit.skip(session, person, other)
    session.flush()
    resolved(session, LADDER, 22, about=known.key, value=0)
    assert found(session) == []


def test_nobody_is_reminded_of_a_ladder_or_a_pair_that_came_out_in_all_its_parts(
    session: Session, person: Participant
) -> None:
    for key in (LADDER, PAIR):
        the_question(session, key).closes_at = NOW + timedelta(hours=1)
    resolved(session, LADDER, 22, annulled=True)
    assert found(session) == [("closing", f"question {the_question(session, PAIR).id}")]
    resolved(session, PAIR, 22, annulled=True)
    assert queue.due(session, NOW) == 0
    with clock.at(NOW):
        parcel = queue.claim(session, person.id, NOW)
    assert parcel is None


def test_the_outcome_for_a_date_is_told_to_whom_gave_a_number_for_it(
    session: Session, person: Participant
) -> None:
    first, second, *_ = the_question(session, LADDER).options
    with clock.at(on(24)):
        say(session, person, the_question(session, LADDER))
    late = reachable(session, "late@example.org")
    first.closes_at = on(25)
    session.flush()
    with clock.at(on(26)):
        say(session, late, the_question(session, LADDER))
    (number,) = resolved(session, LADDER, 27, about=first.key, value=0)
    assert found(session) == [("resolved", f"resolution {number}")]
    # What is conditional on that date is annulled with it.
    number, *_ = resolved(session, LADDER, 27, about=second.key, value=0)
    queue.due(session, NOW)
    told = select(Notice.participant_id).where(Notice.about == f"resolution {number}")
    assert sorted(session.scalars(told)) == sorted([person.id, late.id])


def test_a_date_that_is_corrected_is_told_once_more_and_the_others_are_not(
    session: Session, person: Participant
) -> None:
    first, *_ = the_question(session, LADDER).options
    with clock.at(on(24)):
        say(session, person, the_question(session, LADDER))
    (was,) = resolved(session, LADDER, 27, about=first.key, value=0)
    queue.due(session, on(28))
    made, *_ = resolved(session, LADDER, 28, about=first.key, value=1)
    assert found(session) == [("corrected", f"resolution {made}"), ("resolved", f"resolution {was}")]


def unconfirmed(session: Session, person: Participant) -> None:
    session.get_one(Contact, person.id).confirmed_at = None


def unwanted(session: Session, person: Participant) -> None:
    contacts.choose(session, person, {"resolved": "none"})


def protected(session: Session, person: Participant) -> None:
    person.survey.protected = True


def gone(session: Session, person: Participant) -> None:
    erase(session, person)


@pytest.mark.parametrize("why", [unconfirmed, unwanted, protected, gone])
def test_nothing_is_noted_for_whoever_gets_no_letters(
    session: Session, person: Participant, why: Callable[[Session, Participant], None]
) -> None:
    came_out(session, the_question(session, KEY), 1)
    why(session, person)
    session.flush()
    assert found(session) == []


def test_nothing_is_noted_twice(session: Session, person: Participant) -> None:
    came_out(session, the_question(session, KEY), 1)
    assert queue.due(session, NOW) == 1
    assert queue.due(session, NOW) == 0
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_a_digest_waits_for_the_end_of_the_day(session: Session, person: Participant) -> None:
    session.add(NoticeChoice(participant_id=person.id, kind="resolved", way="digest"))
    came_out(session, the_question(session, KEY), 1)
    queue.due(session, NOW)
    assert session.scalars(select(Notice.due_at)).one() == on(30, hour=0)
    assert queue.waiting(session, NOW) == []
    assert queue.waiting(session, on(30, hour=0)) == [person.id]


@pytest.mark.store
def test_two_workers_at_once_note_and_claim_once(app: Flask) -> None:
    with app.app_context():

        def prepare(session: Session) -> list[int]:
            others = [reachable(session, f"p{number}@example.org") for number in range(11)]
            question = the_question(session, KEY)
            with clock.at(on(24)):
                for person in others:
                    say(session, person, question)
            came_out(session, question, 1)
            return sorted(session.scalars(select(Participant.id)))

        ids = transaction(prepare)
    noted: list[int] = []
    claimed: list[int] = []
    start = Barrier(4)

    def be_a_worker() -> None:
        with app.app_context():
            start.wait()
            noted.append(transaction(lambda session: queue.due(session, NOW)))
            for number in queue.waiting(db.session, NOW):
                parcel = transaction(lambda session, number=number: queue.claim(session, number, NOW))
                claimed.extend([number] if parcel else [])

    workers = [Thread(target=be_a_worker) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(noted) == len(ids) == 12
    assert sorted(claimed) == ids


def test_whoever_is_not_in_the_survey_hears_nothing_of_it(session: Session, person: Participant) -> None:
    someone(session)
    came_out(session, the_question(session, KEY), 1)
    found(session)
    assert {notice.participant_id for notice in session.scalars(select(Notice))} == {person.id}
    assert the_survey(session).id == session.scalars(select(Notice.survey_id)).one()
