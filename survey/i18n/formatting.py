"""How numbers and times are said, in the reader's language.

Numbers are rounded half up, on the shortest decimal that reads back to the same number (0.145 is said as
15 %, though the nearest double lies below): that is how readers round, and how the pages' scripts do.
A `language` left out is the one of the request, English outside of one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from unicodedata import category
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.numbers import format_decimal, get_decimal_symbol
from flask_babel import force_locale

from ..clock import EPOCH, day_date
from .locale import current_language
from .locale import gettext as _

NO_BREAK = "\u00a0"
#: A day as Babel is asked for it: the month stays with its number.
DAY, SHORT_DAY = f"d{NO_BREAK}MMMM y", f"d{NO_BREAK}MMM y"
#: Languages whose written dates name the year: in a Ukrainian sentence a bare number after the month reads as a slip.
DAY_OF = {"uk": f"{DAY}{NO_BREAK}'року'"}
_FRACTIONS = [(part, whole) for whole in (2, 3, 4, 5, 8, 10) for part in range(1, whole)]


def percent(p: float, language: str | None = None) -> str:
    """A published probability: whole points, one decimal below 5 % and above 95 %.

    What would round to certainty is said as a bound.

    >>> percent(0.58), percent(0.0312), percent(0.00004)
    ('58\xa0%', '3.1\xa0%', '<\xa00.1\xa0%')
    """
    points = _decimal(p) * 100
    decimals, pattern = (0, "0") if 5 <= points <= 95 else (1, "0.0")
    return _percent(points, decimals, pattern, language)


def percent_range(low: float, high: float, language: str | None = None) -> tuple[str, str]:
    """Two published probabilities for a sentence that names both: the sign stands at the second alone.

    Both are finer where they would be one number.

    >>> percent_range(0.1, 0.18), percent_range(0.0007, 0.0014)
    (('10', '18\xa0%'), ('0.07', '0.14\xa0%'))
    """
    ends = percent(low, language), percent(high, language)
    if ends[0] == ends[1]:
        ends = exact_percent(low, language), exact_percent(high, language)
    return ends[0].removesuffix(f"{NO_BREAK}%"), ends[1]


def exact_percent(p: float, language: str | None = None) -> str:
    """A probability as its owner gave it, up to two decimals.

    >>> exact_percent(0.125), exact_percent(0.7), exact_percent(1 / 7)
    ('12.5\xa0%', '70\xa0%', '14.29\xa0%')
    """
    return _percent(_decimal(p) * 100, 2, "0.##", language)


def in_words(p: float, language: str | None = None) -> str:
    """A probability as people out of a few: the words beside the number box.

    Below 1 in 5 it is "1 in n" and above 4 in 5 "n − 1 in n", n in two figures; between them the nearest of
    halves, thirds, quarters, fifths, eighths and tenths, the smaller denominator where two are as near.

    >>> in_words(0.125), in_words(0.7), in_words(0.0004)
    ('about 1 in 8', 'about 7 in 10', 'less than 1 in 1,000')
    """
    exact = _decimal(p)
    with _spoken(language) as locale:
        if exact < Decimal("0.001"):
            return _("less than 1 in %(whole)s", whole=_written(1000, None, locale))
        if exact > Decimal("0.999"):
            part, whole = _written(999, None, locale), _written(1000, None, locale)
            return _("more than %(part)s in %(whole)s", part=part, whole=whole)
        part, whole = (_written(count, None, locale) for count in _part_of_whole(exact))
        return _("about %(part)s in %(whole)s", part=part, whole=whole)


def number(value: float, unit: str = "", language: str | None = None, figures: int | None = None) -> str:
    """A number with its unit, exactly as stored, or in that many `figures` (digits before the mark all stay).

    >>> number(1234.5, "€ bn"), number(482.3718, figures=3), number(0.21349, figures=3), number(-0.0)
    ('€1,234.5\xa0bn', '482', '0.213', '0')
    """
    exact = _decimal(value)
    if figures is not None:
        exact = _rounded(exact, max(0, figures - 1 - exact.adjusted()))
    before, after = unit_sides(unit)
    # What is added makes of a negative zero, which some differences round to, one like any other.
    said = _written(exact + 0, "#,##0.#", _locale(language))
    return f"{before}{said}{after}"


def number_range(low: float, high: float, unit: str = "", language: str | None = None) -> str:
    """A range of numbers with their unit once; one that begins below zero keeps its dash apart from the minus.

    >>> number_range(10, 18, "€ bn"), number_range(10, 18, "%"), number_range(-3, 2)
    ('€10–18\xa0bn', '10–18\xa0%', '-3 – 2')
    """
    before, after = unit_sides(unit)
    dash = "–" if low >= 0 else " – "
    return f"{before}{number(low, language=language)}{dash}{number(high, language=language)}{after}"


def unit_sides(unit: str) -> tuple[str, str]:
    """What stands before a number and what behind it: a currency's sign goes first where its unit is written so.

    >>> unit_sides("€ bn"), unit_sides("млрд €"), unit_sides("%"), unit_sides("")
    (('€', '\xa0bn'), ('', '\xa0млрд\xa0€'), ('', '\xa0%'), ('', ''))
    """
    if unit and category(unit[0]) == "Sc":
        first, _space, rest = unit.partition(" ")
        return first, f"{NO_BREAK}{rest.replace(' ', NO_BREAK)}" if rest else ""
    return "", f"{NO_BREAK}{unit.replace(' ', NO_BREAK)}" if unit else ""


def decimal_mark(language: str | None = None) -> str:
    """What stands before the decimals of a number in a language.

    >>> decimal_mark("uk"), decimal_mark("en")
    (',', '.')
    """
    return get_decimal_symbol(_locale(language))


def signed(points: float, language: str | None = None) -> str:
    """A difference with its sign, a real minus; empty where there is none.

    >>> signed(12.5), signed(-3), signed(0)
    ('+12.5', '−3', '')
    """
    sign = "+" if points > 0 else "−"
    return f"{sign}{number(abs(points), language=language)}" if points else ""


def day(days: float | date, language: str | None = None) -> str:
    """A date, also as days since 1970-01-01; a fraction of a day belongs to the day it lies in.

    >>> day(date(2027, 12, 31)), day(21183.7)
    ('31\xa0December 2027', '31\xa0December 2027')
    """
    if not isinstance(days, date):
        days = _date_of(days)
    locale = _locale(language)
    return format_date(days, DAY_OF.get(locale.language, DAY), locale=locale)


def short_day(when: date, language: str | None = None) -> str:
    """A day of about now, as narrow as a column has room for: without its year.

    >>> short_day(date(2027, 3, 11))
    '11\xa0Mar'
    """
    return format_date(when, f"d{NO_BREAK}MMM", locale=_locale(language))


def moment(when: datetime | date, zone: str = "UTC", language: str | None = None) -> str:
    """A time in the survey's zone and in UTC; only the day where no more was kept.

    The UTC date is named where it is another one. A time without a zone is UTC, as all that is stored.

    >>> moment(datetime(2027, 3, 12, 12, 32, tzinfo=UTC), "Europe/Kyiv")
    '12\xa0March 2027, 14:32 Kyiv (12:32 UTC)'
    >>> moment(datetime(2027, 12, 31, 23, 0, tzinfo=UTC), "Europe/Kyiv")
    '1\xa0January 2028, 01:00 Kyiv (31\xa0December 2027, 23:00 UTC)'
    """
    if not isinstance(when, datetime):
        return day(when, language)
    universal = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    local = universal.astimezone(ZoneInfo(zone))
    with _spoken(language) as locale:
        in_utc = _("%(clock)s UTC", clock=f"{universal:%H:%M}")
        if zone in ("UTC", "Etc/UTC"):
            return _("%(day)s, %(clock)s", day=day(universal.date(), str(locale)), clock=in_utc)
        if universal.date() != local.date():
            in_utc = _("%(day)s, %(clock)s", day=day(universal.date(), str(locale)), clock=in_utc)
        return _(
            "%(day)s, %(clock)s %(city)s (%(universal)s)",
            day=day(local.date(), str(locale)),
            clock=f"{local:%H:%M}",
            city=_city(zone, locale),
            universal=in_utc,
        )


def time_of_day(when: datetime, zone: str = "UTC") -> str:
    """The time of day in a zone, without its date: beside what was done today.

    >>> time_of_day(datetime(2027, 3, 12, 12, 32, tzinfo=UTC), "Europe/Kyiv")
    '14:32'
    """
    return f"{when.astimezone(ZoneInfo(zone)):%H:%M}"


def _locale(language: str | None) -> Locale:
    return _locale_of(language or current_language())


#: Languages come from requests too.
@lru_cache(maxsize=64)
def _locale_of(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=8192)
def _written(value: Decimal | int, pattern: str | None, locale: Locale) -> str:
    """A number in a pattern of CLDR, every decimal that it has.

    Kept, since a page says hundreds and the next one most of them again.
    """
    return format_decimal(value, pattern, locale=locale, decimal_quantization=False)


@contextmanager
def _spoken(language: str | None) -> Iterator[Locale]:
    """The locale of a language, with the words of our own sentences in it too."""
    locale = _locale(language)
    with force_locale(locale):
        yield locale


def _decimal(value: float) -> Decimal:
    """The shortest decimal of a double; a NumPy one would say its type."""
    return Decimal(repr(float(value)))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    """To so many decimals, of a half away from zero; negative ones round tens, hundreds and so on."""
    return value.scaleb(decimals).to_integral_value(ROUND_HALF_UP).scaleb(-decimals)


def _percent(points: Decimal, decimals: int, pattern: str, language: str | None) -> str:
    step = Decimal(1).scaleb(-decimals)
    shown, sign = _rounded(points, decimals), ""
    if shown <= 0 < points:
        shown, sign = step, f"<{NO_BREAK}"
    elif points < 100 <= shown:
        shown, sign = 100 - step, f">{NO_BREAK}"
    return f"{sign}{_written(shown, pattern, _locale(language))}{NO_BREAK}%"


def _part_of_whole(p: Decimal) -> tuple[int, int]:
    if p < Decimal("0.2"):
        return 1, _two_figures(1 / p)
    if p > Decimal("0.8"):
        whole = _two_figures(1 / (1 - p))
        return whole - 1, whole
    return min(_FRACTIONS, key=lambda fraction: (abs(p - Decimal(fraction[0]) / fraction[1]), fraction[1]))


def _two_figures(value: Decimal) -> int:
    return int(_rounded(value, min(0, 1 - value.adjusted())))


def _date_of(days: float) -> date:
    """The date that many days after 1970-01-01, the first or last there is where it lies beyond."""
    return day_date(int(min(max(days // 1, (date.min - EPOCH).days), (date.max - EPOCH).days)))


@cache
def _city(zone: str, locale: Locale) -> str:
    """The city a zone is named for. The names are kept under older spellings of some zones (Europe/Kiev)."""
    aliases = get_global("zone_aliases")
    newest = str(aliases.get(zone, zone))
    for name in (newest, *(old for old, new in aliases.items() if new == newest)):
        if city := locale.time_zones.get(name, {}).get("city"):
            return str(city)
    return newest.rsplit("/", 1)[-1].replace("_", " ")


#: Up to which chance which words are said; the rest is "very likely". Symmetric about a half.
LIKELIHOODS = (0.05, 0.3, 0.45, 0.55, 0.7, 0.95)


def likelihood(p: float) -> str:
    """How likely a chance is, in two or three words.

    A short scale whose middle is a half: what is 1 in 8 is unlikely, and 7 in 10 more likely than not.
    """
    return next((words for most, words in likelihoods() if p <= most), _("very likely"))


def likelihoods() -> list[tuple[float, str]]:
    """Up to which chance which words are said."""
    words = (
        _("very unlikely"),
        _("unlikely"),
        _("less likely than not"),
        _("about as likely as not"),
        _("more likely than not"),
        _("likely"),
    )
    return list(zip(LIKELIHOODS, words, strict=True))


def day_label(key: str) -> str:
    """A deadline as short as a rung has room for."""
    return format_date(date.fromisoformat(key), SHORT_DAY, current_language())
