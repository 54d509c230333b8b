"""Lists of people to invite: as spreadsheets write them, refused by row, all or nothing."""

import tracemalloc

import pytest
from sqlalchemy.orm import Session

from survey.services.invitation_list import (
    MOST_BYTES,
    MOST_ROWS,
    InvitationList,
    ListedPerson,
    RefusedRows,
    read_list,
)
from tests.factories import the_survey

OLHA = ListedPerson(1, "olha@example.org", "think tank", "uk")


def read(session: Session, text: str | bytes) -> InvitationList:
    given = text if isinstance(text, bytes) else text.encode()
    return read_list(the_survey(session), given)


def refused(session: Session, text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(RefusedRows) as found:
        read(session, text)
    return found.value.rows


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("olha@example.org,think tank,uk", "comma"),
        ("olha@example.org;think tank;uk\r\n", "semicolon"),
        ("olha@example.org\tthink tank\tUK\n\n", "tab"),
        ('"olha@example.org","think  tank",uk', "comma"),
        (" olha@example.org , think tank , uk ", "comma"),
    ],
)
def test_a_row_is_read_however_it_is_separated(session: Session, text: str, separator: str) -> None:
    found = read(session, text)
    assert (found.people, found.separator, found.encoding) == ((OLHA,), separator, "UTF-8")


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1251", "Windows-1251")],
)
def test_the_encoding_is_understood_and_told(session: Session, encoding: str, name: str) -> None:
    found = read(session, "olha@example.org;Міністерство".encode(encoding))
    assert (found.people[0].group, found.encoding) == ("Міністерство", name)


def test_a_first_line_names_the_columns_in_any_order(session: Session) -> None:
    found = read(session, "Мова;Група;Пошта\nuk;think tank;olha@example.org\n")
    assert found.people == (ListedPerson(2, "olha@example.org", "think tank", "uk"),)


def test_a_first_line_without_such_names_is_a_person(session: Session) -> None:
    assert refused(session, "somebody,think tank,uk")[0][0] == 1


def test_an_address_is_enough(session: Session) -> None:
    first = the_survey(session).languages[0]
    assert read(session, "olha@example.org").people == (ListedPerson(1, "olha@example.org", "", first),)


def test_quotes_hold_separators_and_lines_and_the_row_is_the_line_it_begins_on(session: Session) -> None:
    found = read(session, 'a@example.org,"one,\ntwo"\n\nb@example.org,three\n')
    assert [(one.row, one.group) for one in found.people] == [(1, "one, two"), (4, "three")]


def test_every_row_that_cannot_be_taken_is_named(session: Session) -> None:
    rows = refused(
        session,
        "good@example.org\nnobody\nGOOD@example.org\nb@example.org,,fr\nc@example.org,"
        + "x" * 81
        + "\n,group\n",
    )
    assert [row for row, _why in rows] == [2, 3, 4, 5, 6]
    said = dict(rows)
    assert "stands in row 1" in said[3] and "en, uk" in said[4] and "80 characters" in said[5]


def test_few_of_many_refusals_are_named_and_the_rest_is_counted(session: Session) -> None:
    with pytest.raises(RefusedRows) as found:
        read(session, "\n".join(["nobody"] * 50))
    lines = found.value.errors["people"].split("\n")
    assert lines[0].startswith("Row 1:") and lines[20] == "And 30 rows more."
    assert lines[-1] == "It was read as UTF-8, with the separator comma."


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n",
        '"never closed',
        b"\xff\xfe\x00",
        "a@example.org,\x00",
        "a@example.org\x00",
        "a@example.org," + "x" * 200_000,
        b"\x98\x98",
        "=cmd()@example.org,,",
        "a@example.org\nb@example.org\r\nc@exa mple.org",
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(session: Session, text: str | bytes) -> None:
    assert all(why for _row, why in refused(session, text))


def test_a_thousand_rows_are_taken_and_one_more_is_refused(session: Session) -> None:
    rows = [f"p{place}@example.org,group,en" for place in range(MOST_ROWS + 1)]
    assert len(read(session, "\n".join(rows[:MOST_ROWS])).people) == MOST_ROWS
    assert refused(session, "\n".join(rows))[0][0] == MOST_ROWS + 1


def test_a_large_list_takes_little_memory(session: Session) -> None:
    survey = the_survey(session)
    rows = [f"{'p' * 50}{place}@example.org,{'g' * 70},en" for place in range(MOST_ROWS)]
    given = "\n".join(rows).encode()
    tracemalloc.start()
    read_list(survey, given)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * MOST_BYTES
    assert "too large" in refused(session, b"x" * (MOST_BYTES + 1))[0][1]
