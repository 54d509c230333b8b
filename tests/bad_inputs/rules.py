"""Where cases leave a choice, ours: written down, each with its reason. Nothing else may differ from a case."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from survey.i18n.normalization import is_mark

from .roles import Case

REFUSED = "400-with-field-error"
#: Refused before any field was looked at: nothing is stored, and what is wrong is said about the whole.
REFUSED_WHOLE = "refused-as-a-whole"
#: Answered with the status that the case names, and nothing is stored.
NOTHING_STORED = "nothing-stored"
#: Stored as it would have been without the invisible marks around it.
AS_SEEN = "as-seen"


@dataclass(frozen=True)
class Rule:
    """A result that we chose for the cases it applies to."""

    name: str
    reason: str
    outcome: str
    applies: Callable[[Case], bool]


def _text(case: Case) -> str:
    return str(case.get("value", ""))


RULES = (
    Rule(
        "control characters are refused",
        "To take them out would put other words under somebody's name than they wrote; the sentence says which"
        " character it is and where.",
        REFUSED,
        lambda case: (
            case["area"] == "rationale" and any(unicodedata.category(c) == "Cc" for c in _text(case))
        ),
    ),
    Rule(
        "dates are year-month-day",
        "01.02.2027 and 01/02/2027 are two days; to a date that is written otherwise the sentence says how.",
        REFUSED,
        lambda case: "date" in case["field"] and not re.search(r"\d{4}-\d\d-\d\d", _text(case)),
    ),
    Rule(
        "a key has 8 to 64 letters, digits and hyphens",
        "Every UUID does, and nothing else has to be quoted or logged with care.",
        REFUSED,
        lambda case: case["field"] == "Idempotency-Key" and not re.fullmatch(r"[\w-]{8,64}", _text(case)),
    ),
    Rule(
        "invisible marks around a number, a date or an address are left out",
        "Programs put them around what is copied, nobody sees them, and no sentence helps to find them. What changes"
        " the digits that are seen, an override, is refused.",
        AS_SEEN,
        lambda case: (
            case["channel"] == "form"
            and case["field"] in ("probability_percent", "date", "email", "address")
            and is_mark(_text(case).strip()[:1] or _text(case).strip()[-1:])
        ),
    ),
    Rule(
        "a body that cannot be read has no fields",
        "What is no JSON in UTF-8, or more than fits, is refused before any field is known: `body` is named, or"
        " the header that says how to read it.",
        REFUSED_WHOLE,
        lambda case: case["channel"] == "json-raw",
    ),
    Rule(
        "a form over the limit is not read",
        "A megabyte is forty times the longest answer. To show what was typed the server would have to read all"
        " of it, which is what the limit is against.",
        REFUSED_WHOLE,
        lambda case: case["channel"] == "form" and 413 in case.get("status_any_of", ()),
    ),
)


def rules_for(case: Case) -> list[Rule]:
    """The rules that apply to a case."""
    return [rule for rule in RULES if rule.applies(case)]
