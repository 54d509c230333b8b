"""Reads what people are asked about themselves."""

import math

from ..models.background import BACKGROUND_KINDS
from .content import Background
from .tables import Table

#: What a kind has beside key and kind.
_OWN_KEYS: dict[str, tuple[str, ...]] = {
    "single": ("options",),
    "multi": ("options",),
    "text": (),
    "number": ("lower", "upper"),
}


def read_background(structure: Table) -> tuple[Background, ...]:
    """The questions about the person, in their order; a bank may have none."""
    found: dict[str, Background] = {}
    for table in structure.tables("background", required=False):
        key, kind = table.name("key", found), table.choice("kind", BACKGROUND_KINDS)
        if kind:
            table.only(("key", "kind", *_OWN_KEYS[kind]), f"a question of kind {kind} has no such key")
        found.setdefault(key, _background(table, key, kind))
    return tuple(found.values())


def _background(table: Table, key: str, kind: str) -> Background:
    chosen = kind in ("single", "multi")
    options = tuple(table.items("options", str, "option keys", fewest=2)) if chosen else ()
    lower, upper = _bound(table, "lower"), _bound(table, "upper")
    if lower is not None and upper is not None and lower >= upper and table.is_sound("lower", "upper"):
        table.fault("lower", "must be below upper")
    return Background(key, kind, options, lower, upper, line=table.line)


def _bound(table: Table, key: str) -> float | None:
    if key not in table:
        return None
    bound = table.number(key)
    # TOML has a NaN, to which no number compares: it would be kept, and refuse nobody's answer.
    if not math.isfinite(bound):
        table.fault(key, "must be finite; where there is no bound it is left out")
    return bound
