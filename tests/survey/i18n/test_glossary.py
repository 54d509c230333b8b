"""One word for one thing, in both languages: the interface and the shipped bank against the glossary."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from . import glossary, words
from .glossary import ENGLISH, INTERFACE, PLAIN, TAKES_EFFECT, TERMS, UKRAINIAN, Forbidden, Term

BANK = words.ROOT / "survey" / "bank" / "ukraine"
DOCUMENTS = [words.ROOT / "README.md", words.ROOT / "SECURITY.md"]


@cache
def messages() -> list[tuple[str, str]]:
    """Every message of the interface and its translation, all forms of a plural together; read once."""
    return [
        (
            " ".join([message.id] if isinstance(message.id, str) else message.id),
            " ".join(words.forms(message)),
        )
        for message in words.read("uk", "messages")
        if message.id
    ]


def texts(language: str) -> dict[str, str]:
    """Every text of the shipped bank in a language, by its path."""
    return dict(_texts(tomllib.loads((BANK / f"{language}.toml").read_text("utf-8"))))


def _texts(part: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        yield path, part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _texts(value, f"{path}.{key}")


def breaches(rules: tuple[Forbidden, ...], told: list[str]) -> list[tuple[str, str]]:
    """Texts that have what is not written, each with what to write."""
    return [(rule.why, text) for rule in rules for text in told if rule.in_text(text)]


def test_the_interface_has_one_ukrainian_word_for_each_term() -> None:
    assert [
        (term.ukrainian, english, told)
        for term in TERMS
        for english, told in messages()
        if term.missing(english, told)
    ] == []


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.english)
def test_every_term_is_in_use(term: Term) -> None:
    # The control: a term that no message has would be blind.
    assert any(term.missing(english, "") for english, _told in messages())


def test_what_takes_effect_in_the_bank_begins_to_hold_in_ukrainian_too() -> None:
    english, ukrainian = texts("en"), texts("uk")
    assert [path for path, text in english.items() if TAKES_EFFECT.missing(text, ukrainian[path])] == []
    assert any(TAKES_EFFECT.missing(text, "набуває чинності") for text in english.values())


def test_the_ukrainian_interface_has_none_of_the_words_that_are_not_written() -> None:
    assert breaches(UKRAINIAN + INTERFACE, [told for _english, told in messages()]) == []


def test_the_ukrainian_bank_has_none_of_the_words_that_are_not_written() -> None:
    assert breaches(UKRAINIAN, list(texts("uk").values())) == []


def test_the_english_interface_has_none_of_the_words_that_are_not_written() -> None:
    assert breaches(ENGLISH + PLAIN, [english for english, _told in messages()]) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_have_none_of_the_words_that_are_not_written(document: Path) -> None:
    assert breaches(ENGLISH, document.read_text("utf-8").splitlines()) == []


def test_the_consent_has_none_of_the_words_that_are_not_written() -> None:
    assert breaches(ENGLISH, texts("en")[".consent.text"].splitlines()) == []


@pytest.mark.parametrize(
    "rule",
    glossary.UKRAINIAN + glossary.INTERFACE + glossary.ENGLISH + glossary.PLAIN,
    ids=lambda rule: rule.pattern,
)
def test_every_word_that_is_not_written_would_be_caught(rule: Forbidden) -> None:
    assert breaches((rule,), [rule.caught]) == [(rule.why, rule.caught)]
