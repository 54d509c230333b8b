"""Scenarios as bars one below the other: of a trial beside those of now, of groups beside everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scoring.scenarios import Joint

from .. import disclosure
from ..aggregation.segments import group_segment
from ..disclosure import ShownScenarios, Viewer
from ..i18n.formatting import percent
from ..i18n.locale import gettext as _
from ..models import BackgroundQuestion, Scenario
from ..services import background_answers
from .scenario_charts import colour_of_leaf, leaf_chance


@dataclass(frozen=True)
class Share:
    """A scenario's piece of a bar: its colour, where it begins and how long it is in percent, its chance in words."""

    colour: str
    start: float
    width: float
    said: str


@dataclass(frozen=True)
class Bar:
    """A bar with whose it is, and of how many people; 0 where it is of nobody's answers but one's own."""

    label: str
    shares: list[Share]
    people: int = 0


@dataclass(frozen=True)
class ScenarioGroups:
    """The scenarios by group.

    Attributes
    ----------
    names
        Colour and words of each scenario, in the order of the pieces of a bar.
    everybody
        The bar that all others stand below.
    headed
        What was asked, with the bar of each group that is told.
    withheld
        Words of the groups that are not told, or of the question where none of its groups is.
    """

    names: list[tuple[str, str]]
    everybody: Bar
    headed: list[tuple[str, list[Bar]]]
    withheld: list[str]


def names_of(scenario: Scenario, language: str) -> list[tuple[str, str]]:
    """Colour and words of each named scenario."""
    return [
        (colour_of_leaf(place), scenario.text(language, f"leaf:{leaf.key}").title)
        for place, leaf in enumerate(scenario.leaves)
    ]


def bar_of(label: str, chances: Sequence[float], said: Sequence[str], people: int = 0) -> Bar:
    """A bar of chances, 0 to 1, one after the other.

    >>> [(one.start, one.width) for one in bar_of("All", [0.25, 0.75], ["25 %", "75 %"]).shares]
    [(0.0, 25.0), (25.0, 75.0)]
    """
    starts = [sum(chances[:place], 0.0) for place in range(len(chances))]
    pieces = zip(starts, chances, said, strict=True)
    return Bar(
        label,
        [
            Share(colour_of_leaf(place), round(100 * start, 2), round(100 * chance, 2), words)
            for place, (start, chance, words) in enumerate(pieces)
        ],
        people,
    )


def bar_of_joint(scenario: Scenario, label: str, joint: Joint) -> Bar:
    """The bar of the named scenarios in a joint forecast."""
    chances = [joint.of(_of_axes(joint, leaf.holds)) for leaf in scenario.leaves]
    return bar_of(label, chances, [percent(chance) for chance in chances])


def _of_axes(joint: Joint, holds: Mapping[str, bool]) -> dict[str, bool]:
    return {name: state for name, state in holds.items() if name in joint.names}


def scenario_groups(
    session: Session, viewer: Viewer, scenario: Scenario, everybody: ShownScenarios, language: str
) -> ScenarioGroups | None:
    """The groups of every background question beside everybody; None where none is told.

    Nor of figures of this moment: each group's would be computed anew for each reader.
    """
    if scenario.survey.publication == "live" or not everybody.people:
        return None
    headed, withheld = [], []
    for asked in background_answers.asked_with_words(session, scenario.survey):
        told = _told(session, viewer, scenario, asked, language)
        bars = [bar for bar in told.values() if bar is not None]
        headed += [(asked.text(language).label, bars)] if bars else []
        withheld_here = [label for label, bar in told.items() if bar is None]
        # Of a question that no group is told of, its words say as much as all of its answers.
        withheld += withheld_here if bars or not told else [asked.text(language).label]
    if not headed:
        return None
    return ScenarioGroups(
        names_of(scenario, language), _bar(scenario, _("Everybody"), everybody), headed, withheld
    )


def _told(
    session: Session, viewer: Viewer, scenario: Scenario, asked: BackgroundQuestion, language: str
) -> dict[str, Bar | None]:
    """The groups of one background question by their words; None where withheld."""
    found: dict[str, Bar | None] = {}
    for option in asked.options:
        label, segment = option.text(language), group_segment(asked.key, option.key)
        seen = disclosure.get_scenarios(session, viewer, scenario, segment=segment)
        found[label] = _bar(scenario, label, seen) if isinstance(seen, ShownScenarios) else None
    return found


def _bar(scenario: Scenario, label: str, seen: ShownScenarios) -> Bar:
    chances = [seen.chances.leaves[leaf.key] for leaf in scenario.leaves]
    return bar_of(label, chances, [leaf_chance(leaf, seen) for leaf in scenario.leaves], seen.people)
