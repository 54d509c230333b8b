"""What a bank asks about the person: read with its faults, loaded, changed, refused."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.bank.content import Background
from survey.bank.reading import bank_folder, read_bank
from survey.errors import BankError
from survey.models import BackgroundAnswer, BackgroundQuestion, ConsentVersion, Survey
from survey.services import background_answers

from . import tiny
from .storing import changed_tables, edit, join, question, refusals, rows

ABOUT = """
[[background]]
key = "field"
kind = "single"
options = ["art", "science"]

[[background]]
key = "age"
kind = "number"
lower = 0
upper = 120

[[background]]
key = "words"
kind = "text"
"""
WORDS = """
[background.field]
label = "Field {language}"
hint = "Hint {language}"
options = {{ art = "Art {language}", science = "Science {language}" }}

[background.age]
label = "Age {language}"

[background.words]
label = "Words {language}"
"""


def with_about(folder: Path, structure: str = ABOUT, words: str = WORDS) -> Path:
    """The tiny bank that asks about the person too."""
    return tiny.write(
        folder,
        {
            "structure.toml": tiny.STRUCTURE + structure,
            "en.toml": tiny.words("en") + words.format(language="en"),
            "uk.toml": tiny.words("uk") + words.format(language="uk"),
        },
    )


@pytest.fixture
def about(tmp_path: Path) -> Path:
    return with_about(tmp_path / "about")


def faults(folder: Path) -> list[str]:
    with pytest.raises(BankError) as error:
        read_bank(folder)
    return error.value.faults


def test_the_facts_are_read(about: Path) -> None:
    bank = read_bank(about)
    assert bank.background == (
        Background("field", "single", ("art", "science")),
        Background("age", "number", (), 0, 120),
        Background("words", "text"),
    )
    assert bank.words["uk"].background["field"].options == {"art": "Art uk", "science": "Science uk"}


def test_a_bank_without_asks_nothing(tiny_bank: Path) -> None:
    assert read_bank(tiny_bank).background == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "single"', 'kind = "double"', "must be one of single, multi, text, number"),
        ('options = ["art", "science"]', 'options = ["art"]', "must list 2 or more"),
        ('kind = "text"', 'kind = "text"\nupper = 3', "a question of kind text has no such key"),
        ("lower = 0", "lower = 130", "must be below upper"),
        ("lower = 0", "lower = nan", "must be finite"),
        ('key = "age"', 'key = "field"', "field is there already"),
    ],
)
def test_a_fault_of_the_facts_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert ABOUT.count(old) == 1
    assert any(told in fault for fault in faults(with_about(tmp_path, ABOUT.replace(old, new))))


def test_words_that_are_missing_in_one_language_are_told(about: Path) -> None:
    edit(about, "uk.toml", 'label = "Age uk"\n', "")
    assert any("background.age.label" in fault and "uk.toml" in fault for fault in faults(about))


def test_words_of_an_option_that_is_not_there_are_told(about: Path) -> None:
    edit(about, "en.toml", 'science = "Science en"', 'sport = "Sport en"')
    told = faults(about)
    assert any("there is no such option" in fault for fault in told)


def test_it_is_loaded_with_its_words(store: Session, about: Path) -> None:
    survey = load_bank(store, about)
    field, age, _words = background_answers.asked(store, survey)
    assert (field.text("uk").label, field.text("uk").hint) == ("Field uk", "Hint uk")
    assert [option.text("en") for option in field.options] == ["Art en", "Science en"]
    assert (age.lower, age.upper) == (0, 120)


def test_loaded_twice_nothing_changes(store: Session, about: Path) -> None:
    load_bank(store, about)
    before = rows(store)
    load_bank(store, about)
    assert changed_tables(before, store) == set()


def test_changed_words_are_corrected_in_place(store: Session, about: Path) -> None:
    survey = load_bank(store, about)
    edit(about, "en.toml", "Age en", "Years en")
    load_bank(store, about)
    assert background_answers.asked(store, survey)[1].text("en").label == "Years en"


def test_options_are_put_in_the_banks_order(store: Session, about: Path) -> None:
    survey = load_bank(store, about)
    edit(about, "structure.toml", '["art", "science"]', '["science", "art"]')
    load_bank(store, about)
    assert [option.key for option in background_answers.asked(store, survey)[0].options] == ["science", "art"]


def someone_says(store: Session, survey: Survey, key: str, value: background_answers.Value) -> None:
    asked = store.scalars(select(BackgroundQuestion).filter_by(survey_id=survey.id, key=key)).one()
    store.add(
        BackgroundAnswer(
            participant_id=join(store, survey).id,
            background_question_id=asked.id,
            revision=1,
            survey_id=survey.id,
            value=value,
            answered_at=clock.now(store),
        )
    )
    store.flush()


def test_an_option_somebody_may_have_chosen_stays(store: Session, about: Path) -> None:
    survey = load_bank(store, about)
    someone_says(store, survey, "field", ["art"])
    edit(about, "structure.toml", '["art", "science"]', '["science", "sport"]')
    for language in ("en", "uk"):
        edit(about, f"{language}.toml", f'art = "Art {language}"', f'sport = "Sport {language}"')
    (fault,) = refusals(store, about)
    assert "background.field: its kind, options and bounds cannot change any more" in fault


def test_without_an_answer_an_option_may_go(store: Session, about: Path) -> None:
    survey = load_bank(store, about)
    someone_says(store, survey, "age", 40.0)
    edit(about, "structure.toml", '["art", "science"]', '["science", "sport"]')
    for language in ("en", "uk"):
        edit(about, f"{language}.toml", f'art = "Art {language}"', f'sport = "Sport {language}"')
    load_bank(store, about)
    assert [option.text("uk") for option in background_answers.asked(store, survey)[0].options] == [
        "Science uk",
        "Sport uk",
    ]


def test_an_option_may_be_added_after_answers(store: Session, about: Path) -> None:
    survey = load_bank(store, about)
    someone_says(store, survey, "field", ["art"])
    edit(about, "structure.toml", '["art", "science"]', '["art", "science", "sport"]')
    for language in ("en", "uk"):
        edit(about, f"{language}.toml", f'art = "Art {language}"', f'art = "Art {language}", sport = "Sport"')
    load_bank(store, about)
    assert [option.key for option in background_answers.asked(store, survey)[0].options] == [
        "art",
        "science",
        "sport",
    ]


def test_a_question_that_the_bank_no_longer_names_stays(store: Session, about: Path, tiny_bank: Path) -> None:
    survey = load_bank(store, about)
    load_bank(store, tiny_bank)
    assert len(background_answers.asked(store, survey)) == 3


def test_asking_about_the_person_makes_no_new_consent(store: Session, survey: Survey, about: Path) -> None:
    load_bank(store, about)
    assert len(store.scalars(select(ConsentVersion).filter_by(survey_id=survey.id)).all()) == 1


class TestReasonsThatAreAskedFor:
    def test_a_question_may_require_one(self, store: Session, tiny_bank: Path) -> None:
        edit(tiny_bank, "structure.toml", 'key = "rain"', 'key = "rain"\nrationale_required = true')
        survey = load_bank(store, tiny_bank)
        assert question(store, survey, "rain").rationale_required
        assert not question(store, survey, "colour").rationale_required

    def test_a_survey_says_how_large_a_change_asks_why(self, store: Session, tiny_bank: Path) -> None:
        edit(tiny_bank, "structure.toml", "minimum_cell = 10", "minimum_cell = 10\nexplain_change = 0.35")
        assert load_bank(store, tiny_bank).explain_change == 0.35

    def test_without_a_word_it_is_twenty_points(self, survey: Survey) -> None:
        assert survey.explain_change == 0.2

    @pytest.mark.parametrize("size", ["0", "1.5", "-0.1"])
    def test_a_change_is_a_share(self, tiny_bank: Path, size: str) -> None:
        edit(tiny_bank, "structure.toml", "minimum_cell = 10", f"minimum_cell = 10\nexplain_change = {size}")
        assert any("explain_change: must be above 0 and at most 1" in fault for fault in faults(tiny_bank))


def test_the_shipped_bank_asks_five_things_in_both_languages() -> None:
    bank = read_bank(bank_folder("ukraine"))
    assert [one.key for one in bank.background] == ["field", "region", "experience", "attention", "years"]
    assert "text" not in {one.kind for one in bank.background}
    for language in ("en", "uk"):
        words = bank.words[language].background
        assert all(
            words[one.key].label and set(words[one.key].options) == set(one.options)
            for one in bank.background
        )
