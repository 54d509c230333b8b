"""Moments that somebody types into a form of those who write or run a survey."""

from datetime import UTC, datetime

from ...i18n.normalization import trimmed


def typed_moment(text: str) -> datetime | None:
    """The moment of ISO 8601 in UTC, which it is in where it names no zone; None for what is none.

    >>> typed_moment("2027-03-01 14:30 UTC"), typed_moment("2027-03-01").isoformat(), typed_moment("soon")
    (datetime.datetime(2027, 3, 1, 14, 30, tzinfo=datetime.timezone.utc), '2027-03-01T00:00:00+00:00', None)
    """
    try:
        read = datetime.fromisoformat(trimmed(trimmed(text).removesuffix(" UTC")))
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    # An offset may lead out of the years there are, at both ends.
    except (ValueError, OverflowError):
        return None
