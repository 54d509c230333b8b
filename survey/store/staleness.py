"""Staleness: from which age on a forecast that stood untouched is asked whether it is still so."""

from datetime import datetime, timedelta

from .. import clock
from ..i18n.locale import gettext as _
from ..models import STALE_DAYS

#: In whole UTC days: eight weeks, for whoever has chosen no other of `STALE_DAYS`.
STALE = max(STALE_DAYS)


def age_in_days(moment: datetime, last: datetime) -> int:
    """Whole UTC days from the day of the last act to that of a moment.

    >>> from datetime import UTC
    >>> age_in_days(datetime(2026, 11, 29, 0, tzinfo=UTC), datetime(2026, 11, 27, 23, tzinfo=UTC))
    2
    """
    return (moment.date() - last.date()).days


def stale_before(moment: datetime, days: int = STALE) -> datetime:
    """What was last touched before this is at least so many days old, as `age_in_days` counts them.

    >>> from datetime import UTC
    >>> stale_before(datetime(2026, 11, 29, 12, tzinfo=UTC), 2)
    datetime.datetime(2026, 11, 28, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return clock.day_start(moment.date() - timedelta(days=days - 1))


def age_words(days: int) -> str:
    """One of `STALE_DAYS` in words, as it stands in a sentence."""
    return {14: _("two weeks"), 28: _("four weeks"), 56: _("eight weeks")}[days]
