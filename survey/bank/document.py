"""A survey under writing as one document, and a bank as a document: plain JSON in the shape of a bank's files.

    {"structure": {as structure.toml}, "words": {"en": {as en.toml}, …}, "worked": {as worked.toml}}

Days and moments are text (ISO 8601). A document may be as unfinished as it likes: `read` gives what is there, and
everything that is wrong, each with the path that leads to it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .. import clock
from ..errors import BankError
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from .checking import broken
from .coherence import contradictions, is_declared
from .content import (
    BASE_RATE_WORDS,
    BRANCHES,
    CONTROLLER,
    OWN_LABELS,
    Axis,
    Bank,
    Event,
    Question,
    QuestionWords,
    Scenario,
    ScenarioWords,
    Words,
    branch_parts,
)
from .facts import OWN_KEYS
from .moments import last_day_before, utc
from .paths import ORDER, PARTS, misfit, value_at
from .reading import STRUCTURE, WORKED, BankTables, read_tables
from .standard import OPENING, Advice, check_question, check_standard
from .tables import Fault, open_table, plain_table

#: A whole document, or anything inside one: what JSON has.
Json = Any
Document = dict[str, Json]

#: Characters of a whole document as JSON: ten times the survey that ships.
LARGEST = 3_000_000
LONGEST_TEXT, DEEPEST, LARGEST_NUMBER = 20_000, 8, 1e15


@dataclass(frozen=True)
class Reading:
    """What a document says so far: where there are faults, the bank has harmless values in their places."""

    bank: Bank
    faults: tuple[Fault, ...]


def read(document: Document) -> Reading:
    """The bank of a document with all its faults; of one without any, the worked answer is checked too.

    Whether relations can stand together is told as soon as they and their questions are whole, words or no words.

    >>> print(read({}).faults[0])
    structure: survey: is missing; it must be a table
    """
    faults: list[Fault] = []
    words = document.get("words")
    texts = words if isinstance(words, dict) else {}
    worked = document.get("worked")
    bank = read_tables(
        BankTables(
            plain_table("structure", document.get("structure"), faults),
            lambda languages: {
                one: plain_table(one, _with_places(document, texts.get(one)), faults) for one in languages
            },
            lambda: plain_table("worked", worked, faults) if worked else None,
        )
    )
    if not faults:
        faults = broken(bank)
    elif is_declared(faults):
        faults += contradictions(bank)
    return Reading(bank, tuple(faults))


def _with_places(document: Document, words: Json) -> Json:
    """The words of a language with an empty table for each thing that has none: each lacking text is a fault then."""
    if words is not None and not isinstance(words, dict):
        return words
    padded: Document = {"survey": {}, "consent": {}, **(words or {})}
    for noun in ("theme", "question", "background"):
        keys = value_at(document, ("structure", noun, ORDER))
        there = padded.get(noun, {})
        if isinstance(keys, list) and keys and isinstance(there, dict):
            padded[noun] = {**{key: {} for key in keys}, **there}
    if value_at(document, ("structure", "relation")):
        padded.setdefault("relation", {})
    return padded


def obstacles(reading: Reading) -> tuple[Fault, ...]:
    """Everything that keeps a survey from being opened: its faults, and where it misses the standard of a question.

    Of a text that is not written nothing more is said.
    """
    faulty = {fault.path for fault in reading.faults}
    remarks = (
        Fault(
            str(one.path[0]), ".".join(map(str, one.path[1:])), one.sentence, ("words", *map(str, one.path))
        )
        for one in check_standard(reading.bank, OPENING)
    )
    return (*reading.faults, *(fault for fault in remarks if fault.path not in faulty))


def advice_on(document: Document, questions: Iterable[Question]) -> list[Advice]:
    """The standard's advice on questions of a document, as far as each is written; none on what is not."""
    words = document.get("words")
    codes = [code for code in words if isinstance(code, str)] if isinstance(words, dict) else []
    found = []
    for asked in questions:
        own = {code: value_at(document, ("words", code, "question", asked.key)) for code in codes}
        found += check_question(asked, {code: one for code, one in own.items() if isinstance(one, dict)})
    return found


def cleaned(value: Json, depth: int = 0) -> Json:
    """A value as it may stand in a document: texts in their one form, nothing too deep or too large.

    Raises
    ------
    Unreadable
        With a sentence for whoever wrote it.
    """
    # A text that was emptied is not there: one way alone to say that nothing is written.
    if isinstance(value, str):
        return clean_text(value, LONGEST_TEXT) or None
    if depth > DEEPEST:
        raise Unreadable(gettext("This is nested too deeply."))
    if isinstance(value, Mapping):
        inside = {clean_text(str(key)): cleaned(one, depth + 1) for key, one in value.items()}
        return {key: one for key, one in inside.items() if one is not None}
    if isinstance(value, list | tuple):
        return [one for one in (cleaned(one, depth + 1) for one in value) if one is not None]
    # Written so it refuses NaN too, which JSON has not, and no database keeps.
    if isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER:
        raise Unreadable(gettext("A number here has at most 15 digits."))
    return value


def refuse_misfits(document: Document) -> None:
    """Refuse a document with something else in the place of a table.

    Raises
    ------
    BankError
        With its path.
    """
    for part in PARTS:
        path = misfit((part,), document.get(part))
        if path is not None:
            sentence = gettext("A survey has something else here: a table, or a list of tables with keys.")
            raise BankError([Fault(part, ".".join(path[1:]), sentence, path)])


def is_too_large(document: Document) -> bool:
    """Whether a document is larger than any survey that somebody would answer."""
    return len(json.dumps(document, ensure_ascii=False)) > LARGEST


def document_of_folder(folder: Path) -> Document:
    """The files of a folder as a document, faults and all: deadlines and the order of keys stay as written.

    Raises
    ------
    BankError
        For a file that cannot be read at all.
    """
    faults: list[Fault] = []
    opened = {path.name: open_table(path, faults) for path in sorted(folder.glob("*.toml"))}
    if STRUCTURE not in opened:
        faults.append(Fault(f"{STRUCTURE}:1", "", "the file is missing"))
    if faults:
        raise BankError(faults)
    parts = {name: plain(table.content) for name, table in opened.items() if table is not None}
    document: Document = {"structure": parts.pop(STRUCTURE), "worked": parts.pop(WORKED, {})}
    return document | {"words": {name.removesuffix(".toml"): part for name, part in parts.items()}}


def option_keys(facts: Document) -> list[str]:
    """The keys of a question's options in their order, as its labels are written."""
    kind = facts.get("kind")
    if kind in ("choice", "ordered", "ladder"):
        keys = facts.get("deadlines" if kind == "ladder" else "options")
        return [str(key) for key in keys] if isinstance(keys, list) else []
    return list(BRANCHES) if kind == "pair" else ["yes" if kind == "binary" else "value"]


def plain(value: Json) -> Json:
    """A value of TOML as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inside) for inside in value]
    if isinstance(value, datetime):
        return utc(value)
    return value.isoformat() if isinstance(value, date) else value


def document_of(bank: Bank) -> Document:
    """A bank as a document; read again it is the same bank."""
    return {
        "structure": _structure(bank),
        "words": {language: _words(bank, words, language) for language, words in bank.words.items()},
        "worked": {"answer": plain(bank.worked)} if bank.worked else {},
    }


def _structure(bank: Bank) -> Document:
    settings = {name: plain(value) for name, value in vars(bank.settings).items()}
    parts = {
        "theme": [{"key": key} for key in bank.themes],
        "question": [_question(question, bank) for question in bank.questions],
        "relation": [
            {"key": one.key, "kind": one.kind, "events": [_event(event) for event in one.events]}
            | ({"pair": one.pair} if one.pair else {})
            for one in bank.relations
        ],
        "scenario": [_scenario(scenario) for scenario in bank.scenarios],
        "background": [
            _filled({"key": one.key, "kind": one.kind, "options": list(one.options)})
            | {
                name: bound
                for name, bound in (("lower", one.lower), ("upper", one.upper))
                if bound is not None
            }
            for one in bank.background
        ],
        "round": [plain(vars(one)) for one in bank.rounds],
    }
    return {"survey": settings, **parts}


def _filled(table: Document) -> Document:
    """A table without the keys that hold nothing."""
    return {key: value for key, value in table.items() if value not in ("", None, [], {}, False)}


def _event(event: Event) -> Document:
    return {"question": event.question, "options": list(event.options), "holds": event.holds}


def _question(question: Question, bank: Bank) -> Document:
    table: Document = {"key": question.key, "theme": question.theme, "kind": question.kind}
    # What opens with the survey does not say when: moved, the survey takes it along.
    if question.opens != bank.settings.opens:
        table["opens"] = utc(question.opens)
    if question.kind == "ladder":
        table["deadlines"] = [option.key for option in question.options]
    if "deadline" in OWN_KEYS[question.kind]:
        table["deadline"] = last_day_before(question.closes).isoformat()
    if question.kind in ("choice", "ordered"):
        table["options"] = [option.key for option in question.options]
    if question.closes != _due(question):
        table["closes"] = utc(question.closes)
    table["resolves"] = utc(question.resolves)
    table |= _range(question)
    if question.given:
        table["given"] = _event(question.given)
    if question.base_rate:
        table["base_rate"] = plain(question.base_rate._asdict())
    return table | _filled({"rationale_required": question.rationale_required})


def _due(question: Question) -> datetime:
    """When a question closes where it does not say so."""
    rungs = [option.closes for option in question.options if option.closes]
    return max(rungs) if rungs else clock.day_end(last_day_before(question.closes))


def _range(question: Question) -> Document:
    values = question.range
    if values is None:
        return {}
    bounds: Document = {"lower": values.lower, "upper": values.upper}
    if question.kind == "date":
        bounds = {name: clock.day_date(int(day)).isoformat() for name, day in bounds.items()}
    flags = _filled({"open_lower": values.open_lower, "open_upper": values.open_upper, "whole": values.whole})
    return {"scale": values.scale, **bounds, **flags, "quantile_levels": list(values.quantile_levels)}


def _scenario(scenario: Scenario) -> Document:
    def axis(one: Axis) -> Document:
        return {"key": one.key, "event": _event(one.event)} | ({"given": one.pair} if one.pair else {})

    return {
        "key": scenario.key,
        "axes": [axis(one) for one in scenario.axes if one.role == "axis"],
        "also": {one.key: _event(one.event) for one in scenario.axes if one.role == "aside"},
        "leaves": [{"key": leaf.key, **leaf.holds} for leaf in scenario.leaves],
    }


def _words(bank: Bank, words: Words, language: str) -> Document:
    kinds = {question.key: question.kind for question in bank.questions}
    return _who_asks(words) | {
        "survey": _filled(vars(words.survey)),
        "consent": {"text": words.consent},
        **_filled({"preregistration": _filled(vars(words.preregistration))}),
        "theme": {key: _filled(vars(theme)) for key, theme in words.themes.items()},
        "question": {key: _asked(one, kinds[key], language) for key, one in words.questions.items()},
        "relation": dict(words.relations),
        "scenario": {one.key: _told(one, words) for one in bank.scenarios},
        "background": {key: _filled(plain(vars(one))) for key, one in words.background.items()},
    }


def _who_asks(words: Words) -> Document:
    if words.controller is None:
        return {}
    return {"organizer": {key: getattr(words.controller, name) for key, name in CONTROLLER.items()}}


def _asked(words: QuestionWords, kind: str, language: str) -> Document:
    table = _filled(plain(vars(words)))
    base_rate = _filled({key: table.pop(name, "") for key, name in BASE_RATE_WORDS.items()})
    if base_rate:
        table["base_rate"] = base_rate
    own = OWN_LABELS.get(kind, {}).get(language)
    if own is not None and own in words.options.values():
        del table["options"]
    return table


def _told(scenario: Scenario, words: Words) -> Document:
    parts = words.scenarios[scenario.key]
    roles = {"axis": "axes", "aside": "also"}
    labels: dict[str, Document] = {"axes": {}, "also": {}}
    for axis in scenario.axes:
        labels[roles[axis.role]][axis.key] = parts[f"axis:{axis.key}"].title
    leaves = {leaf.key: dict(vars(parts[f"leaf:{leaf.key}"])) for leaf in scenario.leaves}
    branches = {axis.key: _branches(axis.key, parts) for axis in scenario.axes}
    told = {"title": parts[""].title, "note": parts[""].definition, "leaves": leaves, **labels}
    return _filled({**told, "branches": _filled(branches)})


def _branches(axis: str, parts: Mapping[str, ScenarioWords]) -> Document:
    return {state: parts[part].title for state, part in branch_parts(axis).items() if part in parts}
