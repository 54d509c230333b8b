"""What whoever writes a survey need not choose: keys made of titles, the usual quantile levels; look-alike labels."""

import re
import unicodedata
from collections.abc import Iterable

from ..i18n.normalization import LOOK_ALIKES

#: Levels that a number or day is asked at where nobody chose others.
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
LONGEST_KEY = 40
#: Look-alikes that codes have not: they have neither I nor O.
_MORE = str.maketrans("ІОΙΟ", "IOIO")


def new_key(text: str, taken: Iterable[str], otherwise: str) -> str:
    """A key made of a title: its Latin letters and digits, with a number where it is taken.

    >>> new_key("Will it rain?", ["will-it-rain"], "question")
    'will-it-rain-2'
    >>> new_key("Чи буде дощ?", [], "question")
    'question-1'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", ascii_text))[:LONGEST_KEY].strip("-")
    known = set(taken)
    if stem and stem not in known:
        return stem
    name, number = (stem, 2) if stem else (otherwise, 1)
    while f"{name}-{number}" in known:
        number += 1
    return f"{name}-{number}"


def as_seen(label: str) -> str:
    """What labels have in common that a reader cannot tell apart: case, spaces, composition, look-alike letters.

    >>> as_seen("Yes ") == as_seen("yes"), as_seen("Сеасе") == as_seen("ceace")
    (True, True)
    """
    capitals = unicodedata.normalize("NFKC", label).upper()
    return " ".join(unicodedata.normalize("NFC", capitals).translate(LOOK_ALIKES).translate(_MORE).split())
