"""Leaderboards: the rows of a plain computation, in batches, of a cell of people, by the crowd's door alone."""

from collections import defaultdict

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scoring.evaluation.shrinkage import shrunken
from survey import clock
from survey.disclosure import Hidden, Leaderboard, NoLeaderboard, Viewer, get_leaderboard
from survey.errors import InvalidAnswer
from survey.models import Participant, Question, Score
from survey.services.erasure import erase
from survey.services.leaderboard_names import choose_name, take_name_back
from survey.services.publication import publish
from survey.services.resolution import resolve
from tests.conftest import store_after
from tests.factories import on, say, someone, the_survey
from tests.survey.outcomes import outcome

pytestmark = pytest.mark.whole

#: People, who answered every question but one each of two of them.
PEOPLE = 12


@store_after
def twelve(session: Session) -> None:
    """An invited survey in which twelve people answered all, and all was published."""
    survey = the_survey(session)
    with clock.at(on(18)):
        people = [someone(session) for _ in range(PEOPLE)]
        for at, person in enumerate(people):
            for place, question in enumerate(survey.questions):
                if at < 2 and place % 2:
                    continue
                say(session, person, question, 0.1 + 0.06 * ((at * 7 + place * 5) % 12))
    with clock.at(on(19)):
        publish(session, survey)


@pytest.fixture
def world(twelve: None, session: Session) -> Session:
    """Its store."""
    return session


def of_chances(session: Session) -> list[Question]:
    return [one for one in the_survey(session).questions if one.kind == "binary"]


def came_out(session: Session, questions: list[Question]) -> None:
    for place, question in enumerate(questions):
        resolve(session, question, outcome(value=float(place % 2)))


def people(session: Session) -> list[Participant]:
    return list(session.scalars(select(Participant).order_by(Participant.id)))


def board(session: Session, person: Participant | None = None, measure: str = "peer") -> Leaderboard | Hidden:
    who = person or people(session)[5]
    return get_leaderboard(session, Viewer(participant=who), the_survey(session), measure)


def by_hand(session: Session, questions: list[Question]) -> dict[int, tuple[float, float, float]]:
    """Person to score and interval in whole points: plain sums over rows that are read one by one."""
    asked = {question.id for question in questions}
    values: dict[int, list[float]] = defaultdict(list)
    for score in session.scalars(select(Score).where(Score.rule == "peer")):
        if score.question_id in asked:
            values[score.participant_id].append(score.value)
    ranked = {person: found for person, found in values.items() if len(found) >= 5}
    squares = [(value - np.mean(found)) ** 2 for found in ranked.values() for value in found]
    scatter = sum(squares) / sum(len(found) - 1 for found in ranked.values())
    drawn = shrunken(
        [np.mean(found) for found in ranked.values()],
        [scatter / len(found) for found in ranked.values()],
        level=0.9,
    )
    rows = zip(drawn.estimate, drawn.low, drawn.high, strict=True)
    return {
        person: (round(value), round(low), round(high))
        for person, (value, low, high) in zip(ranked, rows, strict=True)
    }


def test_its_rows_are_those_of_a_plain_computation(world: Session) -> None:
    questions = of_chances(world)[:6]
    came_out(world, questions[:5])
    wanted = by_hand(world, questions)
    assert len(wanted) == PEOPLE - 2
    for person, (score, low, high) in wanted.items():
        found = board(world, world.get_one(Participant, person))
        assert isinstance(found, Leaderboard)
        (own,) = (row for row in found.rows() if row.own)
        assert (own.score, own.low, own.high) == (score, low, high)
        assert own.place == 1 + sum(other > score for other, *_rest in wanted.values())
        assert own.questions == 5


def test_the_sixth_outcome_waits_for_four_more_and_a_correction_counts_as_one(world: Session) -> None:
    questions = of_chances(world)
    came_out(world, questions[:5])
    before = board(world)
    assert isinstance(before, Leaderboard)
    resolve(world, questions[5], outcome(value=1.0))
    resolve(world, questions[0], outcome(value=1.0, why="It was otherwise."))
    came_out(world, questions[6:8])
    waits = board(world)
    assert isinstance(waits, Leaderboard)
    assert (waits.waiting, waits.rows()) == (4, before.rows())
    resolve(world, questions[1], outcome(value=0.0, why="So was this."))
    after = board(world)
    assert isinstance(after, Leaderboard)
    assert (after.waiting, after.questions) == (0, 8)
    assert after.rows() != before.rows()


def reason(found: Leaderboard | Hidden) -> NoLeaderboard | None:
    return found.reason if isinstance(found, Hidden) else None


def test_there_is_none_where_it_would_tell_of_single_people(world: Session) -> None:
    survey, questions = the_survey(world), of_chances(world)
    came_out(world, questions[:4])
    assert reason(board(world)) is NoLeaderboard.AWAITED
    came_out(world, questions[4:5])
    assert reason(board(world)) is None
    assert reason(board(world, measure="skill")) is NoLeaderboard.AWAITED
    for name, value, why in [
        ("minimum_cell", 11, NoLeaderboard.TOO_FEW),
        ("reveal", "organizers only", NoLeaderboard.ORGANIZERS_ONLY),
        ("noise_key", "a" * 64, NoLeaderboard.OPEN),
    ]:
        usual = getattr(survey, name)
        setattr(survey, name, value)
        assert reason(board(world)) is why, name
        setattr(survey, name, usual)
    newcomer = someone(world)
    hidden = board(world, newcomer)
    assert isinstance(hidden, Hidden)
    assert hidden.reason is NoLeaderboard.UNSEEN and hidden.pending
    assert reason(get_leaderboard(world, Viewer(), survey, "peer")) is NoLeaderboard.UNSEEN


def test_there_is_none_and_no_failure_where_nobody_is_scored_on_enough_questions(world: Session) -> None:
    """Many may have come each for a question, or all may have left: the outcomes stand, the means are of nobody."""
    questions = of_chances(world)
    came_out(world, questions[:5])
    for person in people(world):
        erase(world, person)
    found = get_leaderboard(world, Viewer(role="owner"), the_survey(world), "peer")
    assert found == Hidden(NoLeaderboard.TOO_FEW)


def test_who_chose_a_name_is_called_by_it_until_they_withdraw_it_or_are_erased(world: Session) -> None:
    came_out(world, of_chances(world)[:5])
    the_survey(world).minimum_cell = 9
    olena, taras = people(world)[5:7]
    choose_name(world, olena, "  Olena  K. ")
    choose_name(world, taras, "Taras")

    def called() -> set[str]:
        found = board(world, people(world)[8])
        assert isinstance(found, Leaderboard)
        return {row.name for row in found.rows() if row.name}

    assert called() == {"Olena K.", "Taras"}
    take_name_back(world, taras)
    assert called() == {"Olena K."}
    the_survey(world).protected = True
    assert called() == set()
    with pytest.raises(InvalidAnswer):
        choose_name(world, taras, "Taras")
    the_survey(world).protected = False
    erase(world, olena)
    assert called() == set()
    after = board(world, people(world)[8])
    assert isinstance(after, Leaderboard) and after.people == PEOPLE - 3


def test_skill_ranks_numbers_by_the_share_of_the_crowds_penalty_saved(world: Session) -> None:
    numbers = [one for one in the_survey(world).questions if one.kind == "numeric"][:5]
    for question in numbers:
        assert question.lower is not None and question.upper is not None
        resolve(world, question, outcome(value=round((question.lower + question.upper) / 2)))
    found = board(world, measure="skill")
    assert isinstance(found, Leaderboard)
    sums: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for question in numbers:
        rows = world.scalars(select(Score).where(Score.question_id == question.id))
        told = {(score.participant_id, score.rule): score.value for score in rows}
        for person in {person for person, _rule in told}:
            sums[person].append(
                (told[person, "wis_shared"] / width(question), told[person, "wis_crowd"] / width(question))
            )
    plain = {
        person: 1 - sum(own for own, _ in pairs) / sum(crowd for _, crowd in pairs)
        for person, pairs in sums.items()
        if len(pairs) == 5
    }
    assert len(plain) == found.people
    drawn = {}
    for person in sorted(plain, key=plain.__getitem__, reverse=True):
        told_to = board(world, world.get_one(Participant, person), "skill")
        assert isinstance(told_to, Leaderboard)
        (drawn[person],) = (row.score for row in told_to.rows() if row.own)
    assert list(drawn.values()) == sorted(drawn.values(), reverse=True)
    # Drawn to the mean of all: nobody is farther from it than they were, but by rounding.
    middle = np.mean(list(plain.values()))
    assert all(abs(drawn[one] - middle) <= abs(plain[one] - middle) + 0.03 for one in plain)


def width(question: Question) -> float:
    """A question's range, on the scale on which it is scored."""
    assert question.lower is not None and question.upper is not None
    if question.scale == "log":
        return float(np.log(question.upper / question.lower))
    return question.upper - question.lower
