"""Changing one's mind: update, affirm, withdraw, skip, and the page of all one's forecasts."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import QuestionVersion, Skip, Submission, VersionText
from tests.conftest import TODAY
from tests.factories import the_question

from ..visitor import Visitor, value, words


def acts(session: Session) -> list[tuple[str, int]]:
    session.rollback()
    query = select(Submission).order_by(Submission.revision)
    return [(one.action, one.revision) for one in session.scalars(query)]


def new_version(session: Session, key: str, *, substantive: bool) -> None:
    question = the_question(session, key)
    version = QuestionVersion(
        question_id=question.id,
        number=2,
        substantive=substantive,
        note="Now it says where.",
        published_at=TODAY,
    )
    old = question.version.text("en")
    words = {
        "title": old.title,
        "short": old.short,
        "background": old.background,
        "criteria": "Somewhere else.",
        "fine_print": old.fine_print,
        "sources": old.sources,
        "unit": old.unit,
    }
    version.texts = [VersionText(language="en", **words)]
    session.add(version)
    session.commit()


def test_a_second_forecast_is_an_update_and_the_history_has_both(person: Visitor, session: Session) -> None:
    person.answers("binary")
    with clock.at(TODAY + timedelta(hours=3)):
        person.answers("binary", **{"p-yes": "20"})
        page = words(person.get("q/leaders-meet").text)
    assert acts(session) == [("new", 1), ("update", 2)]
    assert "22 November 2026, 17:00 Kyiv (15:00 UTC) 20 % +7.5" in page
    assert "22 November 2026, 14:00 Kyiv (12:00 UTC) 12.5 % first" in page


def test_a_question_without_an_answer_has_no_history(person: Visitor) -> None:
    assert "Your history" not in person.get("q/leaders-meet").text


class TestWithdrawing:
    def test_it_is_asked_for_before_it_is_done(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        page = words(person.get("q/leaders-meet/withdraw").text)
        assert "Withdraw your forecast?" in page
        assert acts(session) == [("new", 1)]

    def test_it_stays_in_the_history_and_can_be_undone(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        answer = person.act("leaders-meet", "withdraw")
        page = words(person.client.get(answer.location).text)
        assert "Withdrawn" in page
        assert "To undo this, forecast again." in page
        assert "12.5 % first" in page
        assert 'value="12,5"' not in person.get("q/leaders-meet").text
        person.answers("binary")
        assert acts(session) == [("new", 1), ("withdraw", 2), ("new", 3)]

    def test_twice_by_one_form_is_once(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        form = {"key": "one-key-of-a-page"}
        first, second = (person.post("q/leaders-meet/withdraw", form) for _ in range(2))
        assert first.location == second.location
        assert acts(session) == [("new", 1), ("withdraw", 2)]

    @pytest.mark.parametrize("act", ["withdraw", "affirm"])
    def test_nothing_can_be_taken_back_or_affirmed_before_it_was_said(
        self, person: Visitor, session: Session, act: str
    ) -> None:
        answer = person.post(f"q/leaders-meet/{act}", {"key": "one-key-of-a-page"})
        assert answer.status_code == 422
        assert "There is no forecast of yours" in answer.text
        assert acts(session) == []

    def test_a_form_without_a_key_changes_nothing(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        assert person.post("q/leaders-meet/withdraw").status_code == 422
        assert acts(session) == [("new", 1)]


class TestANewVersion:
    def test_it_is_told_and_affirmed(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        new_version(session, "leaders-meet", substantive=False)
        assert "1 question has changed" in words(person.get("themes").text)
        page = words(person.get("mine").text)
        assert "Now it says where. Your forecast stands." in page
        answer = person.act("leaders-meet", "affirm")
        receipt = words(person.client.get(answer.location).text)
        assert "Affirmed 12.5 %" in receipt
        assert "2 of the question" in receipt
        assert acts(session) == [("new", 1), ("affirm", 2)]
        assert "has a new version" not in person.get("mine").text

    def test_a_substantive_one_says_that_the_old_answer_no_longer_counts(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary")
        new_version(session, "leaders-meet", substantive=True)
        assert "does not count until you answer again" in words(person.get("q/leaders-meet").text)
        assert "does not count until you answer again" in words(person.get("mine").text)


class TestSkipping:
    def test_it_counts_and_can_still_be_answered(self, person: Visitor, session: Session) -> None:
        answer = person.post("q/leaders-meet/skip")
        assert answer.status_code == 303
        assert "You said that you can’t judge this" in person.client.get(answer.location).text
        assert "Presidents meet in person" in person.get("mine").text
        person.answers("binary")
        assert acts(session) == [("new", 1)]
        assert "You said that you can’t judge this" not in person.get("q/leaders-meet").text

    def test_twice_is_once(self, person: Visitor, session: Session) -> None:
        for _ in range(2):
            assert person.post("q/leaders-meet/skip").status_code == 303
        session.rollback()
        assert len(session.scalars(select(Skip)).all()) == 1

    def test_it_needs_nothing_of_the_form_around_it(self, person: Visitor) -> None:
        assert person.post("q/leaders-meet/skip", {"p-yes": "no number"}).status_code == 303


class TestThemes:
    @pytest.mark.whole
    def test_the_next_question_is_the_first_that_waits(self, person: Visitor) -> None:
        assert "Next: Ceasefire takes effect" in person.get("themes").text
        person.answers("ladder")
        page = words(person.get("themes").text)
        assert "Next: Final settlement signed" in page
        assert "answered or skipped 1 of 28" in page
        assert "Yours: 25 % 31 Dec 2027" in page

    def test_the_close_is_told_in_both_zones(self, person: Visitor) -> None:
        assert "1 January 2036, 02:00 Kyiv (00:00 UTC)" in words(person.get("themes").text)

    def test_who_has_not_joined_sees_the_questions_alone(self, visitor: Visitor) -> None:
        page = words(visitor.get("themes").text)
        assert "Take part" in page
        assert "Will the presidents of Ukraine and Russia meet" in page

    def test_a_closed_question_says_so(self, person: Visitor, session: Session) -> None:
        with clock.at(the_question(session, "leaders-meet").closes_at):
            session.rollback()
            assert "closed" in words(person.get("themes").text)


class TestMine:
    def test_before_the_first_forecast_it_says_what_will_be_here(self, person: Visitor) -> None:
        page = words(person.get("mine").text)
        assert "Every forecast you give will stand here" in page

    @pytest.mark.whole
    def test_it_holds_every_kind(self, person: Visitor) -> None:
        for kind in ("binary", "choice", "ordered", "ladder", "pair", "numeric", "date"):
            person.answers(kind)
        page = words(person.get("mine").text)
        assert "7 of 28 questions answered" in page
        for figure in ("24 %", "€482 bn", "31 December 2029"):
            assert figure in page

    def test_it_is_for_oneself_alone(self, visitor: Visitor) -> None:
        assert visitor.get("mine").status_code == 302

    def test_it_is_kept_by_no_cache(self, person: Visitor) -> None:
        assert person.get("mine").headers["Cache-Control"] == "no-store"


class TestAtThePlaceWhereTheForecastStands:
    """Withdrawing and affirming, on the question's page and in one's own list, not on the receipt alone."""

    @pytest.mark.parametrize("place", ["q/leaders-meet", "mine"])
    def test_there_is_a_way_to_withdraw_and_one_press_that_affirms(self, person: Visitor, place: str) -> None:
        person.answers("binary")
        page = person.get(place).text
        assert 'href="/s/ukraine/q/leaders-meet/withdraw"' in page
        assert 'action="/s/ukraine/q/leaders-meet/affirm"' in page
        assert "Affirm: still so" in words(page)

    @pytest.mark.parametrize("place", ["q/leaders-meet", "mine"])
    def test_neither_is_offered_where_nothing_stands(self, person: Visitor, place: str) -> None:
        person.answers("binary")
        person.act("leaders-meet", "withdraw")
        assert "/affirm" not in person.get(place).text
        assert "/withdraw" not in person.get(place).text

    @pytest.mark.parametrize("place", ["q/leaders-meet", "mine"])
    def test_neither_is_offered_once_the_question_is_closed(
        self, person: Visitor, session: Session, place: str
    ) -> None:
        person.answers("binary")
        the_question(session, "leaders-meet").closes_at = TODAY
        session.commit()
        assert "/affirm" not in person.get(place).text
        assert "/withdraw" not in person.get(place).text

    def test_affirming_in_the_list_comes_back_to_the_list_as_it_was_seen(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary")
        page = person.get("mine?show=open&sort=closing").text
        assert value(page, "back") == "/s/ukraine/mine?show=open&sort=closing#q-leaders-meet"
        sent = {"key": value(page, "key"), "back": value(page, "back")}
        answer = person.post("q/leaders-meet/affirm", sent)
        assert answer.location == ("/s/ukraine/mine?show=open&sort=closing&saved=leaders-meet#q-leaders-meet")
        assert acts(session) == [("new", 1), ("affirm", 2)]
        said = words(person.client.get(answer.location).text)
        assert "Still so: Presidents meet in person, 12.5 %" in said
        assert "22 November 2026, 14:00 Kyiv (12:00 UTC) · affirmed" in said
        assert 'id="q-leaders-meet"' in person.get("mine").text

    def test_nobody_is_led_off_the_site_by_an_affirmation(self, person: Visitor) -> None:
        person.answers("binary")
        sent = {"key": value(person.get("mine").text, "key"), "back": "https://elsewhere.example/"}
        assert person.post("q/leaders-meet/affirm", sent).location == "/?saved=leaders-meet#q-leaders-meet"


def test_the_question_and_the_list_tell_the_same_of_how_a_forecast_moved(person: Visitor) -> None:
    for hours, chance in enumerate(("12,5", "20", "17")):
        with clock.at(TODAY + timedelta(hours=hours)):
            person.answers("binary", **{"p-yes": chance})
    with clock.at(TODAY + timedelta(hours=4)):
        on_page, in_list = (words(person.get(place).text) for place in ("q/leaders-meet", "mine"))
    for difference in ("+7.5", "−3"):
        assert difference in on_page and difference in in_list
