"""Pictures of what a survey publishes to everybody, as they stood at a day's end: of a question, theme, scenarios."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import charts, disclosure
from ..aggregation.segments import ALL
from ..charts import Chart, NamedInterval
from ..clock import WEEK
from ..disclosure import Shown, ShownScenarios, Viewer
from ..i18n.formatting import day
from ..i18n.locale import current_language, ngettext
from ..i18n.locale import gettext as _
from ..models import Question, Survey, Theme
from . import crowd_charts
from .crowd_figure import Figure, figure_of
from .crowd_summary import focus_of
from .published_results import PublishedRow, published_results
from .scenario_charts import ToldFront, front_scenarios


@dataclass(frozen=True)
class PublishedChart:
    """A picture with the people it is of, and the day at whose end its newest figure stood.

    `chart` says by its title which question it is about; `plain` stands where that is said above it.
    """

    chart: Chart
    plain: Chart
    people: int
    as_of: date
    figure: Figure | None = None


def question_chart(
    session: Session, viewer: Viewer, question: Question, as_of: date | None = None, *, alone: bool = False
) -> PublishedChart | None:
    """A question's crowd over time, of a number or date its distribution; None where nothing is told.

    `alone` leaves out the lines of its other dates or branches: a small box has no room for their words.
    """
    shown = disclosure.get_aggregate(session, viewer, question, as_of=as_of)
    if not isinstance(shown, Shown):
        return None
    chart = (
        crowd_charts.now(question, shown, {})
        if question.quantile_levels
        else crowd_charts.over_time(
            session,
            viewer,
            question,
            shown,
            focus_of(question, shown),
            ALL,
            as_of or shown.as_of,
            alone=alone,
        )
    )
    if chart is None:
        return None
    figure = figure_of(session, viewer, question, shown, shown.as_of - WEEK)
    named = _named(chart, question.text(current_language()).title)
    return PublishedChart(named, chart, shown.people, shown.as_of, figure)


def _named(chart: Chart, title: str) -> Chart:
    """Elsewhere nothing stands above a picture that says which question it is about."""
    subtitle = f"{chart.title}. {chart.subtitle}" if chart.subtitle else chart.title
    return Chart(title, subtitle, f"{title} {chart.description}", chart.spec, chart.columns, chart.rows)


def theme_chart(
    session: Session, viewer: Viewer, theme: Theme, as_of: date | None = None
) -> PublishedChart | None:
    """Every chance that is told in a theme, with people's middle half, on a scale that shows small ones."""
    told = published_results(session, viewer, theme.survey, theme, as_of)
    rows = [row for row in told.themes[0].rows if row.figure and not row.question.quantile_levels]
    if not rows or told.as_of is None:
        return None
    chart = charts.spreads_in_log_odds(
        [_interval(row) for row in rows],
        title=told.title,
        subtitle=_("Crowd forecast and people’s middle half, in log-odds"),
    )
    return PublishedChart(chart, chart, told.people, told.as_of)


def _interval(row: PublishedRow) -> NamedInterval:
    assert row.figure is not None
    return NamedInterval(row.label, *(round(100 * chance, 2) for chance in row.figure.chances))


def scenarios_chart(
    session: Session, viewer: Viewer, survey: Survey, as_of: date | None = None
) -> PublishedChart | None:
    """The scenarios of a survey as bars with their names; None where nothing is told."""
    told = front_scenarios(session, viewer, survey, current_language(), as_of)
    if told is None or told.bar is None or told.as_of is None:
        return None
    seen = disclosure.get_scenarios(session, viewer, survey.scenarios[0], as_of=as_of)
    # What the front page was shown a moment ago, this reader is shown.
    assert isinstance(seen, ShownScenarios)
    bars = [
        NamedInterval(
            leaf.words.title,
            crowd_charts.points(disclosure.rounded_probability(seen.chances.leaves[stored.key])),
        )
        for leaf, stored in zip(told.leaves, survey.scenarios[0].leaves, strict=True)
    ]
    chart = charts.ordered_bars(bars, title=told.title, subtitle=_("Chance of each scenario"))
    return PublishedChart(chart, chart, told.people, told.as_of)


def told_scenarios(session: Session, viewer: Viewer, survey: Survey) -> ToldFront | None:
    """The scenarios for a small box: names, numbers and the bar; None without figures."""
    told = front_scenarios(session, viewer, survey, current_language())
    return told if told is not None and told.bar is not None else None


def source_lines(survey: Survey, made: PublishedChart, address: str) -> list[str]:
    """What a picture says of itself: of how many people, as of when, and where it is from."""
    people = ngettext("Crowd forecast of %(num)s person", "Crowd forecast of %(num)s people", made.people)
    title = survey.text(current_language()).title
    return [
        _("%(people)s, as of the end of %(day)s (UTC).", people=people, day=day(made.as_of)),
        _("Source: Parley, “%(title)s”, %(address)s", title=title, address=address),
    ]


def table_with_source(
    survey: Survey, made: PublishedChart, address: str
) -> tuple[Sequence[str], list[Sequence[str]]]:
    """The table of a picture, each row with its people, day and source: rows are copied without their head."""
    source = survey.text(current_language()).title
    beside = (str(made.people), made.as_of.isoformat(), source, address)
    columns = (*made.chart.columns, _("People"), _("As of"), _("Source"), _("Address"))
    return columns, [(*row, *beside) for row in made.chart.rows]


def figure_words(made: PublishedChart) -> str:
    """A question's figure in one sentence, for whoever is shown no picture."""
    if made.figure is None:
        return ""
    about = f"{made.figure.about}: " if made.figure.about else ""
    people = ngettext("%(num)s person", "%(num)s people", made.people)
    return _(
        "%(about)s%(value)s by the crowd forecast of %(people)s, as of %(day)s.",
        about=about,
        value=made.figure.value,
        people=people,
        day=day(made.as_of),
    )
