"""Titles of a crowd's pictures as findings: what a picture shows, where that is more than chance; else its name.

A difference is more than chance where the 90 % intervals of both figures lie apart: a cautious rule (Schenker and
Gentleman, American Statistician 55, 2001), the more so as these intervals are for another crowd. Two of one width
that just touch are 3.3 standard errors of the difference apart, which leaves room for the many pairs among groups.
"""

from collections.abc import Mapping, Sequence

from ..disclosure import Shown, ShownOption
from ..i18n.formatting import day, exact_percent, in_words, percent, percent_range
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question
from ..questions.quantiles import QuantileKind
from .own_forecast import quantile_range_said

#: A share of people that makes a sentence about a histogram: most of them, and not nearly all.
MOST, BEST, LEAST = 0.92, 0.75, 0.55
#: Figures that lie this near to each other all the time have hardly moved.
LITTLE = 0.02


def apart(first: ShownOption, second: ShownOption) -> bool:
    """Whether two figures differ by more than chance: their intervals share nothing."""
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return False
    return first.high < second.low or second.high < first.low


def histogram_title(one: ShownOption) -> str:
    """Where most people stand: below a round chance, or where the crowd finds it likely from one upwards."""
    found, held = [], 0.0
    upwards = one.value <= 0.5
    for low, high, share in one.bins[:-1] if upwards else one.bins[:0:-1]:
        held += share
        if LEAST <= held <= MOST:
            found.append((abs(held - BEST), held, high if upwards else low))
    if not found:
        return _("Where people stand")
    _far, held, edge = min(found)
    about = sentence_start(in_words(held))
    if upwards:
        return _("%(about)s people say less than %(edge)s", about=about, edge=exact_percent(edge))
    return _("%(about)s people say %(edge)s or more", about=about, edge=exact_percent(edge))


def over_time_title(told: Sequence[Shown], key: str) -> str:
    """How the figure of an option moved since it was first published."""
    steps = [one.options[key] for one in told if key in one.options]
    since = next(one.as_of for one in told if key in one.options)
    first, last = steps[0], steps[-1]
    if len(steps) == 1:
        return _("One publication so far")
    figures = [one.value for one in steps]
    if apart(first, last):
        said = {"now": percent(last.value), "then": percent(first.value), "day": day(since)}
        if last.value < first.value:
            return _("Less likely than on %(day)s: %(now)s now, %(then)s then", **said)
        return _("More likely than on %(day)s: %(now)s now, %(then)s then", **said)
    if max(figures) - min(figures) <= LITTLE:
        return _("Little has moved since %(day)s", day=day(since))
    return _("The crowd over time")


def groups_title(groups: Sequence[ShownOption]) -> str:
    """How far groups differ, where the least and the most do by more than chance."""
    lowest, highest = min(groups, key=_value), max(groups, key=_value)
    if not apart(lowest, highest):
        return _("Crowd forecast by group")
    low, high = percent_range(lowest.value, highest.value)
    return _("Groups say %(low)s to %(high)s", low=low, high=high)


def _value(one: ShownOption) -> float:
    return one.value


def methods_title(one: ShownOption) -> str:
    """What the shown methods make of the same forecasts."""
    low, high = min(one.methods.values()), max(one.methods.values())
    if percent(low) == percent(high):
        return _("Three methods say %(chance)s", chance=percent(low))
    ends = percent_range(low, high)
    return _("Three methods say %(low)s to %(high)s", low=ends[0], high=ends[1])


def ladder_title(question: Question, shown: Shown) -> str:
    """The first and the last date with their chances."""
    texts = {option.key: option.text(current_language()) for option in question.options}
    said = [f"{percent(one.value)} {texts[key]}" for key, one in shown.options.items()]
    return "; ".join([said[0], *said[1:][-1:]])


def answers_title(question: Question, options: Mapping[str, ShownOption]) -> str:
    """The likeliest answer, or what a condition changes, where that is more than chance."""
    ranked = sorted(options.items(), key=lambda item: item[1].value, reverse=True)
    if len(ranked) < 2 or not apart(ranked[0][1], ranked[1][1]):
        return _("What the crowd expects")
    (key, first), (_other, second) = ranked[:2]
    if question.kind != "pair":
        answer = question.option(key).text(current_language())
        return _("Likeliest: %(answer)s, %(chance)s", answer=answer, chance=percent(first.value))
    said = {"more": percent(first.value), "less": percent(second.value)}
    if question.option(key).given_holds:
        return _("The condition makes it likelier: %(more)s with it, %(less)s without", **said)
    return _("The condition makes it less likely: %(less)s with it, %(more)s without", **said)


def quantiles_title(kind: QuantileKind, question: Question, quantiles: Sequence[float]) -> str:
    """Where the middle of the crowd's distribution lies."""
    low, high = middle_of(quantiles)
    share = exact_percent(middle_share(question.quantile_levels))
    said = quantile_range_said(kind, question, low, high)
    return _("The crowd gives %(share)s to %(range)s", share=share, range=said)


def middle_of(quantiles: Sequence[float]) -> tuple[float, float]:
    """The innermost two quantiles around the middle."""
    place = (len(quantiles) - 1) // 2 - (1 if len(quantiles) % 2 else 0)
    return quantiles[max(place, 0)], quantiles[-1 - max(place, 0)]


def middle_share(levels: Sequence[float]) -> float:
    """The probability between the innermost two levels."""
    low, high = middle_of(levels)
    return high - low


def sentence_start(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]
