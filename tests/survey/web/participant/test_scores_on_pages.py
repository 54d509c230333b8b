"""Score and outcome stand where the question stands: on its page, the crowd's, in themes and for programs."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant
from survey.services.publication import publish
from survey.services.resolution import resolve
from tests.factories import crowd, on, say, the_question, the_survey
from tests.survey.outcomes import outcome

from ..visitor import Visitor, words
from .test_comparison import prepared


def came_out(page: str) -> str:
    """The words of the section that tells how it came out."""
    return words(page.partition("How it came out")[2].partition("</section>")[0])


def test_on_the_questions_page_ones_score_stands_beside_the_crowds(person: Visitor, session: Session) -> None:
    """0.8 scores 2 · 0.2², a crowd of 0.4 about 2 · 0.6²; the crowd stood on 19, 20 and 21."""
    prepared(session)
    told = came_out(person.get("q/leaders-meet").text)
    assert "Brier, 0 to 2; lower is better" in told
    assert "You 0.08 0.08 43 %" in told
    assert "Median 0.72 57 %" in told


def test_on_the_crowds_page_it_is_the_same(person: Visitor, session: Session) -> None:
    prepared(session)
    told = came_out(person.get("q/leaders-meet/crowd").text)
    assert "Outcome yes" in told and "You 0.08" in told and "Median 0.72" in told


def test_without_the_crowd_there_is_ones_own_alone(person: Visitor, session: Session) -> None:
    prepared(session)
    the_survey(session).reveal = "organizers only"
    session.commit()
    told = came_out(person.get("q/leaders-meet").text)
    assert "You 0.08" in told and "Median" not in told


def test_a_stranger_is_told_the_outcome_and_no_score(visitor: Visitor, session: Session) -> None:
    question = the_question(session, "leaders-meet")
    resolve(session, question, outcome(value=1.0))
    session.commit()
    told = came_out(visitor.get("q/leaders-meet").text)
    assert "yes" in told and "Scores" not in told


def test_a_forecast_of_the_day_it_was_known_is_told_that_it_is_not_scored(
    person: Visitor, session: Session
) -> None:
    someone = session.scalars(select(Participant).order_by(Participant.id)).first()
    assert someone is not None
    question = the_question(session, "leaders-meet")
    with clock.at(on(22)):
        say(session, someone, question, 0.9)
        resolve(session, question, outcome(value=1.0))
    session.commit()
    told = came_out(person.get("q/leaders-meet").text)
    assert (
        "Your forecast came on the day the outcome could be known, or later: it is kept, and not scored."
        in told
    )
    assert "You " not in told


def test_of_a_ladder_each_date_that_came_out_has_its_own_scores(person: Visitor, session: Session) -> None:
    prepared(session, "ceasefire-when")
    told = came_out(person.get("q/ceasefire-when").text)
    assert "Scores, " in told and "You " in told


def test_themes_tell_the_outcome_and_ones_score(person: Visitor, session: Session) -> None:
    prepared(session)
    page = words(person.get("themes").text)
    assert "yes Brier, 0 to 2: 0.08" in page and "resolved" in page


def test_on_a_phone_every_cell_of_scores_has_its_name() -> None:
    template = (Path(__file__).parents[4] / "templates/participant/_scores.html").read_text()
    assert template.count("<td") == template.count('<td role="cell" data-label=')


def test_the_picture_over_time_has_the_outcome(person: Visitor, session: Session) -> None:
    question = the_question(session, "leaders-meet")
    people = crowd(session, question, [0.4] * 12, day=17)
    someone = session.scalars(select(Participant).order_by(Participant.id)).first()
    assert someone is not None
    with clock.at(on(18)):
        publish(session, the_survey(session))
        for one in (someone, *people):
            say(session, one, question, 0.7)
    with clock.at(on(20)):
        publish(session, the_survey(session))
        resolve(session, question, outcome(on(19), value=1.0))
    session.commit()
    assert "Outcome: yes" in person.get("q/leaders-meet/crowd").text
