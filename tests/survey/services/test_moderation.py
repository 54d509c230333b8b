"""What is said about a reason or a question, by whom, once; and when a change is asked about."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Viewer, marks_on, rationales, remarked
from survey.errors import AnswersGone, InvalidAnswer, NotFound
from survey.models import EventLog, Participant, Question, QuestionVersion, RationaleMark, Unclear, User
from survey.questions import Row
from survey.services import moderation
from survey.services.audit_log import first_broken
from survey.services.erasure import erase
from survey.services.forecast_precheck import has_moved_far, standing_values
from survey.services.forecast_submit import Unexplained
from survey.services.publication import publish
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import store_after
from tests.factories import crowd, on, say, say_and_read, someone, the_question, the_survey, withdraw
from tests.statements import counting
from tests.survey.outcomes import member

FREE = "leaders-meet"
WORDS = "Somebody's words."
OWNER = Viewer(role="owner")


def one_reason(session: Session) -> int:
    """Somebody with a reason among ten people, published; their id."""
    question = the_question(session, FREE)
    crowd(session, question, [0.2] * 10, day=20)
    with clock.at(on(20)):
        author = someone(session)
        say(session, author, question, 0.3, rationale=WORDS)
    publish(session, the_survey(session))
    return author.id


published = store_after(one_reason)


@pytest.fixture
def author(published: int, session: Session) -> Participant:
    """Who gave that reason."""
    return session.get_one(Participant, published)


@pytest.fixture
def question(session: Session) -> Question:
    return the_question(session, FREE)


@pytest.fixture
def reader(session: Session, author: Participant, question: Question) -> Participant:
    """Somebody who has answered too."""
    reader = someone(session)
    say(session, reader, question, 0.4)
    return reader


@pytest.fixture
def user(session: Session) -> User:
    return member(session, "organizer")


def read(session: Session, reader: Participant, question: Question) -> list[str]:
    return [reason.text for reason in rationales(session, Viewer(reader), question)]


def about(session: Session, question: Question) -> str:
    (reason,) = [one.reason for one in remarked(session, OWNER, question).values()]
    return reason.about


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(RationaleMark.act).order_by(RationaleMark.id)))


class TestHiding:
    def test_a_hidden_reason_is_read_by_nobody_and_its_words_stay(
        self, session: Session, author: Participant, reader: Participant, question: Question
    ) -> None:
        assert read(session, reader, question) == [WORDS]
        moderation.hide(session, author, question, 1)
        assert read(session, reader, question) == []
        moderation.show(session, author, question, 1)
        assert read(session, reader, question) == [WORDS]

    def test_the_same_again_is_no_second_act(
        self, session: Session, author: Participant, question: Question
    ) -> None:
        moderation.show(session, author, question, 1)
        moderation.hide(session, author, question, 1)
        moderation.hide(session, author, question, 1)
        assert acts(session) == ["hide"]

    def test_it_is_ones_own_alone(self, session: Session, reader: Participant, question: Question) -> None:
        """The reader's first revision has no reason, and the author's is none of the reader's."""
        for act in (moderation.hide, moderation.show):
            with pytest.raises(NotFound):
                act(session, reader, question, 1)
        assert acts(session) == []

    def test_an_older_reason_does_not_come_back_in_its_place(
        self, session: Session, author: Participant, reader: Participant, question: Question
    ) -> None:
        with clock.at(on(22)):
            say(session, author, question, 0.31, rationale="Newer words.")
            crowd(session, question, [0.2] * 5, day=22)
        with clock.at(on(24)):
            publish(session, the_survey(session))
            assert read(session, reader, question) == ["Newer words."]
            moderation.hide(session, author, question, 2)
            assert read(session, reader, question) == []

    def test_showing_does_not_undo_an_organizer(
        self, session: Session, author: Participant, reader: Participant, question: Question, user: User
    ) -> None:
        moderation.withhold(session, user, "organizer", question, about(session, question), "No.")
        moderation.hide(session, author, question, 1)
        moderation.show(session, author, question, 1)
        assert read(session, reader, question) == []


class TestReporting:
    def test_a_report_hides_nothing_and_says_why(
        self, session: Session, reader: Participant, question: Question
    ) -> None:
        moderation.report(session, reader, question, about(session, question), "It names somebody.")
        assert read(session, reader, question) == [WORDS]
        (told,) = remarked(session, OWNER, question).values()
        assert (told.marks.reports, told.marks.waiting) == (["It names somebody."], 1)
        assert moderation.reports_by_question(session, question.survey) == {question.id: 1}

    def test_of_one_person_it_counts_once_and_of_two_twice(
        self, session: Session, reader: Participant, question: Question
    ) -> None:
        other = someone(session)
        say(session, other, question, 0.1)
        for person in (reader, reader, other):
            moderation.report(session, person, question, about(session, question), "Why.")
        assert moderation.reports_by_question(session, question.survey) == {question.id: 2}

    def test_who_may_not_read_it_cannot_tell_whether_it_is_there(
        self, session: Session, author: Participant, question: Question
    ) -> None:
        stranger = someone(session)
        for name in (about(session, question), "no such reason"):
            with pytest.raises(NotFound):
                moderation.report(session, stranger, question, name, "Why.")
        assert acts(session) == []

    def test_a_hidden_one_cannot_be_reported(
        self, session: Session, author: Participant, reader: Participant, question: Question
    ) -> None:
        name = about(session, question)
        moderation.hide(session, author, question, 1)
        with pytest.raises(NotFound):
            moderation.report(session, reader, question, name, "Why.")

    @pytest.mark.parametrize("why", ["", " \n", "NUL \x00", "x" * 2_001])
    def test_it_has_to_say_something_that_can_be_kept(
        self, session: Session, reader: Participant, question: Question, why: str
    ) -> None:
        with pytest.raises(InvalidAnswer) as refused:
            moderation.report(session, reader, question, about(session, question), why)
        assert list(refused.value.errors) == ["why"]
        assert acts(session) == []

    def test_the_name_of_a_reason_is_made_of_what_is_read_alone(
        self, session: Session, author: Participant, reader: Participant, question: Question
    ) -> None:
        """No id of a submission, whose order would tell who came when."""
        (reason,) = rationales(session, Viewer(reader), question)
        (same,) = rationales(session, OWNER, question)
        assert reason == same
        assert len(reason.about) == 16

    def test_only_who_runs_the_survey_reads_reports(
        self, session: Session, reader: Participant, question: Question
    ) -> None:
        moderation.report(session, reader, question, about(session, question), "Why.")
        for viewer in (Viewer(), Viewer(reader), Viewer(reader, "analyst"), Viewer(role="analyst")):
            assert remarked(session, viewer, question) == {}
        assert len(remarked(session, OWNER, question)) == 1


class TestWithholding:
    def test_it_is_in_the_log_without_anybodys_words(
        self, session: Session, author: Participant, question: Question, user: User
    ) -> None:
        name = about(session, question)
        moderation.withhold(session, user, "organizer", question, name, "It names somebody.")
        moderation.release(session, user, "organizer", question, name)
        entries = session.scalars(select(EventLog).where(EventLog.act.like("%rationale"))).all()
        assert [entry.act for entry in entries] == ["withhold_rationale", "release_rationale"]
        told = {"question", "mark", "sha256"}
        assert all(entry.user_id == user.id and set(entry.detail) == told for entry in entries)
        assert first_broken(session, question.survey) is None

    def test_twice_is_once(
        self, session: Session, author: Participant, question: Question, user: User
    ) -> None:
        name = about(session, question)
        for _ in range(2):
            moderation.withhold(session, user, "organizer", question, name, "No.")
        assert acts(session) == ["withhold"]

    def test_letting_it_stand_settles_the_report_until_the_next(
        self, session: Session, reader: Participant, question: Question, user: User
    ) -> None:
        name = about(session, question)
        moderation.report(session, reader, question, name, "Why.")
        moderation.release(session, user, "organizer", question, name)
        assert moderation.reports_by_question(session, question.survey) == {}
        assert acts(session) == ["report", "release"]
        other = someone(session)
        say(session, other, question, 0.1)
        moderation.report(session, other, question, name, "Why too.")
        assert moderation.reports_by_question(session, question.survey) == {question.id: 1}

    def test_where_nothing_is_due_nothing_is_written(
        self, session: Session, author: Participant, question: Question, user: User
    ) -> None:
        moderation.release(session, user, "organizer", question, about(session, question))
        assert acts(session) == []

    @pytest.mark.parametrize("role", ["analyst", ""])
    def test_a_role_that_does_not_run_the_survey_finds_no_reason(
        self, session: Session, author: Participant, question: Question, user: User, role: str
    ) -> None:
        with pytest.raises(NotFound):
            moderation.withhold(session, user, role, question, about(session, question), "No.")

    def test_equal_words_of_a_day_are_withheld_together(
        self, session: Session, author: Participant, reader: Participant, question: Question, user: User
    ) -> None:
        with clock.at(on(20)):
            say(session, someone(session), question, 0.3, rationale=WORDS)
        name = next(iter(remarked(session, OWNER, question).values())).reason.about
        assert read(session, reader, question) == [WORDS, WORDS]
        moderation.withhold(session, user, "organizer", question, name, "No.")
        assert read(session, reader, question) == []


def test_marks_are_never_changed(session: Session, author: Participant, question: Question) -> None:
    moderation.hide(session, author, question, 1)
    session.commit()
    (mark,) = session.scalars(select(RationaleMark))
    mark.act = "show"
    with pytest.raises(DBAPIError, match="append-only"):
        session.commit()
    session.rollback()


@pytest.mark.parametrize("who", ["author", "reader"])
def test_erasing_takes_the_marks_along(
    session: Session, author: Participant, reader: Participant, question: Question, who: str
) -> None:
    moderation.report(session, reader, question, about(session, question), "Why.")
    moderation.ask(session, reader, question, "What is a city?")
    erase(session, author if who == "author" else reader)
    assert acts(session) == []
    assert session.scalar(select(func.count()).select_from(Unclear)) == (who == "author")


class TestAsking:
    def test_it_keeps_the_version_that_was_asked_about(
        self, session: Session, reader: Participant, question: Question
    ) -> None:
        asked = moderation.ask(session, reader, question, "What is a city?")
        assert (asked.version, asked.text, asked.settled_at) == (question.version, "What is a city?", None)
        assert moderation.waiting_by_question(session, question.survey) == {question.id: 1}

    def test_the_same_words_again_are_the_same_question(
        self, session: Session, reader: Participant, question: Question
    ) -> None:
        first, again = (moderation.ask(session, reader, question, "What is a city?") for _ in range(2))
        assert first is again

    def test_five_may_wait_and_a_settled_one_makes_room(
        self, session: Session, reader: Participant, question: Question, user: User
    ) -> None:
        asked = [moderation.ask(session, reader, question, f"What is {place}?") for place in range(5)]
        elsewhere = the_question(session, "cyber")
        with pytest.raises(InvalidAnswer, match="5 questions of yours wait"):
            moderation.ask(session, reader, elsewhere, "And this?")
        other = someone(session)
        moderation.ask(session, other, elsewhere, "Of somebody else.")
        moderation.settle(session, user, question, asked[0].id)
        moderation.ask(session, reader, elsewhere, "And this?")
        assert moderation.waiting_by_question(session, question.survey) == {question.id: 4, elsewhere.id: 2}

    @pytest.mark.parametrize("text", ["", "\u200b", "\ud800", "x" * 2_001])
    def test_it_has_to_say_something_that_can_be_kept(
        self, session: Session, reader: Participant, question: Question, text: str
    ) -> None:
        with pytest.raises(InvalidAnswer) as refused:
            moderation.ask(session, reader, question, text)
        assert list(refused.value.errors) == ["text"]

    def test_settling_is_done_once_and_is_in_the_log(
        self, session: Session, reader: Participant, question: Question, user: User
    ) -> None:
        asked = moderation.ask(session, reader, question, "What is a city?")
        moderation.settle(session, user, question, asked.id)
        with clock.at(on(25)):
            moderation.settle(session, user, question, asked.id)
        assert (asked.settled_at, asked.settled_by_id) == (on(22), user.id)
        entries = session.scalars(select(EventLog).filter_by(act="settle_unclear")).all()
        assert [entry.detail for entry in entries] == [{"question": FREE, "version": 1}]

    def test_of_another_question_there_is_none(
        self, session: Session, reader: Participant, question: Question, user: User
    ) -> None:
        asked = moderation.ask(session, reader, question, "What is a city?")
        with pytest.raises(NotFound):
            moderation.settle(session, user, the_question(session, "cyber"), asked.id)


Act = Callable[[Session, Participant, Question], object]


@pytest.mark.parametrize(
    "act",
    [
        lambda session, person, question: moderation.ask(session, person, question, "What?"),
        lambda session, person, question: moderation.report(session, person, question, "x", "Why."),
        lambda session, person, question: moderation.hide(session, person, question, 1),
    ],
    ids=["ask", "report", "hide"],
)
def test_who_was_erased_does_nothing_more(
    session: Session, author: Participant, question: Question, act: Act
) -> None:
    erase(session, author)
    with pytest.raises(AnswersGone):
        act(session, author, question)


# ---- A change that is asked about


def change(
    session: Session,
    key: str,
    before: float | dict[str, float],
    after: float | dict[str, float],
    **more: object,
) -> None:
    person, question = someone(session), the_question(session, key)
    say(session, person, question, before)
    say(session, person, question, after, **{"nothing_to_add": False, **more})


@pytest.mark.parametrize(("before", "after"), [(0.3, 0.5), (0.9, 0.7), (0.1, 0.3), (0.7, 0.5), (0.3, 0.3)])
def test_up_to_twenty_points_nothing_is_asked(session: Session, before: float, after: float) -> None:
    change(session, FREE, before, after)


@pytest.mark.parametrize(("before", "after"), [(0.3, 0.501), (0.9, 0.6999), (0.01, 0.99)])
def test_beyond_them_it_is(session: Session, before: float, after: float) -> None:
    with pytest.raises(Unexplained, match="more than 20 points"):
        change(session, FREE, before, after)
    change(session, FREE, before, after, rationale="A summit.")
    change(session, FREE, before, after, nothing_to_add=True)


def test_the_survey_says_how_much(session: Session) -> None:
    the_survey(session).explain_change = 0.05
    with pytest.raises(Unexplained, match="more than 5 points"):
        change(session, FREE, 0.3, 0.36)
    the_survey(session).explain_change = 1
    change(session, FREE, 0.01, 0.99)


def test_any_one_probability_is_enough(session: Session) -> None:
    with pytest.raises(Unexplained):
        change(
            session,
            "guarantee-if-ceasefire",
            {"p-if_yes": 0.2, "p-if_no": 0.1},
            {"p-if_yes": 0.2, "p-if_no": 0.4},
        )


def test_only_what_stood_before_is_compared(session: Session) -> None:
    change(session, "guarantee-if-ceasefire", {"p-if_yes": 0.2}, {"p-if_no": 0.9})


AID = {"q-0.05": 395.0, "q-0.25": 448.0, "q-0.5": 482.0, "q-0.75": 522.0, "q-0.95": 600.0}


@pytest.mark.parametrize(("median", "asks"), [(448, False), (522, False), (447, True), (523, True)])
def test_a_median_is_asked_about_outside_the_former_middle_half(
    session: Session, median: float, asks: bool
) -> None:
    after = AID | {"q-0.25": median - 30, "q-0.5": median, "q-0.75": median + 30}
    if asks:
        with pytest.raises(Unexplained, match="middle half"):
            change(session, "aid-total", AID, after)
    else:
        change(session, "aid-total", AID, after)


def test_other_levels_are_read_along_a_line(question: Question) -> None:
    question.quantile_levels = [0.1, 0.9]
    former = {("value", "q0.1"): 0.0, ("value", "q0.9"): 80.0}
    rows = {
        far: [Row("value", "q0.1", far - 40, ""), Row("value", "q0.9", far + 40, "")] for far in (60.0, 70.0)
    }
    assert {far: has_moved_far(question, former, moved) for far, moved in rows.items()} == {
        60.0: False,
        70.0: True,
    }


def test_after_a_withdrawal_nothing_is_asked(session: Session, question: Question) -> None:
    person = someone(session)
    say(session, person, question, 0.1)
    withdraw(session, person, question)
    say(session, person, question, 0.9, nothing_to_add=False)


def test_it_is_compared_with_what_stands_by_option(session: Session) -> None:
    """A rung that has closed keeps what was said, and is compared with nothing."""
    ladder, person = the_question(session, "ceasefire-when"), someone(session)
    say(session, person, ladder, 0.4)
    closed = ladder.option("2027-06-30").closes_at
    assert closed is not None
    with clock.at(closed):
        say(session, person, ladder, 0.5, nothing_to_add=False)
        kept = standing_values(session, person, ladder)
        assert kept["2027-06-30", "p"] == pytest.approx(0.1)
        assert kept["2030-12-31", "p"] == pytest.approx(0.5)
        withdraw(session, person, ladder)
        assert set(standing_values(session, person, ladder)) == {("2027-06-30", "p")}


@pytest.mark.parametrize(("substantive", "published"), [(True, True), (True, False), (False, True)])
def test_an_answer_that_no_longer_counts_is_not_compared_with(
    session: Session, question: Question, substantive: bool, published: bool
) -> None:
    person = someone(session)
    say(session, person, question, 0.1)
    version = QuestionVersion(
        question_id=question.id,
        number=2,
        substantive=substantive,
        note="",
        published_at=on(22) if published else None,
    )
    session.add(version)
    session.flush()
    session.refresh(question)
    if substantive and published:
        say(session, person, question, 0.9, nothing_to_add=False)
    else:
        with pytest.raises(Unexplained):
            say(session, person, question, 0.9, nothing_to_add=False)


def statements(app: Flask, **more: object) -> int:
    """How many statements a second forecast takes."""

    def first(session: Session) -> int:
        person = someone(session)
        say(session, person, the_question(session, FREE), 0.3)
        return person.id

    with app.app_context():
        person = db.session.get_one(Participant, transaction(first))
        question = the_question(db.session, FREE)
        with counting(app) as said:
            transaction(lambda session: say_and_read(session, person, question, 0.3, **more).id, keep=True)
    return len(said)


def test_comparing_takes_one_statement_more(app: Flask) -> None:
    assert statements(app, nothing_to_add=False) == statements(app, nothing_to_add=True) + 1


def test_marks_start_with_nothing(session: Session, author: Participant, question: Question) -> None:
    assert marks_on(session, question) == {}
