"""The charts of one question's crowd, from what its door showed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from scoring.pools.catalog import METHODS, SHOWN

from .. import charts, clock, disclosure
from ..aggregation.rules import EARLIER, shown_rules
from ..charts import Axis, Chart, NamedInterval, Rung
from ..disclosure import Shown, ShownOption, Viewer
from ..i18n.formatting import day_label, exact_percent, percent, percent_range, unit_sides
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Option, Question, Resolution
from ..questions import Kind, kind_of
from ..questions.quantiles import QuantileKind, quantile_said
from ..services.forecast_history import history, rows_after, standing_rows
from ..store.lifecycle import current_resolutions
from . import crowd_findings as findings
from .outcomes import in_words
from .own_forecast import named_chance, quantile_range_said


def points(value: float) -> float:
    """A fraction in percent, without the dust of the multiplication."""
    return round(value * 100, 2)


def range_of(label: str, one: ShownOption) -> NamedInterval:
    """A named figure with its interval, in percent."""
    return NamedInterval(label, points(one.value), *_interval(one))


def _interval(one: ShownOption) -> tuple[float | None, float | None]:
    if one.low is None or one.high is None:
        return None, None
    return points(one.low), points(one.high)


def _about(question: Question, key: str) -> str:
    """The answer a picture is about, as the beginning of a sentence; nothing where there is but one."""
    words = (
        ""
        if question.kind in ("binary", "numeric", "date")
        else question.option(key).text(current_language())
    )
    return findings.sentence_start(words)


def own_values(session: Session, viewer: Viewer, question: Question) -> dict[str, Any]:
    """The viewer's standing numbers: option to fraction, or `value` to quantiles."""
    if viewer.participant is None:
        return {}
    rows = standing_rows(session, viewer.participant, question)
    if isinstance(kind_of(question), QuantileKind):
        return {"value": [row.value for row in rows]} if rows else {}
    return {row.option: row.value for row in rows}


def now(question: Question, shown: Shown, own: dict[str, Any]) -> Chart | None:
    """Everything the question asks, as it stands: curve, bars or density; None for a single number."""
    if question.kind == "ladder":
        return _ladder(question, shown, own)
    if question.kind in ("choice", "ordered", "pair"):
        return _bars(question, shown, own)
    kind = kind_of(question)
    return _density(kind, question, shown, own) if isinstance(kind, QuantileKind) else None


def _bars(question: Question, shown: Shown, own: dict[str, Any]) -> Chart:
    language = current_language()
    labels = {option.key: option.text(language) for option in question.options}
    return charts.ordered_bars(
        [range_of(labels[key], one) for key, one in shown.options.items()],
        own={labels[key]: points(value) for key, value in own.items()},
        title=findings.answers_title(question, shown.options),
        subtitle=_("Crowd forecast of each answer, %; band: uncertainty of the number (90 %)"),
    )


def _ladder(question: Question, shown: Shown, own: dict[str, Any]) -> Chart:
    def rung(option: Option, one: ShownOption | None) -> Rung:
        if one is None:
            return Rung(date.fromisoformat(option.key), None)
        return Rung(date.fromisoformat(option.key), *range_of("", one)[1:])

    mine = [Rung(date.fromisoformat(key), points(value)) for key, value in own.items()]
    return charts.ladder(
        [rung(option, shown.options.get(option.key)) for option in question.options],
        own=mine,
        start=question.opens_at.date(),
        title=findings.ladder_title(question, shown),
        subtitle=_("Chance that it has happened, %; vertical band: uncertainty of the number (90 %)"),
    )


def axis_of(question: Question) -> Axis:
    """The scale of a question that asks for a number or a date."""
    before, after = unit_sides(question.text(current_language()).unit)
    return Axis(
        question.lower or 0.0,
        question.upper or 0.0,
        log=question.scale == "log",
        dates=question.kind == "date",
        open_lower=question.open_lower,
        open_upper=question.open_upper,
        unit=after,
        before=before,
    )


def _density(kind: QuantileKind, question: Question, shown: Shown, own: dict[str, Any]) -> Chart:
    quantiles = shown.options["value"].methods["parley"]
    unit = question.text(current_language()).unit
    said = (
        _("How likely the crowd finds each day")
        if question.kind == "date"
        else _("How likely the crowd finds each value")
    )
    fills = _("strong fill: the middle half; faint fill: 9 in 10")
    return charts.quantile_density(
        question.quantile_levels,
        quantiles,
        axis=axis_of(question),
        own=own.get("value"),
        title=findings.quantiles_title(kind, question, quantiles),
        subtitle=f"{said}, {unit}; {fills}" if unit else f"{said}; {fills}",
    )


def range_row(kind: Kind, question: Question, name: str, one: ShownOption, method: str) -> charts.Range:
    """A named figure on its range: of a chance the interval, of a number its middle half."""
    told = one.methods[method]
    if isinstance(kind, QuantileKind):
        low, high = findings.middle_of(told)
        value = told[question.quantile_levels.index(0.5)]
        said = quantile_range_said(kind, question, low, high)
        return charts.Range(name, value, low, high, axis_of(question).words(value), said)
    ends = _interval(one) if method == "parley" else (None, None)
    said = "–" if None in ends else "–".join(percent_range(one.low or 0.0, one.high or 0.0))
    return charts.Range(name, points(told), *ends, percent(told), said)


def hazards(question: Question, shown: Shown) -> list[list[str]]:
    """What a ladder implies of each interval between its dates: that it begins then, and a year if not before."""
    rungs = [Rung(date.fromisoformat(key), points(one.value)) for key, one in shown.options.items()]
    return [
        [
            _("%(start)s to %(end)s", start=charts.day_words(one.start), end=charts.day_words(one.end)),
            charts.percent(one.chance),
            "–" if one.yearly is None else percent(one.yearly / 100),
        ]
        for one in charts.hazards(rungs, question.opens_at.date())
    ]


def over_time(
    session: Session,
    viewer: Viewer,
    question: Question,
    shown: Shown,
    focus: str,
    segment: str,
    until: date | None = None,
    *,
    alone: bool = False,
) -> Chart:
    """One option's crowd forecast at each publication, with the viewer's own.

    With `until` the picture ends with that day, and tells nothing that came later. `alone` leaves out other options.
    """
    published = [
        one
        for one in disclosure.history(session, viewer, question, segment=segment)
        if until is None or one.as_of <= until
    ]
    told = [*published, *([shown] if shown.live else [])]
    steps = [_step(one.as_of, one.options[focus]) for one in told if focus in one.options]
    start = steps[0].day
    own = _own_points(session, viewer, question, focus, start)
    about = _about(question, focus)
    changed = _rule_changed(told, focus)
    steady = _("Each step is one publication")
    if changed:
        steady = _(
            "Each step is one publication; from %(day)s on by another rule",
            day=day_label(changed.isoformat()),
        )
    return charts.crowd_over_time(
        steps,
        own=own,
        changed=changed,
        known=_known(session, question, focus, until),
        others=_other_lines(question, told, focus)
        if question.kind in ("ladder", "pair") and not alone
        else [],
        label="" if alone else _label(question, focus, steps[-1].value),
        until=until or clock.now(session).date(),
        title=findings.over_time_title(told, focus),
        subtitle=f"{about}. {steady}" if about else steady,
    )


def known_over_time(
    session: Session, viewer: Viewer, question: Question, focus: str, draft: Resolution, last: date
) -> Chart | None:
    """One option's crowd forecast with an outcome that is not stored yet, and the part after `last` not scored."""
    told = [one for one in disclosure.history(session, viewer, question) if focus in one.options]
    steps = [_step(one.as_of, one.options[focus]) for one in told]
    counted = [step for step in steps if step.day <= last]
    if not steps:
        return None
    about = _about(question, focus)
    scored = _("What came in on the day from which one could know, or later, is not scored")
    return charts.crowd_over_time(
        steps,
        known=(draft.known_from.date(), _("known from here: %(words)s", words=in_words(question, draft))),
        unscored=True,
        until=clock.now(session).date(),
        title=_("The crowd stood at %(value)s when it became known", value=charts.percent(counted[-1].value))
        if counted
        else _("Nothing was published before it became known"),
        subtitle=f"{about}. {scored}" if about else scored,
    )


def _known(
    session: Session, question: Question, focus: str, until: date | None = None
) -> tuple[date, str] | None:
    """The day from which it could be known how this option came out, and how it did; None where it did not yet."""
    for made in current_resolutions(session, question):
        told = until is None or made.known_from.date() <= until
        if told and not made.annulled and made.option_id in (None, question.option(focus).id):
            words = in_words(question, made)
            return made.known_from.date(), _("Outcome: %(words)s", words=words)
    return None


def _rule_changed(told: Sequence[Shown], focus: str) -> date | None:
    """The day of the first publication by the second edition of the default; None where all are by one."""
    options = [(one.as_of, one.options[focus].rule) for one in told if focus in one.options]
    by_earlier = [rule in EARLIER for _day, rule in options]
    # A line that is of one rule all along has no break to tell of.
    if not any(by_earlier) or all(by_earlier):
        return None
    return next(day for day, rule in options if rule not in EARLIER)


def _step(day: date, one: ShownOption) -> charts.Step:
    return charts.Step(day, points(one.value), *_interval(one), *(points(end) for end in one.spread))


def _label(question: Question, key: str, value: float) -> str:
    """The words at the end of a line where there are several; the chart names a single one."""
    if question.kind in ("ladder", "pair"):
        return named_chance(question, key, charts.percent(value))
    return ""


def _other_lines(question: Question, told: Sequence[Shown], focus: str) -> list[charts.Line]:
    lines = []
    for option in question.options:
        line = [
            (one.as_of, points(one.options[option.key].value)) for one in told if option.key in one.options
        ]
        if option.key != focus and line:
            lines.append(charts.Line(_label(question, option.key, line[-1][1]), line))
    return lines


def _own_points(
    session: Session, viewer: Viewer, question: Question, focus: str, start: date
) -> list[tuple[date, float | None]]:
    """What the viewer held of an option from each day on on which they acted; None from a withdrawal on."""
    if viewer.participant is None:
        return []
    acts, held = history(session, viewer.participant, question), dict[date, float | None]()
    for place, act in enumerate(acts, start=1):
        rows = {row.option: points(row.value) for row in rows_after(question, acts[:place])}
        # What was held before the first publication is drawn from its day on: the picture begins there.
        held[max(act.received_at.date(), start)] = rows.get(focus)
    first = next((day for day, value in held.items() if value is not None), None)
    # Nothing is told of the days before somebody had said anything of this option.
    return [(day, value) for day, value in held.items() if first and day >= first]


def histogram(question: Question, one: ShownOption, own: float | None) -> Chart | None:
    """Where the people stand on one option; None where all cells are too small, or all people in one."""
    if len(one.bins) < 2:
        return None
    bins = [charts.Bin(points(low), points(high), points(share)) for low, high, share in one.bins]
    about = _about(question, one.key)
    return charts.histogram(
        bins,
        own=None if own is None else points(own),
        title=findings.histogram_title(one),
        subtitle=_("%(about)s: share of people, %%", about=about) if about else _("Share of people, %"),
    )


def methods(question: Question, one: ShownOption) -> Chart:
    """One option's figure by each method, the default's first; of numbers the middle with its half."""
    about, kind = _about(question, one.key), kind_of(question)
    if isinstance(kind, QuantileKind):
        return charts.ranges(
            [range_row(kind, question, _name(name, one), one, name) for name in SHOWN],
            title=_("Three methods side by side"),
            subtitle=_("Mark: the crowd’s middle; bar: its middle half"),
            columns=[_("Method"), _("Crowd forecast"), _("Middle half of the chance")],
            axis=axis_of(question),
        )
    interval = _("Bar: 90 % interval for another crowd of this size")
    return charts.methods_side_by_side(
        [_method_range(one, name) for name in SHOWN],
        title=findings.methods_title(one),
        subtitle=f"{about}. {interval}" if about else interval,
    )


def _method_range(one: ShownOption, name: str) -> NamedInterval:
    ends = _interval(one) if name == "parley" else (None, None)
    return NamedInterval(_name(name, one), points(one.methods[name]), *ends)


def _name(method: str, one: ShownOption) -> str:
    """A method's name; the default's is that of its form, and of the edition the figure was made with."""
    rule = "first_edition" if one.rule == "median" else one.rule
    return _(METHODS[shown_rules(rule)[method]].name)


def method_table(question: Question, shown: Shown) -> tuple[list[str], list[list[str]]]:
    """Every method for every option, or for every quantile."""
    kind, language = kind_of(question), current_language()
    columns = [_name(name, next(iter(shown.options.values()))) for name in SHOWN]
    if isinstance(kind, QuantileKind):
        told = shown.options["value"].methods
        rows = [
            [
                exact_percent(level),
                *(quantile_said(kind, question, told[name][place]) for name in SHOWN),
            ]
            for place, level in enumerate(question.quantile_levels)
        ]
        return [_("Chance of earlier") if question.kind == "date" else _("Chance of less"), *columns], rows
    rows = [
        [question.option(key).text(language), *(percent(one.methods[name]) for name in SHOWN)]
        for key, one in shown.options.items()
    ]
    return [_("Answer"), *columns], rows
