"""Words that two readers would read in two ways, that lead, or that nobody could judge by."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ...i18n.locale import gettext as _
from .advice import Draft, Found, Remark, find, own_words
from .dates import days_in
from .words import (
    ARGUES,
    BARE_YEAR,
    COMPARISON,
    DOUBLE,
    DOUBLE_NEGATION,
    LOADED,
    NEGATION,
    NUMBER,
    UNKNOWABLE,
    VAGUE,
    Patterns,
)

#: What decides: a background may report that somebody calls something likely.
DECIDING = ("title", "criteria", "fine_print", "options")
_CLAUSE_END = re.compile(r"[,;:.?!—–]")
#: So far behind a comparison its number stands, in characters.
_REACH = 25


def _named(draft: Draft, patterns: Patterns, fields: tuple[str, ...], sentence: str) -> Iterator[Remark]:
    for field, text in draft.texts(*fields):
        found = find(patterns.get(draft.language), own_words(text))
        if found:
            yield Remark(field, found, sentence)


def vague_words(draft: Draft) -> Iterator[Remark]:
    """Size, time or chance in words, unless the criteria define what they mean here."""
    sentence = _(
        "Write a number or a day instead, or define the word: readers draw this line at different places."
    )
    for field, found, _sentence in _named(draft, VAGUE, DECIDING, sentence):
        open_words = tuple(one for one in found if one.words.casefold() not in draft.terms)
        if open_words:
            yield Remark(field, open_words, sentence)


def bare_years(draft: Draft) -> Iterator[Remark]:
    """“By 2027”: before it, or through it?"""
    return _named(
        draft, BARE_YEAR, DECIDING, _("Write “by the end of” or “before” the year: this is read both ways.")
    )


def loaded_words(draft: Draft) -> Iterator[Remark]:
    """Words that take a side or lead."""
    fields = ("title", "background", "criteria", "fine_print", "options")
    return _named(draft, LOADED, fields, _("Name the act and who says so: this word takes a side or leads."))


def two_questions(draft: Draft) -> Iterator[Remark]:
    """Double-barrelled: two things asked with one answer."""
    return _named(
        draft,
        DOUBLE,
        ("title", "options"),
        _("Ask one thing: with two, nobody knows which of them an answer is about."),
    )


def unknowable(draft: Draft) -> Iterator[Remark]:
    """Against clairvoyance: aims, beliefs, what would have been."""
    fields = ("title", "criteria", "options")
    return _named(
        draft,
        UNKNOWABLE,
        fields,
        _("Ask for an act, a text or a figure: nobody can see what somebody means or would have done."),
    )


def background_argues(draft: Draft) -> Iterator[Remark]:
    """A background that says what ought to be."""
    return _named(
        draft,
        ARGUES,
        ("background",),
        _("Report who says so, or leave it out: a background argues neither way."),
    )


def background_too_late(draft: Draft) -> Iterator[Remark]:
    """A background that tells of a day after the question opens, which nobody can know as it is written."""
    opened = draft.question.opens.date()
    late = [found for day, found in days_in(draft.text("background"), draft.language) if day > opened]
    if late:
        yield Remark(
            ("background",),
            tuple(late),
            _("Take this out: a background tells what was known before the question opened."),
        )


def double_negation(draft: Draft) -> Iterator[Remark]:
    """Two negations in one clause of a title or label, or the denial of an opposite anywhere that decides."""
    sentence = _("Say it without the second “not”.")
    for field, text in draft.texts(*DECIDING):
        found = find(DOUBLE_NEGATION.get(draft.language), own_words(text))
        if not found and field[0] in ("title", "options"):
            found = _twice_in_a_clause(draft.language, own_words(text))
        if found:
            yield Remark(field, found, sentence)


def _twice_in_a_clause(language: str, text: str) -> tuple[Found, ...]:
    negations = find(NEGATION.get(language), text)
    for one, other in pairwise(negations):
        if not _CLAUSE_END.search(text, one.end, other.start):
            return one, other
    return ()


def no_threshold(draft: Draft) -> Iterator[Remark]:
    """A comparison with nothing to compare with: “more than usual”."""
    for field, text in draft.texts("title", "criteria", "options"):
        found = tuple(
            place
            for place in find(COMPARISON.get(draft.language), own_words(text))
            if not _has_number(draft.language, text[place.end : place.end + _REACH])
        )
        if found:
            yield Remark(
                field,
                found,
                _("Write the number it is compared with, and what happens when it is met exactly."),
            )


def _has_number(language: str, text: str) -> bool:
    return any(map(str.isdecimal, text)) or bool(find(NUMBER.get(language), text))
