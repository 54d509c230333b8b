"""What people say about themselves, all of it optional: answer, change, take back. Appends only.

A changed answer is a further revision, and one that is taken back an empty one. What stands already is not stored
again, so a form that comes twice stores once.
"""

import math
from collections.abc import Iterable, Mapping

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload

from .. import clock
from ..errors import InvalidAnswer, SurveyClosed
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import (
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundOption,
    BackgroundQuestion,
    Participant,
    Survey,
)
from ..store.once import once
from ..store.transaction import lock_person
from .enrollment import ConsentChanged, has_agreed

#: Keys of options, a text, or a number; None where there is none.
Value = list[str] | str | float | None

#: Characters that a text about oneself may have.
LONGEST = 500


@once
def asked(session: Session, survey: Survey) -> list[BackgroundQuestion]:
    """What is asked; in a protected survey nothing that somebody could be recognized by: no text, no number."""
    return list(session.scalars(_ASKED[survey.protected], {"survey": survey.id}))


@once
def asked_with_words(session: Session, survey: Survey) -> list[BackgroundQuestion]:
    """As `asked`, with all words in one statement: for a page that reads much else."""
    options = joinedload(BackgroundQuestion.options)
    whole = _ASKED[survey.protected].options(
        options.joinedload(BackgroundOption.texts), joinedload(BackgroundQuestion.texts)
    )
    return list(session.scalars(whole, {"survey": survey.id}).unique())


def _asked(protected: bool) -> Select[BackgroundQuestion]:
    query = select(BackgroundQuestion).where(BackgroundQuestion.survey_id == bindparam("survey"))
    query = query.order_by(BackgroundQuestion.position)
    return query.where(BackgroundQuestion.kind.in_(GROUPING_KINDS)) if protected else query


#: By whether the survey is protected; put together once, as everybody who says something asks it.
_ASKED = {protected: _asked(protected) for protected in (False, True)}
#: An answer is checked against kinds, bounds and keys: the words of all languages are as many rows again, twice.
_WITHOUT_WORDS = {
    protected: query.options(
        lazyload(BackgroundQuestion.texts),
        joinedload(BackgroundQuestion.options).lazyload(BackgroundOption.texts),
    )
    for protected, query in _ASKED.items()
}


def said(session: Session, participant: Participant) -> dict[str, Value]:
    """What this person has said that stands, by the key of the question."""
    return {
        answer.question.key: answer.value
        for answer in _last(session, participant).values()
        if not _is_empty(answer.value)
    }


def say(session: Session, participant: Participant, values: Mapping[str, Value]) -> int:
    """Store what somebody says about themselves; what the mapping does not name stays as it was.

    Returns
    -------
    int
        How many answers changed; 0 where all of it stood already.

    Raises
    ------
    InvalidAnswer
        By the key of the question; nothing was stored then.
    SurveyClosed
        After the survey, but for what is taken back; and before the newest consent was agreed to.
    AnswersGone
        Where this person has erased everything.
    """
    # A person's revisions are counted here: two forms at once would give two answers one number.
    lock_person(session, participant)
    survey = participant.survey
    asked_of_all = session.scalars(_WITHOUT_WORDS[survey.protected], {"survey": survey.id})
    questions = {question.key: question for question in asked_of_all.unique()}
    checked = _checked(questions, values)
    last = _last(session, participant)
    changed = [
        (questions[key], value)
        for key, value in checked.items()
        if not _stands(last.get(questions[key].id), value)
    ]
    # What is taken back is taken back at any time, also after the close.
    if any(not _is_empty(value) for _question, value in changed):
        _refuse_closed(session, participant)
    for question, value in changed:
        session.add(_answer(session, participant, question, last.get(question.id), value))
    session.flush()
    return len(changed)


def take_back(session: Session, participant: Participant) -> int:
    """Take back everything this person said about themselves; how many answers that were."""
    return say(session, participant, dict.fromkeys(said(session, participant)))


def _last(session: Session, participant: Participant) -> dict[int, BackgroundAnswer]:
    """The last revision of each answer, by id of the question."""
    query = select(BackgroundAnswer).filter_by(participant_id=participant.id)
    found = session.scalars(query.order_by(BackgroundAnswer.revision))
    return {answer.background_question_id: answer for answer in found}


def _checked(questions: Mapping[str, BackgroundQuestion], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values as they are stored; all that is wrong is said at once."""
    checked: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for key, value in values.items():
        try:
            checked[key] = _one(questions.get(key), value)
        except Unreadable as unreadable:
            errors[key] = str(unreadable)
    if errors:
        raise InvalidAnswer(errors)
    return checked


def _one(question: BackgroundQuestion | None, value: Value) -> Value:
    if question is None:
        raise Unreadable(gettext("This is not asked here."))
    if _is_empty(value):
        return [] if question.kind in GROUPING_KINDS else None
    if question.kind in GROUPING_KINDS and isinstance(value, list):
        return _options(question, value)
    if question.kind == "text" and isinstance(value, str):
        return clean_text(value, LONGEST) or None
    if question.kind == "number" and isinstance(value, int | float):
        return _number(question, float(value))
    raise Unreadable(gettext("This is not an answer to the question. Choose or write another."))


def _options(question: BackgroundQuestion, keys: Iterable[str]) -> list[str]:
    """Keys in the question's order, each once."""
    chosen = set(keys)
    known = [option.key for option in question.options]
    if not chosen <= set(known) or (question.kind == "single" and len(chosen) > 1):
        raise Unreadable(gettext("Choose from the answers that are offered."))
    return [key for key in known if key in chosen]


def _number(question: BackgroundQuestion, value: float) -> float:
    low, high = question.lower, question.upper
    # NaN is neither below a bound nor above it.
    if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
        raise Unreadable(_bounds(low, high))
    return value


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return gettext("Give a number from %(low)s to %(high)s.", low=f"{low:g}", high=f"{high:g}")
    if low is not None:
        return gettext("Give a number of %(low)s or more.", low=f"{low:g}")
    if high is not None:
        return gettext("Give a number of %(high)s or less.", high=f"{high:g}")
    return gettext("Give a number.")


def _stands(last: BackgroundAnswer | None, value: Value) -> bool:
    """Whether this is what was said last; nothing said, and nothing to say, is the same too."""
    before = last.value if last is not None else None
    return before == value or (_is_empty(before) and _is_empty(value))


def _is_empty(value: Value) -> bool:
    return value is None or value == [] or value == ""


def _refuse_closed(session: Session, participant: Participant) -> None:
    if not participant.survey.is_open(clock.now(session)):
        raise SurveyClosed(gettext("The survey is closed. You can still withdraw what you said."))
    if not has_agreed(session, participant):
        raise ConsentChanged()


def _answer(
    session: Session,
    participant: Participant,
    question: BackgroundQuestion,
    last: BackgroundAnswer | None,
    value: Value,
) -> BackgroundAnswer:
    now = clock.now(session)
    return BackgroundAnswer(
        participant_id=participant.id,
        background_question_id=question.id,
        revision=last.revision + 1 if last is not None else 1,
        survey_id=participant.survey_id,
        value=value,
        answered_at=clock.as_kept(now, participant.survey.protected),
    )
