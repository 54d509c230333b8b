"""Response burden: about how long it takes to answer what a survey asks, said before anybody begins."""

from collections.abc import Iterable

from ..i18n.locale import ngettext
from ..models import Question

#: Minutes to read a question, judge it and say why in a line.
A_QUESTION = 1.5


def answering_time(questions: Iterable[Question]) -> str:
    """How long answering takes, in a sentence's beginning: in fives of minutes, from twenty on in tens."""
    minutes = rounded(A_QUESTION * sum(not question.is_draft for question in questions))
    return ngettext("About %(num)s minute", "About %(num)s minutes", minutes)


def rounded(minutes: float) -> int:
    """Minutes as people say them.

    >>> [rounded(1.5 * questions) for questions in (1, 2, 5, 10, 16, 28)]
    [2, 3, 10, 15, 20, 40]
    """
    step = 1 if minutes < 5 else 5 if minutes < 20 else 10
    return max(step * round(minutes / step), 1)
