"""Event space: all coherent forecasts of some questions, as linear rows over their coordinates (coherent set).

A forecast is coherent if it is the set of margins of some probability distribution over everything that can come out
(de Finetti 1937). Its coordinates are cumulative chances of ladders, options, chances of yes, and P(event and given)
of each conditional; rows are found once, when the declarations are made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from scoring import checks
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.coherence._blocks import Block, blocks, components, shares
from scoring.coherence._facets import cuts, minimal, rows_of
from scoring.coherence._programs import least
from scoring.coherence._states import Clause, States
from scoring.coherence.declarations import Question, Relation
from scoring.coherence.rows import Row

Answer = tuple[str, str]
#: A condition that is no more likely is taken not to come about: what is said inside it is called off.
IMPOSSIBLE = 1e-5


class Contradiction(ValueError):
    """Declarations that nothing can satisfy; `sources` is a minimal set of them: without any one, something can."""

    def __init__(self, sources: tuple[str, ...]) -> None:
        super().__init__(f"relations must leave something possible, these do not: {', '.join(sources)}")
        self.sources = sources


class ImpossibleState(ValueError):
    """An outcome that the declarations rule out, though it is asked; `sources` is a minimal set that does so."""

    def __init__(self, question: str, state: str, sources: tuple[str, ...]) -> None:
        super().__init__(
            f"relations must leave {state} of {question!r} possible, these do not: {', '.join(sources)}"
        )
        self.question, self.state, self.sources = question, state, sources


def check_declarations(questions: Iterable[Question], relations: Iterable[Relation] = ()) -> tuple[str, ...]:
    """Consistency of declarations: whether they leave something possible, and every outcome that is asked.

    What `EventSpace.of` refuses, without its rows: for each time that declarations are saved.

    Returns
    -------
    tuple of str
        Keys of questions whose ties go in circles with more combinations than are looked at: nothing is known of
        these, and answers to them are checked by rows alone. Empty where everything was looked at.

    Raises
    ------
    Contradiction, ImpossibleState, ValueError
        As `EventSpace.of` does.

    Examples
    --------
    >>> from scoring.coherence import Event
    >>> both = Event("treaty", ("yes",)), Event("truce", ("yes",))
    >>> declared = [Relation("R", "implies", both), Relation("X", "excludes", both)]
    >>> check_declarations([Question("treaty", "binary"), Question("truce", "binary")], declared)
    Traceback (most recent call last):
    scoring.coherence.event_space.ImpossibleState: relations must leave yes of 'treaty' possible, these do not: R, X
    """
    states = States(questions, relations)
    found = blocks(states)
    _refuse_impossible(states, found)
    unseen = {question for block in found if block.atoms is None for question in block.questions}
    return tuple(states.questions[question].key for question in sorted(unseen))


@dataclass(frozen=True, eq=False)
class Hull:
    """A block whose rows may not be all: its atoms as 0/1 values of the coordinates at `places`."""

    places: IntArray
    values: FloatArray


@dataclass(frozen=True, eq=False)
class EventSpace:
    """All coherent forecasts of some questions.

    Attributes
    ----------
    answers
        What people are asked, as (question, option): the columns of every array of answers.
    coordinates
        What a forecast is made of, as (question, option), and (pair, "both") for P(event and given).
    numerator, denominator : shape (answers, coordinates + 1)
        Each answer as a ratio of expressions (constant last); the denominator is 1 unless it is conditional. Both are
        0 for a pair that no relation ties to an event: any answer to it is coherent.
    rows
        What coherent forecasts obey: `expression · (y, 1) <= 0`, or `= 0`.
    components
        Positions of coordinates that are tied together, the rest of the rows say nothing about them.
    centre : shape (coordinates,)
        The forecast in which all that can come out is alike; it is coherent.
    hulls
        Blocks of questions in a circle, whose atoms say what rows may not.
    is_complete
        Whether rows and hulls are everything: False where a block has more than 60,000 atoms. Whoever breaks a row is
        incoherent even so.
    """

    states: States
    answers: tuple[Answer, ...]
    coordinates: tuple[Answer, ...]
    numerator: FloatArray
    denominator: FloatArray
    rows: tuple[Row, ...]
    components: tuple[IntArray, ...]
    centre: FloatArray
    hulls: tuple[Hull, ...]
    is_complete: bool

    @classmethod
    def of(cls, questions: Iterable[Question], relations: Iterable[Relation] = ()) -> Self:
        """The event space of some questions, as relations leave it.

        Raises
        ------
        Contradiction
            If the relations leave nothing possible; with a minimal set of those that clash.
        ImpossibleState
            If they leave an outcome impossible that is asked.
        ValueError
            If they name a question, an option or a pair that is not there.

        Examples
        --------
        >>> from scoring.coherence import Event
        >>> treaty, truce = (Question(key, "binary") for key in ("treaty", "truce"))
        >>> yes = [Event(key, ("yes",)) for key in ("treaty", "truce")]
        >>> space = EventSpace.of([treaty, truce], [Relation("R", "implies", tuple(yes))])
        >>> space.answers
        (('treaty', 'yes'), ('truce', 'yes'))
        >>> [row.sources for row in space.rows if row.kind == "relation"]
        [('R',)]
        """
        states = States(questions, relations)
        found = blocks(states)
        _refuse_impossible(states, found)
        rows = rows_of(states, found)
        hulls = [Hull(*states.values(one.questions, one.atoms)) for one in found if _circular(one)]  # type: ignore[arg-type]
        # A seed of its own: equal declarations have equal rows wherever they are made.
        random = np.random.default_rng(0)
        for hull in hulls:
            rows += cuts(hull.values, hull.places, rows, states.size, random)
        numerator, denominator = _ratios(states)
        return cls(
            states,
            states.answers,
            states.coordinates,
            numerator,
            denominator,
            tuple(rows),
            tuple(_parts(states, found)),
            _centre(states, found, rows),
            tuple(hulls),
            all(block.atoms is not None for block in found),
        )

    @property
    def size(self) -> int:
        """How many coordinates there are."""
        return len(self.coordinates)

    @cached_property
    def table(self) -> FloatArray:
        """The rows' expressions, shape (rows, coordinates + 1)."""
        return np.array([row.expression for row in self.rows]).reshape(len(self.rows), self.size + 1)

    @cached_property
    def equalities(self) -> BoolArray:
        """Which rows are equalities."""
        return np.array([row.is_equality for row in self.rows], bool)

    def vector(self, answers: Mapping[str, Mapping[str, float]]) -> FloatArray:
        """Answers by question and option as a row of numbers, NaN where there is none.

        Raises
        ------
        ValueError
            If there is no such question or option, or a number is no probability.

        Examples
        --------
        >>> EventSpace.of([Question("treaty", "binary")]).vector({"treaty": {"yes": 0.25}})
        array([0.25])
        """
        found = np.full(len(self.answers), np.nan)
        place = {answer: at for at, answer in enumerate(self.answers)}
        for question, options in answers.items():
            for option, value in options.items():
                if (question, option) not in place:
                    raise ValueError(f"answers must be to what is asked, got {question!r}, {option!r}")
                found[place[question, option]] = value
        return checks.probabilities("answers", found, missing=True)

    def checked(self, answers: object) -> FloatArray:
        """Answers with the space's on the last axis, from 0 to 1 or NaN; refused by name otherwise."""
        given = checks.probabilities("answers", answers, missing=True)  # type: ignore[arg-type]
        if given.ndim < 1 or given.shape[-1] != len(self.answers):
            raise ValueError(
                f"answers must hold {len(self.answers)} on the last axis, got shape {given.shape}"
            )
        return given

    def answered(self, forecast: FloatArray) -> FloatArray:
        """What forecasts, shape S + (coordinates,), say to each question; NaN inside a condition that can't be."""
        whole = np.concatenate((forecast, np.ones((*forecast.shape[:-1], 1))), axis=-1)
        above, below = whole @ self.numerator.T, whole @ self.denominator.T
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(below > IMPOSSIBLE, np.clip(above / below, 0, 1), np.nan))


def _circular(block: Block) -> bool:
    return block.atoms is not None and not block.is_edge and len(block.questions) > 1


def _ratios(states: States) -> tuple[FloatArray, FloatArray]:
    nothing = states.constant(0)
    ratios = [states.ratio(answer) or (nothing, nothing) for answer in states.answers]
    above, below = ([ratio[side] for ratio in ratios] for side in (0, 1))
    shape = (len(ratios), states.size + 1)
    return np.reshape(above, shape), np.reshape(below, shape)


def _parts(states: States, found: list[Block]) -> Iterable[IntArray]:
    """Coordinates of each component."""
    place = {coordinate: at for at, coordinate in enumerate(states.coordinates)}
    tied = {one.pair: states.questions[one.event[0]].key for one in states.conditionals}
    for members in components(len(states.questions), found):
        keys = {states.questions[at].key for at in members}
        own = [at for (key, _), at in place.items() if tied.get(key, key) in keys]
        yield np.array(sorted(own), int)


def _centre(states: States, found: list[Block], rows: list[Row]) -> FloatArray:
    if any(block.atoms is None for block in found):
        return _inside(states, rows)
    total, times = np.zeros(states.size), np.zeros(states.size)
    for block, share in zip(found, shares(states, found), strict=True):
        assert block.atoms is not None
        places, values = states.values(block.questions, block.atoms)
        total[places] += share @ values
        times[places] += 1
    return np.asarray(total / times)


def _inside(states: States, rows: list[Row]) -> FloatArray:
    """A forecast as far from every inequality as can be: where atoms are too many to take their mean."""
    table = np.array([row.expression for row in rows])
    same = np.array([row.is_equality for row in rows], bool)
    aim = np.zeros(states.size + 1)
    aim[-1] = -1
    wide = np.column_stack((table[:, :-1], np.where(same, 0, 1)))
    return least(aim, wide, -table[:, -1], same)[:-1]


def _refuse_impossible(states: States, found: list[Block]) -> None:
    for block in found:
        if block.atoms is None:
            continue
        if not len(block.atoms):
            raise Contradiction(minimal(states.clauses, lambda clauses: not _possible(states, clauses)))
        for column, question in enumerate(block.questions):
            missing = set(range(states.count(question))) - set(block.atoms[:, column].tolist())
            for state in sorted(missing):
                raise ImpossibleState(*_named(states, question, state))


def _possible(states: States, clauses: Iterable[Clause], question: int = 0, state: int | None = None) -> bool:
    """Whether clauses leave anything, with a question in a state."""
    # A copy with other clauses in the place where the ones it would find are kept.
    fewer = States.__new__(States)
    fewer.__dict__.update(states.__dict__)
    fewer.__dict__["clauses"] = tuple(clauses)
    for block in blocks(fewer):
        if block.atoms is None:
            continue
        if not len(block.atoms):
            return False
        if state is not None and question in block.questions:
            return bool((block.atoms[:, block.questions.index(question)] == state).any())
    return True


def _named(states: States, question: int, state: int) -> tuple[str, str, tuple[str, ...]]:
    one = states.questions[question]
    names = {"binary": ("yes", "no", "not applicable"), "ladder": (*one.options, "later or never")}
    sources = minimal(states.clauses, lambda clauses: not _possible(states, clauses, question, state))
    return one.key, names.get(one.kind, one.options)[state], sources
