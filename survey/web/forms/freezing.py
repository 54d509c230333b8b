"""The form of a snapshot's options: how the people in it are protected, and why less will do."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from ...errors import InvalidAnswer
from ...export.options import FreezeOptions, K
from ...i18n.formatting import day as said_day
from ...i18n.locale import gettext as _
from ...questions.fields import WholeNumberField


class FreezeForm(FlaskForm):  # type: ignore[misc]
    """What whoever freezes may choose; the fields are named as the options are.

    Parameters
    ----------
    questions
        Key and words of each question about oneself.
    last
        The last day that is over: of a form that was made earlier, its own.
    """

    reviewed = BooleanField()
    #: The day of the page on which the reasons were looked through: later ones nobody has seen.
    reviewed_until = HiddenField()
    k = WholeNumberField(default=K)
    k_reason = StringField()
    not_identifying = SelectMultipleField(
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    l_diversity = WholeNumberField(default=1)
    stable_ids = BooleanField()
    exact_times = StringField()

    def __init__(self, questions: list[tuple[str, str]], last: date, **settings: Any) -> None:
        super().__init__(**settings)
        self.reviewed_until.data = self.reviewed_until.data or last.isoformat()
        day = said_day(_day(self.reviewed_until.data) or last)
        self.reviewed.label.text = _("I have looked through the reasons up to %(day)s", day=day)
        self.k.label.text = _("Fewest people alike (k)")
        self.k_reason.label.text = _("Why fewer than %(k)s are enough", k=K)
        self.l_diversity.label.text = _("Fewest different forecasts among people alike (l)")
        self.not_identifying.label.text = _("Nobody is recognized by these answers")
        self.not_identifying.choices = questions
        self.stable_ids.label.text = _("The same people bear the same ids in all snapshots frozen so")
        self.exact_times.label.text = _("Why exact times are needed")

    def options(self) -> FreezeOptions:
        """What was chosen, once the form is valid."""
        return FreezeOptions(
            self.k.data,
            self.k_reason.data or "",
            tuple(self.not_identifying.data or ()),
            self.stable_ids.data,
            self.exact_times.data or "",
            _day(self.reviewed_until.data) if self.reviewed.data else None,
            self.l_diversity.data,
        )

    def place(self, refused: InvalidAnswer) -> None:
        """Put each sentence beside its field; what is wrong with the hidden day stands at its tick."""
        for name, sentence in refused.errors.items():
            self["reviewed" if name == "reviewed_until" else name].errors = [sentence]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
