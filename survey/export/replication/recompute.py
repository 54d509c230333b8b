"""A bundle's figures, all of them computed again from its rows and compared with those inside."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ...aggregation.peer_scores import compared_scores
from ...aggregation.rounding import rounded_number, rounded_probability, rounded_score
from ...aggregation.rules import Figures, headings
from ...aggregation.scores import daily_scores
from ...aggregation.segments import ALL, family_of
from ...aggregation.specification import ForecastArrays, QuestionSpec
from ...clock import day_date
from ..damage import NotABundle
from ..suppression import SUPPRESSED
from . import answer_columns
from .answer_columns import Answers, columns_in
from .bundle import Bundle, Rows, TextColumns
from .memberships import People, people_of
from .published import Cells, Place, Published, by_day, headed, numbers_of, published_again
from .question_rows import Row, day_of, outcome_specs, question_spec
from .report import Report
from .tied import compare_tied, tied_keys

FORECASTS = "forecasts_long"
AGGREGATES = ("as_of", "segment", "figures_of", "option_id", "method", "statistic", "value", "shown")
SCORES = ("option_id", "participant_id", "rule", "value", "shown", "coverage", "last_day", "recomputes")

#: Rows of a table by question.
ByQuestion = Iterator[tuple[str, TextColumns]]
#: What a score is about, whose it is, and by which rule.
ScorePlace = tuple[str, str, str]
Stated = dict[int, dict[Place, Cells]]


@dataclass(frozen=True)
class Task:
    """All that one question's figures are computed from, and what is stated of them: plain values, for any machine.

    Attributes
    ----------
    row
        Of `questions.csv`.
    publications
        Rows of `publications.csv`.
    answers, aggregates, scores
        Columns of the files of the same names.
    resolved
        On which UTC day each of its outcomes was stored, by what it is about.
    tied
        Whether it hangs together with another: then its answers are asked for again.
    """

    row: Row
    publications: Rows
    answers: answer_columns.Columns
    aggregates: TextColumns
    scores: TextColumns
    resolved: Mapping[str, int]
    tied: bool = False


@dataclass(frozen=True)
class Done:
    """What came of one question.

    Attributes
    ----------
    report
        What was compared.
    heads
        What headed its page, by day.
    scored
        What it is, and what was answered, where it hangs together with another.
    """

    question: str
    report: Report
    heads: Mapping[int, Mapping[str, float]]
    scored: tuple[QuestionSpec, ForecastArrays] | None


def recompute(
    path: Path, tell: Callable[[str, int, int], None] = lambda question, done, count: None, workers: int = 0
) -> Report:
    """Compute every figure of a bundle again, and compare.

    Parameters
    ----------
    path
        Of the zip.
    tell
        Called with each question's key as it is done, how many are, and how many there are.
    workers
        Processes of `distributed` that share the questions; by default this process does all.

    Raises
    ------
    NotABundle
        Where the file is none, or something is missing in it.
    """
    bundle, report = Bundle(path), Report()
    questions, people = bundle.required("questions"), everybody(bundle)
    heads: dict[str, Mapping[int, Mapping[str, float]]] = {}
    scored: dict[str, tuple[QuestionSpec, ForecastArrays]] = {}
    tied = tied_keys(bundle, questions)
    for done, found in enumerate(_each(bundle, questions, people, tied, workers), start=1):
        report.add(found.report)
        heads[found.question] = found.heads
        if found.scored is not None:
            scored[found.question] = found.scored
        tell(found.question, done, len(questions))
    report.add(compare_tied(bundle, questions, people, heads, scored))
    return report


def _each(
    bundle: Bundle, questions: Rows, people: People, tied: Collection[str], workers: int
) -> Iterator[Done]:
    if workers:
        # Needs packages of its own, which nobody else has to have.
        from .on_dask import recomputed

        yield from recomputed(bundle, tasks(bundle, questions, tied, with_answers=False), people, workers)
    else:
        yield from (recompute_question(task, people) for task in tasks(bundle, questions, tied))


def everybody(bundle: Bundle) -> People:
    """Everybody in a bundle, and their groups.

    Raises
    ------
    NotABundle
        Where the table is missing, or a cell cannot be read.
    """
    try:
        return people_of(bundle.required("memberships"))
    except (KeyError, ValueError) as error:
        raise NotABundle(f"memberships.csv can't be read: {error!r}.") from error


def tasks(
    bundle: Bundle, questions: Rows, tied: Collection[str], *, with_answers: bool = True
) -> Iterator[Task]:
    """What there is to compute of each question, in the order of the file; `with_answers`: and of which answers."""
    published: dict[str, Rows] = {}
    for row in bundle.required("publications"):
        published.setdefault(row["question_id"], []).append(row)
    strangers = published.keys() - {row["question_id"] for row in questions}
    if strangers:
        raise NotABundle(f"publications.csv: {min(strangers)} is no question of questions.csv.")
    resolved = _resolved(bundle)
    answers = _InStep(bundle, FORECASTS, columns_in(bundle.header(FORECASTS))) if with_answers else None
    aggregates, scores = _InStep(bundle, "aggregates", AGGREGATES), _InStep(bundle, "scores", SCORES)
    for row in questions:
        key = row["question_id"]
        yield Task(
            row,
            published.get(key, []),
            answers.of(key) if answers is not None else {},
            aggregates.of(key),
            scores.of(key),
            resolved.get(key, {}),
            key in tied,
        )
    for table in (answers, aggregates, scores):
        if table is not None:
            table.end()


def _resolved(bundle: Bundle) -> dict[str, dict[str, int]]:
    """The day on which each outcome that stands was stored, by question and what it is about."""
    found: dict[str, dict[str, int]] = {}
    for row in bundle.required("resolutions"):
        if not row["superseded_by"]:
            found.setdefault(row["question_id"], {})[row["option_id"]] = day_of(row["resolved_date"])
    return found


class _InStep:
    """A table of which one question after the other is asked, in the order of the file."""

    def __init__(self, bundle: Bundle, table: str, columns: Sequence[str]) -> None:
        self._groups = bundle.by_question(table, columns)
        self._table = table
        self._nothing: TextColumns = {name: [] for name in columns}
        self._next = next(self._groups, None)

    def of(self, question: str) -> TextColumns:
        """The rows of a question; none where the next are those of another."""
        if self._next is None or self._next[0] != question:
            return self._nothing
        found, self._next = self._next[1], next(self._groups, None)
        return found

    def end(self) -> None:
        """Refuse rows of a question that there is not."""
        if self._next is not None:
            raise NotABundle(
                f"{self._table}.csv: {self._next[0]} is no question of questions.csv, or not in its order."
            )


def recompute_question(task: Task, people: People) -> Done:
    """Compute the figures of one question again, and compare.

    Raises
    ------
    NotABundle
        Where a cell cannot be read.
    """
    key = task.row.get("question_id", "")
    try:
        return _recompute(key, task, people)
    except (KeyError, ValueError, IndexError) as error:
        raise NotABundle(f"{key}: a cell of its rows can't be read: {error!r}.") from error


def _recompute(key: str, task: Task, people: People) -> Done:
    report, spec = Report(), question_spec(task.row)
    answers = answer_columns.answers_of(
        spec, task.answers, people.names, simulated=task.row["simulated"] == "true"
    )
    publications = by_day(map(Published.of, task.publications))
    stated = _stated(task.aggregates)
    told_of = {one.as_of: _segments(stated.get(one.as_of, {})) for one in publications}
    figures: dict[int, Figures] = {}
    for one, found in published_again(spec, answers, people.groups, publications, told_of):
        rows = _compared(report, people, stated.pop(one.as_of, {}))
        if found is None:
            report.leave_out("publications", one.recomputes)
            report.leave_out("aggregates", one.recomputes, len(rows))
            figures[one.as_of] = headed(spec, one.rule, rows)
            continue
        figures[one.as_of] = found
        where = f"{key} on {day_date(one.as_of)}"
        report.compare("publications", where, "people", one.people, found[ALL]["people"])
        _compare_numbers(report, spec, where, rows, numbers_of(spec, one, found))
    for day in stated:
        report.compare("aggregates", f"{key} on {day_date(day)}", "as_of", day_date(day).isoformat(), None)
    _compare_scores(report, key, task, dict(_scores(task, spec, answers, people, figures)))
    heads = {day: headings(found[ALL]) for day, found in figures.items()}
    return Done(key, report, heads, (spec, answers.scored) if task.tied else None)


def _compared(report: Report, people: People, rows: Mapping[Place, Cells]) -> Mapping[Place, Cells]:
    """The rows of a day but those of groups whose people are partly withheld, which are counted by their family."""
    of_withheld = Counter(family_of(place[0]) for place in rows if family_of(place[0]) in people.withheld)
    for family, count in sorted(of_withheld.items()):
        report.leave_out("aggregates", f"{SUPPRESSED} {family}", count)
    return {place: cells for place, cells in rows.items() if family_of(place[0]) not in people.withheld}


def _stated(columns: TextColumns) -> Stated:
    """The rows of `aggregates.csv` by day and place."""
    found: Stated = {}
    days: dict[str, int] = {}
    for as_of, segment, of, option, method, statistic, value, shown in zip(
        *(columns[name] for name in AGGREGATES), strict=True
    ):
        day = days[as_of] if as_of in days else days.setdefault(as_of, day_of(as_of))
        rows, place = found.setdefault(day, {}), (segment, option, method, statistic)
        if place in rows:
            raise ValueError(f"{as_of}, {', '.join(place)} comes twice in aggregates.csv")
        rows[place] = (
            days[of] if of in days else days.setdefault(of, day_of(of)),
            float(value) if value else None,
            float(shown) if shown else None,
        )
    return found


def _segments(rows: Mapping[Place, Cells]) -> dict[str, int]:
    return {place[0]: row[0] for place, row in rows.items()}


def _compare_numbers(
    report: Report,
    spec: QuestionSpec,
    where: str,
    stated: Mapping[Place, Cells],
    computed: Mapping[Place, Cells],
) -> None:
    rounding = partial(rounded_number, whole=spec.whole) if spec.levels else rounded_probability
    for place in {**computed, **stated}:
        said, made = stated.get(place), computed.get(place)
        row = ", ".join([where, *filter(None, place)])
        if said is None or made is None:
            report.compare("aggregates", row, "row", _is_there(said), _is_there(made))
            continue
        report.compare("aggregates", row, "value", said[1], made[1])
        report.compare_shown("aggregates", row, said[2], made[2], made[1], rounding)
        if said[0] != made[0]:
            days = (day_date(day).isoformat() for day in (said[0], made[0]))
            report.compare("aggregates", row, "figures_of", *days)


def _is_there(row: object) -> str | None:
    return None if row is None else "a row"


def _compare_scores(
    report: Report, key: str, task: Task, computed: Mapping[ScorePlace, tuple[float, float, float | None]]
) -> None:
    columns = (task.scores[name] for name in SCORES)
    stated = {
        tuple(place): rest
        for *place, value, shown, coverage, last, state in zip(*columns, strict=True)
        for rest in [(value, shown, coverage, last, state)]
    }
    for place in {**computed, **stated}:
        row = ", ".join([key, *filter(None, place)])
        said, made = stated.get(place), computed.get(place)
        if said is not None and said[-1] != "yes":
            report.leave_out("scores", said[-1])
        elif said is None or made is None:
            report.compare("scores", row, "row", _is_there(said), _is_there(made))
        else:
            value, coverage, last = made
            report.compare("scores", row, "value", float(said[0]), value)
            rounding = partial(rounded_score, place[2])
            report.compare_shown("scores", row, float(said[1]), rounding(value), value, rounding)
            report.compare("scores", row, "coverage", float(said[2]), coverage)
            report.compare("scores", row, "last_day", float(said[3]) if said[3] else None, last)


def _scores(
    task: Task, spec: QuestionSpec, answers: Answers, people: People, figures: Mapping[int, Figures]
) -> Iterator[tuple[ScorePlace, tuple[float, float, float | None]]]:
    told = sorted(figures.items())
    for outcome in outcome_specs(task.row):
        # As of the day before: an outcome is stored in the midst of a day, and compares by the last one over.
        others = answers.eligible(task.resolved[outcome.about or ""] - 1)
        found = daily_scores(spec, outcome, answers.scored)
        found |= compared_scores(spec, outcome, answers.scored, others, told)
        for rule, mean in found.items():
            for person, value, coverage, last in zip(
                mean.person.tolist(),
                mean.mean.tolist(),
                mean.coverage.tolist(),
                mean.last.tolist(),
                strict=True,
            ):
                place = outcome.about or "", str(people.names[person]), rule
                yield place, (value, coverage, None if np.isnan(last) else last)
