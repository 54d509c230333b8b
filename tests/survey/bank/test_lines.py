"""Where things stand in a TOML file."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from survey.bank.lines import Place, lines_of
from survey.bank.reading import bank_folder

SHIPPED = sorted(bank_folder("ukraine").glob("*.toml"))


def test_a_key_stands_on_its_line() -> None:
    assert lines_of('title = "a"\n\nshort = "b"')[("short",)] == 3


def test_a_table_stands_on_the_line_of_its_header() -> None:
    assert lines_of("\n[theme.only]\ntitle = 1")[("theme", "only")] == 2


def test_tables_of_an_array_are_counted() -> None:
    text = '[[question]]\nkey = "a"\n[[question]]\nkey = "b"\n'
    assert lines_of(text)[("question", 1, "key")] == 4


def test_a_table_below_an_array_belongs_to_its_last_table() -> None:
    text = '[[scenario]]\n[[scenario]]\n[[scenario.axes]]\nkey = "a"\n[scenario.also]\nb = 1\n'
    lines = lines_of(text)
    assert lines[("scenario", 1, "axes", 0, "key")] == 4
    assert lines[("scenario", 1, "also", "b")] == 6


def test_quoted_and_dotted_keys_are_split_at_the_right_dots() -> None:
    lines = lines_of('[answer."a.b"]\nx."2027-06-30" = 1\n')
    assert lines[("answer", "a.b", "x", "2027-06-30")] == 2


def test_a_long_text_hides_what_looks_like_a_key_or_a_table() -> None:
    text = 'text = """\n[survey]\nslug = 1\n\\""" still inside\n"""\nafter = 1\n'
    assert lines_of(text) == {("text",): 1, ("after",): 6}


def test_a_literal_long_text_hides_them_too() -> None:
    assert lines_of("text = '''\n[survey]\n'''\nafter = 1") == {("text",): 1, ("after",): 4}


def test_a_comment_hides_them_too() -> None:
    assert lines_of('# [survey] """\nafter = 1 # = {') == {("after",): 2}


def test_brackets_inside_a_short_text_open_nothing() -> None:
    assert lines_of("a = \"[{\"\nb = '[['\nc = 3")[("c",)] == 3


def test_tables_in_an_array_have_their_own_lines() -> None:
    lines = lines_of('events = [\n  { question = "a" },\n  { question = "b" },\n]\nafter = 1')
    assert lines[("events", 1)] == 3
    assert lines[("after",)] == 5


def _places(content: dict[str, Any], above: Place = ()) -> Iterator[Place]:
    for key, value in content.items():
        yield (*above, key)
        if isinstance(value, dict) and value:
            yield from _places(value, (*above, key))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for position, table in enumerate(value):
                yield from _places(table, (*above, key, position))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_place_of_the_shipped_files_is_found_on_a_line_that_names_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written, lines = text.split("\n"), lines_of(text)
    inline = 0
    for place in _places(tomllib.loads(text)):
        found = lines.get(place)
        if found is not None:
            assert str(place[-1]) in written[found - 1]
        else:
            # A key of a table in one line, or the upper part of a header: the line around it is told.
            inline += 1
    assert inline < len(lines)
