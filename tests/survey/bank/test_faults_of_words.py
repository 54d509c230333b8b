"""Faults in the words, in one language or between two, and in the worked answer."""

from pathlib import Path

import pytest

from survey.bank.keys import look_alikes
from survey.bank.reading import read_bank

from . import tiny
from .faults import ENGLISH, UKRAINIAN, WORKED, Fault

RAIN_WORDS = 'title = "Title of rain en"'
PRICE_SOURCES = 'fine_print = "Fine print of price uk"\nsources = ["Reuters", "AP"]'

FAULTS = {
    "unknown part": Fault(ENGLISH, "[consent]", "[consend]\na = 1\n[consent]", "consend: unknown key"),
    "half of who runs it": Fault(
        ENGLISH, 'contact = "Contact en"\n', "", "organizer.contact: is missing", "[organizer]"
    ),
    "nobody's name": Fault(ENGLISH, '"Organizer en"', '""', "organizer.name: must not be empty", 'name = ""'),
    "a name in its old place": Fault(
        ENGLISH,
        'rules = "Rules en"',
        'rules = "Rules en"\norganizer = "Us"',
        "survey.organizer: unknown key",
        'organizer = "Us"',
    ),
    "unknown word": Fault(
        ENGLISH, RAIN_WORDS, RAIN_WORDS + "\ntitel = 1", "question.rain.titel: unknown key", "titel"
    ),
    "missing title": Fault(
        UKRAINIAN, 'title = "Title of rain uk"\n', "", "question.rain.title: is missing", "[question.rain]"
    ),
    "empty title": Fault(
        UKRAINIAN, '"Title of rain uk"', '" " #', "question.rain.title: must not be empty", 'title = " " #'
    ),
    "long title": Fault(
        UKRAINIAN,
        '"Title of rain uk"',
        f'"{"т" * 121}"',
        "question.rain.title: must have at most 120 characters, has 121",
    ),
    "long short title": Fault(
        UKRAINIAN,
        '"Short rain uk"',
        f'"{"т" * 41}"',
        "question.rain.short: must have at most 40 characters, has 41",
    ),
    "one publisher": Fault(
        UKRAINIAN,
        PRICE_SOURCES,
        PRICE_SOURCES.replace(', "AP"', ""),
        "question.price.sources: must name two different",
        'sources = ["Reuters"]',
    ),
    "one publisher, written twice": Fault(
        UKRAINIAN,
        PRICE_SOURCES,
        PRICE_SOURCES.replace("AP", "reuters "),
        "question.price.sources: must name two different",
        'sources = ["Reuters", "reuters "]',
    ),
    "one publisher, in other spaces": Fault(
        UKRAINIAN,
        PRICE_SOURCES,
        PRICE_SOURCES.replace('"Reuters", "AP"', '"UN News", "UN  News"'),
        "question.price.sources: must name two different",
        'sources = ["UN News", "UN  News"]',
    ),
    "no publisher": Fault(
        UKRAINIAN,
        PRICE_SOURCES,
        PRICE_SOURCES.partition("\n")[0],
        "question.price.sources: is missing",
        "[question.price]",
    ),
    "missing label": Fault(
        UKRAINIAN,
        'options."red" = "red uk"\n',
        "",
        "question.colour.options.red: is missing",
        'options."green"',
    ),
    "label of no option": Fault(
        UKRAINIAN,
        'options."red" = "red uk"',
        'options."red" = "red uk"\noptions.rde = "x"',
        "question.colour.options.rde: there is no such option",
        "options.rde",
    ),
    "words of no question": Fault(
        UKRAINIAN,
        "[question.rain]",
        "[question.snow]\ntitle = 1\n[question.rain]",
        "question.snow: structure.toml has none of that name",
    ),
    "words of no theme": Fault(
        UKRAINIAN,
        "[theme.only]",
        "[theme.lonely]\ntitle = 1\n[theme.only]",
        "theme.lonely: structure.toml has none of that name",
    ),
    "words of no leaf": Fault(
        UKRAINIAN,
        "leaves.best",
        'leaves.worst = { title = "x" }\nleaves.best',
        "scenario.tree.leaves.worst: structure.toml has none of that name",
        "leaves.worst",
    ),
    "missing sentence of a relation": Fault(
        ENGLISH, 'X = "X en"\n', "", "relation.X: is missing", "[relation]"
    ),
    "missing definition": Fault(
        ENGLISH,
        ', definition = "Best defined en"',
        "",
        "scenario.tree.leaves.best.definition: is missing",
        "leaves.best",
    ),
    "missing words of an axis": Fault(
        ENGLISH, ', large = "Large en"', "", "scenario.tree.axes.large: is missing", "axes ="
    ),
    "missing words of an aside": Fault(
        ENGLISH, 'also.wet = "Wet en"\n', "", "scenario.tree.also: is missing", "[scenario.tree]"
    ),
    "missing consent": Fault(
        ENGLISH,
        '[consent]\ntext = """\nConsent en,\nover two lines."""\n',
        "",
        "consent: is missing",
        "[survey]",
    ),
    "rules in one language": Fault(
        UKRAINIAN, 'rules = "Rules uk"\n', "", "survey.rules: is missing; en.toml:6 has it", "[survey]"
    ),
    "note in one language": Fault(
        UKRAINIAN,
        'note = "Theme note uk"\n',
        "",
        "theme.only.note: is missing; en.toml:16 has it",
        "[theme.only]",
    ),
    "unit in one language": Fault(
        UKRAINIAN, 'unit = "€"', 'unit = "" #', "question.price.unit: is missing; en.toml:"
    ),
    "sentence in one language": Fault(
        UKRAINIAN,
        'KINDS = "What the kinds say uk"\n',
        "",
        "relation.KINDS: is missing; en.toml:",
        "[relation]",
    ),
    "answer to no question": Fault(
        WORKED, "rain.yes = 0.3", "snow.yes = 0.3", "answer.snow: there is no such question"
    ),
    "answer of no option": Fault(
        WORKED, "rain.yes = 0.3", "rain.no = 0.7", "answer.rain.no: there is no such option"
    ),
    "answer of a number": Fault(
        WORKED,
        "rain.yes = 0.3",
        "rain.yes = 0.3\nprice.value = 3",
        "answer.price: an answer here is in probabilities",
        "price",
    ),
    "answer above one": Fault(
        WORKED,
        "rain.yes = 0.3",
        "rain.yes = 30",
        "answer.rain.yes: must be a probability from 0 to 1, got 30",
    ),
    "answer in words": Fault(
        WORKED, "rain.yes = 0.3", 'rain.yes = "likely"', "answer.rain.yes: must be a number"
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_with_its_file_line_and_key(fault: Fault, tmp_path: Path) -> None:
    fault.check(tmp_path)


TWINS = {
    "equal": "red en",
    "case": "RED EN",
    "spaces": " red \u00a0en",
    "Cyrillic letters": "r\u0435d en",
    "an invisible mark": "red\u200b en",
    "wide letters": "\uff52ed en",
}


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS.keys())
def test_labels_of_a_file_that_look_alike_are_refused_at_the_second(twin: str, tmp_path: Path) -> None:
    new = f'options."green" = "{twin}"'
    told = "question.colour.options.green: It looks like the label of red."
    Fault(ENGLISH, 'options."green" = "green en"', new, told).check(tmp_path)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("caf\u00e9", "cafe\u0301"),
        ("Ї", "\u00cf"),
        ("10–20", "10-20"),
        ("Plan I", "Plan l"),
        ("Plan 1", "Plan l"),
        ("10", "1O"),
        ("«так»", "“так”"),
        ("Сеасе", "Ceace"),
        ("сеасе", "ceace"),
        ("рау", "pay"),
        ("none\u00ad", "none"),
    ],
)
def test_labels_that_a_reader_takes_for_one_look_alike(one: str, other: str) -> None:
    assert list(look_alikes({"a": one, "b": other})) == [("b", "a")]


@pytest.mark.parametrize(
    ("one", "other"), [("Lan", "Ian"), ("10", "20"), ("", " "), ("e", "é"), ("a-b", "ab")]
)
def test_labels_that_can_be_told_apart_do_not(one: str, other: str) -> None:
    assert list(look_alikes({"a": one, "b": other})) == []


@pytest.mark.parametrize("file", sorted(tiny.files()))
def test_a_byte_order_mark_before_a_file_is_no_part_of_it(file: str, tmp_path: Path) -> None:
    plain = read_bank(tiny.write(tmp_path / "plain"))
    assert read_bank(tiny.write(tmp_path / "marked", {file: "\ufeff" + tiny.files()[file]})) == plain
