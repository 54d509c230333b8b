"""Text to number, by grammar. What the grammar does not name is refused with a sentence, never guessed.

Rules that every grammar here shares:

- Digits of any script (Unicode Nd) are digits, ``٫`` is a decimal mark, ``％`` and ``٪`` are percent signs.
- One point or comma is the decimal mark. A comma before exactly three digits is refused: ``1,000`` is one
  thousand for one reader and one for another.
- Spaces, line ends and invisible marks around a number are left out, marks beside its signs too (`is_mark`): programs
  put them there, and nobody sees them. Between two digits they are named and refused.
- At most 32 characters. No exponents in probabilities (is ``1e-1`` a tenth or a tenth of a percent?).
- A number goes to Decimal and from there to the nearest double, once.

The JSON interface takes numbers, not text: `fraction`, `json_number` and `json_date` are its door.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypeGuard

from ..clock import EPOCH
from ..i18n.formatting import decimal_mark
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, is_mark, trimmed
from .base import EnteredValue

LONGEST = 32
"""Characters that one number may have."""

TOO_LARGE = 1e15
"""Numbers are smaller than this: doubles keep every whole number below it, and their squares stay finite."""

SPACES = " \t\u00a0\u2007\u2009\u202f\u3000"

_SIGNS = str.maketrans({"٫": ".", "％": "%", "٪": "%", "\u2212": "-", **dict.fromkeys(SPACES, " ")})
_PLAIN = r"(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
_GROUPED = rf"(?:[0-9]{{1,3}}(?: [0-9]{{3}})+(?:[.,][0-9]*)?|{_PLAIN})"
# A minus is read, so that what is refused is its range and not its spelling.
_SIGNED = rf"-?{_GROUPED}"
_PERCENT = re.compile(rf"([+-]?{_PLAIN}) *%?")
_ODDS = re.compile(rf"({_SIGNED})(?: *: *| +to +| +до +)({_SIGNED})", re.IGNORECASE)
_ONE_IN_N = re.compile(rf"(?:({_SIGNED})(?: */ *| +(?:in|з|із|зі|на) +))?({_SIGNED})", re.IGNORECASE)
_NUMBER = re.compile(rf"([+-]?{_GROUPED}(?:[eE][+-]?[0-9]{{1,2}})?)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NATIONAL_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_TWO_WAYS = re.compile(r",[0-9]{3}(?![0-9])")

# Enough digits for the quotient of any two numbers that fit the field to be rounded once, not twice.
_EXACT = Context(prec=2 * LONGEST)


def percent(text: str) -> EnteredValue:
    """A probability in percent: ``12.5``, ``12,5 %``, ``+50``, ``١٢٫٥``. ``0.5`` is half a percent.

    >>> percent("12,5 %")
    EnteredValue(value=0.125, entered='12,5 %')
    """
    found = _match(_PERCENT, text, lambda: _("Write percent as a number, such as 12.5 or 40."))
    share = _decimal(found[1]).scaleb(-2, _EXACT)
    return EnteredValue(float(share), _as_typed(text), last_place(share))


def odds(text: str) -> EnteredValue:
    """Odds, for to against: ``1:7`` is one way for and seven against, a probability of 1 in 8.

    Also ``1 to 7``, ``1 до 7``. A single number is refused: it does not say which side it stands for.

    >>> odds("1:7").value
    0.125
    """
    found = _match(
        _ODDS,
        text,
        lambda: _("Write odds as two numbers, for to against: 1:7 is 1 way for and 7 against, 1 in 8."),
    )
    pro, contra = _decimal(found[1]), _decimal(found[2])
    if pro <= 0 or contra <= 0:
        raise Unreadable(_("Both numbers of the odds must be above 0."))
    return EnteredValue(float(_EXACT.divide(pro, _EXACT.add(pro, contra))), _as_typed(text))


def one_in_n(text: str) -> EnteredValue:
    """A probability as one in n: ``1 in 8``, ``1/8``, ``1 з 8``, ``1 на 8`` or the n alone, ``8``.

    Another first number is read as it stands, ``7 in 10`` is 0.7. The second is not the smaller one.

    >>> one_in_n("1 in 8").value, one_in_n("8").value, one_in_n("7 in 10").value
    (0.125, 0.125, 0.7)
    """
    found = _match(_ONE_IN_N, text, lambda: _("Write it as 1 in 8, or only the 8."))
    part, whole = _decimal(found[1] or "1"), _decimal(found[2])
    if not 0 < part <= whole:
        raise Unreadable(_("In “1 in n” the n is 1 or more; write small chances as 1 in 8 or 1 in 1000."))
    return EnteredValue(float(_EXACT.divide(part, whole)), _as_typed(text))


def number(text: str) -> EnteredValue:
    """A number: ``-3.5``, ``1 000``, ``2e3``; its size is below 10^15.

    Thousands may be set apart by a space or a narrow one, in groups of three. An exponent has a meaning for
    quantities and is taken; it has at most two digits.

    >>> number("1 000,5").value, number("2e3").value
    (1000.5, 2000.0)
    """
    found = _match(_NUMBER, text, lambda: _("Write the number alone, such as 1200 or 12.5, without a unit."))
    value = float(_decimal(found[1]))
    if not abs(value) < TOO_LARGE:
        raise Unreadable(_("This number is larger than any that can be stored."))
    # Minus nought is nought: the two are equal and written otherwise.
    return EnteredValue(value + 0.0, _as_typed(text))


def date(text: str) -> EnteredValue:
    """A date as year-month-day, ``2027-12-31``, as days since 1970-01-01.

    Other orders are refused, since 01/02/2027 is two days. To a date as it is written in Ukraine or Germany
    (``31.12.2027``) the sentence says how to write it here.

    >>> date("2027-12-31").value
    21183.0
    """
    written = folded(text)
    if found := _DATE.fullmatch(written):
        return EnteredValue(float((_day(*found.groups()) - EPOCH).days), _as_typed(text))
    if national := _NATIONAL_DATE.fullmatch(written):
        day, month, year = national.groups()
        raise Unreadable(_write_as(_day(year, month, day)))
    raise Unreadable(_write_as(datetime.date(2027, 12, 31)))


def said_as(format_: str, text: str) -> str:
    """A chance that was typed in another way, as text for a box of this one; empty where it is none, or might be two.

    `1 in 8` in a box of percent is a chance all the same, and its writer sees the number before it is sent.

    >>> said_as("percent", "1 in 8"), said_as("odds", "12.5 %"), said_as("percent", "8")
    ('12.5', '1:7', '')
    """
    for read in (_with_sign, odds, _with_whole):
        try:
            chance = read(text).value
        except Unreadable:
            continue
        return _WRITTEN[format_](chance) if 0 < chance < 1 else ""
    return ""


def _with_sign(text: str) -> EnteredValue:
    if not folded(text).endswith("%"):
        raise Unreadable
    return percent(text)


def _with_whole(text: str) -> EnteredValue:
    if not re.search("[^0-9.,]", folded(text).replace(" ", "")):
        raise Unreadable
    return one_in_n(text)


def _as_percent(chance: float) -> str:
    """To two decimals, small ones to three figures; never in a spelling that can be read in two ways."""
    points = 100 * chance
    decimals = 2 if points >= 1 else min(10, 2 - math.floor(math.log10(points)))
    whole, _point, after = f"{points:.{decimals}f}".partition(".")
    after = after.rstrip("0")
    padded = f"{after}0" if len(after) == 3 and decimal_mark() == "," else after
    return whole + (decimal_mark() + padded if padded else "")


def _as_odds(chance: float) -> str:
    # What was typed as 1 in 3 is said so again, whatever the double's last digits are.
    share = Fraction(chance).limit_denominator(1_000_000)
    return f"{share.numerator}:{share.denominator - share.numerator}"


def _as_one_in_n(chance: float) -> str:
    share = Fraction(chance).limit_denominator(1_000_000)
    return _("%(part)s in %(whole)s", part=share.numerator, whole=share.denominator)


_WRITTEN = {"percent": _as_percent, "odds": _as_odds, "one_in_n": _as_one_in_n}


def fraction(value: object) -> EnteredValue:
    """A probability of the JSON interface: a JSON number from 0 to 1, no text, no percent, no boolean.

    >>> fraction(0.125)
    EnteredValue(value=0.125, entered='0.125')
    """
    if not _is_number(value) or not 0 <= value <= 1:
        raise Unreadable(_("Give the probability as a JSON number between 0 and 1, such as 0.125."))
    return EnteredValue(float(value), repr(value), last_place(Decimal(repr(value))))


def last_place(number: Decimal) -> float:
    """One in the last place that a number is written to.

    >>> last_place(Decimal("0.830"))
    0.001
    """
    return float(Decimal((0, (1,), int(number.as_tuple().exponent))))


def json_number(value: object) -> EnteredValue:
    """A number of the JSON interface: a finite JSON number whose size is below 10^15."""
    if not _is_number(value) or not abs(value) < TOO_LARGE:
        raise Unreadable(_("Give a finite JSON number below 10 to the power of 15, not text."))
    return EnteredValue(float(value) + 0.0, repr(value))


def json_date(value: object) -> EnteredValue:
    """A date of the JSON interface: text such as ``"2027-12-31"``, never a number."""
    # A number might be days, or seconds, or a year.
    if type(value) is not str:
        raise Unreadable(_('Give the date as JSON text, such as "2027-12-31".'))
    return date(value)


def folded(text: str) -> str:
    """Text in the letters of the grammars: digits 0 to 9, plain spaces, none at the ends.

    >>> folded(" ٥٠\u202f٪ ")
    '50 %'
    """
    text = trimmed(text)
    if len(text) > LONGEST:
        raise Unreadable(_("This is too long for a number: at most %(longest)s characters.", longest=LONGEST))
    text = text.translate(_SIGNS)
    if text.isascii():
        return text
    text = "".join(map(_digit, text))
    for part in re.findall(r"(?<=[0-9])[^ -~]+(?=[0-9])", text):
        if all(map(is_mark, part)):
            raise Unreadable(_hidden(part[0]))
    return "".join(character for character in text if not is_mark(character))


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if unicodedata.category(character) == "Nd" else character


def _match(grammar: re.Pattern[str], text: str, sentence: Callable[[], str]) -> re.Match[str]:
    """What the grammar finds; the sentence is put into words where it is needed: nearly every number is read."""
    written = folded(text)
    found = grammar.fullmatch(written)
    if not found:
        raise Unreadable(sentence())
    if ambiguous := _TWO_WAYS.search(written):
        raise Unreadable(_read_two_ways(written, ambiguous))
    return found


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(" ", "").replace(",", "."))


def _as_typed(text: str) -> str:
    text = trimmed(text)
    return text if text.isascii() else "".join(character for character in text if not is_mark(character))


def _hidden(mark: str) -> str:
    return _(
        "An invisible character (%(code)s) stands between the digits. Delete the whole number and "
        "type it again.",
        code=f"U+{ord(mark):04X}",
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    """Whether JSON had a number there: `True` is an int in Python and NaN a float, neither is meant."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _read_two_ways(written: str, comma: re.Match[str]) -> str:
    before, after = written[: comma.start()], written[comma.start() + 1 :]
    return _(
        "“%(written)s” can be read in two ways: write %(pointed)s or %(joined)s.",
        written=written,
        pointed=before + _as_decimals(after),
        joined=f"{before}{after}",
    )


def _as_decimals(after: str) -> str:
    """Three digits and what follows as decimals, with the mark of the reader's own language.

    Where that is a comma they may not be three: trailing zeros go, or one is added.
    """
    digits, rest = after[:3], after[3:]
    if decimal_mark() == ".":
        return f".{after}"
    shorter = digits.rstrip("0")
    return f",{shorter or '0'}{'0' if len(shorter) == 3 else ''}{rest}"


def _day(year: str, month: str, day: str) -> datetime.date:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(_("There is no such day as %(date)s.", date=f"{year}-{month}-{day}")) from None


def _write_as(day: datetime.date) -> str:
    return _("Write the date as year-month-day, like this: %(date)s.", date=day.isoformat())
