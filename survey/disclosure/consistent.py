"""What is shown of the crowd once tied questions are made consistent: a function of figures that are shown anyway."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..aggregation.consistent import made_consistent, tied_to
from ..aggregation.event_space import Said, event_space_of
from ..aggregation.publications import dated_figures, publications_of
from ..aggregation.rules import Figures, heading
from ..aggregation.segments import ALL
from ..models import Question, Survey
from ..store.lifecycle import current_resolutions
from .access import Viewer, may_see
from .rounding import rounded_probability

#: Half a point: what is moved by less is one figure, told by its rounding alone.
WORTH_TELLING = 0.005


@dataclass(frozen=True)
class Consistent:
    """A question's figures made consistent with those it is tied to, rounded for people to read.

    Attributes
    ----------
    values
        Key of an option to its chance, as a fraction.
    moved
        Keys of those that lie half a point or more from what was asked directly, before rounding.
    made_of
        Every question these rest on, in the survey's order.
    """

    values: Mapping[str, float]
    moved: frozenset[str]
    made_of: tuple[Question, ...]


def get_consistent(session: Session, viewer: Viewer, question: Question, as_of: date) -> Consistent | None:
    """A question's crowd, made consistent with what stood of the tied questions at the end of a day.

    What has come out is known and is no forecast any more: it is left out, as are questions whose crowd this viewer
    may not see yet.

    Returns
    -------
    Consistent or None
        None where this viewer may not see the question itself, or nothing else is told: the figures of one question
        always go together.
    """
    if question.quantile_levels or not may_see(session, viewer, question):
        return None
    tied = tied_to(event_space_of(question.survey), question.key)
    told = _told_on(session, viewer, (one for one in question.survey.questions if one.key in tied), as_of)
    if question not in told or len(told) < 2:
        return None
    direct = told[question]
    made = made_consistent(event_space_of(question.survey), _by_key(told))[question.key]
    return Consistent(
        {option: rounded_probability(value) for option, value in made.items()},
        frozenset(option for option, value in made.items() if abs(value - direct[option]) >= WORTH_TELLING),
        tuple(told),
    )


def consistent_on(session: Session, viewer: Viewer, survey: Survey, as_of: date, direct: Said) -> Said:
    """Figures of some questions, unrounded, each made consistent with all that it is tied to, see `get_consistent`.

    `direct` is what they are otherwise: figures of that day, or of one option that has come out since.
    """
    told = _told_on(session, viewer, survey.questions, as_of)
    made = made_consistent(event_space_of(survey), _by_key(told))
    return {key: {**options, **_within(options, made.get(key, {}))} for key, options in direct.items()}


def headings(part: Figures) -> dict[str, float]:
    """What heads the page of each option, of everybody or of a segment, unrounded; of numbers nothing."""
    return {
        key: float(heading(told)["value"])
        for key, told in part["options"].items()
        if "value" in heading(told)
    }


def _by_key(told: Mapping[Question, dict[str, float]]) -> Said:
    return {question.key: options for question, options in told.items()}


def _within(options: Mapping[str, float], made: Mapping[str, float]) -> dict[str, float]:
    return {option: value for option, value in made.items() if option in options}


def _told_on(
    session: Session, viewer: Viewer, questions: Iterable[Question], as_of: date
) -> dict[Question, dict[str, float]]:
    """What stood of some questions at the end of a day, where this viewer may see it, by question and option."""
    seen = [one for one in questions if not one.quantile_levels and may_see(session, viewer, one)]
    publications_of(session, seen)
    found = {question: _told(session, question, as_of) for question in seen}
    return {question: options for question, options in found.items() if options}


def _told(session: Session, question: Question, as_of: date) -> dict[str, float]:
    """Of one question: of the last figures by then, those options whose outcome is not known."""
    known = {made.option_id for made in current_resolutions(session, question)}
    told = [one for one in dated_figures(session, question) if one.as_of <= as_of]
    if not told or None in known:
        return {}
    over = {option.key for option in question.options if option.id in known}
    return {key: value for key, value in headings(told[-1].figures[ALL]).items() if key not in over}
