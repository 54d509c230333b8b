"""Reads the base rate of a question: what was counted, and the words for it in each language."""

from datetime import date

from ..models import BaseRate
from .content import BASE_RATE_WORDS, Question
from .tables import Table

BASE_RATE_FACTS = ("events", "cases", "since", "until", "link")


def read_base_rate(question: Table) -> BaseRate | None:
    """The facts under `[question.base_rate]`; None where the question has none."""
    if "base_rate" not in question:
        return None
    table = question.table("base_rate")
    table.only(BASE_RATE_FACTS)
    found = BaseRate(
        events=table.count("events"),
        cases=table.count("cases"),
        since=table.day("since"),
        until=table.day("until"),
        link=table.text("link", ""),
    )
    _check(table, found)
    return found


def _check(table: Table, found: BaseRate) -> None:
    if table.is_sound("events", "cases") and not 0 <= found.events <= found.cases != 0:
        table.fault("events", f"must be from 0 to the number of cases, got {found.events} of {found.cases}")
    if table.is_sound("since", "until") and found.since > found.until:
        table.fault("until", f"must not be before {found.since}")
    if found.link and not is_safe_link(found.link):
        table.fault("link", f"must be an https address without spaces, got {found.link!r}")


def is_safe_link(link: str) -> bool:
    """Whether an address may stand on a page: https, a host, nothing unseen.

    >>> is_safe_link("https://ucdp.uu.se/exploratory"), is_safe_link("javascript:alert(1)")
    (True, False)
    """
    host = link.removeprefix("https://").partition("/")[0]
    return link.startswith("https://") and bool(host) and link.isprintable() and " " not in link


def refuse_future(question: Table, found: BaseRate | None, opens: date) -> None:
    """Note a count that goes on after the question opens: nobody could have made it."""
    if found and found.until > opens:
        question.table("base_rate").fault("until", f"must not be after the question opens, {opens}")


def read_base_rate_words(table: Table, question: Question) -> tuple[str, str]:
    """The reference class and who counted, in one language; empty where the question has no base rate."""
    if question.base_rate is None:
        if "base_rate" in table:
            table.fault("base_rate", "structure.toml has none for this question")
        return "", ""
    words = table.table("base_rate")
    words.only(tuple(BASE_RATE_WORDS))
    reference_class, source = (words.text(key) for key in BASE_RATE_WORDS)
    return reference_class, source
