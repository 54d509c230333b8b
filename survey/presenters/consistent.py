"""Both figures of a crowd in words: what was asked directly, and what it is made consistent with tied questions."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from .. import disclosure
from ..disclosure import Shown, Viewer
from ..i18n.formatting import percent
from ..i18n.locale import gettext as _
from ..i18n.locale import ngettext
from ..models import Question


@dataclass(frozen=True)
class BothFigures:
    """A figure that repair moves by half a point or more, so that it is told as two.

    Attributes
    ----------
    direct, consistent
        As pages tell them; never the same.
    others
        How many tied questions the second rests on besides its own.
    """

    direct: str
    consistent: str
    others: int

    @property
    def sentence(self) -> str:
        """Both, where there is room for a sentence."""
        return ngettext(
            "Asked directly %(direct)s; made consistent with %(num)s question that it is tied to %(made)s.",
            "Asked directly %(direct)s; made consistent with the %(num)s questions that it is tied to %(made)s.",
            self.others,
            direct=self.direct,
            made=self.consistent,
        )

    @property
    def mark(self) -> str:
        """The second alone, behind the first in a row."""
        return _("made consistent: %(chance)s", chance=self.consistent)


def both_figures(
    session: Session, viewer: Viewer, question: Question, shown: Shown, option: str
) -> BothFigures | None:
    """Both figures of an option as this viewer is shown them; None where one figure tells it all."""
    made = disclosure.get_consistent(session, viewer, question, shown.as_of)
    if made is None or option not in made.moved:
        return None
    direct, consistent = percent(shown.options[option].value), percent(made.values[option])
    return None if direct == consistent else BothFigures(direct, consistent, len(made.made_of) - 1)
