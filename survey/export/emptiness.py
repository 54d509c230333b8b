"""Which cells of a table are missing values, seen as its rows are written."""

import numpy as np
from numpy.typing import NDArray

_COMMA, _NEWLINE, _QUOTE = b',\n"'


def empty_cells(rows: bytes, columns: int) -> NDArray[np.bool_]:
    """Missing values in whole rows of CSV (RFC 4180, LF): a row for each, by column whether its cell is empty.

    >>> empty_cells(b'1,\\n"x, ""y"" z",\\n', 2).tolist()
    [[False, True], [False, True]]
    """
    text = np.frombuffer(rows, np.uint8)
    ends = (text == _COMMA) | (text == _NEWLINE)
    if b'"' in rows:
        # After an odd number of marks the text stands between two; those that are doubled leave it there.
        ends &= ~np.logical_xor.accumulate(text == _QUOTE)
    lengths = np.diff(np.flatnonzero(ends), prepend=-1)
    empty: NDArray[np.bool_] = (lengths == 1).reshape(-1, columns)
    return empty
