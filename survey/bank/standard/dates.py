"""Days in words: what a deadline says, in any language whose months are known."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError

from ..content import Question
from ..moments import last_day_before
from .advice import FOUND, Found

_ISO = r"(?P<y0>\d{4})-(?P<m0>\d\d)-(?P<d0>\d\d)"
#: The last day of a year; in a language that is not here it is written as a date.
_END_OF = {"en": r"end (?:of )?", "uk": r"(?:кінець|кінця|кінці) "}


@cache
def _months(language: str) -> dict[str, int]:
    try:
        # As in a date, not as on a calendar: Ukrainian months are in the genitive there.
        names = Locale.parse(language).months["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        return {}
    return {name.casefold(): number for number, name in names.items()}


@cache
def _pattern(language: str) -> re.Pattern[str]:
    forms = [_ISO]
    if months := "|".join(map(re.escape, _months(language))):
        forms += [
            rf"(?P<d1>\d{{1,2}})\s+(?P<m1>{months})\s+(?P<y1>\d{{4}})",
            rf"(?P<m2>{months})\s+(?P<d2>\d{{1,2}}),?\s+(?P<y2>\d{{4}})",
        ]
    if language in _END_OF:
        forms.append(rf"{_END_OF[language]}(?P<y3>\d{{4}})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


@lru_cache(FOUND)
def days_in(text: str, language: str) -> tuple[tuple[date, Found], ...]:
    """Every day that a text names with its year, in their order; days that no calendar has are left out.

    >>> [day.isoformat() for day, _found in days_in("by 31 December 2027, or 2028-02-29", "en")]
    ['2027-12-31', '2028-02-29']
    """
    found = []
    for match in _pattern(language).finditer(text):
        day = _day(match, language)
        if day is not None:
            found.append((day, Found(match[0], match.start(), match.end())))
    return tuple(found)


def without(text: str, days: Sequence[tuple[date, Found]]) -> str:
    """The text with its days taken out.

    >>> without("by 31 December 2027, or in 2029", days_in("by 31 December 2027, or in 2029", "en"))
    'by , or in 2029'
    """
    # From behind, so that the places of those before stay true.
    for _name, place in reversed(days):
        text = text[: place.start] + text[place.end :]
    return text


def years_in(text: str, days: Sequence[tuple[date, Found]]) -> set[date]:
    """The last day of each year that a text names by itself, outside its days."""
    return {
        date(int(year), 12, 31) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", without(text, days))
    }


def _day(match: re.Match[str], language: str) -> date | None:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    # “The end of 2027” says neither month nor day.
    month = parts.get("m", "12")
    number = int(month) if month.isdecimal() else _months(language)[month.casefold()]
    try:
        return date(int(parts["y"]), number, int(parts.get("d", "31")))
    except ValueError:
        return None


def last_days(question: Question) -> list[date]:
    """The day of each deadline of the facts, whose ends are half-open: a ladder has one a rung."""
    ends = [option.closes for option in question.options if option.closes] or [question.closes]
    return [last_day_before(end) for end in ends]
