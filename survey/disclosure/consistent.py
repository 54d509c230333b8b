"""What is shown of the crowd once tied questions are made consistent: a function of figures that are shown anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session

from ..aggregation.consistent import made_consistent, put_together, tied_to
from ..aggregation.event_space import event_space_of
from ..aggregation.publications import figures_on
from ..aggregation.rounding import rounded_probability
from ..aggregation.rules import headings
from ..aggregation.specification import Said
from ..models import Option, Question, Resolution, Survey
from ..store.engine import connection_of
from ..store.once import once
from .access import Viewer, may_see, seen_among

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
        Keys of all questions these rest on.
    """

    values: Mapping[str, float]
    moved: frozenset[str]
    made_of: frozenset[str]


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
    # Numbers and dates are in no event space: what hangs together are chances.
    if question.quantile_levels or not may_see(session, viewer, question):
        return None
    space = event_space_of(session, question.survey)
    tied = tied_to(space, question.key)
    # Alone it says what it says: nothing has to be read.
    if len(tied) < 2:
        return None
    told = told_on(session, viewer, question.survey, as_of, tied)
    direct = told.get(question.key)
    # The tied ones may be published on no such day, or not be shown to this viewer yet.
    if direct is None or len(told) < 2:
        return None
    made = made_consistent(space, told)[question.key]
    return Consistent(
        {option: rounded_probability(value) for option, value in made.items()},
        frozenset(option for option, value in made.items() if abs(value - direct[option]) >= WORTH_TELLING),
        frozenset(told),
    )


def consistent_on(session: Session, viewer: Viewer, survey: Survey, as_of: date, direct: Said) -> Said:
    """Figures of some questions, unrounded, each made consistent with all that it is tied to, see `get_consistent`.

    `direct` is what they are otherwise: figures of that day, or of one option that has come out since.
    """
    space = event_space_of(session, survey)
    made = made_consistent(
        space, told_on(session, viewer, survey, as_of, frozenset(key for key, _ in space.answers))
    )
    return put_together(direct, made)


#: Put together once: every page of a crowd asks it. A question as often as it has outcomes, and what each is about.
_questions = (
    select(Question.id, Question.key, Resolution.id, Option.key)
    .outerjoin(Resolution, Resolution.question_id == Question.id)
    .outerjoin(Option, Option.id == Resolution.option_id)
    .where(Question.survey_id == bindparam("survey"))
)


@once
def _outcomes(session: Session, survey: Survey) -> Sequence[tuple[int, str, int | None, str | None]]:
    """Each question as often as it has outcomes: its id and key, the outcome's id, what option that is about."""
    if "questions" not in inspect(survey).unloaded:
        # A page of many questions has read them with their outcomes.
        return [
            (
                question.id,
                question.key,
                made.id if made else None,
                made.option.key if made and made.option else None,
            )
            for question in survey.questions
            for made in (tuple(question.resolutions) or (None,))
        ]
    rows = connection_of(session).execute(_questions, {"survey": survey.id}).all()
    return [(one, key, outcome, option) for one, key, outcome, option in rows]


@once
def told_on(
    session: Session, viewer: Viewer, survey: Survey, as_of: date, keys: frozenset[str]
) -> dict[str, dict[str, float]]:
    """What headed the pages of some questions at the end of a day, unrounded, where this viewer may see it.

    Of what has an outcome, or was annulled, nothing is told: of a ladder or pair by option.
    """
    rows = _outcomes(session, survey)
    over: set[tuple[str, str | None]] = {
        (key, option) for _, key, outcome, option in rows if outcome is not None
    }
    ids = {one: key for one, key, *_ in rows if key in keys and (key, None) not in over}
    told = figures_on(session, survey, seen_among(session, viewer, survey, ids.keys()), as_of)
    found = {
        ids[one]: {
            option: value for option, value in headings(part).items() if (ids[one], option) not in over
        }
        for one, part in told.items()
    }
    return {key: options for key, options in found.items() if options}
