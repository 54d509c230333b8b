"""The page of validation made again: what stands between a set's two marks is what the backtest says of it today.

``python -m scoring.backtest.document PAGE DATA``: PAGE is Markdown with ``<!-- NAME -->`` and
``<!-- end of NAME -->`` on lines of their own, DATA a folder that holds the folder NAME of each set.
"""

import re
import sys
import textwrap
from pathlib import Path

from .comparing import compare, plan
from .reading import read_folder
from .report import markdown

#: Letters in a line of text; tables are as wide as they are.
WIDTH = 115
SEED, RESAMPLES = 1, 2000

_PART = re.compile(r"(<!-- (?P<name>\w+) -->\n).*?(<!-- end of (?P=name) -->\n)", re.DOTALL)


def renewed(page: str, data: Path) -> str:
    """The page with every set's part made again.

    Parameters
    ----------
    page : str
        Markdown with marks; what is outside of them stays.
    data : Path
        The folder of the sets' folders.

    Returns
    -------
    str

    Raises
    ------
    UnreadableData
        If a set is not there or can't be read.

    Examples
    --------
    >>> renewed("Nothing is marked here.", Path("nowhere"))
    'Nothing is marked here.'
    """
    return _PART.sub(lambda part: f"{part[1]}\n{_said(data / part['name'])}\n{part[3]}", page)


def _said(folder: Path) -> str:
    """A set's part: facts, tables, what was left out. The heading and how to read the tables stand on the page."""
    planned = plan(read_folder(folder))
    measured = list(planned.measured(planned.trials))
    parts = markdown(compare(planned, measured, SEED, RESAMPLES)).strip().split("\n\n")
    kept = [part for part in parts if not part.startswith(("## ", "Brier: ", "Relative WIS: "))]
    return "\n\n".join(_folded(part) for part in kept) + "\n"


def _folded(part: str) -> str:
    """Lines of text folded, those of a list under their mark; tables as they are."""
    return "\n".join(
        line
        if line.startswith("|")
        else textwrap.fill(
            line,
            WIDTH,
            subsequent_indent="  " * line.startswith("- "),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in part.splitlines()
    )


if __name__ == "__main__":
    page, data = map(Path, sys.argv[1:])
    page.write_text(renewed(page.read_text(encoding="utf-8"), data), encoding="utf-8")
