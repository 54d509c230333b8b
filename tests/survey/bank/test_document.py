"""A document is a bank: what is read from files, from JSON and from the store is equal."""

import copy
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey.bank.content import Bank
from survey.bank.document import Document, document_of, document_of_folder, read
from survey.bank.loading import load_bank, store_bank
from survey.bank.reading import bank_folder, read_bank
from survey.bank.stored import stored_bank
from survey.bank.writing import write_folder
from survey.errors import BankError
from survey.models import Survey
from tests.skips import EVERYTHING

from . import tiny
from .storing import changed_tables, rows, whole_bank


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return document_of_folder(tiny.write(tmp_path / "tiny"))


def as_json(document: Document) -> Document:
    """What a database that keeps JSON gives back."""
    return json.loads(json.dumps(document))


def as_stored(bank: Bank) -> Bank:
    """A bank without what no table has: the worked answer, sentences of relations that none declares."""
    declared = {relation.words for relation in bank.relations}
    words = {
        language: replace(
            own, relations={key: own.relations[key] for key in own.relations if key in declared}
        )
        for language, own in bank.words.items()
    }
    return replace(bank, worked={}, words=words)


@pytest.mark.parametrize("name", ["tiny", "ukraine"])
def test_a_folder_as_a_document_is_the_same_bank(name: str, tmp_path: Path) -> None:
    folder = bank_folder("ukraine") if name == "ukraine" else tiny.write(tmp_path / "tiny")
    bank = read_bank(folder)
    assert whole_bank(as_json(document_of_folder(folder))) == bank
    assert whole_bank(as_json(document_of(bank))) == bank


def test_a_stored_survey_as_a_document_is_the_bank_it_was_loaded_from(store: Session) -> None:
    survey = load_bank(store, "ukraine")
    document = as_json(document_of(stored_bank(store, survey)))
    assert whole_bank(document) == as_stored(read_bank(bank_folder("ukraine")))


def test_loading_a_survey_s_own_document_changes_nothing(store: Session, survey: Survey) -> None:
    before = rows(store)
    store_bank(store, whole_bank(document_of(stored_bank(store, survey))))
    assert changed_tables(before, store) == set()


@pytest.mark.parametrize("name", ["tiny", "ukraine"])
def test_what_is_written_as_files_loads_back_equal(name: str, tmp_path: Path) -> None:
    folder = bank_folder("ukraine") if name == "ukraine" else tiny.write(tmp_path / "tiny")
    document = document_of_folder(folder)
    write_folder(document, tmp_path / "again")
    assert document_of_folder(tmp_path / "again") == document
    write_folder(document_of(read_bank(folder)), tmp_path / "third")
    assert read_bank(tmp_path / "third") == read_bank(folder)


def test_awkward_texts_are_written_so_that_they_come_back(document: Document, tmp_path: Path) -> None:
    for text in (
        'a "quoted" \\ one',
        'three """ of them\nand \\',
        "\n begins with a line",
        "tab\t\x7f",
        "'",
        "2027-12-31",
    ):
        document["words"]["en"]["survey"]["summary"] = text
        write_folder(document, tmp_path / "again")
        assert document_of_folder(tmp_path / "again") == document


def test_a_fault_of_a_document_has_a_path_and_no_line(document: Document) -> None:
    del document["words"]["uk"]["question"]["rain"]["criteria"]
    document["structure"]["question"][1]["resolves"] = "some day"
    faults = read(document).faults
    assert {fault.path for fault in faults} == {
        ("structure", "question", "colour", "resolves"),
        ("words", "uk", "question", "rain", "criteria"),
    }
    assert str(faults[0]).startswith("structure: question.colour.resolves: must be a time in UTC")


def test_a_broken_worked_answer_is_a_fault_with_a_path(document: Document) -> None:
    document["worked"]["answer"]["rain"]["yes"] = 0.9
    assert ("structure", "relation", "X") in [fault.path for fault in read(document).faults]
    with pytest.raises(BankError, match=r"structure: relation\.X: the answer of worked.toml breaks it"):
        whole_bank(document)


def test_an_empty_document_says_what_is_missing() -> None:
    assert {fault.path[:2] for fault in read({}).faults} == {
        ("structure", "survey"),
        ("structure", "theme"),
        ("structure", "question"),
    }


def places(value: object, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document."""
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [above, *(place for key, one in inside for place in places(one, (*above, key)))]


#: What nobody means.
LATE, EARLY = "9999-12-31", "0001-01-01T00:00:00+14:00"
JUNK = (None, "", "x", -1, 10**400, float("nan"), [], {}, [{}], {"key": 1}, [[]], True, LATE, EARLY)


def put(document: Document, place: tuple[str | int, ...], value: object) -> None:
    """Put a value where something is, unless that went with something around it."""
    inside: Any = document
    for step in place[:-1]:
        try:
            inside = inside[step]
        except (KeyError, IndexError, TypeError):
            return
    is_there = isinstance(inside, list) and place[-1] in range(len(inside))
    if is_there or (isinstance(inside, dict) and isinstance(place[-1], str)):
        inside[place[-1]] = value


def test_no_document_makes_reading_fail(document: Document) -> None:
    """Whatever stands anywhere in it is a fault or harmless: an editor shows what is there."""
    choose = random.Random(5)
    everywhere = [place for place in places(document) if place]
    for _turn in range(1500 if EVERYTHING else 120):
        changed = copy.deepcopy(document)
        for place in choose.sample(everywhere, choose.randint(1, 3)):
            put(changed, place, choose.choice(JUNK))
        reading = read(changed)
        assert isinstance(reading.bank, Bank)
        assert all(fault.path for fault in reading.faults)


ROUNDS = [
    {"opens": "2026-11-01T00:00:00Z", "closes": "2027-01-01T00:00:00Z"},
    {"opens": "2027-01-01T00:00:00Z", "closes": "2027-03-01T00:00:00Z", "feedback": "none"},
]


def test_rounds_are_read_and_loaded(document: Document, store: Session) -> None:
    document["structure"]["round"] = ROUNDS
    survey = store_bank(store, whole_bank(document))
    assert [(one.number, one.feedback) for one in survey.rounds] == [(1, "crowd"), (2, "none")]
    assert survey.rounds[0].closes_at == survey.rounds[1].opens_at
    assert stored_bank(store, survey).rounds == whole_bank(document).rounds


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"opens": "2026-12-31T23:59:00Z"}, "opens"),
        ({"closes": "2027-01-01T00:00:00Z"}, "closes"),
        ({"closes": "2031-01-01T00:00:00Z"}, "opens"),
        ({"feedback": "everything"}, "feedback"),
        ({"number": 2}, "number"),
    ],
)
def test_rounds_are_half_open_in_order_and_inside_the_survey(
    document: Document, change: Document, path: str
) -> None:
    document["structure"]["round"] = [ROUNDS[0], ROUNDS[1] | change]
    assert [fault.path for fault in read(document).faults] == [("structure", "round", "1", path)]
