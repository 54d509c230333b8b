"""How far what was published of a question reaches once it takes no answers any more.

A publication is made anew only once enough people have changed, also at the close: one that is made of the last two
would tell what these two said. So the last one may end before the close. Nothing here counts who came after it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.publications import earliest_day
from ..aggregation.rounded_aggregates import Shown
from ..models import Question
from ..store.lifecycle import ends_at, is_over


class Reach(StrEnum):
    """How far the figures of a question reach; none of these depends on what others said."""

    #: It takes answers, or will.
    OPEN = "open"
    #: Every answer is in them.
    CLOSE = "close"
    #: Another publication may follow, which may reach the close.
    AWAITED = "awaited"
    #: What was answered after them is held back, if anything was.
    HELD_BACK = "held back"


@dataclass(frozen=True)
class Closing:
    """How far figures reach; `last_day` is the UTC day after whose end nothing is published any more."""

    reach: Reach
    last_day: date


def closing(session: Session, question: Question, shown: Shown | None) -> Closing:
    """How far what is shown of a question reaches; None of one that is published nowhere."""
    # A close at midnight ends the day before it: nothing comes on the day that begins.
    last_day = (ends_at(session, question) - timedelta(microseconds=1)).date()
    if not is_over(session, question):
        return Closing(Reach.OPEN, last_day)
    if shown is not None and (shown.live or shown.as_of >= last_day):
        return Closing(Reach.CLOSE, last_day)
    if shown is not None:
        # Rounded people serve: from 50 on they are exact, and who are few is decided at 100.
        last_day = max(last_day, earliest_day(question.survey, shown.as_of, shown.people))
    awaited = clock.now(session).date() <= last_day
    return Closing(Reach.AWAITED if awaited else Reach.HELD_BACK, last_day)
