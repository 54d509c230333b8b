"""Paths into a document: what stands at one, and putting something else there.

A path is keys from the top down; a table in an array is named by its own `key`, since positions change when somebody
moves a question. `*` behind an array is the order of its tables.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
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
#: Arrays inside a scenario, behind its key.
_OF_SCENARIO = ("axes", "leaves")
#: Tables that are there whole or not at all, and gone once nothing is left in them.
WHOLE = ("base_rate", "organizer", "preregistration", "notes")
PARTS = ("structure", "words", "worked")
#: Things whose words stand under their own key.
WITH_FACTS = ("question", "theme", "background", "scenario")


def is_array(path: Sequence[str]) -> bool:
    """Whether an array of tables with keys stands at a path.

    >>> is_array(("structure", "theme")), is_array(("structure", "scenario", "headline", "axes"))
    (True, True)
    """
    in_scenario = len(path) == 4 and tuple(path[:2]) == ("structure", "scenario")
    return tuple(path) in ARRAYS or (in_scenario and path[3] in _OF_SCENARIO)


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
    """Whether the question, theme or other thing with a key that words belong to is there."""
    if path[0] != "words" or len(path) < 5 or path[2] not in WITH_FACTS:
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
    return inside.setdefault(step, [] if is_array(path) else {})


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
        # What somebody else has added meanwhile is not in the order that was sent: it stays, behind the rest.
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


def misfit(path: KeyPath, value: Any) -> KeyPath | None:
    """The first place, at a path or below, whose value has not the shape that a document has there; None for none.

    What is wrong inside a table is a fault that is told beside it; where there is none at all nothing could be told.

    >>> misfit(("structure",), {"theme": [], "question": 3})
    ('structure', 'question')
    """
    if value is None:
        return None
    shape = _shape(path)
    if shape == "order":
        return None if isinstance(value, list) and all(isinstance(key, str) for key in value) else path
    if shape == "tables":
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            return path
        inside = [(_key(one), one) for one in value]
    elif shape == "table":
        if not isinstance(value, dict):
            return path
        inside = [*value.items()]
    else:
        return None
    found = (misfit((*path, key), one) for key, one in inside)
    return next((one for one in found if one is not None), None)


def _shape(path: KeyPath) -> str:
    """What stands at a path: the `order` of keys, an array of `tables`, one `table`, or whatever is read there."""
    if path[-1] == ORDER:
        return "order"
    if is_array(path) or path == ("structure", "round"):
        return "tables"
    if path[0] == "structure":
        is_table = len(path) < 3 or is_array(path[:-1]) or (path[1] == "scenario" and path[3:] == ("also",))
        return "table" if is_table else ""
    depth = len(path)
    of_a_thing = path[2:3] and path[2] in WITH_FACTS
    of_a_scenario = path[2:3] == ("scenario",) and path[4:5] in (
        ("axes",),
        ("also",),
        ("leaves",),
        ("branches",),
    )
    is_leaf = of_a_scenario and path[4] in ("leaves", "branches") and depth == 6
    is_table = depth < 4 or (of_a_thing and depth == 4) or (of_a_scenario and depth == 5) or is_leaf
    return "table" if (path[0] == "words" and is_table) or depth == 1 else ""


def overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one path is, or lies inside, what is at the other.

    >>> overlap(("words", "en"), ("words", "en", "consent")), overlap(("words", "en"), ("words", "uk"))
    (True, False)
    """
    shorter = min(len(one), len(other))
    return tuple(one[:shorter]) == tuple(other[:shorter])


def differences(old: Mapping[str, Any], new: Mapping[str, Any], deepest: int = 8) -> Iterator[Edit]:
    """The edits that make one document another, tables and arrays of keyed tables looked into down to `deepest`.

    >>> old = {"structure": {"theme": [{"key": "sky"}]}}
    >>> list(differences(old, {"structure": {"theme": [{"key": "sea"}, {"key": "sky"}]}}))
    [(('structure', 'theme', 'sea'), {'key': 'sea'}), (('structure', 'theme', '*'), ['sea', 'sky'])]
    """
    for part in PARTS:
        yield from _different((part,), old.get(part) or {}, new.get(part) or {}, deepest)


def _different(path: KeyPath, old: Any, new: Any, deepest: int) -> Iterator[Edit]:
    if old == new:
        return
    old = {} if old is None and isinstance(new, dict) and new else old
    if isinstance(old, dict) and isinstance(new, dict) and len(path) < deepest:
        for key in new | old:
            yield from _different((*path, key), old.get(key), new.get(key), deepest)
    elif is_array(path) and new and _are_named(new) and _are_named(old or []):
        yield from _different_tables(path, {one["key"]: one for one in old or []}, new, deepest)
    else:
        yield path, new


def _different_tables(path: KeyPath, old: dict[str, Any], new: list[Any], deepest: int) -> Iterator[Edit]:
    """The edits that make an array of keyed tables another: whole tables that are new or gone, then the order."""
    keys = [one["key"] for one in new]
    for one in new:
        if one["key"] in old:
            yield from _different((*path, one["key"]), old[one["key"]], one, deepest)
        else:
            yield (*path, one["key"]), one
    yield from (((*path, key), None) for key in old if key not in keys)
    there = [key for key in old if key in keys]
    if [*there, *(key for key in keys if key not in old)] != keys:
        yield (*path, ORDER), keys


def _are_named(array: Any) -> bool:
    return isinstance(array, list) and all(
        isinstance(one, dict) and isinstance(one.get("key"), str) for one in array
    )
