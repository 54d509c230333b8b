"""What figures and scores of a question rest on beside its own columns: days, and the numbers it may have."""

from sqlalchemy.orm import Session

from ..aggregation.question_specs import last_scored_day, spec_of
from ..clock import day_date
from ..models import Question, Snapshot
from .cells import Value, cell
from .declaration import Column
from .outcomes import standing_outcomes

COLUMNS = (
    Column("whole", "boolean", "Whether its numbers are whole, or days; empty of chances"),
    Column(
        "last_open_days",
        "string",
        "The last day on which each option took answers, as option=day, joined by |",
    ),
    Column(
        "last_scored_days", "string", "The last day that is scored of each outcome, in the order of outcome"
    ),
    Column(
        "simulated",
        "boolean",
        "Whether the survey is a demonstration, in which invented people count",
        required=True,
    ),
)


def question_days(session: Session, snapshot: Snapshot, question: Question) -> list[Value]:
    """The cells of `COLUMNS` of a question."""
    spec = spec_of(question)
    scored = {
        f"{made.option.key}=" if made.option else "": last_scored_day(question, made)
        for made in standing_outcomes(session, snapshot, question)
    }
    return [
        spec.whole if spec.levels else None,
        "|".join(f"{key}={cell(day_date(day))}" for key, day in spec.open_until.items()),
        "|".join(f"{about}{cell(day_date(day))}" for about, day in sorted(scored.items())) or None,
        question.survey.simulated,
    ]
