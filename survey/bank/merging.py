"""Rows of questions become questions of a document: added or changed, each told, all of them or none."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from .. import clock
from ..errors import BankError
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable
from ..models import KIND_NAMES
from ..questions import number_parsing
from .columns import KIND_ALIASES, QUESTION, Column, folded
from .document import Document, Json, option_keys, read
from .facts import OWN_KEYS
from .keys import LEVELS, look_alikes, new_key
from .moments import last_day_before, moment_of, utc
from .paths import ORDER, Edit, KeyPath, put_at, value_at
from .rows import MOST_FAULTS, Entry
from .tables import Fault, refusal

#: Facts that are read one by one, as they stand.
_AS_THEY_STAND = (
    *("opens", "resolves", "scale", "lower", "upper", "open_lower", "open_upper", "whole"),
    *("quantile_levels", "rationale_required"),
    *(name for name in QUESTION.facts if "." in name),
)


@dataclass(frozen=True)
class QuestionChange:
    """One question of an import, for whoever looks before it is done: its place, key, title, and what changes."""

    place: str
    key: str
    title: str
    changed: tuple[str, ...] = ()


@dataclass
class Merge:
    """What rows of questions would do to a document."""

    document: Document
    as_they_are: bool = False
    edits: list[Edit] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    added: list[QuestionChange] = field(default_factory=list)
    changed: list[QuestionChange] = field(default_factory=list)
    left: list[QuestionChange] = field(default_factory=list)

    def put(self, path: KeyPath, value: Json) -> None:
        """Put a value at a path, and note it as an edit where it is another one."""
        if value_at(self.document, path) == value:
            return
        try:
            put_at(self.document, path, value)
        except LookupError:
            sentence = _(
                "the survey has something else in the place of its questions or themes: see its checks"
            )
            raise refusal(sentence) from None
        self.edits.append((path, value))


def merged(document: Document, entries: Sequence[Entry], *, as_they_are: bool = False) -> Merge:
    """The rows put into a copy of a document: a column that is there says all, what has none stays as it was.

    Parameters
    ----------
    as_they_are
        Whether the rows are a whole survey's: as unfinished as it was, nothing is put in for what is not there.

    Raises
    ------
    BankError
        With everything that is wrong in some row; what is only missing may be written before the survey is opened.
    """
    if not entries:
        raise refusal(_("There is no question in it. Give each one a row."))
    # A copy: what is refused must have changed nothing, and each change is told against the document as it was.
    merge = Merge(copy.deepcopy(document), as_they_are)
    for part in ("structure", "words"):
        merge.document[part] = merge.document.get(part) or {}
    languages = _languages(document)
    faults = _same_twice(entries)
    for entry in entries:
        _put_question(merge, entry, languages)
        faults += entry.faults
    if not faults and not as_they_are:
        faults = _refused(merge, {str(entry.fact("key")): entry.place for entry in entries})
    if faults:
        raise BankError(faults[:MOST_FAULTS])
    for entry in entries:
        key = str(entry.fact("key"))
        line = line_of(document, merge.document, key, entry.place)
        is_new = value_at(document, ("structure", "question", key)) is None
        (merge.added if is_new else merge.changed if line.changed else merge.left).append(line)
    return merge


def _languages(document: Document) -> list[str]:
    codes = value_at(document, ("structure", "survey", "languages"))
    codes = [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
    return codes or ["en"]


def _same_twice(entries: Sequence[Entry]) -> list[Fault]:
    seen: dict[str, str] = {}
    faults = []
    for entry in entries:
        key = str(entry.cells.get(Column("key", "text")) or "").strip()
        before = seen.setdefault(key, entry.place)
        if key and before != entry.place:
            faults.append(
                Fault(entry.place, "id", _("“%(key)s” is the id of %(place)s too", key=key, place=before))
            )
    return faults


def _put_question(merge: Merge, entry: Entry, languages: Sequence[str]) -> None:
    key = entry.fact("key")
    if not key:
        entry.fault("id", _("each question needs one, of letters, digits and hyphens"))
        return
    # Copies: a row with a fault changes nothing, and what differs from what stands is told as a change.
    facts = copy.deepcopy(value_at(merge.document, ("structure", "question", key)) or {})
    is_new = not facts
    words = {
        code: copy.deepcopy(value_at(merge.document, ("words", code, "question", key)) or {})
        for code in languages
    }
    facts = {"key": key, **facts}
    _put_kind(entry, facts)
    _put_theme(merge, entry, facts, languages[0])
    if facts.get("kind") in KIND_NAMES:
        _put_options(entry, facts, words, languages[0])
        _put_times(entry, facts)
    for name in _AS_THEY_STAND:
        if Column(name, QUESTION.facts[name]) in entry.cells:
            _put(facts, name.split("."), entry.fact(name))
    _put_words(entry, words, languages)
    if not merge.as_they_are:
        if is_new and facts.get("kind") in ("numeric", "date"):
            facts = {"scale": "linear", "quantile_levels": LEVELS, **facts}
        _require(entry, facts, words)
    if not entry.faults:
        first = {name: facts[name] for name in ("key", "theme", "kind") if name in facts}
        _note(merge, key, first | facts, words)


def _require(entry: Entry, facts: Document, words: dict[str, Document]) -> None:
    """What no question may lack, however unfinished: a title, a kind, an end."""
    titled = any(own.get("title") or own.get("short") for own in words.values())
    if not titled and not any(fault.shown.startswith(("title", "short")) for fault in entry.faults):
        entry.fault("title", _("a question needs a title"))
    if "kind" not in facts:
        entry.fault("type", _("is missing; it is one of %(kinds)s", kinds=", ".join(KIND_NAMES)))
    ends = (name for name in ("deadline", "closes", "deadlines") if facts.get(name))
    read = any(
        Column(name, QUESTION.facts[name]) in entry.cells for name in ("deadline", "closes", "options")
    )
    if not (next(ends, None) or read):
        entry.fault("closes_at", _("is missing; give a moment, or a last day as deadline"))


def _note(merge: Merge, key: str, facts: Document, words: dict[str, Document]) -> None:
    """Put a question and its words into the document."""
    merge.put(("structure", "question", key), facts)
    for code, own in words.items():
        if own or value_at(merge.document, ("words", code, "question", key)):
            merge.put(("words", code, "question", key), own)


def changed_names(old: Document, new: Document, key: str) -> tuple[str, ...]:
    """The names of a question's facts and words in which two documents differ; what is empty is not there."""
    pairs = [
        ("", value_at(old, ("structure", "question", key)), value_at(new, ("structure", "question", key)))
    ]
    codes = dict.fromkeys([*(old.get("words") or {}), *(new.get("words") or {})])
    pairs += [
        (f".{code}", *(value_at(one, ("words", code, "question", key)) for one in (old, new)))
        for code in codes
    ]
    return tuple(
        f"{name}{end}"
        for end, before, after in pairs
        for name in {**(before or {}), **(after or {})}
        if ((before or {}).get(name) or None) != ((after or {}).get(name) or None)
    )


def line_of(old: Document, new: Document, key: str, place: str = "") -> QuestionChange:
    """A question of the newer document, with what has changed of it."""
    words = new.get("words") or {}
    told = (
        value_at(new, ("words", code, "question", key, name)) for code in words for name in ("title", "short")
    )
    return QuestionChange(place, key, str(next(filter(None, told), key)), changed_names(old, new, key))


def _put(table: Document, path: Sequence[str], value: Json) -> None:
    """Put a value into a table, or into a table inside it; None takes it, and what is then empty, away."""
    if len(path) > 1:
        # A program may have sent something else in its place, which holds nothing.
        there = table.get(path[0])
        inside = table[path[0]] = there if isinstance(there, dict) else {}
        _put(inside, path[1:], value)
        value = inside or None
    if value is None:
        table.pop(path[0], None)
    else:
        table[path[0]] = value


def _put_kind(entry: Entry, facts: Document) -> None:
    typed = entry.fact("kind")
    if typed is None:
        return
    kind = KIND_ALIASES.get(folded(typed), folded(typed))
    if kind not in KIND_NAMES:
        sentence = _(
            "must be one of %(kinds)s, not “%(typed)s”", kinds=", ".join(KIND_NAMES), typed=typed[:80]
        )
        entry.fault("type", sentence)
    facts["kind"] = kind


def _put_theme(merge: Merge, entry: Entry, facts: Document, language: str) -> None:
    """The theme that is named, by key or title, or else the first one; one that is not there is added."""
    named = entry.fact("theme")
    if named is None and (facts.get("theme") or merge.as_they_are):
        return
    keys: list[str] = value_at(merge.document, ("structure", "theme", ORDER)) or []
    titles = {_title_there(merge.document, language, key): key for key in keys}
    found = named if named in keys else titles.get(named) if named else next(iter(keys), None)
    if found is None:
        title = str(named or _("Questions"))
        found = named if named and named == new_key(named, (), "") else new_key(title, keys, "theme")
        merge.put(("structure", "theme", found), {"key": found})
        merge.put(("words", language, "theme", found), {"title": title})
        merge.themes.append(title)
    facts["theme"] = found


def _title_there(document: Document, language: str, theme: str) -> str | None:
    title = value_at(document, ("words", language, "theme", theme, "title"))
    return title if isinstance(title, str) else None


def _put_times(entry: Entry, facts: Document) -> None:
    """Last day and close say the same where the one is the end of the other; then the day stands alone."""
    has_day = "deadline" in OWN_KEYS[facts["kind"]]
    if not has_day:
        facts.pop("deadline", None)
    cells = [name for name in ("deadline", "closes") if Column(name, QUESTION.facts[name]) in entry.cells]
    for name in cells:
        _put(facts, [name], entry.fact(name))
    closes = facts.get("closes")
    if not closes or entry.faults:
        return
    moment = _moment_there(closes)
    if moment is None:
        return
    if has_day and not (facts.get("deadline") and "deadline" in cells):
        facts["deadline"] = last_day_before(moment).isoformat()
    rungs = facts.get("deadlines") or [facts["deadline"]] if has_day or facts.get("deadlines") else []
    ends = _ends_there(rungs)
    if ends and utc(max(ends)) == closes:
        del facts["closes"]


def _moment_there(closes: Json) -> datetime | None:
    """A moment of the document; None where it holds none: what was typed in the editor is kept as it was typed."""
    try:
        return moment_of(closes) if isinstance(closes, str) else None
    except Unreadable:
        return None


def _ends_there(days: Json) -> list[datetime]:
    """The ends of days of the document; none where one of them is no day: from the others nothing follows then."""
    try:
        return [clock.day_end(date.fromisoformat(one)) for one in days]
    except (TypeError, ValueError, OverflowError):
        return []


def _put_options(entry: Entry, facts: Document, words: dict[str, Document], language: str) -> None:
    """Options are keys where a row has their labels, and labels otherwise: keys are made of them then."""
    kind = facts["kind"]
    labels = [column for column in entry.words() if column.path == "options"]
    cell = Column("options", "list")
    texts = entry.fact("options") if cell in entry.cells else None
    if kind == "ladder":
        facts.pop("options", None)
        if cell in entry.cells:
            _put(facts, ["deadlines"], _days(entry, texts or []) or None)
    elif kind in ("choice", "ordered"):
        if cell in entry.cells:
            keys = facts.get("options")
            if texts and not labels and texts != keys:
                texts = _keys_of_labels(entry, texts, words.setdefault(language, {}))
            _put(facts, ["options"], texts)
            _refuse_alike(entry, "options", texts or [])
    elif texts:
        entry.fault("options", _("a question of type %(kind)s has none: leave the cell empty", kind=kind))
    keys = option_keys(facts)
    for column in labels:
        own = words.get(column.language or language)
        if own is not None:
            _put(own, ["options"], _labelled(entry, column, keys))


def _days(entry: Entry, texts: Sequence[str]) -> list[str]:
    days = []
    for text in texts:
        try:
            number_parsing.date(text)
            days.append(number_parsing.folded(text))
        except Unreadable as problem:
            entry.fault("options", str(problem))
    return days


def _keys_of_labels(entry: Entry, labels: Sequence[str], words: Document) -> list[str]:
    _refuse_alike(entry, "options", labels)
    keys: dict[str, str] = {}
    for label in labels:
        keys[new_key(label, keys, "option")] = label
    words["options"] = keys
    return list(keys)


def _refuse_alike(entry: Entry, name: str, labels: Sequence[str]) -> None:
    """Refuse options that nobody could tell apart: letters of another case or alphabet, other spaces."""
    for later, earlier in look_alikes(dict(enumerate(labels))):
        one, other = labels[earlier][:80], labels[later][:80]
        entry.fault(name, _("“%(one)s” and “%(other)s” look the same to a reader", one=one, other=other))


def _labelled(entry: Entry, column: Column, keys: Sequence[str]) -> Json:
    labels = entry.value(column)
    if labels is None:
        return None
    if len(labels) != len(keys):
        sentence = _("has %(labels)s labels for %(options)s options", labels=len(labels), options=len(keys))
        entry.fault(column.name, sentence)
        return None
    _refuse_alike(entry, column.name, labels)
    return {key: label for key, label in zip(keys, labels, strict=True) if label} or None


def _put_words(entry: Entry, words: dict[str, Document], languages: Sequence[str]) -> None:
    for column in entry.words():
        code = column.language or languages[0]
        if code not in words:
            known = ", ".join(languages)
            entry.fault(column.name, _("the survey is not in this language; it is in %(known)s", known=known))
        elif column.path != "options":
            _put(words[code], column.path.split("."), entry.value(column))


def _refused(merge: Merge, places: dict[str, str]) -> list[Fault]:
    """What is written and wrong in the questions of an import, each with its row.

    What is not written yet is no fault of a draft, and when the survey opens may be changed later.
    """
    settings: Document = {
        "languages": _languages(merge.document),
        "slug": "import",
        "opens": "1900-01-01T00:00:00Z",
        "closes": "2200-12-31T00:00:00Z",
    }
    document = {**merge.document, "structure": {**merge.document["structure"], "survey": settings}}
    faults = []
    for fault in read(document).faults:
        key = _question_of(fault.path)
        is_missing = fault.path[-1:] == ("sources",) or value_at(document, fault.path) in (None, "", [])
        if key in places and not is_missing:
            faults.append(Fault(places[key], fault.path[-1] if fault.path[-1] != key else "", fault.sentence))
    return faults


def _question_of(path: KeyPath) -> str:
    if path[:2] == ("structure", "question") and len(path) > 2:
        return path[2]
    return path[3] if path[:1] == ("words",) and path[2:3] == ("question",) and len(path) > 3 else ""
