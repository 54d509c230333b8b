"""Coherence check of one person: which of their own answers can't go together, kept as they are, or mended.

Nothing of anybody else is read. What a person said stays raw in the history, whatever they do about a clash.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scoring.coherence import Clash, EventSpace, clashes, repair

from .. import clock, disclosure
from ..aggregation.event_space import event_space_of
from ..aggregation.question_specs import spec_of
from ..aggregation.specification import Floats, Said
from ..aggregation.standing import oldest_counting_version
from ..aggregation.tied_answers import answers_in
from ..clock import day_number
from ..disclosure import Viewer
from ..errors import NotFound
from ..i18n.locale import gettext as _
from ..models import KeptClash, Participant, Question, Submission
from ..questions import EnteredValue, kind_of
from ..store.lifecycle import current_resolutions, open_options
from ..store.once import forget, once
from ..store.transaction import lock_person, lock_person_and_question
from .forecast_history import histories, rows_after
from .forecast_submit import Act, ForecastInput, act_on_each

#: Of what can't be moved the repair moves next to nothing: it weighs as much as so many answers that can.
FIXED = 1e4
#: Decimals of a mended answer: a tenth of a point.
DECIMALS = 3

Answer = tuple[str, str]


@dataclass(frozen=True, eq=False)
class OwnClash:
    """Answers of one person that can't go together.

    Attributes
    ----------
    found
        As `scoring.coherence.clashes` tells it.
    said
        The numbers that stand of each answer, from 0 to 1.
    fingerprint
        Names this clash between these very numbers.
    kept_at
        When its person said that it may stay; None where they did not.
    """

    found: Clash
    said: dict[Answer, float]
    fingerprint: str
    kept_at: datetime | None

    @property
    def questions(self) -> frozenset[str]:
        """Keys of the questions that take part."""
        return frozenset(question for question, _ in self.found.answers)


@dataclass(frozen=True)
class Move:
    """One answer in the smallest change that mends all: from what to what, from 0 to 1."""

    question: str
    option: str
    before: float
    after: float


@dataclass(frozen=True)
class Mending:
    """The smallest change that mends all (repair by least squares) of what still takes answers.

    Attributes
    ----------
    moves
        Empty where nothing clashes, or nothing of it can be changed any more.
    fingerprint
        Names the answers that it was worked out from.
    """

    moves: tuple[Move, ...]
    fingerprint: str


@once
def own_answers(session: Session, participant: Participant) -> Said:
    """A person's standing chances by question and option, of questions without an outcome.

    What has come out is no forecast any more, and answers to versions before the last substantive one don't count.
    """
    acts, today = histories(session, participant), day_number(clock.now(session))
    found: dict[str, dict[str, float]] = {}
    for question in participant.survey.questions:
        over = (
            {one.option_id for one in current_resolutions(session, question)}
            if question.id in acts
            else {None}
        )
        if None in over or question.quantile_levels:
            continue
        rows = rows_after(question, acts[question.id], oldest_counting_version(spec_of(question), today))
        gone = {option.key for option in question.options if option.id in over}
        said = {row.option: row.value for row in rows if row.part == "p" and row.option not in gone}
        if said:
            found[question.key] = said
    return found


@once
def own_clashes(session: Session, participant: Participant) -> list[OwnClash]:
    """What of a person's standing answers can't go together, the largest first; kept ones are among them.

    From half a point on, so that answers in whole points never clash by their rounding alone.
    """
    said = own_answers(session, participant)
    if len(said) < 2:
        return []
    space = event_space_of(session, participant.survey)
    # Without that half point rounding alone alarmed 77 of 100 people whose answers were coherent (simulated).
    found = clashes(space, answers_in(space, said))
    kept = _kept(session, participant) if found else {}
    return [_own(clash, said, kept) for clash in found]


def open_clashes(session: Session, participant: Participant, question: Question) -> list[OwnClash]:
    """The clashes that one question takes part in and that are not kept."""
    return [
        clash
        for clash in own_clashes(session, participant)
        if clash.kept_at is None and question.key in clash.questions
    ]


def say_of_clash(session: Session, participant: Participant, fingerprint: str, kept: bool) -> None:
    """Keep a clash as it is until one of its answers changes, or take that back; again, it changes nothing.

    Raises
    ------
    NotFound
        Where these answers clash no more, as after another tab changed one.
    """
    lock_person(session, participant)
    clash = next((one for one in own_clashes(session, participant) if one.fingerprint == fingerprint), None)
    _refuse_changed(clash)
    assert clash is not None
    if (clash.kept_at is not None) is kept:
        return
    survey = participant.survey
    session.add(
        KeptClash(
            survey_id=survey.id,
            participant_id=participant.id,
            sources=" ".join(clash.found.sources),
            fingerprint=fingerprint,
            kept=kept,
            said_at=clock.as_kept(clock.now(session), survey.protected),
        )
    )
    session.flush()


@once
def smallest_mending(session: Session, participant: Participant) -> Mending:
    """What would make all answers coherent with the least change, kept clashes among them; nothing is stored."""
    said = own_answers(session, participant)
    fingerprint = _fingerprint(said)
    if not own_clashes(session, participant):
        return Mending((), fingerprint)
    space = event_space_of(session, participant.survey)
    given = answers_in(space, said)
    movable = _movable(session, participant, space)
    # Not held exactly: what is closed may clash by itself, and then nothing would solve it.
    made = _within(participant, np.round(repair(space, given, np.where(movable, 1, FIXED)).answers, DECIMALS))
    least = 10.0**-DECIMALS
    moves = tuple(
        Move(*answer, float(before), float(after))
        for answer, before, after, may in zip(space.answers, given, made, movable, strict=True)
        if may and abs(after - before) >= least / 2
    )
    return Mending(moves, fingerprint)


def mend_all(
    session: Session, participant: Participant, fingerprint: str, key: str, language: str, why: str = ""
) -> int:
    """Store the smallest change that mends all, as an update of each question in it.

    Parameters
    ----------
    fingerprint
        Of the `Mending` that the person has read: other answers would be mended otherwise.
    key
        Idempotency key of the form; each question's is made of it.
    why
        The reason, for questions that ask for one.

    Returns
    -------
    int
        How many questions have a new answer.

    Raises
    ------
    NotFound
        Where an answer has changed meanwhile, or nothing can be mended; nothing was stored.
    InvalidAnswer, SurveyClosed, AnswersGone
        As `forecast_submit.act_on_each`.
    """
    known = _stored_before(session, participant, key)
    if known:
        return known
    # Which questions to lock follows from it; what it was worked out from is compared anew under the locks.
    mending = smallest_mending(session, participant)
    _refuse_changed(mending.moves and mending.fingerprint == fingerprint)
    acts = _acts(session, participant, mending, key, language, why)
    # In the order of `act_on_each`; what was read before the locks may be older than another tab's answer.
    for act in sorted(acts, key=lambda act: act.question.id):
        lock_person_and_question(session, participant, act.question)
    forget(session)
    # The twin of this press, if there is one, is committed by now: its answers are no change by somebody else.
    if known := _stored_before(session, participant, key):
        return known
    _refuse_changed(_fingerprint(own_answers(session, participant)) == fingerprint)
    return act_on_each(session, participant, acts)


def needs_reason(participant: Participant, mending: Mending) -> bool:
    """Whether one of the questions that would change asks why."""
    moved = {move.question for move in mending.moves}
    return any(
        question.rationale_required for question in participant.survey.questions if question.key in moved
    )


def _refuse_changed(unchanged: object) -> None:
    if not unchanged:
        raise NotFound(
            _("These answers have changed meanwhile. Nothing was stored; here is how they stand now.")
        )


def _stored_before(session: Session, participant: Participant, key: str) -> int:
    """How many answers the same press has stored already."""
    keys = [_key(key, question) for question in participant.survey.questions]
    query = select(func.count()).where(
        Submission.participant_id == participant.id, Submission.idempotency_key.in_(keys)
    )
    return session.scalar(query) or 0


def _key(key: str, question: Question) -> str:
    # No key that comes in by a door has a space (`IDEMPOTENCY_KEY`): none can be one of these.
    return f"{key} {question.key}"


def _acts(
    session: Session, participant: Participant, mending: Mending, key: str, language: str, why: str
) -> list[Act]:
    said = own_answers(session, participant)
    moved = {move.question for move in mending.moves}
    found = []
    for question in participant.survey.questions:
        if question.key not in moved:
            continue
        values = dict(said[question.key]) | {
            move.option: move.after for move in mending.moves if move.question == question.key
        }
        if question.kind == "ladder":
            # Of two rungs that are alike now, one may have been rounded and the other left as it was.
            values = dict(zip(values, np.maximum.accumulate(list(values.values())).tolist(), strict=True))
        slots = kind_of(question).slots(question, open_options(session, question))
        entries = {slot.field: _entered(values[slot.option]) for slot in slots if slot.option in values}
        sent = ForecastInput(
            key=_key(key, question),
            entries=entries,
            input_format="percent",
            language=language,
            rationale=why if question.rationale_required else "",
            crowd_seen=disclosure.sees_figures(session, Viewer(participant=participant), question),
            # The page that asks has shown why: it says which answers it goes with.
            nothing_to_add=True,
        )
        found.append(Act(question, sent))
    return found


def _entered(value: float) -> EnteredValue:
    return EnteredValue(value, f"{100 * value:.10g}", 10.0**-DECIMALS)


def _movable(session: Session, participant: Participant, space: EventSpace) -> NDArray[np.bool_]:
    """Which answers of the space still can be changed."""
    takes = {
        (question.key, option.key)
        for question in participant.survey.questions
        for option in open_options(session, question)
    }
    return np.array([answer in takes for answer in space.answers])


def _within(participant: Participant, values: Floats) -> Floats:
    """Values as far as the survey takes them."""
    survey = participant.survey
    return np.clip(values, survey.lowest_probability, survey.highest_probability)


def _kept(session: Session, participant: Participant) -> dict[str, datetime]:
    query = select(KeptClash).filter_by(participant_id=participant.id).order_by(KeptClash.id)
    last = {row.fingerprint: row for row in session.scalars(query)}
    return {fingerprint: row.said_at for fingerprint, row in last.items() if row.kept}


def _own(clash: Clash, said: Said, kept: dict[str, datetime]) -> OwnClash:
    values = {(question, option): said[question][option] for question, option in clash.answers}
    # By the numbers and not by the acts: whoever affirms an answer has changed nothing.
    fingerprint = _hash(
        (*clash.sources, *(f"{question} {option} {value!r}" for (question, option), value in values.items()))
    )
    return OwnClash(clash, values, fingerprint, kept.get(fingerprint))


def _fingerprint(said: Said) -> str:
    return _hash(f"{key} {option} {value!r}" for key, of in said.items() for option, value in of.items())


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
