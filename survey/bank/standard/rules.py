"""The rules of the standard, one a line of `RULES`, and who asks them: a draft, a bank, the door before opening."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..content import Bank, Question
from . import forms, meaning, options, sources
from .advice import MUST, SHOULD, Advice, Draft, Remark


class Rule(NamedTuple):
    """One thing to look for: a fixed name, how much hangs on it, the function that finds it."""

    kind: str
    severity: str
    look: Callable[[Draft], Iterator[Remark]]


RULES = (
    Rule("empty words", MUST, forms.empty_words),
    Rule("no criteria", MUST, forms.no_criteria),
    Rule("no deadline", MUST, forms.no_deadline),
    Rule("few publishers", MUST, sources.few_publishers),
    Rule("long title", MUST, forms.long_title),
    Rule("labels alike", MUST, options.labels_alike),
    Rule("title is no question", SHOULD, forms.title_is_no_question),
    Rule("deadline differs", SHOULD, forms.deadline_differs),
    Rule("no time zone", SHOULD, forms.no_zone),
    Rule("no unit", SHOULD, forms.no_unit),
    Rule("no number", SHOULD, forms.no_number),
    Rule("no threshold", SHOULD, meaning.no_threshold),
    Rule("late reports", SHOULD, sources.late_reports),
    Rule("ties", SHOULD, sources.ties),
    Rule("vague word", SHOULD, meaning.vague_words),
    Rule("bare year", SHOULD, meaning.bare_years),
    Rule("loaded word", SHOULD, meaning.loaded_words),
    Rule("two questions", SHOULD, meaning.two_questions),
    Rule("double negation", SHOULD, meaning.double_negation),
    Rule("unknowable", SHOULD, meaning.unknowable),
    Rule("background argues", SHOULD, meaning.background_argues),
    Rule("background too late", SHOULD, meaning.background_too_late),
    Rule("ranges overlap", SHOULD, options.ranges_overlap),
    Rule("ranges leave a gap", SHOULD, options.ranges_leave_a_gap),
    Rule("no rest", SHOULD, options.no_rest),
)


#: Without what these ask for a survey is not opened.
OPENING = tuple(rule for rule in RULES if rule.severity == MUST)


def check_question(
    question: Question, words: Mapping[str, Mapping[str, object]], rules: Sequence[Rule] = RULES
) -> list[Advice]:
    """Advice on one question, language by language, rule by rule.

    Parameters
    ----------
    question
        Its facts.
    words
        Language to what its file has under the question: title, short, background, criteria, fine_print,
        sources, unit, options. Any of it may be missing; what is no text counts as missing.
    rules
        The rules to ask.
    """
    return [
        Advice((language, "question", question.key, *remark.field), rule.kind, rule.severity, *remark[1:])
        for language, written in words.items()
        for rule in rules
        for remark in rule.look(Draft(question, language, written))
    ]


def check_standard(bank: Bank, rules: Sequence[Rule] = RULES) -> list[Advice]:
    """Advice on every question of a bank, in their order."""
    return [
        advice
        for question in bank.questions
        for advice in check_question(
            question,
            {language: vars(words.questions[question.key]) for language, words in bank.words.items()},
            rules,
        )
    ]
