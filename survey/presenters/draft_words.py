"""What a draft's fields, kinds and faults are called, for pages that write a survey."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from ..bank.document import Document
from ..bank.paths import KeyPath, value_at
from ..bank.tables import Fault
from ..i18n.formatting import day
from ..i18n.locale import LANGUAGES, current_language
from ..i18n.locale import gettext as _

NOUNS = ("question", "theme", "relation", "background", "scenario")


@dataclass(frozen=True)
class Missing:
    """One thing to mend before a survey can be opened: what, why, and which page's field it is."""

    path: KeyPath
    what: str
    why: str
    #: The kind of thing and its key, where it belongs to one; else the noun is empty.
    noun: str = ""
    key: str = ""


def about_in_words(kind: str) -> str:
    """A kind of question about the person."""
    return {
        "single": _("One of several"),
        "multi": _("Any of several"),
        "text": _("A text"),
        "number": _("A number"),
    }.get(kind, _("No kind yet"))


def label_of(path: KeyPath) -> str:
    """What a field is called, by the last key of its path."""
    if path[-2:] == ("base_rate", "events"):
        return _("It happened in")
    return _labels(current_language()).get(path[-1], path[-1])


@cache
def _labels(_language: str) -> dict[str, str]:
    # Kept for each language: a page has a hundred fields, and a line of the checklist for each that is empty.
    return {
        "title": _("Title"),
        "headline": _("The survey in one question"),
        "summary": _("Summary"),
        "organizer": _("Who asks"),
        "name": _("Who asks"),
        "contact": _("How to reach them"),
        "legal_basis": _("Legal basis"),
        "kept_until": _("How long answers are kept"),
        "base_rate": _("How often it happened before"),
        "cases": _("Of so many cases"),
        "since": _("Counted from"),
        "until": _("Counted until"),
        "link": _("Where it can be checked"),
        "reference_class": _("What was counted"),
        "source": _("Who counted"),
        "base_rates_before": _("Show how often it happened before somebody answers"),
        "rules": _("Rules for every question"),
        "primary_analysis": _("What will be computed first"),
        "exclusions": _("Who else is not counted"),
        "stop_rule": _("When answers end, beside the days of the questions"),
        "text": _("Consent"),
        "note": _("Note above the questions"),
        "short": _("Short title"),
        "background": _("Background"),
        "criteria": _("What counts"),
        "fine_print": _("Fine print"),
        "sources": _("Sources"),
        "unit": _("Unit"),
        "options": _("Answers"),
        "label": _("Question"),
        "hint": _("Hint"),
        "slug": _("Address"),
        "languages": _("Languages"),
        "opens": _("Opens"),
        "closes": _("Closes"),
        "resolves": _("Resolved by"),
        "deadline": _("Last day"),
        "deadlines": _("Days"),
        "kind": _("Kind"),
        "theme": _("Theme"),
        "question": _("Questions"),
        "lower": _("From"),
        "upper": _("To"),
        "scale": _("Scale"),
        "quantile_levels": _("Chances asked for"),
        "given": _("Asked for the case that"),
        "events": _("Events"),
        "pair": _("Question in two cases"),
        "round": _("Rounds"),
        "visibility": _("Who may take part"),
        "reveal": _("When participants see what others said"),
        "reveal_unit": _("Together with"),
        "readers": _("Who else sees results"),
        "readers_days": _("Days after each publication"),
        "publication": _("When figures are published"),
        "licence": _("Licence of the data"),
        "licence_words": _("What may be done with the data"),
        "licence_address": _("Where the licence can be read"),
        "minimum_cell": _("Fewest people a figure rests on"),
        "protected": _("Protected: days are kept in place of times"),
        "zone": _("Time zone beside UTC"),
        "lowest_probability": _("Smallest chance"),
        "highest_probability": _("Largest chance"),
        "explain_change": _("Ask what changed from this many points on"),
        "open_lower": _("May be less"),
        "open_upper": _("May be more"),
        "whole": _("Whole numbers only"),
        "rationale_required": _("No forecast without a reason"),
        "survey": _("Survey"),
        "consent": _("Consent"),
    }


def title_of(document: Document, noun: str, key: str, language: str) -> str:
    """What a question, theme or other thing is called: in a language, else in another, else its key."""
    words = document.get("words")
    order = [language, *(code for code in (words if isinstance(words, dict) else {}) if code != language)]
    for code in order:
        path: KeyPath = ("words", code, noun, key)
        if noun == "relation":
            # The dates of a ladder are tied one by one, `R2.2027-06-30`, and share the words of `R2`.
            found = value_at(document, ("words", code, noun, key.split(".")[0]))
        else:
            name = {"question": "short", "background": "label"}.get(noun, "title")
            found = value_at(document, (*path, name)) or value_at(document, (*path, "title"))
        if isinstance(found, str) and found.strip():
            return found.strip()
    return key


def survey_title(document: Document, slug: str, language: str) -> str:
    """What a survey under writing is called: in a language, else in another, else its address."""
    words = document.get("words")
    for code in (language, *(words if isinstance(words, dict) else ())):
        title = value_at(document, ("words", code, "survey", "title"))
        if isinstance(title, str) and title:
            return title
    return slug


def missing(document: Document, faults: Iterable[Fault], language: str) -> list[Missing]:
    """Everything that is missing or wrong before a survey can be opened, one line for each field."""
    by_path: dict[KeyPath, Fault] = {}
    for fault in faults:
        by_path.setdefault(fault.path, fault)
    return [_missing(document, fault, language) for fault in by_path.values()]


def _missing(document: Document, fault: Fault, language: str) -> Missing:
    path = fault.path
    inside = path[2:] if path[0] == "words" else path[1:]
    noun, key = inside[:2] if len(inside) > 1 and inside[0] in NOUNS else ("", "")
    what = label_of(path) if len(path) > 1 else path[0]
    if "notes" in path[:-1]:
        what = _("What changes with version %(number)s, in a sentence", number=path[-1])
    if "options" in path[:-1]:
        what = _("Answer “%(key)s”", key=path[-1])
    if noun == "scenario" and inside[2:]:
        what = _part_of_scenario(inside[2:])
    if key:
        thing = title_of(document, noun, key, language)
        what = thing if path[-1] == key else f"{what} · {thing}"
    return Missing(path, what, _why(path, fault), noun, key)


def _part_of_scenario(inside: KeyPath) -> str:
    """What a part of a scenario tree is called: an event of it by its key, a scenario by its own."""
    if inside[0] in ("axes", "also") and inside[1:]:
        return _("Event “%(key)s”", key=inside[1])
    if inside[0] == "leaves" and inside[1:]:
        return _("Scenario “%(key)s”", key=inside[1])
    if inside[0] == "branches" and inside[2:]:
        return (
            _("Event “%(key)s”, if it comes true", key=inside[1])
            if inside[2] == "yes"
            else _("Event “%(key)s”, if it does not", key=inside[1])
        )
    return {"axes": _("Events"), "leaves": _("Scenarios")}.get(inside[0], label_of(inside))


def _why(path: KeyPath, fault: Fault) -> str:
    in_language = LANGUAGES.get(path[1], path[1]) if path[0] == "words" and len(path) > 1 else ""
    if fault.is_gap:
        return (
            _("nothing there yet, %(language)s", language=in_language)
            if in_language
            else _("nothing there yet")
        )
    return f"{fault.sentence}, {in_language}" if in_language else fault.sentence


def of_thing(faults: Iterable[Fault], noun: str, key: str) -> list[Fault]:
    """The faults of one question, theme or other thing, in facts and words."""
    return [
        fault
        for fault in faults
        if fault.path[1:3] == (noun, key) or (fault.path[:1] == ("words",) and fault.path[2:4] == (noun, key))
    ]


def state_of(found: Iterable[Fault], key: str, languages: list[str]) -> str:
    """How far a question is: `ready`, `translation` where only words of a further language lack, else `draft`."""
    faults = of_thing(found, "question", key)
    if not faults:
        return "ready"
    further = set(languages[1:])
    only_words = all(fault.path[0] == "words" and fault.path[1] in further for fault in faults)
    return "translation" if only_words else "draft"


def last_day(document: Document, key: str) -> str:
    """The last day a question is about, in words; empty where there is none yet."""
    facts = value_at(document, ("structure", "question", key)) or {}
    days = facts.get("deadlines")
    text = days[-1] if isinstance(days, list) and days else facts.get("deadline")
    try:
        return day(date.fromisoformat(str(text)))
    except ValueError:
        return ""
