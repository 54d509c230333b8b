"""The crowd on pages: hidden before one has answered what is tied, and shown after, rounded, with its methods."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Question, Submission
from tests.conftest import TODAY, database_after
from tests.factories import the_question, the_survey, tied_questions

from ..conftest import MARK, others_answer
from ..visitor import ANSWERS, Visitor, words

#: Twelve others have answered everything.
database = database_after(others_answer)


def skip_all(person: Visitor, questions: set[Question], but: str = "") -> None:
    for question in questions:
        if question.key != but:
            assert person.post(f"q/{question.key}/skip").status_code == 303


class TestBefore:
    def test_nothing_is_shown_to_who_has_not_joined(self, visitor: Visitor) -> None:
        answer = visitor.get("q/leaders-meet/crowd")
        assert answer.status_code == 200
        assert "once you have answered this question" in words(answer.text)
        assert MARK not in answer.text

    def test_the_questions_it_waits_for_are_named(self, person: Visitor, session: Session) -> None:
        answer = person.answers("ladder")
        page = person.client.get(answer.location).text
        waiting = tied_questions(the_question(session, "ceasefire-when")) - {
            the_question(session, "ceasefire-when")
        }
        assert f"after these {len(waiting)} questions" in words(page)
        for question in waiting:
            assert f'href="/s/ukraine/q/{question.key}"' in page
        assert "crowd forecast" not in words(page.partition("<main")[2].partition("</main>")[0])

    def test_before_answering_the_question_itself_comes_first(
        self, person: Visitor, session: Session
    ) -> None:
        question = the_question(session, "ceasefire-when")
        others = tied_questions(question) - {question}
        listed = words(person.get("q/ceasefire-when/crowd").text)
        assert f"after this question and {len(others)} that are tied to it Answer this question" in listed
        skip_all(person, others, but=next(iter(others)).key)
        assert "after this question and 1 that is tied to it" in words(
            person.get("q/ceasefire-when/crowd").text
        )
        skip_all(person, others)
        last = words(person.get("q/ceasefire-when/crowd").text)
        assert "It appears after this question Answer this question" in last
        assert "tied to" not in last

    def test_a_first_answer_was_given_unseen(self, person: Visitor, session: Session) -> None:
        person.answers("ladder")
        submission = session.scalars(
            select(Submission).where(Submission.input_format == "percent").order_by(Submission.id.desc())
        ).first()
        assert submission is not None and not submission.crowd_seen


class TestAfter:
    @pytest.mark.parametrize("kind", ANSWERS)
    def test_every_kind_shows_its_crowd(self, person: Visitor, session: Session, kind: str) -> None:
        key, _ = ANSWERS[kind]
        skip_all(person, tied_questions(the_question(session, key)), but=key)
        answer = person.answers(kind)
        receipt = words(person.client.get(answer.location).text)
        assert "What others forecast" in receipt
        assert "of 10 people" in receipt
        page = person.get(f"q/{key}/crowd")
        told = words(page.text)
        assert "Three methods" in told
        assert "end of 18 November 2026" in told
        assert MARK in page.text
        assert "data-chart" in page.text

    @pytest.mark.parametrize("option", ["2027-06-30", "2030-12-31", "nonsense"])
    def test_a_ladder_can_be_looked_at_by_date(self, person: Visitor, session: Session, option: str) -> None:
        skip_all(person, tied_questions(the_question(session, "ceasefire-when")))
        page = person.client.get(f"/s/ukraine/q/ceasefire-when/crowd?option={option}")
        assert page.status_code == 200
        label = {"2027-06-30": "by 30 June 2027", "2030-12-31": "by 31 December 2030"}
        assert label.get(option, "by 31 December 2027") in words(page.text)

    def test_a_ladder_tells_what_its_dates_imply_for_a_year(self, person: Visitor, session: Session) -> None:
        skip_all(person, tied_questions(the_question(session, "ceasefire-when")))
        told = words(person.get("q/ceasefire-when/crowd").text)
        assert re.search(r"Between Chance A year 15 Nov 2026 to 30 Jun 2027 [\d.]+ % [\d.]+ %", told)

    def test_beside_a_numbers_interval_stands_how_often_such_intervals_held(
        self, person: Visitor, session: Session
    ) -> None:
        for key, others in (("aid-total", True), ("leaders-meet", False)):
            skip_all(person, tied_questions(the_question(session, key)))
            assert ("held it 62 to 88 %" in words(person.get(f"q/{key}/crowd").text)) is others

    def test_a_numbers_figure_and_half_are_of_one_pool(self, person: Visitor, session: Session) -> None:
        """The half of the people's own middles may leave the figure outside; the pool's never does."""
        skip_all(person, tied_questions(the_question(session, "aid-total")))
        told = words(person.get("q/aid-total/crowd").text)
        figure = re.search(r"€(\d+) bn crowd forecast", told)
        half = re.search(r"The crowd gives 50 % to €(\d+)–(\d+) bn", told)
        assert figure and half
        assert int(half[1]) <= int(figure[1]) <= int(half[2])

    def test_the_pages_name_begins_with_the_number(self, person: Visitor, session: Session) -> None:
        skip_all(person, tied_questions(the_question(session, "leaders-meet")))
        page = person.get("q/leaders-meet/crowd").text
        assert re.search(r"<title>\d+\u00a0% · Presidents meet in person", page)

    def test_a_withdrawn_forecast_is_none_of_the_readers(self, person: Visitor, session: Session) -> None:
        skip_all(person, tied_questions(the_question(session, "leaders-meet")), but="leaders-meet")
        person.answers("binary")
        assert "<dt>You</dt>" in person.get("q/leaders-meet/crowd").text
        with clock.at(TODAY + timedelta(days=2)):
            assert person.post("q/leaders-meet/withdraw", {"key": "one-key-of-a-page"}).status_code == 303
            page = person.get("q/leaders-meet/crowd").text
        assert "You, withdrawn" in page and "<dt>You</dt>" not in page

    def test_a_later_answer_was_given_seen(self, person: Visitor, session: Session) -> None:
        skip_all(person, tied_questions(the_question(session, "leaders-meet")), but="leaders-meet")
        person.answers("binary")
        person.answers("binary", **{"p-yes": "20"})
        mine = session.scalars(select(Submission).order_by(Submission.id.desc()).limit(2)).all()
        assert [act.crowd_seen for act in mine] == [True, False]

    def test_who_skipped_sees_the_crowd_too(self, person: Visitor, session: Session) -> None:
        skip_all(person, tied_questions(the_question(session, "leaders-meet")))
        assert "crowd forecast" in words(person.get("q/leaders-meet").text)

    def test_no_rationale_stands_beside_its_author_figure(self, person: Visitor, session: Session) -> None:
        skip_all(person, tied_questions(the_question(session, "leaders-meet")))
        quotes = re.findall(r'<div class="p-quote">.*?</div>', person.get("q/leaders-meet/crowd").text, re.S)
        assert len(quotes) == 12
        assert not any("%" in quote for quote in quotes)


@pytest.mark.parametrize(
    ("reveal", "sentence"),
    [
        ("organizers only", "go to the organizers alone"),
        ("after close", "appear when this question closes, on 1 January 2028"),
    ],
)
def test_other_rules_of_showing_are_told(
    person: Visitor, session: Session, reveal: str, sentence: str
) -> None:
    the_survey(session).reveal = reveal
    session.commit()
    page = words(person.get("q/leaders-meet/crowd").text)
    assert sentence in page
    assert MARK not in page


class TestScenarios:
    def everything(self, session: Session) -> set[Question]:
        (scenario,) = the_survey(session).scenarios
        return {other for question in scenario.questions for other in tied_questions(question)}

    def test_before_they_name_what_they_wait_for(self, person: Visitor, session: Session) -> None:
        page = words(person.get("scenarios").text)
        assert f"They appear after these {len(self.everything(session))} questions" in page
        assert "Ceasefire with a binding guarantee" in page
        assert "Bounds" not in page

    def test_one_question_short_they_are_still_hidden(self, person: Visitor, session: Session) -> None:
        skip_all(person, self.everything(session), but="clash")
        assert "They appear after this question" in words(person.get("scenarios").text)

    def test_after_they_show_points_bounds_and_ways(self, person: Visitor, session: Session) -> None:
        skip_all(person, self.everything(session))
        page = person.get("scenarios").text
        told = words(page)
        assert "Point Bounds" in told
        assert "as if the two were independent" in told
        assert "Asked directly" in told
        assert "of which collapsed by the end of 2027" in told
        rows = re.findall(r"<tr>\s*<th scope=\"row\">(?:Ceasefire|No ceasefire) · ", page)
        assert len(rows) >= 8

    @pytest.mark.whole
    def test_a_further_way_needs_its_own_questions(self, person: Visitor, session: Session) -> None:
        skip_all(person, self.everything(session), but="")
        before = words(person.get("scenarios").text)
        further = tied_questions(the_question(session, "clash-if-forces")) | tied_questions(
            the_question(session, "western-forces")
        )
        skip_all(person, further)
        after = words(person.get("scenarios").text)
        way = "By cases: Clash, with and without such troops"
        assert way in after
        assert (way in before) == (further <= self.everything(session))

    def test_the_front_page_shows_figures_to_who_may_see_them(
        self, person: Visitor, session: Session
    ) -> None:
        before = person.get("").text
        assert "data-chart" not in before
        assert "Ceasefire with a binding guarantee" in before
        skip_all(person, self.everything(session))
        after = person.get("").text
        assert "data-chart" in after
        assert "The scenarios as the crowd sees them" in words(after)
