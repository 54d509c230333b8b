"""What the crowd's door showed, as sentences and pictures. Nothing here reads an answer of anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from scoring.pools.register import METHODS, SHOWN

from .. import charts, crowd
from ..actions.answering import history, standing_rows
from ..charts import Axis, Chart, Range, Rung
from ..crowd import Shown, ShownOption, Viewer
from ..language import current_language
from ..language import gettext as _
from ..models import Option, Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from ..wording import exact_percent, in_words, percent
from .boxes import day_label
from .own import quantile_said


@dataclass(frozen=True)
class Headline:
    """The one large number: what it is about, the number, the same in words, and how sure it is."""

    about: str
    number: str
    words: str
    interval: str


@dataclass(frozen=True)
class Pictures:
    """A crowd as a page tells it.

    Attributes
    ----------
    focus
        Key of the option the headline, the line over time and the histogram are about.
    others
        Key and label of the options one can turn to.
    now
        Everything the question asks, as it stands: curve, bars or density; None for a single number.
    over_time, histogram, methods
        Of the focus; None for numbers and dates.
    method_columns, method_rows
        Every method beside the others, for every option or quantile.
    flags
        Sentences about what moved the number.
    """

    headline: Headline
    focus: str
    others: list[tuple[str, str]]
    people: int
    effective: int
    as_of: date
    now: Chart | None
    over_time: Chart | None
    histogram: Chart | None
    methods: Chart | None
    method_columns: list[str]
    method_rows: list[list[str]]
    flags: list[str]


def crowd_pictures(
    session: Session,
    viewer: Viewer,
    question: Question,
    shown: Shown,
    wanted: str = "",
    *,
    version: int | None = None,
) -> Pictures:
    """All pictures of a question's crowd.

    Parameters
    ----------
    shown
        What the door told of it: of everybody, or of those who answered `version` alone.
    wanted
        The option to look at, where there are several.
    """
    focus = focus_of(question, shown, wanted)
    one = shown.options[focus]
    numeric = isinstance(kind_of(question), QuantileKind)
    own = _own_values(session, viewer, question)
    columns, rows = _method_table(question, shown)
    return Pictures(
        headline=_headline(question, one),
        focus=focus,
        others=[
            (key, question.option(key).text(current_language())) for key in shown.options if key != focus
        ],
        people=one.people,
        effective=one.effective,
        as_of=shown.as_of,
        now=_now(question, shown, own),
        over_time=None if numeric else _over_time(session, viewer, question, shown, focus, version),
        histogram=None if numeric else _histogram(question, one, own.get(focus)),
        methods=None if numeric else _methods(question, one),
        method_columns=columns,
        method_rows=rows,
        flags=[_flag(flag) for flag in one.flags],
    )


def focus_of(question: Question, shown: Shown, wanted: str = "") -> str:
    """The option asked for; else the likeliest of a choice, the second rung of a ladder, the first of others."""
    if wanted in shown.options:
        return wanted
    keys = list(shown.options)
    if question.kind in ("choice", "ordered"):
        return max(keys, key=lambda key: shown.options[key].value)
    return keys[1] if question.kind == "ladder" and len(keys) > 1 else keys[0]


def _headline(question: Question, one: ShownOption) -> Headline:
    language, kind = current_language(), kind_of(question)
    about = "" if question.kind in ("binary", "numeric", "date") else question.option(one.key).text(language)
    if isinstance(kind, QuantileKind):
        levels = question.quantile_levels
        low, high = (quantile_said(kind, question, one.methods["parley"][place]) for place in (0, -1))
        sure = exact_percent(levels[-1] - levels[0])
        words = _("the crowd's middle: as likely above as below")
        interval = _("The crowd gives %(sure)s to %(low)s – %(high)s.", sure=sure, low=low, high=high)
        return Headline(about, quantile_said(kind, question, one.value), words, interval)
    return Headline(about, percent(one.value), in_words(one.value), _interval(one))


def _interval(one: ShownOption) -> str:
    if one.low is None or one.high is None:
        return ""
    said = {"low": percent(one.low), "high": percent(one.high)}
    if one.headline == "parley":
        return _("Another crowd of this size would say %(low)s to %(high)s (90 %% interval).", **said)
    said |= {"default": percent(one.methods["parley"])}
    return _(
        "Outside 5 to 95 %% the median heads the page. Parley's own figure is %(default)s; another crowd of this"
        " size would say %(low)s to %(high)s by it (90 %% interval).",
        **said,
    )


def _flag(flag: str) -> str:
    return {
        "outer pull": _(
            "The outer forecasts pull this number; without the limit on them it would lie farther out."
        ),
        "late wave": _(
            "Recent forecasts moved this number: with everyone counted alike it would be another."
        ),
    }[flag]


def _points(value: float) -> float:
    return round(value * 100, 2)


def _range(label: str, one: ShownOption) -> Range:
    low, high = (None if end is None else _points(end) for end in (one.low, one.high))
    return Range(label, _points(one.value), low, high)


def _own_values(session: Session, viewer: Viewer, question: Question) -> dict[str, Any]:
    """The viewer's standing numbers: option to fraction, or `value` to quantiles."""
    if viewer.participant is None:
        return {}
    rows = standing_rows(session, viewer.participant, question)
    if isinstance(kind_of(question), QuantileKind):
        return {"value": [row.value for row in rows]} if rows else {}
    return {row.option: row.value for row in rows}


def _now(question: Question, shown: Shown, own: dict[str, Any]) -> Chart | None:
    if question.kind == "ladder":
        return _ladder(question, shown, own)
    if question.kind in ("choice", "ordered", "pair"):
        return _bars(question, shown, own)
    return _density(question, shown, own) if question.kind != "binary" else None


def _bars(question: Question, shown: Shown, own: dict[str, Any]) -> Chart:
    language = current_language()
    labels = {option.key: option.text(language) for option in question.options}
    return charts.ordered_bars(
        [_range(labels[key], one) for key, one in shown.options.items()],
        own={labels[key]: _points(value) for key, value in own.items()},
        title=_("What the crowd expects"),
        subtitle=_("Crowd forecast of each answer, %; band: uncertainty of the number (90 %); dot: you"),
    )


def _ladder(question: Question, shown: Shown, own: dict[str, Any]) -> Chart:
    def rung(option: Option, one: ShownOption | None) -> Rung:
        if one is None:
            return Rung(date.fromisoformat(option.key), None)
        return Rung(date.fromisoformat(option.key), *_range("", one)[1:])

    mine = [Rung(date.fromisoformat(key), _points(value)) for key, value in own.items()]
    return charts.ladder(
        [rung(option, shown.options.get(option.key)) for option in question.options],
        own=mine,
        start=question.opens_at.date(),
        title=_("By when the crowd expects it"),
        subtitle=_("Chance that it has happened, %; dark line: you"),
    )


def _density(question: Question, shown: Shown, own: dict[str, Any]) -> Chart:
    words = question.text(current_language())
    axis = Axis(
        question.lower or 0.0,
        question.upper or 0.0,
        log=question.scale == "log",
        dates=question.kind == "date",
        open_lower=question.open_lower,
        open_upper=question.open_upper,
        unit=words.unit,
    )
    return charts.quantile_density(
        question.quantile_levels,
        shown.options["value"].methods["parley"],
        axis=axis,
        own=own.get("value"),
        title=_("How likely the crowd finds each value"),
        subtitle=_("Darker: the middle half; lighter: 9 in 10; dark line: you"),
    )


def _over_time(
    session: Session, viewer: Viewer, question: Question, shown: Shown, focus: str, version: int | None
) -> Chart:
    published = crowd.history(session, viewer, question, version=version)
    told = [*published, *([shown] if shown.live else [])]
    steps = [_step(one.as_of, one.options[focus]) for one in told if focus in one.options]
    own = _own_points(session, viewer, question, focus)
    start = steps[0].day
    about = "" if question.kind == "binary" else question.option(focus).text(current_language())
    steady = _("Each step is a publication; days between are not filled in")
    return charts.crowd_over_time(
        steps,
        own=[(max(day, start), value) for day, value in own],
        others=_other_lines(question, told, focus) if question.kind in ("ladder", "pair") else [],
        label=_label(question, focus, steps[-1].value),
        title=_("The crowd over time"),
        subtitle=f"{about}. {steady}" if about else steady,
    )


def _step(day: date, one: ShownOption) -> charts.Step:
    ends = [None if end is None else _points(end) for end in (one.low, one.high)]
    return charts.Step(day, _points(one.value), *ends, *(_points(end) for end in one.spread))


def _label(question: Question, key: str, value: float) -> str:
    """The words at the end of a line; whole answers would leave no room for it."""
    if question.kind == "ladder":
        return f"{day_label(key)}: {charts.percent(value)}"
    if question.kind == "pair":
        holds = question.option(key).given_holds
        return f"{charts.percent(value)} {_('if it does') if holds else _('if it does not')}"
    return ""


def _other_lines(question: Question, told: Sequence[Shown], focus: str) -> list[charts.Line]:
    lines = []
    for option in question.options:
        points = [
            (one.as_of, _points(one.options[option.key].value)) for one in told if option.key in one.options
        ]
        if option.key != focus and points:
            lines.append(charts.Line(_label(question, option.key, points[-1][1]), points))
    return lines


def _own_points(session: Session, viewer: Viewer, question: Question, focus: str) -> list[tuple[date, float]]:
    if viewer.participant is None:
        return []
    return [
        (act.received_at.date(), _points(forecast.value))
        for act in history(session, viewer.participant, question)
        for forecast in act.forecasts
        if forecast.option.key == focus
    ]


def _histogram(question: Question, one: ShownOption, own: float | None) -> Chart | None:
    if not one.bins:
        return None
    bins = [charts.Bin(_points(low), _points(high), _points(share)) for low, high, share in one.bins]
    about = "" if question.kind == "binary" else question.option(one.key).text(current_language())
    return charts.histogram(
        bins,
        own=None if own is None else _points(own),
        title=_("Where people stand"),
        subtitle=_("%(about)s: share of people, %%", about=about) if about else _("Share of people, %"),
    )


def _methods(question: Question, one: ShownOption) -> Chart:
    ordered = sorted(SHOWN, key=lambda name: name != one.headline)
    about = "" if question.kind == "binary" else question.option(one.key).text(current_language())
    interval = _("Bar: 90 % interval for another crowd of this size")
    return charts.methods_side_by_side(
        [_method_range(one, name) for name in ordered],
        title=_("Three methods side by side"),
        subtitle=f"{about}. {interval}" if about else interval,
    )


def _method_range(one: ShownOption, name: str) -> Range:
    value = _points(one.methods[name])
    if name != "parley" or one.low is None or one.high is None:
        return Range(_(METHODS[name].name), value)
    return Range(_(METHODS[name].name), value, _points(one.low), _points(one.high))


def _method_table(question: Question, shown: Shown) -> tuple[list[str], list[list[str]]]:
    """Every method for every option, or for every quantile."""
    kind, language = kind_of(question), current_language()
    columns = [_(METHODS[name].name) for name in SHOWN]
    if isinstance(kind, QuantileKind):
        told = shown.options["value"].methods
        rows = [
            [
                exact_percent(level),
                *(quantile_said(kind, question, told[name][place]) for name in SHOWN),
            ]
            for place, level in enumerate(question.quantile_levels)
        ]
        return [_("Chance of less"), *columns], rows
    rows = [
        [question.option(key).text(language), *(percent(one.methods[name]) for name in SHOWN)]
        for key, one in shown.options.items()
    ]
    return [_("Answer"), *columns], rows
