"""What was published of one question, computed again from its answers, one publication after the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from ...aggregation.figure_rows import figure_rows
from ...aggregation.rules import Figures
from ...aggregation.segments import ALL, READERS_WAY, crowd_figures, readers_figures
from ...aggregation.specification import Groups, QuestionSpec
from ...clock import day_date
from .answer_columns import Answers
from .question_rows import Row, day_of

#: Segment, option, method and statistic; the last three are empty where a segment stands as it was told before.
Place = tuple[str, str, str, str]
#: The day the figures are of, the value, and what is shown of it.
Cells = tuple[int, float | None, float | None]


@dataclass(frozen=True)
class Published:
    """A publication as the file tells it, without its figures.

    Attributes
    ----------
    as_of
        In days since 1970-01-01.
    erased_before
        The last day up to then on which somebody erased their answers.
    recomputes
        Of `export.figures.RECOMPUTES`: `yes`, or why not.
    """

    as_of: int
    people: int
    cell: int
    rule: str
    erased_before: date | None
    recomputes: str

    @classmethod
    def of(cls, row: Row) -> "Published":
        """A publication from its row."""
        erased = row["erased_before"]
        return cls(
            day_of(row["as_of"]),
            int(row["people"]),
            int(row["cell"]),
            row["rule"],
            date.fromisoformat(erased) if erased else None,
            row["recomputes"],
        )


def published_again(
    question: QuestionSpec,
    answers: Answers,
    groups: Groups,
    publications: Sequence[Published],
    told_of: Mapping[int, Mapping[str, int]],
) -> Iterator[tuple[Published, Figures | None]]:
    """The figures of each publication, in the order of their days; None of those that cannot be computed again.

    Parameters
    ----------
    told_of
        Day of each publication to its segments and the days these are of, as the file tells them: what stands of
        a segment since a publication that cannot be computed again decides whether it is told anew.
    """
    came = list(groups.entries.get(READERS_WAY, ()))
    readers = answers.anchored.where(np.isin(answers.anchored.participant, came))
    # The newest first, as segments look back.
    told: list[tuple[date, Figures]] = []
    for one in publications:
        figures = None
        if one.recomputes == "yes":
            spec = replace(question, rule=one.rule)
            figures = crowd_figures(
                spec,
                answers.as_of(one.as_of, answers.crowd),
                groups,
                one.as_of,
                one.cell,
                told,
                one.erased_before,
            )
            figures |= readers_figures(
                spec, answers.as_of(one.as_of, readers), one.as_of, one.cell, told, one.erased_before
            )
        stated = {name: {"as_of": day_date(day).isoformat()} for name, day in told_of[one.as_of].items()}
        told.insert(0, (day_date(one.as_of), stated if figures is None else figures))
        yield one, figures


def numbers_of(question: QuestionSpec, one: Published, figures: Figures) -> dict[Place, Cells]:
    """The rows of a publication, by their place."""
    found: dict[Place, Cells] = {}
    for segment, part in figures.items():
        of = day_of(part["as_of"]) if "as_of" in part else one.as_of
        if of == one.as_of:
            for option, method, statistic, value, shown in figure_rows(question, part):
                found[segment, option, method, statistic] = of, value, shown
        else:
            found[segment, "", "", ""] = of, None, None
    return found


def headed(question: QuestionSpec, rule: str, rows: Mapping[Place, Cells]) -> Figures:
    """The figures of everybody that head a page, from the rows of the file; for scores beside the crowd."""
    options: dict[str, dict[str, Any]] = {}
    for (segment, option, method, statistic), (_of, value, _shown) in rows.items():
        if segment == ALL and method:
            options.setdefault(option, {"rule": rule}).setdefault(method, {})[statistic] = value
    for told in options.values():
        if question.levels:
            # The file has a row a level; scores read the list that a publication keeps.
            told["parley"]["quantiles"] = [told["parley"][f"q{level:g}"] for level in question.levels]
    return {ALL: {"options": options}}


def by_day(publications: Iterable[Published]) -> list[Published]:
    """Publications, oldest first."""
    return sorted(publications, key=lambda one: one.as_of)
