"""The survey as the cases assume it: which of our questions and fields plays which role."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from survey.models import Question
from tests.factories import the_question, the_survey

Case = dict[str, Any]

EPOCH = date(1970, 1, 1)
LEVELS = [0.1, 0.5, 0.9]
QUANTILES = ("q-0.1", "q-0.5", "q-0.9")


@dataclass(frozen=True)
class Role:
    """What a case calls by its own name: the fields of one question, in the order of the case's list."""

    question: str
    fields: tuple[str, ...]


CHANCE = Role("leaders-meet", ("p-yes",))
ONE_OF_FOUR = Role("war-state-2027", ("p-settlement", "p-ceasefire", "p-collapsed", "p-fighting"))
ONE_OF_THREE = Role("guarantee-form", ("p-assurances", "p-agreements", "p-nuclear"))
AMOUNT = Role("aid-total", QUANTILES)
DAYS = Role("sanctions-end", QUANTILES)
DAY = Role("foreign-plants", ("q-0.5",))
WORDS = Role("leaders-meet", ("rationale",))

ROLES = {
    "probability_percent": CHANCE,
    "p": CHANCE,
    "probabilities_percent": ONE_OF_FOUR,
    "probabilities": ONE_OF_FOUR,
    "quantiles": AMOUNT,
    "date_quantiles": DAYS,
    "date": DAY,
    "rationale": WORDS,
}


def role_of(case: Case) -> Role:
    """The role of a case; a header is sent with a chance."""
    if case.get("options") == 3:
        return ONE_OF_THREE
    return ROLES.get(case["field"], CHANCE)


def assume_limits(session: Session) -> None:
    """Set the limits that the cases assume on the survey's own rows, before anybody answers."""
    survey = the_survey(session)
    survey.lowest_probability, survey.highest_probability = 0.001, 0.999
    survey.zone = "Europe/Kyiv"
    for role in (ONE_OF_FOUR, ONE_OF_THREE):
        _close_the_others(the_question(session, role.question), role)
    _ask(the_question(session, AMOUNT.question), 0, 100_000, LEVELS)
    window = days("2025-01-01"), days("2035-12-31")
    _ask(the_question(session, DAYS.question), *window, LEVELS)
    day = the_question(session, DAY.question)
    day.kind = "date"
    _ask(day, *window, [0.5])


def days(text: str) -> float:
    """Days since 1970-01-01, as a date is stored."""
    return float((date.fromisoformat(text) - EPOCH).days)


def _ask(question: Question, lower: float, upper: float, levels: list[float]) -> None:
    question.scale, question.lower, question.upper = "linear", lower, upper
    question.open_lower = question.open_upper = question.whole = False
    question.quantile_levels = levels


def _close_the_others(question: Question, role: Role) -> None:
    """A question with as many options as the cases have: the rest takes no answers any more."""
    for option in question.options:
        if f"p-{option.key}" not in role.fields:
            option.closes_at = question.opens_at
