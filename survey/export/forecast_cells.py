"""Cells of `forecasts_long.csv` that many rows share, each written once: of parts, days, versions, people.

Each is a dictionary that makes what it is asked for first: a million rows are made of a few thousand texts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from .. import clock
from ..aggregation.specification import QuestionSpec
from ..aggregation.standing import oldest_counting_version
from ..i18n.safe_cells import typed_text
from ..models import Option, Question
from ..questions import kind_of
from ..questions.quantiles import level_of
from .cells import Value, cell, csv_cells, few
from .questions import given, given_of
from .snapshots import pseudonyms


@dataclass(frozen=True)
class Part:
    """What all numbers of one part of a question share: an option's probability, one quantile.

    Attributes
    ----------
    order
        Its place among the rows of an act.
    option, name
        The option's key, and what the part is called; None of a withdrawal.
    what
        `option_id` to `given_holds`, as they stand in the file.
    output
        `output_type`, `output_type_id` and `quantile_level`.
    """

    order: tuple[int, float]
    option: str | None
    name: str | None
    what: str
    output: str


class QuestionParts(dict[tuple[int, str], Part]):
    """The parts of a question by option and part, each made when its first number is met."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._options = {option.id: option for option in question.options}
        #: What the one row of a withdrawal is about.
        self.nothing = Part(
            (-1, 0.0),
            None,
            None,
            csv_cells(None, None, *given(question), texts=typed_text),
            csv_cells(None, None, None),
        )
        #: How numbers are written as days; nothing but of a date.
        self.days = _days if question.kind == "date" else _no_days

    def __missing__(self, place: tuple[int, str]) -> Part:
        option, part = self._options[place[0]], place[1]
        order = option.position, float(part[1:]) if part.startswith("q") else 0.0
        output = csv_cells(*self._output(option, part), texts=typed_text)
        made = self[place] = Part(order, option.key, part, self._what(option, part), output)
        return made

    def _output(self, option: Option, part: str) -> tuple[str, str | None, float | None]:
        """`output_type`, and of which answer or which level: a column of both would be of two types."""
        kind, of = kind_of(self._question).output(self._question, option, part)
        return (kind, None, level_of(part)) if kind == "quantile" else (kind, of, None)

    def _what(self, option: Option, part: str) -> str:
        """Option, part, and the condition under which the number holds; a branch has its own side of it."""
        return csv_cells(option.key, part, *given_of(self._question, option), texts=typed_text)


@dataclass(frozen=True, eq=False)
class Shape:
    """Which numbers an act gave: most acts on a question have one of a few shapes.

    Attributes
    ----------
    places
        Of its numbers as they were read, in the order of the rows; None where that is the same.
    parts
        What each row is about.
    options
        Keys of the options that it answered.
    columns
        The column of the question's arrays to which each number belongs; -1 where none does.
    """

    places: tuple[int, ...] | None
    parts: tuple[Part, ...]
    options: tuple[str, ...]
    columns: tuple[int, ...]


class Shapes(dict[tuple[tuple[int, ...], tuple[str, ...]], Shape]):
    """The shapes of a question's acts by options and parts, as they were read."""

    def __init__(self, parts: QuestionParts, spec: QuestionSpec) -> None:
        self._parts = parts
        self.columns = {place: column for column, place in enumerate(spec.columns)}
        #: That of a withdrawal: one row without a number.
        self.withdrawn = Shape(None, (parts.nothing,), (), (-1,))

    def __missing__(self, read: tuple[tuple[int, ...], tuple[str, ...]]) -> Shape:
        parts = [self._parts[place] for place in zip(*read, strict=True)]
        places = sorted(range(len(parts)), key=lambda place: parts[place].order)
        told = tuple(parts[place] for place in places)
        options = dict.fromkeys(part.option for part in told if part.option is not None)
        same = places == sorted(places)
        columns = tuple(self.columns.get((part.option or "", part.name or ""), -1) for part in told)
        made = self[read] = Shape(None if same else tuple(places), told, tuple(options), columns)
        return made


class Pseudonyms(dict[int, str]):
    """The people's pseudonyms by id: each person's is made once, for all their questions."""

    def __init__(self, key: bytes) -> None:
        self._name = pseudonyms(key, "participant")

    def __missing__(self, person: int) -> str:
        name = self[person] = self._name(person)
        return name


class Counting(dict[date, int]):
    """The oldest version of a question whose answers count, by the day on which that is asked."""

    def __init__(self, spec: QuestionSpec) -> None:
        self._spec = spec

    def __missing__(self, day: date) -> int:
        oldest = self[day] = oldest_counting_version(self._spec, clock.date_number(day))
        return oldest


@dataclass(frozen=True, eq=False)
class Asked:
    """What acts of one day share that answered one version in one round.

    Attributes
    ----------
    begin
        What their rows begin with.
    step
        The day, the version and the round, by number.
    """

    begin: str
    received: date
    step: tuple[int, int, int]


#: Of an act, all that it depends on whether its numbers stand: when what was answered, and which numbers it gave.
Step = tuple[Asked, Shape]


def date_of(told: date | str) -> date:
    """A day as the database's `date` gives it: as such, or as its text."""
    return told if isinstance(told, date) else date.fromisoformat(told)


@lru_cache(10_000)
def day_number(told: date | str) -> int:
    """The same in days since 1970-01-01."""
    return clock.date_number(date_of(told))


class AskedBy(dict[tuple[date | str, int, int], Asked]):
    """The same by the day as the database has it, and the ids of version and round."""

    def __init__(self, question: Question, study: str) -> None:
        self._study, self._key = study, question.key
        self._versions = {one.id: one.number for one in question.versions}
        self._rounds = {one.id: one.number for one in question.survey.rounds}

    def __missing__(self, by: tuple[date | str, int, int]) -> Asked:
        day = date_of(by[0])
        version, in_round = self._versions[by[1]], self._rounds[by[2]]
        begin = f"{self._study},{few(in_round, self._key, version)}"
        made = self[by] = Asked(begin, day, (day_number(day), version, in_round))
        return made


class Texts(dict[tuple[Value, ...], str]):
    """Neighbouring cells as they stand in the file, of which there are a few different ones."""

    def __missing__(self, values: tuple[Value, ...]) -> str:
        made = self[values] = csv_cells(*values, texts=typed_text)
        return made


class Numbers(NamedTuple):
    """The numbers of an act, in the order of its rows, as they stand in the file.

    Attributes
    ----------
    values
        Each number; none of a withdrawal.
    texts
        `value` of each.
    cells
        `value`, `value_date` and `value_entered` of each.
    """

    shape: Shape
    values: Sequence[float]
    texts: Sequence[str]
    cells: Sequence[str]

    def in_order(self) -> "Numbers":
        """The same in the order of the rows, where they are as they were read."""
        places = self.shape.places
        if places is None:
            return self
        # Of two or more, so that it gives tuples: a single number is in order.
        pick = itemgetter(*places)
        return Numbers(self.shape, pick(self.values), pick(self.texts), pick(self.cells))


def _no_days(values: Sequence[float]) -> Iterable[str]:
    return [""] * len(values)


def _days(values: Sequence[float]) -> Iterable[str]:
    return [_date_cell(int(value)) for value in values]


@lru_cache(10_000)
def _date_cell(number: int) -> str:
    """The day of a number of days since 1970-01-01; nothing where the calendar has none."""
    try:
        return cell(clock.day_date(number))
    except OverflowError:
        return ""
