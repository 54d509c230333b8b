"""Questions without a database: just the attributes that the kinds read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from survey.errors import InvalidAnswer
from survey.questions import EnteredValue, Row, answer_fields, kind_of
from survey.questions.fields import FormatField
from survey.questions.number_parsing import date


@dataclass(frozen=True)
class SurveyStandIn:
    lowest_probability: float = 0.001
    highest_probability: float = 0.999


@dataclass(frozen=True)
class TextStandIn:
    unit: str = ""


@dataclass(frozen=True)
class OptionStandIn:
    key: str
    label: str = ""

    def text(self, language: str) -> str:
        return f"{self.label or self.key} ({language})" if language != "en" else self.label or self.key


@dataclass(frozen=True)
class QuestionStandIn:
    kind: str
    options: list[OptionStandIn]
    key: str = "question"
    survey: SurveyStandIn = field(default_factory=SurveyStandIn)
    scale: str | None = None
    lower: float | None = None
    upper: float | None = None
    open_lower: bool = False
    open_upper: bool = False
    whole: bool = False
    quantile_levels: list[float] = field(default_factory=list)
    unit: str = ""

    def option(self, key: str) -> "OptionStandIn":
        return next(option for option in self.options if option.key == key)

    def text(self, language: str) -> TextStandIn:
        return TextStandIn(self.unit)


LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
QUANTILES = ["q-0.05", "q-0.25", "q-0.5", "q-0.75", "q-0.95"]
WIDE = SurveyStandIn(0.0001, 0.9999)


def a_binary(**facts: Any) -> QuestionStandIn:
    return QuestionStandIn("binary", [OptionStandIn("yes", "it holds")], **facts)


def a_choice(*keys: str, kind: str = "choice", **facts: Any) -> QuestionStandIn:
    return QuestionStandIn(kind, [OptionStandIn(key) for key in keys or "abcd"], **facts)


def a_ladder(**facts: Any) -> QuestionStandIn:
    rungs = {"2027-06-30": "30 June 2027", "2027-12-31": "31 December 2027", "2028-12-31": "31 December 2028"}
    return QuestionStandIn("ladder", [OptionStandIn(key, label) for key, label in rungs.items()], **facts)


def a_pair(**facts: Any) -> QuestionStandIn:
    branches = {"if_yes": "if so", "if_no": "if not"}
    return QuestionStandIn("pair", [OptionStandIn(key, label) for key, label in branches.items()], **facts)


def a_number(**facts: Any) -> QuestionStandIn:
    facts = {"scale": "linear", "lower": 0.0, "upper": 100_000.0, "quantile_levels": LEVELS} | facts
    return QuestionStandIn("numeric", [OptionStandIn("value")], **facts)


def a_date(first: str = "2025-01-01", last: str = "2035-12-31", **facts: Any) -> QuestionStandIn:
    facts = {"scale": "linear", "quantile_levels": LEVELS} | facts
    bounds = {"lower": date(first).value, "upper": date(last).value}
    return QuestionStandIn("date", [OptionStandIn("value")], **bounds, **facts)


def entries(**values: float) -> dict[str, EnteredValue]:
    """Entries by option key: `entries(yes=0.3)` is {"p-yes": …}."""
    return {f"p-{key}": EnteredValue(value, f"{value}") for key, value in values.items()}


def quantiles(*values: float) -> dict[str, EnteredValue]:
    return {
        name: EnteredValue(float(value), f"{value}") for name, value in zip(QUANTILES, values, strict=True)
    }


def rows(question: QuestionStandIn, given: dict[str, EnteredValue], **settings: Any) -> list[Row]:
    """The rows of a question whose every option is asked."""
    return kind_of(question).rows(question, question.options, given, **settings)


def errors_of(act: Callable[[], object]) -> dict[str, str]:
    """The sentences with which an answer is refused, by field."""
    with pytest.raises(InvalidAnswer) as refused:
        act()
    return dict(refused.value.errors)


def stored(question: QuestionStandIn, given: dict[str, EnteredValue]) -> list[float]:
    return [row.value for row in rows(question, given)]


def a_form(
    question: QuestionStandIn,
    sent: dict[str, Any] | None = None,
    *,
    start: dict[str, Any] | None = None,
) -> Form:
    """The question's form: as a browser would send it, or fresh with what stands in its boxes."""
    fields = answer_fields(question, question.options, "en") | {"format": FormatField()}
    form_class = type("QuestionForm", (Form,), fields)
    return form_class(MultiDict(sent) if sent is not None else None, data=start)
