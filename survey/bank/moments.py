"""Moments and time zones as people write them: never shifted in silence.

A local time that a change of clocks skips does not exist, one that it repeats is two moments: both are asked back,
with the moments in UTC that may be meant.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, trimmed
from .tables import YEARS

LONGEST = 80
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WITH_ZONE = re.compile(r"(?P<local>\S+(?: \d\S*)?) +(?P<zone>[A-Za-z][\w+-]*(?:/[\w+-]+)*)")


def moment_of(text: str) -> datetime:
    """The moment, in UTC, of ISO 8601 with a `Z`, an offset or a zone's name; of a day alone, its beginning in UTC.

    Raises
    ------
    Unreadable
        Where it is none, says no zone, or is a local time that does not exist or exists twice.

    >>> moment_of("2027-06-30T12:00 Europe/Kyiv").isoformat()
    '2027-06-30T09:00:00+00:00'
    >>> moment_of("2027-12-31").isoformat()
    '2027-12-31T00:00:00+00:00'
    """
    text = trimmed(text)[:LONGEST]
    if _DAY.fullmatch(text):
        text += "T00:00Z"
    named = _WITH_ZONE.fullmatch(text)
    moment = _parsed(named["local"] if named else text)
    # Before it is moved between zones: near the ends of the calendar that leads out of it.
    if moment.year not in YEARS:
        raise Unreadable(
            _(
                "%(text)s is not between the years %(first)s and %(last)s.",
                text=text,
                first=YEARS[0],
                last=YEARS[-1],
            )
        )
    if named and moment.tzinfo is None:
        moment = _in_zone(moment, named["zone"])
    if moment.tzinfo is None:
        raise Unreadable(
            _(
                "%(text)s says no time zone: write %(example)s for UTC, or its zone behind it, such as Europe/Kyiv.",
                text=text,
                example=f"{text}Z",
            )
        )
    return moment.astimezone(UTC)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            _(
                "There is no such moment as “%(text)s”; write it as 2027-12-31T00:00Z, or a day as "
                "2027-12-31.",
                text=text,
            )
        ) from None


def _in_zone(local: datetime, name: str) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Unreadable(_("There is no time zone “%(name)s”.", name=name)) from None
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first > second:
        # A gap: the two readings go past each other, and neither comes back as it was written.
        sentence = _(
            "%(local)s does not exist in %(zone)s: clocks go forward then. Write %(one)s or %(two)s."
        )
    else:
        sentence = _("%(local)s happens twice in %(zone)s: clocks go back then. Write %(one)s or %(two)s.")
    one, two = sorted((first, second))
    raise Unreadable(
        sentence % {"local": local.isoformat(" "), "zone": name, "one": utc(one), "two": utc(two)}
    )


def utc(moment: datetime) -> str:
    """A moment in UTC as a document has it.

    >>> utc(moment_of("2027-03-28T02:30:00.123456789Z"))
    '2027-03-28T02:30:00.123456Z'
    """
    return moment.isoformat().replace("+00:00", "Z")


def last_day_before(moment: datetime) -> date:
    """The last UTC day of which any part is before a moment."""
    return (moment - timedelta(microseconds=1)).date()
