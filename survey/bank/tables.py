"""Tables whose faults are told all at once: of a TOML file with file, line and key, of a document with the path."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from ..errors import BankError
from ..i18n.locale import gettext as _
from .lines import Place, lines_of
from .paths import KeyPath

Value = TypeVar("Value")

#: Keys stand in cells of exports as they are: one that begins with a letter or digit no spreadsheet runs.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")


#: Days and moments outside of these years are slips of the keyboard, and near the ends of the calendar a day more is
#: none any more.
YEARS = range(1900, 2201)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file and line, of which key; and its `path` in the document."""

    place: str
    shown: str
    sentence: str
    path: KeyPath = ()
    #: Whether nothing is there yet: whoever writes knows, and is not told what it must be.
    is_gap: bool = False

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.shown, self.sentence) if part)


def refusal(sentence: str, place: str = "") -> BankError:
    """What came refused for one reason, at a place as whoever wrote it knows it."""
    return BankError([Fault(place, "", sentence)])


@dataclass(frozen=True)
class Source:
    """One file, or one part of a document: where things stand in it, and the faults found in it so far.

    A document has no lines, and being JSON it has days and moments as text (ISO 8601).
    """

    name: str
    lines: dict[Place, int] | None
    faults: list[Fault]
    content: dict[str, Any] = field(default_factory=dict)
    faulty: set[Place] = field(default_factory=set)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest one around it; 0 in a document."""
        if self.lines is None:
            return 0
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def at(self, place: Place) -> str:
        """A place for the reader: the file, with the line where there are lines."""
        return at_line(self.name, self.line(place))

    def fault(self, place: Place, shown: str, sentence: str, is_gap: bool = False) -> None:
        """Note a fault; `shown` is the place as the reader knows it."""
        self.faulty.add(place)
        path = (*_root(self.name), *self._by_key(place))
        self.faults.append(Fault(self.at(place), shown, sentence, path, is_gap))

    def _by_key(self, place: Place) -> KeyPath:
        """A place with the tables of arrays by their keys: positions change when somebody moves a question."""
        path: list[str] = []
        inside: Any = self.content
        for step in place:
            inside = _inside(inside, step)
            own = inside.get("key") if isinstance(step, int) and isinstance(inside, dict) else None
            path.append(own if isinstance(own, str) and own else str(step))
        return tuple(path)


def at_line(name: str, line: int) -> str:
    """A place in a file; line 0 is that of a document, which has none.

    >>> at_line("structure.toml", 12), at_line("structure", 0)
    ('structure.toml:12', 'structure')
    """
    return f"{name}:{line}" if line else name.removesuffix(".toml")


def _root(name: str) -> KeyPath:
    part = name.removesuffix(".toml")
    return (part,) if part in ("structure", "worked") else ("words", part)


def _inside(content: Any, step: str | int) -> Any:
    if isinstance(content, dict):
        return content.get(step)
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return content[step]
    return None


def open_table(path: Path, faults: list[Fault]) -> "Table | None":
    """The top table of a file; None, with a fault noted, where it is not there or not TOML."""
    try:
        # Some editors put a byte order mark before the text; TOML has none.
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError:
        faults.append(Fault(f"{path.name}:1", "", "the file is missing"))
    except UnicodeDecodeError as error:
        words = f"the file is not UTF-8 ({error.reason} at byte {error.start})"
        faults.append(Fault(f"{path.name}:1", "", words))
    except tomllib.TOMLDecodeError as error:
        line, why = toml_fault(error, text)
        faults.append(Fault(f"{path.name}:{line}", "", f"this is not TOML: {why}"))
    else:
        return Table(Source(path.name, lines_of(text), faults, content), (), "", content)
    return None


def toml_fault(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """The line at which a text is no TOML, the last one where its end is missing, and why."""
    found = _AT_LINE.search(str(error))
    return int(found[1]) if found else len(text.splitlines()), _AT_LINE.sub("", str(error))


def plain_table(name: str, content: object, faults: list[Fault]) -> "Table":
    """The top table of a part of a document; what is no table is a fault, and read as an empty one."""
    table = content if isinstance(content, dict) else {}
    source = Source(name, None, faults, table)
    if content is not None and table is not content:
        source.fault((), "", f"must be a table, got {content!r}")
    return Table(source, (), "", table)


def _from_text(value: object, kinds: Collection[type]) -> object:
    """A day or moment of a document, where one is wanted; else the value as it is."""
    if not isinstance(value, str):
        return value
    for kind in (datetime, date):
        if kind in kinds:
            try:
                return kind.fromisoformat(value.strip())
            except ValueError:
                continue
    return value


class Table:
    """A table of a file, read key by key; what is wrong becomes a fault and a harmless value."""

    def __init__(self, source: Source, place: Place, shown: str, content: dict[str, Any]) -> None:
        self.source = source
        self.place = place
        self.shown = shown
        self.content = content

    @property
    def line(self) -> int:
        """The line on which the table begins."""
        return self.source.line(self.place)

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def fault(self, key: str, sentence: str, is_gap: bool = False) -> None:
        """Note a fault of one key of this table; an empty key is the table itself."""
        shown = ".".join(part for part in (self.shown, key) if part)
        self.source.fault((*self.place, key) if key else self.place, shown, sentence, is_gap)

    def only(self, keys: Collection[str], why: str = "unknown key") -> None:
        """Note every key that is not one of `keys`."""
        for key in self.content:
            if key not in keys:
                self.fault(key, f"{why}; known are {', '.join(keys)}")

    def _value(self, key: str, kinds: tuple[type, ...], name: str, default: Any) -> Any:
        if key not in self.content:
            if default is None:
                self.fault(key, _("is missing; it must be %(kind)s", kind=name), is_gap=True)
            return default
        value = self.content[key]
        if self.source.lines is None:
            value = _from_text(value, kinds)
        # Exactly these types: a TOML boolean is no number, and a moment is no date.
        if type(value) not in kinds:
            self.fault(key, _("must be %(kind)s, got %(value)s", kind=name, value=repr(value)))
            return default
        return value

    def is_sound(self, *keys: str) -> bool:
        """Whether none of these keys has a fault so far."""
        return not any((*self.place, key) in self.source.faulty for key in keys)

    def text(self, key: str, default: str | None = None, longest: int | None = None) -> str:
        """A text of at most `longest` characters, not empty unless `default` allows it."""
        value = (self._value(key, (str,), _("a text"), default) or "").strip()
        if default is None and not value and self.is_sound(key):
            self.fault(key, _("must not be empty"), is_gap=True)
        if longest and len(value) > longest:
            sentence = _(
                "must have at most %(longest)s characters, has %(length)s", longest=longest, length=len(value)
            )
            self.fault(key, sentence)
        return str(value)

    def name(self, key: str, taken: Collection[str] = ()) -> str:
        """A key of letters, digits, hyphens, dots and underscores, none of those `taken`."""
        value = self.text(key)
        if value and not _NAME.fullmatch(value):
            self.fault(key, f"must be of letters, digits, '-', '_' and '.', got {value!r}")
        elif value in taken:
            self.fault(key, f"{value} is there already")
        return value

    def choice(self, key: str, values: Collection[str], default: str | None = None) -> str:
        """One of `values`; empty where it is none."""
        value = self.text(key, default)
        if value and value not in values:
            sentence = _(
                "must be one of %(values)s, got %(value)s", values=", ".join(values), value=repr(value)
            )
            self.fault(key, sentence)
            return ""
        return value

    def truth(self, key: str, default: bool | None = None) -> bool:
        """`true` or `false`."""
        return bool(self._value(key, (bool,), _("true or false"), default))

    def number(self, key: str, default: float | None = None) -> float:
        """A number."""
        value = self._value(key, (int, float), _("a number"), default) or 0
        try:
            # TOML's whole numbers have no end; a double's have.
            return float(value)
        except OverflowError:
            self.fault(key, "must be a number of at most 300 digits")
            return 0.0

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        return int(self._value(key, (int,), _("a whole number"), default) or 0)

    def moment(self, key: str, default: datetime | None = None) -> datetime:
        """A moment with its offset from UTC; without one it is a fault."""
        value = self._value(key, (datetime,), _("a time in UTC such as 2027-12-31T00:00:00Z"), default)
        if isinstance(value, datetime) and value.tzinfo is None:
            self.fault(key, f"must say its time zone, got {value}; write a Z at its end for UTC")
            value = None
        if isinstance(value, datetime) and not self._is_of_our_time(key, value):
            value = None
        return value.astimezone(UTC) if value else datetime(1970, 1, 1, tzinfo=UTC)

    def day(self, key: str) -> date:
        """A date without a time."""
        value = self._value(key, (date,), _("a date such as 2027-12-31"), None)
        return value if value and self._is_of_our_time(key, value) else date(1970, 1, 1)

    def _is_of_our_time(self, key: str, day: date) -> bool:
        if day.year not in YEARS:
            sentence = _(
                "must be of the years %(first)s to %(last)s, got %(day)s",
                first=YEARS[0],
                last=YEARS[-1],
                day=day,
            )
            self.fault(key, sentence)
        return day.year in YEARS

    def items(self, key: str, kind: type[Value], name: str, fewest: int = 1) -> list[Value]:
        """An array of texts, dates or numbers, at least `fewest`, all different."""
        values = self._value(key, (list,), f"a list of {name}", None) or []
        if self.source.lines is None:
            values = [_from_text(value, (kind,)) for value in values]
        if any(type(value) is not kind for value in values):
            self.fault(key, f"must be a list of {name}, got {values!r}")
            return []
        if any(isinstance(value, date) and not self._is_of_our_time(key, value) for value in values):
            return []
        if key in self.content and len(values) < fewest:
            self.fault(
                key, _("must list %(fewest)s or more, got %(count)s", fewest=fewest, count=len(values))
            )
        for value in sorted({value for value in values if values.count(value) > 1}):
            self.fault(key, _("%(value)s stands in it twice", value=value))
        return list(dict.fromkeys(values))

    def table(self, key: str, required: bool = True) -> "Table":
        """A table inside this one; where a `required` one is missing, that is the only fault of it."""
        content = self._value(key, (dict,), "a table", None if required else {})
        # What is wrong inside of what is not there is noted where nobody looks.
        source = self.source if content is not None else Source("", None, [])
        return Table(source, (*self.place, key), self._name(key), content or {})

    def tables(self, key: str, required: bool = True) -> Iterator["Table"]:
        """The tables of an array, each shown by its own `key` where it has one."""
        values = self._value(key, (list,), "an array of tables", None if required else []) or []
        for position, content in enumerate(values):
            place = (*self.place, key, position)
            own = content.get("key") if isinstance(content, dict) else None
            shown = self._name(f"{key}.{own}" if isinstance(own, str) and own else f"{key}[{position}]")
            if isinstance(content, dict):
                yield Table(self.source, place, shown, content)
            else:
                self.source.fault(place, shown, f"must be a table, got {content!r}")

    def _name(self, key: str) -> str:
        return f"{self.shown}.{key}" if self.shown else key
