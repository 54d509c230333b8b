"""How people's incoherence is distributed, as those who run a survey are told it.

One division of people: without a clash, and by distance with one. A share is told where so many people are on both
of its sides; cells of fewer are joined with their neighbours, and relations are withheld that would tell of fewer by
subtraction. It stands with its day until five people have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..aggregation.incoherence import EDGES
from ..aggregation.rounding import merged_bins, rounded_people, rounded_share
from ..aggregation.tied_arrays import tied_questions
from ..models import IncoherenceFigures, Survey
from .access import Viewer


class NoIncoherence(StrEnum):
    """Why there is nothing to see; only the last depends on what others did."""

    ORGANIZERS_ONLY = "organizers only"
    PILOT = "pilot"
    #: Anybody may join: answers are moved before anything is computed of them, and no relation survives that.
    OPEN = "open to anybody"
    #: No two questions hang together.
    UNTIED = "untied"
    AWAITED = "awaited"


@dataclass(frozen=True)
class ShownIncoherence:
    """Of those who answered two questions that hang together; shares to a hundredth.

    Attributes
    ----------
    people
        About how many they are.
    clear
        The share of them whose answers go together, to within half a point each; None where too few are on one side.
    cells
        `(from, to, share)` by distance in probability; the first begins with those who have no clash, and is these
        alone where it ends at 0. None where all would be in one.
    relations
        `(key, share)` of those who clash by it, the most first; people may clash by several.
    """

    as_of: date
    people: int
    clear: float | None
    cells: Sequence[tuple[float, float, float]]
    relations: Sequence[tuple[str, float]]


def get_incoherence(session: Session, viewer: Viewer, survey: Survey) -> ShownIncoherence | NoIncoherence:
    """How people's incoherence was distributed when it was told last."""
    never = _never(session, viewer, survey)
    if never is not None:
        return never
    query = select(IncoherenceFigures).filter_by(survey_id=survey.id)
    made = session.scalar(query.order_by(IncoherenceFigures.as_of.desc()).limit(1))
    if made is None:
        return NoIncoherence.AWAITED
    figures, cell = made.figures, survey.cell
    people, clear = figures["people"], figures["clear"]
    both_sides = min(clear, people - clear) >= cell
    cells = merged_bins(figures["distances"], EDGES, cell)
    clashing = sorted(figures["relations"].items(), key=lambda one: (-one[1], one[0])) if both_sides else []
    return ShownIncoherence(
        made.as_of,
        rounded_people(people),
        rounded_share(clear / people) if both_sides else None,
        cells if len(cells) > 1 else [],
        [(key, rounded_share(count / people)) for key, count in clashing],
    )


def _never(session: Session, viewer: Viewer, survey: Survey) -> NoIncoherence | None:
    if not viewer.runs_survey:
        return NoIncoherence.ORGANIZERS_ONLY
    if survey.pilot:
        return NoIncoherence.PILOT
    if survey.guarded:
        return NoIncoherence.OPEN
    return None if tied_questions(session, survey) else NoIncoherence.UNTIED
