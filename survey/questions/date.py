"""When: the quantiles of a date."""

from typing import TYPE_CHECKING

from scoring.value_range import ValueRange

from ..i18n.formatting import day
from ..i18n.locale import gettext as _
from .quantiles import QuantileKind, bounds

if TYPE_CHECKING:
    from ..models.question import Question


class Date(QuantileKind):
    """One option, `value`; the values in days since 1970-01-01.

    Days are whole and may repeat: a decision is often due on one day, and much of the probability is there.
    """

    name = "date"
    sort = "date"
    input_formats = ("date",)

    def range(self, question: "Question") -> ValueRange:
        return ValueRange(*bounds(question), question.open_lower, question.open_upper, log=False, whole=True)

    def said(self, question: "Question", value: float, language: str) -> str:
        return day(value, language)

    def range_said(self, question: "Question", low: float, high: float, language: str) -> str:
        return f"{day(low, language)} – {day(high, language)}"

    def beyond_label(self, question: "Question", side: str, language: str) -> str:
        lower, upper = bounds(question)
        if side == "above":
            return _("later than %(day)s", day=day(upper, language))
        return _("earlier than %(day)s", day=day(lower, language))

    def level_label(self, level: float) -> str:
        if level < 0.5:
            return _("very likely later") if level <= 0.1 else _("probably later")
        if level > 0.5:
            return _("very likely earlier") if level >= 0.9 else _("probably earlier")
        return _("as likely earlier as later")
