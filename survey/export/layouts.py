"""The long table in the layouts of others: one row a person, and the files of the Good Judgment Project.

Both are made of the lines of `forecasts_long.csv` as they were written.
"""

import csv
import io
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from math import nan
from operator import itemgetter
from typing import BinaryIO

from ..i18n.safe_cells import plain_text, typed_text
from ..models import Option, Question, Snapshot
from .cells import csv_cells, csv_lines
from .columns import OF_PARTICIPANT, PARTICIPANT
from .declaration import Column, Table

#: More columns than this no statistical package likes, and spreadsheets cut some off.
MOST_COLUMNS = 2_000
TOO_WIDE = (
    "There is no forecasts_wide.csv: it would have {count} columns, and more than {most} few programs read."
    " Pivot forecasts_long.csv by question_id, option_id and part, where is_latest is true."
)

#: What one row a person is made of.
READ = ("question_id", "option_id", "part", "participant_id", "is_latest", "value")
Place = tuple[str, str, str]
#: Parts that are chances: of an option itself, its ends, and what the others will say.
CHANCES = ("p", "low", "high", "others")


class Wide:
    """`forecasts_wide.csv`: what stood of each person at the end of the snapshot's day, a column for each number."""

    def __init__(self, snapshot: Snapshot, rows: BinaryIO) -> None:
        asked = {question.key: place for place, question in enumerate(snapshot.survey.questions, start=1)}
        codes = {
            (question.key, option.key): code
            for question in snapshot.survey.questions
            for code, option in enumerate(question.options, start=1)
        }
        people: dict[str, int] = {}
        # Numbers as they are stored, by person: a tuple for each would be most of what a bundle takes of memory.
        numbers: defaultdict[Place, array[float]] = defaultdict(lambda: array("d"))
        for question, option, part, person, latest, value in _rows(rows, READ):
            if latest == "true" and value:
                column = numbers[question, option, part]
                # Past it there is no file: columns are counted on for the sentence, numbers no longer kept.
                if len(numbers) < MOST_COLUMNS:
                    row = people.setdefault(person, len(people))
                    _lengthen(column, row + 1)
                    column[row] = float(value)
        self.columns = len(numbers) + 1
        if self.columns > MOST_COLUMNS:
            return
        self._people = sorted(people.items())
        places = sorted(numbers, key=lambda one: (asked[one[0]], codes[one[0], one[1]], one[2]))
        self._numbers = [numbers[place] for place in places]
        for column in self._numbers:
            _lengthen(column, len(people))
        words = {
            (question.key, option.key): _words(question, option)
            for question in snapshot.survey.questions
            for option in question.options
        }
        told = tuple(
            Column(
                _name(asked[question], codes[question, option], part),
                "number",
                f"{question}, {option}, {part}",
                least=0 if part in CHANCES else None,
                most=1 if part in CHANCES else None,
                asked=words[question, option],
            )
            for question, option, part in places
        )
        self.table = Table(
            "forecasts_wide",
            "One person: the number that stood of each part of each question.",
            (PARTICIPANT, *told),
            lambda _session, _snapshot, _key: self.rows(),
            key=("participant_id",),
            references=(OF_PARTICIPANT,),
        )

    def rows(self) -> Iterator[tuple[str | float | None, ...]]:
        """Its rows."""
        for name, row in self._people:
            values = [column[row] for column in self._numbers]
            yield name, *(None if value != value else value for value in values)

    def lines(self) -> Iterator[str]:
        """The file."""
        return csv_lines([column.name for column in self.table.columns], self.rows(), typed_text)


def _words(question: Question, option: Option) -> dict[str, str]:
    """What was asked, in every language; of several options with the words of this one."""
    several = len(question.options) > 1
    return {
        code: question.text(code).title + (f" {option.text(code)}" if several else "")
        for code in question.survey.languages
    }


def _lengthen(column: "array[float]", rows: int) -> None:
    """So many rows at least: of whoever has no number yet it is NaN."""
    column.extend(repeat(nan, rows - len(column)))


def _name(question: int, option: int, part: str) -> str:
    """A name that every package takes: `q3_o1_q05` is the third question, its first option, the quantile 0.05."""
    return f"q{question}_o{option}_{part.replace('0.', '').replace('.', '_')}"


#: `survey_fcasts.yr1.csv` of doi:10.7910/DVN/BPCDH5.
GJP_COLUMNS = (
    "ifp_id",
    "ctt",
    "cond",
    "training",
    "team",
    "user_id",
    "forecast_id",
    "fcast_type",
    "answer_option",
    "value",
    "fcast_date",
    "expertise",
    "q_status",
    "viewtime",
    "year",
    "timestamp",
)
#: What its numbers of acts mean.
FCAST_TYPE = {"new": "0", "update": "1", "affirm": "2", "withdraw": "4"}
#: What they are made of.
GJP_READ = (
    "output_type",
    "question_id",
    "participant_id",
    "submission_id",
    "action",
    "option_id",
    "value",
    "submitted_date",
    "expertise_1_5",
    "seconds_on_page",
    "round_id",
)


def gjp_forecasts(rows: BinaryIO) -> Iterator[str]:
    """Probabilities as the Good Judgment Project has them; quantiles have no place there. `year` is the round."""

    yield f"{','.join(GJP_COLUMNS)}\n"
    for kind, question, person, act, action, option, value, day, expertise, seconds, in_round in _rows(
        rows, GJP_READ
    ):
        if kind != "quantile":
            # Cells as they were written: numbers and days stay the same text.
            question, option, fcast_type = _again(question), _again(option), FCAST_TYPE[action]
            cells = (person, act, fcast_type, option, value, day, expertise, "", seconds, in_round, "")
            yield f"{question},,,,,{','.join(cells)}\n"


def gjp_questions(snapshot: Snapshot) -> Iterator[str]:
    """`ifps.csv` of the same; q_type 0 is regular, 6 ordered, 1 conditional."""
    columns = (
        "ifp_id",
        "q_type",
        "q_text",
        "q_desc",
        "q_status",
        "date_start",
        "date_suspend",
        "date_to_close",
        "date_closed",
        "outcome",
        "short_title",
        "days_open",
        "n_opts",
        "options",
    )

    def told() -> Iterator[tuple[str | int | None, ...]]:
        language = snapshot.survey.languages[0]
        for question in snapshot.survey.questions:
            text = question.text(language)
            made = [one for one in question.resolutions if one.resolved_at <= snapshot.created_at]
            last = made[-1] if made else None
            came = last.outcome_option.key if last is not None and last.outcome_option is not None else None
            if last is not None and question.kind == "binary" and last.value is not None:
                came = "yes" if last.value else "no"
            yield (
                question.key,
                {"ordered": 6, "pair": 1}.get(question.kind, 0),
                text.title,
                text.criteria,
                None if last is None else "voided" if last.annulled else "closed",
                question.opens_at.date().isoformat(),
                question.closes_at.date().isoformat(),
                question.resolves_at.date().isoformat(),
                last.known_from.date().isoformat() if last is not None else None,
                came,
                text.short,
                (question.closes_at - question.opens_at).days,
                len(question.options),
                "|".join(f"({option.key}) {option.text(language)}" for option in question.options),
            )

    return csv_lines(columns, told(), typed_text)


@lru_cache(10_000)
def _again(text: str) -> str:
    """A text of which there are few, as a cell of another file."""
    return csv_cells(text or None, texts=typed_text)


def _rows(rows: BinaryIO, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Some columns of the long table, row by row; keys as they were before they were marked."""
    rows.seek(0)
    text = io.TextIOWrapper(rows, encoding="utf-8", newline="")
    cells = csv.reader(text)
    pick = itemgetter(*map(next(cells).index, columns))
    plain = [columns.index(name) for name in ("question_id", "option_id")]
    for row in map(list, map(pick, cells)):
        for place in plain:
            row[place] = plain_text(row[place])
        yield tuple(row)
    # The file stays open: it is its giver's.
    text.detach()
