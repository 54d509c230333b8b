"""Whether everything is there that a question is resolved by: words, day, zone, unit, number."""

from collections.abc import Iterator

from ...i18n.locale import gettext as _
from ..content import OWN_LABELS
from ..words import LONGEST_TITLE
from .advice import Draft, Found, Remark
from .dates import days_in, last_days, without, years_in
from .words import ZONE


def empty_words(draft: Draft) -> Iterator[Remark]:
    """Title, short name and labels; a kind with one option has a label of its own."""
    own = OWN_LABELS.get(draft.question.kind, {})
    fields = ("title", "short") if draft.language in own else ("title", "short", "options")
    for field, text in draft.texts(*fields):
        if not text.strip():
            yield Remark(field, (), _("Write these words: a reader of this language would find nothing."))


def no_criteria(draft: Draft) -> Iterator[Remark]:
    """No resolution criteria."""
    if not draft.text("criteria").strip():
        yield Remark(
            ("criteria",), (), _("Write what must happen, by when and by whose word, for each outcome.")
        )


def no_deadline(draft: Draft) -> Iterator[Remark]:
    """Criteria that name no day."""
    criteria = draft.text("criteria")
    if criteria.strip() and not days_in(criteria, draft.language):
        yield Remark(
            ("criteria",), (), _("Name the last day, with its year: “23:59:59 UTC on 31 December 2027”.")
        )


def deadline_differs(draft: Draft) -> Iterator[Remark]:
    """Criteria that name days, but not the one on which the question ends; “in 2027” ends with its year.

    What is conditional ends with its condition, which need not be the day of the event.
    """
    criteria = draft.text("criteria")
    named = days_in(criteria, draft.language)
    missing = sorted(
        set(last_days(draft.question)) - {day for day, _found in named} - years_in(criteria, named)
    )
    if named and missing and not draft.question.given:
        sentence = _(
            "The question ends on %(days)s and the criteria do not say so. Correct whichever is wrong.",
            days=", ".join(day.isoformat() for day in missing),
        )
        yield Remark(("criteria",), tuple(place for _day, place in named), sentence)


def no_zone(draft: Draft) -> Iterator[Remark]:
    """Criteria without a time zone."""
    criteria = draft.text("criteria")
    if criteria.strip() and not ZONE.search(criteria):
        yield Remark(("criteria",), (), _("Say in which time zone the day ends; here it is UTC."))


def no_unit(draft: Draft) -> Iterator[Remark]:
    """A number without its unit."""
    if draft.question.kind == "numeric" and not draft.text("unit").strip():
        yield Remark(
            ("unit",), (), _("Write the unit as it stands after the number: “%%”, “€ billion”, “states”.")
        )


def no_number(draft: Draft) -> Iterator[Remark]:
    """Criteria of a number that have no figure but those of dates and times."""
    criteria = draft.text("criteria")
    criteria = without(criteria, days_in(criteria, draft.language))
    if draft.question.kind == "numeric" and criteria.strip() and not any(map(str.isdecimal, criteria)):
        yield Remark(("criteria",), (), _("Say which figure is read, in which unit and to how many places."))


def long_title(draft: Draft) -> Iterator[Remark]:
    """A title that lists and charts would cut."""
    title = draft.text("title").strip()
    if len(title) > LONGEST_TITLE:
        rest = Found(title[LONGEST_TITLE:], LONGEST_TITLE, len(title))
        sentence = _(
            "Shorten the title to %(most)s characters; it has %(length)s.",
            most=LONGEST_TITLE,
            length=len(title),
        )
        yield Remark(("title",), (rest,), sentence)


def title_is_no_question(draft: Draft) -> Iterator[Remark]:
    """A title that asks nothing."""
    title = draft.text("title").strip()
    if title and not title.endswith("?"):
        yield Remark(("title",), (), _("Ask: a title is one question and ends with a question mark."))
