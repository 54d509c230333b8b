"""The same act twice: double clicks, retries, two tabs, late retries, a database that was away."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import StoreUnavailable
from survey.models import Submission
from survey.web.participant import forecast
from tests.factories import the_question

from ..visitor import Visitor, value, words


def stored(session: Session) -> list[Submission]:
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.revision)))


@pytest.mark.store
def test_the_same_form_twice_is_one_forecast_with_one_receipt(person: Visitor, session: Session) -> None:
    form = person.open("leaders-meet") | {"p-yes": "30"}
    first, second = (person.post("q/leaders-meet", form) for _ in range(2))
    assert first.location == second.location
    assert len(stored(session)) == 1


@pytest.mark.store
def test_the_same_key_with_another_number_is_refused_and_both_are_kept(
    person: Visitor, session: Session
) -> None:
    form = person.open("leaders-meet") | {"p-yes": "30"}
    person.post("q/leaders-meet", form)
    answer = person.post("q/leaders-meet", form | {"p-yes": "60"})
    assert answer.status_code == 422
    assert "had saved a forecast before" in words(answer.text)
    assert value(answer.text, "p-yes") == "60"
    assert value(answer.text, "key") != form["key"]
    assert len(stored(session)) == 1


def test_every_page_has_a_key_of_its_own(person: Visitor) -> None:
    assert person.open("leaders-meet")["key"] != person.open("leaders-meet")["key"]


@pytest.mark.parametrize("key", ["", "short", "k" * 65, "one key of a page", "one-key-of-a-page\n"])
def test_a_form_without_a_key_as_keys_are_written_is_refused_with_a_new_one(
    person: Visitor, session: Session, key: str
) -> None:
    answer = person.post("q/leaders-meet", {"p-yes": "30", "key": key})
    assert answer.status_code == 422
    assert value(answer.text, "p-yes") == "30"
    assert value(answer.text, "key") not in ("", key)
    assert not stored(session)


@pytest.mark.store
def test_of_two_tabs_both_values_are_kept_and_shown(person: Visitor, session: Session) -> None:
    one, other = person.open("leaders-meet"), person.open("leaders-meet")
    person.post("q/leaders-meet", one | {"p-yes": "30"})
    answer = person.post("q/leaders-meet", other | {"p-yes": "45"})
    page = words(person.client.get(answer.location).text)
    assert "Another tab had saved in between" in page
    assert "Saved in between 30 % Counts now 45 %" in page
    assert [act.action for act in stored(session)] == ["new", "update"]


@pytest.mark.parametrize("shown", ["9" * 5_000, "-1", "1.5", "\u0661" * 9, ""])
def test_what_a_page_says_it_showed_is_a_hint_and_never_in_the_way(
    person: Visitor, session: Session, shown: str
) -> None:
    form = person.open("leaders-meet") | {"p-yes": "20", "base_revision": shown}
    answer = person.post("q/leaders-meet", form)
    assert answer.status_code == 303
    assert person.client.get(answer.location).status_code == 200


def test_an_ordinary_change_says_nothing_of_tabs(person: Visitor) -> None:
    person.answers("binary")
    answer = person.answers("binary", **{"p-yes": "30"})
    page = words(person.client.get(answer.location).text)
    assert "Another tab" not in page
    assert "before: 12.5 %" in page


@pytest.mark.store
def test_a_late_retry_gets_its_receipt_after_the_close(person: Visitor, session: Session) -> None:
    form = person.open("leaders-meet") | {"p-yes": "30"}
    first = person.post("q/leaders-meet", form)
    with clock.at(the_question(session, "leaders-meet").closes_at + timedelta(days=7)):
        session.rollback()
        late = person.post("q/leaders-meet", form)
        assert person.client.get(late.location).status_code == 200
    assert (late.status_code, late.location) == (303, first.location)


def test_a_late_retry_of_a_ladder_gets_its_receipt_after_a_rung(person: Visitor, session: Session) -> None:
    form = person.open("ceasefire-when")
    form |= dict.fromkeys(("p-2027-06-30", "p-2027-12-31", "p-2028-12-31", "p-2030-12-31"), "10")
    first = person.post("q/ceasefire-when", form)
    rung = the_question(session, "ceasefire-when").option("2027-06-30").closes_at
    assert rung is not None
    with clock.at(rung):
        session.rollback()
        assert person.post("q/ceasefire-when", form).location == first.location


class TestClosed:
    def test_a_late_forecast_is_refused_with_its_text_kept(self, person: Visitor, session: Session) -> None:
        form = person.open("leaders-meet") | {"p-yes": "33", "rationale": "Too late, alas."}
        with clock.at(the_question(session, "leaders-meet").closes_at):
            session.rollback()
            answer = person.post("q/leaders-meet", form)
        page = words(answer.text)
        assert answer.status_code == 409
        assert "It closed at 2028-01-01 00:00 UTC" in page
        assert "Yes 33 Why? Too late, alas." in page
        assert not stored(session)

    def test_the_page_shows_ones_own_last_forecast(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        with clock.at(the_question(session, "leaders-meet").closes_at):
            session.rollback()
            page = person.get("q/leaders-meet").text
        assert "Your last forecast counts." in words(page)
        assert "12.5 %" in words(page)
        assert 'name="p-yes"' not in page

    def test_a_rung_that_closed_meanwhile_is_named(self, person: Visitor, session: Session) -> None:
        form = person.open("ceasefire-when")
        form |= dict.fromkeys(("p-2027-06-30", "p-2027-12-31", "p-2028-12-31", "p-2030-12-31"), "10")
        rung = the_question(session, "ceasefire-when").option("2027-06-30").closes_at
        assert rung is not None
        with clock.at(rung):
            session.rollback()
            answer = person.post("q/ceasefire-when", form)
            assert answer.status_code == 422
            assert "no longer does" in answer.text
            again = form | {"p-2027-06-30": ""}
            assert person.post("q/ceasefire-when", again).status_code == 303


class TestAStoreThatIsAway:
    @pytest.mark.store
    def test_the_form_comes_back_with_everything_and_the_same_key(
        self, person: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(_work: object, **_how: object) -> None:
            raise StoreUnavailable()

        form = person.open("leaders-meet") | {"p-yes": "33", "rationale": "Kept."}
        monkeypatch.setattr(forecast, "transaction", away)
        answer = person.post("q/leaders-meet", form)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Kept." in answer.text
        assert [value(answer.text, name) for name in ("p-yes", "key")] == ["33", form["key"]]
        monkeypatch.undo()
        assert person.post("q/leaders-meet", form).status_code == 303
        assert len(stored(session)) == 1

    def test_where_not_even_reading_works_the_request_is_shown_again(
        self, person: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(_slug: str) -> None:
            raise OperationalError("SELECT", {}, Exception("connection refused"))

        form = person.open("leaders-meet") | {"p-yes": "33", "rationale": "Kept."}
        monkeypatch.setattr(forecast, "survey_by_slug", away)
        answer = person.post("q/leaders-meet", form)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Kept." in answer.text
        assert [value(answer.text, name) for name in ("p-yes", "key")] == ["33", form["key"]]
        assert person.get("q/leaders-meet").status_code == 503


def test_after_going_back_what_was_edited_is_saved_as_a_change_by_one_press(
    person: Visitor, session: Session
) -> None:
    form = person.open("leaders-meet") | {
        "format": "percent",
        "p-yes": "30",
        "rationale": "First.",
        "confidence": "2",
    }
    person.post("q/leaders-meet", form)
    edited = form | {"p-yes": "35", "rationale": "Second, after going back.", "confidence": "4"}
    page = person.post("q/leaders-meet", edited).text
    assert re.search(r'<button[^>]*type="submit" form="forecast">Save it as a change</button>', page)
    assert 'id="forecast"' in page and "Save forecast<" not in page
    pressed = {name: value(page, name) for name in form if name not in ("rationale", "confidence", "format")}
    assert pressed["p-yes"] == "35" and pressed["key"] != form["key"]
    assert "Second, after going back." in page
    saved = person.post("q/leaders-meet", edited | pressed)
    assert saved.status_code == 303
    acts = [(one.action, one.forecasts[0].value) for one in stored(session)]
    assert acts == [("new", 0.3), ("update", 0.35)]
    assert person.post("q/leaders-meet", edited | pressed).location == saved.location
    assert len(stored(session)) == 2
