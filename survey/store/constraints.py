"""Constraint violations: the name of the one that failed, and those that a faster twin explains."""

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from ..models import Base

#: Unique constraint: who looks first and then writes, with no lock that would keep a twin out. Tried again, the
#: service finds what the twin has stored. What else is unique stands behind a lock or is drawn at random.
RACES = {
    "uq_submission_participant_id_idempotency_key": "one key, sent at once to two questions",
    "uq_submission_participant_id_question_id_revision": "two acts on one question, should a lock be lost",
    "uq_participant_survey_id_join_key": "the form of taking part, sent twice",
    "uq_participant_code_hash": "the same form: its code comes with it, and may be looked at first",
    "pk_consent": "agreeing in two tabs",
    "uq_publication_question_id_as_of": "two workers that publish one day",
    "uq_publication_question_id_number": "the same two: either may be looked at first",
    "uq_incoherence_figures_survey_id_as_of": "the same two, on a day on which nothing else is due",
    "uq_membership_user_id_survey_id": "one user let in by two owners",
    "uq_user_email": "one address made an account twice",
    "uq_survey_slug": "one bank loaded twice at once",
    "uq_survey_draft_slug": "two surveys begun at one address",
    "uq_survey_draft_begun_key": "one survey begun by two calls with one key",
    "uq_survey_draft_survey_id": "one survey taken up for writing by two",
    "pk_proposal_decision": "two who decide on one proposed outcome",
    "pk_draft_member": "one writer let in twice",
    "pk_ended_session": "one browser that signs out in two tabs",
}


def is_race(error: IntegrityError) -> bool:
    """Whether a twin that was faster explains the violation."""
    return violated(error) in RACES


def violated(error: IntegrityError) -> str:
    """The name of the constraint that failed, or what the database says in place of one; never a value."""
    # PostgreSQL's whole words hold the row that was refused, and with it what somebody said.
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name or diagnosis.column_name or diagnosis.message_primary)
    kind, _, told = str(error.orig).partition(" constraint failed: ")
    return (_name_of(told) if kind == "UNIQUE" else told) or str(error.orig)


def _name_of(told: str) -> str:
    """SQLite tells the columns, `skip.participant_id, skip.question_id`: the name is in the tables."""
    columns = [column.rpartition(".")[2] for column in told.split(", ")]
    for constraint in Base.metadata.tables[told.partition(".")[0]].constraints:
        if (
            isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
            and constraint.columns.keys() == columns
        ):
            return str(constraint.name)
    return told
