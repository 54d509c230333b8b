"""The kinds of questions: what each asks, how its numbers are read and checked, and the rows they leave.

A form is made of `answer_fields`, and `read` makes rows of it; `read_json` does so for the JSON interface.
`read_entries` and `read_json_entries` stop before the checks, for an action that makes them under its lock.
"""

from ..i18n.normalization import Unreadable
from .base import Beyond, EnteredValue, Kind, Row, Slot
from .form_binding import (
    answer_fields,
    as_entered,
    input_format,
    place_errors,
    read,
    read_entries,
    read_json,
    read_json_entries,
)
from .kinds import KINDS, kind_of

__all__ = [
    "KINDS",
    "Beyond",
    "EnteredValue",
    "Kind",
    "Row",
    "Slot",
    "Unreadable",
    "answer_fields",
    "as_entered",
    "input_format",
    "kind_of",
    "place_errors",
    "read",
    "read_entries",
    "read_json",
    "read_json_entries",
]
