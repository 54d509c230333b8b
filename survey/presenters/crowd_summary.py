"""What the crowd's door showed, as sentences and pictures. Nothing here reads an answer of anybody else."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..aggregation.rules import EARLIER
from ..aggregation.segments import ALL
from ..charts import Chart
from ..disclosure import Shown, ShownOption, Viewer
from ..i18n.formatting import exact_percent, in_words, number, percent
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from . import crowd_charts
from .own_forecast import quantile_said


@dataclass(frozen=True)
class Headline:
    """The one large number: what it is about, the number, the same in words, how sure it is, and what moves it."""

    about: str
    number: str
    words: str
    interval: str
    #: What half of the people say, and how far ten more would move the number; empty for numbers and dates.
    half: str = ""
    influence: str = ""


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
    rule
        Which form of the default made it.
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
    rule: str


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
        headline=_headline(question, one),
        focus=focus,
        others=[
            (key, question.option(key).text(current_language())) for key in shown.options if key != focus
        ],
        people=one.people,
        effective=one.effective,
        as_of=shown.as_of,
        now=crowd_charts.now(question, shown, own),
        over_time=None
        if numeric
        else crowd_charts.over_time(session, viewer, question, shown, focus, segment),
        histogram=None if numeric else crowd_charts.histogram(question, one, own.get(focus)),
        methods=None if numeric else crowd_charts.methods(question, one),
        method_columns=columns,
        method_rows=rows,
        flags=[_flag(flag) for flag in one.flags],
        rule=rule_said(question, one),
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
        words = (
            _("the crowd’s middle: as likely earlier as later")
            if question.kind == "date"
            else _("the crowd’s middle: as likely above as below")
        )
        interval = _("The crowd gives %(sure)s to %(low)s – %(high)s.", sure=sure, low=low, high=high)
        return Headline(about, quantile_said(kind, question, one.value), words, interval)
    said = (percent(one.value), in_words(one.value), _interval(one), _half(one), _influence(one))
    return Headline(about, *said)


def _interval(one: ShownOption) -> str:
    if one.low is None or one.high is None:
        return ""
    said = {"low": percent(one.low), "high": percent(one.high)}
    if said["low"] == said["high"]:
        said = {"low": exact_percent(one.low), "high": exact_percent(one.high)}
    return _("Another crowd of this size would say %(low)s to %(high)s (90 %% interval).", **said)


def _half(one: ShownOption) -> str:
    low, high = (percent(end) for end in one.spread)
    if low == high:
        return _("Half of the people or more say %(value)s.", value=low)
    return _("Half of the people say %(low)s to %(high)s.", low=low, high=high)


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
