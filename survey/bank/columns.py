"""Columns of tables of questions, themes and questions about the person: names as people spell them, cells as values.

A column is a fact under its path (`base_rate.events`), or words in a language (`title.uk`); words without one are in
the survey's first language. A list is one cell with `|` between, or JSON where an element could be misread.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, clean_text
from ..questions import number_parsing
from .document import LONGEST_TEXT, Json
from .moments import moment_of, utc

#: What a cell holds: text, what a spreadsheet has a type for, or, of JSON and TOML, a list.
Cell = Any


@dataclass(frozen=True)
class Schema:
    """The columns of one noun: how the facts under each path, and the words, are written."""

    noun: str
    facts: Mapping[str, str]
    words: Mapping[str, str]


QUESTION = Schema(
    "question",
    {
        **{"key": "text", "theme": "text", "kind": "text", "options": "list", "deadline": "day"},
        **{"opens": "moment", "closes": "moment", "resolves": "moment"},
        **{"scale": "text", "lower": "bound", "upper": "bound"},
        **{"open_lower": "truth", "open_upper": "truth", "whole": "truth", "quantile_levels": "numbers"},
        **{"given.question": "text", "given.options": "list", "given.holds": "truth"},
        "rationale_required": "truth",
        **{"base_rate.events": "number", "base_rate.cases": "number", "base_rate.link": "text"},
        **{"base_rate.since": "day", "base_rate.until": "day"},
    },
    {
        **{"title": "text", "short": "text", "options": "labels", "unit": "text"},
        **{"background": "text", "criteria": "text", "fine_print": "text", "sources": "list"},
        **{"base_rate.reference_class": "text", "base_rate.source": "text"},
    },
)
THEME = Schema("theme", {"key": "text"}, {"title": "text", "summary": "text", "note": "text"})
BACKGROUND = Schema(
    "background",
    {"key": "text", "kind": "text", "options": "list", "lower": "number", "upper": "number"},
    {"label": "text", "hint": "text", "options": "labels"},
)
#: Other spellings of a column's name.
ALIASES = {
    **{"id": "key", "type": "kind", "name": "title", "answers": "options", "deadlines": "options"},
    **{"opens_at": "opens", "closes_at": "closes", "resolves_at": "resolves", "last_day": "deadline"},
    **{"min": "lower", "max": "upper", "short_title": "short"},
}
#: Other names of kinds of question.
KIND_ALIASES = {
    **{"mc": "choice", "multiple_choice": "choice", "yes_no": "binary", "number": "numeric"},
    **{"dates": "ladder", "day": "date", "conditional": "pair"},
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z0-9]+)*")
_OPTION = re.compile(r"option_?\d{1,2}")


@dataclass(frozen=True)
class Column:
    """A column: the path of a fact, or of words with their language (empty: the first one)."""

    path: str
    style: str
    is_words: bool = False
    language: str = ""

    @property
    def name(self) -> str:
        """Its name in a header."""
        return f"{self.path}.{self.language}" if self.language else self.path


def folded(name: str) -> str:
    """A name as columns and kinds are compared: small letters, one underline for spaces and hyphens.

    >>> folded(" Opens At ")
    'opens_at'
    """
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def column_of(name: str, schema: Schema) -> Column | None:
    """The column of a header's name; None where there is none such.

    >>> column_of(" Closes_At ", QUESTION).path, column_of("title.uk", QUESTION).language
    ('closes', 'uk')
    """
    plain = folded(name)
    plain = ALIASES.get(plain, plain)
    if schema is QUESTION and _OPTION.fullmatch(plain):
        plain = "options"
    if plain in schema.facts:
        return Column(plain, schema.facts[plain])
    if plain in schema.words:
        return Column(plain, schema.words[plain], True)
    stem, _dot, language = name.strip().rpartition(".")
    stem = ALIASES.get(folded(stem), folded(stem))
    if stem in schema.words and _LANGUAGE.fullmatch(language):
        return Column(stem, schema.words[stem], True, language)
    return None


def value_of(cell: Cell, style: str) -> Json:
    """What stands in a cell, as a document has it; None for nothing.

    Raises
    ------
    Unreadable
        With a sentence for whoever wrote it.
    """
    if isinstance(cell, str):
        cell = clean_text(cell, LONGEST_TEXT).strip()
    if cell is None or cell == "" or cell == []:
        return None
    return _READ[style](cell)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        # As the spreadsheet shows it, which keeps 15 digits: a key 2027 that was typed there is 2027.0 inside.
        return f"{cell:.15g}"
    if isinstance(cell, datetime | date):
        return _day(cell) if isinstance(cell, date) and not isinstance(cell, datetime) else _moment(cell)
    if not isinstance(cell, str):
        raise Unreadable(_("This must be text."))
    return cell


def _texts(cell: Cell, keep_empty: bool = False) -> list[str]:
    elements = cell
    if isinstance(cell, str):
        elements = _json_list(cell) if cell.startswith("[") else None
        elements = cell.split("|") if elements is None else elements
    if not isinstance(elements, list | tuple):
        elements = [elements]
    texts = [clean_text(_text(one), LONGEST_TEXT).strip() for one in elements]
    return [text for text in texts if text or keep_empty]


def _json_list(text: str) -> list[Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _labels(cell: Cell) -> list[str]:
    # Labels go by their places: an empty one keeps that of its option.
    return _texts(cell, keep_empty=True)


def _truth(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    known = {
        "true": True,
        "yes": True,
        "1": True,
        "так": True,
        "false": False,
        "no": False,
        "0": False,
        "ні": False,
    }
    text = _text(cell).casefold()
    if text not in known:
        raise Unreadable(_("Write yes or no here, not “%(text)s”.", text=text))
    return known[text]


def _number(cell: Cell) -> float | int:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        # Written so it refuses NaN too, which compares to nothing.
        if not abs(cell) < number_parsing.TOO_LARGE:
            raise Unreadable(_("This number is larger than any that can be stored."))
        return cell
    text = _text(cell)
    value = number_parsing.number(text).value
    # Whole as it was typed: a count of cases takes no 12.0.
    return int(value) if re.fullmatch(r"[+-]?\d+", text) else value


def _numbers(cell: Cell) -> list[float]:
    elements = cell if isinstance(cell, list | tuple) else _texts(cell)
    return [float(_number(one)) for one in elements]


def _day(cell: Cell) -> str:
    # Workbooks know no days, but moments at midnight.
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        cell = cell.date()
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell.isoformat()
    text = _text(cell)
    number_parsing.date(text)
    return number_parsing.folded(text)


def _bound(cell: Cell) -> Json:
    """A number, or of a question about days a day."""
    if isinstance(cell, date) or (isinstance(cell, str) and re.match(r"\d{4}-\d", cell)):
        return _day(cell)
    return _number(cell)


def _moment(cell: Cell) -> str:
    if isinstance(cell, datetime):
        midnight = cell.tzinfo is None and (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return utc(moment_of(cell.date().isoformat() if midnight else cell.isoformat()))
    return utc(moment_of(cell.isoformat() if isinstance(cell, date) else _text(cell)))


_READ: dict[str, Callable[[Cell], Json]] = {
    "text": _text,
    "list": _texts,
    "labels": _labels,
    "truth": _truth,
    "number": _number,
    "numbers": _numbers,
    "day": _day,
    "bound": _bound,
    "moment": _moment,
}


def cell_of(value: Json) -> Cell:
    """The cell of a value; `value_of` reads the same from it."""
    if isinstance(value, list):
        texts = [str(one) for one in value]
        if texts != [""] and not any(
            "|" in one or one != one.strip() or one.startswith("[") for one in texts
        ):
            return "|".join(texts)
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str | int | float | bool) else None
