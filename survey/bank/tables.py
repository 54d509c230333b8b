"""TOML files whose faults are told with file, line and key, all of them at once."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from .lines import Place, lines_of

Value = TypeVar("Value")

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class Source:
    """One file: where things stand in it, and the faults found in it so far."""

    name: str
    lines: dict[Place, int]
    faults: list[str]
    faulty: set[Place] = field(default_factory=set)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, place: Place, shown: str, sentence: str) -> None:
        """Note a fault; `shown` is the place as the reader knows it."""
        self.faulty.add(place)
        self.faults.append(f"{self.name}:{self.line(place)}: {shown}: {sentence}")


def open_table(path: Path, faults: list[str]) -> "Table | None":
    """The top table of a file; None, with a fault noted, where it is not there or not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except FileNotFoundError:
        faults.append(f"{path.name}:1: the file is missing")
    except UnicodeDecodeError as error:
        faults.append(f"{path.name}:1: the file is not UTF-8 ({error.reason} at byte {error.start})")
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = found[1] if found else len(text.splitlines())
        faults.append(f"{path.name}:{line}: this is not TOML: {_AT_LINE.sub('', str(error))}")
    else:
        return Table(Source(path.name, lines_of(text), faults), (), "", content)
    return None


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

    def fault(self, key: str, sentence: str) -> None:
        """Note a fault of one key of this table; an empty key is the table itself."""
        shown = ".".join(part for part in (self.shown, key) if part)
        self.source.fault((*self.place, key) if key else self.place, shown, sentence)

    def only(self, keys: Collection[str], why: str = "unknown key") -> None:
        """Note every key that is not one of `keys`."""
        for key in self.content:
            if key not in keys:
                self.fault(key, f"{why}; known are {', '.join(keys)}")

    def _value(self, key: str, kinds: tuple[type, ...], name: str, default: Any) -> Any:
        if key not in self.content:
            if default is None:
                self.fault(key, f"is missing; it must be {name}")
            return default
        value = self.content[key]
        # Exactly these types: a TOML boolean is no number, and a moment is no date.
        if type(value) not in kinds:
            self.fault(key, f"must be {name}, got {value!r}")
            return default
        return value

    def is_sound(self, *keys: str) -> bool:
        """Whether none of these keys has a fault so far."""
        return not any((*self.place, key) in self.source.faulty for key in keys)

    def text(self, key: str, default: str | None = None, longest: int | None = None) -> str:
        """A text of at most `longest` characters, not empty unless `default` allows it."""
        value = (self._value(key, (str,), "a text", default) or "").strip()
        if default is None and not value and self.is_sound(key):
            self.fault(key, "must not be empty")
        if longest and len(value) > longest:
            self.fault(key, f"must have at most {longest} characters, has {len(value)}")
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
            self.fault(key, f"must be one of {', '.join(values)}, got {value!r}")
            return ""
        return value

    def truth(self, key: str, default: bool | None = None) -> bool:
        """`true` or `false`."""
        return bool(self._value(key, (bool,), "true or false", default))

    def number(self, key: str, default: float | None = None) -> float:
        """A number."""
        return float(self._value(key, (int, float), "a number", default) or 0)

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        return int(self._value(key, (int,), "a whole number", default) or 0)

    def moment(self, key: str, default: datetime | None = None) -> datetime:
        """A moment with its offset from UTC; without one it is a fault."""
        value = self._value(key, (datetime,), "a time in UTC such as 2027-12-31T00:00:00Z", default)
        if isinstance(value, datetime) and value.tzinfo is None:
            self.fault(key, f"must say its time zone, got {value}; write a Z at its end for UTC")
            value = None
        return value.astimezone(UTC) if value else datetime(1970, 1, 1, tzinfo=UTC)

    def day(self, key: str) -> date:
        """A date without a time."""
        return self._value(key, (date,), "a date such as 2027-12-31", None) or date(1970, 1, 1)

    def items(self, key: str, kind: type[Value], name: str, fewest: int = 1) -> list[Value]:
        """An array of texts, dates or numbers, at least `fewest`, all different."""
        values = self._value(key, (list,), f"a list of {name}", None) or []
        if any(type(value) is not kind for value in values):
            self.fault(key, f"must be a list of {name}, got {values!r}")
            return []
        if key in self.content and len(values) < fewest:
            self.fault(key, f"must list {fewest} or more, got {len(values)}")
        for value in sorted({value for value in values if values.count(value) > 1}):
            self.fault(key, f"{value} stands in it twice")
        return list(dict.fromkeys(values))

    def table(self, key: str, required: bool = True) -> "Table":
        """A table inside this one; where a `required` one is missing, that is the only fault of it."""
        content = self._value(key, (dict,), "a table", None if required else {})
        source = self.source if content is not None else Source("", {}, [])
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
