"""Resolving: what came out, by question, rung or branch, with everybody's scores in the same transaction.

Nothing is changed: a correction supersedes what stood, and its scores are computed anew from all answers. Scores of
thousands of people take a while, and nobody could answer meanwhile: they are computed before the lock (`prepare`),
and stored under it (`store`) where nothing that they rest on has changed since. The questions' rows are locked
first, so that no answer comes in beside an outcome that is being written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scoring.timeline.daily_scores import DailyMean

from .. import clock
from ..aggregation.forecast_arrays import all_answers, eligible_people
from ..aggregation.peer_scores import compared_scores
from ..aggregation.publications import publications
from ..aggregation.question_specs import outcome_of, spec_of
from ..aggregation.scores import daily_scores
from ..i18n.locale import current_language, gettext
from ..models import Participant, Publication, Question, Resolution, Score, Submission, Survey, User
from ..store.engine import connection_of, db
from ..store.lifecycle import current_resolutions
from ..store.transaction import transaction
from .audit_facts import resolution_facts
from .audit_log import record
from .resolution_plan import Outcomes, Plan, facts_of
from .resolution_rules import InvalidOutcome, Outcome

#: So often scores are computed before the lock; after that under it, however long that takes.
TRIES = 3
#: Rows of scores that are stored with one statement.
CHUNK = 5_000

Result = TypeVar("Result")


@dataclass(frozen=True)
class Act:
    """What is resolved at once: outcomes by question, and what somebody has seen before they said so.

    Attributes
    ----------
    known
        Ids of the resolutions that stood when the outcome was decided on; where others stand now, nothing is
        done. None compares nothing.
    despite
        Keys of the declared relations that the outcomes may contradict.
    """

    outcomes: Outcomes
    known: frozenset[int] | None = None
    despite: frozenset[str] = frozenset()


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
    scores: dict[str, DailyMean] = field(default_factory=dict)
    compared: dict[str, DailyMean] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many people are scored."""
        return max((score.person.size for score in self.scores.values()), default=0)


@dataclass(frozen=True)
class Prepared:
    """An act with everybody's scores, computed and not stored.

    Attributes
    ----------
    effects
        By the question's id: of what is new, and of what stands already and is not stored again.
    rests_on
        The fingerprint of what all of it was computed from.
    """

    survey_id: int
    act: Act
    plan: Plan
    effects: Mapping[int, Sequence[Effect]]
    rests_on: tuple[Any, ...]


class Overtaken(Exception):
    """Something that scores rest on has changed since they were computed."""


class Contradiction(InvalidOutcome):
    """Outcomes that contradict a declared relation, and nobody has said that they do all the same."""


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
    """Store several outcomes of one question, such as all rungs that one day decided, and what follows of them.

    Scores are computed in the caller's transaction; who lets others wait for it takes `in_two_steps`.

    Parameters
    ----------
    known
        As of `Act`.

    Returns
    -------
    list
        The resolutions that now stand for these outcomes: an outcome that stood already is not stored again.
    """
    lock(session, [question.id])
    act = Act({question.id: outcomes}, None if known is None else frozenset(known))
    made = store(session, prepare(session, question.survey, act), user.id if user else None)
    return [one for one in made if one.question_id == question.id]


def effects(
    session: Session, question: Question, outcomes: Sequence[Outcome], known: Iterable[int] | None = None
) -> list[Effect]:
    """What outcomes would do to one question, before it is done; nothing is stored.

    Raises
    ------
    InvalidOutcome
        As `resolve` would.
    """
    act = Act({question.id: outcomes}, None if known is None else frozenset(known))
    return list(prepare(session, question.survey, act).effects[question.id])


def in_two_steps(
    preparing: Callable[[Session], Prepared], storing: Callable[[Session, Prepared], Result]
) -> Result:
    """Compute scores while others answer, and store them in a write unit of moments; its result.

    Where somebody answered or resolved in between, all of it is computed again.
    """
    for _attempt in range(TRIES):
        prepared = preparing(db.session)
        try:
            return transaction(lambda session, prepared=prepared: storing(session, prepared))  # type: ignore[misc]
        except Overtaken:
            continue

    def at_once(session: Session) -> Result:
        ids = [question.id for question in preparing(session).plan.questions]
        lock(session, ids)
        return storing(session, preparing(session))

    return transaction(at_once)


def prepare(session: Session, survey: Survey, act: Act) -> Prepared:
    """Compute what an act does to everybody's scores; nothing is stored.

    Raises
    ------
    InvalidOutcome
        Where an outcome does not fit, or something else stands by now.
    """
    plan = Plan(session, survey, act.outcomes)
    _refuse_overtaken(plan, act.known)
    # Read before the answers are: what comes in between makes it another.
    rests_on = _fingerprint(plan)
    found = {question.id: _effects(session, question, plan) for question in plan.questions}
    return Prepared(survey.id, act, plan, found, rests_on)


def store(
    session: Session, prepared: Prepared, by_id: int | None = None, approved_by_id: int | None = None
) -> list[Resolution]:
    """Store a prepared act: its resolutions, scores and entries of the log.

    Returns
    -------
    list
        What now stands for the act, what stood already among it.

    Raises
    ------
    Overtaken
        Where something that it rests on has changed.
    Contradiction
        Where a declared relation is contradicted that the act does not name.
    """
    lock(session, [question.id for question in prepared.plan.questions])
    survey = session.get_one(Survey, prepared.survey_id)
    plan = Plan(session, survey, prepared.act.outcomes)
    _refuse_overtaken(plan, prepared.act.known)
    if _fingerprint(plan) != prepared.rests_on:
        raise Overtaken
    refuse_contradictions(plan, prepared.act.despite)
    made, stored = [], []
    for question in plan.questions:
        scored = {facts_of(one.resolution): one for one in prepared.effects[question.id]}
        for draft in plan.drafts[question.id]:
            _store(session, question, draft, scored[facts_of(draft)], by_id, approved_by_id)
            stored.append(draft)
        made += [*plan.drafts[question.id], *plan.stood[question.id]]
    # Last: on PostgreSQL nobody in the survey can answer while its log is written.
    for one in stored:
        _note(session, survey, one)
    session.flush()
    return made


def lock(session: Session, ids: Iterable[int]) -> None:
    """Let nobody answer these questions until the outcome is stored; what was read before is read anew."""
    session.flush()
    session.execute(select(Question.id).where(Question.id.in_(ids)).order_by(Question.id).with_for_update())
    session.expire_all()


def refuse_contradictions(plan: Plan, despite: Iterable[str]) -> None:
    """Refuse outcomes that contradict a declared relation, but for those named.

    Raises
    ------
    Contradiction
        With the relations' sentences.
    """
    seen = set(despite)
    found = [relation for relation in plan.contradicted() if relation.key not in seen]
    if found:
        said = " ".join(relation.text(current_language()) for relation in found)
        sentence = gettext(
            "This contradicts what was declared of these questions: %(said)s Nothing was stored.", said=said
        )
        raise Contradiction({"despite": sentence})


def _effects(session: Session, question: Question, plan: Plan) -> list[Effect]:
    scored = _scored(session, question)
    new = [scored(draft) for draft in plan.drafts[question.id]]
    return [*new, *map(Effect, plan.stood[question.id])]


def _scored(session: Session, question: Question) -> Callable[[Resolution], Effect]:
    """From a resolution to everybody's scores: what they are computed from is read once for all of them."""
    known: list[Any] = []

    def effect(draft: Resolution) -> Effect:
        if draft.annulled:
            return Effect(draft)
        if not known:
            told = [(clock.date_number(one.as_of), one.figures) for one in publications(session, question)]
            known.extend(
                (spec_of(question), all_answers(session, question), eligible_people(session, question), told)
            )
        spec, answers, people, told = known
        outcome = outcome_of(question, draft)
        compared = compared_scores(spec, outcome, answers, people, told)
        return Effect(draft, daily_scores(spec, outcome, answers), compared)

    return effect


def _refuse_overtaken(plan: Plan, known: frozenset[int] | None) -> None:
    """Refuse an outcome that was decided on while something else stood."""
    if known is None:
        return
    standing = {one.id for question in plan.changed for one in current_resolutions(plan.session, question)}
    if not standing <= known:
        sentence = gettext("Somebody resolved it in the meantime. Look at what stands now and decide again.")
        raise InvalidOutcome({"outcome": sentence})


def _fingerprint(plan: Plan) -> tuple[Any, ...]:
    """What scores of a plan are computed from, in a few numbers: the plan itself, answers, people, publications."""
    return tuple(
        (
            question.id,
            tuple(facts_of(one) for one in plan.drafts[question.id]),
            tuple(one.id for one in question.resolutions),
            tuple((one.number, one.published_at, one.substantive) for one in question.versions),
            (question.begins_at, question.closes_at, question.survey.closes_at),
            *_rows_of(plan.session, question),
        )
        for question in plan.questions
    )


def _rows_of(session: Session, question: Question) -> tuple[Any, ...]:
    """How many answers and publications there are, the last of each, and who is left out of the crowd."""
    answers = select(func.count(), func.max(Submission.id)).where(Submission.question_id == question.id)
    told = select(func.count(), func.max(Publication.id)).where(Publication.question_id == question.id)
    inside = select(func.count(), func.sum(Participant.id)).where(
        Participant.survey_id == question.survey_id, Participant.insider.is_(True)
    )
    connection = connection_of(session)
    return tuple(number for query in (answers, told, inside) for number in connection.execute(query).one())


def _store(
    session: Session,
    question: Question,
    resolution: Resolution,
    effect: Effect,
    by_id: int | None,
    approved_by_id: int | None,
) -> None:
    standing = current_resolutions(session, question)
    before = [one for one in standing if one.option_id == resolution.option_id]
    resolution.supersedes_id = before[0].id if before else None
    resolution.resolved_at = clock.now(session)
    resolution.by_id, resolution.approved_by_id = by_id, approved_by_id
    session.add(resolution)
    session.flush()
    rows = list(_scores(resolution, effect))
    for first in range(0, len(rows), CHUNK):
        connection_of(session).execute(insert(Score), rows[first : first + CHUNK])


def _note(session: Session, survey: Survey, resolution: Resolution) -> None:
    detail = {
        "question": resolution.question.key,
        "resolution": resolution.id,
        "supersedes": resolution.supersedes_id,
        **resolution_facts(resolution),
    }
    record(session, survey, "resolve", detail, resolution.by_id)


def _scores(resolution: Resolution, effect: Effect) -> Iterable[dict[str, Any]]:
    """Rows of scores: plain, since an object for each costs more than the database does."""
    same = {
        "resolution_id": resolution.id,
        "survey_id": resolution.survey_id,
        "question_id": resolution.question_id,
    }
    for rule, score in (effect.scores | effect.compared).items():
        columns = (score.person, score.mean, score.coverage, score.last)
        for person, mean, coverage, last in zip(*(column.tolist() for column in columns), strict=True):
            last_day = None if np.isnan(last) else last
            facts = {"participant_id": person, "rule": rule, "value": mean, "coverage": coverage}
            yield same | facts | {"last_day": last_day}
