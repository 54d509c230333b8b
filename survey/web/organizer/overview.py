"""What the organizer's overview tells, for its page, its fragment and its files."""

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Response

from ... import clock, disclosure
from ...aggregation.participation import (
    Progress,
    answered_by_question,
    completion,
    completion_by_group,
    progress,
    response,
)
from ...charts import Chart, Line, NamedInterval, response_over_time, spreads_in_log_odds
from ...charts.script import as_file
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Survey
from ...presenters.strip_scale import ticks
from ...services import background_answers
from ...services.invitations import invited_by_day, invited_counts
from ...store.engine import db
from ..identity import as_organizer
from .question_rows import (
    SORTS,
    QuestionRow,
    TimeBase,
    answer_counts,
    disputed,
    movers,
    ordered,
    row,
    time_base,
)
from .tasks import tasks

MIME = {"svg": "image/svg+xml", "png": "image/png"}


def overview_of(survey: Survey, role: str, sort: str) -> dict[str, Any]:
    """Everything on the page; `sort` is one of `SORTS`, anything else is the order of the survey."""
    sort = sort if sort in SORTS else SORTS[0]
    base = time_base(db.session)
    rows = question_rows(survey, base)
    counts, moved = response(db.session, survey), movers(rows)
    return {
        "now": clock.now(db.session),
        "base": base,
        "tasks": tasks(db.session, survey, role),
        "counts": counts,
        "invited": invited_counts(db.session, survey)[0],
        "growth": _growth(survey, progress(db.session, survey)) if counts.joined else None,
        "themes": _by_theme(survey, counts.joined),
        "by_group": _by_group(survey),
        "sort": sort,
        "sorts": [("theme", _("by theme")), ("moved", _("most moved")), ("disputed", _("most disputed"))],
        "groups": _grouped(survey, rows, sort),
        "ticks": ticks(),
        "any_figure": any(one.figure for one in rows),
        "is_drawn": any(_is_drawn(one) for one in rows),
        "moved": moved,
        "moved_title": _moved_title(moved),
        "disputed": disputed(rows),
    }


def question_rows(survey: Survey, base: TimeBase) -> list[QuestionRow]:
    """A row for each question, in the order of the survey."""
    counts = answer_counts(db.session, survey)
    viewer = as_organizer(survey)
    disclosure.load_aggregates(db.session, viewer, survey.questions)
    return [row(db.session, viewer, question, counts[question.id], base) for question in survey.questions]


def picture_of(survey: Survey, name: str) -> Chart | None:
    """A picture by its name, `growth` or `questions`; None where there is nothing to draw."""
    if name == "growth":
        grown = progress(db.session, survey)
        return _growth(survey, grown) if grown.joined else None
    rows = [one for one in question_rows(survey, time_base(db.session)) if _is_drawn(one)]
    if not rows:
        return None
    return spreads_in_log_odds(
        [_interval(one) for one in rows],
        title=_("Every question, on a scale that shows small chances"),
        subtitle=_(
            "Crowd forecast and people’s middle half, %%, in log-odds; numbers and dates on their own range"
        ),
    )


def drawn(chart: Chart, name: str, kind: str) -> Response:
    """A chart as a file, `svg` or `png`, in the light scheme."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(as_file(chart.spec, kind), mimetype=MIME[kind], headers=headers)


def _is_drawn(one: QuestionRow) -> bool:
    """Whether a question stands in the picture of all, which has one scale: that of chances."""
    return one.figure is not None and one.ends is None


def _interval(one: QuestionRow) -> NamedInterval:
    assert one.figure is not None
    return NamedInterval(one.label, *(round(100 * chance, 2) for chance in one.figure.chances))


def _growth(survey: Survey, grown: Progress) -> Chart:
    """Who was invited, who joined and who answered everything, cumulative by day."""
    invited = invited_by_day(db.session, survey)
    start = grown.joined[0][0]
    joined, finished = grown.joined[-1][1], grown.answered_all[-1][1] if grown.answered_all else 0
    return response_over_time(
        [
            *([Line(_("Invited"), invited)] if invited else []),
            Line(_("Joined"), grown.joined),
            # A line needs a point, also while nobody has answered everything.
            Line(_("Answered all"), grown.answered_all or [(start, 0)]),
        ],
        title=_("%(finished)s of %(joined)s have answered everything", finished=finished, joined=joined),
        subtitle=_("People, cumulative, by day"),
        until=clock.now(db.session).date(),
    )


def _by_theme(survey: Survey, joined: int) -> list[tuple[str, int]]:
    """Each theme with the share of its questions that was answered, in percent."""
    answered, now = answered_by_question(db.session, survey), clock.now(db.session)
    return [
        (
            theme.text(current_language()).title,
            round(100 * completion(theme.questions, answered, joined, now)),
        )
        for theme in survey.themes
    ]


def _by_group(survey: Survey) -> list[tuple[str, int]]:
    """Each group of enough people with the share of questions that they answered, in percent."""
    found = completion_by_group(db.session, survey)
    language, questions = current_language(), background_answers.asked(db.session, survey) if found else []
    return [
        (f"{asked.text(language).label}: {option.text(language)}", round(100 * found[asked.key, option.key]))
        for asked in questions
        for option in asked.options
        if (asked.key, option.key) in found
    ]


def _grouped(survey: Survey, rows: Sequence[QuestionRow], sort: str) -> list[tuple[str, list[QuestionRow]]]:
    """The rows under their themes; sorted otherwise, all of them under none."""
    if sort != SORTS[0]:
        return [("", ordered(rows, sort))]
    return [
        (
            theme.text(current_language()).title,
            [one for one in rows if one.question.theme_id == theme.id],
        )
        for theme in survey.themes
    ]


def _moved_title(moved: Sequence[QuestionRow]) -> str:
    if not moved or moved[0].figure is None:
        return _("Moved most this week")
    most = moved[0].figure
    return _("%(title)s: %(points)s points in a week", title=moved[0].label, points=most.change)
