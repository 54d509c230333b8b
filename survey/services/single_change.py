"""Single change that mends a clash: one answer moved as far as it must, the rest of its question with it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scoring.coherence import EventSpace, go_together, repair

from ..aggregation.event_space import event_space_of
from ..aggregation.specification import POOLED, Said
from ..aggregation.tied_answers import answers_in
from ..models import Participant, Question
from ..store.lifecycle import open_options
from .own_coherence import DECIMALS, FIXED, Answer, OwnClash, own_answers

#: What an answer misses its interval by less than this was given inside it.
CLOSE = 1e-6
#: Steps in which an answer is moved: of a tenth of a point, or of less where the interval holds none of those.
_STEPS = (1e3, 1e4, 1e5)

Interval = tuple[float, float]


@dataclass(frozen=True)
class SingleChange:
    """One answer of a clash, moved into where it would have to lie.

    Attributes
    ----------
    value
        What it becomes, from 0 to 1.
    answers
        Every open option of its question with what it becomes: a form sends them all.
    """

    value: float
    answers: Mapping[str, float]


def single_changes(session: Session, participant: Participant, clash: OwnClash) -> dict[Answer, SingleChange]:
    """The answers of a clash that mend it by moving alone, and to what; without those that can't, or are closed.

    What is left of a choice goes to its options outside the clash, as near as may be to what they are (repair).
    """
    said, space = own_answers(session, participant), event_space_of(session, participant.survey)
    questions = {question.key: question for question in participant.survey.questions}
    others: dict[str, dict[str, float]] = {}
    for (key, option), value in clash.said.items():
        others.setdefault(key, {})[option] = value
    found = {}
    for (key, option), interval in clash.found.mends.items():
        moved = _moved(session, questions[key], said[key], option, interval)
        if moved and POOLED[questions[key].kind] == "options":
            moved = _with_the_rest(space, {**said, key: moved}, key, {*others[key], option})
        if moved and _may_be_said(questions[key], moved):
            then = answers_in(space, {**others, key: {**said[key], **moved}})
            if go_together(space, then):
                found[key, option] = SingleChange(moved[option], moved)
    return found


def inside(interval: Interval) -> Interval:
    """The ends of an interval, each to the coarsest step at which the interval has one.

    >>> inside((0.48333, 1)), inside((0.07504, 0.07505)), inside((0.2, 0.2))
    ((0.484, 1.0), (0.07504, 0.07505), (0.2, 0.2))
    """
    low, high = interval
    for steps in _STEPS:
        ends = math.ceil((low - CLOSE) * steps) / steps, math.floor((high + CLOSE) * steps) / steps
        if ends[0] <= ends[1]:
            return ends
    return interval


def is_outside(value: float, interval: Interval) -> bool:
    """Whether an answer would have to move to be in an interval."""
    low, high = interval
    return not low - CLOSE <= value <= high + CLOSE


def _moved(
    session: Session, question: Question, said: Mapping[str, float], option: str, interval: Interval
) -> dict[str, float]:
    """The open options of a question once one has moved; empty where it can't, or that is not what is wrong."""
    asked = {one.key for one in open_options(session, question)}
    if not is_outside(said[option], interval) or option not in asked or not asked <= said.keys():
        return {}
    low, high = inside(interval)
    return {name: said[name] for name in said if name in asked} | {option: min(max(said[option], low), high)}


def _with_the_rest(space: EventSpace, said: Said, key: str, fixed: set[str]) -> dict[str, float]:
    """Options that make a whole, those that may move as all that was said lets them; empty where none may."""
    values, may = dict(said[key]), said[key].keys() - fixed
    if not may:
        return {}
    weights = [1.0 if question == key and option in may else FIXED for question, option in space.answers]
    made = repair(space, answers_in(space, said), weights).answers
    values |= {
        option: round(float(value), DECIMALS)
        for (question, option), value in zip(space.answers, made, strict=True)
        if question == key and option in may
    }
    # What rounding leaves over goes to the largest, of which it is the smallest part.
    values[max(may, key=values.__getitem__)] += 1 - math.fsum(values.values())
    return values


def _may_be_said(question: Question, values: Mapping[str, float]) -> bool:
    survey = question.survey
    return all(survey.lowest_probability <= value <= survey.highest_probability for value in values.values())
