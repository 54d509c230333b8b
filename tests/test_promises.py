"""Every promise is tied to a test: documents and pages, docs/promises.md and the tests, each against the other."""

import re

import pytest

from survey.models import Base

from .promises import ROOT, TABLE, missing_test, promising, read, rows, sentences

SAID = read()
PROMISED = {place: promising(place, said) for place, said in SAID.items()}
HELD = dict(rows(TABLE.read_text("utf-8")))

#: What a table beside people could hold that names them, and the tables in which it may stand, with why.
NAMES = re.compile(r"(?:^|_)(?:name|e?mail|address|phone|ip|agent|referrer)(?:_|$)")
MAY_NAME = {
    "contact": "the address of who asks for letters",
    "leaderboard_name": "what people who want it are called on the leaderboard",
    "invitation": "the address of who was invited by letter, until some days after joining",
}


@pytest.mark.parametrize("place", SAID)
def test_every_promise_is_in_the_table(place: str) -> None:
    assert PROMISED[place]
    assert [sentence for sentence in PROMISED[place] if sentence not in HELD] == []


def test_the_table_has_nothing_that_is_said_no_more() -> None:
    said = {sentence for found in PROMISED.values() for sentence in found}
    assert [sentence for sentence in HELD if sentence not in said] == []


def test_every_promise_has_a_test_or_says_why_it_is_none() -> None:
    for line in TABLE.read_text("utf-8").splitlines():
        for words, tests in rows(line):
            assert tests or "| no promise" in line, words


@pytest.mark.parametrize("document", ["docs/promises.md", "SECURITY.md"])
def test_every_test_that_is_named_is_there(document: str) -> None:
    named = re.findall(r"`(tests/[^`]+)`", (ROOT / document).read_text("utf-8"))
    assert len(named) > 10
    assert [name for name in named if missing_test(name)] == []


def test_every_row_of_security_names_what_holds_it() -> None:
    table = re.findall(
        r"^\| (.+) \| (.+) \| (.+) \|$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(table) > 10
    assert [row[0] for row in table[1:] if "`tests/" not in row[2] and "---" not in row[2]] == []


def test_only_who_asks_for_letters_or_was_invited_by_one_is_beside_an_address() -> None:
    of_people = {
        table.name: table
        for table in Base.metadata.tables.values()
        if table.name == "participant" or "participant_id" in table.columns
    }
    naming = {
        name
        for name, table in of_people.items()
        if any(NAMES.search(column) for column in (column.name for column in table.columns))
    }
    assert {"participant", "submission", "contact"} <= of_people.keys()
    assert naming == set(MAY_NAME)


class TestControls:
    """What would be missed otherwise."""

    @pytest.mark.parametrize(
        "sentence",
        [
            "Nobody reads what you write.",
            "Your address is deleted after a week.",
            "It sets no cookie.",
            "Every figure can be recomputed.",
            "At most ten people see it.",
            "They cannot be linked.",
        ],
    )
    def test_a_new_promise_is_noticed(self, sentence: str) -> None:
        document = (ROOT / "README.md").read_text(
            "utf-8"
        ) + f"\n\nParley is a program. {sentence} It has pages.\n"
        (found,) = [one for one in promising("README", sentences(document)) if one not in HELD]
        assert found == sentence

    def test_whatever_the_consent_says_is_a_promise(self) -> None:
        assert promising("consent", ["Heading", "We delete it in May."]) == ["We delete it in May."]

    @pytest.mark.parametrize(
        "name",
        [
            "tests/test_nowhere.py",
            "tests/nowhere/",
            "tests/test_promises.py::test_nowhere",
            "tests/test_promises.py::TestControls::test_nowhere",
            "tests/test_promises.py::Nowhere::test_every_promise_is_in_the_table",
            "tests/promises.py::missing_test",
        ],
    )
    def test_a_test_that_is_not_there_is_noticed(self, name: str) -> None:
        assert missing_test(name)
        assert not missing_test("tests/test_promises.py::TestControls::test_a_new_promise_is_noticed")
