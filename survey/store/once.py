"""The session's read cache: what a request has asked the store once is not asked again until something is written.

A page asks the same of every question: what this person answered, which questions are linked, what was published.
Whatever the session writes, and the end of its transaction, forgets all of it; so does each write unit, whose
service reads under its own lock what others may have changed since.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.event import listens_for
from sqlalchemy.orm import ORMExecuteState, Session

About = ParamSpec("About")
Found = TypeVar("Found")

_NAME = "what was asked once"


def once(
    read: Callable[Concatenate[Session, About], Found],
) -> Callable[Concatenate[Session, About], Found]:
    """Let a reader's answer be kept; who calls it must not change what it returns."""

    @wraps(read)
    def kept(session: Session, /, *about: About.args, **more: About.kwargs) -> Found:
        known = recall(session, read)
        asked = (about, tuple(more.items()))
        if asked not in known:
            known[asked] = read(session, *about, **more)
        found: Found = known[asked]
        return found

    return kept


def known_already(session: Session, reader: Any, *about: Hashable) -> Any:
    """What a reader of this session, kept by `once`, has told of the same before; None where it was not asked."""
    return recall(session, reader.__wrapped__).get((about, ()))


def recall(session: Session, reader: Hashable) -> dict[Any, Any]:
    """What this reader has read so far, for it to add to; what waits to be written is written first."""
    session.flush()
    known: dict[Any, Any] = session.info.setdefault(_NAME, {}).setdefault(reader, {})
    return known


def forget(session: Session, *_event: object) -> None:
    """Ask everything anew."""
    session.info.pop(_NAME, None)


listens_for(Session, "after_flush")(forget)
listens_for(Session, "after_transaction_end")(forget)


# An UPDATE or DELETE that is sent as a statement flushes nothing: `after_flush` does not hear of it.
@listens_for(Session, "do_orm_execute")
def _forget_at_writing(state: ORMExecuteState) -> None:
    if not state.is_select:
        forget(state.session)
