"""Event space of a survey: how its questions hang together, as `scoring.coherence` reads it.

Numbers and dates have no events that anything could be declared of: they stay outside.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

import numpy as np

from scoring import coherence
from scoring.coherence import EventSpace
from scoring.coherence.declarations import QuestionKind, RelationKind

from ..models import Question, Relation, Survey
from .question_specs import event_of
from .specification import EventSpec, Floats

#: What was said of some questions: key of a question to keys of options to probabilities.
Said = Mapping[str, Mapping[str, float]]


def event_space_of(survey: Survey) -> EventSpace:
    """All coherent forecasts of a survey's questions, as its declared relations leave them.

    Raises
    ------
    scoring.coherence.Contradiction, scoring.coherence.ImpossibleState
        Where the declarations can't stand together; a draft with such is not opened.
    """
    questions = (_declared(question) for question in survey.questions if not question.quantile_levels)
    return _space(tuple(questions), tuple(map(_relation, survey.relations)))


def answers_in(space: EventSpace, said: Said) -> Floats:
    """Answers as a row of the event space, NaN where there is none; what lies outside it is left out."""
    return np.array([said.get(question, {}).get(option, np.nan) for question, option in space.answers])


# Found from what is declared alone, so that nothing stale is ever read: a survey that is changed is another key.
@lru_cache(maxsize=16)
def _space(
    questions: tuple[coherence.Question, ...], relations: tuple[coherence.Relation, ...]
) -> EventSpace:
    return EventSpace.of(questions, relations)


def _declared(question: Question) -> coherence.Question:
    given = _event(event_of(question.condition.event)) if question.condition else None
    options = tuple(option.key for option in question.options)
    return coherence.Question(question.key, cast(QuestionKind, question.kind), options, given)


def _relation(relation: Relation) -> coherence.Relation:
    events = tuple(_event(event_of(event)) for event in relation.events)
    pair = relation.pair.key if relation.pair else None
    return coherence.Relation(relation.key, cast(RelationKind, relation.kind), events, pair)


def _event(event: EventSpec) -> coherence.Event:
    return coherence.Event(event.question, event.options, event.holds)
