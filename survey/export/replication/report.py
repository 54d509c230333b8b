"""What was compared: how many figures of each table, by how much they differ at most, and which do not agree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Stored figures may differ by so much, of a number by so large a share: the order of a sum is another.
TOLERANCE = 1e-9

Value = float | str | None


@dataclass(frozen=True)
class Mismatch:
    """A cell that is not what the rows give."""

    table: str
    row: str
    column: str
    stated: Value
    computed: Value

    def __str__(self) -> str:
        told = f"{_said(self.stated)} is stated, {_said(self.computed)} is computed"
        return f"{self.table}.csv, {self.row}, {self.column}: {told}"


@dataclass
class Tally:
    """Of one kind of figure: how many were compared, the largest difference, how many were not, and why."""

    compared: int = 0
    largest: float = 0.0
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass
class Report:
    """All that was compared."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    mismatches: list[Mismatch] = field(default_factory=list)

    def tally(self, table: str) -> Tally:
        """That of a table, which is begun where there is none."""
        return self.tallies.setdefault(table, Tally())

    def leave_out(self, table: str, why: str, count: int = 1) -> None:
        """Note figures that were not compared."""
        left = self.tally(table).left_out
        left[why] = left.get(why, 0) + count

    def compare(
        self, table: str, row: str, column: str, stated: Value, computed: Value, *, exact: bool = False
    ) -> None:
        """Note one figure, as it is stated and as it was computed; `exact`: one that was rounded."""
        tally = self.tally(table)
        tally.compared += 1
        if stated == computed:
            return
        if not exact and isinstance(stated, float) and isinstance(computed, float):
            away = abs(stated - computed) / max(1.0, abs(stated))
            tally.largest = max(tally.largest, away)
            if away <= TOLERANCE:
                return
        self.mismatches.append(Mismatch(table, row, column, stated, computed))

    def compare_shown(
        self,
        table: str,
        row: str,
        stated: float | None,
        computed: float | None,
        value: float | None,
        rounding: Callable[[float], float],
    ) -> None:
        """Note a rounded figure: exactly the same, but where the last bit of `value` decides between two.

        >>> report, halves = Report(), lambda value: float(int(value * 100 + 0.5)) / 100
        >>> report.compare_shown("aggregates", "mean", 0.13, 0.12, 0.125 - 1e-17, halves)
        >>> report.compare_shown("aggregates", "mean", 0.14, 0.12, 0.125 - 1e-17, halves)
        >>> [one.stated for one in report.mismatches]
        [0.14]
        """
        if stated != computed and value is not None:
            near = (rounding(value * (1 - TOLERANCE)), rounding(value * (1 + TOLERANCE)))
            computed = stated if stated in near else computed
        self.compare(table, row, "shown", stated, computed, exact=True)

    def add(self, other: "Report") -> None:
        """Take in what was compared elsewhere."""
        for name, theirs in other.tallies.items():
            mine = self.tally(name)
            mine.compared += theirs.compared
            mine.largest = max(mine.largest, theirs.largest)
            for why, count in theirs.left_out.items():
                self.leave_out(name, why, count)
        self.mismatches += other.mismatches

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs."""
        return {
            "agrees": not self.mismatches,
            "tolerance": TOLERANCE,
            "tables": {name: vars(tally) for name, tally in self.tallies.items()},
            "mismatches": [vars(one) for one in self.mismatches],
        }


def _said(value: Value) -> str:
    return "nothing" if value is None else repr(value)
