"""What is kept of counts from one look to the next equals counting every row anew, whatever happened in between."""

import contextlib
from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation import person_acts
from survey.aggregation.participation_counts import ParticipationCounts, participation_counts
from survey.errors import InvalidAnswer
from survey.models import (
    BackgroundAnswer,
    BackgroundQuestion,
    Participant,
    Question,
    Skip,
    Submission,
    Survey,
)
from survey.services import background_answers, erasure, forecast_submit
from survey.store.once import forget
from tests.factories import on, say, someone, the_survey, withdraw
from tests.skips import examples_on

#: Few, so that acts of one person on one question come together.
QUESTIONS = 3
ACTS = ("join", "answer", "withdraw", "skip", "insider", "simulated", "erase", "group", "look", "wait")
HISTORIES = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, QUESTIONS - 1)),
    min_size=4,
    max_size=24,
)


def act(session: Session, people: list[Participant], what: str, whose: int, on_which: int) -> None:
    """One act of one of these people; what its service refuses is no act."""
    person, survey = people[whose % len(people)], the_survey(session)
    question = survey.questions[on_which]
    if what == "join":
        people.append(someone(session))
    elif what == "look":
        look(session)
    elif what == "insider":
        person.insider_since = clock.now(session)
        session.flush()
    elif what == "simulated":
        person.simulated = True
        session.flush()
    elif person.erased_on is None:
        said(session, person, question, what, on_which)


def said(session: Session, person: Participant, question: Question, what: str, place: int) -> None:
    match what:
        case "answer":
            say(session, person, question, 0.3 + place / 10)
        case "skip":
            forecast_submit.skip(session, person, question)
        case "withdraw":
            with contextlib.suppress(InvalidAnswer):
                withdraw(session, person, question)
        case "group":
            asked = next(
                one for one in background_answers.asked(session, the_survey(session)) if one.kind == "single"
            )
            background_answers.say(session, person, {asked.key: [asked.options[place].key]})
        case "erase":
            erasure.erase(session, person)


def look(session: Session) -> ParticipationCounts:
    forget(session)
    return participation_counts(session, the_survey(session))


def by_hand(session: Session) -> tuple[Counter[object], Counter[int], Counter[int], dict[object, object]]:
    """The same from every row, one after the other; nothing in this bank's first days has ended."""
    survey, now = the_survey(session), clock.now(session)
    people: Counter[object] = Counter()
    forecast: Counter[int] = Counter()
    skipped: Counter[int] = Counter()
    groups: dict[object, tuple[int, int]] = {}
    everybody = select(Participant).filter_by(
        survey_id=survey.id, insider_since=None, simulated=False, erased_on=None
    )
    for person in session.scalars(everybody):
        acts = session.scalars(select(Submission).filter_by(participant_id=person.id)).all()
        skips = session.scalars(select(Skip).filter_by(participant_id=person.id)).all()
        first: dict[int, datetime] = {}
        for question, moment in [
            *((one.question_id, one.received_at) for one in acts),
            *((one.question_id, one.skipped_at) for one in skips),
        ]:
            first[question] = min(moment, first.get(question, moment))
        last = [one.received_at for one in acts] + [one.skipped_at for one in skips]
        asked = sum(question.opens_at <= now for question in survey.questions)
        finished: date | None = max(first.values()).astimezone(UTC).date() if len(first) >= asked else None
        active = bool(last) and max(last) >= now - timedelta(days=7)
        people[person.joined_at.date(), finished, bool(first), active] += 1
        own = {one.question_id for one in acts}
        forecast.update(own)
        skipped.update({one.question_id for one in skips} - own)
        standing: dict[int, BackgroundAnswer] = {}
        about = (
            select(BackgroundAnswer).filter_by(participant_id=person.id).order_by(BackgroundAnswer.revision)
        )
        for answer in session.scalars(about):
            standing[answer.background_question_id] = answer
        for place, answer in standing.items():
            key = session.get_one(BackgroundQuestion, place).key
            for option in answer.value if isinstance(answer.value, list) else ():
                before = groups.get((key, option), (0, 0))
                groups[key, option] = before[0] + 1, before[1] + len(first)
    return people, forecast, skipped, dict(groups)


def as_told(
    counts: ParticipationCounts,
) -> tuple[Counter[object], Counter[int], Counter[int], dict[object, object]]:
    people = Counter[object]({tuple(alike[:4]): alike.people for alike in counts.people})
    return people, Counter(counts.forecast), Counter(counts.skipped), dict(counts.groups)


def test_counts_that_are_kept_equal_those_made_anew(session: Session) -> None:
    """Examples follow one another in one store: people of before stay, and are counted again."""

    @settings(
        max_examples=examples_on(session, 25),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(history=HISTORIES)
    def equal(history: list[tuple[str, int, int]]) -> None:
        kept_equal_those_made_anew(session, history)

    equal()


def kept_equal_those_made_anew(session: Session, history: list[tuple[str, int, int]]) -> None:
    """See that counts which are looked at meanwhile come to those of every row."""
    moment = on(18)
    with clock.at(moment):
        # All but a few questions open later, so that people finish.
        for question in the_survey(session).questions[QUESTIONS:]:
            question.opens_at = on(28)
        people = [someone(session), someone(session)]
        look(session)
    for what, whose, on_which in history:
        moment += timedelta(hours=30 if what == "wait" else 1)
        with clock.at(moment):
            act(session, people, what, whose, on_which)
    with clock.at(moment):
        assert as_told(look(session)) == by_hand(session)


@pytest.mark.store
def test_only_those_who_did_something_are_read_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = the_survey(session)
    people = [someone(session) for _place in range(3)]
    known = person_acts.person_acts(session, survey, {})
    say(session, people[1], survey.questions[0])
    named: list[object] = []
    read = person_acts._acts

    def noted(survey: Survey, some: Collection[int] | None) -> Select[Any]:
        named.append(some)
        return read(survey, some)

    monkeypatch.setattr(person_acts, "_acts", noted)
    now = person_acts.person_acts(session, survey, known)
    assert named == [[people[1].id]]
    assert now[people[1].id].answered == 1
    assert person_acts.person_acts(session, survey, now) == now and len(named) == 1
