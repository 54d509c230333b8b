"""Where a participant stands: the themes with their progress, what to answer next, what changed since."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import request

from ... import clock, disclosure
from ...disclosure import Viewer
from ...i18n.locale import current_language
from ...models import Participant, Question, Survey, Theme, ThemeText
from ...presenters.leaderboard import themes_with_leaderboard
from ...presenters.outcomes import OutcomeInWords, outcomes
from ...presenters.own_forecast import OwnForecast, standings, when
from ...presenters.scores import headline_scores
from ...services.forecast_history import histories
from ...store.engine import db
from ...store.lifecycle import current_resolutions, first_close
from ..forms.forecast import fresh_key
from ..identity import current_participant, survey_by_slug
from ..layout import page
from ..page_cache import kept_for_strangers
from .enrollment import PageAnswer, blueprint, require_agreement
from .last_visit import last_visit, what_changed
from .own_rows import OwnRow, list_receipt, own_row, stale_from, touched


@dataclass(frozen=True)
class ThemeStanding:
    """A theme, and where each of its questions stands for one person.

    Attributes
    ----------
    closes
        When the first of its open questions, or of their dates, stops taking answers; None where none is open.
    """

    theme: Theme
    words: ThemeText
    questions: list[OwnForecast]
    closes: datetime | None

    @property
    def done(self) -> list[bool]:
        """Which of its questions were answered or skipped, in order."""
        return [one.done for one in self.questions]

    @property
    def waiting(self) -> list[OwnForecast]:
        """The questions that wait for an answer or a skip."""
        return [one for one in self.questions if one.waits]


@blueprint.get("/themes")
@kept_for_strangers()
def themes(slug: str) -> PageAnswer:
    """Every question by theme, with what this person did; for anybody else the questions alone."""
    survey = survey_by_slug(slug)
    person = current_participant(survey)
    if person is not None:
        require_agreement(survey, person)
    told = by_theme(survey, person)
    since = last_visit(survey, person) if person is not None else None
    rows = _rows(person, told, since.day) if person is not None and since is not None else {}
    just = next((row for row in rows.values() if row.just), None)
    everything = [one for theme in told for one in theme.questions]
    waiting = [one for theme in told for one in theme.waiting]
    return page(
        "participant/dashboard.html",
        survey,
        themes=told,
        done=sum(one.done for one in everything),
        total=len(everything),
        following=waiting[0] if waiting else None,
        outdated=[one for one in everything if one.outdated or one.void],
        changed=what_changed(survey, person, since) if person is not None and since is not None else None,
        rows=rows,
        receipt=list_receipt(person, just) if person is not None and just is not None else None,
        form_key=fresh_key,
        when=when,
        came_out=came_out,
        leaderboards=themes_with_leaderboard(Viewer(participant=person), survey) if person else [],
        scored=headline_scores(person) if person is not None else {},
    )


def _rows(person: Participant, themes: list[ThemeStanding], since: date) -> dict[int, OwnRow]:
    """The row of each question, as on the page of one's own forecasts, by the question's id."""
    stands = [stand for theme in themes for stand in theme.questions]
    acts = histories(db.session, person)
    disclosure.load_aggregates(db.session, Viewer(participant=person), [stand.question for stand in stands])
    return {
        stand.question.id: touched(
            own_row(stand, acts.get(stand.question.id, []), since, stale_from(request.args)),
            person,
            request.args,
        )
        for stand in stands
    }


def by_theme(survey: Survey, person: Participant | None) -> list[ThemeStanding]:
    """The themes of a survey, each with where its questions stand for this person."""
    language, found = current_language(), standings(db.session, person, survey.questions)
    return [
        ThemeStanding(
            theme,
            theme.text(language),
            [found[question.id] for question in theme.questions],
            _closes(theme),
        )
        for theme in survey.themes
    ]


def closing(question: Question) -> datetime | None:
    """When the first open part of a question stops taking answers; None where none is open."""
    return first_close(db.session, question)


def came_out(question: Question) -> list[OutcomeInWords]:
    """How a question came out, in words."""
    return outcomes(question, current_resolutions(db.session, question))


def _closes(theme: Theme) -> datetime | None:
    now = clock.now(db.session)
    ends = [end for question in theme.questions if (end := closing(question)) is not None and end > now]
    return min(ends, default=None)
