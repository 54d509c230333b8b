"""Questions, events and relations as plain data: what a coherent forecast is to obey, and how an event is written.

The words are those of a question bank, so that a survey hands over what it has declared. Numbers and dates that are
asked as quantiles have no events and are left out by whoever calls.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

QuestionKind = Literal["binary", "choice", "ordered", "ladder", "pair"]
RelationKind = Literal["implies", "equals", "excludes", "partition", "never", "total"]

#: The options of a yes-or-no question, and of a conditional pair.
YES, IF_YES, IF_NO = "yes", "if_yes", "if_no"
_EVENT = re.compile(r"(!?)([^@=><!|]+?)(?:(@|>=|=)(.+))?")
#: How many events each kind of relation has: fewest and most.
_EVENTS = {"implies": (2, 2), "equals": (2, 2), "total": (1, 1)}


@dataclass(frozen=True)
class Event:
    """An event of one question: its outcome is among `options` (`holds`), or is not, where the question applies.

    Of a ladder the one option is a deadline: it happens by then. An event of a question with a condition lies inside
    the condition.
    """

    question: str
    options: tuple[str, ...]
    holds: bool = True


@dataclass(frozen=True)
class Question:
    """A discrete question: what is asked of it, and the condition under which.

    Attributes
    ----------
    key
        Its name; differs from every other's.
    kind
        `binary` · `choice`, `ordered`: exactly one option · `ladder`: by each deadline · `pair`: the probability
        of an event if `given` holds and if not; which event says a relation of kind `total`.
    options
        Options or deadlines, the earliest first. Left out for `binary` and `pair`, whose options are `yes`, and
        `if_yes` and `if_no`.
    given
        The condition: needed for a pair; a binary question with one is asked for its chance inside it.
    """

    key: str
    kind: QuestionKind
    options: tuple[str, ...] = ()
    given: Event | None = None

    def __post_init__(self) -> None:
        own = {"binary": (YES,), "pair": (IF_YES, IF_NO)}.get(self.kind)
        if own:
            # Frozen, so that a space can be kept by its declarations; this is how one fills itself in.
            object.__setattr__(self, "options", own)
        elif self.kind not in ("choice", "ordered", "ladder"):
            raise ValueError(f"kind of {self.key!r} must be one with events, got {self.kind!r}")
        fewest = 2 if self.kind in ("choice", "ordered") else 1
        if len(set(self.options)) < max(fewest, len(self.options)):
            raise ValueError(
                f"options of {self.key!r} must be {fewest} or more and differ, got {self.options}"
            )
        if self.kind == "pair" and self.given is None:
            raise ValueError(f"given of {self.key!r} must be an event: a pair is conditional on it")
        if self.kind in ("choice", "ordered", "ladder") and self.given is not None:
            raise ValueError(f"given of {self.key!r} must be left out for a question of kind {self.kind}")


@dataclass(frozen=True)
class Relation:
    """A strict relation between events: logic, not an assumption.

    ========== =================================================================
    kind       what it says
    ========== =================================================================
    implies    if the first then the second
    equals     both or neither
    excludes   at most one of them
    partition  exactly one of them
    never      not all of them together
    total      the one event is what the conditional `pair` is asked for
    ========== =================================================================
    """

    key: str
    kind: RelationKind
    events: tuple[Event, ...]
    pair: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in (*_EVENTS, "excludes", "partition", "never"):
            raise ValueError(f"kind of {self.key!r} must be a relation's, got {self.kind!r}")
        fewest, most = _EVENTS.get(self.kind, (1 if self.kind == "never" else 2, None))
        if len(self.events) < fewest or (most and len(self.events) > most):
            wanted = str(fewest) if most else f"{fewest} or more"
            raise ValueError(f"events of {self.key!r} must be {wanted}, got {len(self.events)}")
        if (self.kind == "total") != (self.pair is not None):
            raise ValueError(
                f"pair of {self.key!r} must be named by a relation of kind total, and by no other"
            )


def read_event(text: str, questions: Iterable[Question]) -> Event:
    """An event from its short syntax.

    Parameters
    ----------
    text
        `key` (a yes-or-no question), `key@deadline`, `key=a|b`, `key>=a` (of an ordered choice: that option or a
        later one); `!` before it: does not hold.
    questions
        Those that it may be about.

    Raises
    ------
    ValueError
        If it is not written so, names no question or option, or asks of a kind what that kind has not.

    Examples
    --------
    >>> form = Question("form", "ordered", ("none", "some", "full"))
    >>> read_event("form>=some", [form])
    Event(question='form', options=('some', 'full'), holds=True)
    >>> read_event("!form=none", [form]).holds
    False
    """
    found = _EVENT.fullmatch(text.strip())
    known = {question.key: question for question in questions}
    if not found or found[2] not in known:
        raise ValueError(f"text must be an event of a question there is, got {text!r}")
    question, sign = known[found[2]], found[3]
    kinds = {None: ("binary",), "@": ("ladder",), "=": ("choice", "ordered"), ">=": ("ordered",)}[sign]
    if question.kind not in kinds:
        raise ValueError(f"text must suit a question of kind {question.kind}, got {text!r}")
    named = tuple(found[4].split("|")) if sign else (YES,)
    for option in named:
        if option not in question.options or (sign in ("@", ">=") and len(named) > 1):
            raise ValueError(f"text must name options of {list(question.options)}, got {text!r}")
    if sign == ">=":
        named = question.options[question.options.index(named[0]) :]
    options = tuple(option for option in question.options if option in named)
    return Event(question.key, options, holds=not found[1])
