"""What a new act on a question is checked against, in one look at the store: for whoever holds the lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from .. import clock
from ..aggregation.question_specs import spec_of
from ..aggregation.standing import Act, oldest_counting_version, standing_options
from ..clock import day_number
from ..errors import PilotGone
from ..models import (
    Consent,
    ConsentVersion,
    Forecast,
    Participant,
    Question,
    Resolution,
    Round,
    Submission,
    Survey,
)
from ..models.base import Moment
from ..questions import Row as AnswerRow
from ..store.engine import connection_of
from ..store.server_clock import server_clock

#: Option key and part to the number that stands.
Values = Mapping[tuple[str, str], float]


class SubmissionContext(NamedTuple):
    """One person before one question, at a moment.

    Attributes
    ----------
    moment
        By which it is judged: later than the lock, on PostgreSQL by the server's clock.
    known, body
        Submission that came with the same idempotency key, by id, and the hash of what was sent then.
    agreed
        Whether the person agreed to the newest consent: its number, else None.
    revision, action
        Of the last submission; None before the first.
    round_id, round
        The round that takes answers, and its number; None and 0 where none does.
    """

    moment: datetime
    known: int | None
    body: str | None
    agreed: int | None
    revision: int | None
    action: str | None
    round_id: int | None
    round: int

    @property
    def stands(self) -> bool:
        """Whether the last act was a forecast, not a withdrawal."""
        return self.action not in (None, "withdraw")


_person = bindparam("person", type_=Integer)
_question = bindparam("question", type_=Integer)
_survey = bindparam("survey", type_=Integer)
_key = bindparam("key", type_=String)

_now = select(func.coalesce(bindparam("moment", type_=Moment), server_clock()).label("moment")).subquery(
    "now"
)
_known, _last = aliased(Submission, name="known"), aliased(Submission, name="last")
_newest_consent = (
    select(ConsentVersion.id)
    .where(ConsentVersion.survey_id == _survey)
    .order_by(ConsentVersion.number.desc())
    .limit(1)
    .scalar_subquery()
)
_agreed = select(Consent.consent_version_id).where(
    Consent.participant_id == _person, Consent.consent_version_id == _newest_consent
)
_takes_answers = aliased(Round)
_round_id = (
    select(_takes_answers.id)
    .where(
        _takes_answers.survey_id == _survey,
        _takes_answers.opens_at <= _now.c.moment,
        _takes_answers.closes_at > _now.c.moment,
    )
    .order_by(_takes_answers.number.desc())
    .limit(1)
    .correlate(_now)
)


def _contexts(question: SQLColumnExpression[int], which: ColumnElement[bool]) -> Select[Any]:
    """How things stand before the questions that `which` finds, `question` being the id of each."""
    last_id = (
        select(Submission.id)
        .where(Submission.participant_id == _person, Submission.question_id == question)
        # By number and never by time: clocks of several hosts may disagree, and be set back.
        .order_by(Submission.revision.desc())
        .limit(1)
        .correlate(Question)
    )
    outcomes = select(func.count()).where(Resolution.question_id == question).correlate(Question)
    return (
        select(
            _now.c.moment,
            _known.id,
            _known.body_hash,
            _agreed.scalar_subquery(),
            _last.revision,
            _last.action,
            Round.id,
            func.coalesce(Round.number, 0),
            Participant.erased_on,
            Question.opens_at,
            Question.closes_at,
            Survey.opens_at.label("survey_opens_at"),
            Survey.closes_at.label("survey_closes_at"),
            outcomes.scalar_subquery().label("outcomes"),
        )
        .select_from(_now)
        .join(Question, which)
        .join(Survey, Survey.id == Question.survey_id)
        .join(Participant, Participant.id == _person)
        .outerjoin(_known, and_(_known.participant_id == _person, _known.idempotency_key == _key))
        .outerjoin(_last, _last.id == last_id.scalar_subquery())
        .outerjoin(Round, Round.id == _round_id.scalar_subquery())
    )


#: Put together once: every act asks it, in one statement after its lock.
_standing = _contexts(_question, Question.id == _question)
#: The same before each of several questions, of which the keys are asked apart: none belongs to all of them.
_standing_each = _contexts(
    Question.id, Question.id.in_(bindparam("questions", expanding=True, type_=Integer))
).add_columns(Question.id.label("of"))
_keys = select(Submission.idempotency_key, Submission.id, Submission.body_hash).where(
    Submission.participant_id == _person,
    Submission.idempotency_key.in_(bindparam("keys", expanding=True, type_=String)),
)

_numbers = (
    select(
        Submission.revision,
        Submission.action,
        Submission.received_at,
        Submission.question_version_id,
        Forecast.option_id,
        Forecast.part,
        Forecast.value,
    )
    .outerjoin(Forecast, Forecast.submission_id == Submission.id)
    .where(
        Submission.participant_id == _person,
        Submission.question_id == _question,
        Submission.revision >= bindparam("since", type_=Integer),
    )
    .order_by(Submission.revision)
)


def standing(session: Session, participant: Participant, question: Question, key: str) -> SubmissionContext:
    """How things stand for this person before this question, and what the key has brought: for a lock's holder.

    What others may have changed until the lock was held, the person's erasure, the times and the outcomes, is
    put right in the objects given.
    """
    known = clock.without_asking(session)
    facts = {
        "person": participant.id,
        "question": question.id,
        "survey": question.survey_id,
        "key": key,
        "moment": known,
    }
    row = connection_of(session).execute(_standing, facts).one_or_none()
    if row is None:
        # A pilot that was ended while the lock was waited for is gone with all its people.
        raise PilotGone()
    if known is None:
        clock.hear(session, row.moment)
    _put_right(participant, question.survey, row)
    return _context(session, question, row)


def standing_each(
    session: Session, participant: Participant, acts: Sequence[tuple[Question, str]]
) -> list[SubmissionContext]:
    """`standing` for one act on each of several questions of one survey, in two statements."""
    known = clock.without_asking(session)
    questions = {question.id: question for question, _key_of in acts}
    facts = {
        "person": participant.id,
        "questions": list(questions),
        "survey": participant.survey_id,
        # No act has this key.
        "key": "",
        "moment": known,
        "keys": [key for _of, key in acts],
    }
    rows = connection_of(session).execute(_standing_each, facts).all()
    if len(rows) < len(questions):
        raise PilotGone()
    if known is None and rows:
        clock.hear(session, rows[0].moment)
    if rows:
        _put_right(participant, participant.survey, rows[0])
    found = {row.of: _context(session, questions[row.of], row) for row in rows}
    came: dict[str, tuple[int, str]] = {
        key: (number, body) for key, number, body in connection_of(session).execute(_keys, facts)
    }
    return [
        found[question.id]._replace(known=before[0], body=before[1])
        if (before := came.get(key))
        else found[question.id]
        for question, key in acts
    ]


def _put_right(participant: Participant, survey: Survey, row: Row[Any]) -> None:
    """Let a person and their survey be what a row says: all rows of one statement say the same of both."""
    # As if they had been loaded so: set plainly, the session would write them back.
    set_committed_value(participant, "erased_on", row.erased_on)
    set_committed_value(survey, "opens_at", row.survey_opens_at)
    set_committed_value(survey, "closes_at", row.survey_closes_at)


def _context(session: Session, question: Question, row: Row[Any]) -> SubmissionContext:
    """What a row says of a question, which is put right by it."""
    set_committed_value(question, "opens_at", row.opens_at)
    set_committed_value(question, "closes_at", row.closes_at)
    # Most questions have no outcome, which says all there is: nothing has to be read for these.
    if row.outcomes:
        session.expire(question, ["resolutions"])
    else:
        set_committed_value(question, "resolutions", [])
    return SubmissionContext(*row[: len(SubmissionContext._fields)])


def standing_values(session: Session, participant: Participant, question: Question, last: int = 1) -> Values:
    """The numbers of this person that stand, the last by option.

    Answers to versions before the last substantive one no longer count, so they stand no more.

    Parameters
    ----------
    last
        Revision of the last act, where it is known: most often it answered all there is, and is read alone.
    """
    spec = spec_of(question)
    oldest = oldest_counting_version(spec, day_number(clock.now(session)))
    for since in dict.fromkeys((last, 1)):
        acts = _acts(session, participant, question, since)
        stands = standing_options(acts, spec.open_until, oldest)
        if len(stands) == len(question.options):
            break
    return {(option, part): value for option, given in stands.items() for part, value in given.items()}


def _acts(
    session: Session, participant: Participant, question: Question, since: int
) -> list[Act[dict[str, float]]]:
    """What this person said to the question from a revision on, oldest first."""
    versions = {version.id: version.number for version in question.versions}
    keys = {option.id: option.key for option in question.options}
    facts = {"person": participant.id, "question": question.id, "since": since}
    acts = []
    for _, of_act in groupby(
        connection_of(session).execute(_numbers, facts), key=lambda record: record.revision
    ):
        given: dict[str, dict[str, float]] = {}
        for record in of_act:
            if record.option_id is not None:
                given.setdefault(keys[record.option_id], {})[record.part] = record.value
        withdrawn = record.action == "withdraw"
        day = day_number(record.received_at)
        acts.append(Act(day, versions[record.question_version_id], None if withdrawn else given))
    return acts


def has_moved_far(question: Question, former: Values, rows: Sequence[AnswerRow]) -> bool:
    """Whether a new forecast is so far from the one that stands that one would ask what changed.

    A probability by more than the survey's `explain_change`; a number or date where the new median lies
    outside the former middle half. Only what stood before is compared; a survey with 1 asks never.
    """
    limit = question.survey.explain_change
    known = {(row.option, row.part): row.value for row in rows if (row.option, row.part) in former}
    if limit >= 1 or not known:
        return False
    if question.quantile_levels:
        (median,) = _quantiles(known, (0.5,))
        low, high = middle_half(former)
        return not low <= median <= high
    # Doubles of typed decimals: 0.9 and 0.7 are no more than 0.2 apart.
    return any(round(abs(value - former[place]), 9) > limit for place, value in known.items())


def middle_half(former: Values) -> tuple[float, float]:
    """The quartiles of a number or date as it stands."""
    low, high = _quantiles(former, (0.25, 0.75))
    return low, high


def _quantiles(values: Values, levels: Sequence[float]) -> list[float]:
    """The numbers at these levels; between two levels that were asked for, along a straight line."""
    given = sorted((float(part[1:]), value) for (_, part), value in values.items())
    known, numbers = [level for level, _ in given], [value for _, value in given]
    return [float(value) for value in np.interp(levels, known, numbers)]
