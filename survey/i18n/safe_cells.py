"""Cells of delimited text that run nothing in a spreadsheet, and back; known to whoever reads a bundle alone."""

import re

#: What a spreadsheet takes for a formula at the start of a cell or line, the full-width kin, and the mark itself.
_DANGEROUS = re.compile(r"(?:\A|\n)[^\S\t\r\n]*[=+\-@\t\r＝＋－＠']")
MARK = "'"


def safe_text(text: str) -> str:
    """`text`, after a `'` where a spreadsheet could run it; `plain_text` is the inverse.

    >>> safe_text("a\\n =b"), safe_text("50"), safe_text("'quoted'")
    ("'a\\n =b", '50', "''quoted'")
    """
    return MARK + text if _DANGEROUS.search(text) else text


def plain_text(cell: str) -> str:
    """The text a cell was made of; a `'` that marks nothing stays, for somebody has written it.

    >>> plain_text(safe_text("+50")), plain_text("50"), plain_text("'tis")
    ('+50', '50', "'tis")
    """
    inside = cell.removeprefix(MARK)
    return inside if inside != cell and _DANGEROUS.search(inside) else cell
