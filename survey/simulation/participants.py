"""Invented answers: views in log-odds around a centre, and the texts somebody with such a view would type."""

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from .. import clock
from ..aggregation.specification import POOLED
from ..models import BackgroundQuestion, Option, Question
from ..questions import EnteredValue, kind_of, number_parsing
from ..questions.quantiles import bounds

Floats = NDArray[np.float64]

#: How a text is read, by the sort of number it stands for: as the form does.
READ: Mapping[str, Callable[[str], EnteredValue]] = {
    "probability": number_parsing.percent,
    "number": number_parsing.number,
    "date": number_parsing.date,
}

#: How far views of different people lie apart, in log-odds, and how far one moves between two visits.
BETWEEN_PEOPLE = 0.7
BETWEEN_VISITS = 0.2
#: The probability views lie around where the bank gives none.
ARBITRARY = 0.12
#: Begins the draw of what people say about themselves.
SAID_SEED = 14
#: Nobody places a number farther from the middle of its range, in log-odds.
FARTHEST = 2.5

REASONS = {
    "en": (
        "Invented for this demonstration: base rates of similar cases weighed most with me.",
        "Invented for this demonstration: I started from the last years and moved a little.",
        "Invented for this demonstration: the time left is short, so I stay near the present state.",
        "Invented for this demonstration: two developments pull in opposite directions here.",
        "Invented for this demonstration: I changed my mind after reading the criteria again.",
    ),
    "uk": (
        "Вигадано для цієї демонстрації: найбільше важила частота подібних випадків.",
        "Вигадано для цієї демонстрації: я виходжу з останніх років і трохи від них відступаю.",
        "Вигадано для цієї демонстрації: часу лишилося мало, тому я близько до нинішнього стану.",
        "Вигадано для цієї демонстрації: тут два процеси тягнуть у різні боки.",
    ),
}


@dataclass
class Person:
    """Somebody invented.

    Attributes
    ----------
    lean
        What all their views share, in log-odds.
    diligence
        Share of the survey they answer at the first visit.
    views
        Question key to view: log-odds of each option, or of a number's place in its range.
    standing
        Keys of the questions on which a forecast of theirs stands.
    """

    number: int
    language: str
    lean: float
    diligence: float
    expertise: int
    views: dict[str, Floats] = field(default_factory=dict)
    standing: set[str] = field(default_factory=set)


def invent_person(draw: np.random.Generator, number: int, languages: Sequence[str]) -> Person:
    """Somebody new; three in four answer everything they can judge at once."""
    return Person(
        number=number,
        language=str(draw.choice(languages)),
        lean=draw.normal(0, BETWEEN_PEOPLE / 2),
        diligence=1.0 if draw.random() < 0.75 else draw.uniform(0.2, 0.8),
        expertise=int(draw.integers(1, 6)),
    )


def invent_background(person: Person, asked: Sequence[BackgroundQuestion]) -> dict[str, list[str]]:
    """What somebody says about themselves, by key of the question; one in six says nothing.

    Answers that stand first are likelier. It has a draw of its own: a bank that asks nothing changes no forecast.
    """
    draw = np.random.default_rng((SAID_SEED, person.number))
    if draw.random() < 1 / 6:
        return {}
    found = {}
    for question in asked:
        keys = [option.key for option in question.options]
        shares = 0.75 ** np.arange(len(keys))
        most = 2 if question.kind == "multi" else 1
        if keys:
            found[question.key] = draw.choice(keys, most, replace=False, p=shares / shares.sum()).tolist()
    return found


def invent_entries(
    draw: np.random.Generator,
    person: Person,
    question: Question,
    asked: Sequence[Option],
    worked: Mapping[str, float],
) -> dict[str, EnteredValue]:
    """What this person types into the fields of a question: their view, moved a little if they had one.

    Parameters
    ----------
    worked
        Option key to the probability views lie around; an option without one gets an arbitrary one.
    """
    _form_view(draw, person, question, worked)
    texts = _number_texts if question.quantile_levels else _percent_texts
    slots = kind_of(question).slots(question, asked)
    typed = texts(question, asked, person.views[question.key])
    return {slot.field: READ[slot.sort](text) for slot, text in zip(slots, typed, strict=True)}


def invent_reason(draw: np.random.Generator, person: Person) -> str:
    """A sentence that says of itself that it is invented; most of the time none."""
    return str(draw.choice(REASONS.get(person.language, REASONS["en"]))) if draw.random() < 0.12 else ""


def _form_view(
    draw: np.random.Generator, person: Person, question: Question, worked: Mapping[str, float]
) -> None:
    known = person.views.get(question.key)
    if known is not None:
        person.views[question.key] = known + draw.normal(0, BETWEEN_VISITS, known.shape)
        return
    centre = _arbitrary_place(question) if question.quantile_levels else _centre(question, worked)
    # A ladder's rungs and a pair's branches move together; options that exclude each other do not.
    shared = 0.0 if _is_exclusive(question) else person.lean + draw.normal(0, BETWEEN_PEOPLE)
    apart = BETWEEN_PEOPLE if _is_exclusive(question) else BETWEEN_VISITS
    person.views[question.key] = centre + shared + draw.normal(0, apart, centre.shape)


def _is_exclusive(question: Question) -> bool:
    return POOLED[question.kind] == "options"


def _centre(question: Question, worked: Mapping[str, float]) -> Floats:
    """What views lie around: log-odds of each option, or plain logarithms where they share one whole."""
    arbitrary = 1 / len(question.options) if _is_exclusive(question) else ARBITRARY
    centres = np.array([worked.get(option.key, arbitrary) for option in question.options])
    logarithms: Floats = np.log(centres)
    return logarithms if _is_exclusive(question) else logarithms - np.log1p(-centres)


def _arbitrary_place(question: Question) -> Floats:
    """A number's place in its range, in log-odds: anywhere in the middle, the same for everybody."""
    # Not `hash`, which differs from process to process.
    arbitrary = np.random.default_rng(zlib.crc32(question.key.encode()))
    return np.array([arbitrary.uniform(-0.9, 0.4)])


def _percent_texts(question: Question, asked: Sequence[Option], view: Floats) -> list[str]:
    places = [option.position for option in question.options]
    chosen = view[[places.index(option.position) for option in asked]]
    lowest, highest = question.survey.lowest_probability, question.survey.highest_probability
    if _is_exclusive(question):
        # The largest taken off first: no exponential overflows.
        points = np.exp(chosen - chosen.max())
        return _together(100 * points / points.sum(), 100 * lowest)
    if question.kind == "ladder":
        chosen = np.maximum.accumulate(chosen)
    points = np.clip(1 / (1 + np.exp(-chosen)), lowest, highest)
    return [_as_typed(point) for point in 100 * points]


def _together(points: Floats, lowest: float) -> list[str]:
    """Points that make 100: each as people round it, the largest takes what is left."""
    texts = [_as_typed(max(point, lowest)) for point in points]
    largest = int(points.argmax())
    # Of the texts: what is typed has to make 100, whatever it was rounded from.
    others = sum(float(text) for place, text in enumerate(texts) if place != largest)
    texts[largest] = f"{100 - others:.2f}".rstrip("0").rstrip(".")
    return texts


def _as_typed(points: float) -> str:
    """Percent as people write it: whole points, tenths below 5 and above 95, hundredths near the ends.

    >>> _as_typed(37.4), _as_typed(2.34), _as_typed(99.964)
    ('37', '2.3', '99.96')
    """
    near = min(points, 100 - points)
    return f"{points:.{0 if near >= 5 else 1 if near >= 0.5 else 2}f}"


def _number_texts(question: Question, asked: Sequence[Option], view: Floats) -> list[str]:
    """The quantiles of somebody who places the number around `view`, of a width that is theirs."""
    lower, upper = bounds(question)
    centre = np.clip(view[0], -FARTHEST, FARTHEST)
    # Who lies far from the middle is less sure.
    width = 0.3 + 0.2 * abs(centre)
    deviations = np.array([NormalDist().inv_cdf(level) for level in question.quantile_levels])
    places = 1 / (1 + np.exp(-(centre + width * deviations)))
    log = question.scale == "log"
    values = lower * (upper / lower) ** places if log else lower + (upper - lower) * places
    apart = float(np.diff(values).min(initial=upper - lower))
    return [_number_as_typed(question, value, apart) for value in values.tolist()]


def _number_as_typed(question: Question, value: float, apart: float) -> str:
    """Four figures in plain digits, or as many as tell apart quantiles that lie so near to each other."""
    if question.kind == "date":
        return clock.day_date(round(value)).isoformat()
    if question.whole:
        return str(round(value))
    decimals = max(3 - _decade(value), 1 - _decade(apart))
    text = f"{round(value, decimals):.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decade(value: float) -> int:
    """The power of ten of a number's first digit."""
    return math.floor(math.log10(abs(value))) if value else 0
