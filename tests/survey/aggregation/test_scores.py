"""Scores against figures worked out by hand: means over whole days, by the rule of each kind."""

from datetime import UTC, date, datetime, timedelta
from math import log

import numpy as np
import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.question_specs import spec_of
from survey.aggregation.scores import clipped
from survey.aggregation.stored_scores import mean_by_rule, scores_of
from survey.models import Participant, Question, Score
from survey.services.resolution import resolve, resolve_all
from tests.factories import on, say, someone, the_question, withdraw

from ..outcomes import new_version, outcome, scores

FREE = "leaders-meet"
#: The question opened on 15 November; 21 November is the last day that is scored.
LIFE = 7


def person_on(session: Session, day: int) -> Participant:
    with clock.at(on(day)):
        return someone(session)


def say_on(session: Session, person: Participant, question: Question, said: dict[int, float]) -> None:
    """Give one chance on each of some days of November."""
    for day, chance in said.items():
        with clock.at(on(day)):
            say(session, person, question, chance)


def of(session: Session, key: str, said: dict[int, float]) -> tuple[Question, Participant]:
    question, person = the_question(session, key), person_on(session, min(said))
    say_on(session, person, question, said)
    return question, person


def test_a_score_is_the_mean_over_whole_days(session: Session) -> None:
    question, person = of(session, FREE, {16: 0.8, 18: 0.6, 21: 0.9})
    brier = scores(session, resolve(session, question, outcome(value=1.0)), person)["brier"]
    # 16, 17: 2 · 0.2² = 0.08; 18, 19, 20: 2 · 0.4² = 0.32; 21: 2 · 0.1² = 0.02
    assert brier.value == pytest.approx((2 * 0.08 + 3 * 0.32 + 0.02) / 6)
    assert brier.coverage == pytest.approx(6 / LIFE)
    assert brier.last_day == pytest.approx(0.02)


def test_the_log_score_stands_beside_it(session: Session) -> None:
    question, person = of(session, FREE, {20: 0.8})
    assert scores(session, resolve(session, question, outcome(value=0.0)), person)[
        "log"
    ].value == pytest.approx(-log(0.2))


def test_days_after_a_withdrawal_lower_coverage_and_nothing_else(session: Session) -> None:
    question, person = of(session, FREE, {16: 0.8, 18: 0.6})
    with clock.at(on(19)):
        withdraw(session, person, question)
    brier = scores(session, resolve(session, question, outcome(value=1.0)), person)["brier"]
    assert brier.value == pytest.approx((2 * 0.08 + 0.32) / 3)
    assert brier.coverage == pytest.approx(3 / LIFE)
    assert brier.last_day is None


def test_an_answer_on_the_day_it_was_known_is_not_scored(session: Session) -> None:
    question, early = of(session, FREE, {20: 0.7})
    late = person_on(session, 21)
    with clock.at(on(22, hour=1)):
        say(session, late, question, 0.99)
        say(session, early, question, 0.99)
    resolution = resolve(session, question, outcome(value=1.0))
    assert scores(session, resolution, late) == {}
    assert scores(session, resolution, early)["brier"].value == pytest.approx(2 * 0.3**2)


def test_an_outcome_known_after_the_close_is_scored_to_the_close(session: Session) -> None:
    question, person = of(session, FREE, {20: 0.5})
    with clock.at(datetime(2027, 12, 31, 12, tzinfo=UTC)):
        say(session, person, question, 0.9)
    with clock.at(question.closes_at + timedelta(days=40)):
        found = outcome(question.closes_at + timedelta(days=30), value=1.0)
        brier = scores(session, resolve(session, question, found), person)["brier"]
    days = (date(2028, 1, 1) - date(2026, 11, 20)).days
    assert brier.value == pytest.approx(((days - 1) * 0.5 + 0.02) / days)
    assert brier.last_day == pytest.approx(0.02)


def test_insiders_are_scored_too_and_erased_people_are_not(session: Session) -> None:
    question, insider = of(session, FREE, {20: 0.7})
    gone = person_on(session, 20)
    say_on(session, gone, question, {20: 0.7})
    insider.insider_since, gone.erased_on = on(20), date(2026, 11, 21)
    session.flush()
    resolution = resolve(session, question, outcome(value=1.0))
    assert set(scores(session, resolution, insider)) == {"brier", "log", "peer"}
    assert scores(session, resolution, gone) == {}


def test_simulated_people_are_not_scored_in_a_real_survey(session: Session) -> None:
    question, invented = of(session, FREE, {20: 0.7})
    invented.simulated = True
    session.flush()
    assert scores(session, resolve(session, question, outcome(value=1.0))) == {}


def test_a_choice_is_scored_over_all_its_options(session: Session) -> None:
    question, person = of(session, "war-state-2027", {20: 0.6})  # the first has 0.6, four others 0.1 each
    found = scores(session, resolve(session, question, outcome(option=question.options[1].key)), person)
    assert found["brier"].value == pytest.approx(0.6**2 + 0.9**2 + 3 * 0.1**2)
    assert found["log"].value == pytest.approx(-log(0.1))


def test_an_ordered_choice_by_the_cuts_through_its_order(session: Session) -> None:
    question, person = of(session, "escalation-rung", {20: 0.6})
    found = scores(session, resolve(session, question, outcome(option=question.options[1].key)), person)
    # cumulative 0.6 0.7 0.8 0.9 against 0 1 1 1: two-sided Brier scores of the four cuts, their mean
    assert found["ordered_brier"].value == pytest.approx(2 * (0.36 + 0.09 + 0.04 + 0.01) / 4)
    assert set(found) == {"ordered_brier", "log", "peer"}


def test_a_ladders_score_is_the_mean_over_its_resolved_rungs(session: Session) -> None:
    question, person = of(session, "ceasefire-when", {20: 0.8})  # 0.2, 0.4, 0.6, 0.8
    keys = [option.key for option in question.options]
    resolve_all(session, question, [outcome(about=keys[2], value=1.0), outcome(about=keys[3], value=1.0)])
    found = scores_of(session, person)
    assert [round(score.value, 6) for score in found if score.rule == "brier"] == [0.32, 0.08]
    assert mean_by_rule(found)["brier"] == pytest.approx(0.2)


def test_a_rung_is_scored_to_its_own_deadline(session: Session) -> None:
    question, person = of(session, "ceasefire-when", {20: 0.8})
    with clock.at(datetime(2027, 6, 30, 12, tzinfo=UTC)):
        say(session, person, question, 0.4)  # 0.1 for the first rung
    with clock.at(datetime(2027, 8, 1, tzinfo=UTC)):
        withdraw(session, person, question)  # too late for a rung that has closed
        found = outcome(datetime(2027, 7, 20, tzinfo=UTC), about="2027-06-30", value=0.0)
        brier = scores(session, resolve(session, question, found), person)["brier"]
    assert brier.last_day == pytest.approx(2 * 0.1**2)
    assert 0.97 < brier.coverage < 1  # From the sixth of its 228 days on.


def test_only_the_branch_whose_condition_came_true_is_scored(session: Session) -> None:
    question, person = of(session, "guarantee-if-ceasefire", {20: 0.6})
    resolve(session, question, outcome(about="if_yes", value=1.0))
    found = scores_of(session, person)
    told = {(score.rule, round(score.value, 3)) for score in found}
    assert told == {("brier", 0.32), ("log", 0.511), ("peer", 0)}
    assert {score.resolution.option.key for score in found if score.resolution.option} == {"if_yes"}


AID = {"q-0.05": 300.0, "q-0.25": 400.0, "q-0.5": 500.0, "q-0.75": 600.0, "q-0.95": 1000.0 * 1000 / 300}


def test_a_number_on_a_log_scale_is_scored_by_its_logarithms(session: Session) -> None:
    question, person = the_question(session, "aid-total"), person_on(session, 20)
    with clock.at(on(20)):
        say(session, person, question, AID, input_format="number")
    found = scores(session, resolve(session, question, outcome(value=500.0)), person)
    losses = [
        0.05 * log(500 / 300),
        0.25 * log(500 / 400),
        0,
        0.25 * log(600 / 500),
        0.05 * log(1000 * 1000 / 300 / 500),
    ]
    assert found["wis"].value == pytest.approx(2 * sum(losses) / 5)
    assert found["wis"].value == pytest.approx(0.088705, abs=1e-6)


@pytest.mark.whole
def test_what_lies_beyond_an_open_bound_counts_as_one_range_away(session: Session) -> None:
    question = the_question(session, "aid-total")
    far = clipped(spec_of(question), np.array([1e9, 1.0, 500.0]))
    assert np.exp(far) == pytest.approx([1000 * 1000 / 300, 300 * 300 / 1000, 500])
    gas = the_question(session, "russian-gas")
    assert clipped(spec_of(gas), np.array([500.0, 45.0])) == pytest.approx([60, 45])


def test_a_date_is_scored_in_days(session: Session) -> None:
    question, person = the_question(session, "sanctions-end"), person_on(session, 20)
    days = [clock.day_number(datetime(2030, 1, day, tzinfo=UTC)) for day in (1, 3, 5, 7, 9)]
    said = {f"q-{level:g}": float(day) for level, day in zip(question.quantile_levels, days, strict=True)}
    with clock.at(on(20)):
        say(session, person, question, said, input_format="date")
    with clock.at(datetime(2030, 2, 1, tzinfo=UTC)):
        found = resolve(session, question, outcome(on(5, 1, 2030), value=float(days[2])))
    assert scores(session, found, person)["wis"].value == pytest.approx(2 * (4 * 0.05 + 2 * 0.25) * 2 / 5)


def test_a_substantive_version_ends_older_answers_on_its_day(session: Session) -> None:
    question, person = of(session, FREE, {16: 0.8})
    stays = person_on(session, 16)
    say_on(session, stays, question, {16: 0.8})
    new_version(session, question, on(18), substantive=True)
    say_on(session, person, question, {20: 0.6})
    resolution = resolve(session, question, outcome(value=1.0))
    brier = scores(session, resolution, person)["brier"]
    assert brier.value == pytest.approx((2 * 0.08 + 2 * 0.32) / 4)  # 16, 17; then 20, 21
    assert brier.coverage == pytest.approx(4 / LIFE)
    assert scores(session, resolution, stays)["brier"].coverage == pytest.approx(2 / LIFE)


def test_an_answer_to_the_new_version_on_its_first_day_counts_that_day(session: Session) -> None:
    question, person = of(session, FREE, {18: 0.8})
    new_version(session, question, on(18, hour=13), substantive=True)
    with clock.at(on(18, hour=14)):
        say(session, person, question, 0.6)
    brier = scores(session, resolve(session, question, outcome(value=1.0)), person)["brier"]
    assert (brier.value, brier.coverage) == (pytest.approx(0.32), pytest.approx(4 / LIFE))


def test_an_answer_overtaken_on_its_own_day_is_not_scored(session: Session) -> None:
    question, person = of(session, FREE, {18: 0.8})
    new_version(session, question, on(18, hour=13), substantive=True)
    assert scores(session, resolve(session, question, outcome(value=1.0)), person) == {}


def test_a_version_of_other_words_ends_nothing(session: Session) -> None:
    question, person = of(session, FREE, {16: 0.8})
    new_version(session, question, on(18), substantive=False)
    brier = scores(session, resolve(session, question, outcome(value=1.0)), person)["brier"]
    assert (brier.value, brier.coverage) == (pytest.approx(0.08), pytest.approx(6 / LIFE))


def test_scores_of_is_what_stands_now(session: Session) -> None:
    question, person = of(session, FREE, {20: 0.7})
    resolve(session, question, outcome(value=1.0))
    second = resolve(session, question, outcome(value=0.0))
    found: list[Score] = scores_of(session, person)
    assert {score.resolution_id for score in found} == {second.id}
    resolve(session, question, outcome(annulled=True))
    assert scores_of(session, person) == []
