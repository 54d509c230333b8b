"""How often a survey's own intervals held the value: told from twenty outcomes on, by what the viewer is shown."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import IntervalCoverage, Shown, Viewer, coverage, get_aggregate, interval_coverage
from survey.models import Question, Resolution
from survey.services.publication import publish_question
from tests.conftest import store_after
from tests.factories import crowd, on, someone, the_survey

pytestmark = pytest.mark.whole

ORGANIZER = Viewer(role="organizer")


def of_quantities(session: Session) -> list[Question]:
    """Every question for a number or a date."""
    return [question for question in the_survey(session).questions if question.quantile_levels]


@store_after
def published(session: Session) -> None:
    for question in of_quantities(session):
        crowd(session, question, [0.2, 0.3, 0.4] * 4, day=18)
        assert publish_question(session, question, on(18).date())


@pytest.fixture
def questions(published: None, session: Session) -> list[Question]:
    """Each with a published crowd."""
    return of_quantities(session)


@pytest.fixture
def three_are_enough(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No bank has twenty such questions."""
    monkeypatch.setattr(coverage, "ENOUGH", 3)
    yield


def resolve(session: Session, question: Question, value: float | None) -> None:
    with clock.at(on(20)):
        session.add(
            Resolution(
                survey_id=question.survey_id,
                question_id=question.id,
                value=value,
                annulled=value is None,
                known_from=on(20),
                resolved_at=on(20),
                source="A newspaper",
            )
        )
        session.flush()


def test_below_twenty_outcomes_nothing_is_told(session: Session, questions: list[Question]) -> None:
    assert coverage.ENOUGH == 20
    for question in questions:
        resolve(session, question, question.lower or 0.0)
    assert interval_coverage(session, ORGANIZER, questions[0]) is None


@pytest.mark.usefixtures("three_are_enough")
class TestTold:
    def test_what_the_outer_interval_held_is_counted(
        self, session: Session, questions: list[Question]
    ) -> None:
        for place, question in enumerate(questions[:4]):
            low, high = outer(session, question)
            resolve(session, question, (low + high) / 2 if place else high * 2 + 1)
        assert interval_coverage(session, ORGANIZER, questions[0]) == IntervalCoverage(
            pytest.approx(0.9), 3, 4
        )

    def test_whoever_may_not_see_the_crowds_is_told_nothing(
        self, session: Session, questions: list[Question]
    ) -> None:
        for question in questions[:4]:
            resolve(session, question, 1.0)
        the_survey(session).reveal = "organizers only"
        reader = Viewer(someone(session))
        assert interval_coverage(session, reader, questions[0]) is None
        # The control: who may see them is told.
        assert interval_coverage(session, ORGANIZER, questions[0]) is not None

    def test_what_was_annulled_is_not_counted(self, session: Session, questions: list[Question]) -> None:
        for question in questions[:2]:
            resolve(session, question, 1.0)
        resolve(session, questions[2], None)
        assert interval_coverage(session, ORGANIZER, questions[0]) is None
        resolve(session, questions[3], 1.0)
        told = interval_coverage(session, ORGANIZER, questions[0])
        assert told is not None and told.questions == 3


def outer(session: Session, question: Question) -> tuple[float, float]:
    """The ends of the crowd's outer interval as it is shown."""
    shown = get_aggregate(session, ORGANIZER, question)
    assert isinstance(shown, Shown)
    told = shown.options["value"].methods["parley"]
    return told[0], told[-1]
