"""Why others forecast what they did, without author or figure, and what was said about it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.aggregates import people_standing
from ..aggregation.forecast_arrays import crowd_answers
from ..aggregation.publications import current_figures
from ..aggregation.question_specs import spec_of
from ..aggregation.segments import ALL
from ..models import Participant, Question, Rationale, RationaleMark, Submission, Survey
from ..store.once import once
from .access import Viewer, may_see


@dataclass(frozen=True)
class Reason:
    """Why somebody forecast what they did, without author or figure."""

    question: str
    day: date
    text: str

    @property
    def about(self) -> str:
        """Names the reason by its own day and words, so that it can be reported; it tells nothing else."""
        # Not by the submission's id: it counts up, and would tell who wrote before whom on a day.
        return hashlib.sha256(f"{self.question} {self.day} {self.text}".encode()).hexdigest()[:16]


@dataclass
class Marks:
    """What was said about one rationale: the last act of its author and of an organizer hold.

    Attributes
    ----------
    withheld
        Why an organizer withholds it; None where none does.
    reports
        Why each reader reported it.
    waiting
        How many of the reports no organizer has judged yet.
    """

    hidden: bool = False
    withheld: str | None = None
    reports: list[str] = field(default_factory=list)
    waiting: int = 0

    @property
    def shown(self) -> bool:
        """Whether others may read it."""
        return not self.hidden and self.withheld is None

    def add(self, mark: RationaleMark) -> None:
        """Let one more act hold; they come in the order in which they were made."""
        if mark.act in ("hide", "show"):
            self.hidden = mark.act == "hide"
        elif mark.act in ("withhold", "release"):
            self.withheld = mark.reason if mark.act == "withhold" else None
            self.waiting = 0
        else:
            self.reports.append(mark.reason)
            self.waiting += 1


@dataclass(frozen=True)
class Remarked:
    """A reason with what was said about it, for those who run the survey."""

    reason: Reason
    marks: Marks


def rationales(session: Session, viewer: Viewer, question: Question) -> list[Reason]:
    """Why people forecast what they do, newest first.

    A reason appears with the publication that holds its answer, unless its author hides or an organizer
    withholds it.
    """
    return [reason for _, reason in _shown_rationales(session, viewer, question)]


def submissions_behind(session: Session, viewer: Viewer, question: Question, about: str) -> list[int]:
    """Ids of the submissions whose reason this viewer is shown under a name; none where they are shown none."""
    found = _shown_rationales(session, viewer, question)
    # Several where people said the same words on one day: nothing that is shown tells them apart.
    return [submission for submission, reason in found if reason.about == about]


def remarked(session: Session, viewer: Viewer, question: Question) -> dict[int, Remarked]:
    """Every reason that was reported or withheld, or is shown, by submission: for who runs the survey alone."""
    if not viewer.runs_survey:
        return {}
    found = marks_on(session, question)
    shown = dict(_shown_rationales(session, viewer, question))
    wanted = {
        submission for submission, marks in found.items() if marks.reports or marks.withheld is not None
    }
    written = _written(session, question, wanted - shown.keys())
    return {one: Remarked(reason, found.get(one, Marks())) for one, reason in (written | shown).items()}


@once
def marks_on(session: Session, question: Question) -> dict[int, Marks]:
    """What was said about the rationales of a question, by submission."""
    return _marks_where(session, Submission.question_id == question.id)


@once
def marks_on_own(session: Session, question: Question, author: Participant) -> dict[int, Marks]:
    """What was said about one person's rationales on a question, by submission.

    Apart from `marks_on`: to look for the marks of a hundred thousand acts was a third of each one's page.
    """
    return _marks_where(
        session, Submission.question_id == question.id, Submission.participant_id == author.id
    )


def marks_of(session: Session, submission: int) -> Marks:
    """What was said about the rationale of one submission, by its id."""
    return _marks_where(session, Submission.id == submission).get(submission, Marks())


def marks_in(session: Session, survey: Survey) -> dict[int, Marks]:
    """What was said about all rationales of a survey, by submission; in one statement, however many questions."""
    return _marks_where(session, Submission.survey_id == survey.id)


def _marks_where(session: Session, *which: ColumnElement[bool]) -> dict[int, Marks]:
    query = select(RationaleMark).join(Submission, Submission.id == RationaleMark.submission_id).where(*which)
    found: dict[int, Marks] = {}
    for mark in session.scalars(query.order_by(RationaleMark.id)):
        found.setdefault(mark.submission_id, Marks()).add(mark)
    return found


def _shown_rationales(session: Session, viewer: Viewer, question: Question) -> list[tuple[int, Reason]]:
    """Submission and reason of what this viewer is shown, newest first."""
    if not may_see(session, viewer, question):
        return []
    # With the publication of its answer: by itself a reason would tell that somebody has just answered.
    told = current_figures(session, question)
    if told is None or not told.figures[ALL]["options"]:
        return []
    written = crowd_answers(session, question, among=_authors(question))
    standing = people_standing(spec_of(question), written, clock.date_number(told.as_of))
    query = (
        select(
            Submission.id,
            Submission.participant_id,
            Submission.action,
            Submission.received_at,
            Rationale.text,
        )
        .outerjoin(Rationale, Rationale.submission_id == Submission.id)
        .where(
            Submission.question_id == question.id,
            # Withdrawals as well, though they say nothing: they end what was said before.
            or_(Submission.action == "withdraw", Rationale.text.is_not(None)),
            Submission.received_at < clock.day_end(told.as_of),
        )
        .order_by(Submission.participant_id, Submission.revision)
    )
    last: dict[int, tuple[int, Reason]] = {}
    for submission, person, action, received, text in session.execute(query):
        # A reason goes with the forecast it was given for; whoever comes back gives another one, or none.
        if action == "withdraw":
            last.pop(person, None)
        if text is not None and person in standing:
            last[person] = submission, Reason(question.key, received.date(), text)
    # Only then: a reason from before does not come back in the place of one that is hidden.
    marks = marks_on(session, question)
    shown = [one for one in last.values() if one[0] not in marks or marks[one[0]].shown]
    # Sorted by the words within a day, so that the order tells nothing about who wrote them.
    return sorted(shown, key=lambda one: (-one[1].day.toordinal(), one[1].text))


def _authors(question: Question) -> Select[int]:
    """Ids of those who ever said why: the forecasts of nobody else are read for their reasons."""
    return (
        select(Submission.participant_id)
        .join(Rationale, Rationale.submission_id == Submission.id)
        .where(Submission.question_id == question.id)
    )


def _written(session: Session, question: Question, submissions: Iterable[int]) -> dict[int, Reason]:
    query = (
        select(Submission.id, Submission.received_at, Rationale.text)
        .join(Rationale, Rationale.submission_id == Submission.id)
        .where(Submission.id.in_(list(submissions)))
        .order_by(Submission.received_at)
    )
    found = session.execute(query)
    return {one: Reason(question.key, received.date(), text) for one, received, text in found}
