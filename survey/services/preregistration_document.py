"""The preregistration's document: what a survey asks, how its figures are made and who is not counted, as plain JSON.

The same function says what stands now; what differs from the frozen one is listed by where it stands.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scoring.pools.catalog import METHODS, SHOWN

from ..aggregation.publications import DAYS_BETWEEN, FEW
from ..aggregation.segments import MIN_CHANGED
from ..bank.content import Bank
from ..bank.document import Document, Json, document_of
from ..bank.moments import utc
from ..bank.paths import ARRAYS, KeyPath
from ..models import Survey

#: Of the file's shape: another number where programs that read it would have to change.
FORMAT = "parley preregistration 1"
#: What is compared: the names of `stands_now`.
COMPARED = ("structure", "words", "methods", "exclusions")
_SETTINGS = ("structure", "survey")
_KEYED = {noun for _structure, noun in ARRAYS}


def stands_now(survey: Survey, bank: Bank) -> Document:
    """Everything that a preregistration fixes, as it stands: `bank` is the survey's, read back from the store.

    Who runs the survey is not in it: an owner corrects that on a page of its own, and it changes no figure.
    """
    document = document_of(bank)
    words = {code: _without(own, "organizer") for code, own in document["words"].items()}
    return {
        "structure": document["structure"],
        "words": words,
        "methods": _methods(survey),
        "exclusions": exclusions(survey),
    }


def _without(table: Document, key: str) -> Document:
    return {name: inside for name, inside in table.items() if name != key}


def follows(survey: Survey, bank: Bank) -> Document:
    """What follows from it, for those who read the file: versions of questions, and when each of them ends."""
    versions = {row.key: row.version.number for row in survey.questions if not row.is_draft}
    return {"versions": versions, "closing": _closing(bank)}


def _closing(bank: Bank) -> Document:
    """The stop rule in full: where a question does not name its end, the one that follows from its last day."""
    return {
        "survey": utc(bank.settings.closes),
        "questions": {
            one.key: {
                "closes": utc(one.closes),
                **{option.key: utc(option.closes) for option in one.options if option.closes},
            }
            for one in bank.questions
        },
    }


def rules(survey: Survey) -> dict[str, str]:
    """Keys in the catalog of what makes the figure that heads a page: of chances, and of numbers and days."""
    return {"chances": "parley_open" if survey.open_form else "parley", "quantiles": "parley"}


def _methods(survey: Survey) -> Document:
    shown = sorted({*rules(survey).values(), *SHOWN[1:]})
    return {
        "rules": rules(survey),
        "beside": list(SHOWN[1:]),
        "catalog": {
            key: {
                "name": METHODS[key].name,
                "formula": METHODS[key].formula,
                "parameters": dict(METHODS[key].parameters),
                "source": METHODS[key].source,
            }
            for key in shown
        },
        "fewest_people": survey.cell,
        "answers_moved": survey.guarded,
        "publication": {
            "rhythm": survey.publication,
            "changed_people": MIN_CHANGED,
            "days_between": DAYS_BETWEEN if survey.guarded else 1,
            "until_people": FEW if survey.guarded else 0,
        },
    }


def exclusions(survey: Survey) -> list[str]:
    """Who is not counted, or not yet, by the rules of `aggregation.eligibility`: a word for each."""
    always = ["insiders", "crowd seen first", "erased", "withdrawn", "simulated"]
    return [*always, "first day"] if survey.guarded else always


def canonical(document: Document) -> bytes:
    """A document as bytes, the same for the same document: JSON in UTF-8, keys sorted, no space between.

    >>> canonical({"b": "ї", "a": [1, 0.5]}).decode()
    '{"a":[1,0.5],"b":"ї"}'
    """
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


class Difference(NamedTuple):
    """What stands otherwise than it was frozen: where, what was there, what is there now; None for nothing."""

    path: KeyPath
    before: Json
    after: Json


def differences(before: Document, after: Document) -> list[Difference]:
    """What differs between two documents, in the order of the later one; a whole question that came or went is one.

    >>> differences({"structure": {"survey": {"zone": "UTC"}}}, {"structure": {"survey": {"zone": "Europe/Kyiv"}}})
    [Difference(path=('structure', 'survey', 'zone'), before='UTC', after='Europe/Kyiv')]
    """
    old, new = (dict(_leaves(_compared(one))) for one in (before, after))
    whole = _whole_things(before, after)
    found = [
        Difference(path, old.get(path), new.get(path))
        for path in {**new, **old}
        if old.get(path) != new.get(path) and not _inside(path, whole) and not _is_younger(path, before)
    ]
    came_and_went = [
        Difference(("structure", *thing), _thing(before, thing), _thing(after, thing)) for thing in whole
    ]
    return came_and_went + found


def _compared(document: Document) -> Document:
    return {name: document[name] for name in COMPARED if name in document}


def _leaves(value: Json, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Json]]:
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _leaves(inside, (*path, key))
    elif path in ARRAYS and isinstance(value, list):
        for one in value:
            yield from _leaves(_without(one, "key"), (*path, one["key"]))
    else:
        yield path, value


def _whole_things(before: Document, after: Document) -> list[tuple[str, str]]:
    """The questions, themes and so on that are in one of the documents alone: noun and key."""
    there = [
        dict.fromkeys((noun, one["key"]) for noun in sorted(_KEYED) for one in _array(document, noun))
        for document in (before, after)
    ]
    return [thing for thing in {**there[0], **there[1]} if (thing in there[0]) != (thing in there[1])]


def _array(document: Document, noun: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (document.get("structure") or {}).get(noun) or []
    return found


def _thing(document: Document, thing: tuple[str, str]) -> Json:
    return next((one for one in _array(document, thing[0]) if one["key"] == thing[1]), None)


def _inside(path: KeyPath, things: list[tuple[str, str]]) -> bool:
    place = path[2:4] if path[:1] == ("words",) else path[1:3]
    return place in things


def _is_younger(path: KeyPath, before: Document) -> bool:
    """Whether it is a setting that nobody had when the file was frozen: all there were are named in it."""
    return path[:2] == _SETTINGS and path[2] not in before["structure"]["survey"]
