"""Numbers and days as a picture and its table print them, and the room they take."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, get_day_names, get_month_names
from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _

NO_BREAK = "\N{NO-BREAK SPACE}"

#: Outside of a request.
ENGLISH = Locale("en")

CHARACTER = 7.6
"""Mean width in pixels of a character at 14 px."""


def percent(value: float, decimals: int | None = None) -> str:
    """`58 %`, with a space that does not break; as many decimals as the number came with, or as asked.

    >>> [percent(*given).replace(NO_BREAK, "_") for given in ((58.0,), (2.5,), (69.0, 1))]
    ['58_%', '2.5_%', '69.0_%']
    """
    return f"{number(value, decimals)}{NO_BREAK}%"


def chance_words(points: float) -> str:
    """A chance in percent that is no rounded one, such as a product, as pages say it: `i18n.formatting.percent`.

    Whole points, tenths near both ends; what would round to certainty is said as a bound, certainty itself as it is.

    >>> [chance_words(points).replace(NO_BREAK, "_") for points in (22.5, 4.25, 99.97, 100)]
    ['23_%', '4.3_%', '>_99.9_%', '100_%']
    """
    if points in (0, 100):
        return percent(points)
    decimals = 0 if 5 <= points <= 95 else 1
    step = Decimal(1).scaleb(-decimals)
    # Halves go away from zero, on the decimal that is printed: `round` takes 22.5 to 22.
    shown = Decimal(repr(float(points))).quantize(step, ROUND_HALF_UP)
    if 0 < shown < 100:
        return percent(float(shown), decimals)
    bound, sign = (step, "<") if shown <= 0 else (100 - step, ">")
    return f"{sign}{NO_BREAK}{percent(float(bound), decimals)}"


def number(value: float, decimals: int | None = None) -> str:
    """In the reader's language; no trailing zero unless `decimals` are asked for.

    >>> number(1000), number(0.2), number(69, 1), number(-0.0)
    ('1,000', '0.2', '69.0', '0')
    """
    places = "0." + "0" * decimals if decimals else "0" if decimals == 0 else "0.##########"
    # A zero that came with a minus is one like any other.
    return _written(value + 0, f"#,##{places}", get_locale() or ENGLISH)


#: Kept, since a picture and its table print the same numbers, and so do pictures beside each other.
_written = lru_cache(maxsize=4096)(format_decimal)


def day_words(day: date, pattern: str = f"d{NO_BREAK}MMM y") -> str:
    """A day as a table prints it, in the reader's language; the month stays with its number.

    >>> day_words(date(2027, 3, 12))
    '12\xa0Mar 2027'
    """
    return format_date(day, pattern, locale=str(get_locale() or "en"))


def time_locale() -> dict[str, Any]:
    """Names of months and weekdays in the reader's language, as d3-time-format takes them."""
    locale = str(get_locale() or "en")
    # D3's weeks begin on Sunday, CLDR's days of a week on Monday.
    weekdays = [6, 0, 1, 2, 3, 4, 5]

    def months(width: Literal["wide", "abbreviated"]) -> list[str]:
        return [get_month_names(width, locale=locale)[month] for month in range(1, 13)]

    def days(width: Literal["wide", "abbreviated"]) -> list[str]:
        return [get_day_names(width, locale=locale)[day] for day in weekdays]

    return {
        **{"dateTime": "%x, %X", "date": "%Y-%m-%d", "time": "%H:%M", "periods": ["AM", "PM"]},
        **{"days": days("wide"), "shortDays": days("abbreviated")},
        **{"months": months("wide"), "shortMonths": months("abbreviated")},
    }


def number_locale() -> dict[str, Any]:
    """How the reader's language writes numbers, as d3-format takes it."""
    # Axes are drawn in Latin digits by D3, whatever digits a language has of its own.
    symbols = Locale.parse(str(get_locale() or "en")).number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
    }


def iso(day: date) -> str:
    """A day as Vega reads it in UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def instant(day: date) -> int:
    """A day as milliseconds since 1970, as the domain of a scale wants it."""
    return (day - date(1970, 1, 1)).days * 86_400_000


def zoomed(subtitle: str, top: int) -> str:
    """A subtitle that says so where its axis of probabilities ends before 100 %."""
    if top == 100:
        return subtitle
    note = _("The axis ends at %(top)s", top=percent(top))
    return f"{subtitle}. {note}" if subtitle else note


def room_for(labels: Sequence[str], weight: float = 1.06) -> int:
    """Pixels that the longest of some labels takes at 14 px, with a little air."""
    return round(max((len(label) for label in labels), default=0) * CHARACTER * weight) + 10


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Move labels up or down until each two are `gap` apart, keeping their order and their middle.

    >>> apart([58.0, 70.0], 6), apart([58.0, 60.0], 6)
    ([58.0, 70.0], [56.0, 62.0])
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    blocks: list[tuple[float, int]] = []  # the middle of a run of touching labels, and how many they are
    for index in order:
        middle, size = places[index], 1
        while (
            blocks and middle - gap * (size - 1) / 2 - (blocks[-1][0] + gap * (blocks[-1][1] - 1) / 2) < gap
        ):
            before, count = blocks.pop()
            middle, size = (before * count + middle * size) / (count + size), count + size
        blocks.append((middle, size))
    spread = [middle + gap * (step - (size - 1) / 2) for middle, size in blocks for step in range(size)]
    moved = dict(zip(order, spread, strict=True))
    return [moved[index] for index in range(len(places))]
