"""What changed since the last visit: from stored facts and the browser's own cookie, and nothing of others early."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Viewer, published_since
from survey.models import Participant, Question
from survey.services.resolution import resolve
from survey.web.identity import SEEN
from tests.conftest import TODAY, store_after
from tests.factories import on, say, the_question, the_survey, tied_questions
from tests.survey.outcomes import KNOWN, outcome
from tests.survey.outcomes import new_version as publish_version

from ..conftest import MARK, others_answer
from ..visitor import Visitor, words
from .test_changing import new_version

TOMORROW = TODAY + timedelta(days=1)


def section(page: str) -> str:
    """The words of what changed; empty where the page has none."""
    _before, found, after = page.partition('id="changed"')
    return words(after.partition("</section>")[0]) if found else ""


def seen(person: Visitor) -> object:
    with person.client.session_transaction() as cookie:
        return cookie.get(SEEN, {}).get("ukraine")


@pytest.fixture
def changed(person: Visitor, session: Session) -> Callable[..., str]:
    """What the page of themes says has changed, at a moment."""

    def read(moment: datetime) -> str:
        session.rollback()
        with clock.at(moment):
            return section(person.get("themes").text)

    return read


class TestTheLastVisit:
    def test_who_has_just_joined_is_told_of_no_news(self, person: Visitor) -> None:
        assert section(person.get("themes").text) == ""

    def test_the_browser_remembers_the_day_and_no_more(self, person: Visitor) -> None:
        person.get("themes")
        assert seen(person) == ["2026-11-22", ""]
        with clock.at(TOMORROW + timedelta(hours=5)):
            person.get("mine")
            assert seen(person) == ["2026-11-23", "2026-11-22"]
            person.get("themes")
            assert seen(person) == ["2026-11-23", "2026-11-22"]

    def test_leaving_forgets_it(self, person: Visitor) -> None:
        person.get("themes")
        person.post("leave")
        assert seen(person) is None

    def test_nothing_of_a_visit_is_stored(self, person: Visitor, session: Session) -> None:
        def state() -> list[object]:
            session.rollback()
            return [tuple(row) for row in session.execute(select(Participant.__table__))]

        before = state()
        with clock.at(TOMORROW):
            person.get("themes")
            person.get("mine")
        assert state() == before

    def test_a_browser_that_knows_nothing_goes_by_the_last_answer(
        self, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        person.answers("binary")
        with clock.at(on(25)):
            person.answers("ladder")
        came_out(session, on(24))
        assert changed(on(30)) == ""
        forget_visits(person)
        came_out(session, on(26), "nuclear-use")
        told = changed(on(30))
        assert "What changed since 25 November 2026" in told and "Nuclear detonation" in told
        assert "Presidents meet" not in told


def forget_visits(person: Visitor) -> None:
    """As on another device."""
    with person.client.session_transaction() as cookie:
        cookie.pop(SEEN, None)


def came_out(session: Session, moment: datetime, key: str = "leaders-meet") -> None:
    """A question is resolved at a moment."""
    with clock.at(moment):
        resolve(session, the_question(session, key), outcome(KNOWN, value=1.0))
        session.commit()


class TestNews:
    def test_an_outcome_is_told_with_its_words(
        self, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        person.get("themes")
        came_out(session, TOMORROW)
        told = changed(TOMORROW + timedelta(days=1))
        assert "What changed since 22 November 2026" in told
        assert "A question with an outcome Presidents meet in person yes" in told

    def test_it_stays_for_the_day_and_is_gone_at_the_visit_after(
        self, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        person.get("themes")
        came_out(session, TOMORROW)
        for _ in range(2):
            assert "with an outcome" in changed(on(24))
        assert changed(on(26)) == ""

    def test_what_came_on_the_day_of_the_visit_is_not_missed(
        self, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        person.get("themes")
        came_out(session, TODAY + timedelta(hours=3))
        assert "with an outcome" in changed(TOMORROW)

    def test_a_new_version_is_told_with_its_note(
        self, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        with clock.at(on(20)):
            person.get("themes")
        new_version(session, "leaders-meet", substantive=False)
        told = changed(TODAY + timedelta(hours=1))
        assert "A question in new words" not in told  # It came at the moment this person joined.
        question = the_question(session, "nuclear-use")
        later_version(session, question, TODAY + timedelta(minutes=1))
        assert "A question in new words Nuclear detonation Clearer." in changed(TOMORROW)

    def test_a_question_that_opens_later_is_new_then(
        self, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        person.get("themes")
        the_question(session, "nuclear-use").opens_at = on(25)
        session.commit()
        assert changed(on(24)) == ""
        assert "A new question Nuclear detonation" in changed(on(26))


def later_version(session: Session, question: Question, moment: datetime) -> None:
    publish_version(session, question, moment, substantive=False)
    session.commit()


twelve_more = store_after(others_answer)


def newest(session: Session) -> Participant:
    """Whoever joined after the twelve."""
    return session.scalars(select(Participant).order_by(Participant.id.desc())).first()  # type: ignore[return-value]


class TestOthers:
    """A new publication is news only to whoever may see it: even that there is one tells of others."""

    KEY = "nuclear-use"

    @pytest.fixture
    def published(self, twelve_more: None, person: Visitor, session: Session) -> str:
        """Since the visit of this person twelve others have answered everything, and it was published."""
        with clock.at(on(17)):
            session.execute(Participant.__table__.update().values(joined_at=on(16)))
            session.commit()
            forget_visits(person)
            person.get("themes")
        return self.KEY

    def test_who_has_answered_nothing_is_told_nothing(
        self, published: str, changed: Callable[..., str]
    ) -> None:
        assert "crowd" not in changed(TODAY)

    def test_who_has_answered_all_but_a_neighbour_is_told_nothing_of_it(
        self, published: str, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        asked = the_question(session, published)
        assert len(tied_questions(asked)) > 1
        me = newest(session)
        say(session, me, asked)
        session.commit()
        assert "crowd" not in changed(TODAY)

    def test_who_may_see_it_is_told(
        self, published: str, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        """The control: the same publications, and somebody who has answered all of it."""
        me = newest(session)
        for question in the_survey(session).questions:
            say(session, me, question)
        session.commit()
        told = changed(TODAY)
        assert "new crowd forecasts" in told and "Nuclear detonation" in told
        assert "18 November 2026" in told
        assert MARK not in told

    def test_a_publication_from_before_is_no_news(
        self, published: str, person: Visitor, session: Session, changed: Callable[..., str]
    ) -> None:
        me = newest(session)
        for question in the_survey(session).questions:
            say(session, me, question)
        session.commit()
        assert "new crowd forecasts" in changed(TODAY)
        assert "crowd" not in changed(on(24))

    def test_the_door_tells_days_alone(self, published: str, session: Session) -> None:
        survey = the_survey(session)
        everything = published_since(session, Viewer(role="owner"), survey, on(18).date())
        assert set(everything.values()) == {on(18).date()}
        assert published_since(session, Viewer(role="owner"), survey, on(19).date()) == {}
        assert published_since(session, Viewer(), survey, on(1).date()) == {}
