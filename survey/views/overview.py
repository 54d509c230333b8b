"""Where a participant stands: the themes with their progress, and everything they said."""

from dataclasses import dataclass

from sqlalchemy import select

from ..actions.joining import has_agreed
from ..db import db
from ..forms import fresh_key
from ..language import current_language
from ..models import Participant, Score, Survey, Theme, ThemeText
from ..state import current_resolutions
from .outcomes import outcomes
from .own import Standing, State, standings, when
from .pages import page
from .participant import Answer, blueprint, require_agreement, require_participant
from .reader import current_participant, survey_by_slug


@dataclass(frozen=True)
class ThemeStanding:
    """A theme, and where each of its questions stands for one person."""

    theme: Theme
    words: ThemeText
    questions: list[Standing]

    @property
    def done(self) -> list[bool]:
        """Which of its questions were answered or skipped, in order."""
        return [one.done for one in self.questions]

    @property
    def answered(self) -> list[Standing]:
        """The questions with a forecast that stands."""
        return [one for one in self.questions if one.answered]


@dataclass(frozen=True)
class Scored:
    """One score of one's own: on which question, by which rule, what came out."""

    title: str
    outcome: str
    score: Score


@blueprint.get("/themes")
def themes(slug: str) -> Answer:
    """Every question by theme, with what this person did; for anybody else the questions alone."""
    survey = survey_by_slug(slug)
    person = current_participant(survey)
    if person is not None:
        require_agreement(survey, person)
    told = _by_theme(survey, person)
    everything = [one for theme in told for one in theme.questions]
    waiting = [one for one in everything if one.state is State.OPEN and not one.done]
    return page(
        "participant/themes.html",
        survey,
        themes=told,
        done=sum(one.done for one in everything),
        total=len(everything),
        following=waiting[0] if waiting else None,
        outdated=[one for one in everything if one.outdated or one.void],
    )


@blueprint.get("/mine")
def mine(slug: str) -> Answer:
    """All that this person said, how it changed, and how it scored."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    told = _by_theme(survey, person)
    everything = [one for theme in told for one in theme.questions]
    acts = [one.last for one in everything if one.last is not None]
    return page(
        "participant/mine.html",
        survey,
        themes=[theme for theme in told if theme.answered],
        answered=sum(one.answered for one in everything),
        total=len(everything),
        last=max(acts, key=lambda act: act.received_at, default=None),
        skipped=[one for one in everything if one.skipped and not one.answered],
        withdrawn=[one for one in everything if one.last is not None and not one.answered],
        outdated=[one for one in everything if one.outdated or one.void],
        scores=_scores(person),
        must_agree=not has_agreed(db.session, person),
        form_key=fresh_key,
        when=when,
    )


def _by_theme(survey: Survey, person: Participant | None) -> list[ThemeStanding]:
    language = current_language()
    return [
        ThemeStanding(theme, theme.text(language), standings(db.session, person, theme))
        for theme in survey.themes
    ]


def _scores(person: Participant) -> list[Scored]:
    """One's own scores on the resolutions that stand."""
    language = current_language()
    found = db.session.scalars(
        select(Score).filter_by(participant_id=person.id).order_by(Score.question_id, Score.rule)
    )
    told = []
    for score in found:
        question = score.resolution.question
        standing = {resolution.id for resolution in current_resolutions(db.session, question)}
        if score.resolution_id in standing:
            outcome = outcomes(question, [score.resolution])[0]
            words = f"{outcome.about}: {outcome.words}" if outcome.about else outcome.words
            told.append(Scored(question.text(language).short, words, score))
    return told
