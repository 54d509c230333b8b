"""Scores beside the crowd's against figures worked out by hand: peer scores, and WIS on shared days."""

from datetime import timedelta
from math import log

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.scores import OWN_RULES
from survey.aggregation.stored_scores import score_summary
from survey.models import Participant, Question, Resolution, Score
from survey.services.publication import publish_question
from survey.services.resolution import effects, resolve, resolve_all
from tests.factories import crowd, on, say, someone, the_question, withdraw

from ..outcomes import new_version, outcome, scores

FREE = "leaders-meet"
#: The question opened on 15 November; 21 November is the last day that is scored.
LIFE = 7


def said(session: Session, question: Question, chances: dict[int, float], **facts: object) -> Participant:
    """Somebody who gives one chance on each of some days."""
    with clock.at(on(min(chances))):
        person = someone(session, **facts)
    for day, chance in chances.items():
        with clock.at(on(day)):
            say(session, person, question, chance)
    return person


def peers(session: Session, resolution: Resolution) -> dict[int, Score]:
    query = select(Score).filter_by(resolution_id=resolution.id, rule="peer")
    return {score.participant_id: score for score in session.scalars(query)}


def test_a_peer_score_is_the_logarithm_of_the_ratio_by_shared_days(session: Session) -> None:
    question = the_question(session, FREE)
    first, second = said(session, question, {18: 0.8}), said(session, question, {20: 0.4})
    found = peers(session, resolve(session, question, outcome(value=1.0)))
    assert found[first.id].value == pytest.approx(100 * log(2) * 2 / LIFE)  # 20, 21
    assert found[second.id].value == pytest.approx(-100 * log(2) * 2 / LIFE)
    assert found[first.id].coverage == pytest.approx(4 / LIFE)
    assert found[first.id].last_day == pytest.approx(100 * log(2))


def test_a_no_is_compared_by_what_was_given_to_it(session: Session) -> None:
    question = the_question(session, FREE)
    first = said(session, question, {21: 0.8})
    said(session, question, {21: 0.6})
    found = peers(session, resolve(session, question, outcome(value=0.0)))
    assert found[first.id].last_day == pytest.approx(100 * log(0.2 / 0.4))


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        (FREE, {"value": 1.0}),
        ("war-state-2027", {"option": "settlement"}),
        ("escalation-rung", {}),
        ("ceasefire-when", {"about": "2027-06-30", "value": 1.0}),
        ("guarantee-if-ceasefire", {"about": "if_yes", "value": 1.0}),
    ],
)
def test_those_who_count_sum_to_0_in_every_kind(session: Session, key: str, facts: dict[str, object]) -> None:
    question = the_question(session, key)
    crowd(session, question, [0.2, 0.5, 0.7], day=19)
    facts = facts or {"option": question.options[0].key}
    found = peers(session, resolve(session, question, outcome(**facts)))
    assert len(found) == 3
    assert sum(score.value for score in found.values()) == pytest.approx(0, abs=1e-9)
    assert max(score.value for score in found.values()) > 1


def test_who_is_alone_scores_0(session: Session) -> None:
    question = the_question(session, FREE)
    person = said(session, question, {20: 0.1})
    assert peers(session, resolve(session, question, outcome(value=1.0)))[person.id].value == 0


def test_insiders_and_who_saw_the_crowd_first_are_nobodys_others(session: Session) -> None:
    question = the_question(session, FREE)
    first, _second = said(session, question, {21: 0.8}), said(session, question, {21: 0.4})
    insider = said(session, question, {21: 0.1}, insider_since=on(20))
    with clock.at(on(21)):
        late = someone(session)
        say(session, late, question, 0.1, crowd_seen=True)
    found = peers(session, resolve(session, question, outcome(value=1.0)))
    assert found[first.id].last_day == pytest.approx(100 * log(2))
    beside = 100 * (log(0.1) - (log(0.8) + log(0.4)) / 2)
    assert found[insider.id].last_day == found[late.id].last_day == pytest.approx(beside)


def test_days_after_a_withdrawal_bring_nothing(session: Session) -> None:
    question = the_question(session, FREE)
    stays, leaves = said(session, question, {18: 0.8}), said(session, question, {18: 0.4})
    with clock.at(on(20)):
        withdraw(session, leaves, question)
    found = peers(session, resolve(session, question, outcome(value=1.0)))
    assert found[stays.id].value == pytest.approx(100 * log(2) * 2 / LIFE)  # 18, 19
    assert (found[leaves.id].coverage, found[leaves.id].last_day) == (pytest.approx(2 / LIFE), None)


def test_a_substantive_version_ends_older_answers(session: Session) -> None:
    question = the_question(session, FREE)
    first, _second = said(session, question, {18: 0.8}), said(session, question, {18: 0.4})
    new_version(session, question, on(19), substantive=True)
    found = peers(session, resolve(session, question, outcome(value=1.0)))
    assert found[first.id].value == pytest.approx(100 * log(2) / LIFE)


def test_a_correction_computes_them_anew(session: Session) -> None:
    question = the_question(session, FREE)
    first, _second = said(session, question, {21: 0.8}), said(session, question, {21: 0.4})
    before = resolve(session, question, outcome(value=1.0))
    after = resolve(session, question, outcome(value=0.0))
    assert peers(session, before)[first.id].last_day == pytest.approx(100 * log(2))
    assert peers(session, after)[first.id].last_day == pytest.approx(100 * log(0.2 / 0.6))
    assert peers(session, resolve(session, question, outcome(annulled=True))) == {}


def test_each_rung_is_compared_by_itself(session: Session) -> None:
    question = the_question(session, "ceasefire-when")
    first, *_ = crowd(session, question, [0.8, 0.4], day=21)  # a quarter, a half, … of each
    keys = [option.key for option in question.options]
    made = resolve_all(session, question, [outcome(about=key, value=1.0) for key in keys[2:]])
    assert [peers(session, one)[first.id].last_day for one in made] == pytest.approx([100 * log(2)] * 2)


def test_a_known_outcome_on_the_first_day_compares_nobody(session: Session) -> None:
    question = the_question(session, FREE)
    said(session, question, {16: 0.5})
    resolution = resolve(session, question, outcome(question.opens_at + timedelta(hours=1), value=1.0))
    assert scores(session, resolution) == {}


def test_the_effect_and_the_summary_keep_to_ones_own_rules(session: Session) -> None:
    question = the_question(session, FREE)
    crowd(session, question, [0.2, 0.8])
    (effect,) = effects(session, question, [outcome(value=1.0)])
    assert set(effect.scores) == {"brier", "log"} <= set(OWN_RULES)
    assert effect.compared["peer"].person.size == effect.people == 2
    resolution = resolve(session, question, outcome(value=1.0))
    assert [rule for rule, _people, _mean in score_summary(session, resolution)] == ["brier", "log"]


# ---- Numbers, beside the published crowd

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def gives(session: Session, question: Question, value: float, day: int, people: int = 1) -> Participant:
    """People who are nearly sure of a value: within 2 of it."""
    numbers = {f"q-{level:g}": value + step for level, step in zip(LEVELS, (-2, -1, 0, 1, 2), strict=True)}
    with clock.at(on(day)):
        for _ in range(people):
            person = someone(session)
            say(session, person, question, numbers, input_format="number")
    return person


def wis(off: float) -> float:
    """Of such an answer, on a plain scale, when the outcome lies `off` above its middle, 2 or more."""
    return 2 * sum(level * (off - step) for level, step in zip(LEVELS, (-2, -1, 0, 1, 2), strict=True)) / 5


@pytest.mark.whole
def test_a_number_is_compared_on_the_days_on_which_a_crowd_was_published(session: Session) -> None:
    question = the_question(session, "russian-gas")
    gives(session, question, 20, 17, people=12)
    with clock.at(on(20)):
        assert publish_question(session, question, on(19).date())
    mine = gives(session, question, 25, 18)
    found = scores(session, resolve(session, question, outcome(value=30.0)), mine)
    assert found["wis_shared"].value == pytest.approx(wis(5))
    assert found["wis_crowd"].value == pytest.approx(wis(10))
    assert found["wis_crowd"].coverage == pytest.approx(3 / LIFE)  # 19, 20, 21
    assert found["wis"].coverage == pytest.approx(4 / LIFE) and "peer" not in found


@pytest.mark.whole
def test_without_a_publication_a_number_is_not_compared(session: Session) -> None:
    question = the_question(session, "russian-gas")
    mine = gives(session, question, 20, 17, people=12)
    assert set(scores(session, resolve(session, question, outcome(value=30.0)), mine)) == {"wis"}


@pytest.mark.whole
def test_a_published_crowd_ends_where_the_question_changed(session: Session) -> None:
    question = the_question(session, "russian-gas")
    gives(session, question, 20, 17, people=12)
    with clock.at(on(19)):
        publish_question(session, question, on(18).date())
    new_version(session, question, on(20), substantive=True)
    mine = gives(session, question, 25, 20)
    resolution = resolve(session, question, outcome(value=30.0))
    assert set(scores(session, resolution, mine)) == {"wis"}
    # The control: those who answered before share 18 and 19 with it.
    assert scores(session, resolution)["wis_crowd"].coverage == pytest.approx(2 / LIFE)
