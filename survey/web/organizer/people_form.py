"""The form of a list of people to invite: pasted or as a file, and how their links reach them."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from ...errors import InvalidAnswer
from ...i18n.delimited import decoded
from ...i18n.locale import gettext as _
from ...i18n.normalization import Unreadable
from ...models import Survey
from ...questions.fields import WholeNumberField
from ...services.invitation_list import MOST_BYTES, RefusedRows

DEFAULT_DAYS = 30


class ListForm(FlaskForm):  # type: ignore[misc]
    """A list of people to invite."""

    batch = StringField(validators=[InputRequired()])
    people = TextAreaField()
    list_file = FileField()
    days = WholeNumberField(validators=[InputRequired()])
    how = RadioField(validators=[InputRequired()])

    def __init__(self, survey: Survey, **settings: Any) -> None:
        super().__init__(**settings)
        self.batch.label.text = _("Name of the batch")
        self.people.label.text = _("People, one a line")
        self.list_file.label.text = _("Or a CSV file")
        self.days.label.text = _("Days they work")
        self.how.label.text = _("How the links reach them")
        file, cards = ("csv", _("as a file")), ("cards", _("as cards"))
        self.how.choices = [file, cards] if survey.protected else [("letter", _("by email")), file, cards]

    def given(self) -> bytes:
        """The list as it came, from the file where there is one.

        :raise RefusedRows: where there are both.
        """
        file = self.list_file.data
        if not file:
            return (self.people.data or "").encode("utf-8", "surrogatepass")
        if (self.people.data or "").strip():
            raise RefusedRows([(0, _("Give the list once: pasted, or as a file."))])
        content: bytes = file.read(MOST_BYTES + 1)
        self._keep(content)
        return content

    def _keep(self, content: bytes) -> None:
        """Show a file that is refused in the box: a browser does not send it again by itself."""
        try:
            self.people.data = decoded(content)[1]
        except Unreadable:
            return

    def place(self, refused: InvalidAnswer) -> None:
        """Put each sentence beside its field, the rows of a list one by one."""
        for name, sentence in refused.errors.items():
            self[name if name in self else "people"].errors = str(sentence).split("\n")
