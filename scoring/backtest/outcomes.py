"""`outcomes.csv`: what came of each question, in whatever spelling, when that was known, what hangs together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from . import tables
from .tables import MISSING, Table, UnreadableData

YES = {"yes", "y", "true", "t", "так"}
NO = {"no", "n", "false", "f", "ні"}
#: Questions that came to nothing: neither yes nor no, so nobody is scored on them.
VOID = {"annulled", "ambiguous", "void", "voided", "cancelled", "canceled", "withdrawn", "invalid", "n/a"}


@dataclass(frozen=True)
class Outcome:
    """What came of one question."""

    table: Table
    #: Its entry in the table, and the column it stands in.
    at: int
    column: str
    #: When it became known, on the scale of the forecasts' times; NaN where that is not told.
    known: float
    #: Questions of one name came out together; by itself where none is given.
    cluster: str
    #: Whether it is a calibration question (a seed), which tells how far its people can be trusted.
    calibration: bool

    @property
    def text(self) -> str:
        return self.table.columns[self.column][self.at]

    def wrong(self, sentence: str) -> UnreadableData:
        return self.table.wrong(self.at, self.column, sentence)


@dataclass(frozen=True)
class Outcomes:
    """What came of every question that has an outcome, by its name, and which came to nothing."""

    found: dict[str, Outcome]
    void: frozenset[str]


def read_outcomes(table: Table, column: str, timed: bool) -> Outcomes:
    """The outcomes of a table; `timed` reads the column of times."""
    if column == "value":
        table.read(column, lambda text: text if text.lower() in VOID else tables.measured(text))
    keys = table.read("question", tables.name)
    known = table.read("time", tables.known) if timed else [math.nan] * len(keys)
    clusters = table.columns.get("cluster", [""] * len(keys))
    seeds = table.read("calibration", _is_marked) if "calibration" in table.columns else [False] * len(keys)
    if column != "value" and True in seeds:
        raise table.wrong(
            seeds.index(True), "calibration", "only questions of numbers weigh people, by their quantiles"
        )
    found: dict[str, Outcome] = {}
    for at, key in enumerate(keys):
        if key in found:
            raise table.wrong(at, "question", f"{key} has two outcomes")
        # A question of no cluster may be called as somebody's cluster is.
        cluster = f"cluster {clusters[at]}" if clusters[at] else f"question {key}"
        found[key] = Outcome(table, at, column, known[at], cluster, seeds[at])
    void = frozenset(key for key, outcome in found.items() if outcome.text.lower() in VOID)
    left = {key: one for key, one in found.items() if key not in void and one.text.lower() not in MISSING}
    return Outcomes(left, void)


def came_true(outcome: Outcome, option: str) -> bool:
    """Whether the only option of a yes-or-no question came true.

    An outcome that is neither it nor a no is refused: read as a no, a spelling that was not thought of would turn
    every score of the question around.
    """
    said, asked = _spelling(outcome.text), _spelling(option)
    if outcome.text == option or said == asked:
        return True
    if said == "0" or (asked == "0" and said == "1"):
        return False
    raise outcome.wrong(f"must be {option!r} or a no, or say that it came to nothing, got {outcome.text!r}")


def position(outcome: Outcome, key: str, options: Sequence[str]) -> int:
    """Which of the options came true."""
    if outcome.text in options:
        return options.index(outcome.text)
    alike = [at for at, option in enumerate(options) if _spelling(option) == _spelling(outcome.text)]
    if len(alike) != 1:
        raise outcome.wrong(f"{key} came out as {outcome.text!r}, for which nobody gave a probability")
    return alike[0]


def _is_marked(text: str) -> bool:
    """Whether a cell marks a calibration question: yes or no, in whatever spelling; empty is a no."""
    if text.casefold() in YES | {"1"}:
        return True
    if text.casefold() in NO | MISSING | {"0"}:
        return False
    raise ValueError(f"must be yes or no, got {text!r}")


def _spelling(text: str) -> str:
    """What differs by letters' case, decimals or the word for it alone, in one spelling."""
    folded = text.casefold()
    if folded in YES | NO:
        return "1" if folded in YES else "0"
    try:
        return f"{float(folded):g}"
    except ValueError:
        return folded
