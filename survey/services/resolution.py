"""Resolving: what came out, by question, rung or branch, with everybody's scores in the same transaction.

Nothing is changed: a correction supersedes what stood, and its scores are computed anew from all answers. Scores of
thousands of people take a while, and nobody could answer meanwhile: they are computed before the lock (`prepare`),
and stored under it (`store`) where nothing that they rest on has changed since. The questions' rows are locked
first, so that no answer comes in beside an outcome that is being written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import FromClause, Integer, Select, SelectBase, bindparam, func, select, true
from sqlalchemy.orm import Session

from scoring.timeline.daily_scores import DailyMean

from .. import clock
from ..aggregation.forecast_arrays import all_answers, eligible_people
from ..aggregation.peer_scores import compared_scores
from ..aggregation.publications import publications
from ..aggregation.question_specs import outcome_of, spec_of
from ..aggregation.scores import daily_scores
from ..i18n.locale import current_language, gettext
from ..models import (
    Event,
    Participant,
    Publication,
    Question,
    QuestionVersion,
    Relation,
    Resolution,
    Score,
    Submission,
    Survey,
    User,
)
from ..store.bulk import insert_columns
from ..store.engine import connection_of, db
from ..store.lifecycle import current_resolutions
from ..store.transaction import transaction
from .audit_facts import resolution_facts
from .audit_log import record
from .resolution_plan import FACTS, Outcomes, Plan
from .resolution_rules import InvalidOutcome, Outcome

#: So often scores are computed before the lock; after that under it, however long that takes.
TRIES = 3

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
    """What an outcome does: the resolution, not stored yet where it is new, and everybody's scores by rule.

    Attributes
    ----------
    key
        Of its question.
    scores
        By one's own forecasts alone; lower is better.
    compared
        Beside the crowd's, as `comparisons` says.
    """

    resolution: Resolution
    key: str = ""
    is_new: bool = False
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
    plan
        What it was computed from; once a write unit has begun only `drafts` and ids of it are as they were.
    effects
        By the question's id: of what is new, and of what stands already and is not stored again.
    supersedes
        By the ids of question and of rung or branch, the resolution that stands there now.
    contradicted
        Keys and sentences of the declared relations that would not hold.
    rests_on
        What a proposal keeps of it, see `Plan.rests_on`.
    locked
        Ids of the questions nobody may answer or resolve while it is stored: those that hang together with it.
    fingerprint
        Of all rows it was computed from.
    """

    survey_id: int
    act: Act
    plan: Plan
    effects: Mapping[int, Sequence[Effect]]
    supersedes: Mapping[tuple[int, int | None], int]
    contradicted: Mapping[str, str]
    rests_on: Mapping[str, Any]
    locked: frozenset[int]
    fingerprint: tuple[Any, ...]

    @property
    def new(self) -> list[Effect]:
        """What would be stored, in the order of the page."""
        return [one for found in self.effects.values() for one in found if one.is_new]

    @property
    def keys(self) -> set[str]:
        """Keys of the questions of which something new would stand."""
        return {one.key for one in self.new}


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
    Overtaken
        As `store`.
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

    Raises
    ------
    InvalidOutcome
        As `resolve`.
    Overtaken
        As `store`.
    """
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
        lock(session, preparing(session).locked)
        return storing(session, preparing(session))

    return transaction(at_once)


def prepare(session: Session, survey: Survey, act: Act) -> Prepared:
    """Compute what an act does to everybody's scores; nothing is stored.

    Raises
    ------
    InvalidOutcome
        Where an outcome does not fit, or something else stands by now.
    """
    # Read before anything else is: what comes in between makes it another.
    before = _fingerprint(session, survey.id)
    plan = Plan(session, survey, act.outcomes)
    _refuse_overtaken(plan, act.known)
    rows = _answers(session, [one.id for one in plan.questions])
    found = {question.id: _effects(session, question, plan) for question in plan.questions}
    return Prepared(
        survey.id,
        act,
        plan,
        found,
        {
            (one.question_id, one.option_id): one.id
            for question in plan.questions
            for one in current_resolutions(session, question)
        },
        {one.key: one.text(current_language()) for one in plan.contradicted()},
        plan.rests_on(),
        frozenset(_hanging_together(plan)),
        (*before, *rows),
    )


def store(
    session: Session,
    prepared: Prepared,
    by_id: int | None = None,
    approved_by_id: int | None = None,
    noting: Callable[[], object] = lambda: None,
) -> list[Resolution]:
    """Store a prepared act: its resolutions, scores and entries of the log.

    Parameters
    ----------
    noting
        Writes what stands in the log before them.

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
    refuse_stale(session, prepared)
    refuse_contradictions(prepared)
    made = [_store(session, effect, prepared, by_id, approved_by_id) for effect in prepared.new]
    # Last: on PostgreSQL nobody in the survey can answer while its log is written.
    noting()
    survey = session.get_one(Survey, prepared.survey_id)
    for one in made:
        _note(session, survey, one)
    session.flush()
    stood = [one.resolution for found in prepared.effects.values() for one in found if not one.is_new]
    return [*made, *stood]


def refuse_stale(session: Session, prepared: Prepared) -> None:
    """Let nobody answer or resolve what an act is about, and refuse to go on where somebody has meanwhile.

    Raises
    ------
    Overtaken
        Where something that it rests on has changed since it was computed.
    """
    _hold(session, prepared.locked)
    now = (*_fingerprint(session, prepared.survey_id), *_answers(session, list(prepared.effects)))
    if now != prepared.fingerprint:
        raise Overtaken


def lock(session: Session, ids: Iterable[int]) -> None:
    """Let nobody answer these questions until the outcome is stored; what was read before is read anew."""
    session.flush()
    _hold(session, ids)
    session.expire_all()


def _hold(session: Session, ids: Iterable[int]) -> None:
    # In one order: two who resolve tied questions at once never wait for each other.
    session.execute(select(Question.id).where(Question.id.in_(ids)).order_by(Question.id).with_for_update())


def _hanging_together(plan: Plan) -> Iterable[int]:
    """Ids of a plan's questions, of their conditions', and of those asked under a condition on them."""
    ids = {question.id for question in plan.questions}
    yield from ids
    for question in plan.survey.questions:
        if question.condition is not None:
            asked = question.condition.event.question_id
            if question.id in ids:
                yield asked
            if asked in ids:
                yield question.id


def refuse_contradictions(prepared: Prepared) -> None:
    """Refuse outcomes that contradict a declared relation, but for those that the act names.

    Raises
    ------
    Contradiction
        With the relations' sentences.
    """
    found = [said for key, said in prepared.contradicted.items() if key not in prepared.act.despite]
    if found:
        sentence = gettext(
            "This contradicts what was declared of these questions: %(said)s Nothing was stored.",
            said=" ".join(found),
        )
        raise Contradiction({"despite": sentence})


def _effects(session: Session, question: Question, plan: Plan) -> list[Effect]:
    scored = _scored(session, question)
    new = [scored(draft) for draft in plan.drafts[question.id]]
    return [*new, *(Effect(one, question.key) for one in plan.stood[question.id])]


def _scored(session: Session, question: Question) -> Callable[[Resolution], Effect]:
    """From a resolution to everybody's scores: what they are computed from is read once for all of them."""
    known: list[Any] = []

    def effect(draft: Resolution) -> Effect:
        if draft.annulled:
            return Effect(draft, question.key, True)
        if not known:
            told = [(clock.date_number(one.as_of), one.figures) for one in publications(session, question)]
            # As of the last day that is over, as everything that is published.
            counting = eligible_people(session, question, clock.last_day(session))
            known.extend((spec_of(question), all_answers(session, question), counting, told))
        spec, answers, people, told = known
        outcome = outcome_of(question, draft)
        compared = compared_scores(spec, outcome, answers, people, told)
        return Effect(draft, question.key, True, daily_scores(spec, outcome, answers), compared)

    return effect


def _refuse_overtaken(plan: Plan, known: frozenset[int] | None) -> None:
    """Refuse an outcome that was decided on while something else stood."""
    if known is None:
        return
    standing = {one.id for question in plan.changed for one in current_resolutions(plan.session, question)}
    if not standing <= known:
        sentence = gettext("Somebody resolved it in the meantime. Look at what stands now and decide again.")
        raise InvalidOutcome({"outcome": sentence})


def _fingerprint(session: Session, survey_id: int) -> tuple[Any, ...]:
    """What a plan is made of, in a few numbers: outcomes, versions, relations, who is left out of the crowd, and the
    day as of which that is asked.

    In statements alone: to load the survey under the lock would take longer than all the rest.
    """
    return (clock.last_day(session), *_row(session, _of_survey(), {"survey": survey_id}))


def _answers(session: Session, ids: Collection[int]) -> tuple[Any, ...]:
    """How many answers and publications questions have, the last of each, and the questions' times."""
    about = {_numbered(place): one for place, one in enumerate(ids)}
    return _row(session, _of_questions(len(ids)), about) if ids else ()


def _row(session: Session, query: Select[Any], about: Mapping[str, int]) -> tuple[Any, ...]:
    return tuple(connection_of(session).execute(query, about).one())


# Each statement is put together once: that took longer than to ask it, for every outcome four times.
@cache
def _of_survey() -> Select[Any]:
    asked = bindparam("survey", type_=Integer)
    versions = select(
        func.count(), func.max(QuestionVersion.id), func.max(QuestionVersion.published_at)
    ).where(QuestionVersion.question_id.in_(select(Question.id).where(Question.survey_id == asked)))
    counts = [
        select(func.count(), func.max(table.id)).where(table.survey_id == asked)
        for table in (Resolution, Question, Relation, Event)
    ]
    inside = select(func.count(), func.sum(Participant.id)).where(
        Participant.survey_id == asked, Participant.insider_since.is_not(None)
    )
    survey = select(Survey.opens_at, Survey.closes_at, Survey.simulated).where(Survey.id == asked)
    return _at_once([versions, *counts, inside, survey])


@cache
def _of_questions(count: int) -> Select[Any]:
    queries: list[SelectBase] = []
    for place in range(count):
        # Each for itself: of all together the first and last would hide another close of one between.
        asked = bindparam(_numbered(place), type_=Integer)
        queries.append(select(Question.opens_at, Question.closes_at).where(Question.id == asked))
        for table in (Submission, Publication):
            queries.append(select(func.count(), func.max(table.id)).where(table.question_id == asked))
    return _at_once(queries)


def _numbered(place: int) -> str:
    return f"question_{place}"


def _at_once(queries: Sequence[SelectBase]) -> Select[Any]:
    """The one row of each query, all in one statement: under the lock each would be a way there and back."""
    rows = [query.subquery() for query in queries]
    joined: FromClause = rows[0]
    for row in rows[1:]:
        joined = joined.join(row, true())
    return select(*rows).select_from(joined)


def _store(
    session: Session, effect: Effect, prepared: Prepared, by_id: int | None, approved_by_id: int | None
) -> Resolution:
    draft = effect.resolution
    columns = {name: getattr(draft, name) for name in ("survey_id", "question_id", *FACTS)}
    resolution = Resolution(
        **columns,
        supersedes_id=prepared.supersedes.get((draft.question_id, draft.option_id)),
        resolved_at=clock.now(session),
        by_id=by_id,
        approved_by_id=approved_by_id,
    )
    session.add(resolution)
    session.flush()
    _store_scores(session, resolution, effect)
    return resolution


def _note(session: Session, survey: Survey, resolution: Resolution) -> None:
    detail = {
        "question": resolution.question.key,
        "resolution": resolution.id,
        "supersedes": resolution.supersedes_id,
        **resolution_facts(resolution),
    }
    record(session, survey, "resolve", detail, resolution.by_id)


def _store_scores(session: Session, resolution: Resolution, effect: Effect) -> None:
    """Rows of scores by columns: others wait meanwhile, and an object for each costs more than the database does."""
    of = {
        "resolution_id": resolution.id,
        "survey_id": resolution.survey_id,
        "question_id": resolution.question_id,
    }
    for rule, score in (effect.scores | effect.compared).items():
        columns = {
            "participant_id": score.person.tolist(),
            "value": score.mean.tolist(),
            "coverage": score.coverage.tolist(),
            "last_day": [None if np.isnan(last) else last for last in score.last.tolist()],
        }
        insert_columns(session, Score, of | {"rule": rule}, columns)
