"""Rules of the default crowd forecast: what is shown beside it, and which one made a figure that was published."""

from typing import Any

from scoring.pools.catalog import SHOWN

Figures = dict[str, Any]

#: Edges of a histogram as shares of the range. Chances: about even in log-odds and round, so that what people say of
#: a rare event is no single bar. Numbers and dates, and chances in publications of before: tenths.
CELLS = (0.0, 0.01, 0.02, 0.05, *(place / 10 for place in range(1, 10)), 0.95, 0.98, 0.99, 1.0)
TENTHS = tuple(place / 10 for place in range(11))

#: Rules by which publications were made before the second edition of the default.
EARLIER = frozenset({"first_edition", "median"})


def shown_rules(rule: str) -> dict[str, str]:
    """What publications and pages call the methods that are shown, and the key of each in the catalog."""
    return {name: name for name in SHOWN} | {SHOWN[0]: rule}


def rule_behind(told: Figures) -> str:
    """Key in the catalog of the rule by which a publication's figure that heads a page was made.

    Until the second edition the median headed what was rare or nearly sure; numbers and dates have changed no rule.
    """
    if "rule" in told:
        return str(told["rule"])
    if "quantiles" in told["parley"]:
        return "parley"
    return "median" if told["headline"] == "median" else "first_edition"


def histogram_edges(told: Figures) -> tuple[float, ...]:
    """Where the cells of a publication's histogram begin and end."""
    return CELLS if len(told["histogram"]) == len(CELLS) - 1 else TENTHS


def heading(told: Figures) -> Figures:
    """The figures of a publication that head its page."""
    figures: Figures = told["median" if rule_behind(told) == "median" else "parley"]
    return figures


def headings(part: Figures) -> dict[str, float]:
    """What heads the page of each option, of everybody or of a segment, unrounded; of numbers nothing."""
    return {
        key: float(heading(told)["value"])
        for key, told in part["options"].items()
        if "value" in heading(told)
    }
