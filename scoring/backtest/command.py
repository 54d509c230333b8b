"""The backtest as a command: every method tried on a folder of forecasts whose outcomes are known."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)
Item = TypeVar("Item")


def run(arguments: Sequence[str] | None = None, program: str = "python -m scoring.backtest") -> int:
    """Print the comparison as a table; returns the exit code, 1 with a sentence where there is none to print."""
    options = _options(program).parse_args(arguments)
    # Once it is clear that there is something to do: help waits for no formula.
    from .comparing import NothingToCompare, compare, plan
    from .reading import read_folder
    from .report import markdown, text
    from .tables import UnreadableData

    try:
        planned = plan(read_folder(options.folder), options.at)
        measured = list(_told(planned.measured(planned.trials), len(planned.trials)))
        comparison = compare(planned, measured, options.seed, options.resamples)
    except (UnreadableData, NothingToCompare) as error:
        return _refused(str(error))
    # Printed before it is written: to compare may have taken hours, and a folder that is not there would lose them.
    sys.stdout.write(text(comparison))
    try:
        if options.table:
            options.table.write_text(markdown(comparison), encoding="utf-8")
    except OSError as error:
        return _refused(f"{options.table} can't be written ({error.strerror}); the comparison above is whole")
    return 0


def _options(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        program,
        description="Try every method on the resolved questions in FOLDER (forecasts.csv, outcomes.csv).",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    at = "The share of the time from a question's first forecast to its last at which crowds are pooled."
    parser.add_argument("folder", type=_folder, metavar="FOLDER")
    parser.add_argument("--seed", type=_within(int, 0), default=1, help="Of the resamples.")
    parser.add_argument("--resamples", type=_within(int, 100), default=2000, help="Bootstrap resamples.")
    parser.add_argument("--table", type=Path, metavar="FILE", help="Write it as Markdown to this file.")
    parser.add_argument("--at", type=_within(float, sys.float_info.min, 1), default=1.0, help=at)
    return parser


def _folder(written: str) -> Path:
    if not Path(written).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {written}")
    return Path(written)


def _within(kind: type[Number], low: float, high: float = float("inf")) -> Callable[[str], Number]:
    def number(written: str) -> Number:
        if not low <= (value := kind(written)) <= high:
            raise argparse.ArgumentTypeError(f"{written} is out of range")
        return value

    return number


def _told(steps: Iterable[Item], count: int) -> Iterator[Item]:
    """The steps, and how far they are: never in the way of the table. A file gets ten lines, a terminal one."""
    sys.stderr.write("Trying methods\n")
    terminal = sys.stderr.isatty()
    for done, step in enumerate(steps, start=1):
        if terminal:
            sys.stderr.write(f"\r{done}/{count}" + "\n" * (done == count))
        elif 10 * done // count > 10 * (done - 1) // count:
            sys.stderr.write(f"{done}/{count}\n")
            sys.stderr.flush()
        yield step


def _refused(sentence: str) -> int:
    sys.stderr.write(f"Error: {sentence}\n")
    return 1
