"""What the crowd's door showed, as sentences and pictures. Nothing here reads an answer of anybody else."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from .. import disclosure
from ..aggregation.rules import EARLIER
from ..aggregation.segments import ALL
from ..charts import Chart
from ..disclosure import Shown, ShownOption, Viewer
from ..i18n.formatting import day_label, exact_percent, in_words, number, percent, percent_range
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind, quantile_said
from . import crowd_charts
from .consistent import both_figures
from .crowd_findings import middle_of, middle_share
from .own_forecast import quantile_range_said


@dataclass(frozen=True)
class Headline:
    """The one large number: what it is about, the number, the same in words, how sure it is, and what moves it.

    Attributes
    ----------
    half
        What half of the people say; of a number or date where half of the crowd's chance lies.
    influence
        How far ten more people would move the number; empty for numbers and dates.
    coverage
        How often intervals of this kind held what came out; empty for chances.
    """

    about: str
    number: str
    words: str
    interval: str
    half: str = ""
    influence: str = ""
    coverage: str = ""


@dataclass(frozen=True)
class Pictures:
    """A crowd as a page tells it.

    Attributes
    ----------
    focus
        Key of the option the headline, the line over time and the histogram are about.
    choices
        Key and label of the options one can look at, and whether it is the focus.
    mine
        What the viewer holds of the focus, in words; empty where nothing.
    now
        Everything the question asks, as it stands: curve, bars or density; None for a single number.
    over_time, histogram
        Of the focus; None for numbers and dates, the histogram also where one cell holds nearly everybody.
    one_cell
        A sentence in place of such a histogram.
    methods
        Of the focus.
    hazards
        Of a ladder: interval, its chance, and the chance a year if it has not begun before.
    method_columns, method_rows
        Every method beside the others, for every option or quantile.
    flags
        Sentences about what moved the number.
    rule
        Which form of the default made it.
    consistent
        What it would be made consistent with the questions it is tied to; empty where that is the same.
    """

    headline: Headline
    focus: str
    choices: list[tuple[str, str, bool]]
    people: int
    effective: int
    as_of: date
    mine: str
    now: Chart | None
    over_time: Chart | None
    histogram: Chart | None
    one_cell: str
    methods: Chart | None
    hazards: list[list[str]]
    method_columns: list[str]
    method_rows: list[list[str]]
    flags: list[str]
    rule: str
    consistent: str


def crowd_pictures(
    session: Session,
    viewer: Viewer,
    question: Question,
    shown: Shown,
    wanted: str = "",
    *,
    segment: str = ALL,
) -> Pictures:
    """All pictures of a question's crowd.

    Parameters
    ----------
    shown
        What the door told of it: of everybody, or of the `segment`.
    wanted
        The option to look at, where there are several.
    """
    focus = focus_of(question, shown, wanted)
    one = shown.options[focus]
    numeric = isinstance(kind_of(question), QuantileKind)
    own = crowd_charts.own_values(session, viewer, question)
    columns, rows = crowd_charts.method_table(question, shown)
    return Pictures(
        headline=_headline(session, viewer, question, one),
        focus=focus,
        choices=[(key, _choice(question, key), key == focus) for key in shown.options],
        people=one.people,
        effective=one.effective,
        as_of=shown.as_of,
        mine=_mine(question, own, focus),
        now=crowd_charts.now(question, shown, own),
        over_time=None
        if numeric
        else crowd_charts.over_time(session, viewer, question, shown, focus, segment),
        histogram=None if numeric else crowd_charts.histogram(question, one, own.get(focus)),
        one_cell=_one_cell(one) if not numeric and len(one.bins) == 1 else "",
        methods=crowd_charts.methods(question, one),
        hazards=crowd_charts.hazards(question, shown) if question.kind == "ladder" else [],
        method_columns=columns,
        method_rows=rows,
        flags=[_flag(flag) for flag in one.flags],
        rule=rule_said(question, one),
        consistent=_consistent(session, viewer, question, shown, focus) if segment == ALL else "",
    )


def _consistent(session: Session, viewer: Viewer, question: Question, shown: Shown, focus: str) -> str:
    """The other figure of an option, where what was asked directly does not go together with tied questions."""
    both = both_figures(session, viewer, question, shown, focus)
    return both.sentence if both else ""


def _choice(question: Question, key: str) -> str:
    """An option as a switch names it."""
    if question.kind == "ladder":
        return day_label(key)
    if question.kind == "pair":
        return _("if it does") if question.option(key).given_holds else _("if it does not")
    return question.option(key).text(current_language())


def focus_of(question: Question, shown: Shown, wanted: str = "") -> str:
    """The option asked for; else the likeliest of a choice, the second rung of a ladder, the first of others."""
    if wanted in shown.options:
        return wanted
    keys = list(shown.options)
    if question.kind in ("choice", "ordered"):
        return max(keys, key=lambda key: shown.options[key].value)
    return keys[1] if question.kind == "ladder" and len(keys) > 1 else keys[0]


def _headline(session: Session, viewer: Viewer, question: Question, one: ShownOption) -> Headline:
    kind = kind_of(question)
    if isinstance(kind, QuantileKind):
        return _quantile_headline(session, viewer, kind, question, one)
    about = "" if question.kind == "binary" else question.option(one.key).text(current_language())
    said = (percent(one.value), in_words(one.value), _interval(one), _half(one), _influence(one))
    return Headline(about, *said)


def _quantile_headline(
    session: Session, viewer: Viewer, kind: QuantileKind, question: Question, one: ShownOption
) -> Headline:
    """The middle of the crowd's distribution, its half and its widest interval: all of one pool."""
    levels, quantiles = question.quantile_levels, one.methods["parley"]
    words = (
        _("the crowd’s middle: as likely earlier as later")
        if question.kind == "date"
        else _("the crowd’s middle: as likely above as below")
    )
    half, sure = (
        _(
            "The crowd gives %(sure)s to %(range)s.",
            sure=exact_percent(share),
            range=quantile_range_said(kind, question, *ends),
        )
        for share, ends in (
            (middle_share(levels), middle_of(quantiles)),
            (levels[-1] - levels[0], (quantiles[0], quantiles[-1])),
        )
    )
    coverage = _coverage(session, viewer, question)
    return Headline("", quantile_said(kind, question, one.value), words, sure, half, coverage=coverage)


def _coverage(session: Session, viewer: Viewer, question: Question) -> str:
    """How often intervals as wide as the outer one held what came out: in this survey, or on public sets."""
    own = disclosure.interval_coverage(session, viewer, question)
    # By the pool of the 60 % of people nearest the median: UK COVID-19 .62, Cooke's panels .77, FluSight .78 and .88.
    if own is None:
        return _(
            "In four public sets intervals of this kind, meant to hold the value 90 % of the time,"
            " held it 62 to 88 %."
        )
    return _(
        "In this survey intervals of this kind, meant to hold the value %(meant)s of the time, held it in %(held)s of"
        " %(asked)s questions.",
        meant=exact_percent(own.nominal),
        held=number(own.held),
        asked=number(own.questions),
    )


def _interval(one: ShownOption) -> str:
    if one.low is None or one.high is None:
        return ""
    low, high = percent_range(one.low, one.high)
    return _(
        "Another crowd of this size would say %(low)s to %(high)s in nine cases of ten.", low=low, high=high
    )


def _half(one: ShownOption) -> str:
    low, high = one.spread
    if percent(low) == percent(high):
        return _("Half of the people or more say %(value)s.", value=percent(low))
    ends = percent_range(low, high)
    return _("Half of the people say %(low)s to %(high)s.", low=ends[0], high=ends[1])


def _one_cell(one: ShownOption) -> str:
    low, high = percent_range(*one.spread)
    return _(
        "Nearly everybody is in one cell of the histogram, so there is none: half of the people or more say"
        " %(low)s to %(high)s, and the few others would be told apart.",
        low=low,
        high=high,
    )


def _mine(question: Question, own: dict[str, Any], focus: str) -> str:
    """What the viewer holds of the option a page is about: of a number or date the middle."""
    if focus not in own:
        return ""
    kind = kind_of(question)
    if isinstance(kind, QuantileKind):
        return quantile_said(kind, question, own[focus][len(own[focus]) // 2])
    return exact_percent(own[focus])


def _influence(one: ShownOption) -> str:
    if one.influence is None:
        return ""
    chance, points = exact_percent(one.influence.chance), number(crowd_charts.points(one.influence.move))
    return _(
        "Ten more people at %(chance)s would move this by %(points)s points.", chance=chance, points=points
    )


def rule_said(question: Question, one: ShownOption) -> str:
    """Which form of the default a number was made with, and that answers were moved before, where they are."""
    return " ".join(filter(None, (_form_said(question, one), _moved_said(question))))


def _moved_said(question: Question) -> str:
    if not question.survey.guarded:
        return ""
    return _(
        "So that people who are made up cannot read what one of the others said, every answer is moved by chance, "
        "once and for good, before anything is computed of it. It moves this number by some points while few take "
        "part; the interval holds that."
    )


def _form_said(question: Question, one: ShownOption) -> str:
    """The form of the default, and that it stays so; of numbers and dates nothing."""
    if question.quantile_levels:
        return ""
    if one.rule in EARLIER:
        return _(
            "This figure was published by an earlier rule and keeps it. The next is made by the one that holds now."
        )
    if one.rule == "parley_open":
        return _(
            "Anybody may join this survey, so that the forecasts outside the middle 60 % pull nothing and the "
            "number is not moved away from 50 %: people who are made up move it little. It is so for the whole "
            "survey."
        )
    return _(
        "People are invited to this survey: the outer forecasts may pull the number a little, and it is moved away "
        "from 50 %. It is so for the whole survey."
    )


def _flag(flag: str) -> str:
    return {
        "held": _(
            "By the rule alone this number would lie outside the middle half of people; it is held at its edge."
        ),
        "in order": _(
            "People who came late answered the later dates alone; the numbers were brought into the order of the "
            "dates."
        ),
        "outer pull": _(
            "The outer forecasts pull this number; without the limit on them it would lie farther out."
        ),
        "late wave": _(
            "Recent forecasts moved this number: with everyone counted alike it would be another."
        ),
    }[flag]
