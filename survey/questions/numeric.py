"""How much, how many: the quantiles of a number."""

from typing import TYPE_CHECKING

from scoring.value_range import ValueRange

from ..i18n.formatting import number, number_range
from ..i18n.locale import gettext as _
from .quantiles import QuantileKind, bounds

if TYPE_CHECKING:
    from ..models.question import Question


class Numeric(QuantileKind):
    """One option, `value`; the values in the question's unit."""

    name = "numeric"
    sort = "number"
    input_formats = ("number",)

    def range(self, question: "Question") -> ValueRange:
        log = question.scale == "log"
        return ValueRange(*bounds(question), question.open_lower, question.open_upper, log, question.whole)

    def said(self, question: "Question", value: float, language: str) -> str:
        return number(value, question.text(language).unit, language)

    def range_said(self, question: "Question", low: float, high: float, language: str) -> str:
        return number_range(low, high, question.text(language).unit, language)

    def beyond_label(self, question: "Question", side: str, language: str) -> str:
        lower, upper = bounds(question)
        if side == "above":
            return _("above %(bound)s", bound=self.said(question, upper, language))
        return _("below %(bound)s", bound=self.said(question, lower, language))

    def level_label(self, level: float) -> str:
        if level < 0.5:
            return _("very likely above") if level <= 0.1 else _("probably above")
        if level > 0.5:
            return _("very likely below") if level >= 0.9 else _("probably below")
        return _("as likely above as below")
