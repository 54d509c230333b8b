"""`hub/`: what was published as a hub of forecasts, in the layout of hubverse: its tools read, score and plot it.

One model for each method that is shown, one round for each UTC day with publications, of everybody alone. A question
is a `target`; the condition of a branch, which hubverse has no column for, is a task id of our own, `given`. Nobody's
own forecasts are here: they stand once, in `forecasts_long.csv`, which has the same `output_type` and `value`.

References: https://docs.hubverse.io/en/latest/user-guide/model-output.html, …/target-data.html.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter

from sqlalchemy.orm import Session

from scoring.pools.catalog import SHOWN

from ..aggregation.rules import Figures
from ..aggregation.segments import ALL
from ..aggregation.specification import POOLED
from ..models import Question, Resolution, Snapshot
from ..questions import kind_of
from .cells import Value, csv_lines
from .figures import published
from .outcomes import standing_outcomes
from .questions import given_of

#: Columns of a file of model output, and of what came out.
COLUMNS = ("origin_date", "target", "given", "output_type", "output_type_id", "value")
ORACLE_COLUMNS = ("target", "given", "output_type", "output_type_id", "oracle_value")
#: `given` of what is asked under no condition: an empty cell some readers take for a text, others for a gap.
ALWAYS = "unconditional"
#: The two categories of what is asked as one probability.
#: hubverse wants the chances of a `pmf` to add up to 1: one alone would be refused.
SIDES = ("yes", "no")
NONE_YET = "There is no hub/: by then nothing had been published."
#: Rounding leaves a sum of chances, or a step of a ladder, no further off than this.
SAME = 1e-9


@dataclass(frozen=True)
class HubTask:
    """A modeling task: what is forecast of a question, under one condition.

    Attributes
    ----------
    options
        Keys of the options whose figures make it, in order.
    output_type
        `pmf`, `cdf` or `quantile`.
    ids
        Its `output_type_id`, in order: categories, dates of a ladder, or levels.
    """

    target: str
    given: str
    options: tuple[str, ...]
    output_type: str
    ids: tuple[str | float, ...]

    def values(self, told: Mapping[str, Figures], method: str) -> list[float] | None:
        """A method's numbers in the order of `ids`, unrounded; None where they are no whole distribution.

        A rung that too few people answered is not told, and the median of a ladder may fall where latecomers answered
        other rungs: a file of a hub has all of a task or nothing, and a ladder never falls there.
        """
        if not told.keys() >= set(self.options):
            return None
        if self.output_type == "quantile":
            levels: list[float] = told[self.options[0]][method]["quantiles"]
            return levels
        found = [float(told[key][method]["value"]) for key in self.options]
        if self.ids == SIDES:
            return [found[0], 1 - found[0]]
        falls = self.output_type == "cdf" and any(later < sooner - SAME for sooner, later in pairwise(found))
        return None if falls else found


def tasks_of(question: Question) -> list[HubTask]:
    """The tasks of a question: one, or one for each branch of a pair."""
    options = [option.key for option in question.options]
    output_type, _of = kind_of(question).output(question, question.options[0], _part(question))
    if output_type == "quantile":
        return [
            HubTask(question.key, _given(question), (*options,), output_type, (*question.quantile_levels,))
        ]
    if output_type == "pmf" and POOLED[question.kind] == "probability":
        return [
            HubTask(question.key, _given(question, place), (key,), output_type, SIDES)
            for place, key in enumerate(options)
        ]
    return [HubTask(question.key, _given(question), (*options,), output_type, (*options,))]


def team_of(slug: str) -> str:
    """The survey as a team: hubverse takes letters, digits and `_`, and reads a `-` as the end of the team's name.

    >>> team_of("spring-2027")
    'spring_2027'
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", slug)


def model_output(session: Session, snapshot: Snapshot) -> Iterator[tuple[str, Iterator[str]]]:
    """Names and lines of the files: one for each day with publications and each method that has numbers then."""
    team = team_of(snapshot.survey.slug)
    tasks = {question.id: tasks_of(question) for question in snapshot.survey.questions}
    by_day = sorted(
        (
            (one.as_of, question.id, one.figures[ALL]["options"])
            for question, one in published(session, snapshot)
        ),
        key=itemgetter(0),
    )
    for day, told in groupby(by_day, key=itemgetter(0)):
        figures = [(task, options) for _day, question, options in told for task in tasks[question]]
        for method in SHOWN:
            rows = [
                (day, task.target, task.given, task.output_type, str(of), value)
                for task, options in figures
                for of, value in zip(task.ids, task.values(options, method) or (), strict=False)
            ]
            if rows:
                # Prescribed: hubverse reads round and model out of the name.
                name = f"model-output/{team}-{method}/{day}-{team}-{method}.csv"
                yield name, csv_lines(COLUMNS, rows, str)


def published_days(session: Session, snapshot: Snapshot) -> list[date]:
    """The UTC days with publications, which are the rounds, oldest first."""
    return sorted({one.as_of for _question, one in published(session, snapshot)})


def target_data(session: Session, snapshot: Snapshot) -> Iterator[tuple[str, Iterator[str]]]:
    """What a forecaster who knew all would have said, of each outcome that stands; of what is annulled nothing."""
    rows = [
        row
        for question in snapshot.survey.questions
        for made in standing_outcomes(session, snapshot, question)
        if not made.annulled
        for row in _oracle(question, made)
    ]
    if rows:
        yield "target-data/oracle-output.csv", csv_lines(ORACLE_COLUMNS, rows, str)


def _oracle(question: Question, made: Resolution) -> Iterator[tuple[Value, ...]]:
    about = made.option.key if made.option is not None else None
    for task in tasks_of(question):
        names = task.target, task.given, task.output_type
        if task.output_type == "quantile":
            # Of quantiles the truth is one value, whatever the level: it has no id.
            yield *names, None, made.value
        elif task.output_type == "cdf":
            # Each rung comes out by itself.
            yield *names, about, float(made.value or 0)
        elif task.ids == SIDES:
            if about in (None, *task.options):
                came = float(made.value or 0)
                yield from (
                    (*names, side, value) for side, value in zip(SIDES, (came, 1 - came), strict=True)
                )
        else:
            came_true = made.outcome_option.key if made.outcome_option is not None else None
            yield from ((*names, key, float(key == came_true)) for key in task.options)


def _part(question: Question) -> str:
    return f"q{question.quantile_levels[0]:g}" if question.quantile_levels else "p"


def _given(question: Question, place: int = 0) -> str:
    """The condition: a question, and which of its options come true, or none of which does.

    Nothing in it needs a mark, and no spreadsheet runs it: keys begin with a letter or digit, and have `.`, `_`, `-`.
    """
    asked, options, holds = given_of(question, question.options[place])
    return ALWAYS if asked is None else f"{asked}{'=' if holds else '!='}{options}"
