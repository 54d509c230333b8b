"""The document of formats tells the truth: every example of it is read, and every kind has one."""

import re
from pathlib import Path

import pytest

from survey.bank.columns import QUESTION, column_of
from survey.bank.interchange import FORMATS, format_of, read_file, write_file
from survey.bank.merging import merged
from survey.bank.template import template_document
from survey.errors import BankError
from survey.models import KIND_NAMES
from survey.services.draft_imports import plan_import
from survey.services.drafts import blank_document
from tests.survey.bank.storing import whole_bank

TEXT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES: list[tuple[str, str]] = re.findall(
    r"^```(csv|json|toml)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("format_", "text"), EXAMPLES)
def test_an_example_is_read_and_pasted_it_is_known(format_: str, text: str) -> None:
    assert format_of("", text.encode()) == format_
    given = read_file(text.encode(), format_)
    if given.document is not None:
        assert whole_bank(given.document).keys == ["rain-june"]
        return
    document = blank_document("The weather", "en")
    document["structure"]["survey"]["languages"] = ["en", "uk"]
    rows = text.count('"id"') or text.count("[[") or len(text.splitlines()) - 1
    assert len(merged(document, given.entries).added) == rows


def test_there_is_an_example_of_every_kind_and_format() -> None:
    assert {format_ for format_, _text in EXAMPLES} == {"csv", "json", "toml"}
    tables = [read_file(text.encode(), format_) for format_, text in EXAMPLES]
    kinds = {entry.fact("kind") for given in tables for entry in given.entries}
    assert kinds == set(KIND_NAMES)


def test_every_column_is_in_the_table_and_nothing_else_is() -> None:
    names = set(re.findall(r"`([^`]+)`", " ".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))))
    told = {name if not name.startswith(".") else f"base_rate{name}" for name in names}
    known = {column.path for name in told if (column := column_of(name, QUESTION))}
    assert known == {*QUESTION.facts, *QUESTION.words}


@pytest.mark.parametrize("format_", FORMATS)
def test_the_template_has_every_kind_and_can_be_opened_as_it_is(format_: str) -> None:
    template = template_document()
    bank = whole_bank(template)
    assert {question.kind for question in bank.questions} == set(KIND_NAMES)
    plan = plan_import(blank_document("Mine", "en"), write_file(template, format_), format_)
    assert len(plan.added) == len(KIND_NAMES)
    if plan.is_whole:
        assert whole_bank(plan.document) == bank


@pytest.mark.parametrize("name", ["questions.yaml", "questions.yml", "q.exe", "q.csv\x00.exe"])
def test_another_format_is_refused_with_a_sentence_that_names_ours(name: str) -> None:
    with pytest.raises(BankError, match="TOML, JSON, CSV or XLSX"):
        format_of(name)
