"""Fields of the editor: what stands at a path of a draft as somebody types it, and back.

What cannot be read as a day or number is kept as it was typed: the checklist says so, and nothing is lost.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...bank.document import Document, Json, Reading
from ...bank.moments import utc
from ...bank.paths import PARTS, KeyPath, value_at
from ...bank.permanence import Note, Permanence
from ...bank.tables import YEARS
from ...i18n.normalization import Unreadable, trimmed
from ...presenters.draft_words import label_of
from ...questions import number_parsing
from ...services.draft_edits import RefusedEdit
from ..forms.moment import typed_moment

#: How the facts under these keys are typed; whatever is not here is a text.
FACTS = {
    "opens": "moment",
    "closes": "moment",
    "resolves": "moment",
    "deadlines": "lines",
    "options": "lines",
    "languages": "ticks",
    "quantile_levels": "levels",
    "lower": "number",
    "upper": "number",
    "minimum_cell": "number",
    "readers_days": "number",
    "lowest_probability": "percent",
    "highest_probability": "percent",
    "explain_change": "percent",
    "protected": "tick",
    "base_rates_before": "tick",
    "open_lower": "tick",
    "open_upper": "tick",
    "whole": "tick",
    "rationale_required": "tick",
    "given": "event",
    "events": "events",
    "round": "rounds",
}
#: Facts after whose change the page has other fields, or another address: they are saved by the button, not
#: while somebody types.
RESHAPING = {"slug", "languages", "kind", "options", "deadlines", "events"}
_DECIMAL_MARK = re.compile("[.,٫]")
_EVENT = re.compile(r"(?P<question>[^=!]+)(?P<holds>[=!])(?P<options>.+)")


@dataclass(frozen=True)
class EditField:
    """One field: where it stands, how it is typed, what stands in it, and what is wrong with it.

    Attributes
    ----------
    value
        As typed; the chosen ones of several.
    refused
        What collides with it: somebody else's text, told beside one's own.
    note
        Whether and why it cannot change any more, or what a change makes.
    """

    path: KeyPath
    label: str
    value: Any
    control: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    rows: int = 1
    language: str = ""
    longest: int = 0
    problem: str = ""
    is_empty: bool = False
    refused: RefusedEdit | None = None
    note: Note | None = None
    place: int = 0

    @property
    def id(self) -> str:
        """Its id in the page: several fields may have one name."""
        return f"{self.name}/{self.place}" if self.place else self.name

    @property
    def reshapes(self) -> bool:
        """Whether the page has other fields, or another address, once it is saved."""
        return self.path[0] == "structure" and (self.path[-1] in RESHAPING or "base_rate" in self.path)

    @property
    def fixed(self) -> bool:
        """Whether it cannot change any more, because people have joined or answered."""
        return self.note is not None and self.note.is_fixed

    @property
    def name(self) -> str:
        """Its name in a form."""
        return "/".join(self.path)

    @property
    def theirs(self) -> str:
        """What somebody else has put there, as typed."""
        return as_typed(self.path, self.refused.theirs) if self.refused else ""


def style_of(path: KeyPath) -> str:
    """How what stands at a path is typed."""
    if path[0] == "words":
        return "lines" if path[-1] == "sources" and len(path) == 5 else "text"
    if path[:2] == ("structure", "scenario"):
        return _style_in_scenario(path[3:])
    if path[-2:-1] == ("base_rate",):
        return "number" if path[-1] in ("events", "cases") else "text"
    return FACTS.get(path[-1], "text") if path[0] == "structure" else "text"


def _style_in_scenario(inside: KeyPath) -> str:
    if inside[:1] == ("leaves",):
        return "truth"
    return "event" if inside[:1] == ("also",) or inside[2:] == ("event",) else "text"


@dataclass(frozen=True)
class EditForm:
    """What the fields of a page are made from."""

    document: Document
    reading: Reading
    refused: Mapping[KeyPath, RefusedEdit] = field(default_factory=dict)
    permanence: Permanence = field(default_factory=Permanence)
    is_open: bool = False

    def field(self, path: KeyPath, **more: Any) -> EditField:
        """The field at a path; `more` says how it looks, as `EditField` has it."""
        refused = self.refused.get(path)
        stored = value_at(self.document, path)
        value = refused.mine if refused else stored
        style = style_of(path)
        more.setdefault("control", {"tick": "tick", "ticks": "ticks"}.get(style, "text"))
        shown = value if more["control"] in ("tick", "ticks") else as_typed(path, value)
        return EditField(
            path,
            more.pop("label", "") or label_of(path),
            shown,
            problem=self._problem(path, stored),
            is_empty=value in (None, "", []),
            refused=refused,
            note=self.permanence.note(path),
            **more,
        )

    def _problem(self, path: KeyPath, stored: Json) -> str:
        """The fault of a field that has something in it: an empty one is on the checklist alone."""
        found = (fault.sentence for fault in self.reading.faults if fault.path[: len(path)] == path)
        return next(found, "") if stored not in (None, "", [], {}) else ""


def as_typed(path: KeyPath, value: Json) -> str:
    """What stands at a path, as somebody would type it."""
    style = style_of(path)
    if value is None:
        return ""
    if style == "event":
        return event_code(value)
    if style == "truth":
        return {True: "y", False: "n"}[value] if isinstance(value, bool) else ""
    if isinstance(value, list):
        if style == "levels":
            return ", ".join(_percent(one) for one in value)
        return "\n".join(_round(one) if style == "rounds" else str(one) for one in value)
    if style == "percent" and isinstance(value, int | float):
        return _percent(value)
    if style == "moment" and isinstance(value, str):
        return _moment_typed(value)
    # Fifteen digits are what a double keeps of what was typed.
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _percent(value: Json) -> str:
    # Ten digits, without the dust of the multiplication.
    return f"{100 * value:.10g}" if isinstance(value, int | float) else str(value)


def _moment_typed(text: str) -> str:
    """A moment in UTC as a day, with the time where it is not midnight."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None or moment.year not in YEARS:
        return text
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%d}" if (moment.hour, moment.minute) == (0, 0) else f"{moment:%Y-%m-%d %H:%M}"


def _round(one: Json) -> str:
    if not isinstance(one, dict):
        return str(one)
    parts = [_moment_typed(str(one.get(name, ""))) for name in ("opens", "closes")]
    return ", ".join([*parts, *([str(one["feedback"])] if "feedback" in one else [])])


def event_code(value: Json) -> str:
    """An event in one word, as a list of events has it: `clash=2028-12-31`, or with `!` where it does not hold."""
    if not isinstance(value, dict) or not isinstance(value.get("options"), list):
        return ""
    sign = "=" if value.get("holds", True) else "!"
    return f"{value.get('question', '')}{sign}{','.join(map(str, value['options']))}"


def event_of(code: str) -> Json:
    """The event of such a word; None where it is none."""
    found = _EVENT.fullmatch(code)
    if found is None:
        return None
    options = found["options"].split(",")
    return {"question": found["question"], "options": options, "holds": found["holds"] == "="}


def edits_of(form: Mapping[str, list[str]]) -> list[tuple[KeyPath, Json]]:
    """The edits that a form sends: path to value, for the fields that are paths."""
    paths = [(tuple(name.split("/")), values) for name, values in form.items() if "/" in name]
    return [(path, from_typed(path, values)) for path, values in paths if path[0] in PARTS]


def from_typed(path: KeyPath, values: Sequence[str]) -> Json:
    """What somebody typed, as the document has it; None for nothing."""
    style = style_of(path)
    if style == "tick":
        return True if "y" in values else None
    if style == "ticks":
        return [value for value in values if value]
    if style == "events":
        return [event for event in map(event_of, values) if event is not None] or None
    if style == "truth":
        return {"y": True, "n": False}.get(values[-1])
    text = values[-1].replace("\r\n", "\n").strip()
    if not trimmed(text):
        return None
    if style in ("text", "event"):
        return event_of(text) if style == "event" else text
    return _READ[style](text)


def _lines(text: str) -> Json:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _number(text: str) -> Json:
    """A number by the grammar that forecasts have; a day, what is no number, or could be two, as it was typed."""
    try:
        value = number_parsing.number(text).value
    except Unreadable:
        return text
    # Bounds of whole-number questions are compared with what the document had: 12 is not to become 12.0.
    return int(value) if value.is_integer() and not _DECIMAL_MARK.search(text) else value


def _fraction(text: str) -> Json:
    number = _number(trimmed(text).rstrip(" %"))
    # By decimals: 0.07 / 100 of doubles is 0.0007000000000000001, and a file of the survey would say so.
    return float(Decimal(str(number)) / 100) if isinstance(number, int | float) else text


def _levels(text: str) -> Json:
    # A comma parts two levels only with a space behind it: 2,5 is one.
    return [_fraction(part) for part in re.split(r"[;\s]+|,\s+", text) if part]


def _moment(text: str) -> Json:
    moment = typed_moment(text)
    return utc(moment) if moment else text


def _rounds(text: str) -> Json:
    return [_one_round(line) for line in _lines(text)]


def _one_round(line: str) -> Json:
    parts = [part.strip() for part in line.split(",")]
    round_ = {name: _moment(part) for name, part in zip(("opens", "closes"), parts, strict=False)}
    return round_ | ({"feedback": parts[2]} if len(parts) > 2 else {})


_READ = {
    "lines": _lines,
    "number": _number,
    "percent": _fraction,
    "levels": _levels,
    "moment": _moment,
    "rounds": _rounds,
}
