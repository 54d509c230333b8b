"""Invitations as cards to print: each link as a QR code, drawn as one path that no policy of the page forbids."""

from dataclasses import dataclass

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

#: Light modules around a code (ISO/IEC 18004, 9.1).
QUIET = 4


@dataclass(frozen=True)
class Card:
    """A link, and its code: `path` in a square of `size` modules, the quiet zone included."""

    link: str
    path: str
    size: int


def card(link: str) -> Card:
    """The card of a link.

    >>> made = card("https://example.org/i/ABCDE")
    >>> made.size, made.path[:12]
    (37, 'M4 4h7v1h-7z')
    """
    # One mask for all: looking for the best of eight takes six times as long, and readers need none.
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET, mask_pattern=3)
    code.add_data(link)
    rows: list[list[bool]] = code.get_matrix()
    return Card(link, "".join(_runs(rows)), len(rows))


def _runs(rows: list[list[bool]]) -> list[str]:
    """Each run of dark modules of a row as a rectangle."""
    found = []
    for down, row in enumerate(rows):
        across = 0
        while across < len(row):
            start = across
            while across < len(row) and row[across]:
                across += 1
            if across > start:
                found.append(f"M{start} {down}h{across - start}v1h-{across - start}z")
            across += 1
    return found
