"""What came out of a question, and whether it can have: its kind, its times, what is known already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.event_outcomes import known_event
from ..errors import InvalidAnswer
from ..i18n.locale import gettext
from ..models import Question, Resolution
from ..questions import kind_of
from ..store.lifecycle import current_resolutions

YES_OR_NO = ("binary", "ladder", "pair")
OPTIONS = ("choice", "ordered")


class InvalidOutcome(InvalidAnswer):
    """An outcome that cannot be; nothing was resolved."""

    title = _("Nothing was resolved")


@dataclass(frozen=True)
class Outcome:
    """What came out.

    Attributes
    ----------
    known_from
        From this moment (aware) on one could know. What was received on its UTC day or later is not scored.
    source
        Where it can be checked.
    value
        1 or 0 for binary, a rung, a branch; the number; days since 1970-01-01.
    option
        Key of the option that came true, for choice and ordered.
    about
        Key of the ladder's rung, or of the pair's branch whose condition came true; the other is annulled.
    annulled
        Nothing can be scored; of a ladder or pair without `about` all parts.
    """

    known_from: datetime
    source: str
    why: str = ""
    value: float | None = None
    option: str | None = None
    about: str | None = None
    annulled: bool = False


def check(session: Session, question: Question, outcome: Outcome, holds: bool | None) -> None:
    """Refuse an outcome that cannot be, with the sentence of every field at once.

    Parameters
    ----------
    holds
        Whether the condition it is asked under came true; None where there is none, or it is not known.

    Raises
    ------
    InvalidOutcome
        With fields `outcome`, `known_from`, `source`.
    """
    errors = _outcome_faults(question, outcome, holds)
    errors |= _time_faults(session, question, outcome) | _source_faults(outcome)
    if errors:
        raise InvalidOutcome(errors)


def _time_faults(session: Session, question: Question, outcome: Outcome) -> dict[str, str]:
    if outcome.known_from > clock.now(session):
        return {
            "known_from": gettext("This moment has not come yet; give the one from which one could know.")
        }
    # What came in on its day or later is not scored: of a question that was not open yet, everything.
    if outcome.known_from < question.opens_at:
        time = f"{question.opens_at:%Y-%m-%d %H:%M}"
        return {"known_from": gettext("The question opened at %(time)s UTC; give a later moment.", time=time)}
    return {}


def _source_faults(outcome: Outcome) -> dict[str, str]:
    if not outcome.source.strip():
        return {"source": gettext("Name the source, so that others can check the outcome.")}
    return {}


def _outcome_faults(question: Question, outcome: Outcome, holds: bool | None) -> dict[str, str]:
    """What is wrong with what came out, as the sentence beside its field."""
    fault = _about_fault(question, outcome) or (
        _annulled_fault(outcome) if outcome.annulled else _value_fault(question, outcome)
    )
    fault = fault or _condition_fault(question, outcome, holds)
    return {"outcome": fault} if fault else {}


def _about_fault(question: Question, outcome: Outcome) -> str | None:
    keys = {option.key for option in question.options} if question.kind in ("ladder", "pair") else set()
    if outcome.about is not None and outcome.about not in keys:
        return gettext("The question has no such part.")
    if outcome.about is None and keys and not outcome.annulled:
        return gettext("Say which date or branch the outcome is about.")
    if outcome.annulled and question.kind == "pair" and outcome.about is not None:
        return gettext("Annul the whole pair: the other branch is annulled by itself.")
    return None


def _annulled_fault(outcome: Outcome) -> str | None:
    if outcome.value is not None or outcome.option is not None:
        return gettext("Either it is annulled, or there is an outcome; not both.")
    return None


def _value_fault(question: Question, outcome: Outcome) -> str | None:
    """Whether the outcome is one the kind of question can have."""
    if question.kind in OPTIONS:
        right = outcome.option in {option.key for option in question.options} and outcome.value is None
        return None if right else gettext("Choose the option that came true.")
    if outcome.option is not None or outcome.value is None or not np.isfinite(outcome.value):
        return gettext("The question cannot have this outcome.")
    if question.kind in YES_OR_NO:
        return None if outcome.value in (0, 1) else gettext("The outcome is yes or no.")
    return _number_fault(question, outcome.value)


def _number_fault(question: Question, value: float) -> str | None:
    """What the kind would refuse of a forecast cannot come out either."""
    kind = kind_of(question)
    return kind.fault(question, kind.slots(question, question.options)[0], value)


def _condition_fault(question: Question, outcome: Outcome, holds: bool | None) -> str | None:
    """An outcome needs a condition that came true, where it is known how that came out."""
    if holds is None or outcome.annulled:
        return None
    if question.kind != "pair":
        return None if holds else gettext("Its condition did not come true: it can only be annulled.")
    if outcome.about is not None and question.option(outcome.about).given_holds != holds:
        return gettext("The condition came out the other way; the outcome belongs to the other branch.")
    return None


def refuse_incoherent(question: Question, resolutions: Sequence[Resolution]) -> None:
    """A ladder that says yes by one date and no by a later one contradicts itself."""
    if question.kind != "ladder":
        return
    said = {resolution.option_id: resolution.value for resolution in resolutions if not resolution.annulled}
    happened = False
    for rung in question.options:
        if happened and said.get(rung.id) == 0:
            sentence = gettext("What had happened by an earlier date has happened by a later one as well.")
            raise InvalidOutcome({"outcome": sentence})
        happened = happened or said.get(rung.id) == 1


def condition_holds(session: Session, question: Question) -> bool | None:
    """Whether the condition a question is asked under came true; None where that is not known."""
    if question.condition is None:
        return None
    known = known_event(session, question.condition.event)
    return None if known is None else known.came


def is_overtaken(session: Session, question: Question) -> bool:
    """Whether a question's outcome does not fit its condition's: annulled, and it came true; scored, and it did not.

    A branch or question that was annulled after its condition was known is annulled for a reason of its own.
    """
    if question.condition is None:
        return False
    condition = question.condition.event.question
    decided = current_resolutions(session, condition)
    standing = current_resolutions(session, question)
    if not decided or not standing:
        return False
    holds = condition_holds(session, question)
    if holds is None:
        return all(one.annulled for one in decided) and not all(one.annulled for one in standing)
    since = max(one.resolved_at for one in decided)
    asked = {option.id for option in question.options if option.given_holds in (None, holds)}
    if question.kind == "pair":
        return any(
            one.annulled and one.option_id in asked and one.resolved_at < since for one in standing
        ) and all(one.annulled for one in standing)
    if not holds:
        return not all(one.annulled for one in standing)
    return all(one.annulled and one.resolved_at < since for one in standing)
