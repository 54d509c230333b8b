"""How coherent each person was, computed again from their answers and from what is declared."""

from collections.abc import Iterable, Iterator, Sequence, Set

from scoring.coherence import EventSpace

from ...aggregation.incoherence import Answer, incoherence_rows, standing_answers, tied_components
from ..damage import NotABundle
from . import answer_columns
from .answer_columns import answers_of
from .bundle import Bundle
from .memberships import People
from .question_rows import Row, day_of, listed, question_spec
from .report import Report

COLUMNS = ("answered", "distance", "clashing_ids", "guaranteed_loss")
#: What a row is about: whose answers, and to which questions that hang together.
Place = tuple[str, str]
Cells = tuple[float, float, str, float | None]


def compare_coherence(bundle: Bundle, space: EventSpace, questions: Sequence[Row], people: People) -> Report:
    """Compute `coherence.csv` again, and compare.

    Raises
    ------
    NotABundle
        Where a table is missing, or a cell cannot be read.
    """
    report, stated = Report(), bundle.required("coherence")
    try:
        said = {(row["participant_id"], row["component_id"]): _cells(row) for row in stated}
        days = {row["as_of"] for row in stated}
        made = dict(_computed(bundle, space, questions, people, days.pop())) if len(days) == 1 else {}
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
    bundle: Bundle, space: EventSpace, questions: Sequence[Row], people: People, as_of: str
) -> Iterator[tuple[Place, Cells]]:
    tied = {key for component in tied_components(space) for key in component.questions}
    rows = {row["question_id"]: row for row in questions if row["question_id"] in tied}
    answers = {}
    for key, columns in bundle.by_question("forecasts_long", answer_columns.COLUMNS):
        if key in rows:
            spec, invented = question_spec(rows[key]), rows[key]["simulated"] == "true"
            answers[key] = spec, answers_of(spec, columns, people.names, simulated=invented).scored
    standing = standing_answers(space, answers, day_of(as_of), _known(bundle, rows.values(), as_of))
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
