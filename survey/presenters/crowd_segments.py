"""Parts of a crowd on its page: which one the address asks for, and the groups side by side."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from .. import charts, disclosure
from ..aggregation.segments import ALL, entry_segment, group_segment, version_segment
from ..charts import Chart
from ..disclosure import Shown, Viewer
from ..i18n.formatting import day
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import ENTRIES, READERS_ENTRY, Question
from ..questions import Kind, kind_of
from ..questions.quantiles import QuantileKind
from ..services import background_answers
from .crowd_charts import axis_of, range_row
from .crowd_findings import groups_title

#: Begins the address part of a way of entry; no key of a background question has a colon.
ENTRY = "entry:"


@dataclass(frozen=True)
class SegmentAsked:
    """The part of the crowd the address asks for.

    Attributes
    ----------
    segment
        As publications name it.
    version
        Number of the version, where it is one.
    group
        The background question with the chosen answer, in words, where it is a group.
    """

    segment: str = ALL
    version: int | None = None
    group: tuple[str, str] | None = None


@dataclass(frozen=True)
class GroupsTold:
    """The groups of a crowd in one picture, on one option of the question.

    Attributes
    ----------
    chart
        None where no group is told.
    links
        Label and address part of each group that can be looked at alone.
    older
        Labels, with their day, of those told as they were before: too few have changed since.
    withheld
        Labels of the groups that are not told.
    readers
        Whether one of them came after published results, and is outside the crowd.
    """

    chart: Chart | None
    links: list[tuple[str, str]]
    older: list[str]
    withheld: list[str]
    readers: bool


@dataclass(frozen=True)
class Group:
    """A group of one heading: its label, its address part, and what is told of it, None where withheld."""

    label: str
    address: str
    shown: Shown | None


def part_asked(session: Session, question: Question) -> SegmentAsked:
    """What the address asks for; everybody where it names no part there is."""
    published = {str(version.number): version.number for version in question.versions if version.published_at}
    version = published.get(request.args.get("version", ""))
    if version is not None:
        return SegmentAsked(version_segment(version), version=version)
    entry = request.args.get("group", "").removeprefix(ENTRY)
    # Only with its beginning: a background question may well have a key that is one of these words.
    if entry in ENTRIES and request.args.get("group") != entry:
        return SegmentAsked(entry_segment(entry), group=(_("How people came"), _entry_label(entry)))
    key, _slash, chosen = request.args.get("group", "").partition("/")
    language = current_language()
    for asked in background_answers.asked(session, question.survey):
        for option in asked.options if asked.key == key else ():
            if option.key == chosen:
                words = (asked.text(language).label, option.text(language))
                return SegmentAsked(group_segment(key, chosen), group=words)
    return SegmentAsked()


def groups_told(
    session: Session, viewer: Viewer, question: Question, everybody: Shown, focus: str
) -> GroupsTold | None:
    """The groups of every background question that forms some, beside everybody; None where none are formed."""
    headed = _groups(session, viewer, question, focus)
    groups = [group for under in headed.values() for group in under]
    told = [group for group in groups if group.shown]
    if not groups:
        return None
    return GroupsTold(
        chart=_chart(question, headed, everybody, focus) if told else None,
        links=[(group.label, group.address) for group in told],
        older=[
            f"{group.label} ({day(group.shown.as_of)})"
            for group in told
            if group.shown and group.shown.as_of < everybody.as_of
        ],
        withheld=[group.label for group in groups if not group.shown],
        readers=any(group.address == f"{ENTRY}{READERS_ENTRY}" for group in told),
    )


def _groups(session: Session, viewer: Viewer, question: Question, focus: str) -> dict[str, list[Group]]:
    """Groups by what was asked, and by way of entry."""
    told = disclosure.get_segments(session, viewer, question)
    language = current_language()
    headed: dict[str, list[Group]] = {}
    for asked in background_answers.asked(session, question.survey):
        found = [
            Group(
                option.text(language),
                f"{asked.key}/{option.key}",
                _on_option(told.get(group_segment(asked.key, option.key)), focus),
            )
            for option in asked.options
        ]
        headed |= {asked.text(language).label: found} if found else {}
    entries = [
        Group(_entry_label(entry), f"{ENTRY}{entry}", _on_option(told.get(entry_segment(entry)), focus))
        for entry in ENTRIES
        if entry != READERS_ENTRY or question.survey.is_public
    ]
    # Where all came the same way there is nothing to compare, and no word of it.
    return headed | ({_("How people came"): entries} if any(group.shown for group in entries) else {})


def _entry_label(entry: str) -> str:
    return {
        "invitation": _("Personal invitation"),
        "account": _("Account"),
        "link": _("Open link"),
        "results": _("After published results"),
    }[entry]


def _on_option(shown: Shown | None, focus: str) -> Shown | None:
    return shown if shown and focus in shown.options else None


def _chart(question: Question, headed: dict[str, list[Group]], everybody: Shown, focus: str) -> Chart:
    kind = kind_of(question)
    rows = [_row(kind, question, _("Everybody"), everybody, focus)]
    for heading, groups in headed.items():
        told = [(group.label, group.shown) for group in groups if group.shown]
        if told:
            rows += [charts.Range(heading), *(_row(kind, question, *one, focus) for one in told)]
    numeric = isinstance(kind, QuantileKind)
    shown = [everybody, *(group.shown for groups in headed.values() for group in groups if group.shown)]
    return charts.ranges(
        rows,
        title=_("Crowd forecast by group")
        if numeric
        else groups_title([one.options[focus] for one in shown[1:]]),
        subtitle=_("Mark: crowd forecast; bar: its middle half; number of people behind each name")
        if numeric
        else _("Mark: crowd forecast; bar: its 90 % interval; where bars meet, the difference may be chance"),
        columns=[
            _("Group"),
            _("Crowd forecast"),
            _("Middle half of the chance") if numeric else _("Interval, 90 %"),
        ],
        axis=axis_of(question) if numeric else None,
    )


def _row(kind: Kind, question: Question, name: str, shown: Shown, focus: str) -> charts.Range:
    one = shown.options[focus]
    return range_row(kind, question, f"{name} ({charts.number(one.people)})", one, "parley")
