"""What a person may say, when, and what becomes of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import AnswersGone, InvalidAnswer, ReusedKey, SurveyClosed
from survey.models import (
    ConsentText,
    ConsentVersion,
    Participant,
    Question,
    Resolution,
    Round,
    Submission,
    Survey,
    Theme,
)
from survey.services import enrollment, forecast_submit
from survey.services.forecast_history import history, latest, standing_rows
from survey.services.forecast_submit import ForecastInput
from tests.factories import on, say, say_and_read, someone, stored, the_question, the_survey, withdraw

pytestmark = pytest.mark.store


@pytest.fixture
def person(session: Session) -> Participant:
    return someone(session)


@pytest.fixture
def question(session: Session) -> Question:
    return the_question(session, "leaders-meet")


def empty(key: str) -> ForecastInput:
    return ForecastInput(key=key, entries={}, input_format="percent", language="en")


def actions(session: Session, person: Participant, question: Question) -> list[str]:
    return [submission.action for submission in history(session, person, question)]


def test_the_first_answer_is_new_and_later_ones_are_updates(
    session: Session, person: Participant, question: Question
) -> None:
    for chance in (0.3, 0.4, 0.5):
        say(session, person, question, chance)
    assert actions(session, person, question) == ["new", "update", "update"]
    assert [said.revision for said in history(session, person, question)] == [1, 2, 3]


def test_after_a_withdrawal_the_next_answer_is_new(
    session: Session, person: Participant, question: Question
) -> None:
    say(session, person, question, 0.3)
    withdraw(session, person, question)
    assert latest(session, person, question) is None
    say(session, person, question, 0.4)
    assert actions(session, person, question) == ["new", "withdraw", "new"]


def test_affirming_repeats_the_rows(session: Session, person: Participant, question: Question) -> None:
    first = say_and_read(session, person, question, 0.3)
    again = forecast_submit.affirm(session, person, question, empty("affirm"))
    assert (again.action, again.revision) == ("affirm", 2)
    kept = stored(session, person, "affirm")
    assert [row.value for row in kept.forecasts] == [row.value for row in first.forecasts]


@pytest.mark.parametrize("act", [forecast_submit.affirm, forecast_submit.withdraw])
def test_there_must_be_something_to_affirm_or_withdraw(
    session: Session, person: Participant, question: Question, act: object
) -> None:
    with pytest.raises(InvalidAnswer):
        act(session, person, question, empty("nothing"))  # type: ignore[operator]


def test_an_answer_keeps_format_reason_and_self_rating(
    session: Session, person: Participant, question: Question
) -> None:
    said = say_and_read(
        session,
        person,
        question,
        0.125,
        input_format="odds",
        rationale="Because.\r\nTwice.",
        confidence=4,
        expertise=2,
    )
    assert said.input_format == "odds"
    assert said.rationale is not None
    assert said.rationale.text == "Because.\nTwice."
    assert (said.confidence, said.expertise) == (4, 2)


def test_a_reason_that_cannot_be_stored_is_named_and_nothing_is_stored(
    session: Session, person: Participant, question: Question
) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        say(session, person, question, 0.00001, rationale="a\x00b")
    assert set(refused.value.errors) == {"p-yes", "rationale"}
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_a_moment_before_the_close_is_in_time_and_the_close_itself_is_late(
    session: Session, person: Participant, question: Question
) -> None:
    with clock.at(question.closes_at - timedelta(microseconds=1)):
        say(session, person, question, 0.3)
    with clock.at(question.closes_at), pytest.raises(SurveyClosed, match="It closed at 2028-01-01 00:00 UTC"):
        say(session, person, question, 0.4)


def test_before_the_opening_it_says_when(session: Session, person: Participant, question: Question) -> None:
    question.opens_at = on(30)
    with pytest.raises(SurveyClosed, match="It opens at 2026-11-30 12:00 UTC"):
        say(session, person, question, 0.4)


def test_a_late_repeat_of_what_was_stored_gets_its_receipt(
    session: Session, person: Participant, question: Question
) -> None:
    first = say_and_read(session, person, question, {"p-yes": 0.3}, key="slow")
    with clock.at(question.closes_at + timedelta(days=1)):
        assert say_and_read(session, person, question, {"p-yes": 0.3}, key="slow").id == first.id


def test_one_key_cannot_serve_two_acts(session: Session, person: Participant, question: Question) -> None:
    say(session, person, question, 0.3, key="one")
    with pytest.raises(ReusedKey):
        forecast_submit.withdraw(session, person, question, empty("one"))


def test_a_resolved_question_takes_no_answer(
    session: Session, person: Participant, question: Question
) -> None:
    say(session, person, question, 0.3)
    resolve(session, question, None)
    with pytest.raises(SurveyClosed, match="Its outcome is known"):
        say(session, person, question, 0.4)


def test_a_resolved_rung_is_no_longer_asked_and_keeps_its_row(session: Session, person: Participant) -> None:
    ladder = the_question(session, "ceasefire-when")
    say(session, person, ladder, 0.4)
    resolve(session, ladder, "2027-06-30")
    said = say_and_read(session, person, ladder, 0.6)
    assert {row.option.key for row in said.forecasts} == {"2027-12-31", "2028-12-31", "2030-12-31"}
    standing = {row.option: row.value for row in standing_rows(session, person, ladder)}
    assert standing["2027-06-30"] == pytest.approx(0.1)
    assert standing["2030-12-31"] == pytest.approx(0.6)


def resolve(session: Session, question: Question, option: str | None) -> None:
    session.add(
        Resolution(
            survey_id=question.survey_id,
            question_id=question.id,
            option_id=question.option(option).id if option else None,
            value=0.0,
            known_from=on(21),
            resolved_at=on(21),
            source="Reuters",
        )
    )
    session.flush()


def test_skipping_twice_is_one_skip_and_an_answer_may_follow(
    session: Session, person: Participant, question: Question
) -> None:
    first = forecast_submit.skip(session, person, question)
    assert forecast_submit.skip(session, person, question) is first
    assert say_and_read(session, person, question, 0.3).action == "new"


def test_whoever_was_erased_learns_just_that(
    session: Session, person: Participant, question: Question
) -> None:
    say(session, person, question, 0.3, key="one")
    person.erased_on = date(2026, 11, 22)
    with pytest.raises(AnswersGone):
        say(session, person, question, 0.3, key="one")


def test_a_newer_consent_comes_first(session: Session, person: Participant, question: Question) -> None:
    survey = the_survey(session)
    newer = ConsentVersion(survey_id=survey.id, number=2, published_at=on(21))
    newer.texts = [ConsentText(language="en", body="More.")]
    session.add(newer)
    session.flush()
    session.refresh(survey)
    with pytest.raises(SurveyClosed, match="consent has changed"):
        say(session, person, question, 0.3)
    enrollment.agree(session, person, language="en")
    say(session, person, question, 0.3)


def test_consents_and_rounds_of_another_survey_are_asked_of_nobody_else(
    session: Session, person: Participant, question: Question
) -> None:
    other = Survey(slug="other", opens_at=on(1), closes_at=on(30), languages=["en"])
    session.add(other)
    session.flush()
    theme = Theme(survey_id=other.id, key="theme", position=1)
    session.add(theme)
    session.flush()
    times = {"opens_at": on(1), "closes_at": on(30), "resolves_at": on(30)}
    session.add(
        Question(survey_id=other.id, theme_id=theme.id, key="its-own", kind="binary", position=1, **times)
    )
    session.add(ConsentVersion(survey_id=other.id, number=9, published_at=on(21)))
    session.add(Round(survey_id=other.id, number=9, opens_at=on(1), closes_at=on(30)))
    session.flush()
    said = say_and_read(session, person, question, 0.3)
    assert said.round.survey_id == said.survey_id == question.survey_id


def test_a_protected_survey_keeps_no_seconds(
    session: Session, person: Participant, question: Question
) -> None:
    question.survey.protected = True
    assert say_and_read(session, person, question, 0.3, seconds_on_page=40).seconds_on_page is None
