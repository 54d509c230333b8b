"""Answering a question: new, update, affirm, withdraw, undo, skip. Appends only, once for each key.

The order of `_write` is the design: lock; read how things stand, in one statement that sees what others committed
while the lock was waited for; look at the key, so that a late retry gets its first receipt whatever has closed since;
check consent, times and version; append.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.question_specs import spec_of
from ..aggregation.standing import oldest_counting_version
from ..errors import InvalidAnswer, ReusedKey, SurveyClosed
from ..i18n.formatting import number
from ..i18n.locale import current_language, gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import Option, Participant, Question, Skip, Submission
from ..questions import EnteredValue, Row, kind_of
from ..store.lifecycle import QuestionState, open_options, skipped_questions, state_of
from ..store.once import forget
from ..store.transaction import lock_person_and_question, refuse_erased
from .base_rates import saw_base_rate
from .enrollment import ConsentChanged
from .forecast_history import history, rows_after, standing_rows
from .forecast_precheck import (
    SubmissionContext,
    has_moved_far,
    standing,
    standing_each,
    standing_values,
)
from .forecast_record import Receipt, Written, append, receipt_of
from .idempotency import body_hash

#: Rows of numbers and the rationale, both checked.
Said = tuple[list[Row], str]
#: What is stored of an act, from the options that are asked and from how things stand.
Check = Callable[[Sequence[Option], SubmissionContext], Said]
#: The hash of what was sent, the sort of act, and what is stored of it.
Demand = tuple[str, str, Check]


class Unexplained(InvalidAnswer):
    """A forecast far from the one that stands came without a word on what changed; nothing was stored yet."""


@dataclass(frozen=True)
class ForecastInput:
    """What a participant sends about one question.

    Attributes
    ----------
    key
        Idempotency key of the form or call: the same act again has the same key.
    entries
        Field name (see `Kind.slots`) to number and text as typed.
    unreadable
        Field name to sentence, of fields that hold no number.
    input_format
        How probabilities were written: percent, odds, one_in_n, fraction; or number, date.
    crowd_seen
        Whether the crowd's figures could be seen when this was sent.
    nothing_to_add
        That a large change shall be stored without its reason; it is not stored itself.
    """

    key: str
    entries: Mapping[str, EnteredValue]
    input_format: str
    language: str
    rationale: str = ""
    confidence: int | None = None
    expertise: int | None = None
    seconds_on_page: int | None = None
    crowd_seen: bool = False
    nothing_to_add: bool = False
    unreadable: Mapping[str, str] = field(default_factory=dict)


def submit(session: Session, participant: Participant, question: Question, answer: ForecastInput) -> Receipt:
    """Store a forecast: the first one as `new`, a later one as `update`.

    Returns
    -------
    Receipt
        Of what was stored; for a repeated key the one of the first time.

    Raises
    ------
    InvalidAnswer
        Fields that cannot be stored, by name; `Unexplained` where all that is missing is what changed.
    ReusedKey, SurveyClosed, AnswersGone
        See `survey.errors`.
    """
    return _write(session, participant, question, answer, _answering(session, participant, question, answer))


def _answering(
    session: Session, participant: Participant, question: Question, answer: ForecastInput
) -> Demand:
    # What was said and no more: a retry may come in another language, or once the crowd can be seen.
    body = body_hash(
        "answer",
        question.key,
        {name: {"value": entry.value, "entered": entry.entered} for name, entry in answer.entries.items()},
        answer.rationale,
        answer.confidence,
        answer.expertise,
    )

    def check(asked: Sequence[Option], found: SubmissionContext) -> Said:
        rows, why = _checked(question, asked, answer)
        if found.stands and not why and not answer.nothing_to_add:
            _ask_what_changed(session, participant, question, rows, found.revision or 1)
        return rows, why

    return body, "answer", check


def affirm(session: Session, participant: Participant, question: Question, answer: ForecastInput) -> Receipt:
    """Say again what was said last, under the version now current."""
    return _write(session, participant, question, answer, _affirming(session, participant, question))


def _affirming(session: Session, participant: Participant, question: Question, shown: int = 0) -> Demand:
    """`shown`: the revision that was looked at, 0 for whatever stands."""

    def check(asked: Sequence[Option], found: SubmissionContext) -> Said:
        if shown and shown != found.revision:
            raise InvalidAnswer({"affirm": _changed_meanwhile(question)})
        said = standing_rows(session, participant, question)
        kept = [row for row in said if row.option in {option.key for option in asked}]
        if not kept:
            raise InvalidAnswer({"affirm": gettext("There is no forecast of yours to affirm.")})
        return kept, ""

    return body_hash("affirm", question.key), "affirm", check


def undo(
    session: Session, participant: Participant, question: Question, answer: ForecastInput, revision: int
) -> Receipt:
    """Undo a person's last act: say again what stood before it, or withdraw where nothing did.

    Nothing is taken out of the history; the undoing is one more act, and can be undone as any other.

    Parameters
    ----------
    revision
        Of the act that is undone.

    Raises
    ------
    InvalidAnswer
        Where that is not the last act any more, or none of what stood before takes an answer now.
    """
    lock_person_and_question(session, participant, question)
    # What was read before the lock may be older than another tab's answer.
    forget(session)
    before = [act for act in history(session, participant, question) if act.revision < revision]
    oldest = oldest_counting_version(spec_of(question), clock.day_number(clock.now(session)))
    former = rows_after(question, before, oldest)

    def check(asked: Sequence[Option], found: SubmissionContext) -> Said:
        if found.revision != revision:
            raise InvalidAnswer({"undo": _changed_meanwhile(question)})
        kept = [row for row in former if row.option in {option.key for option in asked}]
        if former and not kept:
            raise InvalidAnswer({"undo": gettext("What you said before takes no answers any more.")})
        return kept, ""

    again = before[-1] if former else None
    sent = replace(
        answer,
        input_format=(again.input_format if again else None) or answer.input_format,
        confidence=again.confidence if again else None,
        expertise=again.expertise if again else None,
    )
    demand = body_hash("undo", question.key, revision), "answer" if former else "withdraw", check
    return _write(session, participant, question, sent, demand)


def _changed_meanwhile(question: Question) -> str:
    return gettext(
        "Your forecast of “%(title)s” has changed since this page was made. Nothing was changed now; what stands is"
        " shown here.",
        title=question.text(current_language()).short,
    )


def withdraw(
    session: Session, participant: Participant, question: Question, answer: ForecastInput
) -> Receipt:
    """Take the standing forecast back; it stays in the history and leaves the crowd."""
    return _write(session, participant, question, answer, _withdrawing(question))


def _withdrawing(question: Question) -> Demand:
    def check(_asked: Sequence[Option], found: SubmissionContext) -> Said:
        if not found.stands:
            raise InvalidAnswer({"withdraw": gettext("There is no forecast of yours to withdraw.")})
        return [], ""

    return body_hash("withdraw", question.key), "withdraw", check


def skip(session: Session, participant: Participant, question: Question) -> Skip:
    """Say "I can't judge this"; a repeat returns the first."""
    lock_person_and_question(session, participant, question)
    found = standing(session, participant, question, "")
    refuse_erased(participant)
    # Before the times are looked at: a skip that comes again is the first one, whatever has closed since.
    known = session.get(Skip, (participant.id, question.id))
    if known is not None:
        return known
    skipped = _skipping(session, participant, question, found)
    session.add(skipped)
    session.flush()
    return skipped


def _skipping(
    session: Session, participant: Participant, question: Question, found: SubmissionContext
) -> Skip:
    _check_open(session, question, found)
    return Skip(
        participant_id=participant.id,
        question_id=question.id,
        survey_id=question.survey_id,
        skipped_at=clock.as_kept(found.moment, question.survey.protected),
    )


@dataclass(frozen=True)
class Act:
    """One of several acts of a person; without an answer "I can't judge this", with `withdraws` a withdrawal.

    `affirms` is the revision that is said again; 0 where something new is said.
    """

    question: Question
    answer: ForecastInput | None = None
    withdraws: bool = False
    affirms: int = 0


def act_on_each(session: Session, participant: Participant, acts: Sequence[Act]) -> int:
    """Submit, affirm, withdraw or skip on each of several questions: judged as each alone is, written together.

    For whoever gives a whole survey at once: the store is asked and written to a few times, not a few for each act.

    Returns
    -------
    int
        How many submissions were stored; what had come before is not stored again.

    Raises
    ------
    ValueError
        For two acts on one question.
    InvalidAnswer, ReusedKey, SurveyClosed, AnswersGone
        As `submit` does for an act that is refused; nothing of any was stored.
    """
    if len({act.question.id for act in acts}) < len(acts):
        raise ValueError("each act must be on a question of its own")
    # In one order whoever locks: two of them never wait for each other.
    for act in sorted(acts, key=lambda act: act.question.id):
        lock_person_and_question(session, participant, act.question)
    keys = [(act.question, act.answer.key if act.answer else "") for act in acts]
    found = list(zip(acts, standing_each(session, participant, keys), strict=True))
    refuse_erased(participant)
    known = skipped_questions(session, participant)
    skipped = [
        _skipping(session, participant, act.question, context)
        for act, context in found
        if act.answer is None and act.question.id not in known
    ]
    written = [
        one
        for act, context in found
        if act.answer and (one := _unless_known(session, participant, act, act.answer, context))
    ]
    if written:
        append(session, written)
    session.add_all(skipped)
    session.flush()
    return len(written)


def _unless_known(
    session: Session, participant: Participant, act: Act, answer: ForecastInput, found: SubmissionContext
) -> Written | None:
    """What is stored of one act among several; None where it came before."""
    demand = _demand(session, participant, act, answer)
    if found.known is None:
        return _judged(session, participant, act.question, answer, found, demand)
    _refuse_other_content(found, demand[0])
    return None


def _demand(session: Session, participant: Participant, act: Act, answer: ForecastInput) -> Demand:
    if act.withdraws:
        return _withdrawing(act.question)
    if act.affirms:
        return _affirming(session, participant, act.question, act.affirms)
    return _answering(session, participant, act.question, answer)


def _write(
    session: Session, participant: Participant, question: Question, answer: ForecastInput, demand: Demand
) -> Receipt:
    lock_person_and_question(session, participant, question)
    found = standing(session, participant, question, answer.key)
    # Only now: what was read before the lock may be older than an erasure that was waited for.
    refuse_erased(participant)
    if found.known is not None:
        return _first_receipt(session, found, demand[0])
    written = _judged(session, participant, question, answer, found, demand)
    append(session, [written])
    return written.receipt


def _judged(
    session: Session,
    participant: Participant,
    question: Question,
    answer: ForecastInput,
    found: SubmissionContext,
    demand: Demand,
) -> Written:
    """What is stored of an act, by how things stand."""
    body, act, check = demand
    asked = _check_open(session, question, found)
    rows, why = check(asked, found)
    rated, protected = act == "answer", question.survey.protected
    receipt = Receipt(
        action=_action(act, found.action),
        revision=(found.revision or 0) + 1,
        received_at=clock.as_kept(found.moment, protected),
        idempotency_key=answer.key,
        confidence=answer.confidence if rated else None,
        expertise=answer.expertise if rated else None,
        rationale=why or None,
        version=question.version.number,
        round=found.round,
        rows=tuple(rows),
    )
    beside = {
        "participant_id": participant.id,
        "round_id": found.round_id,
        "body_hash": body,
        "input_format": answer.input_format if rows else None,
        "crowd_seen": answer.crowd_seen,
        "base_rate_seen": saw_base_rate(session, participant, question, found.revision is not None),
        "seconds_on_page": None if protected else answer.seconds_on_page,
        "language": answer.language,
    }
    return Written(question, receipt, beside)


def _checked(question: Question, asked: Sequence[Option], answer: ForecastInput) -> Said:
    """Rows and rationale as they are stored; all that is wrong is said at once."""
    errors: dict[str, str] = {}
    rows: list[Row] = []
    why = ""
    try:
        rows = kind_of(question).rows(question, asked, answer.entries, answer.unreadable)
    except InvalidAnswer as refused:
        errors |= refused.errors
    try:
        why = clean_text(answer.rationale)
    except Unreadable as unreadable:
        errors["rationale"] = str(unreadable)
    if question.rationale_required and not why:
        errors.setdefault("rationale", _asks_why())
    if errors:
        raise InvalidAnswer(errors)
    return rows, why


def _asks_why() -> str:
    return gettext("This question asks why: say in a few words what your forecast rests on.")


def _ask_what_changed(
    session: Session, participant: Participant, question: Question, rows: Sequence[Row], last: int
) -> None:
    former = standing_values(session, participant, question, last)
    if has_moved_far(question, former, rows):
        raise Unexplained({"rationale": asks_what_changed(question)})


def asks_what_changed(question: Question) -> str:
    """The sentence that asks what changed, of a forecast that `has_moved_far`."""
    if question.quantile_levels:
        return gettext(
            "Your new middle lies outside the middle half of your last forecast. Say in a few words what"
            " changed, or that there is nothing to add."
        )
    return gettext(
        "This is more than %(points)s points from your last forecast. Say in a few words what changed, or that"
        " there is nothing to add.",
        points=number(round(100 * question.survey.explain_change, 2)),
    )


def _first_receipt(session: Session, found: SubmissionContext, body: str) -> Receipt:
    """What the key brought the first time; a repeat with another body is refused."""
    _refuse_other_content(found, body)
    return receipt_of(session.get_one(Submission, found.known))


def _refuse_other_content(found: SubmissionContext, body: str) -> None:
    if found.body != body:
        raise ReusedKey(
            gettext(
                "This was sent before with other content. What was stored first was kept; send the new content"
                " under a new key, and it is stored as a change."
            )
        )


def _check_open(session: Session, question: Question, found: SubmissionContext) -> list[Option]:
    if found.agreed is None:
        raise ConsentChanged()
    asked = open_options(session, question, found.moment)
    if not asked:
        raise SurveyClosed(_closed_sentence(session, question, found.moment))
    if found.round_id is None:
        raise SurveyClosed(gettext("No round takes answers now. What you stored before counts."))
    return asked


def _closed_sentence(session: Session, question: Question, moment: datetime) -> str:
    if state_of(session, question, moment) is QuestionState.BEFORE_OPENING:
        return gettext("It opens at %(time)s UTC.", time=f"{question.begins_at:%Y-%m-%d %H:%M}")
    if moment < question.ends_at:
        return gettext("Its outcome is known. What you stored before counts.")
    time = f"{question.ends_at:%Y-%m-%d %H:%M}"
    return gettext("It closed at %(time)s UTC. What you stored before counts.", time=time)


def _action(act: str, last: str | None) -> str:
    if act != "answer":
        return act
    return "new" if last in (None, "withdraw") else "update"
