"""Outcomes of events as plain values: whether what scenarios and relations are about came true, and since when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .specification import EventSpec


@dataclass(frozen=True)
class KnownEvent:
    """Whether an event came true, and the UTC day on which one could first know."""

    came: bool
    since: date


@dataclass(frozen=True)
class CameOut:
    """What came out of a question, and was not annulled.

    Attributes
    ----------
    about
        Key of the date of a ladder or branch of a pair; None: the question as a whole.
    option
        Key of the option that came true; None where it was no option.
    happened
        Whether it happened, where it was no option.
    """

    about: str | None
    option: str | None
    happened: bool
    since: date


def event_known(
    kind: str, options: Sequence[str], outcomes: Iterable[CameOut], event: EventSpec
) -> KnownEvent | None:
    """What is known of an event of a question of this kind, of whose outcomes these stand; None where nothing is.

    Of a ladder: a yes by the event's date or an earlier one says so, a no by that date or a later one says not; the
    earliest that says it tells since when.
    """
    said = list(outcomes)
    if kind == "ladder":
        place = max(map(options.index, event.options))
        said = [one for one in said if one.about is not None and _says(one, options.index(one.about), place)]
    if not said:
        return None
    first = min(said, key=lambda one: one.since)
    happened = first.happened if first.option is None else first.option in event.options
    return KnownEvent(happened == event.holds, first.since)


def _says(one: CameOut, rung: int, place: int) -> bool:
    return rung <= place if one.happened else rung >= place
