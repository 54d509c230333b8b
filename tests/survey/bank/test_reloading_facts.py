"""A bank whose facts changed: what people have answered stays what it was."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.bank.reading import read_bank
from survey.bank.stored import stored_ties, ties_of
from survey.models import (
    Resolution,
    Skip,
    Survey,
)

from .storing import answer, changed_tables, edit, join, question, refusals, rows

# ---- Facts


LEVELS = "open_upper = true\nquantile_levels = [0.05, 0.5"
GIVEN = 'kind = "binary"\ngiven = { question = "peace", options = ["2027-06-30"]'
CHANGES = {
    "kind": ("size", 'kind = "ordered"', 'kind = "choice"', ["kind"]),
    "options": ("colour", '["red", "green", "blue"]', '["red", "blue", "green"]', ["options"]),
    "deadlines": ("peace", "[2027-06-30, 2028-06-30]", "[2027-06-30, 2028-06-30, 2028-12-30]", ["options"]),
    "scale": ("price", 'scale = "log"', 'scale = "linear"', ["range"]),
    "bound": ("price", "upper = 40", "upper = 50", ["range"]),
    "levels": ("price", LEVELS, LEVELS.replace("0.05", "0.25"), ["range"]),
    "condition": ("lasts", GIVEN, GIVEN.replace("2027", "2028"), ["given"]),
}
LABEL = 'options."2028-06-30" = "2028-06-30 {0}"'


@pytest.fixture(params=CHANGES.values(), ids=list(CHANGES))
def change(request: pytest.FixtureRequest, tiny_bank: Path) -> tuple[str, list[str]]:
    """A bank with a changed fact; the question's key, and what is told to have changed."""
    key, old, new, told = request.param
    edit(tiny_bank, "structure.toml", old, new)
    if "2028-12-30" in new:
        for language in ("en", "uk"):
            label = LABEL.format(language)
            edit(tiny_bank, f"{language}.toml", label, f'{label}\noptions."2028-12-30" = "later"')
        edit(tiny_bank, "worked.toml", '"2028-06-30" = 0.4', '"2028-06-30" = 0.4\n"2028-12-30" = 0.5')
    return str(key), list(told)


def test_a_fact_of_an_answered_question_cannot_change(
    store: Session, survey: Survey, change: tuple[str, list[str]], tiny_bank: Path
) -> None:
    key, told = change
    answer(store, survey, key)
    line = read_bank(tiny_bank).question(key).line
    assert refusals(store, tiny_bank) == [
        f"structure.toml:{line}: question.{key}: its {name} cannot change any more,"
        " it has answers; ask a new question under another key"
        for name in told
    ]


def test_a_fact_of_a_question_that_nobody_answered_follows_the_bank(
    store: Session, survey: Survey, change: tuple[str, list[str]], tiny_bank: Path
) -> None:
    answer(store, survey, "rain")
    load_bank(store, tiny_bank)
    assert stored_ties(store, survey, survey.questions) == ties_of(read_bank(tiny_bank))
    before = rows(store)
    load_bank(store, tiny_bank)
    assert changed_tables(before, store) == set()


def test_a_skip_counts_as_an_answer(store: Session, survey: Survey, tiny_bank: Path) -> None:
    skip = Skip(
        participant_id=join(store, survey).id,
        question_id=question(store, survey, "size").id,
        survey_id=survey.id,
        skipped_at=clock.now(store),
    )
    store.add(skip)
    edit(tiny_bank, "structure.toml", 'kind = "ordered"', 'kind = "choice"')
    assert len(refusals(store, tiny_bank)) == 1


def test_a_resolution_counts_as_an_answer(store: Session, survey: Survey, tiny_bank: Path) -> None:
    now = clock.now(store)
    size = question(store, survey, "size")
    store.add(
        Resolution(
            survey_id=survey.id,
            question_id=size.id,
            annulled=True,
            known_from=now,
            resolved_at=now,
            source="Reuters",
        )
    )
    edit(tiny_bank, "structure.toml", 'kind = "ordered"', 'kind = "choice"')
    assert len(refusals(store, tiny_bank)) == 1


def test_all_refusals_are_told_at_once(store: Session, survey: Survey, tiny_bank: Path) -> None:
    person = join(store, survey)
    answer(store, survey, "size", person)
    answer(store, survey, "colour", person)
    edit(tiny_bank, "structure.toml", 'kind = "ordered"', 'kind = "choice"')
    edit(tiny_bank, "structure.toml", '["red", "green", "blue"]', '["red", "blue", "green"]')
    told = [fault.split(": ")[1] for fault in refusals(store, tiny_bank)]
    assert told == ["question.colour", "question.size"]


def test_an_answered_question_may_close_at_another_time(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    answer(store, survey, "lasts")
    edit(tiny_bank, "structure.toml", "closes = 2027-07-01T00:00:00Z", "closes = 2027-06-01T00:00:00Z")
    load_bank(store, tiny_bank)
    assert question(store, survey, "lasts").closes_at.month == 6


def test_a_kept_option_of_an_unanswered_question_keeps_its_labels(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    edit(tiny_bank, "structure.toml", '["red", "green", "blue"]', '["blue", "green", "red"]')
    load_bank(store, tiny_bank)
    options = question(store, survey, "colour").options
    assert [option.text("en") for option in options] == ["blue en", "green en", "red en"]
