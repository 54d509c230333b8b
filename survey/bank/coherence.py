"""Coherence of declarations: whether relations leave something possible, and every outcome that is asked.

A relation that is right by itself may, with others, rule out what people are asked about: no answers to that could go
together, so a survey of such relations is not opened, and the smallest set of them that clashes is named.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import get_args

from scoring import coherence
from scoring.coherence import Contradiction, ImpossibleState, check_declarations
from scoring.coherence.declarations import QuestionKind

from ..i18n.locale import gettext as _
from .content import Bank, Event, Question, Relation
from .refusals import in_structure
from .tables import Fault

#: Where declarations stand: as long as one of these has a fault, nothing follows from the rest.
_DECLARED = (("structure", "question"), ("structure", "relation"))
_Questions = tuple[coherence.Question, ...]
_Relations = tuple[coherence.Relation, ...]


def is_declared(faults: Iterable[Fault]) -> bool:
    """Whether a structure's questions and relations are whole, whatever of it or its words is missing or wrong."""
    return not any(fault.path[:2] in _DECLARED or len(fault.path) < 2 for fault in faults)


def contradictions(bank: Bank) -> list[Fault]:
    """A minimal set of declarations that leave nothing possible, or rule out what is asked: a fault at each.

    Empty where they can stand together. One set at a time: where it is mended, another may be left.
    """
    refused, _unseen = _checked(*_declared(bank))
    return [] if refused is None else list(_at_each(bank, refused))


def checked_by_rows_alone(bank: Bank) -> tuple[str, ...]:
    """Keys of questions tied in circles with too many combinations to look at each; of a bank that is not refused."""
    return _checked(*_declared(bank))[1]


# A page of the editor reads the whole draft again, whatever of it was changed: mostly words.
@lru_cache(maxsize=16)
def _checked(
    questions: _Questions, relations: _Relations
) -> tuple[Contradiction | ImpossibleState | None, tuple[str, ...]]:
    try:
        return None, check_declarations(questions, relations)
    except (Contradiction, ImpossibleState) as refused:
        # What is kept must not keep the frames it was raised in.
        return refused.with_traceback(None), ()


def _declared(bank: Bank) -> tuple[_Questions, _Relations]:
    """Questions and relations as `scoring.coherence` reads them; numbers and dates have no events."""
    kinds = get_args(QuestionKind)
    questions = (_question(one) for one in bank.questions if one.kind in kinds)
    return tuple(questions), tuple(_relation(one) for one in bank.relations)


def _question(one: Question) -> coherence.Question:
    given = None if one.given is None else _event(one.given)
    return coherence.Question(one.key, one.kind, tuple(option.key for option in one.options), given)  # type: ignore[arg-type]


def _relation(one: Relation) -> coherence.Relation:
    return coherence.Relation(one.key, one.kind, tuple(map(_event, one.events)), one.pair)  # type: ignore[arg-type]


def _event(one: Event) -> coherence.Event:
    return coherence.Event(one.question, one.options, one.holds)


def _at_each(bank: Bank, refused: Contradiction | ImpossibleState) -> Iterator[Fault]:
    lines = {relation.key: relation.line for relation in bank.relations}
    for source in refused.sources:
        others = ", ".join(one for one in refused.sources if one != source)
        at = ("relation", source) if source in lines else ("question", source, "given")
        line = lines[source] if source in lines else bank.question(source).line
        yield in_structure(line, at, _sentence(refused, others))


def _sentence(refused: Contradiction | ImpossibleState, others: str) -> str:
    if isinstance(refused, Contradiction):
        if not others:
            return _("leaves nothing possible")
        return _("leaves nothing possible together with %(others)s: one of them must go", others=others)
    asked = {"outcome": refused.state, "question": refused.question}
    if not others:
        return _("rules out %(outcome)s of %(question)s, which is asked", **asked)
    return _(
        "rules out %(outcome)s of %(question)s, which is asked, together with %(others)s: one of them must go",
        others=others,
        **asked,
    )
