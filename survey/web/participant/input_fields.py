"""The boxes of a question's form, each with its words and what a script needs to draw it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

from wtforms import BooleanField, Field

from ...i18n.formatting import day_label, exact_percent, in_words, likelihood
from ...i18n.locale import gettext as _
from ...models import Option, Question
from ...questions import kind_of
from ...questions.base import Slot
from ...questions.quantiles import QuantileKind, level_of
from ..forms.forecast import AnswerForm


@dataclass(frozen=True)
class Box:
    """One number of a form.

    Attributes
    ----------
    words, likely
        The number as people out of a few, and how likely that is; for a quantile `words` says what it means.
    ticks
        "Beyond the range", each with the number it is stored as.
    facts
        What scripts have to know of it: attributes ``data-…`` of the box's row.
    """

    field: Field
    words: str
    likely: str = ""
    ticks: tuple[tuple[BooleanField, float], ...] = ()
    facts: dict[str, str] = field(default_factory=dict)


def boxes_of(question: Question, form: AnswerForm, asked: Sequence[Option]) -> list[Box]:
    """A box for each number that the question asks for now."""
    return [_box(question, form, slot) for slot in kind_of(question).slots(question, asked)]


def _box(question: Question, form: AnswerForm, slot: Slot) -> Box:
    kind, number = kind_of(question), form[slot.field]
    if isinstance(kind, QuantileKind):
        level = level_of(slot.part)
        number.label.text = exact_percent(level)
        ticks = tuple((form[beyond.field], beyond.value) for beyond in slot.beyond)
        # A script has no inverse of the normal distribution at hand.
        facts = {"level": f"{level:g}", "score": f"{NormalDist().inv_cdf(level):.6f}"}
        return Box(number, kind.level_label(level), ticks=ticks, facts=facts)
    if question.kind == "binary":
        number.label.text = _("Your forecast that the answer is yes")
    if question.kind == "ladder":
        number.label.text = day_label(slot.option)
    p = _typed(number, form)
    facts = {"day": slot.option} if question.kind == "ladder" else {"option": slot.option}
    return Box(number, in_words(p) if p else "", likelihood(p) if p else "", facts=facts)


def _typed(number: Field, form: AnswerForm) -> float | None:
    """The chance that stands in a box; None where there is none, or no chance."""
    if number.errors or not number.data:
        return None
    number.raw_data = [number.data]
    try:
        entry = number.read(form)
    except ValueError:
        return None
    return entry.value if entry is not None and 0 < entry.value < 1 else None
