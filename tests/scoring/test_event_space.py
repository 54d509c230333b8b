"""What coherent forecasts obey, told by their declarations; contradictions; the bank's own worked answer."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from scoring.coherence import (
    Contradiction,
    Event,
    EventSpace,
    ImpossibleState,
    Question,
    Relation,
    clashes,
    read_event,
    repair,
)
from survey.bank.reading import bank_folder, read_bank
from tests.scoring.relation_graphs import MANY, random_spaces

YES = ("yes",)


def event(key, holds=True):
    return Event(key, YES, holds)


def binaries(*keys):
    return [Question(key, "binary") for key in keys]


def test_an_objective_has_the_same_optimum_on_the_rows_as_on_all_combinations():
    """Always where there is no circle; in circles, whose facets are sampled, nearly always."""
    missed, count = 0, min(MANY, 300)
    for random, space, whole in random_spaces(count, seed=8):
        top, _ = whole.ratios()
        own = [
            space.answers.index((key, "if_yes" if option == "both" else option))
            for key, option in space.coordinates
        ]
        same = space.equalities
        for _ in range(3):
            aim = random.normal(size=space.size)
            found = linprog(
                aim, space.table[~same, :-1], -space.table[~same, -1], space.table[same, :-1],
                -space.table[same, -1], (None, None), method="highs",
            )  # fmt: skip
            short = (aim @ top[own]).min() - found.fun
            assert short >= -1e-8
            missed += short > 1e-8
            assert short <= 1e-8 or space.hulls
        assert (space.table @ np.append(space.centre, 1)).max() < 1e-9
    assert missed <= count / 100


def test_relations_that_leave_nothing_are_told_by_a_minimal_set():
    relations = [
        Relation("idle", "implies", (event("c"), event("a"))),
        Relation("there", "implies", (event("a"), event("b"))),
        Relation("not both", "excludes", (event("a"), event("b"))),
        Relation("one of them", "partition", (event("a"), event("b"))),
        Relation("alike", "equals", (event("a"), event("b"))),
    ]
    with pytest.raises(Contradiction, match=r"^relations must leave something possible") as told:
        EventSpace.of(binaries("a", "b", "c"), relations)
    assert set(told.value.sources) == {"one of them", "alike"}


def test_an_outcome_that_is_ruled_out_is_told_with_what_does_so():
    relations = [
        Relation("up", "implies", (event("a"), event("b"))),
        Relation("idle", "implies", (event("c"), event("b"))),
        Relation("apart", "excludes", (event("a"), event("b"))),
    ]
    with pytest.raises(ImpossibleState, match=r"^relations must leave yes of 'a' possible") as told:
        EventSpace.of(binaries("a", "b", "c"), relations)
    assert set(told.value.sources) == {"up", "apart"}


def test_three_that_exclude_each_other_share_one_whole_which_no_pair_says():
    three = tuple(event(key) for key in "abc")
    space = EventSpace.of(binaries("a", "b", "c"), [Relation("one", "excludes", three)])
    assert [clash.sources for clash in clashes(space, [0.4, 0.4, 0.4])]
    assert clashes(space, [0.3, 0.3, 0.4]) == []
    assert repair(space, [0.5, 0.5, 0.5]).answers == pytest.approx([1 / 3] * 3, abs=1e-5)


def test_ladders_on_one_question_alone_and_a_chain_of_forty_are_complete():
    ladder = Question("when", "ladder", tuple(f"{year}" for year in range(2030, 2042)))
    assert len(EventSpace.of([ladder]).rows) == 13
    keys = [f"q{at}" for at in range(40)]
    chain = [Relation(one, "implies", (event(one), event(other))) for one, other in pairwise(keys)]
    space = EventSpace.of(binaries(*keys), chain)
    assert space.is_complete and len(space.hulls) == 0
    (clash,) = clashes(space, [0.9, *[np.nan] * 38, 0.5], in_hand=("q39", "yes"))
    assert set(clash.sources) == set(keys[:-1])
    assert clash.mends["q39", "yes"] == pytest.approx((0.895, 1))


def ring(count):
    """Events in a circle of which no two neighbours happen together."""
    keys = [f"q{at}" for at in range(count)]
    apart = [
        Relation(key, "excludes", (event(key), event(other)))
        for key, other in zip(keys, keys[1:] + keys[:1], strict=True)
    ]
    return EventSpace.of(binaries(*keys), apart)


def test_a_circle_says_more_than_its_pairs_and_one_too_large_says_that_it_is_not_complete():
    space = ring(5)
    assert space.is_complete
    (clash,) = clashes(space, [0.5] * 5)
    assert len(clash.answers) == 5 and clash.amount == pytest.approx(0.5)
    assert repair(space, [0.5] * 5).answers == pytest.approx([0.4] * 5, abs=1e-5)
    large = ring(26)
    assert not large.is_complete
    assert [clash.sources for clash in clashes(large, [0.9, 0.4, *[np.nan] * 24])] == [("q0",)]
    assert repair(large, [0.9, 0.3, *[np.nan] * 24]).answers[:2] == pytest.approx([0.8, 0.2], abs=1e-4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("war", Event("war", YES)),
        ("!war", Event("war", YES, holds=False)),
        ("when@2030", Event("when", ("2030",))),
        ("form=c|a", Event("form", ("a", "c"))),
        ("!form>=b", Event("form", ("b", "c"), holds=False)),
    ],
)
def test_events_are_read_from_their_short_syntax(text, expected):
    questions = [
        Question("war", "binary"),
        Question("when", "ladder", ("2030", "2031")),
        Question("form", "ordered", ("a", "b", "c")),
    ]
    assert read_event(text, questions) == expected
    for wrong in [
        "",
        "peace",
        "war=yes",
        "when=2030",
        "when@2032",
        "when@2030|2031",
        "form@a",
        "form=d",
        "form>=a|b",
    ]:
        with pytest.raises(ValueError, match=r"^text must"):
            read_event(wrong, questions)


def test_declarations_that_name_what_is_not_there_are_refused():
    war, pair = Question("war", "binary"), Question("p", "pair", given=event("war"))
    for questions, relations, message in [
        ([war, war], [], "questions must have different keys"),
        ([war], [Relation("r", "implies", (event("war"), event("peace")))], "events must be of questions"),
        ([war], [Relation("r", "never", (Event("war", ("no",)),))], "options of an event of 'war'"),
        (
            [war],
            [Relation("r", "total", (event("war"),), "p")],
            "pair of 'r' must be a question of kind pair",
        ),
        ([Question("a", "binary", given=event("a"))], [], "given of 'a' must not depend on itself"),
        ([war], [Relation("r", "never", (event("war"),))] * 2, "relations must have different keys"),
    ]:
        with pytest.raises(ValueError, match=message):
            EventSpace.of(questions, relations)
    with pytest.raises(ValueError, match="answers must be to what is asked"):
        EventSpace.of([war]).vector({"peace": {"yes": 0.5}})
    # A pair that nothing ties to an event is asked, and any answer to it is coherent.
    alone = EventSpace.of([war, pair])
    assert clashes(alone, [0.5, 0.1, 0.9]) == []
    assert repair(alone, [0.5, 0.1, 0.9]).answers == pytest.approx([0.5, 0.1, 0.9], abs=1e-6)


def of_bank(name):
    """A bank's event space and the worked answer that is written beside it."""
    bank = read_bank(bank_folder(name))

    def own(one):
        return Event(one.question, one.options, one.holds)

    questions = [
        Question(one.key, one.kind, tuple(option.key for option in one.options), one.given and own(one.given))
        for one in bank.questions
        if one.kind not in ("numeric", "date")
    ]
    relations = [Relation(one.key, one.kind, tuple(map(own, one.events)), one.pair) for one in bank.relations]
    space = EventSpace.of(questions, relations)
    return space, space.vector(bank.worked)


#: An answer that is changed, and a relation or question that it breaks then.
CHANGES = [
    ("ceasefire-when", "2027-06-30", 0.5, {"ceasefire-when"}),
    ("ceasefire-when", "2027-12-31", 0.6, {"ceasefire-when", "R4"}),
    ("ceasefire-when", "2028-12-31", 0.1, {"ceasefire-when", "R2.2028-12-31"}),
    ("ceasefire-when", "2030-12-31", 0.2, {"ceasefire-when", "R2.2030-12-31"}),
    ("treaty-when", "2027-06-30", 0.13, {"R2.2027-06-30", "treaty-when"}),
    ("treaty-when", "2027-12-31", 0.12, {"R5.b"}),
    ("treaty-when", "2027-12-31", 0.02, {"R5.a"}),
    ("treaty-when", "2028-12-31", 0.5, {"R2.2028-12-31", "treaty-when"}),
    ("treaty-when", "2030-12-31", 0.02, {"R15", "treaty-when"}),
    ("war-state-2027", "fighting", 0.5, {"war-state-2027"}),
    ("war-state-2027", "collapsed", 0.12, {"R6", "war-state-2027"}),
    ("ceasefire-holds", "yes", 0.95, {"R6"}),
    ("guarantee-form", "nato", 0.05, {"R8"}),
    ("guarantee-form", "several", 0.3, {"R9", "guarantee-form"}),
    ("guarantee-if-ceasefire", "if_yes", 0.6, {"R9"}),
    ("guarantee-if-ceasefire", "if_no", 0.3, {"R9"}),
    ("nato-invitation", "2027-12-31", 0.04, {"nato-invitation"}),
    ("nato-accession", "2027-12-31", 0.05, {"R7.2027-12-31", "nato-accession"}),
    ("nato-accession", "2028-12-31", 0.04, {"R7.2028-12-31", "R8"}),
    ("nato-accession", "2030-12-31", 0.09, {"R7.2030-12-31"}),
    ("western-forces", "yes", 0.9, {"R11"}),
    ("eu-accession", "2028-12-31", 0.11, {"R10"}),
    ("eu-accession", "2030-12-31", 0.5, {"eu-accession"}),
    ("eu-accession", "2035-12-31", 0.05, {"eu-accession"}),
    ("order-2030", "settlement", 0.4, {"R15", "order-2030"}),
    ("clash", "2027-06-30", 0.06, {"clash"}),
    ("clash", "2027-12-31", 0.08, {"clash", "R13.b"}),
    ("clash", "2028-12-31", 0.2, {"R11", "R12"}),
    ("clash-if-forces", "if_no", 0.2, {"R11"}),
    ("clash-if-ceasefire", "if_yes", 0.2, {"R12"}),
    ("clash-if-ceasefire", "if_no", 0.2, {"R12"}),
    ("escalation-rung", "deaths", 0.06, {"R13.a", "escalation-rung"}),
    ("escalation-rung", "detonation", 0.05, {"R14", "escalation-rung"}),
    ("treaty-when", "2028-12-31", 0.03, {"treaty-when"}),
    ("treaty-when", "2030-12-31", 0.7, {"R2.2030-12-31"}),
    ("ceasefire-when", "2030-12-31", 0.3, {"ceasefire-when", "R2.2030-12-31"}),
    ("war-state-2027", "settlement", 0.2, {"R5.a", "war-state-2027"}),
    ("war-state-2027", "other", 0.2, {"war-state-2027"}),
    ("guarantee-form", "agreements", 0.6, {"guarantee-form"}),
    ("guarantee-form", "assurances", 0.3, {"guarantee-form"}),
    ("nato-invitation", "2028-12-31", 0.08, {"nato-invitation"}),
    ("nato-invitation", "2030-12-31", 0.005, {"nato-invitation"}),
    ("clash-if-forces", "if_yes", 0.9, {"R11"}),
    ("order-2030", "direct-war", 0.4, {"order-2030"}),
    ("escalation-rung", "none", 0.9, {"escalation-rung"}),
    ("clash", "2028-12-31", 0.005, {"clash"}),
    ("nuclear-use", "yes", 0.0, None),
    ("western-forces", "yes", 0.065, None),
    ("ceasefire-holds", "yes", 0.6, None),
    ("eu-accession", "2035-12-31", 0.9, None),
]


class TestBank:
    """The bank on Ukraine."""

    @pytest.fixture(scope="class")
    @staticmethod
    def ukraine():
        return of_bank("ukraine")

    def test_its_worked_answer_gives_no_alarm_and_is_its_own_repair(self, ukraine):
        space, worked = ukraine
        assert space.is_complete
        assert clashes(space, worked) == [] and clashes(space, worked, 1e-7) == []
        assert repair(space, worked).moved == pytest.approx(0 * worked, abs=2e-6, nan_ok=True)

    @pytest.mark.parametrize(("key", "option", "value", "expected"), CHANGES)
    def test_a_single_change_of_it_gives_the_right_alarm(self, ukraine, key, option, value, expected):
        space, worked = ukraine
        place = space.answers.index((key, option))
        changed = worked.copy()
        changed[place] = value
        found = clashes(space, changed, in_hand=(key, option))
        assert all((key, option) in clash.answers for clash in found)
        named = {source for clash in found for source in clash.sources}
        assert named >= expected if expected else not found
        # Where it would have to move holds what it was.
        assert all(
            clash.mends[key, option][0] <= worked[place] <= clash.mends[key, option][1] for clash in found
        )

    def test_what_no_row_says_alone_is_found_and_told_by_the_answers_it_takes(self, ukraine):
        space, _ = ukraine
        answers = space.vector({"treaty-when": {"2027-12-31": 0.6}, "war-state-2027": {"fighting": 0.65}})
        (clash,) = clashes(space, answers)
        assert clash.amount == pytest.approx(0.25)
        assert set(clash.answers) == {("treaty-when", "2027-12-31"), ("war-state-2027", "fighting")}
