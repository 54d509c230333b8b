"""What publishing a draft would change of a question, against the version that participants see now."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..bank.content import VERSION_WORDS, Bank
from ..bank.content import Question as Facts
from ..bank.stored import stored_question
from ..i18n.locale import LANGUAGES
from ..i18n.locale import gettext as _
from ..i18n.markdown import word_changes
from ..models import Question
from .draft_words import label_of

#: Facts that may change while a question is open, as a document calls them.
_FACTS = (
    "theme",
    "opens",
    "closes",
    "resolves",
    "given",
    "options",
    "range",
    "rationale_required",
    "base_rate",
)


@dataclass(frozen=True)
class ChangedText:
    """One text that changes: its name, its language, and its words in pieces: kept (empty), `del` or `ins`."""

    name: str
    language: str
    code: str
    pieces: list[tuple[str, str]]


@dataclass(frozen=True)
class AgainstVersion:
    """What would change of a question: against which version, its texts, the names of its facts.

    `makes_a_version` says whether who has answered is asked to affirm: labels and facts alone do not ask for that.
    """

    number: int
    texts: list[ChangedText]
    facts: list[str]
    makes_a_version: bool


def against_version(bank: Bank, asked: Facts, row: Question) -> AgainstVersion:
    """A question as it is written against the version of it that is published."""
    texts, labels = list(_texts(bank, asked, row)), list(_labels(bank, asked, row))
    published = stored_question(row)
    differ = [name for name in _FACTS if getattr(published, name) != getattr(asked, name)]
    facts = [_("Range") if name == "range" else label_of((name,)) for name in differ]
    # A base rate that was counted anew is a version too: who has answered may have leant on the old one.
    return AgainstVersion(row.version.number, texts + labels, facts, bool(texts) or "base_rate" in differ)


def _texts(bank: Bank, asked: Facts, row: Question) -> Iterator[ChangedText]:
    published = {text.language: text for text in row.version.texts}
    for code, words in bank.words.items():
        own = words.questions[asked.key]
        for name in VERSION_WORDS:
            label = _("Question") if name == "title" else label_of((name,))
            yield from _changed(label, code, getattr(published.get(code), name, ""), getattr(own, name))


def _labels(bank: Bank, asked: Facts, row: Question) -> Iterator[ChangedText]:
    there = {option.key: {text.language: text.label for text in option.texts} for option in row.options}
    for code, words in bank.words.items():
        for key, label in words.questions[asked.key].options.items():
            name = _("Answer “%(key)s”", key=key)
            yield from _changed(name, code, there.get(key, {}).get(code, ""), label)


def _changed(name: str, code: str, before: object, after: object) -> Iterator[ChangedText]:
    old, new = ("\n".join(one) if isinstance(one, list | tuple) else str(one) for one in (before, after))
    if old != new:
        yield ChangedText(name, LANGUAGES.get(code, code), code, word_changes(old, new))
