"""Paths into a document: what stands at one, and putting something else there.

A path is keys from the top down; a table in an array is named by its own `key`, since positions change when somebody
moves a question. `*` behind an array is the order of its tables.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

#: Keys from the top of a document down.
KeyPath = tuple[str, ...]
#: A path and what is to stand there from now on; None for nothing.
Edit = tuple[KeyPath, Any]

#: Behind an array: the keys of its tables in their order.
ORDER = "*"
#: What is an array of tables with keys, and made as one where it is missing.
ARRAYS = frozenset(
    ("structure", name) for name in ("theme", "question", "relation", "scenario", "background")
)
#: Tables that are gone once nothing is left in them.
WHOLE = ("base_rate", "organizer", "preregistration")
PARTS = ("structure", "words", "worked")


def value_at(document: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What stands at a path; None where nothing does.

    >>> document = {"structure": {"question": [{"key": "rain", "kind": "binary"}]}}
    >>> value_at(document, ("structure", "question", "rain", "kind"))
    'binary'
    """
    inside: Any = document
    for step in path:
        if isinstance(inside, list):
            inside = _keys(inside) if step == ORDER else _named(inside, step)
        else:
            inside = inside.get(step) if isinstance(inside, Mapping) else None
    return inside


def put_at(document: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at a path, in place; None takes away what is there.

    Tables that are missing on the way are made, but for those that name a question, theme or other thing with a key:
    whatever is said of one that somebody else has taken out belongs nowhere.

    Raises
    ------
    LookupError
        Where the thing that it is about is not there, or cannot hold it.
    """
    if len(path) < 2 or path[0] not in PARTS or not _has_its_fact(document, path):
        raise LookupError(path)
    inside: Any = document
    for length, step in enumerate(path[:-1], start=1):
        inside = _step_into(inside, step, tuple(path[:length]))
    if isinstance(inside, list):
        _put_in_array(inside, path[-1], value)
    elif isinstance(inside, dict):
        _put_in_table(inside, path, value)
        _drop_empty(document, tuple(path[:-1]))
    else:
        raise LookupError(path)


def _has_its_fact(document: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether the question, theme or question about the person that words belong to is there."""
    if path[0] != "words" or len(path) < 5 or path[2] not in ("question", "theme", "background"):
        return True
    return value_at(document, ("structure", path[2], path[3])) is not None


def _step_into(inside: Any, step: str, path: KeyPath) -> Any:
    if isinstance(inside, list):
        found = _named(inside, step)
        if found is None:
            raise LookupError(path)
        return found
    if not isinstance(inside, dict):
        raise LookupError(path)
    return inside.setdefault(step, [] if path in ARRAYS else {})


def _put_in_table(table: dict[str, Any], path: Sequence[str], value: Any) -> None:
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = copy.deepcopy(value)


def _drop_empty(document: dict[str, Any], path: KeyPath) -> None:
    """Take away such a table once nothing is left in it."""
    if path[-1] in WHOLE and value_at(document, path) == {}:
        value_at(document, path[:-1]).pop(path[-1])


def _put_in_array(array: list[Any], key: str, value: Any) -> None:
    if key == ORDER:
        places = {one: place for place, one in enumerate(value or ())}
        array.sort(key=lambda table: places.get(_key(table), len(places)))
        return
    found = _named(array, key)
    there = None if found is None else next(place for place, one in enumerate(array) if one is found)
    if value is not None and _key(value) != key:
        raise LookupError(key)
    if there is None:
        array.extend([copy.deepcopy(value)] if value is not None else [])
    elif value is None:
        del array[there]
    else:
        array[there] = copy.deepcopy(value)


def _key(table: Any) -> str:
    key = table.get("key") if isinstance(table, Mapping) else None
    return key if isinstance(key, str) else ""


def _keys(array: list[Any]) -> list[str]:
    return [key for key in map(_key, array) if key]


def _named(array: list[Any], key: str) -> Any:
    # A plain loop: an import of two thousand questions looks two thousand times through as many.
    for table in array:
        if isinstance(table, dict) and table.get("key") == key:
            return table
    return None


def overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one path is, or lies inside, what is at the other.

    >>> overlap(("words", "en"), ("words", "en", "consent")), overlap(("words", "en"), ("words", "uk"))
    (True, False)
    """
    shorter = min(len(one), len(other))
    return tuple(one[:shorter]) == tuple(other[:shorter])
