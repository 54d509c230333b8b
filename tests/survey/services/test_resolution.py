"""Resolving: append-only, once, refused where it cannot be, and the same as computing everything anew."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import SurveyClosed
from survey.models import EventLog, Question, Resolution, Score
from survey.services import resolution
from survey.services.audit_log import first_broken
from survey.services.resolution import effects, resolve, resolve_all
from survey.services.resolution_rules import InvalidOutcome, Outcome, condition_holds
from survey.store.lifecycle import current_resolutions
from tests.conftest import TODAY
from tests.factories import crowd, on, say, someone, the_question, the_survey

from ..outcomes import member, outcome

FREE = "leaders-meet"


@pytest.fixture
def free(session: Session) -> Question:
    """A question tied to no other, with six answers of 20 November."""
    question = the_question(session, FREE)
    crowd(session, question, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], day=20)
    return question


def figures(
    session: Session, resolution: Resolution
) -> dict[tuple[int, str], tuple[float, float, float | None]]:
    return {
        (score.participant_id, score.rule): (score.value, score.coverage, score.last_day)
        for score in session.scalars(select(Score).filter_by(resolution_id=resolution.id))
    }


def test_a_correction_equals_a_computation_from_scratch_and_keeps_what_was(
    session: Session, free: Question
) -> None:
    first = resolve(session, free, outcome(value=1.0))
    before = figures(session, first)
    second = resolve(session, free, outcome(value=0.0))
    third = resolve(session, free, outcome(value=1.0, why="The correction was wrong."))
    assert figures(session, third) == before
    assert figures(session, first) == before
    assert figures(session, second) != before
    assert [second.supersedes_id, third.supersedes_id] == [first.id, second.id]
    last = resolve(session, free, outcome(annulled=True))
    assert figures(session, last) == {}
    assert current_resolutions(session, free) == [last]


@pytest.mark.parametrize("table", ["resolution", "score"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET question_id = question_id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_an_outcome(
    session: Session, free: Question, table: str, verb: str
) -> None:
    resolve(session, free, outcome(value=1.0))
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(verb.format(table)))


def test_the_same_outcome_twice_is_one(session: Session, free: Question) -> None:
    first = resolve(session, free, outcome(value=1.0))
    assert resolve(session, free, outcome(value=1.0)) is first
    assert session.scalars(select(Resolution)).all() == [first]


def test_a_resolved_question_takes_no_answers(session: Session, free: Question) -> None:
    resolve(session, free, outcome(value=1.0))
    with pytest.raises(SurveyClosed, match="outcome is known"):
        say(session, someone(session), free, 0.5)


def test_the_log_says_who_resolved_what(session: Session, free: Question) -> None:
    user = member(session, "organizer")
    made = resolve(session, free, outcome(value=1.0), user)
    entry = session.scalars(select(EventLog).filter_by(act="resolve")).one()
    ids = {"question": FREE, "resolution": made.id, "supersedes": None}
    facts = {
        "annulled": False,
        "value": 1.0,
        "source": made.source,
        "why": "",
        "outcome": None,
        "about": None,
    }
    assert entry.user_id == user.id
    assert entry.detail.items() >= (ids | facts | {"known_from": made.known_from.isoformat()}).items()
    assert first_broken(session, the_survey(session)) is None
    assert made.by_id == user.id


def test_effects_are_told_before_anything_is_stored(session: Session, free: Question) -> None:
    (effect,) = effects(session, free, [outcome(value=0.0)])
    assert effect.people == 6
    expected = 2 * (0.01 + 0.04 + 0.09 + 0.16 + 0.25 + 0.36) / 6
    assert effect.scores["brier"].mean.mean() == pytest.approx(expected)
    assert session.scalars(select(Resolution)).all() == []


def test_everybodys_scores_are_computed_once_and_stored_where_what_they_rest_on_still_stands(
    session: Session, free: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for name in ("prepare", "store", "refuse_stale"):
        taken = getattr(resolution, name)

        def noted(*given: Any, name: str = name, taken: Callable[..., Any] = taken) -> Any:
            steps.append(name)
            return taken(*given)

        monkeypatch.setattr(resolution, name, noted)
    resolve(session, free, outcome(value=1.0))
    assert steps == ["prepare", "store", "refuse_stale"]


def test_somebody_else_was_faster(session: Session, free: Question) -> None:
    resolve(session, free, outcome(value=1.0))
    with pytest.raises(InvalidOutcome, match="in the meantime"):
        resolve_all(session, free, [outcome(value=0.0)], known=[])


Refused = tuple[str, Callable[[], Outcome], str, str]

REFUSED: list[Refused] = [
    (FREE, lambda: outcome(TODAY + timedelta(minutes=1), value=1.0), "known_from", "has not come yet"),
    (FREE, lambda: outcome(on(14), value=1.0), "known_from", "opened at 2026-11-15"),
    (FREE, lambda: Outcome(on(21), " ", value=1.0), "source", "Name the source"),
    (FREE, lambda: outcome(value=0.5), "outcome", "yes or no"),
    (FREE, lambda: outcome(option="yes"), "outcome", "cannot have this outcome"),
    (FREE, lambda: outcome(value=float("nan")), "outcome", "cannot have this outcome"),
    (FREE, lambda: outcome(), "outcome", "cannot have this outcome"),
    (FREE, lambda: outcome(value=1.0, annulled=True), "outcome", "not both"),
    (FREE, lambda: outcome(value=1.0, about="yes"), "outcome", "no such part"),
    ("war-state-2027", lambda: outcome(value=1.0), "outcome", "Choose the option"),
    ("war-state-2027", lambda: outcome(option="peace on earth"), "outcome", "Choose the option"),
    ("ceasefire-when", lambda: outcome(value=1.0), "outcome", "which date"),
    ("guarantee-if-ceasefire", lambda: outcome(about="if_yes", annulled=True), "outcome", "whole pair"),
    ("foreign-plants", lambda: outcome(value=3.5), "outcome", "whole numbers"),
    ("foreign-plants", lambda: outcome(value=-1.0), "outcome", "At least"),
    ("self-supply", lambda: outcome(value=101.0), "outcome", "At most"),
]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("key", "made", "field", "sentence"), REFUSED, ids=[f"{r[0]}-{r[3]}" for r in REFUSED]
)
def test_what_cannot_have_come_out_is_refused(
    session: Session, key: str, made: Callable[[], Outcome], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidOutcome) as refused:
        resolve(session, the_question(session, key), made())
    assert sentence in refused.value.errors[field]
    assert session.scalars(select(Resolution)).all() == []


def test_a_number_beyond_an_open_bound_may_come_out(session: Session) -> None:
    assert resolve(session, the_question(session, "foreign-plants"), outcome(value=75.0)).value == 75


def test_a_ladder_cannot_say_yes_and_later_no(session: Session) -> None:
    question = the_question(session, "ceasefire-when")
    resolve(session, question, outcome(about="2027-06-30", value=1.0))
    with pytest.raises(InvalidOutcome, match="earlier date"):
        resolve(session, question, outcome(about="2028-12-31", value=0.0))


def test_a_ladder_can_be_corrected_as_a_whole(session: Session) -> None:
    question = the_question(session, "ceasefire-when")
    keys = [option.key for option in question.options]
    resolve_all(session, question, [outcome(about=key, value=1.0) for key in keys])
    made = resolve_all(session, question, [outcome(about=key, value=0.0) for key in keys])
    assert [one.value for one in current_resolutions(session, question)] == [0, 0, 0, 0]
    assert all(one.supersedes_id for one in made)


def test_an_annulled_ladder_is_annulled_rung_by_rung(session: Session) -> None:
    question = the_question(session, "ceasefire-when")
    resolve(session, question, outcome(annulled=True))
    standing = current_resolutions(session, question)
    assert [(one.annulled, one.option_id) for one in standing] == [(True, o.id) for o in question.options]


def test_the_other_branch_of_a_pair_is_annulled_by_itself(session: Session) -> None:
    question = the_question(session, "guarantee-if-ceasefire")
    resolve(session, question, outcome(about="if_no", value=0.0))
    told = {
        one.option.key: (one.annulled, one.value)
        for one in current_resolutions(session, question)
        if one.option
    }
    assert told == {"if_no": (False, 0.0), "if_yes": (True, None)}


def test_a_pair_corrected_to_its_other_branch_annuls_the_first(session: Session) -> None:
    question = the_question(session, "guarantee-if-ceasefire")
    resolve(session, question, outcome(about="if_no", value=0.0))
    resolve(session, question, outcome(about="if_yes", value=1.0))
    told = {
        one.option.key: (one.annulled, one.value)
        for one in current_resolutions(session, question)
        if one.option
    }
    assert told == {"if_no": (True, None), "if_yes": (False, 1.0)}


def test_a_condition_that_is_known_decides_the_branch(session: Session) -> None:
    pair, condition = the_question(session, "guarantee-if-ceasefire"), the_question(session, "ceasefire-when")
    assert condition_holds(session, pair) is None
    resolve(session, condition, outcome(about="2027-06-30", value=1.0))
    assert condition_holds(session, pair) is True  # by June means by December
    with pytest.raises(InvalidOutcome, match="other branch"):
        resolve(session, pair, outcome(about="if_no", value=1.0))


def test_a_condition_that_did_not_come_true_leaves_only_annulment(session: Session) -> None:
    condition, question = the_question(session, "ceasefire-when"), the_question(session, "ceasefire-holds")
    resolve(session, condition, outcome(about="2027-12-31", value=0.0))
    assert condition_holds(session, question) is False
    with pytest.raises(InvalidOutcome, match="only be annulled"):
        resolve(session, question, outcome(value=1.0))
    assert resolve(session, question, outcome(annulled=True)).annulled


def test_resolving_waits_for_nobody_in_the_future(session: Session) -> None:
    with clock.at(TODAY - timedelta(days=2)), pytest.raises(InvalidOutcome):
        resolve(session, the_question(session, FREE), outcome(value=1.0))
