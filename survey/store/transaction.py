"""The write unit: acknowledged means stored, once.

A page or command calls one service inside `transaction()`. On SQLite writers queue in front of `BEGIN
IMMEDIATE`, behind a thread lock and a file lock that the kernel frees at a kill: waiting there wakes at once,
while SQLite's own busy handler sleeps and polls. On PostgreSQL the isolation is READ COMMITTED, and the
service takes the locks it needs (`lock_person_and_question`). Whatever fails in passing is tried again as a
whole; a violated constraint only where a faster twin explains it (`constraints.RACES`).
"""

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from .. import clock, models
from ..errors import AnswersGone, PilotGone, StoreUnavailable
from ..i18n.locale import gettext
from .constraints import is_race, violated
from .engine import connection_of, db, writer_queues, writing
from .once import forget

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ATTEMPTS = 6


#: PostgreSQL's word for a server that takes no writes, such as one that has just become the second of two.
READ_ONLY = "25006"
#: Serialization failure, deadlock, lock not available, read-only.
PASSING_STATES = {"40001", "40P01", "55P03", READ_ONLY}
#: Server shutting down or starting; connection lost.
PASSING_CLASSES = ("57P0", "08")


def transaction(work: Callable[[Session], Result], *, keep: bool = False) -> Result:
    """Run one action, commit, and return its result; retry the whole where the fault may pass.

    The result is returned only after COMMIT has. An action must therefore be free of effects outside the
    database.

    Parameters
    ----------
    keep
        Whether the action may use what the request has loaded before, instead of reading all of it again. Only
        for actions that read under their own lock whatever others may have changed since
        (`lock_person_and_question`). After a fault everything is read again.

    Raises
    ------
    IntegrityError
        Where a constraint was violated that no race explains; its name is logged.
    StoreUnavailable
        After several attempts; nothing was stored, or the commit's outcome is unknown and a repeat with the
        same idempotency key is safe.
    """
    session = db.session
    if not keep:
        session.rollback()
    for attempt in range(ATTEMPTS):
        try:
            with _turn_to_write(session):
                forget(session)
                # Waiting for the turn may have taken seconds, in which a question has closed.
                clock.ask_anew(session)
                result = work(session)
                session.commit()
            return result
        except DBAPIError as error:
            session.rollback()
            if not _may_pass(error):
                _say_why(error)
                raise
            cause = error
            if attempt + 1 < ATTEMPTS:
                _wait(attempt)
        except BaseException:
            session.rollback()
            raise
    _say_why(cause)
    raise StoreUnavailable()


def _say_why(error: DBAPIError) -> None:
    """Tell the log what the store refused a write for.

    Of the driver's words those about the store itself alone: others can hold what somebody said.
    """
    if isinstance(error, IntegrityError):
        log.error("constraint violated: %s", violated(error))
    elif isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", None) == READ_ONLY:
        log.error("the store refused a write, nothing of it was stored: %s", error.orig)


@contextlib.contextmanager
def _turn_to_write(session: Session) -> Iterator[None]:
    queue = writer_queues.get(str(session.get_bind().engine.url.database))
    # First a connection, then the turn, for everybody: whoever had the turn and found each connection with one who
    # waits for it would wait in vain. What began as reading cannot turn to writing on SQLite: it ends here.
    begun = session.connection() if queue else None
    token = writing.set(True)
    try:
        if begun:
            begun.exec_driver_sql("COMMIT")
        with queue.turn() if queue else contextlib.nullcontext():
            if begun:
                begun.exec_driver_sql("BEGIN IMMEDIATE")
            yield
    finally:
        writing.reset(token)


def _may_pass(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return is_race(error)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in PASSING_STATES or state.startswith(PASSING_CLASSES)
    # Where there is no code, of SQLite and of a server that cannot be reached, there are words alone.
    return error.connection_invalidated or "locked" in str(error.orig) or "connection" in str(error.orig)


def _wait(attempt: int) -> None:
    # By chance, so that those who met do not meet again; in all six tenths of a second at most.
    time.sleep(random.uniform(0, 0.02 * 2**attempt))


#: The lock of an act, on PostgreSQL: put together once, taken with every forecast.
_hold = (
    select(
        func.pg_advisory_xact_lock(bindparam("person", type_=Integer), bindparam("question", type_=Integer))
    )
    .select_from(models.Question.__table__)
    .join(models.Survey.__table__, models.Question.survey_id == models.Survey.id)
    .join(models.Participant.__table__, models.Participant.survey_id == models.Survey.id)
    .where(models.Question.id == bindparam("question"), models.Participant.id == bindparam("person"))
    # In one statement, as each way to the server and back is a part of every answer. Shared: without it 226 of 660
    # answers were committed after a close that they had raced with; with it none.
    .with_for_update(read=True)
)


def lock_person_and_question(
    session: Session, participant: models.Participant, question: models.Question
) -> None:
    """Let one writer at a time answer for this person and question, and none pass a close or an erasure.

    On SQLite the write unit holds the only write lock already. On PostgreSQL an advisory lock makes revisions
    dense, and the rows are held `FOR SHARE` against whoever closes the question or the survey, or erases the
    person. What was read before the lock may have changed while it was waited for: read it in a statement after
    this one, which alone sees what others have committed meanwhile.
    """
    if session.get_bind().dialect.name == "postgresql":
        connection_of(session).execute(_hold, {"person": participant.id, "question": question.id})
    clock.ask_anew(session)


def lock_person(session: Session, participant: models.Participant) -> None:
    """Let a person do one thing at a time, and nothing beside their erasure; the person is read anew.

    Raises
    ------
    AnswersGone
        Where they have erased everything; `PilotGone` where the pilot they answered in has gone with them.
    """
    query = select(models.Participant).filter_by(id=participant.id).with_for_update()
    if session.scalar(query.execution_options(populate_existing=True)) is None:
        raise PilotGone()
    refuse_erased(participant)


def refuse_erased(participant: models.Participant) -> None:
    """Refuse to store anything of somebody who has erased everything, as was read under their lock.

    Raises
    ------
    AnswersGone
    """
    if participant.erased_on is not None:
        raise AnswersGone(gettext("Everything you gave was erased; this was not stored."))


def lock_survey(session: Session, survey: models.Survey) -> None:
    """Let the log, names, numbers and roles of one survey be written by one writer after the other.

    On PostgreSQL the survey's row is held until the write unit ends; on SQLite that has the only write lock already.
    Read in a statement after this one what others may have changed meanwhile.
    """
    session.execute(select(models.Survey.id).where(models.Survey.id == survey.id).with_for_update())


def lock_loading(session: Session, survey: models.Survey) -> None:
    """Let one bank at a time be loaded into a survey; the survey is read anew.

    Hosts that begin with the same new bank would give a question's next version its number twice. Held by no row, on
    which people's answers would wait for as long as loading takes; on SQLite the write unit has the only write lock
    already.
    """
    if session.get_bind().dialect.name == "postgresql":
        # A lock of one number is never one of two (`_hold`): PostgreSQL keeps them apart.
        session.execute(select(func.pg_advisory_xact_lock(survey.id)))
        session.refresh(survey)
