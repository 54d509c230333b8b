"""A bank whose words changed: questions get a version, the consent too, all else is corrected in place."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.models import (
    QuestionVersion,
    Survey,
    VersionText,
)
from survey.services.data_controller import missing_words

from . import tiny
from .storing import answer, changed_tables, edit, question, rows

SOURCES_OF_PRICE = 'fine_print = "Fine print of price en"\nsources = ["Reuters", "AP"]'


# ---- Who runs the survey: the bank's words, or an owner's


def without_controller(folder: Path) -> None:
    """Take who runs it out of the words of a bank in every language."""
    for name in ("en.toml", "uk.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.partition("[organizer]")[0], encoding="utf-8")


def test_what_the_bank_says_of_who_runs_it_follows_the_bank(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    assert survey.text("uk").contact == "Contact uk"
    edit(tiny_bank, "uk.toml", "Contact uk", "Address uk")
    load_bank(store, tiny_bank)
    assert (survey.text("uk").contact, survey.text("en").contact) == ("Address uk", "Contact en")


def test_a_bank_that_does_not_say_who_runs_it_leaves_what_is_stored(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    before = rows(store)
    without_controller(tiny_bank)
    load_bank(store, tiny_bank)
    assert changed_tables(before, store) == set()
    assert survey.text("en").organizer == "Organizer en"


def test_a_survey_of_such_a_bank_begins_with_nobody_named(store: Session, tiny_bank: Path) -> None:
    without_controller(tiny_bank)
    survey = load_bank(store, tiny_bank, slug="unnamed")
    assert len(missing_words(survey)) == 8


# ---- Words of questions make versions


def test_changed_words_are_published_now_and_the_old_are_kept(
    store: Session, survey: Survey, tiny_bank: Path, today: datetime
) -> None:
    edit(tiny_bank, "uk.toml", "Criteria of rain uk", "Clearer criteria")
    later = today + timedelta(days=3)
    with clock.at(later):
        load_bank(store, tiny_bank)
    old, new = question(store, survey, "rain").versions
    assert (new.number, new.published_at, new.substantive) == (2, later, False)
    assert (old.number, old.published_at) == (1, today)
    assert old.text("uk").criteria == "Criteria of rain uk"
    assert new.text("uk").criteria == "Clearer criteria"
    assert new.text("en").criteria == "Criteria of rain en"


def test_only_the_question_whose_words_changed_has_a_new_version(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    before = rows(store)
    edit(tiny_bank, "uk.toml", "Criteria of rain uk", "Clearer criteria")
    load_bank(store, tiny_bank)
    assert changed_tables(before, store) == {"question_version", "version_text"}
    assert [row.version.number for row in survey.questions] == [2, 1, 1, 1, 1, 1, 1, 1]


def test_a_version_notes_which_words_changed(store: Session, survey: Survey, tiny_bank: Path) -> None:
    edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")
    edit(tiny_bank, "uk.toml", "Title of rain uk", "Чи буде дощ?")
    edit(tiny_bank, "uk.toml", "Fine print of rain uk", "Finer print")
    load_bank(store, tiny_bank)
    note = question(store, survey, "rain").version.note
    assert note == "Changed words: title (en, uk), fine print (uk)."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('short = "Short rain en"', 'short = "Rain"'),
        ('background = "Background of rain en"', 'background = "Weather"'),
        (SOURCES_OF_PRICE, SOURCES_OF_PRICE.replace("AP", "AFP")),
        ('unit = "€"', 'unit = "euro"'),
    ],
)
def test_any_word_of_a_question_makes_a_version(
    store: Session, survey: Survey, tiny_bank: Path, old: str, new: str
) -> None:
    edit(tiny_bank, "en.toml", old, new)
    load_bank(store, tiny_bank)
    assert [row.version.number for row in survey.questions].count(2) == 1


def test_words_changed_back_make_a_third_version(store: Session, survey: Survey, tiny_bank: Path) -> None:
    edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")
    load_bank(store, tiny_bank)
    load_bank(store, tiny.write(tiny_bank))
    titles = [version.text("en").title for version in question(store, survey, "rain").versions]
    assert titles == ["Title of rain en", "Will it rain?", "Title of rain en"]


def test_an_answer_keeps_the_version_it_was_given_to(store: Session, survey: Survey, tiny_bank: Path) -> None:
    given = answer(store, survey, "rain")
    edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")
    load_bank(store, tiny_bank)
    assert given.version.text("en").title == "Title of rain en"


def test_a_draft_of_an_organizer_keeps_its_number(store: Session, survey: Survey, tiny_bank: Path) -> None:
    rain = question(store, survey, "rain")
    store.add(QuestionVersion(question_id=rain.id, number=2, published_at=None))
    store.flush()
    store.expire_all()
    edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")
    load_bank(store, tiny_bank)
    assert [version.number for version in rain.versions] == [1, 2, 3]
    assert rain.version.number == 3


def test_a_published_version_cannot_be_rewritten_even_here(store: Session, survey: Survey) -> None:
    """Negative control: the triggers are on, so loading never got by without a new version."""
    store.scalars(select(VersionText)).first().title = "Another"  # type: ignore[union-attr]
    with pytest.raises(IntegrityError, match="append-only"):
        store.flush()


# ---- Other words are corrected in place


@pytest.mark.parametrize(
    ("old", "new", "table"),
    [
        ("Tiny en", "Small", "survey_text"),
        ("Rules en", "No rules", "survey_text"),
        ("Theme note en", "", "theme_text"),
        ("red en", "crimson", "option_text"),
        ("X en", "Never both", "relation_text"),
        ("Best defined en", "The best of all", "scenario_text"),
        ("Wet en", "And wet", "scenario_text"),
    ],
)
def test_other_words_are_corrected_in_place(
    store: Session, survey: Survey, tiny_bank: Path, old: str, new: str, table: str
) -> None:
    before = rows(store)
    edit(tiny_bank, "en.toml", f'"{old}"', f'"{new}"')
    if not new:
        edit(tiny_bank, "uk.toml", f'"{old.replace("en", "uk")}"', '""')
    load_bank(store, tiny_bank)
    assert changed_tables(before, store) == {table}
    assert len(rows(store)[table]) == len(before[table])


def test_a_label_is_corrected_after_answers_too(store: Session, survey: Survey, tiny_bank: Path) -> None:
    answer(store, survey, "colour")
    edit(tiny_bank, "en.toml", "red en", "crimson")
    load_bank(store, tiny_bank)
    assert question(store, survey, "colour").option("red").text("en") == "crimson"


def test_a_language_that_goes_takes_its_correctable_words_along(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    edit(tiny_bank, "structure.toml", '["en", "uk"]', '["en"]')
    (tiny_bank / "uk.toml").unlink()
    load_bank(store, tiny_bank)
    assert survey.languages == ["en"]
    assert [text.language for text in survey.texts] == ["en"]
    rain = question(store, survey, "rain")
    assert [text.language for text in rain.versions[0].texts] == ["en", "uk"]
    assert [text.language for text in rain.version.texts] == ["en"]


def test_a_changed_consent_is_a_new_consent(
    store: Session, survey: Survey, tiny_bank: Path, today: datetime
) -> None:
    edit(tiny_bank, "en.toml", "Consent en,", "Another consent,")
    with clock.at(today + timedelta(days=1)):
        load_bank(store, tiny_bank)
    assert [version.number for version in survey.consent_versions] == [1, 2]
    assert survey.consent.published_at == today + timedelta(days=1)
    assert survey.consent_versions[0].text("en").body.startswith("Consent en")
    assert survey.consent.text("en").body.startswith("Another consent")
