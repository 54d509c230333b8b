"""What is wrong with a whole file, with several at once, and what follows from what."""

from pathlib import Path

import pytest

from survey.bank import check_bank
from survey.errors import BankError

from . import tiny
from .faults import faults_of


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    files = tiny.files()
    changed = {
        "structure.toml": files["structure.toml"].replace("minimum_cell = 10", "minimum_cell = 1"),
        "en.toml": files["en.toml"].replace('"Title of rain en"', '""'),
        "uk.toml": files["uk.toml"].replace('short = "Short rain uk"\n', ""),
        "worked.toml": files["worked.toml"].replace("rain.yes = 0.3", "rain.yes = 3"),
    }
    assert faults_of(tiny.write(tmp_path, changed)) == [
        "structure.toml:5: survey.minimum_cell: must be 5 or more, got 1",
        "en.toml:19: question.rain.title: must not be empty",
        "uk.toml:18: question.rain.short: is missing; it must be a text",
        "worked.toml:2: answer.rain.yes: must be a probability from 0 to 1, got 3.0",
    ]


def test_the_error_shows_one_line_for_each_fault(tmp_path: Path) -> None:
    changed = {"structure.toml": tiny.STRUCTURE.replace('slug = "tiny"\n', "").replace("Kyiv", "Nowhere")}
    with pytest.raises(BankError) as error:
        check_bank(tiny.write(tmp_path, changed))
    assert error.value.sentence.splitlines() == error.value.faults
    assert len(error.value.faults) == 2


@pytest.mark.parametrize("name", ["structure.toml", "en.toml", "uk.toml", "worked.toml"])
def test_a_file_that_is_not_toml_is_told_with_its_line(name: str, tmp_path: Path) -> None:
    broken = "# first line\n" + tiny.files()[name].replace("[", "[[[", 1)
    (fault,) = faults_of(tiny.write(tmp_path, {name: broken}))
    assert fault.startswith(f"{name}:2: this is not TOML: ")


def test_a_text_that_never_ends_is_told_on_the_last_line(tmp_path: Path) -> None:
    (fault,) = faults_of(tiny.write(tmp_path, {"uk.toml": '[survey]\ntitle = """\nTiny'}))
    assert fault.startswith("uk.toml:3: this is not TOML: ")


def test_files_that_are_not_toml_are_told_together(tmp_path: Path) -> None:
    faults = faults_of(tiny.write(tmp_path, dict.fromkeys(tiny.files(), "=")))
    assert sorted(fault.split(":")[0] for fault in faults) == sorted(tiny.files())


def test_a_key_written_twice_is_told_with_its_line(tmp_path: Path) -> None:
    changed = {"structure.toml": tiny.STRUCTURE.replace('slug = "tiny"', 'slug = "tiny"\nslug = "tiny"')}
    (fault,) = faults_of(tiny.write(tmp_path, changed))
    assert fault.startswith("structure.toml:3: this is not TOML: ")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path)
    (folder / "uk.toml").write_bytes("[survey]\ntitle = 'Мир'".encode("cp1251"))
    (fault,) = faults_of(folder)
    assert fault.startswith("uk.toml:1: the file is not UTF-8")


@pytest.mark.parametrize("name", ["structure.toml", "en.toml"])
def test_a_missing_file_is_told(name: str, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path)
    (folder / name).unlink()
    assert faults_of(folder) == [f"{name}:1: the file is missing"]


def test_a_language_that_the_survey_does_not_name_is_told(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path, {"de.toml": tiny.words("de")})
    assert faults_of(folder) == [
        "structure.toml:9: survey.languages: de.toml is there, its language is not named"
    ]


def test_a_kind_without_a_label_of_its_own_needs_one_in_a_further_language(tmp_path: Path) -> None:
    changed = {
        "structure.toml": tiny.STRUCTURE.replace('["en", "uk"]', '["en", "de"]'),
        "de.toml": tiny.words("de"),
    }
    folder = tiny.write(tmp_path, changed)
    (folder / "uk.toml").unlink()
    told = [fault.split(": ", 1)[1] for fault in faults_of(folder)]
    assert told == [
        f"question.{key}.options: is missing; it must be a table" for key in ("rain", "lasts", "price", "day")
    ]


def test_a_question_without_words_is_one_fault_in_each_language(tmp_path: Path) -> None:
    more = (
        tiny.STRUCTURE.partition("[[relation]]")[0].rpartition("[[question]]")[2].replace('"day"', '"night"')
    )
    structure = tiny.STRUCTURE.replace("[[relation]]", f"[[question]]{more}[[relation]]", 1)
    faults = faults_of(tiny.write(tmp_path, {"structure.toml": structure}))
    assert [fault.split(":")[0] for fault in faults] == ["en.toml", "uk.toml"]
    assert all("question.night: is missing" in fault for fault in faults)


def test_words_of_one_language_only_are_told_in_the_other(tmp_path: Path) -> None:
    title = 'title = "Title of rain en"'
    folder = tiny.write_edited(tmp_path, "en.toml", title, f'{title}\noptions.yes = "Wet"')
    assert faults_of(folder) == ["uk.toml:18: question.rain.options.yes: is missing; en.toml:20 has it"]


def test_a_misspelt_key_is_told_where_it_stands_and_where_it_is_missed(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "en.toml", 'note = "Theme note en"', 'noet = "Theme note en"')
    (fault, other) = faults_of(folder)
    assert fault.startswith("en.toml:16: theme.only.noet: unknown key")
    assert other == "en.toml:13: theme.only.note: is missing; uk.toml:16 has it"


def test_a_key_with_a_space_is_refused(tmp_path: Path) -> None:
    folder = tiny.write_edited(tmp_path, "structure.toml", 'key = "price"', 'key = "the price"')
    assert faults_of(folder)[0] == (
        "structure.toml:62: question.the price.key:"
        " must be of letters, digits, '-', '_' and '.', got 'the price'"
    )


def test_a_question_conditional_on_itself_is_refused(tmp_path: Path) -> None:
    given = 'key = "peace"\ntheme = "only"\n'
    circle = given + 'given = { question = "lasts", options = ["yes"], holds = true }\n'
    faults = faults_of(tiny.write_edited(tmp_path, "structure.toml", given, circle))
    assert faults == [
        "structure.toml:40: question.peace.given: conditional on itself: peace on lasts on peace",
        "structure.toml:49: question.lasts.given: conditional on itself: lasts on peace on lasts",
    ]


def test_an_array_where_a_table_belongs_is_a_fault(tmp_path: Path) -> None:
    folder = tiny.write_edited(
        tmp_path,
        "structure.toml",
        'events = [{ question = "size", options = ["large"], holds = true }]',
        'events = ["size"]',
    )
    assert faults_of(folder)[0].endswith("relation.T.events[0]: must be a table, got 'size'")
