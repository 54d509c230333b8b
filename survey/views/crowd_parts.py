"""Parts of a crowd on its page: which one the address asks for, and the groups side by side."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from .. import charts, crowd
from ..actions import background
from ..charts import Chart
from ..crowd import Shown, ShownOption, Viewer
from ..language import current_language
from ..language import gettext as _
from ..models import BackgroundQuestion, Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from ..segments import ALL, group_segment, version_segment
from ..wording import day, percent
from .crowd_charts import range_of
from .own import quantile_said


@dataclass(frozen=True)
class Part:
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
class Comparison:
    """The groups of one background question side by side, on one option of the question.

    Attributes
    ----------
    chart
        None for numbers and dates, which have no common axis with chances.
    rows
        Group, people, crowd forecast, the interval or the middle half of the people, day.
    links
        Label and address part of each group that can be looked at alone.
    withheld
        Labels of the groups that are not told.
    """

    title: str
    chart: Chart | None
    columns: list[str]
    rows: list[list[str]]
    links: list[tuple[str, str]]
    withheld: list[str]


def part_asked(session: Session, question: Question) -> Part:
    """What the address asks for; everybody where it names no part there is."""
    published = {str(version.number): version.number for version in question.versions if version.published_at}
    version = published.get(request.args.get("version", ""))
    if version is not None:
        return Part(version_segment(version), version=version)
    key, _slash, chosen = request.args.get("group", "").partition("/")
    language = current_language()
    for asked in background.asked(session, question.survey):
        for option in asked.options if asked.key == key else ():
            if option.key == chosen:
                words = (asked.text(language).label, option.text(language))
                return Part(group_segment(key, chosen), group=words)
    return Part()


def comparisons(
    session: Session, viewer: Viewer, question: Question, everybody: Shown, focus: str
) -> list[Comparison]:
    """The groups of every background question that forms some, beside everybody."""
    told = crowd.see_segments(session, viewer, question)
    return [
        _comparison(question, asked, told, everybody, focus)
        for asked in background.asked(session, question.survey)
        if asked.options
    ]


def _comparison(
    question: Question, asked: BackgroundQuestion, told: dict[str, Shown], everybody: Shown, focus: str
) -> Comparison:
    language, label = current_language(), asked.text(current_language()).label
    found = {option: told.get(group_segment(asked.key, option.key)) for option in asked.options}
    groups = {option: shown for option, shown in found.items() if shown and focus in shown.options}
    named = [(option.text(language), shown) for option, shown in groups.items()]
    named = [(_("Everybody"), everybody), *named]
    numeric = isinstance(kind_of(question), QuantileKind)
    return Comparison(
        title=label,
        chart=None if numeric or not groups else _chart(question, label, named, focus),
        columns=_columns(numeric),
        rows=[_row(question, name, shown, shown.options[focus]) for name, shown in named] if groups else [],
        links=[(option.text(language), f"{asked.key}/{option.key}") for option in groups],
        withheld=[option.text(language) for option in asked.options if option not in groups],
    )


def _chart(question: Question, label: str, named: list[tuple[str, Shown]], focus: str) -> Chart:
    said = _("Crowd forecast by group; bar: 90 % interval for another crowd of this size")
    ranges = [
        range_of(f"{name} ({charts.number(shown.options[focus].people)})", shown.options[focus])
        for name, shown in named
    ]
    return charts.groups_side_by_side(ranges, title=label, subtitle=said)


def _columns(numeric: bool) -> list[str]:
    spread = _("Middle half of people") if numeric else _("Interval, 90 %")
    return [_("Group"), _("People"), _("Crowd forecast"), spread, _("As of")]


def _row(question: Question, name: str, shown: Shown, one: ShownOption) -> list[str]:
    return [
        name,
        charts.number(one.people),
        _figure(question, one.value),
        _ends(question, one),
        day(shown.as_of),
    ]


def _ends(question: Question, one: ShownOption) -> str:
    low, high = one.spread if one.low is None or one.high is None else (one.low, one.high)
    return f"{_figure(question, low)} – {_figure(question, high)}"


def _figure(question: Question, value: float) -> str:
    kind = kind_of(question)
    return quantile_said(kind, question, value) if isinstance(kind, QuantileKind) else percent(value)
