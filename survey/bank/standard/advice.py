"""What advice is made of: a draft in one language goes in, places with a sentence each come out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ..content import Question
from ..lines import Place

#: A survey with such advice is not opened: nobody could resolve the question, or not everybody could read it.
MUST = "must"
#: Whoever writes decides.
SHOULD = "should"

#: Each page of the editor is judged with all questions of its survey, of which one has changed: what was found in so
#: many texts is kept, enough for one survey in a few languages.
FOUND = 8_192

#: What is quoted is somebody else's wording; what stands in bold with a colon is a term that is being defined.
_DEFINED = r"\*\*([^*]*)[:.,]\*\*"
_NOT_OURS = re.compile(rf"“[^”]*”|«[^»]*»|\"[^\"]*\"|{_DEFINED}")


class Found(NamedTuple):
    """Words of a text with their place: `text[start:end]`, in code points from 0."""

    words: str
    start: int
    end: int


class Remark(NamedTuple):
    """What a rule finds: the field below the question (`("options", key)` for a label), words, what to do."""

    field: tuple[str, ...]
    found: tuple[Found, ...]
    sentence: str


@dataclass(frozen=True)
class Advice:
    """One thing to better.

    Attributes
    ----------
    path
        The file without its ending, then keys down to the text: `("en", "question", "clash", "title")`.
    kind
        The rule that says so, a fixed name in English.
    severity
        `MUST` or `SHOULD`.
    found
        The words it is about, in their order; none where something is missing.
    sentence
        What to do, in the reader's language.
    """

    path: Place
    kind: str
    severity: str
    found: tuple[Found, ...]
    sentence: str

    def __str__(self) -> str:
        """`en.question.clash.title: vague word (soon): what to do`, as a terminal shows it."""
        words = f" ({', '.join(one.words for one in self.found)})" if self.found else ""
        return f"{'.'.join(map(str, self.path))}: {self.kind}{words}: {self.sentence}"


@dataclass(frozen=True)
class Draft:
    """A question in one language, as far as it is written: `words` as in the language's file, any of it missing."""

    question: Question
    language: str
    words: Mapping[str, object]

    def text(self, *field: str) -> str:
        """A text below the question, empty where it is not written or is no text."""
        value: object = self.words
        for key in field:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) else ""

    @property
    def labels(self) -> dict[str, str]:
        """The label of each option, by its key; empty where it is not written."""
        return {option.key: self.text("options", option.key) for option in self.question.options}

    @property
    def sources(self) -> list[str]:
        """The publishers, without what is empty."""
        listed = self.words.get("sources")
        named = listed if isinstance(listed, list | tuple) else ()
        return [source.strip() for source in named if isinstance(source, str) and source.strip()]

    @property
    def terms(self) -> str:
        """The terms that the criteria define, in lower case."""
        return "\n".join(re.findall(_DEFINED, self.text("criteria"))).casefold()

    def texts(self, *fields: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """The texts of these fields with their places; `options` stands for every label."""
        for field in fields:
            if field == "options":
                yield from ((("options", key), label) for key, label in self.labels.items())
            else:
                yield (field,), self.text(field)


@lru_cache(FOUND)
def own_words(text: str) -> str:
    """The text with what is quoted or being defined blanked out, every other word at its place.

    >>> own_words("A “major” war")
    'A         war'
    """
    return _NOT_OURS.sub(lambda match: " " * len(match[0]), text)


@lru_cache(FOUND)
def find(pattern: re.Pattern[str] | None, text: str) -> tuple[Found, ...]:
    """Every place of a pattern; none where a language has no pattern.

    >>> find(re.compile("soon"), "As soon as it ends")
    (Found(words='soon', start=3, end=7),)
    """
    matches = pattern.finditer(text) if pattern else ()
    return tuple(Found(match[0], match.start(), match.end()) for match in matches)
