"""What people write: one form for every text before it is stored: both databases then keep the same bytes."""

import re
import unicodedata

from .locale import gettext as _

LONGEST = 10_000
"""Code points that one text may have, after it was brought into its one form."""

#: Tab and newline, as what is printed in their place.
_PRINTED = {ord(character): " " for character in "\t\n"}
_NEWLINES = re.compile(r"\r\n?")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
#: Format characters (Cf) all the same: signs of Arabic, Syriac and Kaithi that are seen, written over the number they
#: stand before; and overrides, after which a reader sees other digits than are stored.
_NO_MARKS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_OVERRIDES = frozenset("\u202d\u202e")


#: All of ASCII that stands beside a number: most are written in it.
_PLAIN_BESIDE = "\t\r\n "


class Unreadable(ValueError):
    """Text that cannot be taken as it stands; `str()` of it is a sentence for whoever wrote it."""


def clean_text(text: str, longest: int = LONGEST) -> str:
    r"""The text as it is stored: composed (NFC), lines ended by a newline; empty where nothing can be seen.

    Nothing is taken out and nothing is trimmed: what cannot be stored is refused, so that nobody finds
    other words under their name than they wrote. Refused are NUL, surrogates, control characters other than
    tab and newline, code points that are no characters, and more than `longest` code points.

    Raises Unreadable, whose sentence says which of them it was and where.

    >>> clean_text("Both armies are exhausted.\r\nSpring is the risk.")
    'Both armies are exhausted.\nSpring is the risk.'
    >>> clean_text(" \u200b\u200b ")
    ''
    """
    # Most forecasts come without a word.
    if not text:
        return ""
    text = _NEWLINES.sub("\n", text)
    # Composing a long run of accents takes quadratic time; three code points are the most one composes from.
    if len(text) <= 3 * longest:
        text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        raise Unreadable(_too_long(len(text), longest))
    # What can be printed is no control, surrogate or code point without a character: most texts are not read further.
    if not text.translate(_PRINTED).isprintable():
        for place, character in enumerate(text, start=1):
            if _refused(character):
                raise Unreadable(cannot_be_stored(place, character))
    return text if any(unicodedata.category(character) not in _UNSEEN for character in text) else ""


def _refused(character: str) -> bool:
    code = ord(character)
    # The last two of each plane, and a block of 32, are kept free of characters for ever (Unicode 23.7).
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return no_character or (unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n")


def _too_long(length: int, longest: int) -> str:
    return _(
        "The text has %(length)s characters; at most %(longest)s can be kept. Shorten it and send it again.",
        length=length,
        longest=longest,
    )


def cannot_be_stored(place: int, character: str) -> str:
    """The sentence about a character that no text may have; its place in the text from 1."""
    return _(
        "Character %(place)s of the text (%(code)s) cannot be stored. Take it out and send the text again.",
        place=place,
        code=f"U+{ord(character):04X}",
    )


def is_mark(character: str) -> bool:
    """Whether a character is an invisible mark (Unicode Cf) that changes nothing of what a reader sees beside it.

    Programs put them around what is copied out of them: marks of direction, isolates, zero-width spaces, a byte order
    mark.

    >>> is_mark("\u200e"), is_mark("\ufeff"), is_mark("\u202e"), is_mark(" ")
    (True, True, False, False)
    """
    # U+2065 is kept free for another one, and drawn as nothing.
    unseen = unicodedata.category(character) == "Cf" or character == "\u2065"
    return unseen and character not in _NO_MARKS | _OVERRIDES


def trimmed(text: str) -> str:
    r"""A number, address or code without the spaces, line ends and invisible marks around it.

    Texts are not trimmed: a joiner at the end of a word belongs to it.

    >>> trimmed(" \u2068olha@example.org\u2069\r\n")
    'olha@example.org'
    """
    if text.isascii():
        return text.strip(_PLAIN_BESIDE)
    first = next((place for place, one in enumerate(text) if not _is_beside(one)), len(text))
    last = next((place for place, one in enumerate(reversed(text)) if not _is_beside(one)), 0)
    return text[first : len(text) - last]


def _is_beside(character: str) -> bool:
    return (
        character in "\t\r\n" or unicodedata.category(character) in ("Zs", "Zl", "Zp") or is_mark(character)
    )


#: Capitals of other alphabets that look like a Latin one, or like a digit.
LOOK_ALIKES = str.maketrans("АВЕЅЈКМНРСТУҮХЗΑΒΕΖΗΚΜΝΡΤΥΧ", "ABESJKMHPCTYYX3ABEZHKMNPTYX")
#: What else looks alike in a name, to whoever reads it quickly and in whatever type.
_IN_NAMES = str.maketrans("ОΟ0ІΙӀ1L|", "OOOIIIIII")
#: What a sentence or a mail program puts behind a link, and no link of ours ends in.
_BEHIND_LINKS = " \t\n.,;:!?)]}>»”’'\""


def as_code(text: str) -> str:
    """Letters and digits of a code as it was given out, however it was typed: other alphabets and widths folded.

    Codes are capitals and digits; what looks like one to whoever copies it by hand is one.

    >>> as_code("\u0430\u0432\u0441-\uff12\u0663")
    'ABC23'
    """
    capitals = unicodedata.normalize("NFKC", text).upper().translate(LOOK_ALIKES)
    return "".join(_digit(letter) for letter in capitals if letter.isalnum())


def likeness(name: str) -> str:
    """What a name looks like: equal for names that one could be taken for the other.

    Case, accents, spaces and signs are left out, letters of other alphabets and digits that look alike folded.

    >>> likeness("Оlеnа-1"), likeness("OIena l"), likeness("Zoë-Mʼa") == likeness("ZOE M\'A")
    ('OIENAI', 'OIENAI', True)
    """
    apart = unicodedata.normalize("NFKD", name)
    # Marks on letters, and apostrophes that count as letters.
    bare = "".join(one for one in apart if unicodedata.category(one) not in ("Mn", "Lm"))
    # Once more at the end: what is folded out of other widths and alphabets may be such a letter too.
    return as_code(bare.upper().translate(_IN_NAMES)).translate(_IN_NAMES)


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


def without_tail(link: str) -> str:
    """A link without the full stop or bracket that the words around it have put behind it.

    >>> without_tail("AbC_-).")
    'AbC_-'
    """
    return link.rstrip(_BEHIND_LINKS)


def mixes_scripts(domain: str) -> bool:
    """Whether a part of a domain has letters of two alphabets, such as a Cyrillic one among Latin ones."""
    return any(
        # The first word of a letter's name in Unicode is its alphabet.
        len({unicodedata.name(letter, "?").split()[0] for letter in part if letter.isalpha()}) > 1
        for part in domain.split(".")
    )
