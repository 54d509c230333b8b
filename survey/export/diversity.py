"""l-diversity: how different the last forecasts are of people of whom the same is told.

It is the distinct one of Machanavajjhala et al. (2007, “l-diversity: privacy beyond k-anonymity”): in each class, how
many different last forecasts there are on a question at least. Where there is one alone, whoever knows that somebody
is in the class and answered knows what they said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..clock import day_end
from ..models import Forecast, Submission, Survey
from ..store.engine import connection_of
from ..store.once import once
from .suppression import classes

#: Rows that are read at once.
AT_ONCE = 10_000


@dataclass(frozen=True)
class Diversity:
    """l-diversity of forecasts over pairs of a class and a question: the least, how often it is 1, of how many."""

    least: int
    alike: int
    pairs: int


@dataclass(frozen=True, eq=False)
class LastForecasts:
    """Which people's last forecasts are alike.

    Attributes
    ----------
    rows
        The row of each person who has one, by id.
    alike : shape (people, questions)
        Equal numbers for equal forecasts on a question, from 1 on; 0 where none stands.
    """

    rows: Mapping[int, int]
    alike: NDArray[np.int32]

    def different(self, people: Sequence[int]) -> NDArray[np.int64]:
        """How many different ones there are on each question; 0 where none of these people has any."""
        said = np.sort(self.alike[[self.rows[one] for one in people if one in self.rows]], axis=0)
        # In order, each step up is one more; a column that begins above 0 has its first one without a step.
        first, others = (said[:1] > 0), (said[1:] > said[:-1])
        return np.asarray(np.concatenate((first, others)).sum(axis=0), dtype=np.int64)

    def are_diverse(self, least: int) -> Callable[[Sequence[int]], bool]:
        """Whether some people's are l-diverse: so many on each question that one of them answered.

        Where everybody's are fewer, as many as there are: no class can tell less than the whole does.
        """
        return partial(self._are_diverse, np.minimum(least, self.different([*self.rows])))

    def _are_diverse(self, least: NDArray[np.int64], people: Sequence[int]) -> bool:
        found = self.different(people)
        return bool(((found == 0) | (found >= least)).all())


def diversity(forecasts: LastForecasts, rows: Mapping[int, Sequence[object]]) -> Diversity:
    """l-diversity of the forecasts over the classes of people of whom the same is told.

    >>> said = LastForecasts({1: 0, 2: 1, 3: 2}, np.array([[1], [2], [1]], dtype=np.int32))
    >>> diversity(said, {1: ["f"], 2: ["f"], 3: ["m"]})
    Diversity(least=1, alike=1, pairs=2)
    """
    found = [count for alike in classes(rows) for count in forecasts.different(alike).tolist() if count]
    return Diversity(min(found, default=0), found.count(1), len(found))


@once
def last_forecasts(session: Session, survey: Survey, as_of: date) -> LastForecasts:
    """The forecasts that stood at the end of a day, a withdrawal being none."""
    rows, columns = dict[int, int](), list[dict[int, int]]()
    for answers in _by_question(session, survey, as_of):
        numbers: dict[Any, int] = {}
        column = {person: numbers.setdefault(said, len(numbers) + 1) for person, said in answers}
        columns.append({rows.setdefault(person, len(rows)): number for person, number in column.items()})
    alike = np.zeros((len(rows), len(columns)), dtype=np.int32)
    for place, own in enumerate(columns):
        alike[[*own], place] = [*own.values()]
    return LastForecasts(rows, alike)


def _by_question(
    session: Session, survey: Survey, as_of: date
) -> Iterator[Iterator[tuple[int, tuple[Any, ...]]]]:
    """For each question the last numbers of each person, in one statement for all."""
    last = (
        select(
            Submission.participant_id, Submission.question_id, func.max(Submission.revision).label("revision")
        )
        .where(
            Submission.survey_id == survey.id,
            Submission.received_at < day_end(as_of),
        )
        .group_by(Submission.participant_id, Submission.question_id)
        .subquery()
    )
    query = (
        select(
            Submission.question_id,
            Submission.participant_id,
            Forecast.option_id,
            Forecast.part,
            Forecast.value,
        )
        .join(
            last,
            (last.c.participant_id == Submission.participant_id)
            & (last.c.question_id == Submission.question_id)
            & (last.c.revision == Submission.revision),
        )
        # Whoever withdrew last has no numbers there, and drops out.
        .join(Forecast, Forecast.submission_id == Submission.id)
        .order_by(Submission.question_id, Submission.participant_id, Forecast.option_id, Forecast.part)
    )
    rows = connection_of(session).execute(query).yield_per(AT_ONCE)
    for _question, of_question in groupby(rows, itemgetter(0)):
        yield (
            (person, tuple(tuple(row[2:]) for row in numbers))
            for person, numbers in groupby(of_question, itemgetter(1))
        )
