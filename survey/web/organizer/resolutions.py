"""Outcomes as an organizer's page tells them: what stands, what stood, what a new one would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ... import disclosure
from ...aggregation.question_specs import last_scored_day
from ...clock import day_date
from ...i18n.formatting import number
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Question, Resolution
from ...presenters.outcomes import in_words
from ...presenters.scores import rule_in_words
from ...services.resolution import Effect


@dataclass(frozen=True)
class ToldResolution:
    """A resolution of the history: what about, what came out, who said so, and its scores by rule."""

    resolution: Resolution
    about: str
    outcome: str
    by: str
    stands: bool
    scores: list[list[str]]


@dataclass(frozen=True)
class ToldEffect:
    """What an outcome would do, before it is done.

    Attributes
    ----------
    instead
        What stands now and would be superseded, in words; empty where nothing does.
    people
        How many are scored; how well is told once the outcome is stored.
    """

    about: str
    outcome: str
    instead: str
    is_new: bool
    annulled: bool
    people: int
    last_day: date


def told_resolutions(session: Session, question: Question) -> list[ToldResolution]:
    """Every resolution there ever was, newest first."""
    query = select(Resolution).filter_by(question_id=question.id).options(joinedload(Resolution.by))
    made = session.scalars(query.order_by(Resolution.id.desc())).all()
    superseded = {resolution.supersedes_id for resolution in made}
    return [_told(session, question, one, one.id not in superseded) for one in made]


def told_effects(
    question: Question, effects: Sequence[Effect], standing: Sequence[Resolution]
) -> list[ToldEffect]:
    """What outcomes would do, in words."""
    return [_effect(question, effect, standing) for effect in effects]


def _told(session: Session, question: Question, resolution: Resolution, stands: bool) -> ToldResolution:
    scores = disclosure.mean_scores(session, question, resolution) if stands else []
    return ToldResolution(
        resolution,
        _about(resolution),
        in_words(question, resolution),
        resolution.by.email if resolution.by else _("a command"),
        stands,
        [[rule_in_words(one.rule), str(one.people), number(one.mean, figures=3)] for one in scores],
    )


def _effect(question: Question, effect: Effect, standing: Sequence[Resolution]) -> ToldEffect:
    new = effect.resolution
    instead = [one for one in standing if one.option_id == new.option_id and one is not new]
    return ToldEffect(
        about=_about(new),
        outcome=in_words(question, new),
        instead=in_words(question, instead[0]) if instead else "",
        is_new=new.id is None,
        annulled=new.annulled,
        people=effect.people,
        last_day=day_date(last_scored_day(question, new)),
    )


def _about(resolution: Resolution) -> str:
    return resolution.option.text(current_language()) if resolution.option else ""
