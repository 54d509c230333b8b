"""Resolving: what came out, by question, rung or branch, with everybody's scores in the same transaction.

Nothing is changed: a correction supersedes what stood, and its scores are computed anew from all answers. The
question's row is locked first, so that no answer comes in beside an outcome that is being written.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from scoring.timeline.daily_scores import DailyMean

from .. import clock
from ..aggregation.forecast_arrays import all_answers, eligible_people
from ..aggregation.peer_scores import compared_scores
from ..aggregation.publications import publications
from ..aggregation.question_specs import outcome_of, spec_of
from ..aggregation.scores import daily_scores
from ..i18n.locale import gettext
from ..models import Option, Question, Resolution, Score, User
from ..store.lifecycle import current_resolutions
from .audit_facts import resolution_facts
from .audit_log import record
from .resolution_rules import InvalidOutcome, Outcome, check, refuse_incoherent


@dataclass(frozen=True)
class Effect:
    """What an outcome does: the resolution, not stored yet, and everybody's scores by rule.

    Attributes
    ----------
    scores
        By one's own forecasts alone; lower is better.
    compared
        Beside the crowd's, as `comparisons` says.
    """

    resolution: Resolution
    scores: dict[str, DailyMean]
    compared: dict[str, DailyMean]

    @property
    def people(self) -> int:
        """How many people are scored."""
        return max((score.person.size for score in self.scores.values()), default=0)


def resolve(session: Session, question: Question, outcome: Outcome, user: User | None = None) -> Resolution:
    """Store one outcome and its scores; of a pair the branch that came true, the other is annulled with it.

    Raises
    ------
    InvalidOutcome
        Where it does not fit the question, its times, or what is known already.
    """
    return resolve_all(session, question, [outcome], user)[0]


def resolve_all(
    session: Session,
    question: Question,
    outcomes: Sequence[Outcome],
    user: User | None = None,
    known: Iterable[int] | None = None,
) -> list[Resolution]:
    """Store several outcomes of one question, such as all rungs that one day decided.

    Parameters
    ----------
    known
        Ids of the resolutions that stood when the outcome was decided on; where others stand now, nothing is
        done. Not compared by default.

    Returns
    -------
    list
        The resolutions that now stand for these outcomes: an outcome that stood already is not stored again.
    """
    session.execute(select(Question.id).where(Question.id == question.id).with_for_update())
    made = [_store(session, question, effect, user) for effect in effects(session, question, outcomes, known)]
    session.flush()
    return made


def effects(
    session: Session, question: Question, outcomes: Sequence[Outcome], known: Iterable[int] | None = None
) -> list[Effect]:
    """What outcomes would do, before it is done; nothing is stored.

    Raises
    ------
    InvalidOutcome
        As `resolve` would.
    """
    standing = current_resolutions(session, question)
    drafts = [draft for outcome in outcomes for draft in _drafts(session, question, outcome)]
    kept = [resolution for resolution in standing if not any(_same_matter(resolution, d) for d in drafts)]
    said_already = [_stands(draft, standing) for draft in drafts]
    if not all(said_already):
        _refuse_overtaken(standing, known)
    refuse_incoherent(question, [*kept, *drafts])
    scored = _scored(session, question)
    return [
        Effect(before, {}, {}) if before else scored(draft)
        for draft, before in zip(drafts, said_already, strict=True)
    ]


def _scored(session: Session, question: Question) -> Callable[[Resolution], Effect]:
    """From a resolution to everybody's scores: what they are computed from is read once for all of them."""
    spec, answers, people = (
        spec_of(question),
        all_answers(session, question),
        eligible_people(session, question),
    )
    told = [(clock.date_number(one.as_of), one.figures) for one in publications(session, question)]

    def effect(draft: Resolution) -> Effect:
        if draft.annulled:
            return Effect(draft, {}, {})
        outcome = outcome_of(question, draft)
        compared = compared_scores(spec, outcome, answers, people, told)
        return Effect(draft, daily_scores(spec, outcome, answers), compared)

    return effect


def _refuse_overtaken(standing: Sequence[Resolution], known: Iterable[int] | None) -> None:
    """Refuse an outcome that was decided on while something else stood."""
    if known is not None and set(known) != {resolution.id for resolution in standing}:
        sentence = gettext("Somebody resolved it in the meantime. Look at what stands now and decide again.")
        raise InvalidOutcome({"outcome": sentence})


def _drafts(session: Session, question: Question, outcome: Outcome) -> list[Resolution]:
    """The resolutions an outcome makes, once it was found without fault."""
    check(session, question, outcome)
    if question.kind == "pair":
        return [_draft(question, outcome, branch) for branch in _branches(question, outcome)]
    if question.kind == "ladder" and outcome.about is None:
        return [_draft(question, outcome, rung) for rung in question.options]
    return [_draft(question, outcome, question.option(outcome.about) if outcome.about else None)]


def _branches(question: Question, outcome: Outcome) -> list[Option]:
    """The branches of a pair, the one that came true first."""
    return sorted(question.options, key=lambda option: (option.key != outcome.about, option.position))


def _draft(question: Question, outcome: Outcome, part: Option | None) -> Resolution:
    annulled = outcome.annulled or (
        part is not None and outcome.about is not None and part.key != outcome.about
    )
    came = question.option(outcome.option) if outcome.option else None
    return Resolution(
        survey_id=question.survey_id,
        question_id=question.id,
        option_id=part.id if part else None,
        option=part,
        annulled=annulled,
        outcome_option_id=came.id if came else None,
        outcome_option=came,
        value=None if annulled else outcome.value,
        known_from=outcome.known_from,
        source=outcome.source,
        why=outcome.why,
    )


def _same_matter(one: Resolution, other: Resolution) -> bool:
    """Whether two resolutions are about the same question, rung or branch."""
    return one.option_id == other.option_id


def _stands(draft: Resolution, standing: Sequence[Resolution]) -> Resolution | None:
    """The resolution that says all this already; a form that comes twice makes no second one."""
    told = ("option_id", "annulled", "outcome_option_id", "value", "known_from", "source", "why")
    for resolution in standing:
        if all(getattr(resolution, name) == getattr(draft, name) for name in told):
            return resolution
    return None


def _store(session: Session, question: Question, effect: Effect, user: User | None) -> Resolution:
    resolution = effect.resolution
    if resolution.id is not None:
        return resolution
    before = [one for one in current_resolutions(session, question) if _same_matter(one, resolution)]
    resolution.supersedes_id = before[0].id if before else None
    resolution.resolved_at = clock.now(session)
    resolution.by_id = user.id if user else None
    session.add(resolution)
    session.flush()
    session.add_all(_scores(resolution, effect))
    detail = {
        "question": question.key,
        "resolution": resolution.id,
        "supersedes": resolution.supersedes_id,
        **resolution_facts(resolution),
    }
    record(session, question.survey, "resolve", detail, resolution.by_id)
    return resolution


def _scores(resolution: Resolution, effect: Effect) -> list[Score]:
    return [
        Score(
            resolution_id=resolution.id,
            participant_id=int(person),
            rule=rule,
            survey_id=resolution.survey_id,
            question_id=resolution.question_id,
            value=float(mean),
            coverage=float(coverage),
            last_day=None if np.isnan(last) else float(last),
        )
        for rule, score in (effect.scores | effect.compared).items()
        for person, mean, coverage, last in zip(
            score.person, score.mean, score.coverage, score.last, strict=True
        )
    ]
