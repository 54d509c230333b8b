"""Corrections and annulments leave no trace in scores: whatever stood before, they are those of the last state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.stored_scores import scores_of
from survey.bank.checking import checked_bank
from survey.bank.loading import store_bank
from survey.bank.reading import bank_folder
from survey.export.files import FILES, unpacked
from survey.models import Participant, Question, Resolution, Score, Snapshot, SnapshotFile, Survey
from survey.services.publication import publish
from survey.services.resolution import resolve, resolve_all
from survey.services.resolution_rules import InvalidOutcome, Outcome
from survey.services.snapshots import freeze, frozen_file
from survey.store.lifecycle import current_resolutions
from tests.conftest import database_after
from tests.factories import on, say, someone, the_survey, withdraw
from tests.factories import the_question as question_of
from tests.skips import examples_on

from ..outcomes import new_version

#: A survey of the questions below alone, with what ties them: each step reads the whole survey of its question.
SLUG = "eight"
#: A question of every kind, and one that is asked under a condition.
KEYS = (
    "leaders-meet",
    "war-state-2027",
    "guarantee-form",
    "ceasefire-when",
    "guarantee-if-ceasefire",
    "aid-total",
    "sanctions-end",
    "ceasefire-holds",
)
#: A step: which part, what of it came out (a share of what can), or nothing, and the day since when one could know.
STEP = st.tuples(st.integers(0, 3), st.none() | st.sampled_from([0.0, 0.4, 1.0]), st.integers(18, 22))
SEQUENCES = st.lists(STEP, min_size=2, max_size=6)
YES, NO, ANNULLED = (0, 1.0, 22), (0, 0.0, 22), (0, None, 22)
#: Tried every day: an outcome and its opposite, annulled and back; annulled at the end; several parts and days.
CORRECTIONS = (
    [YES, NO, ANNULLED, YES],
    [NO, YES, ANNULLED],
    [(1, 1.0, 19), (0, 0.4, 18), (1, None, 20), (2, 0.0, 22), (0, 1.0, 21)],
)

Step = tuple[int, float | None, int]
Figures = dict[tuple[int, int | None, str], tuple[float, float, float | None]]
#: By what was said, everybody's scores of a database that was resolved so once.
Once = dict[tuple[Outcome, ...], Figures]


def the_question(session: Session, key: str) -> Question:
    return question_of(session, key, SLUG)


def load_these_alone(session: Session) -> Survey:
    """The shipped survey without the questions that nobody is asked here, and with every relation of the others."""
    whole = checked_bank(bank_folder("ukraine"))
    bank = replace(
        whole,
        questions=tuple(one for one in whole.questions if one.key in KEYS),
        relations=tuple(
            one for one in whole.relations if {event.question for event in one.events} <= {*KEYS}
        ),
        scenarios=(),
    )
    assert len(bank.questions) == len(KEYS) and len(bank.relations) >= 2
    survey = store_bank(session, bank, slug=SLUG)
    # Of people who are invited: their exact figures.
    survey.noise_key = None
    session.flush()
    return survey


def fill(session: Session) -> None:
    """Twelve people over five days: changes of mind, a withdrawal, a new version, a publication, who came late."""
    survey = load_these_alone(session)
    asked = [the_question(session, key) for key in KEYS]
    with clock.at(on(16)):
        people = [someone(session, SLUG) for _ in range(12)]
        for place, person in enumerate(people):
            for question in asked:
                say(session, person, question, 0.05 + 0.07 * place)
    with clock.at(on(18)):
        publish(session, survey)
        new_version(session, asked[0], on(18), substantive=True)
    with clock.at(on(19)):
        for question in asked:
            for person in people[:4]:
                say(session, person, question, 0.8)
            withdraw(session, people[5], question)
            say(session, someone(session, SLUG), question, 0.5)
    with clock.at(on(20)):
        publish(session, survey)


database = database_after(fill)


def outcome_of(question: Question, step: Step) -> Outcome:
    """What a step says of a question of whatever kind."""
    place, share, day = step
    said: dict[str, Any] = {"known_from": on(day), "source": "A newspaper"}
    part = question.options[place % len(question.options)].key
    if question.kind == "ladder":
        said["about"] = part
    if share is None:
        return Outcome(annulled=True, **said)
    if question.kind in ("choice", "ordered"):
        return Outcome(option=part, **said)
    if question.kind == "pair":
        return Outcome(about=part, value=float(share > 0.5), **said)
    if question.kind in ("numeric", "date"):
        assert question.lower is not None and question.upper is not None
        return Outcome(value=float(round(question.lower + share * (question.upper - question.lower))), **said)
    return Outcome(value=float(share > 0.5), **said)


def resolve_step_by_step(session: Session, question: Question, steps: Sequence[Step]) -> None:
    """One after another, a minute between; what contradicts the rest is refused, and nothing is left of it."""
    for place, step in enumerate(steps):
        with clock.at(on(23) + timedelta(minutes=place)):
            try:
                resolve(session, question, outcome_of(question, step))
            except InvalidOutcome:
                assert question.kind == "ladder"


def last_state(session: Session, question: Question) -> list[Outcome]:
    """What stands, as one would say it who says it once."""
    standing = current_resolutions(session, question)
    if question.kind == "pair" and not all(one.annulled for one in standing):
        standing = [one for one in standing if not one.annulled]
    elif question.kind == "pair":
        return [Outcome(known_from=standing[0].known_from, source="A newspaper", annulled=True)]
    return [
        Outcome(
            known_from=one.known_from,
            source=one.source,
            value=one.value,
            option=one.outcome_option.key if one.outcome_option else None,
            about=one.option.key if one.option else None,
            annulled=one.annulled,
        )
        for one in standing
    ]


def shown_scores(session: Session, question: Question) -> Figures:
    """Everybody's scores as their own pages read them."""
    session.expire_all()
    people = session.scalars(select(Participant)).all()
    return {
        (one.participant_id, one.resolution.option_id, one.rule): (one.value, one.coverage, one.last_day)
        for person in people
        for one in scores_of(session, person, question)
    }


def current_scores(session: Session, question: Question) -> Figures:
    """Everybody's scores on what stands, by person, part and rule, read at once."""
    standing = [one.id for one in current_resolutions(session, question)]
    read = select(
        Score.participant_id, Resolution.option_id, Score.rule, Score.value, Score.coverage, Score.last_day
    ).join(Resolution, Score.resolution_id == Resolution.id)
    return {
        (person, part, rule): tuple(figures)
        for person, part, rule, *figures in session.execute(read.where(Score.resolution_id.in_(standing)))
    }


def frozen_files(app: Flask, session: Session, snapshot: Snapshot) -> dict[str, bytes]:
    return {
        name: b"".join(unpacked(frozen_file(session, snapshot, name, app.config["PARLEY"]))) for name in FILES
    }


@pytest.mark.parametrize("key", KEYS)
def test_scores_after_any_corrections_are_those_of_a_database_resolved_once(
    session: Session, key: str
) -> None:
    scored = [scores_forget(session, key, steps, {}, shown=True) for steps in CORRECTIONS]
    # The control: there was something to compare, and an annulled question leaves nothing.
    assert scored[0] >= 11 and scored[1] < scored[0]


@pytest.mark.long
@pytest.mark.parametrize("key", KEYS)
def test_a_search_among_corrections_finds_none_that_leaves_a_trace(session: Session, key: str) -> None:
    @settings(
        max_examples=examples_on(session, 60),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(SEQUENCES)
    def forgets(steps: list[Step]) -> None:
        scores_forget(session, key, steps, once)

    once: Once = {}
    forgets()


def scores_forget(
    session: Session, key: str, steps: Sequence[Step], once: Once, *, shown: bool = False
) -> int:
    """See that scores after these steps are those of who resolves once what they came to; how many there are.

    Many steps come to the same: who resolves so `once` is asked the first time.
    Where asked for, see that scores are `shown` to each person too: that takes a statement for each of them.
    """
    question = the_question(session, key)
    resolve_step_by_step(session, question, steps)
    after, said = current_scores(session, question), last_state(session, question)
    if shown:
        assert shown_scores(session, question) == after
    session.rollback()
    if tuple(said) not in once:
        once[tuple(said)] = scores_of_once(session, key, said)
    assert after == once[tuple(said)]
    return len(after)


def scores_of_once(session: Session, key: str, said: Sequence[Outcome]) -> Figures:
    """Everybody's scores where a question without an outcome is resolved once; nothing of it stays."""
    question = the_question(session, key)
    assert current_resolutions(session, question) == []
    with clock.at(on(24)):
        resolve_all(session, question, said)
    found = current_scores(session, question)
    session.rollback()
    return found


def test_no_correction_changes_a_byte_of_what_was_frozen_before(app: Flask, session: Session) -> None:
    with clock.at(on(22)):
        snapshot = freeze(session, the_survey(session, SLUG), app.config["PARLEY"])
    session.commit()
    frozen, hashes = frozen_files(app, session, snapshot), manifest(session)
    session.commit()
    # What hangs on a condition comes first: once that has an outcome the other branch takes none.
    for key in sorted(KEYS, key=lambda key: "-if-" not in key):
        resolve_step_by_step(session, the_question(session, key), [*chain(*CORRECTIONS)])
        assert manifest(session) == hashes
    session.commit()
    assert frozen_files(app, session, snapshot) == frozen
    # The control: what is frozen now tells of what came out, and was said before it.
    with clock.at(on(24)):
        later = freeze(session, the_survey(session, SLUG), app.config["PARLEY"])
    session.commit()
    changed = frozen_files(app, session, later)
    assert changed["resolutions.csv"].count(b"\n") > frozen["resolutions.csv"].count(b"\n")


def manifest(session: Session) -> list[Any]:
    return [tuple(row) for row in session.execute(select(SnapshotFile.__table__))]
