"""What writers did and were told, and what the database holds in the end."""

import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import create_engine, text

from .door import Person, Receipt


@dataclass
class Act:
    """One forecast somebody wants stored, under one key, however often it is sent.

    Times are seconds of the monotonic clock: when it was first sent, and when it was first acknowledged.
    """

    person: str
    key: str
    value: float
    sent_at: float | None = None
    acknowledged_at: float | None = None
    receipts: list[Receipt] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """The last revision of a person that somebody saw who began to look at a moment."""

    person: str
    began_at: float
    revision: int


@dataclass(frozen=True)
class Stored:
    """One submission of the database: the key it was sent with says its rationale."""

    person: str
    key: str
    revision: int
    values: tuple[float | None, ...]


@dataclass
class History:
    """Everything that happened on this side of the connection; many writers write to it."""

    acts: list[Act] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    #: Words of every refusal; none is right.
    refusals: list[str] = field(default_factory=list)
    #: What came instead of an acknowledgement: "503", "ConnectionRefusedError" …, how often.
    unanswered: Counter[str] = field(default_factory=Counter)
    _done: dict[str, list[Act]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    #: When the last acknowledged request was sent.
    _last_sent: float = 0.0

    def new_act(self, person: Person) -> Act:
        """Somebody has made up their mind anew."""
        act = Act(person.join_key, uuid.uuid4().hex, random.randint(100, 9900) / 10_000)
        with self._changed:
            self.acts.append(act)
        return act

    def earlier_act(self, person: Person) -> Act | None:
        """One of a person's acknowledged acts; None where there is none."""
        done = self._done.get(person.join_key)
        return random.choice(done) if done else None

    def acknowledge(self, act: Act, receipt: Receipt, sent_at: float, now: float) -> None:
        """Note an acknowledgement, and when its request was sent."""
        with self._changed:
            if not act.receipts:
                self._done.setdefault(act.person, []).append(act)
            act.receipts.append(receipt)
            act.acknowledged_at = min(now, act.acknowledged_at or now)
            self._last_sent = max(self._last_sent, sent_at)
            self._changed.notify_all()

    def count(self, sort: str) -> None:
        """Note that no acknowledgement came, and what came instead."""
        with self._changed:
            self.unanswered[sort] += 1

    def wait_for_request_after(self, moment: float, seconds: float) -> bool:
        """Wait until a request that was sent after `moment` is acknowledged; whether one was in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._last_sent > moment, seconds)

    def wait_for_acts(self, count: int, seconds: float) -> bool:
        """Wait until so many acts are acknowledged; whether they were in time."""
        with self._changed:
            return self._changed.wait_for(lambda: sum(map(len, self._done.values())) >= count, seconds)

    @property
    def acknowledged(self) -> list[Act]:
        """The acts that were acknowledged."""
        return [act for act in self.acts if act.receipts]


ROWS = """
    SELECT submission.id, join_key, revision, rationale.text, value
    FROM submission JOIN participant ON participant.id = participant_id
    LEFT JOIN rationale ON rationale.submission_id = submission.id
    LEFT JOIN forecast ON forecast.submission_id = submission.id
    ORDER BY submission.id
"""


def stored_submissions(url: str) -> list[Stored]:
    """Everything the database holds, read by nothing of the application's but its tables."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text(ROWS)).all()
    engine.dispose()
    values: dict[int, list[float | None]] = {}
    for row in rows:
        values.setdefault(row.id, []).append(row.value)
    once = {row.id: row for row in rows}
    return [
        Stored(row.join_key, row.text or "", row.revision, tuple(values[number]))
        for number, row in once.items()
    ]
