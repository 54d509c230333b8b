"""How coherent each person was, computed again from their answers and from what is declared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from scoring.coherence import EventSpace

from ...aggregation.incoherence import Answer, incoherence_rows, standing_answers
from ...aggregation.specification import ForecastArrays, QuestionSpec
from ..damage import NotABundle
from .bundle import Bundle
from .memberships import People
from .question_rows import Row, day_of, listed
from .report import Report

COLUMNS = ("answered", "distance", "clashing_ids", "guaranteed_loss")
#: What a row is about: whose answers, and to which questions that hang together.
Place = tuple[str, str]
Cells = tuple[float, float, str, float | None]
#: By key of a question: what it is, and every answer of the people who are scored.
Scored = Mapping[str, tuple[QuestionSpec, ForecastArrays]]


def compare_coherence(
    bundle: Bundle, space: EventSpace, questions: Sequence[Row], people: People, scored: Scored
) -> Report:
    """Compute `coherence.csv` again, and compare.

    Parameters
    ----------
    scored
        What was answered to the questions that hang together.

    Raises
    ------
    NotABundle
        Where a table is missing, or a cell cannot be read.
    """
    report, stated = Report(), bundle.required("coherence")
    try:
        said = {(row["participant_id"], row["component_id"]): _cells(row) for row in stated}
        days = {row["as_of"] for row in stated}
        made = dict(_computed(bundle, space, questions, people, scored, days.pop())) if len(days) == 1 else {}
    except (KeyError, ValueError, IndexError) as error:
        raise NotABundle(f"coherence.csv, or what it follows from, can't be read: {error!r}.") from error
    for place in {**made, **said}:
        row = ", ".join(place)
        if place not in said or place not in made:
            told = ("a row" if place in rows else None for rows in (said, made))
            report.compare("coherence", row, "row", *told)
            continue
        for column, stands, follows in zip(COLUMNS, said[place], made[place], strict=True):
            report.compare("coherence", row, column, stands, follows)
    return report


def _cells(row: Row) -> Cells:
    loss = row["guaranteed_loss"]
    return float(row["answered"]), float(row["distance"]), row["clashing_ids"], float(loss) if loss else None


def _computed(
    bundle: Bundle, space: EventSpace, questions: Sequence[Row], people: People, scored: Scored, as_of: str
) -> Iterator[tuple[Place, Cells]]:
    tied = [row for row in questions if row["question_id"] in scored]
    standing = standing_answers(space, scored, day_of(as_of), _known(bundle, tied, as_of))
    for found in incoherence_rows(space, standing):
        cells = float(found.answered), found.distance, "|".join(found.clashing), found.loss
        yield (str(people.names[found.participant]), found.component), cells


def _known(bundle: Bundle, questions: Iterable[Row], as_of: str) -> Set[Answer]:
    """What had come out, or was annulled, by the end of the day: no forecast any more."""
    options = {row["question_id"]: listed(row["option_ids"]) for row in questions}
    return {
        (row["question_id"], option)
        for row in bundle.required("resolutions")
        if row["resolved_date"] <= as_of and row["question_id"] in options
        for option in ([row["option_id"]] if row["option_id"] else options[row["question_id"]])
    }
