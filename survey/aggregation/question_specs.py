"""Stored questions, outcomes and scenarios to the plain specifications that figures and scores are computed from."""

from scoring.value_range import ValueRange

from ..clock import day_number
from ..models import Event, Option, Question, Relation, Resolution, Scenario
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from ..store.lifecycle import last_open_days
from .specification import POOLED, EventSpec, OutcomeSpec, PairSpec, QuestionSpec, ScenarioSpec, TotalSpec

#: The values of a chance.
CHANCES = ValueRange(0, 1, open_lower=False, open_upper=False, log=False, whole=False)


def spec_of(question: Question) -> QuestionSpec:
    """The specification of a question as it is stored now."""
    kind = kind_of(question)
    values = kind.range(question) if isinstance(kind, QuantileKind) else CHANCES
    return QuestionSpec(
        kind=question.kind,
        pooled=POOLED[question.kind],
        open_until=last_open_days(question),
        levels=tuple(question.quantile_levels),
        log=values.log,
        ends=(values.lower, values.upper),
        limits=values.limits,
        # Of numbers and dates both forms make the same.
        rule="parley_open" if question.survey.open_form and not question.quantile_levels else "parley",
        first_day=day_number(question.begins_at),
        guarded=question.survey.guarded,
        substantive=tuple(
            (version.number, day_number(version.published_at))
            for version in question.versions
            if version.substantive and version.published_at is not None
        ),
        whole=values.whole,
    )


def outcome_of(question: Question, resolution: Resolution) -> OutcomeSpec:
    """What came out; only a resolution's own columns are read, so that it need not be stored yet.

    Raises
    ------
    ValueError
        Where it was annulled: nothing came out.
    """
    about = option_by_id(question, resolution.option_id)
    came = option_by_id(question, resolution.outcome_option_id)
    value = resolution.value if came is None else question.options.index(came)
    if value is None:
        raise ValueError("resolution must hold an outcome, got one that was annulled")
    return OutcomeSpec(about.key if about else None, float(value), last_scored_day(question, resolution))


def last_scored_day(question: Question, resolution: Resolution) -> int:
    """The last UTC day that is scored: the last whole one before the close, or before `known_from`."""
    about = option_by_id(question, resolution.option_id)
    closes = (about and about.closes_at) or question.ends_at
    # Whole days alone: on the day on which one could know, some who answered may have known.
    return day_number(min(closes, question.ends_at, resolution.known_from)) - 1


def option_by_id(question: Question, option_id: int | None) -> Option | None:
    """The option of a question with this id; None for None."""
    return next((option for option in question.options if option.id == option_id), None)


def scenario_of(scenario: Scenario) -> ScenarioSpec:
    """The specification of a scenario tree."""
    root, *others = scenario.tree
    return ScenarioSpec(
        axes={axis.key: event_of(axis.event) for axis in (root, *others)},
        pairs={axis.key: _pair(axis.pair) for axis in others},
        asides={axis.key: event_of(axis.event) for axis in scenario.axes if axis.role == "aside"},
        leaves={leaf.key: leaf.holds for leaf in scenario.leaves},
    )


def total_of(relation: Relation) -> TotalSpec:
    """The specification of a relation of total probability."""
    return TotalSpec(tuple(map(event_of, relation.events)), _pair(relation.pair))


def event_of(event: Event) -> EventSpec:
    """The specification of an event."""
    return EventSpec(event.question.key, tuple(option.key for option in event.options), event.holds)


def _pair(pair: Question | None) -> PairSpec:
    """A conditional pair that has to be there; the bank's checks see to it that it is."""
    if pair is None or pair.condition is None:
        raise LookupError("a scenario's axis or total probability has no conditional pair")
    sides = {bool(option.given_holds): option.key for option in pair.options}
    return PairSpec(pair.key, sides, event_of(pair.condition.event))
