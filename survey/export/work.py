"""How much there is to write for a bundle, in rows: who waits is told a share of the work, and not of the files."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import Forecast, Participant, Publication, Snapshot, Submission

#: A file takes as long as so many rows at least; a publication has about so many numbers.
LEAST, OF_PUBLICATION = 100, 100
#: The long table's rows in another format, beside what they take in their own.
IN_FORMAT = {"parquet": 0.2, "jsonl": 0.4}
#: What the tables and formats are of the whole; layouts, descriptions and signatures are the rest.
WRITTEN = 0.95


def rows_expected(session: Session, snapshot: Snapshot) -> dict[str, int]:
    """About how many rows a table will have, by name, of those that grow with people or days."""
    before = clock.day_end(snapshot.as_of)
    acts = _count(
        session,
        select(func.count())
        .select_from(Submission)
        .where(Submission.survey_id == snapshot.survey_id, Submission.received_at < before),
    )
    numbers = _count(
        session,
        select(func.count())
        .select_from(Forecast)
        .join(Submission, Submission.id == Forecast.submission_id)
        .where(Submission.survey_id == snapshot.survey_id, Submission.received_at < before),
    )
    people = _count(
        session, select(func.count()).select_from(Participant).filter_by(survey_id=snapshot.survey_id)
    )
    told = _count(
        session, select(func.count()).select_from(Publication).filter_by(survey_id=snapshot.survey_id)
    )
    return {
        "forecasts_long": numbers,
        **dict.fromkeys(("submissions", "paradata", "rationales"), acts),
        **dict.fromkeys(("participants", "coherence", "memberships"), people),
        "aggregates": OF_PUBLICATION * told,
    }


def _count(session: Session, query: Any) -> int:
    return int(session.scalar(query) or 0)


class Work:
    """The work of a bundle: parts of so many rows, done one after the other.

    Examples
    --------
    >>> work = Work({"questions": 100, "forecasts_long": 300})
    >>> [round(share, 3) for share in (work.share("questions", 50), work.share("forecasts_long", 0))]
    [0.119, 0.237]
    >>> work.share("forecasts_long", 900) == WRITTEN
    True
    """

    def __init__(self, rows: Mapping[str, float]) -> None:
        self._rows = {name: max(rows[name], LEAST) for name in rows}
        self._whole = sum(self._rows.values())
        self._before: dict[str, float] = {}
        done = 0.0
        for name, count in self._rows.items():
            self._before[name] = done
            done += count

    def share(self, name: str, rows: float) -> float:
        """The share of the whole that is done when so many rows of a part are, of more than expected no more."""
        return WRITTEN * min((self._before[name] + min(rows, self._rows[name])) / self._whole, 1.0)
