"""What a question bank says, once it is read and found without fault: facts, words, a worked answer.

Facts come from `structure.toml`, words from one file for each language, the worked answer from `worked.toml`.
Everything is frozen; a bank read twice is equal to itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..models.base_rate import BaseRate
from ..models.licence import NOT_STATED

#: Answers: question key to option key to probability (0 to 1).
WorkedAnswers = Mapping[str, Mapping[str, float]]

#: The two branches of a conditional pair, with which way the condition came out.
BRANCHES = {"if_yes": True, "if_no": False}

#: Labels of the only option a kind has, where the words of a language give none.
OWN_LABELS = {
    "binary": {"en": "Yes", "uk": "Так"},
    "numeric": {"en": "Value", "uk": "Значення"},
    "date": {"en": "Date", "uk": "Дата"},
}


#: Keys of a bank's words to the names under which they are kept, where those differ: who asks, and a base rate.
CONTROLLER = {name: name for name in ("contact", "legal_basis", "kept_until")} | {"name": "organizer"}
BASE_RATE_WORDS = {"reference_class": "reference_class", "source": "base_rate_source"}


@dataclass(frozen=True)
class Event:
    """The question's outcome is among `options` (`holds`), or is not; inside the question's condition."""

    question: str
    options: tuple[str, ...]
    holds: bool = True

    def __str__(self) -> str:
        answers = " or ".join(self.options)
        return f"{self.question} = {answers}" if self.holds else f"{self.question} not {answers}"


@dataclass(frozen=True)
class Option:
    """One thing a number is asked for; a rung of a ladder `closes`, a branch of a pair has `given_holds`."""

    key: str
    closes: datetime | None = None
    given_holds: bool | None = None


@dataclass(frozen=True)
class RangeFacts:
    """Where a number or date lies: bounds in the question's unit, or in days since 1970-01-01."""

    scale: str
    lower: float
    upper: float
    open_lower: bool
    open_upper: bool
    whole: bool
    quantile_levels: tuple[float, ...]


@dataclass(frozen=True)
class Question:
    """The facts of one question. Times are aware and in UTC, ends are half-open."""

    key: str
    theme: str
    kind: str
    options: tuple[Option, ...]
    opens: datetime
    closes: datetime
    resolves: datetime
    range: RangeFacts | None = None
    given: Event | None = None
    rationale_required: bool = False
    base_rate: BaseRate | None = None
    # Not compared: what the store gives back has no line, and is the same question.
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Background:
    """A question about the person who answers; `options` for single and multi, bounds for a number."""

    key: str
    kind: str
    options: tuple[str, ...] = ()
    lower: float | None = None
    upper: float | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Relation:
    """A strict relation between events; `total` names its conditional pair too."""

    key: str
    kind: str
    events: tuple[Event, ...]
    pair: str | None = None
    line: int = field(default=0, compare=False)

    @property
    def words(self) -> str:
        """The key its sentence stands under: `R2` for `R2.2027-06-30`."""
        return self.key.split(".")[0]


@dataclass(frozen=True)
class Axis:
    """An event in which scenarios differ (`axis`), or one told beside them (`aside`)."""

    key: str
    event: Event
    pair: str | None = None
    role: str = "axis"


@dataclass(frozen=True)
class Leaf:
    """One scenario: which axes hold; what it does not name may go either way."""

    key: str
    holds: Mapping[str, bool]


@dataclass(frozen=True)
class Scenario:
    """A tree of scenarios: the first axis is its root."""

    key: str
    axes: tuple[Axis, ...]
    leaves: tuple[Leaf, ...]

    @property
    def parts(self) -> list[str]:
        """What has words, named as `ScenarioText.part` names it: whole, leaves, axes, branches of each axis."""
        return [
            "",
            *(f"leaf:{leaf.key}" for leaf in self.leaves),
            *(f"axis:{axis.key}" for axis in self.axes),
            *(part for axis in self.axes if axis.role == "axis" for part in branch_parts(axis.key).values()),
        ]


def branch_parts(axis: str) -> dict[str, str]:
    """What the words of an axis' two branches are called as parts of a scenario tree, by their key in a file."""
    return {state: f"branch:{axis}:{state}" for state in ("yes", "no")}


@dataclass(frozen=True)
class Settings:
    """The rules under which the survey is asked; see `survey.models.Survey`."""

    slug: str
    opens: datetime
    closes: datetime
    visibility: str
    reveal: str
    reveal_unit: str
    publication: str
    minimum_cell: int
    protected: bool
    lowest_probability: float
    highest_probability: float
    explain_change: float
    zone: str
    languages: tuple[str, ...]
    base_rates_before: bool = False
    readers: str = "nobody"
    readers_days: int = 7
    licence: str = NOT_STATED
    licence_words: str = ""
    licence_address: str = ""


@dataclass(frozen=True)
class RoundFacts:
    """A span in which answers are collected together, half-open; what is shown of the round before."""

    opens: datetime
    closes: datetime
    feedback: str = "crowd"


@dataclass(frozen=True)
class QuestionWords:
    """The words of a question in one language; `options` has a label for each option."""

    title: str
    short: str
    background: str
    criteria: str
    fine_print: str
    sources: tuple[str, ...]
    unit: str
    options: Mapping[str, str]
    #: Of the base rate; empty where there is none.
    reference_class: str = ""
    base_rate_source: str = ""
    #: What changed with a version, by its number: from the second on, where somebody says so.
    notes: Mapping[str, str] = field(default_factory=dict)


#: The words of a version: columns of `version_text`, in the order in which a note names them.
VERSION_WORDS = tuple(name for name in QuestionWords.__dataclass_fields__ if name not in ("options", "notes"))


@dataclass(frozen=True)
class ThemeWords:
    """The words of a theme in one language."""

    title: str
    summary: str
    note: str


@dataclass(frozen=True)
class SurveyWords:
    """The words of the survey itself in one language."""

    title: str
    headline: str
    summary: str
    rules: str


@dataclass(frozen=True)
class ControllerWords:
    """Who runs the survey, in one language, under the names of `survey.models.SurveyText`."""

    organizer: str
    contact: str
    legal_basis: str
    kept_until: str


@dataclass(frozen=True)
class PreregistrationWords:
    """Preregistration in the organizer's own words, in one language; each may be empty.

    Attributes
    ----------
    primary_analysis
        What will be computed first, of which answers, to answer which question.
    exclusions
        Whose answers will be left out of it, beside those that are never counted.
    stop_rule
        When answers are no longer collected, beside the days of questions and survey.
    """

    primary_analysis: str = ""
    exclusions: str = ""
    stop_rule: str = ""


@dataclass(frozen=True)
class BackgroundWords:
    """The words of a question about the person in one language; `options` has a label for each option."""

    label: str
    hint: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class ScenarioWords:
    """The words of one part of a scenario tree in one language."""

    title: str
    definition: str


@dataclass(frozen=True)
class Words:
    """All words in one language, by the keys of the facts."""

    survey: SurveyWords
    consent: str
    themes: Mapping[str, ThemeWords]
    questions: Mapping[str, QuestionWords]
    #: By the key before the dot; also sentences for what the kinds say by themselves.
    relations: Mapping[str, str]
    #: Scenario key to part to words.
    scenarios: Mapping[str, Mapping[str, ScenarioWords]]
    #: By the key of the question about the person.
    background: Mapping[str, BackgroundWords] = field(default_factory=dict)
    #: None where an owner says it on a page.
    controller: ControllerWords | None = None
    preregistration: PreregistrationWords = PreregistrationWords()


@dataclass(frozen=True)
class Bank:
    """A whole question bank."""

    settings: Settings
    themes: tuple[str, ...]
    questions: tuple[Question, ...]
    relations: tuple[Relation, ...]
    scenarios: tuple[Scenario, ...]
    #: Language to words.
    words: Mapping[str, Words]
    #: An answer that satisfies every relation; empty if the bank has none.
    worked: WorkedAnswers
    #: What is asked about the person; none where the bank asks nothing.
    background: tuple[Background, ...] = ()
    #: None where the bank names none: then one goes over the whole span, or an organizer's own stand.
    rounds: tuple[RoundFacts, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The keys of the questions, in their order."""
        return [question.key for question in self.questions]

    def question(self, key: str) -> Question:
        """The question with this key; LookupError where there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise LookupError(f"the bank has no question {key}")
