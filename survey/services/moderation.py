"""What is said about a reason or a question: hidden, reported, withheld; "this is unclear".

Words are never changed: each act is a mark beside them, and the last one of its author, and of an organizer,
holds (`crowd.Marks`). What is already so is not marked again, so that a repeat is no second act.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..disclosure import Marks, Viewer, marks_of, remarked, submissions_behind
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, clean_text
from ..models import Participant, Question, Rationale, RationaleMark, Submission, Survey, Unclear, User
from ..store.transaction import lock_person, lock_survey
from .audit_facts import mark_facts
from .audit_log import record

#: Code points that a report, or a question about a question, may have.
LONGEST = 2_000
#: So many questions of one person may wait for an organizer at once; in a pilot, where nobody answers them and each
#: question asks for one, so many in all.
MOST_OPEN, MOST_IN_PILOT = 5, 500


def hide(session: Session, participant: Participant, question: Question, revision: int) -> None:
    """Keep one's own reason from others; it stays in one's history. Researchers' files tell that there is one.

    :raise NotFound: where this person gave no reason with that revision.
    """
    own = _own(session, participant, question, revision)
    if not marks_of(session, own).hidden:
        _mark(session, own, "hide", participant=participant)


def show(session: Session, participant: Participant, question: Question, revision: int) -> None:
    """Let others read one's own reason again, unless an organizer withholds it."""
    own = _own(session, participant, question, revision)
    if marks_of(session, own).hidden:
        _mark(session, own, "show", participant=participant)


def report(session: Session, participant: Participant, question: Question, about: str, why: str) -> None:
    """Tell the organizers what is wrong with a reason that one is shown; of one person once.

    :raise NotFound: where this person is shown no such reason, whatever there is.
    :raise InvalidAnswer: where the report says nothing, or cannot be stored.
    """
    lock_person(session, participant)
    found = submissions_behind(session, Viewer(participant=participant), question, about)
    if not found:
        raise NotFound()
    said = _said("why", why, _("Say in a few words what is wrong with it. Nothing was sent yet."))
    made = select(RationaleMark.submission_id).filter_by(act="report", participant_id=participant.id)
    for submission in set(found) - set(session.scalars(made)):
        _mark(session, submission, "report", participant=participant, reason=said)


def withhold(session: Session, user: User, role: str, question: Question, about: str, why: str) -> None:
    """Keep a reason from everybody but its author, who is told why.

    :raise NotFound: where there is no such reason to be seen in this role.
    :raise InvalidAnswer: where it is not said why.
    """
    found = _known(session, role, question, about, lambda marks: marks.withheld is None)
    said = _said("why", why, _("Say why: its author reads it. Nothing was changed yet."))
    _mark_as(session, user, question, found, "withhold", said)


def withhold_outgoing(session: Session, user: User, survey: Survey, submission: int, why: str) -> None:
    """Keep a reason from everybody but its author before a snapshot would hold it, published or not; once.

    :raise NotFound: where the survey has no such reason.
    :raise InvalidAnswer: where it is not said why.
    """
    said = _said("why", why, _("Say why: its author reads it. Nothing was changed yet."))
    lock_survey(session, survey)
    query = select(Submission).join(Rationale, Rationale.submission_id == Submission.id)
    found = session.scalar(query.where(Submission.id == submission, Submission.survey_id == survey.id))
    if found is None:
        raise NotFound()
    if marks_of(session, submission).withheld is None:
        _mark_as(session, user, found.question, [submission], "withhold", said)


def release(session: Session, user: User, role: str, question: Question, about: str) -> None:
    """Show a reason again that was withheld, or let one stand that was reported."""

    def due(marks: Marks) -> bool:
        return marks.withheld is not None or marks.waiting > 0

    found = _known(session, role, question, about, due)
    _mark_as(session, user, question, found, "release", "")


def reports_by_question(session: Session, survey: Survey) -> Counter[int]:
    """Question id to how many reports on its reasons no organizer has judged yet."""
    query = (
        select(RationaleMark, Submission.question_id)
        .join(Submission, Submission.id == RationaleMark.submission_id)
        .where(Submission.survey_id == survey.id)
        .order_by(RationaleMark.id)
    )
    found: dict[tuple[int, int], Marks] = {}
    for mark, question in session.execute(query):
        found.setdefault((question, mark.submission_id), Marks()).add(mark)
    waiting: Counter[int] = Counter()
    for (question, _submission), marks in found.items():
        waiting[question] += marks.waiting
    # The sign drops questions of which no report waits.
    return +waiting


def ask(session: Session, participant: Participant, question: Question, text: str) -> Unclear:
    """Ask the organizer what a question means; the same words again are the same question.

    :raise InvalidAnswer: where nothing is asked, it cannot be stored, or too many wait already (`MOST_OPEN`).
    """
    lock_person(session, participant)
    said = _said("text", text, _("Say what is unclear. Nothing was sent yet."))
    waiting = _waiting(session, participant)
    for one in waiting:
        if (one.question_id, one.text) == (question.id, said):
            return one
    most = MOST_IN_PILOT if question.survey.pilot else MOST_OPEN
    if len(waiting) >= most:
        raise InvalidAnswer({"text": _too_many(most)})
    asked = Unclear(
        survey_id=question.survey_id,
        question_id=question.id,
        question_version_id=question.version.id,
        participant_id=participant.id,
        text=said,
        asked_at=clock.as_kept(clock.now(session), question.survey.protected),
    )
    session.add(asked)
    session.flush()
    return asked


def asked_by(session: Session, participant: Participant, question: Question) -> list[Unclear]:
    """What this person asked about a question, newest first."""
    query = select(Unclear).filter_by(participant_id=participant.id, question_id=question.id)
    return list(session.scalars(query.order_by(Unclear.id.desc())))


def asked_about(session: Session, question: Question) -> list[Unclear]:
    """What everybody asked about a question, what waits first; for its organizer."""
    query = select(Unclear).filter_by(question_id=question.id)
    return list(session.scalars(query.order_by(Unclear.settled_at.is_not(None), Unclear.id)))


def waiting_by_question(session: Session, survey: Survey) -> dict[int, int]:
    """Question id to how many questions about it wait for an organizer."""
    query = (
        select(Unclear.question_id, func.count())
        .filter_by(survey_id=survey.id, settled_at=None)
        .group_by(Unclear.question_id)
    )
    return dict(session.execute(query).all())


def settle(session: Session, user: User, question: Question, number: int) -> None:
    """Say that a question about a question was dealt with, by a new version or not; once.

    :raise NotFound: where the question has none with that number.
    """
    query = select(Unclear).filter_by(id=number, question_id=question.id).with_for_update()
    asked = session.scalar(query.execution_options(populate_existing=True))
    if asked is None:
        raise NotFound()
    if asked.settled_at is None:
        asked.settled_at, asked.settled_by_id = clock.now(session), user.id
        detail = {"question": question.key, "version": question.version.number}
        record(session, question.survey, "settle_unclear", detail, user.id)


def _own(session: Session, participant: Participant, question: Question, revision: int) -> int:
    """The submission with this revision, where it has a reason."""
    lock_person(session, participant)
    query = (
        select(Submission.id)
        .join(Rationale, Rationale.submission_id == Submission.id)
        .filter(Submission.participant_id == participant.id, Submission.question_id == question.id)
        .filter(Submission.revision == revision)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound()
    return found


def _known(
    session: Session, role: str, question: Question, about: str, due: Callable[[Marks], bool]
) -> list[int]:
    """The submissions behind a reason on which an organizer's act is due."""
    # The survey's row is what orders its log: two organizers act one after the other.
    lock_survey(session, question.survey)
    known = remarked(session, Viewer(role=role), question)
    found = {one: told.marks for one, told in known.items() if told.reason.about == about}
    if not found:
        raise NotFound()
    return [one for one, marks in found.items() if due(marks)]


def _mark_as(
    session: Session, user: User, question: Question, submissions: Sequence[int], act: str, reason: str
) -> None:
    for submission in submissions:
        mark = _mark(session, submission, act, user=user, reason=reason)
        # No words: the mark's row goes with the person, and nobody's words belong into the log.
        detail = {"question": question.key, **mark_facts(mark)}
        record(session, question.survey, f"{act}_rationale", detail, user.id)


def _mark(
    session: Session,
    submission: int,
    act: str,
    *,
    participant: Participant | None = None,
    user: User | None = None,
    reason: str = "",
) -> RationaleMark:
    protected = session.get_one(Submission, submission).question.survey.protected
    mark = RationaleMark(
        submission_id=submission,
        act=act,
        participant_id=participant.id if participant else None,
        user_id=user.id if user else None,
        reason=reason,
        made_at=clock.as_kept(clock.now(session), protected),
    )
    session.add(mark)
    session.flush()
    return mark


def _said(name: str, text: str, nothing: str) -> str:
    """The text as it is stored; refused at its field where it says nothing."""
    try:
        said = clean_text(text, LONGEST)
    except Unreadable as unreadable:
        raise InvalidAnswer({name: str(unreadable)}) from None
    if not said:
        raise InvalidAnswer({name: nothing})
    return said


def _waiting(session: Session, participant: Participant) -> list[Unclear]:
    return list(session.scalars(select(Unclear).filter_by(participant_id=participant.id, settled_at=None)))


def _too_many(most: int) -> str:
    return _(
        "%(most)s questions of yours wait for an answer already; this one was not sent. What you typed is"
        " still here.",
        most=most,
    )
