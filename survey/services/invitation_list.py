"""Lists of people to invite: CSV as spreadsheets write it, or lines pasted, to addresses, groups and languages.

All or nothing: a row that cannot be taken is named by its number and refuses the list, whose encoding and separator
are told as they were understood.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import InvalidAnswer
from ..i18n.delimited import decoded, numbered_rows, separator_name, separator_of
from ..i18n.locale import LANGUAGES, gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import Survey
from ..notifications.contacts import read_address

MOST_ROWS = 1000
#: Of a whole list: a thousand rows of the longest addresses and groups in the widest letters.
MOST_BYTES = 400_000
LONGEST_GROUP = 80
#: Refused rows that are named one by one; the rest is counted.
MOST_NAMED = 20

#: What the columns are called in a first line, in small letters.
COLUMNS = {
    "address": ("address", "email", "e-mail", "mail", "адреса", "пошта", "ел. пошта", "електронна пошта"),
    "group": ("group", "name", "група", "ім’я", "ім'я", "імʼя"),
    "language": ("language", "lang", "мова"),
}


@dataclass(frozen=True)
class ListedPerson:
    """Somebody to invite: the line of the list they stand on, from 1; the group is empty where none is given."""

    row: int
    address: str
    group: str
    language: str


@dataclass(frozen=True)
class InvitationList:
    """A list that can be taken, and how its bytes were understood: `encoding`, and `separator` (comma, …)."""

    people: tuple[ListedPerson, ...]
    encoding: str
    separator: str


class RefusedRows(InvalidAnswer):
    """Rows of a list that cannot be taken.

    Attributes
    ----------
    rows
        Number of the line and its sentence, in the order of the list.
    """

    def __init__(self, rows: Sequence[tuple[int, str]], read_as: str = "") -> None:
        self.rows = sorted(rows)
        said = [
            gettext("Row %(row)s: %(why)s", row=row, why=why) if row else why
            for row, why in self.rows[:MOST_NAMED]
        ]
        if len(self.rows) > MOST_NAMED:
            said.append(gettext("And %(count)s rows more.", count=len(self.rows) - MOST_NAMED))
        super().__init__({"people": "\n".join([*said, *([read_as] if read_as else [])])})


def address_key(address: str) -> str:
    """What two spellings of one address have in common: mail servers in use take no note of case.

    >>> address_key("Olha.M@Example.org") == address_key("olha.m@example.org")
    True
    """
    return address.casefold()


def read_list(survey: Survey, given: bytes) -> InvitationList:
    """The people of a list.

    A first line may name the columns, in any order; without one they are address, group, language. Group and language
    may be missing: letters are then in the survey's first language.

    Parameters
    ----------
    given
        The bytes of a CSV file: UTF-8 or UTF-16 with or without a mark, else Windows-1251; at most 400,000 of them.

    Raises
    ------
    RefusedRows
        For a list that is empty, too long or no text, and for every row without an address, with one that is no
        address or stands in a row before, with a group of more than 80 letters, or in a language that the survey
        is not in.
    """
    # Before it is decoded: what is refused for its size should cost nothing.
    if len(given) > MOST_BYTES:
        raise RefusedRows(
            [(0, gettext("The list is too large: invite at most %(most)s people at once.", most=MOST_ROWS))]
        )
    try:
        encoding, text = decoded(given)
    except Unreadable as fault:
        raise RefusedRows([(0, str(fault))]) from None
    separator = separator_of(text)
    read_as = gettext(
        "It was read as %(encoding)s, with the separator %(separator)s.",
        encoding=encoding,
        separator=separator_name(separator),
    )
    people: list[ListedPerson] = []
    refused: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    try:
        for row, cells in _rows(text, separator):
            if len(people) + len(refused) == MOST_ROWS:
                raise RefusedRows(
                    [(row, gettext("invite at most %(most)s people at once.", most=MOST_ROWS))], read_as
                )
            try:
                person = _person(survey, row, cells)
                _refuse_again(person, seen)
                people.append(person)
            except InvalidAnswer as fault:
                refused.append((row, fault.sentence))
    except Unreadable as fault:
        refused.append((0, str(fault)))
    if not people and not refused:
        refused.append((0, gettext("The list is empty. Give one person a line: address, group, language.")))
    if refused:
        raise RefusedRows(refused, read_as)
    return InvitationList(tuple(people), encoding, separator_name(separator))


def languages_of(survey: Survey) -> list[str]:
    """The codes of languages in which its letters can be: the survey's own that the site speaks, in its order."""
    return [code for code in survey.languages if code in LANGUAGES] or ["en"]


def _rows(text: str, separator: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line on which each row begins, and its cells by column; empty rows are left out."""
    columns, first = ["address", "group", "language"], True
    for _number, row, cells in numbered_rows(text, separator):
        named = [_column(cell) for cell in cells] if first else []
        first = False
        if "address" in named:
            columns = named
        else:
            yield row, dict(zip(columns, cells, strict=False))


def _column(cell: str) -> str:
    return next((name for name, words in COLUMNS.items() if cell.casefold() in words), "")


def _person(survey: Survey, row: int, cells: dict[str, str]) -> ListedPerson:
    group = " ".join(_clean(cells.get("group", "")).split())
    if len(group) > LONGEST_GROUP:
        raise InvalidAnswer(
            {"group": gettext("the group has more than %(most)s characters.", most=LONGEST_GROUP)}
        )
    return ListedPerson(
        row, read_address(cells.get("address", "")), group, _language(survey, cells.get("language", ""))
    )


def _clean(text: str) -> str:
    try:
        return clean_text(text)
    except Unreadable as fault:
        raise InvalidAnswer({"group": str(fault)}) from None


def _language(survey: Survey, typed: str) -> str:
    known = languages_of(survey)
    if not typed:
        return known[0]
    if typed.lower() not in known:
        raise InvalidAnswer(
            {"language": gettext("the language is one of: %(codes)s.", codes=", ".join(known))}
        )
    return typed.lower()


def _refuse_again(person: ListedPerson, seen: dict[str, int]) -> None:
    """Refuse an address that stands in a row before; `seen` holds the rows by address."""
    before = seen.setdefault(address_key(person.address), person.row)
    if before != person.row:
        raise InvalidAnswer({"address": gettext("the same address stands in row %(row)s.", row=before)})
