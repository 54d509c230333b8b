"""What whoever writes a survey need not choose: keys made of titles, the usual quantile levels; look-alike labels."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from ..i18n.locale import gettext as _
from ..i18n.normalization import LOOK_ALIKES, is_mark

Key = TypeVar("Key", bound=Hashable)

#: Levels that a number or day is asked at where nobody chose others.
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
LONGEST_KEY = 40
#: Look-alikes that codes have not: they have neither I nor O, no small letters and no signs.
_CAPITALS = str.maketrans("ІӀОΙΟԌҮѴԜԚҺ", "IIOIOGYVWQH")
_SMALL = str.maketrans("авсеԁһіјклмнорԛѕтуԝхѵӏανορυι", "abcedhijklmhopqstuwxvlavopui")
_SIGNS = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys(map(ord, "’‘ʼ`´′"), "'")
_SIGNS |= dict.fromkeys(map(ord, "“”„«»″"), '"')
#: What one stroke or one ring may be: a small L, a capital I or a one; a capital O or a nought.
_STROKES = str.maketrans("lI1|O0", "llllOO")


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


@lru_cache(1_024)
def as_seen(label: str) -> str:
    """What labels have in common that a reader takes for one (confusables, Unicode TS 39), whatever their case.

    Spaces, composition, invisible marks, letters of another alphabet, dashes and quotes of every length.

    >>> as_seen("Yes ") == as_seen("yes"), as_seen("Сеасе") == as_seen("ceace"), as_seen("Ї–a") == as_seen("Ï-а")
    (True, True, True)
    """
    capitals = unicodedata.normalize("NFKD", _plain(label).upper())
    return " ".join(capitals.translate(LOOK_ALIKES).translate(_CAPITALS).split())


@lru_cache(1_024)
def as_drawn(label: str) -> str:
    """What labels have in common that are drawn alike, letter by letter: `I`, `l` and `1` are, `i` and `I` are not.

    >>> as_drawn("Plan I") == as_drawn("Plan l"), as_drawn("Plan I") == as_drawn("Plan i")
    (True, False)
    """
    # The case stays: folded, a small `l` would be a capital `L`, which looks like nothing else.
    letters = _plain(label).translate(LOOK_ALIKES).translate(_CAPITALS).translate(_SMALL)
    return " ".join(letters.translate(_STROKES).split())


def _plain(label: str) -> str:
    """Letters and their accents apart, one dash and one quote, nothing that is not seen."""
    return "".join(one for one in unicodedata.normalize("NFKD", label).translate(_SIGNS) if not is_mark(one))


def look_alikes(labels: Mapping[Key, str]) -> Iterator[tuple[Key, Key]]:
    """The key of each label that looks like one before it, with the key of that one; an empty label looks like none.

    >>> list(look_alikes({"a": "Yes", "b": "no", "c": "yes "}))
    [('c', 'a')]
    """
    seen: dict[str, Key] = {}
    drawn: dict[str, Key] = {}
    for key, label in labels.items():
        if as_seen(label):
            twins = seen.setdefault(as_seen(label), key), drawn.setdefault(as_drawn(label), key)
            yield from ((key, twin) for twin in twins[: 1 if twins[0] != key else 2] if twin != key)


def said_alike(twin: str) -> str:
    """The sentence at a label that looks like another one, which is named by its key."""
    return _("It looks like the label of %(other)s. Give each a wording of its own.", other=twin)
