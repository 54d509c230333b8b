"""How people's incoherence is distributed, in words: for those who run a survey; and why there is none."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..disclosure import NoIncoherence, ShownIncoherence
from ..i18n.formatting import number, percent
from ..i18n.locale import gettext as _
from ..models import Survey
from .coherence import declared

#: A label, the share in whole percent, and the share in words.
Bar = tuple[str, int, str]


@dataclass(frozen=True)
class IncoherenceInWords:
    """What the page shows of it; `clear` is empty where too few are on one side."""

    as_of: date
    people: int
    clear: str
    cells: list[Bar]
    relations: list[Bar]


def incoherence_in_words(session: Session, survey: Survey, shown: ShownIncoherence) -> IncoherenceInWords:
    """The shares with their labels; relations in the words in which they were declared."""
    sentences = declared(session, survey)
    return IncoherenceInWords(
        shown.as_of,
        shown.people,
        percent(shown.clear) if shown.clear is not None else "",
        [_bar(_between(low, high, at == 0), share) for at, (low, high, share) in enumerate(shown.cells)],
        [_bar(sentences.get(key, key), share) for key, share in shown.relations],
    )


def why_none(reason: NoIncoherence, survey: Survey) -> str:
    """Why there is nothing to see."""
    return {
        NoIncoherence.ORGANIZERS_ONLY: _("Only those who run the survey see it."),
        NoIncoherence.PILOT: _("This is a trial: nothing is computed of what anybody answered."),
        NoIncoherence.OPEN: _(
            "Anybody may join this survey, so what people say is moved by chance before anything is computed of it."
            " That alone breaks relations, and would look as if people had. Participants see their own clashes."
        ),
        NoIncoherence.UNTIED: _(
            "No two questions of this survey hang together by a relation or a condition, so no answers can clash."
        ),
        NoIncoherence.AWAITED: _(
            "It will stand here once %(people)s people have answered two questions that hang together,"
            " from the day after.",
            people=survey.cell,
        )
        if survey.publication != "at close"
        else _("It will stand here when these questions have closed, if enough people have answered them."),
    }[reason]


def _bar(label: str, share: float) -> Bar:
    return label, round(100 * share), percent(share)


def _between(low: float, high: float, with_clear: bool) -> str:
    """A cell of distances in points; the first has those who have no clash."""
    if high == 0:
        return _("no clash")
    least, most = number(round(100 * low)), number(round(100 * high))
    if with_clear:
        return _("no clash, or below %(most)s", most=most) if high < 1 else _("all")
    if low == 0 and high == 1:
        return _("with a clash")
    if low == 0:
        return _("below %(most)s", most=most)
    return _("%(least)s or more", least=least) if high == 1 else f"{least}–{most}"
