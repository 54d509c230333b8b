"""Outcomes of events: whether what scenarios and relations are about came true, and since when that is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..models import Event, Question, Resolution
from ..store.lifecycle import current_resolutions
from .question_specs import event_of, option_by_id
from .specification import EventSpec


@dataclass(frozen=True)
class KnownEvent:
    """Whether an event came true, and the UTC day on which one could first know."""

    came: bool
    since: date


def known_events(session: Session, events: Iterable[Event]) -> dict[EventSpec, KnownEvent]:
    """Those of some events whose outcome stands; of annulled questions nothing is known."""
    found = {event_of(event): known_event(session, event) for event in events}
    return {event: known for event, known in found.items() if known is not None}


def known_event(session: Session, event: Event) -> KnownEvent | None:
    """What stands of the outcome of one event; None where it is not known, or annulled."""
    return event_given(event, current_resolutions(session, event.question))


def event_given(event: Event, resolutions: Iterable[Resolution]) -> KnownEvent | None:
    """What would be known of an event were these the resolutions of its question, stored or not."""
    question = event.question
    standing = [one for one in resolutions if not one.annulled]
    if question.kind == "ladder":
        return _known_by(question, standing, event)
    for made in standing:
        happened = (
            made.outcome_option_id in {option.id for option in event.options}
            if made.outcome_option_id is not None
            else made.value == 1
        )
        return KnownEvent(happened == event.holds, made.known_from.date())
    return None


def _known_by(question: Question, standing: Sequence[Resolution], event: Event) -> KnownEvent | None:
    """Of a ladder: a yes by this date or an earlier one says so, a no by this date or a later one says not."""
    position = max(option.position for option in event.options)
    for made in standing:
        rung = option_by_id(question, made.option_id)
        if rung is None:
            continue
        happened = made.value == 1
        if rung.position <= position if happened else rung.position >= position:
            return KnownEvent(happened == event.holds, made.known_from.date())
    return None
