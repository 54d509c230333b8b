"""A question's base rate: read with its faults, loaded with the version it belongs to, counted anew."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.bank.base_rates import is_safe_link
from survey.bank.reading import bank_folder, read_bank
from survey.models import BaseRate
from tests.conftest import TODAY

from . import tiny
from .faults import faults_of
from .storing import edit, question

FACTS = """
[question.base_rate]
events = 3
cases = 12
since = 1949-04-04
until = 2024-12-31
link = "https://example.org/count"
"""
WORDS = """
[question.rain.base_rate]
reference_class = "Years {language}"
source = "Met {language}"
"""


def with_base_rate(folder: Path, facts: str = FACTS, words: str = WORDS) -> Path:
    """The tiny bank, whose first question has a base rate."""
    first, rest = tiny.STRUCTURE.split('\n[[question]]\nkey = "colour"', 1)
    return tiny.write(
        folder,
        {
            "structure.toml": f'{first}{facts}\n[[question]]\nkey = "colour"{rest}',
            "en.toml": tiny.words("en") + words.format(language="en"),
            "uk.toml": tiny.words("uk") + words.format(language="uk"),
        },
    )


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    return with_base_rate(tmp_path / "counted")


def test_a_base_rate_is_read_with_its_words(counted: Path) -> None:
    bank = read_bank(counted)
    link = "https://example.org/count"
    assert bank.question("rain").base_rate == BaseRate(3, 12, date(1949, 4, 4), date(2024, 12, 31), link)
    words = bank.words["uk"].questions["rain"]
    assert (words.reference_class, words.base_rate_source) == ("Years uk", "Met uk")
    assert bank.question("colour").base_rate is None


def test_the_bank_that_ships_has_none_yet() -> None:
    assert all(one.base_rate is None for one in read_bank(bank_folder("ukraine")).questions)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("events = 3", "events = 13", "events: must be from 0 to the number of cases, got 13 of 12"),
        ("events = 3", "events = -1", "events: must be from 0 to the number of cases, got -1 of 12"),
        ("events = 3\ncases = 12", "events = 0\ncases = 0", "events: must be from 0 to the number of cases"),
        ("events = 3", "events = 2.5", "events: must be a whole number, got 2.5"),
        ("events = 3\n", "", "events: is missing; it must be a whole number"),
        ("until = 2024-12-31", "until = 1948-12-31", "until: must not be before 1949-04-04"),
        (
            "until = 2024-12-31",
            "until = 2027-01-01",
            "until: must not be after the question opens, 2026-11-01",
        ),
        ("https://", "http://", "link: must be an https address without spaces"),
        ("link", "url", "url: unknown key"),
    ],
)
def test_what_cannot_be_a_count_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    [fault] = faults_of(with_base_rate(tmp_path / "counted", FACTS.replace(old, new, 1)))
    assert fault.startswith("structure.toml:")
    assert f"question.rain.base_rate.{told}" in fault


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://", "https:// a", "//a.org", "https://a\n.org"]
)
def test_an_address_that_may_not_stand_on_a_page_is_none(link: str) -> None:
    assert not is_safe_link(link)


def test_words_without_facts_and_facts_without_words_are_refused(tmp_path: Path) -> None:
    fault, *_others = faults_of(with_base_rate(tmp_path / "a", words=""))
    assert fault.endswith("base_rate: is missing; it must be a table")
    fault, *_others = faults_of(with_base_rate(tmp_path / "b", facts=""))
    assert fault.endswith("structure.toml has none for this question")


def test_it_is_stored_with_the_version_and_a_new_count_makes_the_next(store: Session, counted: Path) -> None:
    with clock.at(TODAY):
        load_bank(store, counted)
        load_bank(store, counted)
        edit(counted, "structure.toml", "events = 3", "events = 4")
        survey = load_bank(store, counted)
    versions = question(store, survey, "rain").versions
    counts = [(one.base_rate.events if one.base_rate else None, one.note) for one in versions]
    assert counts == [(3, ""), (4, "Changed words: base rate.")]
    assert versions[-1].text("en").reference_class == "Years en"
    assert len(question(store, survey, "colour").versions) == 1


def test_a_bank_says_whether_it_is_shown_first(store: Session, counted: Path) -> None:
    edit(counted, "structure.toml", "minimum_cell = 10", "minimum_cell = 10\nbase_rates_before = true")
    assert load_bank(store, counted).base_rates_before
