"""One's own forecasts: how each moved, what is shown, how they scored and fit; every kind, on a phone too."""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import binom
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant, Question
from survey.presenters.calibration import ENOUGH, LEVEL, Pair, _pairs, calibration_of, verdict_on
from survey.presenters.forecast_history import acts_of, difference, moved, trace
from survey.questions import Row
from survey.services.forecast_history import history
from survey.services.resolution import resolve
from tests.conftest import TODAY
from tests.factories import on, say, someone, the_question, the_survey, withdraw
from tests.survey.outcomes import new_version as publish_version
from tests.survey.outcomes import outcome

from ..visitor import ANSWERS, Visitor, words
from .test_changing import new_version

#: A year on, when rungs and dates of the first year are over.
LATER = datetime(2028, 1, 10, 12, tzinfo=UTC)
KNOWN = datetime(2028, 1, 5, 10, tzinfo=UTC)


def section(page: str, name: str) -> str:
    """The words of one section of the page; empty where it is not there."""
    _before, found, after = page.partition(f'id="{name}"')
    return words(after.partition("</section>")[0]) if found else ""


def section_of(page: str, key: str) -> str:
    """The words of the row of a question."""
    return words(page.partition(f'id="q-{key}"')[2].partition("\n</li>")[0])


def keys(page: str) -> list[str]:
    """The questions that are shown, in their order."""
    shown = page.partition('id="forecasts"')[2].partition('id="calibration"')[0]
    return list(dict.fromkeys(re.findall(r'href="/s/ukraine/q/([\w-]+)"', shown)))


def me(session: Session) -> Participant:
    session.rollback()
    found = session.scalars(select(Participant).order_by(Participant.id)).first()
    assert found is not None
    return found


def answered(session: Session, key: str, *chances: float) -> tuple[Participant, Question]:
    """Somebody says one thing a day, from the 16th on."""
    question = the_question(session, key)
    with clock.at(on(16)):
        person = someone(session)
    for day, chance in enumerate(chances, start=16):
        with clock.at(on(day)):
            say(session, person, question, chance)
    return person, question


class TestHowItMoved:
    def test_one_number_is_told_since_the_first_and_since_the_last_visit(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.3, 0.5, 0.45)
        (told,) = moved(question, history(session, person, question), on(17).date())
        assert (told.about, told.figure.replace("\u00a0", " ")) == ("", "45 %")
        assert (told.since_first, told.since_visit) == ("+15", "−5")

    def test_after_the_last_act_nothing_has_moved_since(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.3, 0.5)
        (told,) = moved(question, history(session, person, question), on(20).date())
        assert (told.since_first, told.since_visit) == ("+20", "")

    def test_the_first_one_has_moved_from_nothing(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.3)
        (told,) = moved(question, history(session, person, question), on(15).date())
        assert (told.since_first, told.since_visit) == ("", "")

    def test_the_same_again_is_said_so(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.3, 0.3)
        (told,) = moved(question, history(session, person, question), on(16).date())
        assert told.since_first == told.since_visit == "same"

    def test_each_date_of_a_ladder_is_told_by_itself(self, session: Session) -> None:
        person, question = answered(session, "ceasefire-when", 0.2, 0.6)
        told = moved(question, history(session, person, question), on(16).date())
        assert [one.since_first for one in told] == ["+10", "+20", "+30", "+40"]
        assert all(one.about.startswith("by ") for one in told)

    @pytest.mark.parametrize(("key", "unit"), [("aid-total", "€"), ("sanctions-end", "days")])
    def test_of_a_quantity_the_middle_is_told(self, session: Session, key: str, unit: str) -> None:
        person, question = answered(session, key, 0.3, 0.5)
        (told,) = moved(question, history(session, person, question), on(16).date())
        assert told.since_first.startswith("+") and unit in told.since_first

    def test_what_was_taken_back_moved_from_nothing(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.3)
        with clock.at(on(17)):
            withdraw(session, person, question)
        acts = history(session, person, question)
        assert moved(question, acts, on(17).date()) == []
        assert [(act.action, len(act.numbers)) for act in acts_of(question, acts)] == [
            ("withdrawn", 0),
            ("first", 1),
        ]

    def test_before_and_after_are_needed_for_a_difference(self, session: Session) -> None:
        question = the_question(session, "leaders-meet")
        assert difference(question, None, Row("yes", "p", 0.3, "30")) == ""
        assert difference(question, Row("yes", "p", 0.7, "70"), Row("yes", "p", 0.3, "30")) == "−40"


class TestTheLine:
    def test_there_is_none_before_a_change(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.3)
        assert trace(question, history(session, person, question)) is None

    def test_it_steps_from_forecast_to_forecast(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.5, 0.75)
        line = trace(question, history(session, person, question))
        assert line is not None
        assert line.paths == ["M0.0 16.0H16.0V9.5H96"]
        assert line.ends == [(96, 9.5)]

    @pytest.mark.parametrize("kind", ["choice", "ladder", "pair"])
    def test_every_number_has_its_own(self, session: Session, kind: str) -> None:
        key = ANSWERS[kind][0]
        person, question = answered(session, key, 0.2, 0.4)
        line = trace(question, history(session, person, question))
        assert line is not None and len(line.paths) == len(question.options)

    @pytest.mark.parametrize("key", ["aid-total", "sanctions-end"])
    def test_a_quantity_stays_inside_the_picture(self, session: Session, key: str) -> None:
        person, question = answered(session, key, 0.1, 0.9)
        line = trace(question, history(session, person, question))
        assert line is not None and len(line.paths) == 1
        assert all(3 <= y <= 29 for _x, y in line.ends)


class TestTheList:
    def test_every_kind_stands_in_a_row_with_its_age_and_the_number_it_tells(self, person: Visitor) -> None:
        for kind in ANSWERS:
            person.answers(kind)
        page = person.get("mine").text
        told = words(page)
        assert told.count("Given: today History: 1 entry") == len(ANSWERS)
        for kind, number in {
            "choice": "Yours: 73 % No general ceasefire has taken effect; fighting continues",
            "ladder": "Yours: 25 % 31 Dec 2027",
            "pair": "Yours: 24 %",
            "numeric": "Yours: €482 bn",
            "date": "Yours: 31 Dec 2029",
        }.items():
            assert number in section_of(page, ANSWERS[kind][0])
        # Everything that was said stands in the history of its row.
        for each in ("€395 bn", "30 June 2027", "31 December 2034", "5.5 %", "0.2 %"):
            assert each in told
        assert 'name="p-yes" value="12,5"' in page

    def test_the_history_says_how_each_number_changed(self, person: Visitor) -> None:
        person.answers("ladder")
        person.answers("ladder", **{"p-2030-12-31": "70", "nothing_to_add": "y"})
        told = words(person.get("mine").text)
        assert "History: 2 entries" in told
        assert "by 31 December 2030: 70 % +10" in told
        assert "since the first +10" in told

    def test_a_protected_survey_tells_days_alone(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        assert "14:00 Kyiv" in section(person.get("mine").text, "forecasts")
        the_survey(session).protected = True
        session.commit()
        shown = section(person.get("mine").text, "forecasts")
        assert "14:00 Kyiv" not in shown and "22 November 2026" in shown


class TestWhatIsShown:
    @pytest.fixture
    def busy(self, person: Visitor, session: Session) -> Visitor:
        """Somebody with one answer that is open, one to look at again, one skipped, one closed."""
        for key, typed in (ANSWERS["ladder"], ANSWERS["binary"], ANSWERS["numeric"]):
            person.answer(key, **typed)
        person.post("q/nuclear-use/skip")
        the_question(session, "aid-total").closes_at = on(23)
        session.commit()
        new_version(session, "leaders-meet", substantive=False)
        return person

    def test_a_filter_shows_what_it_says(self, busy: Visitor) -> None:
        told = {
            "all": ["ceasefire-when", "leaders-meet", "aid-total", "nuclear-use"],
            "open": ["ceasefire-when", "leaders-meet", "nuclear-use"],
            "closed": ["aid-total"],
            "resolved": [],
            "affirm": ["leaders-meet"],
        }
        with clock.at(on(24)):
            assert {show: keys(busy.get(f"mine?show={show}").text) for show in told} == told

    @pytest.mark.whole
    def test_what_is_not_answered_is_one_of_them(self, busy: Visitor) -> None:
        found = keys(busy.get("mine?show=unanswered").text)
        assert len(found) == 24 and "ceasefire-when" not in found

    def test_what_is_resolved_moves_there(self, busy: Visitor, session: Session) -> None:
        resolve(session, the_question(session, "leaders-meet"), outcome(value=0.0))
        session.commit()
        assert keys(busy.get("mine?show=resolved").text) == ["leaders-meet"]
        assert "resolved" in section_of(busy.get("mine").text, "leaders-meet")

    def test_a_theme_and_a_filter_go_together(self, busy: Visitor) -> None:
        assert keys(busy.get("mine?show=open&theme=peace").text) == ["ceasefire-when", "leaders-meet"]
        assert keys(busy.get("mine?show=open&theme=escalation").text) == ["nuclear-use"]

    def test_links_keep_what_was_chosen(self, busy: Visitor) -> None:
        page = busy.get("mine?show=open&theme=peace&sort=closing").text.replace("&amp;", "&")
        assert "/mine?theme=peace&sort=closing#forecasts" in page
        assert "/mine?show=open&sort=closing#forecasts" in page
        assert "/mine?show=open&theme=peace&sort=changed#forecasts" in page

    def test_they_can_be_put_in_the_order_of_closing(self, busy: Visitor) -> None:
        assert keys(busy.get("mine?sort=closing").text)[0] == "aid-total"

    def test_and_in_that_of_the_last_change(self, busy: Visitor) -> None:
        with clock.at(on(23)):
            busy.answers("ladder", **{"p-2030-12-31": "61"})
        with clock.at(on(23, hour=13)):
            busy.answers("binary", **{"p-yes": "13"})
        assert keys(busy.get("mine?sort=changed").text)[:2] == ["leaders-meet", "ceasefire-when"]

    def test_what_there_is_not_is_the_usual_view(self, busy: Visitor) -> None:
        for query in ("show=x", "theme=x", "sort=x", "show=&theme=%00&sort=", "show=open&show=all"):
            answer = busy.get(f"mine?{query}")
            assert answer.status_code == 200, query
            assert "ceasefire-when" in keys(answer.text), query

    def test_where_there_is_none_it_says_so(self, busy: Visitor) -> None:
        assert "There is none of these now." in words(busy.get("mine?show=resolved").text)


class TestScores:
    def scored(self, person: Visitor, session: Session, value: float = 1.0) -> Question:
        person.answers("binary")
        question = the_question(session, "leaders-meet")
        with clock.at(LATER):
            resolve(session, question, outcome(KNOWN, value=value))
            session.commit()
        return question

    def read(self, person: Visitor, session: Session) -> str:
        session.rollback()
        with clock.at(LATER):
            return person.get("mine").text

    def test_they_stand_with_outcome_coverage_and_last_day(self, person: Visitor, session: Session) -> None:
        self.scored(person, session)
        told = section(self.read(person, session), "scores")
        assert "Presidents meet in person yes Brier, 0 to 2 1.53 1.53 98.3 %" in told
        assert "Logarithmic 2.08 2.08 98.3 %" in told

    def test_before_there_is_one_there_is_no_section(self, person: Visitor) -> None:
        person.answers("binary")
        assert section(person.get("mine").text, "scores") == ""

    def test_a_correction_tells_before_after_and_why(self, person: Visitor, session: Session) -> None:
        question = self.scored(person, session)
        assert section(self.read(person, session), "corrections") == ""
        with clock.at(LATER + timedelta(hours=1)):
            resolve(session, question, outcome(KNOWN, value=0.0, why="The first report was withdrawn."))
            session.commit()
        page = self.read(person, session)
        told = section(page, "corrections")
        assert "yes → no The first report was withdrawn." in told
        assert "Brier, 0 to 2: 1.53 → 0.0313" in told
        assert "Presidents meet in person no Brier, 0 to 2 0.0313" in section(page, "scores")

    def test_an_annulled_one_is_not_scored_any_more(self, person: Visitor, session: Session) -> None:
        question = self.scored(person, session)
        with clock.at(LATER + timedelta(hours=1)):
            resolve(session, question, outcome(KNOWN, annulled=True, why="The words contradict themselves."))
            session.commit()
        page = self.read(person, session)
        assert "Brier, 0 to 2: 1.53 → not scored" in section(page, "corrections")
        assert section(page, "scores") == ""

    def test_what_others_were_scored_is_not_here(self, person: Visitor, session: Session) -> None:
        other = someone(session)
        say(session, other, the_question(session, "leaders-meet"), 0.77)
        session.commit()
        question = the_question(session, "leaders-meet")
        with clock.at(LATER):
            resolve(session, question, outcome(KNOWN, value=1.0))
            session.commit()
            session.rollback()
            page = person.get("mine").text
        assert section(page, "scores") == section(page, "corrections") == ""


class TestCalibration:
    def resolved(self, session: Session, person: Participant, count: int) -> None:
        """So many rungs of ladders come out, each a forecast of its own."""
        ladders = [question for question in the_survey(session).questions if question.kind == "ladder"]
        rungs = [(question, option) for question in ladders for option in question.options][:count]
        for question in dict.fromkeys(question for question, _option in rungs):
            say(session, person, question, 0.6)
        with clock.at(LATER):
            for question, option in rungs:
                resolve(session, question, outcome(KNOWN, about=option.key, value=1.0))
        session.commit()

    def test_before_there_is_enough_it_says_when_it_will_be_there(
        self, person: Visitor, session: Session
    ) -> None:
        self.resolved(session, me(session), 2)
        with clock.at(LATER):
            told = section(person.get("mine").text, "calibration")
        assert f"as soon as {ENOUGH} of your forecasts have an outcome. 2 have so far." in told

    def test_with_nothing_it_says_so_without_a_chart(self, person: Visitor) -> None:
        page = person.get("mine").text
        assert "None has so far." in section(page, "calibration")
        assert "charts.js" not in page

    def test_with_enough_there_is_a_picture_with_counts(self, person: Visitor, session: Session) -> None:
        self.resolved(session, me(session), ENOUGH)
        with clock.at(LATER):
            page = person.get("mine").text
        assert "charts.js" in page
        told = section(page, "calibration")
        assert f"for {ENOUGH} resolved forecasts" in told
        assert "always saying 50 % scores 0.500" in told

    @pytest.mark.long
    def test_of_calibrated_people_no_more_than_the_level_are_told_that_they_differ(self) -> None:
        """Twelve questions and three ladders of four dates each: above the bound once in a thousand runs."""
        random, people, accused = np.random.default_rng(5), 100, 0
        for _person in range(people):
            single = [
                (said, int(random.random() < said), 0.0, (key, 0))
                for key, said in enumerate(random.random(12))
            ]
            ladders = [
                (said, int(u < said), 0.0, (100 + key, 0))
                for key, u in enumerate(random.random(3))
                for said in np.sort(random.random(4))
            ]
            accused += verdict_on([Pair(*row) for row in (*single, *ladders)]).rejects(LEVEL)
        assert accused <= binom.ppf(0.999, people, LEVEL)

    def test_who_says_the_opposite_of_what_happens_is_told_so(self, session: Session) -> None:
        wrong = [Pair(0.95, 0, 0.0, (key, 0)) for key in range(ENOUGH)]
        assert verdict_on(wrong).rejects(LEVEL)

    def test_options_that_exclude_each_other_are_drawn_one_after_the_other(self, session: Session) -> None:
        person, question = answered(session, ANSWERS["choice"][0], 0.6)
        resolve(session, question, outcome(option=question.options[0].key))
        pairs = list(_pairs(question, history(session, person, question)))
        assert [round(pair.below, 9) for pair in pairs] == [0.0, 0.6, 0.7, 0.8, 0.9]
        assert len({pair.together for pair in pairs}) == 1

    def pairs(self, session: Session, person: Participant) -> list[tuple[int, float]]:
        questions = the_survey(session).questions
        found = calibration_of(
            questions, {question.id: history(session, person, question) for question in questions}
        )
        return [(found.count, round(found.brier, 6))]

    def test_it_takes_the_forecast_that_stood_on_the_last_scored_day(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.2, 0.4)
        with clock.at(TODAY):
            say(session, person, question, 0.99)  # On the day it was known: too late to count.
            resolve(session, question, outcome(value=1.0))
        assert self.pairs(session, person) == [(1, 0.72)]

    def test_yes_and_no_stay_as_they_were_given(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.1)
        resolve(session, question, outcome(value=0.0))
        assert self.pairs(session, person) == [(1, 0.02)]

    def test_each_option_of_a_choice_is_a_forecast(self, session: Session) -> None:
        key = ANSWERS["choice"][0]
        person, question = answered(session, key, 0.6)
        resolve(session, question, outcome(option=question.options[0].key))
        assert self.pairs(session, person) == [(5, round(2 * (0.4**2 + 4 * 0.1**2) / 5, 6))]

    def test_what_was_taken_back_is_none(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.1)
        with clock.at(on(18)):
            withdraw(session, person, question)
        resolve(session, question, outcome(value=0.0))
        assert self.pairs(session, person) == [(0, 0.0)]

    def test_an_annulled_outcome_is_none(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.1)
        resolve(session, question, outcome(annulled=True))
        assert self.pairs(session, person) == [(0, 0.0)]

    def test_what_no_longer_counts_is_none(self, session: Session) -> None:
        person, question = answered(session, "leaders-meet", 0.1)
        publish_version(session, question, on(18), substantive=True)
        resolve(session, question, outcome(value=0.0))
        assert self.pairs(session, person) == [(0, 0.0)]


class TestMyData:
    def test_it_leads_to_forgetting_and_to_erasing(self, person: Visitor) -> None:
        page = person.get("mine").text
        assert "/s/ukraine/erase" in page and "/s/ukraine/leave" in page


class TestProgress:
    @pytest.mark.whole
    def test_each_theme_has_its_next_question_and_its_close(self, person: Visitor) -> None:
        told = words(person.get("themes").text)
        assert "Next here: Ceasefire takes effect" in told
        assert "The first of them closes 1 July 2027, 03:00 Kyiv (00:00 UTC)." in told
        assert "0 of 28" in told

    @pytest.mark.whole
    def test_it_goes_on_with_each_answer(self, person: Visitor) -> None:
        person.answers("ladder")
        told = words(person.get("themes").text)
        assert "Next here: Ceasefire takes effect" not in told
        assert "1 of 28" in told and "1 of 6" in told
