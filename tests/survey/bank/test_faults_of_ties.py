"""Faults in what ties questions together: conditions, events, relations, scenarios."""

from pathlib import Path

import pytest

from .faults import STRUCTURE, Fault

BRANCH = 'given = { question = "peace", options = ["2027-06-30"], holds = true }\ndeadline = 2027-06-30'

FAULTS = {
    "pair without a condition": Fault(
        STRUCTURE,
        BRANCH,
        "deadline = 2027-06-30",
        "question.branch.given: is missing",
        '[[question]]\nkey = "branch"',
    ),
    "event of no question": Fault(
        STRUCTURE,
        '  { question = "lasts"',
        '  { question = "lost"',
        "relation.I.b.events[0].question: there is no question 'lost'",
    ),
    "event of no option": Fault(
        STRUCTURE,
        '  { question = "colour", options = ["red"]',
        '  { question = "colour", options = ["rde"]',
        "relation.Q.events[0].options: there is no option 'rde'; known are red, green, blue",
    ),
    "event without options": Fault(
        STRUCTURE,
        '  { question = "colour", options = ["red"]',
        '  { question = "colour", options = []',
        "relation.Q.events[0].options: must list 1 or more",
    ),
    "event of a number": Fault(
        STRUCTURE,
        '  { question = "colour", options = ["red"]',
        '  { question = "price", options = ["value"]',
        "relation.Q.events[0].question: a question of kind numeric has no events",
    ),
    "event of a pair": Fault(
        STRUCTURE,
        '  { question = "colour", options = ["red"]',
        '  { question = "branch", options = ["if_yes"]',
        "relation.Q.events[0].question: a question of kind pair has no events",
    ),
    "event of two rungs": Fault(
        STRUCTURE,
        '  { question = "peace", options = ["2028-06-30"]',
        '  { question = "peace", options = ["2027-06-30", "2028-06-30"]',
        "relation.I.a.events[1].options: an event of a ladder has one deadline",
    ),
    "unknown key of an event": Fault(
        STRUCTURE,
        '  { question = "lasts",',
        '  { hold = 1, question = "lasts",',
        "relation.I.b.events[0].hold: unknown key",
    ),
    "unknown relation": Fault(
        STRUCTURE, 'kind = "equals"', 'kind = "causes"', "relation.Q.kind: must be one of implies"
    ),
    "relation twice": Fault(
        STRUCTURE, 'key = "I.b"', 'key = "I.a" #', "relation.I.a.key: I.a is there already"
    ),
    "total without a pair": Fault(
        STRUCTURE, 'pair = "branch"\n', "", "relation.T.pair: is missing", '[[relation]]\nkey = "T"'
    ),
    "total with no pair of that name": Fault(
        STRUCTURE, 'pair = "branch"', 'pair = "rain"', "relation.T.pair: there is no conditional pair 'rain'"
    ),
    "pair of another relation": Fault(
        STRUCTURE,
        'kind = "equals"',
        'kind = "equals"\npair = "branch" #',
        "relation.Q.pair: only a relation of kind total",
        'pair = "branch" #',
    ),
    "implies of three": Fault(
        STRUCTURE,
        '  { question = "lasts"',
        '  { question = "colour", options = ["red"] },\n  { question = "lasts"',
        "relation.I.b.events: implies is about 2 events, got 3",
        'events = [\n  { question = "colour", options = ["red"] }',
    ),
    "relation inside one question": Fault(
        STRUCTURE,
        '  { question = "colour", options = ["red"]',
        '  { question = "rain", options = ["yes"]',
        "relation.Q.events: all are of one question",
        'events = [\n  { question = "rain", options = ["yes"], holds = true },\n  { question = "rain"',
    ),
    "root that is given something": Fault(
        STRUCTURE,
        '[[scenario.axes]]\nkey = "peace"',
        '[[scenario.axes]]\ngiven = "branch" #\nkey = "peace"',
        "scenario.tree.axes.peace.given: the first axis",
        'given = "branch" #',
    ),
    "axis without a pair": Fault(
        STRUCTURE,
        'given = "branch"\n',
        "",
        "scenario.tree.axes.large.given: is missing",
        '[[scenario.axes]]\nkey = "large"',
    ),
    "axis on another condition": Fault(
        STRUCTURE,
        '[[scenario.axes]]\nkey = "peace"\nevent = { question = "peace", options = ["2027-06-30"]',
        '[[scenario.axes]]\nkey = "peace"\nevent = { question = "peace", options = ["2028-06-30"]',
        "scenario.tree.axes.large.given: branch is not conditional on the root, peace = 2028-06-30",
        'given = "branch"',
    ),
    "leaf of no axis": Fault(
        STRUCTURE,
        '{ key = "none", peace = false }',
        '{ key = "none", peac = false }',
        "scenario.tree.leaves.none.peac: there is no such axis",
    ),
    "future in no scenario": Fault(
        STRUCTURE,
        '{ key = "none", peace = false }',
        '{ key = "none", peace = false, large = true }',
        "scenario.tree.leaves: no scenario is of the future in which peace does not, large does not",
        "leaves = [",
    ),
    "future in two scenarios": Fault(
        STRUCTURE,
        '{ key = "none", peace = false }',
        '{ key = "none", large = false }',
        "scenario.tree.leaves: other, none are all of the future in which peace comes true, large does not",
        "leaves = [",
    ),
    "scenarios of every future": Fault(
        STRUCTURE,
        '"best", peace = true, large = true },\n  { key = "other", peace = true, large = false },\n'
        '  { key = "none", peace = false },',
        '"best" },\n  { key = "other" },\n  { key = "none" },',
        "scenario.tree.leaves: has no event by which one future is told from another",
        "leaves = [",
    ),
    "aside named as an axis": Fault(
        STRUCTURE,
        "wet = {",
        'large = { question = "rain", options = ["yes"] }\nwet = {',
        "scenario.tree.also.large: large is an axis already",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_with_its_file_line_and_key(fault: Fault, tmp_path: Path) -> None:
    fault.check(tmp_path)
