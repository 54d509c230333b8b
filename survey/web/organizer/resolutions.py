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
from ...notifications.due import told_by_email
from ...presenters.outcomes import in_words
from ...presenters.scores import rule_in_words
from ...services.resolution import Effect, Prepared
from ...store.lifecycle import current_resolutions


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
    question
        Key of the question, for those offered with the one that is resolved.
    about
        The question where it is another one, and its rung or branch.
    instead
        What stands now and would be superseded, in words; empty where nothing does.
    people
        How many are scored; how well is told once the outcome is stored.
    """

    question: str
    about: str
    outcome: str
    instead: str
    is_new: bool
    annulled: bool
    people: int
    last_day: date


@dataclass(frozen=True)
class ToldAct:
    """All that one act would do: of the question itself, of those offered with it, of what follows by itself.

    Attributes
    ----------
    contradicted
        Keys and sentences of the declared relations that would not hold.
    people, emails, scenarios
        How many people are scored, how many are told by email, how many trees of scenarios change.
    """

    own: list[ToldEffect]
    offered: list[ToldEffect]
    following: list[ToldEffect]
    contradicted: list[tuple[str, str]]
    people: int
    emails: int
    scenarios: int


def told_resolutions(session: Session, question: Question) -> list[ToldResolution]:
    """Every resolution there ever was, newest first."""
    query = (
        select(Resolution)
        .filter_by(question_id=question.id)
        .options(joinedload(Resolution.by), joinedload(Resolution.approved_by))
    )
    made = session.scalars(query.order_by(Resolution.id.desc())).all()
    superseded = {resolution.supersedes_id for resolution in made}
    return [_told(session, question, one, one.id not in superseded) for one in made]


def told_act(session: Session, question: Question, prepared: Prepared) -> ToldAct:
    """What an act would do, in words; `question` is the one that somebody resolves."""
    plan = prepared.plan
    own: list[ToldEffect] = []
    offered: list[ToldEffect] = []
    following: list[ToldEffect] = []
    for one in plan.questions:
        found = following if one.id not in plan.chosen else own if one is question else offered
        standing = current_resolutions(session, one)
        found += [_effect(question, one, effect, standing) for effect in prepared.effects[one.id]]
    changed = {one.id for one in plan.changed}
    # Each person once, however many parts of the act score them.
    scored = {
        int(person)
        for found_effects in prepared.effects.values()
        for effect in found_effects
        for score in effect.scores.values()
        for person in score.person
    }
    return ToldAct(
        own,
        offered,
        following,
        list(prepared.contradicted.items()),
        len(scored),
        told_by_email(session, plan.survey, [draft for one in plan.changed for draft in plan.drafts[one.id]]),
        sum(bool(changed & {one.id for one in tree.questions}) for tree in plan.survey.scenarios),
    )


def _told(session: Session, question: Question, resolution: Resolution, stands: bool) -> ToldResolution:
    scores = disclosure.mean_scores(session, question, resolution) if stands else []
    return ToldResolution(
        resolution,
        _about(resolution),
        in_words(question, resolution),
        _by(resolution),
        stands,
        [[rule_in_words(one.rule), str(one.people), number(one.mean, figures=3)] for one in scores],
    )


def _effect(
    question: Question, other: Question, effect: Effect, standing: Sequence[Resolution]
) -> ToldEffect:
    new = effect.resolution
    instead = [one for one in standing if one.option_id == new.option_id and one is not new]
    title = "" if other is question else f"“{other.text(current_language()).short}”"
    return ToldEffect(
        question=other.key,
        about=", ".join(part for part in (title, _about(new)) if part),
        outcome=in_words(other, new),
        instead=in_words(other, instead[0]) if instead else "",
        is_new=new.id is None,
        annulled=new.annulled,
        people=effect.people,
        last_day=day_date(last_scored_day(other, new)),
    )


def _by(resolution: Resolution) -> str:
    """Who resolved: one person, or two; an address, or whoever runs the site."""
    by = resolution.by.email if resolution.by else _("a command")
    if resolution.approved_by is None:
        return _("%(by)s (resolved by one person)", by=by)
    return _("%(by)s, approved by %(second)s", by=by, second=resolution.approved_by.email)


def _about(resolution: Resolution) -> str:
    return resolution.option.text(current_language()) if resolution.option else ""
