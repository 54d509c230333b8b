"""Recomputing as a command: what was compared, as a table or as JSON, and which figures do not agree."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Report

#: So many figures that do not agree are named; whoever wants all takes the JSON.
NAMED = 50
ENGINES = ("local", "dask")
ENGINE_HELP = "What computes: this process (local), or some that share the questions (dask). Default: local."
#: More than machines have processors helps nobody.
MOST_WORKERS = 256
WORKERS_HELP = "So many processes share the questions, with --engine dask. Default: 2."
WHY = {
    "erased": "somebody erased their answers since",
    "earlier_rule": "made by a rule of before",
}


def run(arguments: Sequence[str] | None = None, program: str = "python -m survey.export.replication") -> int:
    """Compare, and say what was; returns the exit code, 1 where a figure does not agree or the file is no bundle."""
    options = _options(program).parse_args(arguments)
    return compare(options.bundle, as_json=options.json, workers=workers_of(options.engine, options.workers))


def compare(path: Path, *, as_json: bool, workers: int = 0) -> int:
    """The same of a bundle and options that were read already."""
    # Once it is clear that there is something to do: help waits for no formula.
    from ..damage import NotABundle
    from .recompute import recompute

    try:
        report = recompute(path, _tell, workers)
    except NotABundle as error:
        return _refused(str(error))
    except ModuleNotFoundError as error:
        return _refused(f"{error.name} is not installed; pip install 'parley-forecast[dask]' brings it.")
    except OSError as error:
        return _refused(f"{path} can't be read ({error.strerror}).")
    sys.stdout.write(_json(report) if as_json else _text(report))
    # What was left out is no mismatch: an erasure is nobody's fault, and the table tells how many.
    return 1 if report.mismatches else 0


def _options(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        program,
        description="Compute every figure of a bundle again from the rows inside, and compare with those inside.",
        epilog=f"Example: {program} ukraine-1.zip",
    )
    parser.add_argument("bundle", type=Path, metavar="ZIP")
    parser.add_argument(
        "--json", action="store_true", help="Print what was compared as JSON, with all that differs."
    )
    parser.add_argument("--engine", choices=ENGINES, default="local", help=ENGINE_HELP)
    parser.add_argument(
        "--workers", type=int, choices=range(1, MOST_WORKERS + 1), default=2, metavar="N", help=WORKERS_HELP
    )
    return parser


def workers_of(engine: str, workers: int) -> int:
    """How many processes share the work; 0: this one does it."""
    return workers if engine == "dask" else 0


def _tell(question: str, done: int, count: int) -> None:
    """How far it is, never in the way of the result. A file gets ten lines, a terminal one."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{done}/{count} {question}" + "\n" * (done == count))
        sys.stderr.flush()
    elif 10 * done // count > 10 * (done - 1) // count:
        sys.stderr.write(f"{done}/{count}\n")
        sys.stderr.flush()


def _text(report: "Report") -> str:
    lines = [f"{'Table':<20}{'figures':>12}{'largest difference':>22}"]
    for name, tally in report.tallies.items():
        lines.append(f"{name:<20}{tally.compared:>12,}{tally.largest:>22.1e}")
        lines += [f"  not compared: {count:,}, {_why(why)}" for why, count in tally.left_out.items()]
    lines += [str(one) for one in report.mismatches[:NAMED]]
    count = len(report.mismatches)
    if count > NAMED:
        lines.append(f"… and {count - NAMED:,} more; --json names all")
    if count:
        lines.append(f"{count:,} figures do not follow from the rows.")
    else:
        lines.append("Every figure that was compared follows from the rows.")
    return "\n".join(lines) + "\n"


def _why(left_out: str) -> str:
    """Why figures were not compared; of groups with withheld answers their family stands after it."""
    if left_out in WHY:
        return WHY[left_out]
    return f"of “{left_out.partition(' ')[2]}”: they rest on answers that are withheld here"


def _json(report: "Report") -> str:
    return json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n"


def _refused(sentence: str) -> int:
    sys.stderr.write(f"Error: {sentence}\n")
    return 1
