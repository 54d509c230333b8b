"""A base rate in words: what was counted, its share, and how far that share can be trusted."""

from dataclasses import dataclass

from scoring.evaluation.proportions import wilson

from ..i18n.formatting import day, percent
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import BaseRate, Question

#: Of the interval beside a share, as everywhere else on pages.
LEVEL = 0.9


@dataclass(frozen=True)
class ToldBaseRate:
    """What a page or a program is told of a base rate.

    Attributes
    ----------
    reference_class
        What the cases are.
    share
        The share of cases in which it happened, as a percentage in words.
    count
        k of n in words.
    uncertainty
        The sentence on Wilson's 90 % interval of the share.
    low, high
        Its ends, 0 to 1.
    period
        The days that were looked at, in words.
    source
        Who counted.
    link
        https, or empty.
    """

    reference_class: str
    share: str
    count: str
    uncertainty: str
    low: float
    high: float
    period: str
    source: str
    link: str


def told_base_rate(question: Question, known: BaseRate) -> ToldBaseRate:
    """The base rate of a question in the reader's language."""
    words = question.text(current_language())
    low, high = (float(end) for end in wilson(known.share, known.cases, level=LEVEL))
    return ToldBaseRate(
        reference_class=words.reference_class,
        # Beside “none” or “all” of the cases a percentage would say what nobody can know: never, or always.
        share=percent(known.share) if 0 < known.events < known.cases else "",
        count=_("%(events)s of %(cases)s", events=known.events, cases=known.cases),
        uncertainty=_uncertainty(known, low, high),
        low=low,
        high=high,
        period=_("%(since)s to %(until)s", since=day(known.since), until=day(known.until)),
        source=words.base_rate_source,
        link=known.link,
    )


def _uncertainty(known: BaseRate, low: float, high: float) -> str:
    if known.events == 0:
        return _(
            "That it never happened among so many fits any share up to %(high)s (90 %% interval).",
            high=percent(high),
        )
    if known.events == known.cases:
        return _(
            "That it always happened among so many fits any share from %(low)s up (90 %% interval).",
            low=percent(low),
        )
    return _(
        "So many cases fit any share from %(low)s to %(high)s (90 %% interval).",
        low=percent(low),
        high=percent(high),
    )
