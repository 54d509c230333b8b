"""Mean scores on an outcome: told of ten people and more, and no two of them differ by a person or two."""

import pytest
from sqlalchemy.orm import Session

from survey.disclosure import mean_scores
from survey.models import Question
from survey.services.erasure import erase
from survey.services.resolution import resolve
from tests.factories import crowd, on, the_question

from ..outcomes import outcome

FREE = "leaders-meet"
TENTHS = [tenth / 10 for tenth in range(1, 10)]


@pytest.fixture
def free(session: Session) -> Question:
    return the_question(session, FREE)


def brier(
    session: Session, question: Question, day: int = 22, value: float = 1.0, why: str = ""
) -> float | None:
    """The mean that is told once an outcome known from a day of November is stored; None where none is."""
    stored = resolve(session, question, outcome(on(day), value=value, why=why))
    return {one.rule: one.mean for one in mean_scores(session, question, stored)}.get("brier")


def test_nine_people_are_told_no_mean_and_ten_are(session: Session, free: Question) -> None:
    crowd(session, free, TENTHS, day=20)
    assert free.survey.minimum_cell == 10
    assert brier(session, free) is None


def test_ten_people_are_told_their_mean_and_their_number_roughly(session: Session, free: Question) -> None:
    crowd(session, free, [*TENTHS, 0.5, 0.5], day=20)
    stored = resolve(session, free, outcome(on(22), value=1.0))
    told = {one.rule: one for one in mean_scores(session, free, stored)}
    assert told["brier"].mean == pytest.approx(2 * (2.85 + 2 * 0.25) / 11, abs=0.0005)
    assert told["brier"].people == 10


def test_moving_the_day_by_one_persons_answer_tells_no_second_mean(session: Session, free: Question) -> None:
    crowd(session, free, [*TENTHS, 0.5], day=18)
    crowd(session, free, [0.97], day=19)
    assert brier(session, free, day=19) is not None
    assert brier(session, free, day=20) is None
    assert brier(session, free, day=19, why="Back again.") is not None


def test_moving_the_day_by_nobodys_answer_or_by_fives_tells_another(session: Session, free: Question) -> None:
    crowd(session, free, [*TENTHS, 0.5], day=17)
    crowd(session, free, [0.9] * 5, day=20)
    assert brier(session, free, day=18) is not None
    assert brier(session, free, day=20) is not None
    assert brier(session, free, day=21) is not None


def test_the_fourth_outcome_of_one_matter_is_told_no_mean(session: Session, free: Question) -> None:
    crowd(session, free, [*TENTHS, 0.5], day=18)
    told = [brier(session, free, value=value, why=str(value)) for value in (1.0, 0.0)]
    told += [brier(session, free, value=value, why="again") for value in (1.0, 0.0)]
    assert [one is not None for one in told] == [True, True, True, False]


def test_after_somebody_erased_their_answers_the_mean_is_withheld(session: Session, free: Question) -> None:
    people = crowd(session, free, [*TENTHS, 0.5, 0.97], day=18)
    stored = resolve(session, free, outcome(on(22), value=1.0))
    assert mean_scores(session, free, stored)
    erase(session, people[-1])
    assert mean_scores(session, free, stored) == []


def test_an_attacker_who_asks_for_every_day_reads_nobody(session: Session, free: Question) -> None:
    """One person answers a day; the differences of the means gave each person's score before."""
    crowd(session, free, [*TENTHS, 0.5], day=16)
    for day, value in zip(range(17, 22), (0.37, 0.62, 0.05, 0.81, 0.49), strict=True):
        crowd(session, free, [value], day=day)
    told = [brier(session, free, day=day, why=str(day)) for day in range(17, 23)]
    assert told[0] is not None
    assert told[1:] == [None] * 5
