"""What a survey publishes to everybody: each question's crowd in a row, what moved in a week, how to cite it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from .. import clock, disclosure
from ..clock import WEEK, date_number
from ..disclosure import Shown, Viewer
from ..i18n.formatting import day, number
from ..i18n.locale import current_language, ngettext
from ..i18n.locale import gettext as _
from ..models import Question, Survey, Theme, ThemeText
from ..store.lifecycle import current_resolutions
from .crowd_figure import Figure, figure_of
from .crowd_summary import focus_of
from .forecast_history import WIDE, height_of, step_path
from .outcomes import OutcomeInWords, outcomes
from .scenario_charts import ToldFront, front_scenarios

#: So many questions that moved are told beside each other, from so many points on.
MOST_MOVED, POINTS = 5, 1.0


@dataclass(frozen=True)
class PublishedRow:
    """A question in one row.

    Attributes
    ----------
    figure, as_of
        The crowd's figure, its half and its change, and the day at whose end it stood; None where there is none.
    trace
        The figure along the days as the path of a picture `WIDE` by `HIGH`, and the height at which it ends.
    """

    question: Question
    title: str
    figure: Figure | None
    as_of: date | None
    trace: tuple[str, float] | None
    outcomes: list[OutcomeInWords]

    @property
    def label(self) -> str:
        """The question with the part its figure is about."""
        about = self.figure.about if self.figure else ""
        return f"{self.title}: {about}" if about else self.title


@dataclass(frozen=True)
class PublishedTheme:
    """A theme with the rows of its questions."""

    theme: Theme
    words: ThemeText
    rows: list[PublishedRow]


@dataclass(frozen=True)
class PublishedResults:
    """A page of results.

    Attributes
    ----------
    as_of, since
        The newest day of all figures, and the base day from which each change is counted; None without a figure.
    people
        The most that any figure rests on, rounded down.
    moved
        What moved since the base day, most first; chances alone, whose points compare.
    """

    title: str
    as_of: date | None
    since: date | None
    people: int
    scenarios: ToldFront | None
    themes: list[PublishedTheme]
    moved: list[PublishedRow]

    @property
    def pictured(self) -> bool:
        """Whether there is a chance to draw; numbers and dates have no scale together."""
        rows = [row for theme in self.themes for row in theme.rows]
        return any(row.figure and not row.question.quantile_levels for row in rows)


def published_results(
    session: Session, viewer: Viewer, survey: Survey, theme: Theme | None = None, as_of: date | None = None
) -> PublishedResults:
    """The results of a survey, or of one of its themes, now or as they stood at the end of a day."""
    disclosure.load_aggregates(session, viewer, survey.questions)
    themes = [theme] if theme else survey.themes
    asked = [question for one in themes for question in one.questions if not question.is_draft]
    seen = {question: disclosure.get_aggregate(session, viewer, question, as_of=as_of) for question in asked}
    told = {question: shown for question, shown in seen.items() if isinstance(shown, Shown)}
    newest = max((shown.as_of for shown in told.values()), default=None)
    since = newest - WEEK if newest else None
    # What changed on the last day would have no width in its trace.
    until = as_of + timedelta(days=1) if as_of else clock.now(session).date()
    rows = [_row(session, viewer, question, told.get(question), since, until) for question in asked]
    scenarios = None if theme else front_scenarios(session, viewer, survey, current_language(), as_of)
    return PublishedResults(
        title=_title(survey, theme, scenarios),
        as_of=newest,
        since=since,
        people=max((shown.people for shown in told.values()), default=0),
        scenarios=scenarios,
        themes=[
            PublishedTheme(
                one, one.text(current_language()), [row for row in rows if row.question.theme_id == one.id]
            )
            for one in themes
        ],
        moved=_moved(rows),
    )


def _title(survey: Survey, theme: Theme | None, scenarios: ToldFront | None) -> str:
    """A finding where the scenarios have one, else what is told."""
    if theme:
        return theme.text(current_language()).title
    return scenarios.title if scenarios and scenarios.title else _("What the crowd expects")


def _row(
    session: Session, viewer: Viewer, question: Question, shown: Shown | None, since: date | None, until: date
) -> PublishedRow:
    figure = figure_of(session, viewer, question, shown, since) if shown and since else None
    return PublishedRow(
        question,
        question.text(current_language()).short,
        figure,
        as_of=shown.as_of if shown else None,
        trace=_trace(question, disclosure.history(session, viewer, question), shown, until)
        if shown
        else None,
        outcomes=outcomes(question, current_resolutions(session, question)),
    )


def _trace(question: Question, told: Sequence[Shown], shown: Shown, until: date) -> tuple[str, float] | None:
    """The figure since it was first told, up to the day of what is shown, which stands until another; None of one."""
    focus = focus_of(question, shown)
    points = [
        (date_number(one.as_of), one.options[focus].value)
        for one in told
        if focus in one.options and one.as_of <= shown.as_of
    ]
    if len(points) < 2:
        return None
    start, length = points[0][0], date_number(until) - points[0][0]
    places = [(WIDE * (at - start) / length, height_of(question, value)) for at, value in points]
    return step_path(places), round(places[-1][1], 1)


def _moved(rows: Iterable[PublishedRow]) -> list[PublishedRow]:
    found = [row for row in rows if row.figure and abs(row.figure.points) >= POINTS]
    return sorted(found, key=lambda row: -abs(row.figure.points) if row.figure else 0)[:MOST_MOVED]


def moved_title(moved: Sequence[PublishedRow]) -> str:
    """What moved most, with its sign; else that little did."""
    if not moved or moved[0].figure is None:
        return _("Nothing moved by a point or more")
    points = abs(moved[0].figure.points)
    return ngettext(
        "%(title)s: %(points)s point in a week",
        "%(title)s: %(points)s points in a week",
        # Languages count a fraction as they count many of its halves: 1.5 points.
        int(points) if points == int(points) else 5,
        title=moved[0].label,
        points=moved[0].figure.change,
    )


def citation(survey: Survey, told: PublishedResults, address: str) -> str:
    """How to cite what is on a page of results, in a sentence."""
    words = survey.text(current_language())
    return _(
        "Parley, “%(title)s”, crowd forecasts of %(people)s people as of %(day)s. %(address)s",
        title=words.title,
        people=number(told.people),
        day=day(told.as_of) if told.as_of else "–",
        address=address,
    )


#: What is no letter to TeX, as it is written there; a brace would end a field of BibTeX, also with that before it.
_IN_TEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_"},
        **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"},
        **dict.fromkeys("{}", ""),
    }
)


def in_tex(words: str) -> str:
    r"""Words as TeX prints them: a lone ``%`` would hide the rest of its line.

    >>> in_tex("War & peace: {over} 50 %?")
    'War \\& peace: over 50 \\%?'
    """
    return words.translate(_IN_TEX)


def bibtex(survey: Survey, told: PublishedResults, address: str) -> str:
    """The same as an entry of BibTeX."""
    title = in_tex(survey.text(current_language()).title)
    when = told.as_of
    lines = [
        f"@misc{{parley-{survey.slug}" + (f"-{when.isoformat()}" if when else "") + ",",
        "  author = {{Parley}},",
        f"  title = {{{title}: crowd forecasts}},",
        *([f"  year = {{{when.year}}},", f"  note = {{As of {when.isoformat()}}},"] if when else []),
        f"  url = {{{address}}}",
        "}",
    ]
    return "\n".join(lines)
