"""A document as the sheets of a workbook, and back: nothing is lost that a survey can hold.

survey       name and value: settings, and the survey's own words by language
themes, questions, background   one row each, in the columns of `columns`
more         path and value (JSON) of whatever has no column: relations, scenarios, rounds, the worked answer
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from ..errors import BankError
from ..i18n.locale import gettext as _
from .columns import BACKGROUND, QUESTION, THEME, Cell, Column, Schema, cell_of, column_of
from .content import PreregistrationWords
from .document import Document, Json, cleaned, option_keys
from .merging import merged
from .paths import KeyPath, differences, put_at, value_at
from .rows import MOST_FAULTS, Entry, entries_of_table
from .tables import Fault

Sheet = Sequence[Sequence[Cell]]
#: The sheet that makes a workbook a whole survey.
SURVEY, QUESTIONS = "survey", "questions"
_NOUNS = {"themes": THEME, QUESTIONS: QUESTION, "background": BACKGROUND}
_SETTINGS = Schema(
    "survey",
    {
        **{"key": "text", "slug": "text", "languages": "list", "opens": "moment", "closes": "moment"},
        **{"visibility": "text", "reveal": "text", "reveal_unit": "text", "publication": "text"},
        **{"readers": "text", "readers_days": "number"},
        **{"licence": "text", "licence_words": "text", "licence_address": "text"},
        **{"minimum_cell": "number", "protected": "truth", "base_rates_before": "truth", "zone": "text"},
        **{"lowest_probability": "number", "highest_probability": "number", "explain_change": "number"},
    },
    {
        **{"title": "text", "headline": "text", "summary": "text", "rules": "text", "consent.text": "text"},
        **{f"organizer.{name}": "text" for name in ("name", "contact", "legal_basis", "kept_until")},
        **{f"preregistration.{name}": "text" for name in PreregistrationWords.__dataclass_fields__},
    },
)
#: Columns of a table of questions that are there even where no question needs them.
_ALWAYS = ("key", "theme", "kind", "options", "deadline", "closes", "resolves")
#: Characters that a cell of a workbook holds, with room to spare.
#: Excel takes 32,767, and calls a workbook with more in one of them damaged.
_LONGEST_CELL = 30_000


def table_of(document: Document, schema: Schema = QUESTION) -> list[list[Cell]]:
    """Questions (or themes, or questions about the person) of a document as a table with its header."""
    languages = _languages(document)
    things = [one for one in value_at(document, ("structure", schema.noun)) or [] if isinstance(one, dict)]
    columns = [Column(name, style) for name, style in schema.facts.items()]
    columns += [Column(name, style, True, code) for name, style in schema.words.items() for code in languages]
    rows = [[_cell(document, schema, thing, column) for column in columns] for thing in things]
    kept = [
        place
        for place, column in enumerate(columns)
        if _stays(column) or any(row[place] is not None for row in rows)
    ]
    return [[columns[place].name for place in kept], *([row[place] for place in kept] for row in rows)]


def _stays(column: Column) -> bool:
    return column.path in ("title", "label") if column.is_words else column.path in _ALWAYS


def _languages(document: Document) -> list[str]:
    named = value_at(document, ("structure", "survey", "languages"))
    written = document.get("words")
    codes = [*(named if isinstance(named, list) else []), *(written if isinstance(written, dict) else [])]
    return list(dict.fromkeys(code for code in codes if isinstance(code, str)))


def _cell(document: Document, schema: Schema, thing: Document, column: Column) -> Cell:
    steps = tuple(column.path.split("."))
    if not column.is_words:
        if column.path == "options" and thing.get("kind") == "ladder":
            steps = ("deadlines",)
        return cell_of(value_at(thing, steps))
    value = value_at(document, ("words", column.language, schema.noun, str(thing.get("key")), *steps))
    if column.style == "labels":
        keys = option_keys(thing) if schema is QUESTION else _texts_in(thing.get("options"))
        value = [value.get(key) or "" for key in keys] if isinstance(value, dict) and keys else None
    return cell_of(value or None)


def _texts_in(array: Json) -> list[str]:
    return [one for one in array if isinstance(one, str)] if isinstance(array, list) else []


def sheets_of(document: Document) -> dict[str, list[list[Cell]]]:
    """A whole survey as sheets, name to rows."""
    document = cleaned(document)
    sheets = {SURVEY: [["name", "value"], *_settings(document)]}
    sheets |= {name: table_of(document, schema) for name, schema in _NOUNS.items()}
    try:
        read_back = _of_columns(sheets)
    except BankError:
        # A draft that holds what no column can: the rest of it is told path by path.
        del sheets[QUESTIONS]
        read_back = _of_columns(sheets)
    more = [
        ["/".join(path), *_pieces(json.dumps(value, ensure_ascii=False))]
        for path, value in differences(read_back, document, deepest=4)
    ]
    return sheets | {"more": [["path", "value"], *more]}


def _settings(document: Document) -> Iterator[list[Cell]]:
    for name in _SETTINGS.facts:
        value = cell_of(value_at(document, ("structure", "survey", name)))
        if value is not None:
            yield [name, value]
    for name in _SETTINGS.words:
        for code in _languages(document):
            value = cell_of(value_at(document, _words_path(name, code)))
            if value is not None:
                yield [f"{name}.{code}", value]


def _words_path(name: str, language: str) -> KeyPath:
    steps = tuple(name.split("."))
    return ("words", language, *(steps if len(steps) > 1 else ("survey", *steps)))


def _pieces(text: str) -> list[str]:
    return [text[start : start + _LONGEST_CELL] for start in range(0, len(text), _LONGEST_CELL)]


def document_of_sheets(sheets: Mapping[str, Sheet]) -> Document:
    """The document of a whole survey's sheets.

    Raises
    ------
    BankError
        With everything that cannot be read, each with its sheet and row.
    """
    document = _of_columns(sheets)
    faults = []
    for number, row in enumerate(sheets.get("more", ())[1:], start=2):
        cells = [str(cell) for cell in row if cell is not None]
        if not cells:
            continue
        try:
            put_at(document, tuple(cells[0].split("/")), json.loads("".join(cells[1:])))
        except (ValueError, LookupError, RecursionError):
            sentence = _("this is not a path of a survey with a value in JSON")
            faults.append(Fault(place_in("more", number), cells[0][:80], sentence))
    if faults:
        raise BankError(faults[:MOST_FAULTS])
    return document


def placed(sheet: str, rows: Sheet) -> Iterator[tuple[str, Sequence[Cell]]]:
    """The rows of a sheet that are not empty, each with its place."""
    for number, row in enumerate(rows, start=1):
        if any(cell not in (None, "") for cell in row):
            yield place_in(sheet, number), row


def place_in(sheet: str, number: int) -> str:
    """What a row of a sheet is called."""
    return _("sheet %(sheet)s, row %(row)s", sheet=sheet, row=number)


def _entries(sheets: Mapping[str, Sheet], name: str, schema: Schema) -> list[Entry]:
    return entries_of_table(placed(name, sheets.get(name, ())), schema)


def _of_columns(sheets: Mapping[str, Sheet]) -> Document:
    document: Document = {"structure": {"survey": {}, "theme": [], "question": []}, "words": {}, "worked": {}}
    faults = _put_settings(document, sheets.get(SURVEY, ()))
    for name in ("themes", "background"):
        for entry in _entries(sheets, name, _NOUNS[name]):
            _put_thing(document, entry, _NOUNS[name])
            faults += entry.faults
    if faults:
        raise BankError(faults[:MOST_FAULTS])
    questions = _entries(sheets, QUESTIONS, QUESTION)
    return merged(document, questions, as_they_are=True).document if questions else document


def _put_settings(document: Document, rows: Sheet) -> list[Fault]:
    faults = []
    for number, row in enumerate(rows[1:], start=2):
        name, value = (*row, None, None)[:2]
        if name in (None, ""):
            continue
        column = column_of(str(name), _SETTINGS)
        entry = Entry(place_in(SURVEY, number), {column: value} if column else {})
        if column is None or (column.is_words and not column.language):
            entry.fault(
                str(name)[:80], _("there is no such setting, or it has no language behind it (title.en)")
            )
        else:
            words = _words_path(column.path, column.language)
            _put_at(
                document,
                words if column.is_words else ("structure", "survey", column.path),
                entry.value(column),
            )
        faults += entry.faults
    return faults


def _put_at(document: Document, path: KeyPath, value: Json) -> None:
    if value is not None:
        put_at(document, path, value)


def _put_thing(document: Document, entry: Entry, schema: Schema) -> None:
    """A theme or question about the person, from its row."""
    key = entry.fact("key", schema)
    if not key or value_at(document, ("structure", schema.noun, key)):
        entry.fault("key", _("is missing, or there twice"))
        return
    facts = {name: entry.fact(name, schema) for name in schema.facts}
    put_at(
        document,
        ("structure", schema.noun, key),
        {name: one for name, one in facts.items() if one is not None},
    )
    for column in entry.words():
        value = entry.value(column)
        if column.style == "labels" and value is not None:
            options = facts.get("options") or []
            value = {one: label for one, label in zip(options, value, strict=False) if label} or None
        languages = _languages(document) or ["en"]
        _put_at(
            document,
            ("words", column.language or languages[0], schema.noun, key, *column.path.split(".")),
            value,
        )
