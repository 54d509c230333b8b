"""The registry: every kind of the store has one, and each keeps the same promises."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import survey.questions
from survey.i18n import formatting, normalization
from survey.models.question import KIND_NAMES
from survey.questions import KINDS, Kind, kind_of

from .stand_ins import a_binary, a_choice, a_date, a_ladder, a_number, a_pair

QUESTIONS = [a_binary(), a_choice(), a_choice(kind="ordered"), a_ladder(), a_number(), a_date(), a_pair()]
OUR_MODULES = [
    importlib.import_module(f"survey.questions.{module.name}")
    for module in pkgutil.iter_modules(survey.questions.__path__)
]


def test_every_kind_of_the_store_is_there() -> None:
    assert set(KINDS) == set(KIND_NAMES)


def test_a_kind_is_found_by_its_name() -> None:
    assert [kind_of(question).name for question in QUESTIONS] == [question.kind for question in QUESTIONS]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.kind)
def test_fields_and_places_in_the_store_are_distinct(question: object) -> None:
    slots = kind_of(question).slots(question, question.options)
    places = {(slot.option, slot.part) for slot in slots}
    assert len({slot.field for slot in slots}) == len(places) == len(slots)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.kind)
def test_every_slot_is_exported_in_a_type_that_researchers_know(question: object) -> None:
    kind = kind_of(question)
    options = {option.key: option for option in question.options}
    for slot in kind.slots(question, question.options):
        output_type, output_type_id = kind.output(question, options[slot.option], slot.part)
        assert output_type in ("pmf", "cdf", "quantile")
        assert output_type_id


def test_the_branches_of_a_pair_are_both_about_yes() -> None:
    pair = a_pair()
    assert {kind_of(pair).output(pair, branch, "p") for branch in pair.options} == {("pmf", "yes")}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_says_how_its_numbers_are_written(kind: Kind) -> None:
    assert kind.input_formats in (("percent", "odds", "one_in_n"), ("number",), ("date",))


def test_a_kind_without_ticks_has_no_words_for_them() -> None:
    with pytest.raises(NotImplementedError, match="binary has no ticks"):
        kind_of(a_binary()).beyond_label(a_binary(), "above", "en")


@pytest.mark.parametrize(
    "module", [*OUR_MODULES, normalization, formatting], ids=lambda module: module.__name__
)
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
