"""Who may see the crowd of a question, by the survey's rules and what they have answered."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import Condition, Event, Participant, Question, Relation, RelationEvent, Survey
from ..store.engine import connection_of
from ..store.lifecycle import answered_questions, is_over, loaded_questions, skipped_questions
from ..store.once import once

#: Roles that run a survey; an analyst takes out data and is shown what participants are.
RUNNING = ("owner", "organizer")


@dataclass(frozen=True)
class Viewer:
    """Who asks: a participant (or nobody), and what they may do in this survey on an organizer's pages.

    `reads` on what a survey publishes to everybody: the same for whoever looks, so nobody is a participant there.
    """

    participant: Participant | None = None
    role: str | None = None
    reads: bool = False

    @property
    def runs_survey(self) -> bool:
        """Whether this viewer is owner or organizer, on a page for those."""
        return self.role in RUNNING


class Denial(StrEnum):
    """Why there is nothing to see; none of these depends on what others said, but `UNPUBLISHED`."""

    UNANSWERED = "unanswered"
    UNTIL_CLOSE = "until close"
    ORGANIZERS_ONLY = "organizers only"
    #: Of a survey that is over, in which nobody can answer any more to be shown it.
    PARTICIPANTS_ONLY = "participants only"
    UNPUBLISHED = "unpublished"
    PILOT = "pilot"


def may_see(session: Session, viewer: Viewer, question: Question) -> bool:
    """Whether this viewer is shown the crowd of a question."""
    return denial_reason(session, viewer, question) is None


def denial_reason(session: Session, viewer: Viewer, question: Question) -> Denial | None:
    """Why this viewer is not shown the crowd of a question; None where they are."""
    survey = question.survey
    if _are_alike(viewer, survey):
        return _denial_of_all(session, viewer, survey)
    if survey.reveal == "after close" or viewer.participant is None:
        # Over is also what came out early: nobody is left whom the crowd could anchor.
        return None if is_over(session, question) else Denial.UNTIL_CLOSE
    return Denial.UNANSWERED if pending_questions(session, viewer.participant, question) else None


def last_day_told(session: Session, viewer: Viewer, question: Question) -> date | None:
    """The last day whose figures this viewer is shown of a question; None where that is the last there is.

    A publication is made when its day is over, and everybody sees it so many whole days later.
    """
    survey = question.survey
    # What anybody is shown without being a reader is not held back from readers either.
    if not viewer.reads or survey.readers != "after days" or may_see(session, Viewer(), question):
        return None
    return clock.now(session).date() - timedelta(days=survey.readers_days + 1)


def seen_among(session: Session, viewer: Viewer, survey: Survey, ids: Set[int]) -> set[int]:
    """Ids of those questions of a survey whose crowd this viewer is shown, as `may_see` says of each.

    A question is read only where what this viewer answered does not decide.
    """
    if _are_alike(viewer, survey):
        return set() if _denial_of_all(session, viewer, survey) else set(ids)
    done = (
        _done(session, viewer.participant) if viewer.participant and survey.reveal != "after close" else set()
    )
    seen = {one for one in ids if linked_ids(session, survey, one) <= done}
    left = loaded_questions(session, ids - seen) if ids - seen else []
    return seen | {one.id for one in left if may_see(session, viewer, one)}


def _are_alike(viewer: Viewer, survey: Survey) -> bool:
    """Whether this viewer is shown the crowd of every question of a survey, or of none."""
    by_question = survey.reveal == "after close" or (
        survey.reveal == "after answering" and (viewer.participant or _reads_closed(viewer, survey))
    )
    return survey.pilot or viewer.runs_survey or _reads_open(viewer, survey) or not by_question


def _reads_open(viewer: Viewer, survey: Survey) -> bool:
    """Whether this viewer reads what a survey publishes while its questions are open."""
    return viewer.reads and survey.readers in ("always", "after days")


def _reads_closed(viewer: Viewer, survey: Survey) -> bool:
    """Whether this viewer reads what a survey publishes of questions that have closed."""
    return viewer.reads and survey.readers == "after close"


def _denial_of_all(session: Session, viewer: Viewer, survey: Survey) -> Denial | None:
    if survey.pilot:
        return Denial.PILOT
    if viewer.runs_survey or survey.reveal == "always" or _reads_open(viewer, survey):
        return None
    if survey.reveal == "organizers only":
        return Denial.ORGANIZERS_ONLY
    return Denial.PARTICIPANTS_ONLY if survey.is_over(clock.now(session)) else Denial.UNANSWERED


def linked_question_ids(session: Session, question: Question) -> set[int]:
    """Ids of the question and every one a step away: in a relation with it, its condition, or conditional on it.

    Ids, since every forecast asks for them and few need the questions themselves.
    """
    return linked_ids(session, question.survey, question.id)


def linked_ids(session: Session, survey: Survey, question_id: int) -> set[int]:
    """As `linked_question_ids`, of a question that nobody has read."""
    if survey.reveal_unit == "single":
        return {question_id}
    return {question_id}.union(*(unit for unit in _ties(session, survey.id) if question_id in unit))


#: Put together once: every forecast of a question that has been published asks them.
_related = (
    select(Relation.id, Relation.pair_id, Event.question_id)
    .join(RelationEvent, RelationEvent.relation_id == Relation.id)
    .join(Event, Event.id == RelationEvent.event_id)
    .where(Relation.survey_id == bindparam("survey"))
)
_conditional = (
    select(Condition.question_id, Event.question_id)
    .join(Event, Event.id == Condition.event_id)
    .where(Condition.survey_id == bindparam("survey"))
)


@once
def _ties(session: Session, survey_id: int) -> list[set[int]]:
    """Ids of the questions of each relation and of each condition of a survey."""
    relations: dict[int, set[int]] = {}
    # Ids alone, in two small statements: read as objects they were half the work of accepting a forecast.
    connection, survey = connection_of(session), {"survey": survey_id}
    for relation, *ids in connection.execute(_related, survey):
        relations.setdefault(relation, set()).update(one for one in ids if one is not None)
    return [*relations.values(), *({*pair} for pair in connection.execute(_conditional, survey))]


def pending_questions(session: Session, participant: Participant, question: Question) -> list[Question]:
    """The questions this person has yet to answer or skip before the crowd of `question` is shown."""
    others = loaded_questions(session, linked_question_ids(session, question) - _done(session, participant))
    # What can no longer be answered would be waited for in vain.
    return [other for other in others if not is_over(session, other)]


def _done(session: Session, participant: Participant) -> set[int]:
    """Ids of the questions that somebody has answered or skipped."""
    # Who cannot judge may look; an answer of theirs after that is marked, and enters no published figure.
    return answered_questions(session, participant) | skipped_questions(session, participant)
