"""Parts of a crowd on its page: which one the address asks for, and the groups side by side."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from .. import charts, disclosure
from ..aggregation.segments import ALL, group_segment, version_segment
from ..charts import Chart
from ..disclosure import Shown, ShownOption, Viewer
from ..i18n.formatting import day
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import BackgroundQuestion, Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from ..services import background_answers
from .crowd_charts import range_of
from .own_forecast import quantile_said


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
class Grouping:
    """The groups of one background question side by side, on one option of the question.

    Attributes
    ----------
    chart
        None for numbers and dates, which have no common axis with chances: they have rows.
    rows
        Group, people, crowd forecast, and the middle half of the people.
    links
        Label and address part of each group that can be looked at alone.
    older
        Labels, with their day, of those told as they were before: too few have changed since.
    withheld
        Labels of the groups that are not told.
    """

    title: str
    chart: Chart | None
    columns: list[str]
    rows: list[list[str]]
    links: list[tuple[str, str]]
    older: list[str]
    withheld: list[str]


def part_asked(session: Session, question: Question) -> SegmentAsked:
    """What the address asks for; everybody where it names no part there is."""
    published = {str(version.number): version.number for version in question.versions if version.published_at}
    version = published.get(request.args.get("version", ""))
    if version is not None:
        return SegmentAsked(version_segment(version), version=version)
    key, _slash, chosen = request.args.get("group", "").partition("/")
    language = current_language()
    for asked in background_answers.asked(session, question.survey):
        for option in asked.options if asked.key == key else ():
            if option.key == chosen:
                words = (asked.text(language).label, option.text(language))
                return SegmentAsked(group_segment(key, chosen), group=words)
    return SegmentAsked()


def groupings(
    session: Session, viewer: Viewer, question: Question, everybody: Shown, focus: str
) -> list[Grouping]:
    """The groups of every background question that forms some, beside everybody."""
    told = disclosure.get_segments(session, viewer, question)
    return [
        _grouping(question, asked, told, everybody, focus)
        for asked in background_answers.asked(session, question.survey)
        if asked.options
    ]


def _grouping(
    question: Question, asked: BackgroundQuestion, told: dict[str, Shown], everybody: Shown, focus: str
) -> Grouping:
    language = current_language()
    labels = {option.key: option.text(language) for option in asked.options}
    found = {key: told.get(group_segment(asked.key, key)) for key in labels}
    groups = {key: shown for key, shown in found.items() if shown and focus in shown.options}
    named = [(labels[key], shown) for key, shown in groups.items()]
    beside = [(_("Everybody"), everybody), *named] if named else []
    kind, title = kind_of(question), asked.text(language).label
    return Grouping(
        title=title,
        chart=_chart(title, beside, focus) if beside and not isinstance(kind, QuantileKind) else None,
        columns=[_("Group"), _("People"), _("Crowd forecast"), _("Middle half of people")],
        rows=[_row(kind, question, name, shown.options[focus]) for name, shown in beside]
        if isinstance(kind, QuantileKind)
        else [],
        links=[(labels[key], f"{asked.key}/{key}") for key in groups],
        older=[f"{name} ({day(shown.as_of)})" for name, shown in named if shown.as_of < everybody.as_of],
        withheld=[label for key, label in labels.items() if key not in groups],
    )


def _chart(title: str, beside: list[tuple[str, Shown]], focus: str) -> Chart:
    ranges = [
        range_of(f"{name} ({charts.number(shown.options[focus].people)})", shown.options[focus])
        for name, shown in beside
    ]
    said = _("Crowd forecast by group; bar: 90 % interval for another crowd of this size")
    return charts.groups_side_by_side(ranges, title=title, subtitle=said)


def _row(kind: QuantileKind, question: Question, name: str, one: ShownOption) -> list[str]:
    value, low, high = (quantile_said(kind, question, number) for number in (one.value, *one.spread))
    return [name, charts.number(one.people), value, f"{low} – {high}"]
