"""What was said is never changed, whoever asks the database to."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey import clock
from survey.models import (
    BackgroundAnswer,
    BackgroundQuestion,
    Forecast,
    IncoherenceFigures,
    KeptClash,
    Participant,
    Preregistration,
    Proposal,
    ProposalDecision,
    RationaleMark,
    Resolution,
    Score,
    append_only,
)
from survey.services import audit_log, drafts, forecast_submit, publication, second_readers
from survey.services.accounts import create_user
from survey.services.draft_questions import add_question, add_theme
from tests.conftest import database_after
from tests.factories import crowd, on, say_and_read, someone, the_question, the_survey

pytestmark = pytest.mark.store


def fill(session: Session) -> None:
    """A person with a row in every table that is append-only; others around them."""
    question = the_question(session, "leaders-meet")
    crowd(session, question, [0.2] * 10)
    with clock.at(on(20)):
        person = someone(session)
        said = say_and_read(session, person, question, 0.4, rationale="They have met before.")
        session.add(
            RationaleMark(submission_id=said.id, act="hide", participant_id=person.id, made_at=on(20))
        )
        session.add(_about(person, session))
        forecast_submit.skip(session, person, the_question(session, "cyber"))
    session.add(
        KeptClash(
            survey_id=person.survey_id,
            participant_id=person.id,
            sources="R4",
            fingerprint="",
            kept=True,
            said_at=on(20),
        )
    )
    publication.publish(session, the_survey(session))
    session.add(
        IncoherenceFigures(
            survey_id=person.survey_id, as_of=date(2026, 11, 20), published_at=on(21), figures={}
        )
    )
    resolution = Resolution(
        survey_id=question.survey_id,
        question_id=question.id,
        value=1.0,
        known_from=on(21),
        resolved_at=on(22),
        source="Reuters",
    )
    session.add(resolution)
    session.flush()
    one, other = (create_user(session, f"{name}@example.org") for name in ("ann", "ben"))
    proposal = Proposal(
        survey_id=question.survey_id,
        by_id=one.id,
        made_at=on(21),
        known_from=on(21),
        source="Reuters",
        outcomes=[],
        rests_on={},
        despite=[],
    )
    session.add(proposal)
    session.flush()
    session.add(ProposalDecision(proposal_id=proposal.id, act="approved", by_id=other.id, at=on(22)))
    session.add(
        Score(
            resolution_id=resolution.id,
            participant_id=person.id,
            rule="brier",
            survey_id=question.survey_id,
            question_id=question.id,
            value=0.72,
            coverage=1.0,
        )
    )
    audit_log.record(session, the_survey(session), "test")
    draft = drafts.start(session, None, "weather", drafts.blank_document("The weather", "en"))
    add_theme(session, draft, None, {"en": "Weather"})
    key = add_question(session, draft, None, "weather", "binary", {"en": "Rain"})
    token = second_readers.make_link(session, draft)
    second_readers.remark(session, token, key, name="Olha", language="en", clear=True)
    session.add(
        Preregistration(
            survey_id=question.survey_id,
            number=1,
            made_at=on(1),
            opens_at=on(1),
            content=b"{}",
            sha256="",
            signature=b"",
            public_key=b"",
        )
    )


database = database_after(fill)


@pytest.fixture
def full(session: Session) -> Participant:
    """The person with a row in every table that is append-only: the one who is scored."""
    return session.scalars(select(Participant).join(Score)).one()


def _about(person: Participant, session: Session) -> BackgroundAnswer:
    asked = BackgroundQuestion(survey_id=person.survey_id, key="work", kind="text", position=1)
    session.add(asked)
    session.flush()
    return BackgroundAnswer(
        participant_id=person.id,
        background_question_id=asked.id,
        revision=1,
        survey_id=person.survey_id,
        value="a desk",
        answered_at=on(20),
    )


#: A column of each table that could be rewritten.
COLUMNS = {
    "submission": "language",
    "forecast": "entered",
    "rationale": "text",
    "skip": "skipped_at",
    "consent": "language",
    "score": "value",
    "question_version": "note",
    "version_text": "title",
    "resolution": "source",
    "proposal": "source",
    "proposal_decision": "reason",
    "publication": "people",
    "event_log": "act",
    "background_answer": "answered_at",
    "kept_clash": "kept",
    "incoherence_figures": "as_of",
    "rationale_mark": "reason",
    "survey": "pilot",
    "reader_remark": "text",
    "preregistration": "sha256",
}


def test_every_table_of_the_list_is_tried() -> None:
    assert set(COLUMNS) == set(append_only.RULES)


@pytest.mark.parametrize("table", sorted(COLUMNS))
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_a_row_is_neither_changed_nor_removed(
    session: Session, full: Participant, table: str, verb: str
) -> None:
    assert session.scalar(text(f"SELECT count(*) FROM {table}")) > 0
    column = COLUMNS[table]
    # Of a survey that alone is fixed: its titles and times may change.
    value = "NOT pilot" if table == "survey" else column
    statement = f"UPDATE {table} SET {column} = {value}" if verb == "UPDATE" else f"DELETE FROM {table}"
    with pytest.raises(DBAPIError, match=f"{table} is append-only: {verb.lower()} refused"):
        session.execute(text(statement))


@pytest.mark.parametrize(
    "table",
    [
        "forecast",
        "rationale",
        "rationale_mark",
        "submission",
        "skip",
        "consent",
        "score",
        "background_answer",
    ],
)
def test_the_rows_of_an_erased_person_can_go(session: Session, full: Participant, table: str) -> None:
    full.erased_on = date(2026, 11, 22)
    session.flush()
    through_submission = "submission_id IN (SELECT id FROM submission WHERE participant_id = :person)"
    for earlier in ("rationale_mark", "forecast", "rationale"):
        session.execute(text(f"DELETE FROM {earlier} WHERE {through_submission}"), {"person": full.id})
    for own in ("submission", "skip", "consent", "score", "background_answer"):
        session.execute(text(f"DELETE FROM {own} WHERE participant_id = :person"), {"person": full.id})
    where = (
        through_submission
        if table in ("forecast", "rationale", "rationale_mark")
        else "participant_id = :person"
    )
    assert session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"), {"person": full.id}) == 0


def test_published_words_stay_but_a_draft_may_be_rewritten(session: Session) -> None:
    question = the_question(session, "cyber")
    draft = type(question.version)(question_id=question.id, number=2, note="draft")
    session.add(draft)
    session.flush()
    draft.note = "better"
    session.flush()
    draft.published_at = clock.now()
    session.flush()
    draft.note = "too late"
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("p", 0.0),
        ("p", 1.0),
        ("p", -0.1),
        ("p", float("nan")),
        ("q0.5", 1e15),
        ("q0.5", float("inf")),
        ("P", 0.5),
    ],
)
def test_the_database_itself_refuses_a_number_out_of_range(session: Session, part: str, value: float) -> None:
    submission = say_and_read(session, someone(session), the_question(session, "article-4"))
    forecast: dict[str, Any] = {
        "submission_id": submission.id,
        "option_id": submission.forecasts[0].option_id,
        "survey_id": submission.survey_id,
        "question_id": submission.question_id,
        "entered": "x",
    }
    session.expunge_all()
    session.add(Forecast(**forecast, part=part if part != "p" else "low", value=value))
    with pytest.raises(DBAPIError):
        session.flush()


def test_a_forecast_cannot_name_an_option_of_another_question(session: Session) -> None:
    submission = say_and_read(session, someone(session), the_question(session, "article-4"))
    other = the_question(session, "cyber").options[0]
    session.add(
        Forecast(
            submission_id=submission.id,
            option_id=other.id,
            part="p",
            survey_id=submission.survey_id,
            question_id=submission.question_id,
            value=0.5,
            entered="50",
        )
    )
    with pytest.raises(DBAPIError):
        session.flush()
