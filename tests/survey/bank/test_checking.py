"""Probabilities of events, gaps of relations, and the worked answer."""

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.bank import check_bank
from survey.bank.checking import TOLERANCE, checked_bank, gaps, probability
from survey.bank.content import Bank, Event, WorkedAnswers
from survey.bank.reading import read_bank
from survey.errors import BankError

from . import tiny

chances = st.floats(0, 1)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return read_bank(tiny.write(tmp_path_factory.mktemp("bank") / "tiny"))


def with_answer(answers: WorkedAnswers, question: str, **figures: float) -> dict[str, Mapping[str, float]]:
    """The answers, some of them other than they were."""
    return {**answers, question: {**answers.get(question, {}), **figures}}


def test_a_binary_event_is_the_answer(bank: Bank) -> None:
    assert probability(bank, bank.worked, Event("rain", ("yes",))) == 0.3


def test_an_event_that_does_not_hold_is_the_rest(bank: Bank) -> None:
    assert probability(bank, bank.worked, Event("rain", ("yes",), holds=False)) == 0.7


def test_an_event_of_a_choice_is_the_sum_of_its_options(bank: Bank) -> None:
    assert probability(bank, bank.worked, Event("colour", ("red", "blue"))) == 0.5


def test_an_event_of_a_ladder_is_its_rung(bank: Bank) -> None:
    assert probability(bank, bank.worked, Event("peace", ("2028-06-30",))) == 0.4


def test_an_event_of_a_conditional_question_lies_inside_its_condition(bank: Bank) -> None:
    assert probability(bank, bank.worked, Event("lasts", ("yes",))) == pytest.approx(0.2 * 0.5)


def test_not_holding_means_the_condition_and_not_the_answer(bank: Bank) -> None:
    answers = with_answer(bank.worked, "lasts", yes=0.9)
    assert probability(bank, answers, Event("lasts", ("yes",), holds=False)) == pytest.approx(0.2 * 0.1)


@given(condition=chances, answer=chances)
def test_inside_a_condition_the_two_sides_add_up_to_the_condition(
    bank: Bank, condition: float, answer: float
) -> None:
    answers = {"peace": {"2027-06-30": condition}, "lasts": {"yes": answer}}
    sides = [probability(bank, answers, Event("lasts", ("yes",), holds)) for holds in (True, False)]
    assert sum(sides) == pytest.approx(condition)


def test_a_missing_answer_makes_the_probability_unknown(bank: Bank) -> None:
    assert math.isnan(probability(bank, {}, Event("rain", ("yes",))))


def test_a_missing_condition_makes_it_unknown_too(bank: Bank) -> None:
    assert math.isnan(probability(bank, {"lasts": {"yes": 0.5}}, Event("lasts", ("yes",))))


def test_every_relation_has_a_gap_and_so_has_every_kind_that_brings_one(bank: Bank) -> None:
    assert list(gaps(bank, bank.worked)) == [
        *("I.a", "I.b", "Q", "X", "P", "T"),
        *("sum of colour", "sum of size", "order of peace"),
    ]


@pytest.mark.parametrize(("third", "missed"), [(0.333, 0), (0.3333, 0), (0.33, -0.01)])
def test_a_choice_of_a_file_may_miss_1_by_rounding_as_peoples_answers_may(
    bank: Bank, third: float, missed: float
) -> None:
    options = [option.key for option in bank.question("colour").options]
    answers = {**bank.worked, "colour": dict.fromkeys(options, third)}
    assert len(options) == 3
    assert gaps(bank, answers)["sum of colour"] == pytest.approx(missed)


def test_the_worked_answer_leaves_no_gap(bank: Bank) -> None:
    assert all(abs(gap) <= TOLERANCE for gap in gaps(bank, bank.worked).values())


@pytest.mark.parametrize(
    ("question", "figures", "broken", "size"),
    [
        ("peace", {"2028-06-30": 0.25}, "I.a", 0.05),
        ("colour", {"red": 0.4, "green": 0.4}, "Q", 0.1),
        ("peace", {"2027-06-30": 0.8, "2028-06-30": 0.9}, "X", 0.1),
        ("size", {"small": 0.5, "large": 0.5}, "P", -0.2),
        ("branch", {"if_yes": 0.4}, "T", 0.1),
        ("colour", {"green": 0.6}, "sum of colour", 0.1),
        ("peace", {"2027-06-30": 0.5}, "order of peace", 0.1),
    ],
)
def test_a_perturbed_answer_leaves_a_gap_of_known_size(
    bank: Bank, question: str, figures: dict[str, float], broken: str, size: float
) -> None:
    answers = with_answer(bank.worked, question, **figures)
    assert gaps(bank, answers)[broken] == pytest.approx(size)


def test_a_relation_inside_a_condition_is_broken_where_its_product_is(bank: Bank) -> None:
    answers = with_answer(with_answer(bank.worked, "rain", yes=0.95), "lasts", yes=0.5)
    assert gaps(bank, answers)["I.b"] == pytest.approx(0.2 * 0.5 - 0.05)


def test_a_relation_without_an_answer_has_an_unknown_gap(bank: Bank) -> None:
    found = gaps(bank, {"rain": {"yes": 0.3}})
    assert all(math.isnan(gap) for gap in found.values())
    assert "sum of colour" not in found


def test_a_ladder_with_a_rung_missing_has_an_unknown_gap(bank: Bank) -> None:
    assert math.isnan(gaps(bank, {"peace": {"2028-06-30": 0.4}})["order of peace"])


def test_a_checked_bank_is_the_bank(bank: Bank, tmp_path: Path) -> None:
    assert checked_bank(tiny.write(tmp_path)) == bank


def check_faults(folder: Path) -> list[str]:
    with pytest.raises(BankError) as error:
        check_bank(folder)
    return error.value.faults


def test_a_worked_answer_that_breaks_a_relation_is_told_at_the_relation(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "worked.toml", "if_yes = 0.9", "if_yes = 0.4")
    line = tiny.STRUCTURE[: tiny.STRUCTURE.index('[[relation]]\nkey = "T"')].count("\n") + 1
    assert check_faults(folder) == [
        f"structure.toml:{line}: relation.T: the answer of worked.toml breaks it by 0.1"
    ]


def test_a_worked_answer_that_breaks_the_order_of_a_ladder_is_told_at_the_question(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "worked.toml", '"2027-06-30" = 0.2', '"2027-06-30" = 0.45')
    line = tiny.STRUCTURE[: tiny.STRUCTURE.index('[[question]]\nkey = "peace"')].count("\n") + 1
    told = f"structure.toml:{line}: question.peace: the answer of worked.toml breaks its order by 0.05"
    assert told in check_faults(folder)


def test_a_worked_answer_that_does_not_sum_to_one_is_told_at_the_question(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "worked.toml", "green = 0.5", "green = 0.6")
    line = tiny.STRUCTURE[: tiny.STRUCTURE.index('[[question]]\nkey = "colour"')].count("\n") + 1
    told = f"structure.toml:{line}: question.colour: the answer of worked.toml breaks its sum by 0.1"
    assert check_faults(folder) == [told]


def test_a_worked_answer_that_leaves_a_relation_out_is_refused(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "worked.toml", "lasts.yes = 0.5\n", "")
    (fault,) = check_faults(folder)
    assert fault.endswith("relation.I.b: worked.toml lacks an answer that it needs")


def test_the_summary_counts_what_is_there(tmp_path: Path) -> None:
    assert check_bank(tiny.write(tmp_path)) == [
        "tiny: 1 theme, 8 questions",
        "languages: en, uk",
        "relations: 6 declared",
        "scenarios: 3",
        "worked answer: 9 relations hold",
    ]


def test_the_summary_says_that_there_is_no_worked_answer(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path)
    (folder / "worked.toml").unlink()
    assert check_bank(folder)[-1] == "worked answer: none"


def test_a_shipped_bank_is_checked_by_its_name() -> None:
    assert check_bank("ukraine")[0] == "ukraine: 5 themes, 28 questions"


def test_relations_that_leave_nothing_possible_are_told_at_each_of_the_smallest_set(tmp_path: Path) -> None:
    """The other relations are named by none: without any one of the two there is something again."""
    folder = tiny.write_edited(
        tmp_path,
        "structure.toml",
        '[[relation]]\nkey = "T"',
        '[[relation]]\nkey = "Z"\nkind = "equals"\nevents = [\n'
        '  { question = "rain", options = ["yes"], holds = true },\n'
        '  { question = "size", options = ["large"], holds = true },\n]\n\n[[relation]]\nkey = "T"',
    )
    (folder / "en.toml").write_text(
        tiny.words("en").replace('T = "T', 'Z = "Z en"\nT = "T'), encoding="utf-8"
    )
    (folder / "uk.toml").write_text(
        tiny.words("uk").replace('T = "T', 'Z = "Z uk"\nT = "T'), encoding="utf-8"
    )
    text = (folder / "structure.toml").read_text(encoding="utf-8")

    def line(key: str) -> int:
        return text[: text.index(f'[[relation]]\nkey = "{key}"')].count("\n") + 1

    told = "leaves nothing possible together with"
    assert check_faults(folder) == [
        f"structure.toml:{line('P')}: relation.P: {told} Z: one of them must go",
        f"structure.toml:{line('Z')}: relation.Z: {told} P: one of them must go",
    ]


def test_an_outcome_that_is_asked_and_ruled_out_is_told_with_the_conditions_that_take_part(
    tmp_path: Path,
) -> None:
    """“Lasts” is asked inside a peace by summer: to fail, it would have to rain in that peace, which X excludes."""
    old = '{ question = "rain", options = ["yes"], holds = false }'
    folder = tiny.write_edited(tmp_path, "structure.toml", old, old.replace("false", "true"))
    faults = check_faults(folder)
    places = [fault.split(": ")[1] for fault in faults]
    assert places == ["question.lasts.given", "relation.I.b", "relation.X"]
    assert all("rules out no of lasts, which is asked, together with" in fault for fault in faults)
