"""Kinds of argument: a survey's address, a person's, a number, a day, a file, a text; asked before anything is done.

Each asks the rule's own home as it converts, so that help waits for none of them.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

#: `MOST_AT_ONCE` and `MOST_DAYS` of `services/invitations.py`, written out for the help; a test holds that they are.
MOST_INVITATIONS, MOST_DAYS = 1000, 366
#: So many invented people take a machine some minutes; beyond lies a slip of the keyboard.
MOST_PEOPLE = 10_000
#: A token that is to last longer is one that never expires.
MOST_TOKEN_DAYS = 36_600


class Checked(click.ParamType):  # type: ignore[type-arg]
    """A text that is refused with the sentence of whoever has its rule."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value)
        fault = self.fault(text)
        if fault:
            self.fail(f"{shown(text)}: {fault}", param, ctx)
        return text

    def fault(self, text: str) -> str | None:
        """What is wrong with the text; None where nothing is."""
        raise NotImplementedError


class TableName(Checked):
    """The name of a table of a bundle: letters, digits and `_`."""

    name = "table"

    def fault(self, text: str) -> str | None:
        return None if text.isidentifier() and text.isascii() else "this is no name of a table"


class Slug(Checked):
    """The address of a survey: the bank's rule."""

    name = "slug"

    def fault(self, text: str) -> str | None:
        from ..i18n.codes import slug_fault

        return slug_fault(text)


class Address(Checked):
    """The address of a person, such as accounts have."""

    name = "email"

    def fault(self, text: str) -> str | None:
        from email_validator import EmailNotValidError, validate_email

        try:
            # Without a question to the network, which a host may lack, and which would tell whom it is about.
            validate_email(text.strip(), check_deliverability=False)
        except EmailNotValidError as refused:
            return str(refused)
        return None


class Language(Checked):
    """The code of a language, such as en or pt_BR: the bank's rule."""

    name = "language"

    def fault(self, text: str) -> str | None:
        from ..i18n.codes import language_fault

        return language_fault(text)


class Text(Checked):
    """A line of words that can be stored."""

    name = "text"

    def __init__(self, longest: int = 1000) -> None:
        self.longest = longest

    def fault(self, text: str) -> str | None:
        from ..i18n.normalization import Unreadable, clean_text

        try:
            clean_text(text, self.longest)
        except Unreadable as refused:
            return str(refused)
        return None if "\n" not in text else "It must be one line."


class Revision(Checked):
    """A revision of the tables, or `base`."""

    name = "revision"

    def fault(self, text: str) -> str | None:
        # `-1` is Alembic's for one step back.
        if re.fullmatch(r"\w+|-\d+", text, re.ASCII):
            return None
        return "A revision is of letters, digits and underscores; “base” takes all tables away."


class Bank(Checked):
    """A bank that ships, by its name, or the folder of any other."""

    name = "bank"

    def fault(self, text: str) -> str | None:
        return _path_fault(text)


class File(click.Path):
    """A path; whether anything is there is asked by whoever opens it."""

    def __init__(self, **rules: Any) -> None:
        super().__init__(path_type=Path, **rules)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        fault = _path_fault(str(value))
        if fault:
            self.fail(f"{shown(str(value))}: {fault}", param, ctx)
        return super().convert(value, param, ctx)


class Day(click.DateTime):
    """A day of the calendar, UTC, as 2026-11-15."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return super().convert(value, param, ctx).date()


class Minute(click.DateTime):
    """A moment, UTC, to the minute, as 2026-11-15T14:00."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx).replace(tzinfo=UTC)


SLUG, ADDRESS, LANGUAGE, REVISION, BANK = Slug(), Address(), Language(), Revision(), Bank()
DAY, MINUTE = Day(), Minute()

#: What an argument or option of a command may be. A plain text is none of them: nobody has said what it holds.
KINDS: Sequence[type[Any]] = (
    Checked,
    File,
    Day,
    Minute,
    click.IntRange,
    click.Choice,
    click.types.BoolParamType,
)


def shown(text: str) -> str:
    """A text as it can be shown in an error: what a terminal can't show is written out, what is long is cut.

    >>> shown("a" * 70)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    >>> shown("\\x1b" * 5_000).count("x1b")
    60
    """
    # A pasted text may hold what moves a terminal's cursor, or turns letters around.
    cut = text if len(text) <= 61 else f"{text[:60]}…"
    return repr(cut) if text.isprintable() else ascii(cut)


def _path_fault(text: str) -> str | None:
    return "This can be no path." if not text or "\x00" in text else None
