"""Specification of a question, and its answers as arrays: all that figures and scores are computed from.

Plain values, which can be pickled: whoever has them computes the same figures on another machine, without the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scoring.pools.catalog.method import Kind

Floats = NDArray[np.float64]
#: What is said of some questions: key of a question to keys of options to probabilities.
Said = Mapping[str, Mapping[str, float]]
#: What one person's forecast on each kind of question is, as the catalog calls it: the chance of each option by
#: itself, chances of all options together, or quantiles.
POOLED: Mapping[str, Kind] = {
    "binary": "probability",
    "choice": "options",
    "ordered": "options",
    "ladder": "probability",
    "numeric": "quantiles",
    "date": "quantiles",
    "pair": "probability",
}


@dataclass(frozen=True)
class QuestionSpec:
    """A question as its figures and scores read it; from `question_specs.spec_of`.

    Attributes
    ----------
    kind
        Name of its kind: binary, choice, ordered, ladder, numeric, date or pair.
    pooled
        What one person's forecast is: of each option by itself, of all together, or quantiles.
    open_until
        Key of each option, in order, to the last UTC day on which it could be answered.
    levels
        Levels of the quantiles asked for, as fractions; none for probabilities.
    log
        Whether numbers are pooled and scored as logarithms.
    ends
        Lower and upper bound, in the question's unit; days since 1970-01-01 for a date; 0 and 1 for a chance.
    limits
        The lowest and the highest value that is scored: beyond an open bound one range away.
    rule
        Key in the catalog of the default that its figures are made with from now on.
    first_day
        The first UTC day on which a forecast can stand.
    guarded
        Whether the crowd's answers were moved by noise, see `noise`.
    substantive
        Number and UTC day of publication of each version that changed the question.
    whole
        Whether its values are whole numbers, or days.
    """

    kind: str
    pooled: Kind
    open_until: Mapping[str, int]
    levels: tuple[float, ...]
    log: bool
    ends: tuple[float, float]
    limits: tuple[float, float]
    rule: str
    first_day: int
    guarded: bool
    substantive: tuple[tuple[int, int], ...]
    whole: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """Keys of its options, in order."""
        return tuple(self.open_until)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The numbers a full answer has: option and part, in order."""
        parts = [f"q{level:g}" for level in self.levels] or ["p"]
        return tuple((option, part) for option in self.options for part in parts)

    def on_scale(self, values: Floats) -> Floats:
        """Values as they are pooled and scored."""
        return np.log(values) if self.log else values


@dataclass(frozen=True)
class OutcomeSpec:
    """What came out, as scores read it; from `question_specs.outcome_of`.

    Attributes
    ----------
    about
        Key of the rung or branch it is about; None: the question as a whole.
    came
        1 or 0, the number, days since 1970-01-01, or the place of the option that came true.
    last_day
        The last UTC day that is scored.
    """

    about: str | None
    came: float
    last_day: int


@dataclass(frozen=True)
class EventSpec:
    """Something that happens or not: a question's outcome is among the options (`holds`), or is not."""

    question: str
    options: tuple[str, ...]
    holds: bool


@dataclass(frozen=True)
class PairSpec:
    """A conditional pair: its key, the option by how its condition comes out, and the condition."""

    key: str
    sides: Mapping[bool, str]
    condition: EventSpec


@dataclass(frozen=True)
class TotalSpec:
    """A relation of total probability: the events whose chance follows from a pair and its condition."""

    events: tuple[EventSpec, ...]
    pair: PairSpec


@dataclass(frozen=True)
class ScenarioSpec:
    """A scenario tree; from `question_specs.scenario_of`.

    Attributes
    ----------
    axes
        Key of each axis, the root's first, to its event.
    pairs
        Key of each axis but the root to the conditional pair that gives its chance on both sides of the root.
    asides
        Key of each event told beside the tree.
    leaves
        Key of each named scenario to which axes hold in it.
    """

    axes: Mapping[str, EventSpec]
    pairs: Mapping[str, PairSpec]
    asides: Mapping[str, EventSpec]
    leaves: Mapping[str, Mapping[str, bool]]


@dataclass(frozen=True)
class ForecastArrays:
    """What was said to one question: one row for each submission, by person and then revision.

    Attributes
    ----------
    columns
        `(option key, part)` of each column of `values`.
    participant
        Id of the participant, shape (m,).
    day
        UTC day of receipt, in days since 1970-01-01, shape (m,); of the crowd's, as of which it counts.
    active
        False for a withdrawal, shape (m,).
    version, round
        Numbers of the question's version and of the round, shape (m,).
    values
        Shape (m, k); NaN where the option was not asked any more, or for a withdrawal.
    open_until
        Of `QuestionSpec`, shape (k,): a withdrawal leaves a closed or resolved rung alone.
    """

    columns: tuple[tuple[str, str], ...]
    participant: NDArray[np.int64]
    day: NDArray[np.int64]
    active: NDArray[np.bool_]
    version: NDArray[np.int64]
    round: NDArray[np.int64]
    values: Floats
    open_until: Floats

    def where(self, kept: NDArray[np.bool_]) -> "ForecastArrays":
        """The rows for which `kept` is true."""
        return replace(
            self,
            participant=self.participant[kept],
            day=self.day[kept],
            active=self.active[kept],
            version=self.version[kept],
            round=self.round[kept],
            values=self.values[kept],
        )

    def until(self, day: int) -> "ForecastArrays":
        """What had been received by the end of a UTC day."""
        return self.where(self.day <= day)

    def of_option(self, key: str | None) -> list[int]:
        """Indices of an option's columns; for None of all."""
        return [index for index, (option, _) in enumerate(self.columns) if key in (None, option)]


@dataclass(frozen=True)
class GroupChoice:
    """One answer of somebody about themselves: on which day they put themselves in which groups."""

    participant: int
    question: str
    day: int
    options: tuple[str, ...]


@dataclass(frozen=True)
class Groups:
    """What people said about themselves, by person, question and then revision, and how they came.

    Attributes
    ----------
    entries
        Way of entry to ids of people, and the UTC day on which each joined.
    """

    said: tuple[GroupChoice, ...] = ()
    entries: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    #: Every question of a survey asks for the same day.
    _found: dict[int, Mapping[tuple[str, str], frozenset[int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _entered: dict[int, Mapping[str, frozenset[int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def entered(self, day: int) -> Mapping[str, frozenset[int]]:
        """Who had come which way by the end of a UTC day: ways on which nobody had are not there yet."""
        if day not in self._entered:
            found = {
                way: frozenset(person for person, joined in people.items() if joined <= day)
                for way, people in self.entries.items()
            }
            self._entered[day] = {way: people for way, people in found.items() if people}
        return self._entered[day]

    def at(self, day: int) -> Mapping[tuple[str, str], frozenset[int]]:
        """Who was in which group at the end of a UTC day: keys of question and option to ids of people."""
        if day not in self._found:
            self._found[day] = self._at(day)
        return self._found[day]

    def _at(self, day: int) -> Mapping[tuple[str, str], frozenset[int]]:
        last = {(one.participant, one.question): one for one in self.said if one.day <= day}
        found: dict[tuple[str, str], set[int]] = {}
        for one in last.values():
            for option in one.options:
                found.setdefault((one.question, option), set()).add(one.participant)
        return {group: frozenset(people) for group, people in found.items()}
