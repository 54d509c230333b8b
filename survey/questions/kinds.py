"""Every kind of question there is, by its name. A new one is a file here and a line below."""

from typing import TYPE_CHECKING

from .base import Kind
from .binary import Binary
from .choice import Choice
from .date import Date
from .ladder import Ladder
from .numeric import Numeric
from .ordered import Ordered
from .pair import Pair

if TYPE_CHECKING:
    from ..models.question import Question

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (Binary(), Choice(), Ordered(), Ladder(), Numeric(), Date(), Pair())
}


def kind_of(question: "Question") -> Kind:
    """The kind of a question."""
    return KINDS[question.kind]
