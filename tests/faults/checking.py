"""The checks: what was acknowledged against what is stored. Each fault is a sort and a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .history import Act, History, Stored

SORTS = (
    "lost",
    "duplicate",
    "altered",
    "phantom",
    "receipt",
    "order",
    "gap",
    "stale",
    "refused",
    "unforeseen",
)


class Fault(NamedTuple):
    """Something that must not be; `sort` is one of `SORTS`."""

    sort: str
    sentence: str


def find_faults(history: History, stored: Sequence[Stored]) -> list[Fault]:
    """Everything that is wrong with a run: none where the application kept its word."""
    by_key: dict[str, list[Stored]] = defaultdict(list)
    for row in stored:
        by_key[row.key].append(row)
    return [
        *(fault for act in history.acts for fault in _faults_of_act(act, by_key[act.key])),
        *_phantoms(history.acts, stored),
        *_gaps(stored),
        *_wrong_order(history.acts, by_key),
        *_stale(history),
        *(Fault("refused", words) for words in history.refusals),
        *_unforeseen(history),
    ]


def _faults_of_act(act: Act, rows: Sequence[Stored]) -> Iterator[Fault]:
    if act.receipts and not rows:
        yield Fault("lost", f"{act.key} was acknowledged and is not stored")
    if len(rows) > 1:
        yield Fault("duplicate", f"{act.key} is stored {len(rows)} times")
    for row in rows:
        if row.person != act.person or row.values != (act.value,):
            yield Fault("altered", f"{act.key} was {act.value}, is {row.values}")
    said = {receipt.words for receipt in act.receipts}
    revisions = {receipt.revision for receipt in act.receipts}
    if len(said) > 1 or (rows and revisions - {row.revision for row in rows}):
        yield Fault("receipt", f"{act.key} was acknowledged as {sorted(said)}")


def _phantoms(acts: Iterable[Act], stored: Iterable[Stored]) -> Iterator[Fault]:
    sent = {act.key for act in acts if act.sent_at is not None}
    for row in stored:
        if row.key not in sent:
            yield Fault("phantom", f"{row} was never sent")


def _gaps(stored: Iterable[Stored]) -> Iterator[Fault]:
    revisions: dict[str, list[int]] = defaultdict(list)
    for row in stored:
        revisions[row.person].append(row.revision)
    for person, found in revisions.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Fault("gap", f"{person} has the revisions {sorted(found)}")


def _wrong_order(acts: Iterable[Act], by_key: dict[str, list[Stored]]) -> Iterator[Fault]:
    """Whatever was acknowledged before another forecast of the person was sent has the smaller revision."""
    moments: dict[str, list[tuple[float, bool, Act]]] = defaultdict(list)
    for act in acts:
        if by_key[act.key] and act.sent_at is not None:
            moments[act.person].append((act.sent_at, False, act))
            if act.acknowledged_at is not None:
                moments[act.person].append((act.acknowledged_at, True, act))
    for steps in moments.values():
        reached = 0
        for _moment, is_acknowledgement, act in sorted(steps, key=lambda step: step[:2]):
            revisions = [row.revision for row in by_key[act.key]]
            if is_acknowledgement:
                reached = max(reached, *revisions)
            elif min(revisions) < reached:
                yield Fault("order", f"{act.key} is {min(revisions)}, sent after {reached} was acknowledged")


def _stale(history: History) -> Iterator[Fault]:
    """Whoever looks after an acknowledgement sees it, or something newer."""
    for reading in history.readings:
        known = max(
            (
                receipt.revision
                for act in history.acts
                if act.person == reading.person
                and act.acknowledged_at is not None
                and act.acknowledged_at < reading.began_at
                for receipt in act.receipts[:1]
            ),
            default=0,
        )
        if reading.revision < known:
            yield Fault("stale", f"{reading.revision} was shown after {known} was acknowledged")


def _unforeseen(history: History) -> Iterator[Fault]:
    """A server that is there may say "not now" (503), and nothing else that begins with a 5."""
    for sort, count in history.unanswered.items():
        if sort.isdecimal() and sort != "503":
            yield Fault("unforeseen", f"{count} answers had the status {sort}")
