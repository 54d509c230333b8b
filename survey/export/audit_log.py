"""The audit log as files: CSV, and JSON lines from which every hash of the chain can be computed again."""

import json
from collections.abc import Iterable, Iterator

from ..models import EventLog
from .cells import csv_lines

#: In the order of `services.audit_log.entry_hash`; `by` is the address of the account `user`, no part of a hash.
COLUMNS = ("position", "at", "user", "by", "act", "detail", "previous_hash", "hash")
#: Formats, and what each is served as.
FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl"}


def written(entries: Iterable[tuple[EventLog, str | None]], format_: str) -> Iterator[str]:
    """Entries, each with its account's address, as lines of one of `FORMATS`."""
    if format_ == "csv":
        return csv_lines(COLUMNS, ([*_row(entry, by)] for entry, by in entries))
    return (_json_line(entry, by) for entry, by in entries)


def _json_line(entry: EventLog, by: str | None) -> str:
    # As an object, where CSV has its text: programs read it as it was hashed, keys in whatever order.
    facts = {**dict(zip(COLUMNS, _row(entry, by), strict=True)), "detail": entry.detail}
    return f"{json.dumps(facts, ensure_ascii=False)}\n"


def _row(entry: EventLog, by: str | None) -> tuple[int | str | None, ...]:
    detail = json.dumps(entry.detail, sort_keys=True, ensure_ascii=False)
    return (
        entry.position,
        entry.at.isoformat(),
        entry.user_id,
        by,
        entry.act,
        detail,
        entry.previous_hash,
        entry.hash,
    )
