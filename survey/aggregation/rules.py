"""Rules of the default crowd forecast: what is shown beside it, and which one made a figure that was published."""

from typing import Any

from scoring.pools.catalog import SHOWN

Figures = dict[str, Any]

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


def heading(told: Figures) -> Figures:
    """The figures of a publication that head its page."""
    figures: Figures = told["median" if rule_behind(told) == "median" else "parley"]
    return figures
