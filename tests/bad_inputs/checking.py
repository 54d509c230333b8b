"""Whether what came of a case is what had to come of it."""

import json
import math
import unicodedata
from collections.abc import Callable
from typing import Any

from survey.i18n.normalization import trimmed

from .adapter import CHANCE_SENT
from .building import literal
from .outcome import Sent
from .pages import elsewhere, fault_of_list, unsafe
from .roles import Case, days
from .rules import AS_SEEN, NOTHING_STORED, REFUSED, REFUSED_WHOLE, rules_for

EXPECTED, BY_RULE, FAILED = "as expected", "by written rule", "failed"

#: Seconds of computing after which an answer counts as a hang; how busy the machine is does not matter.
PATIENCE = 2.0
#: How far a stored number may lie from the right one.
LAST_DIGITS = 1e-12
UNREADABLE = (400, 413, 415, 422)
TOO_LARGE = 413
#: Names for what is wrong with a body as a whole.
WHOLE = ("body", "Content-Type", "Content-Encoding")


def verdict(case: Case, sent: Sent) -> tuple[str, str]:
    """As expected, by a written rule (and which), or failed (and why)."""
    if never := _what_may_never_be(case, sent):
        return FAILED, never
    fault = fault_of(case, case["expected"], sent)
    if not fault:
        return EXPECTED, ""
    for rule in rules_for(case):
        if not fault_of(case, rule.outcome, sent):
            return BY_RULE, rule.name
    return FAILED, fault


def fault_of(case: Case, outcome: str, sent: Sent) -> str:
    """What is wrong with a result, measured by one class of results; empty where nothing is."""
    if outcome == REFUSED:
        return _fault_of_refusal(case, sent)
    if outcome == NOTHING_STORED:
        return _fault_of_doing_nothing(case, sent)
    if outcome == REFUSED_WHOLE:
        return _fault_of_refusal_as_a_whole(case, sent)
    if not (200 <= sent.status < 300 or sent.status == 303):
        return f"refused with {sent.status}, {sent.named_field}"
    right = RIGHT.get(outcome, sent_value)(case)
    return "" if same(sent.stored_value, right) else f"stored {sent.stored_value!r}"


def _as_seen(case: Case) -> Any:
    """What a reader of a value sees: what stands between the marks around it."""
    seen = trimmed(literal(case))
    return float(seen.replace(",", ".")) / 100 if case["field"] == "probability_percent" else seen


def sent_value(case: Case) -> Any:
    """What has to be stored where a case is accepted: text composed (NFC), numbers as they were sent."""
    if case["channel"] == "header":
        return CHANCE_SENT
    value = literal(case)
    if case["field"] == "rationale":
        return unicodedata.normalize("NFC", value)
    if case["channel"] == "json-raw":
        (value,) = json.loads(value).values()
    return list(value.values()) if isinstance(value, dict) else value


RIGHT: dict[str, Callable[[Case], Any]] = {
    "normalised-to": lambda case: case["normalised"],
    AS_SEEN: _as_seen,
}


def same(stored: Any, right: Any) -> bool:
    """Whether a stored value is the right one: numbers to the last digits, dates as days."""
    if isinstance(right, list):
        return isinstance(stored, list) and len(stored) == len(right) and all(map(same, stored, right))
    if isinstance(stored, float):
        number = days(right) if isinstance(right, str) else right
        return math.isclose(stored, number, rel_tol=LAST_DIGITS, abs_tol=LAST_DIGITS)
    return type(stored) is type(right) and stored == right


def _what_may_never_be(case: Case, sent: Sent) -> str:
    if sent.status >= 500 and sent.status not in case.get("status_any_of", ()):
        return f"status {sent.status}"
    if sent.seconds > PATIENCE:
        return f"took {sent.seconds:.1f} s"
    if "Traceback" in sent.text or 'File "' in sent.text:
        return "shows a stack trace"
    if elsewhere(sent.location):
        return f"leads to {sent.location}"
    if sent.echoed or (never := unsafe(sent.text)):
        return f"the page has {sent.echoed or never}"
    held = sent.stored_value if isinstance(sent.stored_value, list) else [sent.stored_value]
    if any(same(value, never) for value in held for never in case.get("never_stored", ())):
        return f"stored {sent.stored_value!r}, never to be stored"
    return ""


def _fault_of_refusal(case: Case, sent: Sent) -> str:
    if sent.status not in (400, 422, *case.get("status_any_of", ())):
        return f"not refused: {sent.status}, stored {sent.stored_value!r}"
    if sent.named_field != case["field"] and not _is_in(case, sent.named_field):
        return f"named {sent.named_field}"
    return fault_of_list(sent.text) or _fault_of_what_is_left(sent)


def _fault_of_refusal_as_a_whole(case: Case, sent: Sent) -> str:
    if sent.status not in case.get("status_any_of", UNREADABLE):
        return f"not refused: {sent.status}"
    if sent.named_field not in WHOLE and (sent.named_field or sent.status != TOO_LARGE):
        return f"named {sent.named_field}"
    return f"stored {sent.stored_value!r}" if sent.stored_value is not None else ""


def _fault_of_doing_nothing(case: Case, sent: Sent) -> str:
    """A plain refusal, or an answer to what stores nothing: with a status, and to a place, that the case names."""
    if sent.status not in case["status_any_of"]:
        return f"status {sent.status}, {sent.named_field}, stored {sent.stored_value!r}"
    if not sent.location.startswith(case.get("leads_to", "")):
        return f"leads to {sent.location}"
    return f"stored {sent.stored_value!r}" if sent.stored_value is not None else ""


def _fault_of_what_is_left(sent: Sent) -> str:
    if sent.stored_value is not None:
        return f"refused, and stored {sent.stored_value!r}"
    return "" if sent.kept_values else "what else was typed is gone"


def _is_in(case: Case, name: str | None) -> bool:
    """Whether a name stands in the case's own body: a field that is not asked is named as it was sent."""
    return case["channel"] == "json-raw" and name is not None and json.dumps(name) in str(case.get("value"))
