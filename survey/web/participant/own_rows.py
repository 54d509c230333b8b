"""One's own forecast in a row: the number in a box that saves in place, the crowd beside it, its line and its age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from ... import clock
from ...i18n.formatting import day_label, moment
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import STALE_DAYS, Participant, Question, Submission
from ...presenters.beside_crowd import BesideCrowd, beside_crowd, part_told, short_figure
from ...presenters.forecast_history import Act, Moved, Trace, acts_of, moved, trace
from ...presenters.own_forecast import (
    OwnFigure,
    OwnForecast,
    in_one_line,
    receipt_code,
    said,
    said_then,
    when,
)
from ...questions import Row, as_entered, kind_of
from ...questions.fields import ProbabilityField
from ...services.forecast_history import history, last_format, rows_after
from ...store.engine import db
from ...store.lifecycle import QuestionState, first_close, open_options
from ...store.staleness import STALE, age_in_days
from ..forms.forecast import AnswerForm, fresh_key
from ..identity import as_participant

#: From so many days on an age is told in weeks.
IN_WEEKS = 14


@dataclass(frozen=True)
class RowBox:
    """The box of a row: the same field and form as on the question's own page.

    Attributes
    ----------
    field, text, written
        The field's name, what stands in it, and the way of writing it: percent, odds or one_in_n.
    key, base
        The form's idempotency key, and the revision that the row shows.
    wrong, offer, offer_unit
        Whether what was typed was refused, and what it could be said as instead.
    asks_why, why
        Whether a large change waits for its reason, or for the word that there is none; and the reason.
    """

    field: str
    text: str
    written: str
    key: str
    base: int
    wrong: bool = False
    offer: str = ""
    offer_unit: str = ""
    asks_why: bool = False
    why: str = ""


@dataclass(frozen=True)
class OwnRow:
    """One question with what this person said to it.

    Attributes
    ----------
    told
        The number the row tells: of several the likeliest, the second date, or the middle.
    moved
        Each number that stands, and how it moved.
    acts
        Everything they did, newest first.
    stale_from
        Days: a forecast that stood so long untouched is asked whether it is still so.
    age
        Whole UTC days since the last act; None where nothing stands.
    box
        None where the question asks for more than one number, or has to be read first.
    error
        Why what was sent from the row was not stored.
    just
        The act that the page was led here by, for its receipt; None for others.
    """

    stand: OwnForecast
    closes: datetime | None
    stale_from: int
    told: OwnFigure | None = None
    beside: BesideCrowd | None = None
    moved: list[Moved] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    trace: Trace | None = None
    age: int | None = None
    box: RowBox | None = None
    error: str = ""
    just: Submission | None = None
    undone: bool = False

    @property
    def last_day(self) -> str:
        """The last UTC day on which the question, or its first open date, takes answers; empty after it."""
        return _short_day((self.closes - timedelta(microseconds=1)).date()) if self.closes is not None else ""

    @property
    def age_said(self) -> str:
        """The age in words: today, days, or from two weeks on in weeks."""
        if self.age is None:
            return ""
        if self.age == 0:
            return _("today")
        if self.age < IN_WEEKS:
            return ngettext("%(num)s day", "%(num)s days", self.age)
        return ngettext("%(num)s week", "%(num)s weeks", self.age // 7)

    @property
    def is_stale(self) -> bool:
        """Whether it stood so long that one is asked whether it is still so; not where new words come first."""
        stand = self.stand
        is_old = self.age is not None and self.age >= self.stale_from
        return is_old and stand.state is QuestionState.OPEN and not (stand.outdated or stand.void)


@dataclass(frozen=True)
class ListReceipt:
    """What an act in the list stored: its figure, what stood before it, when, under which version."""

    question: Question
    act: Submission
    figure: str
    before: str
    facts: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """What was stored, in a line: it heads the receipt, and is said aloud."""
        short = self.question.text(current_language()).short
        if self.act.action == "withdraw":
            return _("Withdrawn: %(title)s", title=short)
        if self.act.action == "affirm":
            return _("Still so: %(title)s, %(figure)s", title=short, figure=self.figure)
        return _("Stored: %(title)s, %(figure)s", title=short, figure=self.figure)


def stale_from(address: Mapping[str, str]) -> int:
    """The age in days from which on a list shows a forecast as old; its rows are judged by the same."""
    return next((days for days in STALE_DAYS if address.get("days") == str(days)), STALE)


def own_row(stand: OwnForecast, acts: Sequence[Submission], since: date, stale_from: int) -> OwnRow:
    """The row of a question.

    Parameters
    ----------
    acts
        All acts of this person on it, oldest first.
    since
        The day of their last visit, for how each number moved.
    stale_from
        As the list judges that the row stands in, see `stale_from`.
    """
    question = stand.question
    own = part_told(question, rows_after(question, acts)) if stand.answered else None
    return OwnRow(
        stand,
        first_close(db.session, question),
        stale_from,
        told=_told(question, own) if own else None,
        beside=beside_crowd(db.session, as_participant(question.survey), question, own),
        moved=moved(question, acts, since) if stand.answered else [],
        acts=acts_of(question, acts),
        trace=trace(question, acts),
        age=age_in_days(clock.now(db.session), acts[-1].received_at) if stand.answered else None,
        box=_box(stand, acts) if _saves_in_place(stand) else None,
    )


def _told(question: Question, own: Row) -> OwnFigure:
    """A number with what it is about, dates as short as a row has room for."""
    (figure,) = said(question, [own])
    if question.kind == "ladder":
        return replace(figure, label=day_label(own.option))
    return replace(figure, figure=short_figure(question, own.value)) if question.kind == "date" else figure


def refused_row(row: OwnRow, form: AnswerForm, sentence: str) -> OwnRow:
    """The row with all that was typed into it, and why it was not stored."""
    box = next(field for field in form if isinstance(field, ProbabilityField))
    error = " ".join(map(str, [*box.errors, *form.rationale.errors, *([sentence] if sentence else [])]))
    if row.box is None:
        # It has closed, or has new words to read first: there is nothing to type into, and what was typed is told.
        return replace(row, error=_("%(why)s You had typed %(text)s.", why=error, text=box.data or "–"))
    typed = replace(
        row.box,
        text=box.data or "",
        written=str(form["format"].data),
        key=form.key.data,
        wrong=bool(error),
        offer=box.offer if box.errors else "",
        offer_unit=box.offer_unit if box.errors else "",
        asks_why=form.asks_what_changed or bool(form.rationale.data),
        why=form.rationale.data or "",
    )
    return replace(row, box=typed, error=error)


def _saves_in_place(stand: OwnForecast) -> bool:
    """Whether a row has a box: for one number, of a question whose words this person has had before them.

    The first forecast is given on the question's own page, beside what counts; so is one that needs a reason.
    """
    question = stand.question
    return (
        question.kind == "binary"
        and stand.state is QuestionState.OPEN
        and stand.last is not None
        and not (stand.outdated or stand.void or question.rationale_required)
    )


def _box(stand: OwnForecast, acts: Sequence[Submission]) -> RowBox:
    question = stand.question
    (slot,) = kind_of(question).slots(question, open_options(db.session, question))
    written = last_format(db.session, acts[-1].participant, question)
    values = as_entered([slot], rows_after(question, acts), written)
    return RowBox(
        slot.field,
        str(values.get(slot.field, "")),
        str(values.get("format", "percent")),
        fresh_key(),
        acts[-1].revision,
    )


def _short_day(day: date) -> str:
    return day_label(day.isoformat())


def touched(row: OwnRow, person: Participant, address: Mapping[str, str]) -> OwnRow:
    """The row with the act that the address says was just done on it."""
    if address.get("saved") != row.stand.question.key:
        return row
    return replace(row, just=row.stand.last, undone="undone" in address)


def list_receipt(person: Participant, row: OwnRow) -> ListReceipt | None:
    """The receipt of what was just done on a row."""
    question, act = row.stand.question, row.just
    if act is None:
        return None
    acts = history(db.session, person, question)
    place = [one.revision for one in acts].index(act.revision)
    return ListReceipt(
        question,
        act,
        figure=in_one_line(question, said_then(question, act)),
        before=in_one_line(question, said_then(question, acts[place - 1])) if place else "",
        facts=[
            (_("When"), moment(when(question, act), question.survey.zone)),
            (_("Version"), _("%(number)s of the question", number=act.version.number)),
            (_("Receipt"), receipt_code(act)),
        ],
    )
