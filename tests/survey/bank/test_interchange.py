"""Files in and out: what is exported is the same survey again; what is bad is refused with its place."""

import copy
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from openpyxl import Workbook

from survey.bank.document import Document, cleaned, document_of_folder
from survey.bank.interchange import FORMATS, format_of, read_file, write_file
from survey.bank.merging import merged
from survey.bank.moments import moment_of
from survey.bank.reading import bank_folder
from survey.bank.rows import MOST_ROWS
from survey.errors import BankError
from survey.i18n.normalization import Unreadable
from survey.services.drafts import blank_document
from tests.skips import EVERYTHING
from tests.survey.bank.storing import whole_bank

from . import tiny

WHOLE = [format_ for format_ in FORMATS if format_ != "csv"]
HEADER = "id,title,type,closes_at,options\n"


def refusal(given: bytes | str, format_: str = "csv") -> str:
    """Why a file is refused."""
    content = given if isinstance(given, bytes) else given.encode()
    with pytest.raises(BankError) as refused:
        merged(blank_document("Mine", "en"), read_file(content, format_).entries)
    return str(refused.value)


def folder(name: str, place: Path) -> Path:
    return bank_folder("ukraine") if name == "ukraine" else tiny.write(place / "tiny")


@pytest.mark.parametrize("name", ["tiny", "ukraine"])
@pytest.mark.parametrize("format_", WHOLE)
def test_a_whole_survey_comes_back_as_the_same_bank(name: str, format_: str, tmp_path: Path) -> None:
    document = document_of_folder(folder(name, tmp_path))
    found = read_file(write_file(document, format_), format_)
    assert found.document is not None
    assert whole_bank(found.document) == whole_bank(document)


@pytest.mark.parametrize("name", ["tiny", "ukraine"])
def test_questions_as_csv_come_back_as_the_same_questions(name: str, tmp_path: Path) -> None:
    document = cleaned(document_of_folder(folder(name, tmp_path)))
    table = write_file(document, "csv")
    again = merged(document, read_file(table, "csv").entries)
    assert (again.added, again.changed, again.edits) == ([], [], [])
    without = copy.deepcopy(document)
    without["structure"]["question"] = []
    for words in without["words"].values():
        words["question"] = {}
    assert whole_bank(merged(without, read_file(table, "csv").entries).document) == whole_bank(document)


TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n\t'=|[\"_"
    ),
    max_size=30,
)
KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
DAYS = st.dates(min_value=date(2027, 1, 1)).filter(lambda day: day.year < 2100)


#: Numbers as somebody may mean them: the grammar of numbers takes exponents of two digits.
BOUNDS = st.floats(-1e14, 1e14).filter(lambda bound: bound == 0 or abs(bound) > 1e-90)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A survey however unfinished: a few questions of some kinds with any words."""
    keys = draw(st.lists(KEYS, max_size=4, unique=True))
    questions, words = [], {}
    for key in keys:
        kind = draw(st.sampled_from(["binary", "choice", "ladder", "numeric", "pair"]))
        facts: dict[str, Any] = {"key": key, "theme": "one", "kind": kind}
        if kind == "choice":
            facts["options"] = draw(st.lists(TEXTS, min_size=1, max_size=3))
        if kind == "ladder":
            facts["deadlines"] = [day.isoformat() for day in draw(st.lists(DAYS, max_size=3))]
        if kind == "numeric":
            facts |= {"lower": draw(st.integers(-(10**9), 10**9)), "upper": draw(BOUNDS)}
            facts["open_lower"] = draw(st.booleans())
        if draw(st.booleans()):
            facts["deadline"] = draw(DAYS).isoformat()
        questions.append(facts)
        names = draw(st.sets(st.sampled_from(["title", "short", "criteria", "unit"])))
        words[key] = {name: draw(TEXTS) for name in names} | {"sources": draw(st.lists(TEXTS, max_size=3))}
    structure = {"survey": {"languages": ["en"]}, "theme": [{"key": "one"}], "question": questions}
    document = {"structure": structure, "words": {"en": {"question": words}}, "worked": {}}
    return cleaned(document)


def trimmed(value: Any) -> Any:
    """What two documents that say the same have in common: no space around texts, nothing that is empty."""
    if isinstance(value, dict):
        inside = {key: trimmed(one) for key, one in value.items()}
        return {key: one for key, one in inside.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [trimmed(one) for one in value]
    return value.strip() if isinstance(value, str) else value


@settings(
    max_examples=60 if EVERYTHING else 10, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
@for_all(documents())
def test_any_document_says_the_same_after_every_format(document: Document) -> None:
    for format_ in WHOLE:
        found = read_file(write_file(document, format_), format_).document
        assert trimmed(found) == trimmed(document), format_


def book(rows: dict[str, list[list[Any]]]) -> bytes:
    made = Workbook(write_only=True)
    for name, cells in rows.items():
        sheet = made.create_sheet(name)
        for row in cells:
            sheet.append(row)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def test_a_formula_is_refused_with_its_cell() -> None:
    given = book(
        {"q": [["id", "title", "type", "closes_at"], ["a", '=HYPERLINK("x")', "binary", "2027-12-31"]]}
    )
    assert "row 2: B2: holds a formula" in refusal(given, "xlsx")


@pytest.mark.parametrize(
    ("member", "content", "sentence"),
    [
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "links to other files"),
        ("xl/worksheets/sheet9.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "entities"),
        ("xl/worksheets/sheet9.xml", "<!DOCTYPE x>".encode("utf-16"), "entities"),
        ("xl/media/big.png", bytes(9_000_000), "larger than 8 MB"),
    ],
)
def test_what_may_not_be_in_a_workbook_refuses_it(member: str, content: bytes, sentence: str) -> None:
    packed = io.BytesIO(book({"q": [["id"]]}))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    assert sentence in refusal(packed.getvalue(), "xlsx")


@pytest.mark.parametrize("given", [b"PK\x03\x04 nonsense", b"x", book({"q": [["id"]]})[:-30]])
def test_what_is_no_workbook_is_refused(given: bytes) -> None:
    assert "cannot be read as a workbook" in refusal(given, "xlsx")


def test_days_and_numbers_of_a_spreadsheet_are_what_they_are() -> None:
    header = ["id", "title", "type", "closes_at", "min", "max"]
    given = book({"q": [header, ["a", 2027, "numeric", datetime(2027, 12, 31), 1, 2.5]]})
    document = merged(blank_document("", "en"), read_file(given, "xlsx").entries).document
    (facts,) = document["structure"]["question"]
    assert (facts["lower"], facts["upper"], facts["deadline"]) == (1, 2.5, "2027-12-30")
    assert document["words"]["en"]["question"]["a"]["title"] == "2027"


def test_too_many_rows_are_refused_by_their_number() -> None:
    rows = "".join(f"q{place},A?,binary,2027-12-31,\n" for place in range(MOST_ROWS + 1))
    assert refusal(HEADER + rows) == f"row {MOST_ROWS + 2}: one import has at most {MOST_ROWS} rows"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEADER + 'a,"x\ny",binary,2027-12-31,\nb,B?,binari,2027-12-31,\n', "row 3 (line 4): type"),
        (HEADER + "a,A?,mc,2027-12-31,Сеасe|Ceace\n", "look the same"),
        (HEADER + "a,A?,mc,2027-12-31,caf\u00e9|cafe\u0301\n", "look the same"),
        (HEADER + "a,A?,binary,2027-12-31,Yes|No\n", "leave the cell empty"),
        (HEADER + "a,A?,binary,2027-12-31,,more\n", "more cells than"),
        (HEADER + "a,A?,ladder,,2027-02-30\n", "row 2: options"),
        (HEADER.replace("options", "title.xx") + "a,A?,binary,2027-12-31,x\n", "not in this language"),
        (
            HEADER.replace("options", "colour") + "a,A?,binary,2027-12-31,x\n",
            "row 1: colour: there is no such column",
        ),
        (HEADER + 'a,"A?,binary\n', "a quote is opened and not closed"),
        (HEADER, "There is no question in it"),
        (HEADER + "a,<script>alert(1)</script>,x,2027-12-31,\n", "must be one of"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text: str, sentence: str) -> None:
    assert sentence in refusal(text)


def test_a_column_of_each_option_and_a_mark_of_a_spreadsheet_are_understood() -> None:
    text = "sep=;\r\nid;title;type;closes_at;option 1;option 2\r\na;'=Which?;mc;2027-12-31;Red;Blue\r\n"
    for encoding in ("utf-8-sig", "utf-16", "utf-8"):
        merge = merged(blank_document("", "en"), read_file(text.encode(encoding), "csv").entries)
        words = merge.document["words"]["en"]["question"]["a"]
        assert words == {"title": "=Which?", "options": {"red": "Red", "blue": "Blue"}}


def test_windows_1251_is_read_where_it_makes_words_and_named() -> None:
    given = read_file((HEADER + "a,Чи буде мир?,binary,2027-12-31,\n").encode("cp1251"), "csv")
    assert "Windows-1251" in given.read_as
    assert "Windows-1251" in refusal((HEADER + "a,Café là,binary,2027-12-31,\n").encode("latin-1"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "this is not JSON"),
        ('{"questions": [{"id": "a", "id": "b"}]}', "stands twice"),
        ('{"questions": [{"id": NaN}]}', "is not a number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"questions": 5}', "a list"),
        ('{"questions": [5]}', "question 1: this is not a table"),
        ('{"structure": {}, "more": 1}', "nothing else"),
        ('{"structure": {}, "words": 5}', "nothing else"),
    ],
)
def test_json_that_holds_no_survey_is_refused(text: str, sentence: str) -> None:
    assert sentence in refusal(text, "json")


def test_toml_is_refused_with_its_line() -> None:
    assert "line 2: this is not TOML" in refusal("a = 1\nb = \n", "toml")


@pytest.mark.parametrize(
    ("begins", "format_"),
    [
        (b"sep=;\nid;title", "csv"),
        (b"# x\n[survey]\n", "toml"),
        (b"[[questions]]\n", "toml"),
        (b'[{"id"', "json"),
    ],
)
def test_pasted_text_is_known_by_how_it_begins(begins: bytes, format_: str) -> None:
    assert format_of("", begins) == format_


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2027-03-28T03:30 Europe/Kyiv", "does not exist"),
        (
            "2027-10-31T03:30 Europe/Kyiv",
            "happens twice in Europe/Kyiv: clocks go back then. Write 2027-10-31T00:30",
        ),
        ("2027-10-31T03:30", "says no time zone"),
        ("2027-10-31T12:00 Europe/Nowhere", "no time zone “Europe/Nowhere”"),
        ("0001-01-01T00:00+14:00", "is not between the years"),
        ("0001-01-01T00:00 Europe/Kyiv", "is not between the years"),
        ("9999-12-31T23:00 America/New_York", "is not between the years"),
        ("31.12.2027", "no such moment as"),
    ],
)
def test_a_moment_that_is_not_sure_is_asked_back(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence.split(":")[0]) as refused:
        moment_of(text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "row"),
    [
        (("structure", "question", "closes"), "soon", "id,title\nlevel,Higher?\n"),
        (("structure", "question", "closes"), 3, "id,title\nlevel,Higher?\n"),
        (("structure", "question", "deadlines"), "soon", "id,closes\nlevel,2027-12-31\n"),
        (("structure", "question", "deadlines"), ["9999-12-31"], "id,closes\nlevel,2027-12-31\n"),
        (("structure", "question", "given"), "soon", "id,given.question,given.options\nlevel,rain,yes\n"),
        (("words", "title"), {"a": "b"}, "id,theme\nlevel,Weather\n"),
    ],
)
def test_a_row_may_meet_what_a_draft_has_in_no_shape_of_it(path: Any, value: Any, row: str) -> None:
    """Drafts keep what was typed and what programs send: a row beside it is put in, or refused in words."""
    question = {"key": "level", "theme": "sky", "kind": "ladder", "deadlines": ["2027-06-30"]}
    theme = {"title": "Weather"}
    {"structure": question, "words": theme}[path[0]][path[-1]] = value
    document = blank_document("Mine", "en")
    document["structure"] |= {"question": [question], "theme": [{"key": "sky"}]}
    document["words"]["en"] |= {"theme": {"sky": theme}, "question": {"level": {"title": "High?"}}}
    before = copy.deepcopy(document)
    try:
        merge = merged(document, read_file(row.encode(), "csv").entries)
    except BankError as refused:
        assert "row 2" in str(refused)
    else:
        assert [line.key for line in merge.changed] == ["level"]
    assert document == before


@settings(max_examples=200 if EVERYTHING else 30, deadline=None)
@for_all(
    st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2035, 12, 31)),
    st.sampled_from(
        ["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
    ),
)
def test_no_local_time_is_shifted_in_silence(local: Any, zone: str) -> None:
    try:
        moment = moment_of(f"{local.isoformat()} {zone}")
    except Unreadable:
        both = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}
        assert len(both) == 2
    else:
        assert moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def test_json_of_an_export_is_json() -> None:
    assert json.loads(write_file(blank_document("x", "en"), "json"))["words"]["en"]["survey"]["title"] == "x"
