"""Cells of delimited text that run nothing in a spreadsheet, and back; known to whoever reads a bundle alone."""

import re

#: What a spreadsheet takes for a formula at the start of a cell or line, the full-width kin, and the mark itself.
_DANGEROUS = re.compile(r"(?:\A|\n)[^\S\t\r\n]*[=+\-@\t\r＝＋－＠']")
#: Not a TAB, which some programs drop and then run what stands behind it. Its own double is marked too, so
#: that taking one away is always the way back.
MARK = "'"
#: What readers of a table take for a number, a truth or a missing value where nobody tells them that it is a text.
_TYPED = re.compile(
    r"(?i:\s*[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*|true|false|[+-]?(?:nan|inf(?:inity)?))"
    r"|T|F|#?NA|#?N/A|n/a|#N/A N/A|<NA>|NULL|null|None"
)


def safe_text(text: str) -> str:
    """`text`, after a `'` where a spreadsheet could run it; `plain_text` is the inverse.

    >>> safe_text("a\\n =b"), safe_text("50"), safe_text("'quoted'")
    ("'a\\n =b", '50', "''quoted'")
    """
    return MARK + text if _DANGEROUS.search(text) else text


def typed_text(text: str) -> str:
    """`text` for a column of texts that programs read: also after a `'` where it looks like another type.

    >>> typed_text("50"), typed_text("NA"), typed_text("50 %"), typed_text("+50")
    ("'50", "'NA", '50 %', "'+50")
    """
    return MARK + text if _DANGEROUS.search(text) or _TYPED.fullmatch(text) else text


def plain_text(cell: str) -> str:
    """The text a cell was made of; a `'` that marks nothing stays, for somebody has written it.

    >>> plain_text(safe_text("+50")), plain_text(typed_text("50")), plain_text("50"), plain_text("'tis")
    ('+50', '50', '50', "'tis")
    """
    inside = cell.removeprefix(MARK)
    marked = inside != cell and (_DANGEROUS.search(inside) or _TYPED.fullmatch(inside))
    return inside if marked else cell
