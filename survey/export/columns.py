"""Columns that many tables of a snapshot share, each with its one meaning."""

from datetime import date

from sqlalchemy import ColumnElement, Date, case, func

from ..models import KIND_NAMES, Participant, Snapshot
from .cells import Value
from .declaration import Column, Reference
from .suppression import SUPPRESSED

#: What a kind of question is called in a codebook.
KIND_LABELS = dict(
    zip(
        KIND_NAMES,
        (
            "Yes or no",
            "One of several answers",
            "One of several answers in an order",
            "By when: a chance for each of several dates",
            "A number, by quantiles",
            "A date, by quantiles",
            "A chance on each side of a condition",
        ),
        strict=True,
    )
)

ACTION_LABELS = {
    "new": "First forecast, or the first after a withdrawal",
    "update": "Changed forecast",
    "affirm": "The same forecast, given again",
    "withdraw": "Withdrawal",
}
FORMAT_LABELS = {
    "percent": "Percent",
    "odds": "Odds",
    "one_in_n": "One in so many",
    "fraction": "A fraction between 0 and 1",
    "number": "A number",
    "date": "A date",
}

STUDY = Column("study_id", "string", "The survey's address on its site, the same in every row", required=True)
SNAPSHOT = Column("snapshot_id", "integer", "The number of the snapshot in the survey", required=True)
QUESTION = Column("question_id", "string", "The question's key, the same in every table", required=True)
PARTICIPANT = Column(
    "participant_id",
    "string",
    "Pseudonym of the person, of this snapshot alone",
    about_person=True,
    required=True,
)
SUBMISSION = Column(
    "submission_id",
    "string",
    "Pseudonym of the act; all numbers of one act share it",
    about_person=True,
    required=True,
)

IS_INSIDER = Column(
    "is_insider", "boolean", "Whether the person works on the survey", about_person=True, required=True
)
INSIDER_SINCE = Column(
    "insider_since",
    "date",
    "The UTC day from which on they are in no figure, as they work on the survey; those of days before hold them",
    about_person=True,
)

OPTION = Column("option_id", "string", "The option's key in its question", required=True)

#: An answer about oneself is there.
SAID = "said"
STATUS = Column(
    "status",
    "string",
    "Whether the answer is here; no row at all: nothing was said",
    values={SAID: "As it was given", SUPPRESSED: "Withheld, whether one was given or not: too few are alike"},
    required=True,
)

OF_PARTICIPANT = Reference(("participant_id",), "participants", ("participant_id",))
OF_SUBMISSION = Reference(("submission_id",), "submissions", ("submission_id",))
OF_QUESTION = Reference(("question_id",), "questions", ("question_id",))


def insider_since(snapshot: Snapshot) -> ColumnElement[date | None]:
    """What `INSIDER_SINCE` says of a participant, as it stood when a snapshot was made."""
    day = func.date(Participant.insider_since, type_=Date)
    return case((Participant.insider_since <= snapshot.created_at, day))


def study_of(snapshot: Snapshot) -> tuple[Value, Value]:
    """What every row of a snapshot begins with: `STUDY` and `SNAPSHOT`."""
    return snapshot.survey.slug, snapshot.number
