"""What a new act on a question is checked against, in one look at the store: for whoever holds the lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import numpy as np
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.standing import Act, oldest_counting_version, standing_options
from ..clock import day_number
from ..models import Consent, ConsentVersion, Forecast, Participant, Question, Round, Submission
from ..questions import Row
from ..store.lifecycle import last_open_days

#: Option key and part to the number that stands.
Values = Mapping[tuple[str, str], float]


class SubmissionContext(NamedTuple):
    """One person before one question, at a moment.

    Attributes
    ----------
    known
        Submission that came with the same idempotency key, by id.
    agreed
        Whether the person agreed to the newest consent: its number, else None.
    revision, action
        Of the last submission; None before the first.
    round_id
        The round that takes answers.
    """

    known: int | None
    agreed: int | None
    revision: int | None
    action: str | None
    round_id: int | None

    @property
    def stands(self) -> bool:
        """Whether the last act was a forecast, not a withdrawal."""
        return self.action not in (None, "withdraw")


_person: BindParameter[int] = bindparam("person")
_question: BindParameter[int] = bindparam("question")
_survey: BindParameter[int] = bindparam("survey")
_moment = bindparam("moment", type_=Round.opens_at.type)

_known = select(Submission.id).where(
    Submission.participant_id == _person, Submission.idempotency_key == bindparam("key")
)
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
_last = (
    select(Submission)
    .where(Submission.participant_id == _person, Submission.question_id == _question)
    .order_by(Submission.revision.desc())
    .limit(1)
)
_round = (
    select(Round.id)
    .where(Round.survey_id == _survey, Round.opens_at <= _moment, Round.closes_at > _moment)
    .order_by(Round.number.desc())
    .limit(1)
)
#: Put together once: every forecast asks it.
_standing = select(
    _known.scalar_subquery(),
    _agreed.scalar_subquery(),
    _last.with_only_columns(Submission.revision).scalar_subquery(),
    _last.with_only_columns(Submission.action).scalar_subquery(),
    _round.scalar_subquery(),
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
    .where(Submission.participant_id == _person, Submission.question_id == _question)
    .order_by(Submission.revision)
)


def standing(
    session: Session, participant: Participant, question: Question, key: str, moment: datetime
) -> SubmissionContext:
    """How things stand for this person before this question, and whether the key has come before."""
    facts = {
        "person": participant.id,
        "question": question.id,
        "survey": question.survey_id,
        "key": key,
        "moment": moment,
    }
    return SubmissionContext(*session.execute(_standing, facts).one())


def standing_values(session: Session, participant: Participant, question: Question) -> Values:
    """The numbers of this person that stand, the last by option, in one statement.

    Answers to versions before the last substantive one no longer count, so they stand no more.
    """
    versions = {version.id: version.number for version in question.versions}
    keys = {option.id: option.key for option in question.options}
    records = session.execute(_numbers, {"person": participant.id, "question": question.id})
    acts = []
    for _, of_act in groupby(records, key=lambda record: record.revision):
        given: dict[str, dict[str, float]] = {}
        for record in of_act:
            if record.option_id is not None:
                given.setdefault(keys[record.option_id], {})[record.part] = record.value
        withdrawn = record.action == "withdraw"
        day = day_number(record.received_at)
        acts.append(Act(day, versions[record.question_version_id], None if withdrawn else given))
    oldest = oldest_counting_version(question, day_number(clock.now(session)))
    stands = standing_options(acts, last_open_days(question), oldest)
    return {(option, part): value for option, given in stands.items() for part, value in given.items()}


def has_moved_far(question: Question, former: Values, rows: Sequence[Row]) -> bool:
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
        low, high = _quantiles(former, (0.25, 0.75))
        return not low <= median <= high
    # Doubles of typed decimals: 0.9 and 0.7 are no more than 0.2 apart.
    return any(round(abs(value - former[place]), 9) > limit for place, value in known.items())


def _quantiles(values: Values, levels: Sequence[float]) -> list[float]:
    """The numbers at these levels; between two levels that were asked for, along a straight line."""
    given = sorted((float(part[1:]), value) for (_, part), value in values.items())
    known, numbers = [level for level, _ in given], [value for _, value in given]
    return [float(value) for value in np.interp(levels, known, numbers)]
