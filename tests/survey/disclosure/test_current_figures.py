"""Reasons, scenarios and tasks rest on what is told: the figures of now in a live survey, else the last published."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation import participation
from survey.aggregation.forecast_arrays import crowd_answers
from survey.aggregation.specification import ForecastArrays
from survey.disclosure import Denial, ShownScenarios, Viewer, get_scenarios, rationales
from survey.models import Participant, Survey
from survey.services.publication import publish
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey, tied_questions, withdraw

KEY = "leaders-meet"
#: Tied to no other question.
FREE = "cyber"


@store_after
def eleven(session: Session) -> None:
    """A survey without publications, in which eleven people have answered and said why."""
    the_survey(session).publication = "live"
    with clock.at(on(20)):
        for place in range(11):
            explained(session, f"Why {place}", 0.2 + 0.02 * place, scenarios=True)


@pytest.fixture
def live(eleven: None, session: Session) -> Survey:
    """That survey."""
    return the_survey(session)


def explained(session: Session, why: str, chance: float, *, scenarios: bool = False) -> Participant:
    """Somebody who has answered what is tied to the question, and to those of scenarios, each with a reason."""
    person = someone(session)
    asked = tied_questions(the_question(session, KEY))
    for scenario in the_survey(session).scenarios if scenarios else ():
        asked |= {question for one in scenario.questions for question in tied_questions(one)}
    for question in sorted(asked, key=lambda one: one.id):
        say(session, person, question, chance, rationale=why)
    return person


def reasons(session: Session, viewer: Viewer) -> set[str]:
    return {reason.text for reason in rationales(session, viewer, the_question(session, KEY))}


class TestLive:
    def test_reasons_are_those_of_now(self, session: Session, live: Survey) -> None:
        with clock.at(on(20, hour=13)):
            last = explained(session, "Why last", 0.5)
            assert reasons(session, Viewer(last)) == {*(f"Why {place}" for place in range(11)), "Why last"}

    def test_scenarios_are_those_of_now(self, session: Session, live: Survey) -> None:
        (scenario,) = live.scenarios
        with clock.at(on(20, hour=13)):
            shown = get_scenarios(session, Viewer(explained(session, "", 0.5, scenarios=True)), scenario)
            assert isinstance(shown, ShownScenarios)
            assert shown.as_of == on(20).date()

    def test_nothing_is_told_of_fewer_people_than_figures_need(self, session: Session) -> None:
        survey = the_survey(session)
        survey.publication = "live"
        with clock.at(on(20)):
            people = [explained(session, f"Why {place}", 0.3, scenarios=True) for place in range(4)]
            assert reasons(session, Viewer(people[0])) == set()
            assert get_scenarios(session, Viewer(people[0]), survey.scenarios[0]) is Denial.UNPUBLISHED


class TestPublished:
    def test_a_reason_goes_with_the_publication_after_its_author_withdrew(self, session: Session) -> None:
        survey, question = the_survey(session), the_question(session, KEY)
        with clock.at(on(18)):
            people = [explained(session, f"Why {place}", 0.2 + 0.02 * place) for place in range(12)]
        with clock.at(on(19)):
            publish(session, survey)
            withdraw(session, people[0], question)
            for person in people[1:6]:
                say(session, person, question, 0.6)
            assert "Why 0" in reasons(session, Viewer(people[1])), "the publication of before still holds it"
        with clock.at(on(20)):
            publish(session, survey)
            assert reasons(session, Viewer(people[1])) == {f"Why {place}" for place in range(1, 12)}

    def test_an_old_reason_does_not_come_back_with_a_new_forecast(self, session: Session) -> None:
        survey, question = the_survey(session), the_question(session, KEY)
        with clock.at(on(18)):
            people = [explained(session, f"Why {place}", 0.2 + 0.02 * place) for place in range(12)]
            withdraw(session, people[0], question)
            say(session, people[0], question, 0.5)
        with clock.at(on(19)):
            publish(session, survey)
            assert "Why 0" not in reasons(session, Viewer(people[1]))


def test_for_reasons_the_forecasts_of_their_authors_alone_are_read(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = the_survey(session)
    with clock.at(on(18)):
        authors = [explained(session, f"Why {place}", 0.2) for place in range(2)]
        for _ in range(10):
            explained(session, "", 0.3)
    read: list[int] = []

    def noting(*about: object, **more: object) -> ForecastArrays:
        found = crowd_answers(*about, **more)  # type: ignore[arg-type]
        read.extend(found.participant.tolist())
        return found

    # The room hands on a function of the same name as the file.
    monkeypatch.setattr(import_module("survey.disclosure.rationales"), "crowd_answers", noting)
    with clock.at(on(19)):
        publish(session, survey)
        assert reasons(session, Viewer(authors[0])) == {"Why 0", "Why 1"}
    assert set(read) == {author.id for author in authors}


def test_what_tasks_promise_is_what_publishing_does(session: Session) -> None:
    """Whoever saw the crowd before answering is no change: neither for the list nor for the act."""
    survey, question = the_survey(session), the_question(session, FREE)
    with clock.at(on(18)):
        for place in range(11):
            say(session, someone(session), question, 0.2 + 0.02 * place)
    with clock.at(on(19)):
        publish(session, survey)
        for _ in range(5):
            say(session, someone(session), question, 0.7, crowd_seen=True)
    with clock.at(on(20)):
        assert participation.questions_to_publish(session, survey) == publish(session, survey) == []
    with clock.at(on(20)):
        for _ in range(5):
            say(session, someone(session), question, 0.7)
    with clock.at(on(20) + timedelta(days=1)):
        assert participation.questions_to_publish(session, survey) == [question]
        assert [made.question for made in publish(session, survey)] == [question]
