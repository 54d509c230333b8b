"""The only source of time in the application.

`now()` is the database's clock on PostgreSQL, so that many hosts agree, and the server's on SQLite, which
lives on one machine. Tests set it with `at()`; nothing else in the project reads a clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EPOCH = date(1970, 1, 1)
#: Since so long before, everywhere, it is told what has changed.
WEEK = timedelta(days=7)

# Set for the whole process, not only for one thread: a test's served application answers from other threads.
_fixed: list[datetime] = []

#: Where a session keeps what the database's clock said, and what the steady one did then.
_ASKED = "the database's clock"


def now(session: "Session | None" = None) -> datetime:
    """The present moment, aware, in UTC.

    Parameters
    ----------
    session
        Where given and connected to PostgreSQL, the time is the server's, so that a deadline is the same for every
        host. It is asked once in a session and goes on by this machine's steady clock from there: also inside a
        transaction, so that a deadline is compared after a lock was waited for.
    """
    known = without_asking(session)
    if known is not None or session is None:
        return known or datetime.now(UTC)
    answer: datetime = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    hear(session, answer)
    return answer.astimezone(UTC)


def day_over(session: "Session", day: date | None = None) -> date:
    """A UTC day that is over, by default the last: as of its end things are published, counted and frozen.

    Raises
    ------
    ValueError
        Where the day is not over yet.
    """
    last = now(session).date() - timedelta(days=1)
    if day is not None and day > last:
        raise ValueError(f"as_of must be a day that is over, not after {last}, got {day}")
    return day or last


def without_asking(session: "Session | None") -> datetime | None:
    """What `now` says where it need not ask the database; else None."""
    if _fixed:
        return _fixed[-1]
    if session is None or session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    if _ASKED not in session.info:
        return None
    said: tuple[datetime, float] = session.info[_ASKED]
    return said[0] + timedelta(seconds=monotonic() - said[1])


def hear(session: "Session", answer: datetime) -> None:
    """Let `now` go on from what a statement has read of the `server_clock`."""
    session.info[_ASKED] = answer.astimezone(UTC), monotonic()


def ask_anew(session: "Session") -> None:
    """Let the next `now` ask the database: where what is read must not be older than a lock that was waited for."""
    session.info.pop(_ASKED, None)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) for the length of a `with` block."""
    if moment.tzinfo is None:
        raise ValueError(f"moment must carry a time zone, got {moment!r}")
    _fixed.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.pop()


def day_number(moment: datetime) -> int:
    """UTC days since 1970-01-01 of a moment.

    >>> day_number(datetime(2026, 11, 15, 23, 59, tzinfo=UTC))
    20772
    """
    return (moment.astimezone(UTC).date() - EPOCH).days


def date_number(day: date) -> int:
    """UTC days since 1970-01-01 of a date.

    >>> date_number(date(2026, 11, 15))
    20772
    """
    return (day - EPOCH).days


def as_kept(moment: datetime, protected: bool) -> datetime:
    """The moment of something a person did, as it is stored: of a protected survey its UTC day alone.

    >>> as_kept(datetime(2026, 11, 15, 9, 3, 17, tzinfo=UTC), protected=True)
    datetime.datetime(2026, 11, 15, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return day_start(moment.astimezone(UTC).date()) if protected else moment


def day_date(number: int) -> date:
    """The date of a day number.

    >>> day_date(20772)
    datetime.date(2026, 11, 15)
    """
    return EPOCH + timedelta(days=number)


def day_start(day: date) -> datetime:
    """The moment at which a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
