"""News of a survey for readers who follow it from outside: new questions, publications that moved, outcomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from .. import clock, disclosure
from ..disclosure import Viewer
from ..i18n.formatting import day
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question, Survey
from ..store.lifecycle import current_resolutions
from .crowd_figure import figure_of
from .crowd_summary import focus_of
from .outcomes import outcomes

#: A publication is news where its figure moved by so many points, or a number or date at all.
POINTS = 2.0
#: The newest so many; who asks seldom misses none of a year.
MOST = 100


@dataclass(frozen=True)
class News:
    """One piece of news.

    Attributes
    ----------
    name
        What tells it from every other of its survey, for good: of key, kind and day.
    at
        When it became known to everybody.
    """

    name: str
    title: str
    words: str
    at: datetime
    question: Question


def news(session: Session, viewer: Viewer, survey: Survey) -> list[News]:
    """What is new in a survey, the newest first; of its crowd what this viewer is shown."""
    disclosure.load_publications(session, survey.questions)
    moment = clock.now(session)
    found = [
        one
        for question in survey.questions
        if not question.is_draft
        for one in (*_opened(question), *_moved(session, viewer, question), *_came_out(session, question))
        if one.at <= moment
    ]
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)[:MOST]


def _opened(question: Question) -> Iterator[News]:
    words = question.text(current_language())
    published = question.versions[0].published_at
    at = max(filter(None, (question.survey.opens_at, question.opens_at, published)))
    title = _("New question: %(title)s", title=words.title)
    yield News(f"{question.key}/opened", title, words.criteria, at, question)


def _moved(session: Session, viewer: Viewer, question: Question) -> Iterator[News]:
    """Each publication that differs from the one before, as far as both are shown; the first one is news too."""
    told = disclosure.history(session, viewer, question)
    title = question.text(current_language()).title
    for now in told[:1]:
        figure = figure_of(session, viewer, question, now, now.as_of - timedelta(days=1))
        words = _("%(value)s as of %(day)s.", value=figure.value, day=day(now.as_of))
        name = f"{question.key}/published/{now.as_of.isoformat()}"
        first = _("First crowd forecast: %(title)s", title=title)
        yield News(name, first, words, _told_at(question, now.as_of), question)
    for before, now in pairwise(told):
        focus = focus_of(question, now)
        # This part was not told then: there is nothing that it could have moved from.
        if focus not in before.options:
            continue
        figure = figure_of(session, viewer, question, now, before.as_of)
        # Numbers and dates have no points in common: every move that can be read is one.
        if question.quantile_levels and figure.value == figure.before:
            continue
        if not question.quantile_levels and abs(figure.points) < POINTS:
            continue
        words = _(
            "%(before)s on %(then)s, %(value)s on %(day)s.",
            before=figure.before,
            then=day(before.as_of),
            value=figure.value,
            day=day(now.as_of),
        )
        about = f"{title} ({figure.about})" if figure.about else title
        yield News(
            f"{question.key}/published/{now.as_of.isoformat()}",
            _("Crowd forecast moved: %(title)s", title=about),
            words,
            _told_at(question, now.as_of),
            question,
        )


def _told_at(question: Question, as_of: date) -> datetime:
    """When everybody was shown a publication: its day over, and what the survey's rule adds to it."""
    survey = question.survey
    later = survey.readers_days if survey.readers == "after days" else 0
    made = clock.day_start(as_of + timedelta(days=1 + later))
    return max(made, question.ends_at) if survey.readers == "after close" else made


def _came_out(session: Session, question: Question) -> Iterator[News]:
    made = current_resolutions(session, question)
    title = question.text(current_language()).title
    for resolution, told in zip(made, outcomes(question, made), strict=True):
        about = f"{told.about}: " if told.about else ""
        yield News(
            f"{question.key}/outcome/{resolution.id}",
            _("Outcome: %(title)s", title=title),
            f"{about}{told.words}. {told.source}",
            resolution.resolved_at,
            question,
        )
