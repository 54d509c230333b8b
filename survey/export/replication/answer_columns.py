"""Columns of `forecasts_long.csv` to the arrays that figures and scores are computed from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...aggregation.specification import Floats, ForecastArrays, QuestionSpec

#: What is read of each row; all else is there for people.
COLUMNS = (
    "participant_id",
    "seq",
    "action",
    "question_version",
    "round_id",
    "option_id",
    "part",
    "value",
    "crowd_value",
    "crowd_seen",
    "is_simulated",
    "is_insider",
    "insider_since",
    "submitted_date",
    "counts_from",
)
#: What bundles of before do not have: whoever is an insider there is in no figure.
ADDED = ("insider_since",)
#: A question's rows by column, as text; numbers and days may be numbers already.
Columns = Mapping[str, Sequence[Any] | NDArray[Any]]


@dataclass(frozen=True)
class Answers:
    """What was said to one question.

    Attributes
    ----------
    crowd
        Answers that may enter the published crowd of any day, moved where people can be made up.
    anchored
        Answers of those who had seen it before their first one, as they enter figures beside it.
    scored
        Every answer of the people who are scored, as it was given.
    inside_from
        By id of each of everybody the day from which on they are in no figure, in days since 1970-01-01.
    """

    crowd: ForecastArrays
    anchored: ForecastArrays
    scored: ForecastArrays
    inside_from: NDArray[np.int64]

    def as_of(self, day: int, among: ForecastArrays) -> ForecastArrays:
        """What counted of the crowd's answers, or of others, at the end of a UTC day."""
        return among.where((among.day <= day) & (self.inside_from[among.participant] > day))

    def eligible(self, day: int) -> NDArray[np.int64]:
        """Ids of the people with whom others are compared as of a day."""
        people = np.unique(self.crowd.participant)
        return people[self.inside_from[people] > day]


def columns_in(header: Collection[str]) -> tuple[str, ...]:
    """What is read of a file with such a header: all of `COLUMNS`, and of those that were added what is there."""
    return tuple(name for name in COLUMNS if name in header or name not in ADDED)


def answers_of(
    question: QuestionSpec, columns: Columns, people: NDArray[np.str_], *, simulated: bool = False
) -> Answers:
    """The answers to a question, from its rows in any order.

    Parameters
    ----------
    columns
        At least those of `COLUMNS` but `ADDED`.
    people
        Pseudonyms of everybody, rising: the id of each in the arrays is its place here.
    simulated
        Whether the survey is a demonstration, in which invented people count, and they alone.

    Raises
    ------
    ValueError
        Where somebody is not among `people`, or a cell cannot be read.
    """
    person = _ids(np.asarray(columns["participant_id"], dtype=str), people)
    seq = _integers(columns["seq"])
    # By person, then by number: `lexsort` sorts by its last key first.
    order = np.lexsort((seq, person))
    person, seq = person[order], seq[order]
    # One act is one row of the arrays, however many numbers it gave.
    begins = np.ones(order.size, dtype=bool)
    begins[1:] = (person[1:] != person[:-1]) | (seq[1:] != seq[:-1])
    act, first = np.cumsum(begins) - 1, order[begins]
    place = _places(question, columns, order)

    def numbers(column: str) -> Floats:
        values = np.full((first.size, len(question.columns)), np.nan)
        given = place >= 0
        values[act[given], place[given]] = _floats(columns[column])[order][given]
        return values

    def marked(column: str, word: str = "true") -> NDArray[np.bool_]:
        return np.asarray(_texts(columns[column])[first] == word, dtype=bool)

    received = ForecastArrays(
        columns=question.columns,
        participant=person[begins].astype(np.int64),
        day=_days(columns["submitted_date"])[first],
        active=~marked("action", "withdraw"),
        version=_integers(columns["question_version"])[first],
        round=_integers(columns["round_id"])[first],
        values=numbers("value"),
        open_until=np.array([question.open_until[key] for key, _part in question.columns], dtype=np.float64),
    )
    counted_from = _days(columns["counts_from"])[first]
    counts = marked("is_simulated") == simulated
    may = counts & (counted_from != _NEVER)
    since = _days(columns["insider_since"])[first] if "insider_since" in columns else _NEVER
    inside = marked("is_insider")
    inside_from = np.full(people.size, _ALWAYS)
    inside_from[received.participant[inside]] = np.broadcast_to(since, inside.shape)[inside]
    anchored = np.unique(received.participant[(seq[begins] == 1) & marked("crowd_seen")])
    had_seen = np.isin(received.participant, anchored)
    entering = ForecastArrays(**{**vars(received), "day": counted_from, "values": numbers("crowd_value")})
    return Answers(
        entering.where(may & ~had_seen),
        entering.where(may & had_seen),
        received.where(counts),
        inside_from,
    )


def _ids(names: NDArray[np.str_], people: NDArray[np.str_]) -> NDArray[np.int64]:
    """Places of names among those of everybody."""
    places = np.searchsorted(people, names)
    unknown = np.flatnonzero(people[np.minimum(places, people.size - 1)] != names) if people.size else names
    if unknown.size:
        raise ValueError(
            f"{names[unknown[0]]} is nobody in memberships.csv" if people.size else "nobody is there"
        )
    return places.astype(np.int64)


#: The day of what never counts, and that from which on nobody is an insider.
_NEVER, _ALWAYS = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def _places(question: QuestionSpec, columns: Columns, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The column of the arrays to which each row's number belongs; -1 for a withdrawal's row."""
    known = {key: index for index, key in enumerate(question.columns)}
    places = [
        known.get(key, -1)
        for key in zip(_texts(columns["option_id"]).tolist(), _texts(columns["part"]).tolist(), strict=True)
    ]
    return np.array(places, dtype=np.int64)[order]


def _texts(column: Any) -> NDArray[Any]:
    return np.asarray(column, dtype=str)


def _integers(column: Any) -> NDArray[np.int64]:
    return np.asarray(column).astype(np.int64)


def _floats(column: Any) -> Floats:
    """Numbers; NaN where a cell is empty."""
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return column
    return np.array([float(cell) if cell else np.nan for cell in column], dtype=np.float64)


def _days(column: Any) -> NDArray[np.int64]:
    """Days since 1970-01-01; an empty cell is the least number there is."""
    return np.asarray(column, dtype="datetime64[D]").astype(np.int64)
