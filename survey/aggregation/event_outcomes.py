"""Outcomes of events from the store: what scenarios and relations are about, see `known_outcomes`."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ..models import Event, Question, Resolution
from ..store.lifecycle import current_resolutions
from .known_outcomes import CameOut, KnownEvent, event_known
from .question_specs import event_of, option_by_id
from .specification import EventSpec


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
    outcomes = [came_out(question, made) for made in resolutions if not made.annulled]
    keys = [option.key for option in question.options]
    return event_known(question.kind, keys, outcomes, event_of(event))


def came_out(question: Question, made: Resolution) -> CameOut:
    """An outcome as a plain value; of one that was not annulled."""
    about = option_by_id(question, made.option_id)
    came = option_by_id(question, made.outcome_option_id)
    return CameOut(
        about.key if about else None,
        came.key if came else None,
        made.value == 1,
        made.known_from.date(),
    )
