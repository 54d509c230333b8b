"""What stands beside the boxes of a question's form, and what scripts are told to draw what is typed.

Without script the boxes are all there is. Every word that a script says comes from here or from a template, in
the reader's language, with places such as ``{part}`` for what it fills in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from ..i18n.formatting import day_label, exact_percent, likelihoods
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Event, Option, Participant, Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from ..services.forecast_history import latest, standing_rows
from ..services.forecast_precheck import middle_half, standing_values
from ..services.forecast_submit import asks_what_changed
from ..store.engine import db


@dataclass(frozen=True)
class ClosedRung:
    """A rung whose deadline is over: its day, and what its reader gave, which stands."""

    day: str
    label: str
    given: str
    points: float | None


@dataclass(frozen=True)
class ConditionGiven:
    """The condition of a pair: its question, and the reader's own chance of it in percent, if they gave one."""

    title: str
    address: str
    points: float | None
    said: str


@dataclass(frozen=True)
class FormerForecast:
    """What a forecast that is typed is compared with, so that a large change is asked about before it is saved.

    Attributes
    ----------
    sentence
        Asks what changed.
    points
        A chance that differs by more percent points is far.
    chances
        What stands, in percent, by the name of its field.
    middle
        The middle half of a number or date that stands: a new median outside of it is far.
    """

    sentence: str
    points: float
    chances: Mapping[str, float] = field(default_factory=dict)
    middle: tuple[float, float] | None = None


@dataclass(frozen=True)
class InputContext:
    """What stands beside the boxes, and what their scripts are told.

    Attributes
    ----------
    unit
        Written in every box.
    words
        Sentences that scripts fill in.
    facts
        Attributes ``data-…`` of the whole form: the range, the scale, where a ladder begins.
    """

    unit: str = ""
    words: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    closed: tuple[ClosedRung, ...] = ()
    given: ConditionGiven | None = None
    former: FormerForecast | None = None


def beside(question: Question, person: Participant | None, asked: Sequence[Option]) -> InputContext:
    """What belongs to the boxes of a question for this person."""
    former = _former(question, person, asked)
    if isinstance(kind_of(question), QuantileKind):
        return InputContext(question.text(current_language()).unit, {}, _scale(question), former=former)
    return InputContext(
        "%",
        _words_of_chances(question),
        _range(question),
        _closed(question, person, asked) if question.kind == "ladder" else (),
        _given(question, person) if question.kind == "pair" else None,
        former,
    )


def _former(question: Question, person: Participant | None, asked: Sequence[Option]) -> FormerForecast | None:
    """What stands of this person, where a change of it may be asked about."""
    limit = question.survey.explain_change
    # A limit of 100 points is none: no change is larger.
    if person is None or limit >= 1 or latest(db.session, person, question) is None:
        return None
    values = standing_values(db.session, person, question)
    if not values:
        return None
    sentence, points = asks_what_changed(question), round(100 * limit, 10)
    if question.quantile_levels:
        return FormerForecast(sentence, points, middle=middle_half(values))
    slots = kind_of(question).slots(question, asked)
    chances = {
        slot.field: round(100 * values[slot.option, slot.part], 10)
        for slot in slots
        if (slot.option, slot.part) in values
    }
    return FormerForecast(sentence, points, chances)


def _words_of_chances(question: Question) -> dict[str, Any]:
    """What the words beside a box are made of, the same sentences as `i18n.formatting` and the grammars say."""
    survey = question.survey
    lowest, highest = exact_percent(survey.lowest_probability), exact_percent(survey.highest_probability)
    return {
        "about": _("about %(part)s in %(whole)s", part="{part}", whole="{whole}"),
        "less": _("less than 1 in %(whole)s", whole="{whole}"),
        "more": _("more than %(part)s in %(whole)s", part="{part}", whole="{whole}"),
        "likely": [*likelihoods(), (1, _("very likely"))],
        # Typed into the box as it stands: it has to be read again, so keep to "in" or "з".
        "one_in_n": _("%(part)s in %(whole)s", part="{part}", whole="{whole}"),
        "unreadable": {
            "percent": _("Write percent as a number, such as 12.5 or 40."),
            "odds": _("Write odds as two numbers, for to against: 1:7 is 1 way for and 7 against, 1 in 8."),
            "one_in_n": _("Write it as 1 in 8, or only the 8."),
        },
        "outside": _(
            "A forecast of this survey lies between %(lowest)s and %(highest)s.",
            lowest=lowest,
            highest=highest,
        ),
    }


def _range(question: Question) -> dict[str, str]:
    """The chances that the survey takes, in percent; where the curve of a ladder begins."""
    survey = question.survey
    facts = {"lowest": _points(survey.lowest_probability), "highest": _points(survey.highest_probability)}
    if question.kind == "ladder":
        facts["start"] = question.opens_at.date().isoformat()
    return facts


def _scale(question: Question) -> dict[str, str]:
    facts = {"lower": f"{question.lower:.12g}", "upper": f"{question.upper:.12g}", "unit": _unit(question)}
    facts |= {"log": ""} if question.scale == "log" else {}
    facts |= {"repeats": ""} if question.whole or question.kind == "date" else {}
    return facts


def _unit(question: Question) -> str:
    return question.text(current_language()).unit


def _points(p: float) -> str:
    return f"{p * 100:.10g}"


def _closed(
    question: Question, person: Participant | None, asked: Sequence[Option]
) -> tuple[ClosedRung, ...]:
    """The rungs that have no box any more, with what stands on them."""
    rows = standing_rows(db.session, person, question) if person else []
    given = {row.option: row.value for row in rows}
    return tuple(
        _closed_rung(option.key, given.get(option.key)) for option in question.options if option not in asked
    )


def _closed_rung(key: str, p: float | None) -> ClosedRung:
    label = day_label(key)
    if p is None:
        return ClosedRung(key, label, "–", None)
    return ClosedRung(key, label, exact_percent(p), p * 100)


def _given(question: Question, person: Participant | None) -> ConditionGiven | None:
    """The condition of a pair as its reader sees it."""
    if question.condition is None:
        return None
    event = question.condition.event
    address = url_for("participant.question", slug=question.survey.slug, key=event.question.key)
    p = own_chance(event, person)
    said = exact_percent(p) if p is not None else ""
    points = round(p * 100, 10) if p is not None else None
    return ConditionGiven(_title(event), address, points, said)


def own_chance(event: Event, person: Participant | None) -> float | None:
    """What a person's own standing forecasts give to an event; None where one of them is missing.

    Answers exclude each other, so several of them add up; of a ladder's deadlines the last holds the others. An
    event that does not hold is the complement.
    """
    rows = standing_rows(db.session, person, event.question) if person else []
    given = {row.option: row.value for row in rows}
    keys = [option.key for option in event.options]
    if not all(key in given for key in keys):
        return None
    chances = [given[key] for key in keys]
    chance = max(chances) if event.question.kind == "ladder" else sum(chances)
    return chance if event.holds else 1 - chance


def _title(event: Event) -> str:
    language = current_language()
    options = ", ".join(option.text(language) for option in event.options)
    title = event.question.text(language).short
    return f"{title}: {options}" if event.question.kind != "binary" else title
