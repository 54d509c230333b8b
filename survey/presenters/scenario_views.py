"""Whose scenarios are asked for (the crowd's, one's own, a group's), and what if an event had another chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from sqlalchemy.orm import Session

from scoring.scenarios import Joint

from .. import disclosure
from ..aggregation.scenarios import what_if
from ..aggregation.segments import ALL, group_segment
from ..disclosure import Denial, ShownScenarios, Viewer
from ..i18n.formatting import percent
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable
from ..models import Question, Scenario, Survey
from ..questions.number_parsing import percent as read_percent
from ..services import background_answers
from ..services.own_scenarios import UnfinishedScenarios, own_scenarios
from .scenario_bars import Bar, bar_of_joint
from .scenario_charts import leaf_words, network_of

CROWD, MINE, GROUP = "crowd", "mine", "group"
#: Less than this is no move: it is told in tenths of a point at the finest.
STAYS = 0.005


@dataclass(frozen=True)
class Whose:
    """Whose forecasts are asked for: `group` is the address part of one, `label` its words."""

    kind: str = CROWD
    group: str = ""
    label: str = ""

    @property
    def segment(self) -> str:
        """The part of the crowd, as publications name it."""
        key, _slash, option = self.group.partition("/")
        return group_segment(key, option) if self.group else ALL

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address for it."""
        if self.kind == GROUP:
            return {"group": self.group}
        return {"whose": MINE} if self.kind == MINE else {}


def groups_of(session: Session, survey: Survey, language: str) -> list[tuple[str, str]]:
    """Address part and words of each group there may be in a survey, told or not."""
    return [
        (f"{asked.key}/{option.key}", f"{asked.text(language).label} {option.text(language)}")
        for asked in background_answers.asked_with_words(session, survey)
        for option in asked.options
    ]


def whose_asked(viewer: Viewer, groups: Sequence[tuple[str, str]], whose: str, group: str) -> Whose:
    """Whose forecasts the address asks for; the crowd's where it names nobody there is."""
    named = dict(groups)
    if group in named:
        return Whose(GROUP, group, named[group])
    return Whose(MINE) if whose == MINE and viewer.participant is not None else Whose()


def scenarios_of(
    session: Session, viewer: Viewer, scenario: Scenario, whose: Whose
) -> ShownScenarios | UnfinishedScenarios | Denial:
    """The joint forecast that is asked for, as far as this viewer is shown it."""
    if whose.kind == MINE and viewer.participant is not None:
        return own_scenarios(session, viewer.participant, scenario)
    return disclosure.get_scenarios(session, viewer, scenario, segment=whose.segment)


@dataclass(frozen=True)
class Trial:
    """What-if: some events set to other chances by the reader, which is stored nowhere.

    Attributes
    ----------
    leaves
        The joint with the setting, or as it is now.
    fields
        Key, name in the address, words, chance now, what was typed, and what is wrong with it, for each open event.
    bars
        The named scenarios now and with the setting.
    rows
        Each future with its chance now and with the setting; in the order of the leaves.
    moves
        Why the chance of each event that was not set moved, or did not.
    problem
        Why it can't be; the figures are those of now then.
    data
        The joint for the script: axes and leaves, and of each named scenario which axes hold in it.
    """

    leaves: Joint
    fields: list[dict[str, str]]
    bars: list[Bar]
    rows: list[list[str]]
    moves: list[dict[str, str]]
    problem: str = ""
    is_set: bool = False
    data: dict[str, Any] = field(default_factory=dict)


class ImpossibleTrial(ValueError):
    """Events set to what they can't be, in words."""


def tried(leaves: Joint, wanted: Mapping[str, float]) -> Joint:
    """The joint with some events set; ImpossibleTrial says in words why it can't be."""
    for key, chance in wanted.items():
        now = leaves.of({key: True})
        # What is certain stays so: nothing can be learned of futures that have no chance.
        if not 0 < now < 1 and chance != round(now):
            raise ImpossibleTrial(
                _("It has no chance now, so nothing is known of futures in which it comes true.")
                if now <= 0
                else _("It is certain now, so nothing is known of futures in which it does not come true.")
            )
    try:
        return what_if(leaves, {key: one for key, one in wanted.items() if 0 < leaves.of({key: True}) < 1})
    except ValueError as error:
        raise ImpossibleTrial(_("These can't be so together: no future is left.")) from error


def trial_of(scenario: Scenario, seen: ShownScenarios, language: str, typed: Mapping[str, str]) -> Trial:
    """The form of a trial, and its result where the address sets something."""
    now = network_of(scenario, seen).leaves()
    fields: list[dict[str, str]] = []
    wanted: dict[str, float] = {}
    for axis in scenario.tree:
        if axis.key in seen.known:
            continue
        name = f"{scenario.key}.{axis.key}"
        text, wrong = typed.get(name, "").strip(), ""
        if text:
            wanted_here, wrong = _read(text)
            wanted |= {} if wrong else {axis.key: wanted_here}
        fields.append(
            {
                "key": axis.key,
                "name": name,
                "label": scenario.text(language, f"axis:{axis.key}").title,
                "now": percent(now.of({axis.key: True})),
                "points": f"{100 * now.of({axis.key: True}):.1f}",
                "typed": text,
                "wrong": wrong,
            }
        )
    then, problem = now, ""
    try:
        then = tried(now, wanted)
    except ImpossibleTrial as error:
        problem = str(error)
    all_states = list(product((True, False), repeat=len(now.names)))
    open_states = [
        states
        for states in all_states
        if all(seen.known.get(name, holds) == holds for name, holds in zip(now.names, states, strict=True))
    ]
    rows = [
        [
            leaf_words(scenario, states, language, seen.known),
            percent(now.of(dict(zip(now.names, states, strict=True)))),
            percent(then.of(dict(zip(now.names, states, strict=True)))),
        ]
        for states in open_states
    ]
    moves = [_move(one, now, then, one["key"] in wanted) for one in fields]
    data = {
        "axes": list(now.names),
        "leaves": [
            {"states": states, "chance": now.of(dict(zip(now.names, states, strict=True)))}
            for states in open_states
        ],
        "named": [leaf.holds for leaf in scenario.leaves],
    }
    bars = [
        bar_of_joint(scenario, label, joint) for label, joint in ((_("Now"), now), (_("Your trial"), then))
    ]
    return Trial(then, fields, bars, rows, moves, problem, bool(wanted) and not problem, data)


def _read(text: str) -> tuple[float, str]:
    try:
        chance = read_percent(text).value
    except Unreadable as error:
        return 0.0, str(error)
    if not 0 <= chance <= 1:
        return 0.0, _("A chance lies between 0 and 100 %.")
    return chance, ""


def _move(one: Mapping[str, str], now: Joint, then: Joint, is_set: bool) -> dict[str, str]:
    """One event: how its chance moved, in a sentence; both sentences are kept for the script."""
    before, after = now.of({one["key"]: True}), then.of({one["key"]: True})
    moves = _("{event}: from {before} to {after}, because it hangs together with what you set.")
    stays = _(
        "{event}: stays at {after}, because it is about as likely whether or not what you set comes true."
    )
    wrote = _("{event}: from {before} to {after}, as you set it.")
    sentence = wrote if is_set else (stays if abs(after - before) < STAYS else moves)
    filled = sentence.replace("{event}", one["label"])
    filled = filled.replace("{before}", percent(before)).replace("{after}", percent(after))
    sentences = {"moves": moves, "stays": stays, "set": wrote}
    return {
        "key": one["key"],
        "words": filled,
        **{name: text.replace("{event}", one["label"]) for name, text in sentences.items()},
    }


@dataclass(frozen=True)
class UnfinishedTold:
    """One's own tree while some branches are unanswered: bounds of each future, and what is missing."""

    rows: list[list[str]]
    missing: tuple[Question, ...]


def unfinished_told(scenario: Scenario, own: UnfinishedScenarios, language: str) -> UnfinishedTold:
    """Each future with its bounds."""
    rows = []
    for states in product((True, False), repeat=len(scenario.tree)):
        if any(
            own.known.get(axis.key, holds) != holds for axis, holds in zip(scenario.tree, states, strict=True)
        ):
            continue
        at = tuple(map(int, states))
        low, high = float(own.bounds.low[at]), float(own.bounds.high[at])
        rows.append([leaf_words(scenario, states, language, own.known), f"{_end(low)} – {_end(high)}"])
    return UnfinishedTold(rows, own.missing)


def _end(value: float) -> str:
    """An end of bounds: a bound may well be certain."""
    return percent(value) if 0 < value < 1 else f"{value * 100:.0f}\u00a0%"
