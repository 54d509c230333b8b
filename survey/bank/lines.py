"""Where things stand in a TOML file.

The standard parser gives values without their places; `lines_of` finds the places again, by a scan that knows
just enough of TOML: strings, comments, headers, keys at the start of a line, tables inside an array.
"""

import re

#: Keys and, in arrays, positions from the top of a file down.
Place = tuple[str | int, ...]

_LONG = r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}'
_SHORT = r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
_STRING_OR_COMMENT = re.compile(rf"(?P<long>{_LONG})|(?P<short>{_SHORT})|#[^\n]*", re.S)
_KEY = r'(?:"[^"]*"|\'[^\']*\'|[\w-]+)'
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*(?P<array>\[?)\[\s*(?P<keys>{_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*(?P<keys>{_DOTTED})\s*=")


def lines_of(text: str) -> dict[Place, int]:
    """The line, from 1, of every table, key and table in an array.

    >>> lines_of('[survey]\\nslug = "peace"\\n[[question]]\\nkey = "clash"')[("question", 0, "key")]
    4
    """
    lines: dict[Place, int] = {}
    arrays: dict[Place, int] = {}
    table: Place = ()
    value: Place = ()
    depth = elements = 0
    for number, line in enumerate(_without_long_strings(text).split("\n"), start=1):
        if depth == 1 and line.lstrip().startswith("{"):
            lines[(*value, elements)] = number
            elements += 1
        elif depth == 0 and (header := _HEADER.match(line)):
            table = _enter(_keys(header["keys"]), bool(header["array"]), arrays)
            _note(lines, table, number)
        elif depth == 0 and (assignment := _ASSIGNMENT.match(line)):
            value, elements = (*table, *_keys(assignment["keys"])), 0
            _note(lines, value, number)
        depth += _depth(line)
    return lines


def _note(lines: dict[Place, int], place: Place, number: int) -> None:
    """A place is on this line, and so is what it opens on its way, if that was not open before."""
    for length in range(1, len(place) + 1):
        lines.setdefault(place[:length], number)


def _without_long_strings(text: str) -> str:
    # Its lines stay, so that all behind it keep their numbers.
    def shortened(match: re.Match[str]) -> str:
        # Short strings stay as they are: keys may be written as such.
        return match["short"] or '""' * bool(match["long"]) + "\n" * match[0].count("\n")

    return _STRING_OR_COMMENT.sub(shortened, text)


def _depth(line: str) -> int:
    bare = re.sub(_SHORT, "", line)
    return sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}")


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_KEY, dotted)]


def _enter(keys: list[str], is_array: bool, arrays: dict[Place, int]) -> Place:
    """The place of a header: each array of tables on the way is entered at its last table."""
    place: Place = ()
    for position, key in enumerate(keys):
        place = (*place, key)
        if is_array and position == len(keys) - 1:
            arrays[place] = arrays.get(place, -1) + 1
        if place in arrays:
            place = (*place, arrays[place])
    return place
