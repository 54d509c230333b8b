"""Whether a bank's worked answer satisfies every relation: the declared ones, and those of its kinds."""

import math
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast

from scoring.coherence import gap, total_gap

from ..errors import BankError
from ..questions.choice import sum_room
from ..questions.number_parsing import last_place
from .coherence import checked_by_rows_alone, contradictions
from .content import BRANCHES, Bank, Event, Question, Relation, WorkedAnswers
from .reading import WORKED, bank_folder, read_bank
from .refusals import in_structure
from .tables import Fault

#: A worked answer is exact up to the rounding of doubles; a gap beyond this is a fault of the bank.
TOLERANCE = 1e-9


def probability(bank: Bank, answers: WorkedAnswers, event: Event) -> float:
    """The probability of an event under a set of answers; NaN where an answer it needs is missing.

    An event of a question with a condition lies inside the condition: its probability is the condition's
    times the answer's, or times one minus the answer's where the event does not hold.
    """
    question = bank.question(event.question)
    given = probability(bank, answers, question.given) if question.given else 1.0
    inside = sum(_figure(answers, question.key, option) for option in event.options)
    return given * (inside if event.holds else 1 - inside)


def _figure(answers: WorkedAnswers, question: str, option: str) -> float:
    return answers.get(question, {}).get(option, math.nan)


def gaps(bank: Bank, answers: WorkedAnswers) -> dict[str, float]:
    """By how much the answers break each relation, by the relation's key.

    Relations that come with a kind stand under `order of QUESTION` (a ladder never falls) and `sum of
    QUESTION` (exactly one option comes true), for the questions that are answered. A gap is 0 where the
    relation holds, up to rounding, and NaN where an answer is missing.
    """
    declared = {relation.key: _gap(bank, answers, relation) for relation in bank.relations}
    return declared | dict(_gaps_of_kinds(bank, answers))


def _gap(bank: Bank, answers: WorkedAnswers, relation: Relation) -> float:
    chances = [probability(bank, answers, event) for event in relation.events]
    if relation.pair is None:
        kind = cast(Literal["implies", "equals", "excludes", "partition"], relation.kind)
        return float(gap(kind, chances))
    condition = bank.question(relation.pair).given
    given = probability(bank, answers, condition) if condition else math.nan
    if_yes, if_no = (_figure(answers, relation.pair, branch) for branch in BRANCHES)
    return float(total_gap(given, if_yes, if_no, chances[0]))


def _gaps_of_kinds(bank: Bank, answers: WorkedAnswers) -> Iterator[tuple[str, float]]:
    for question in bank.questions:
        if question.key in answers and question.kind == "ladder":
            yield f"order of {question.key}", _fall(answers, question)
        elif question.key in answers and question.kind in ("choice", "ordered"):
            yield f"sum of {question.key}", _beyond_rounding(_figures(answers, question))


def _beyond_rounding(figures: list[float]) -> float:
    """By how much a choice misses 1, 0 where rounding explains it: files are judged as people's answers are."""
    missed = float(gap("partition", figures))
    units = (last_place(Decimal(repr(figure))) for figure in figures if math.isfinite(figure))
    # Thirds written as .333 add up to .999: people's answers are forgiven that too.
    return 0.0 if abs(missed) <= sum_room(units) else missed


def _figures(answers: WorkedAnswers, question: Question) -> list[float]:
    return [_figure(answers, question.key, option.key) for option in question.options]


def _fall(answers: WorkedAnswers, ladder: Question) -> float:
    steps = [float(gap("implies", step)) for step in pairwise(_figures(answers, ladder))]
    # The sum is NaN if one step is, the maximum might not be.
    return sum(steps)


def checked_bank(folder: Path) -> Bank:
    """The bank in a folder, its relations checked against each other and its worked answer against them.

    Raises
    ------
    BankError
        With all faults; relations are looked at together when the files have none, the worked answer after them.
    """
    bank = read_bank(folder)
    faults = broken(bank)
    if faults:
        raise BankError(faults)
    return bank


def broken(bank: Bank) -> list[Fault]:
    """Relations that clash, else what the worked answer, if there is one, breaks or lacks; if all else is right."""
    return contradictions(bank) or (list(_broken(bank)) if bank.worked else [])


def _broken(bank: Bank) -> Iterator[Fault]:
    places = {relation.key: (relation.line, ("relation", relation.key), "it") for relation in bank.relations}
    for question in bank.questions:
        for name in ("order", "sum"):
            places[f"{name} of {question.key}"] = (question.line, ("question", question.key), f"its {name}")
    for key, size in gaps(bank, bank.worked).items():
        line, path, what = places[key]
        if math.isnan(size):
            yield in_structure(line, path, f"{WORKED} lacks an answer that {what} needs")
        elif abs(size) > TOLERANCE:
            yield in_structure(line, path, f"the answer of {WORKED} breaks {what} by {size:.6g}")


def check_bank(name_or_path: str | Path) -> list[str]:
    """What is in a bank (one that ships, by name, or any folder), in a few lines.

    Raises
    ------
    BankError
        With every fault there is.
    """
    bank = checked_bank(bank_folder(name_or_path))
    found = gaps(bank, bank.worked)
    themes, questions = _count(len(bank.themes), "theme"), _count(len(bank.questions), "question")
    return [
        f"{bank.settings.slug}: {themes}, {questions}",
        f"languages: {', '.join(bank.settings.languages)}",
        f"relations: {len(bank.relations)} declared{_by_rows(bank)}",
        f"scenarios: {sum(len(scenario.leaves) for scenario in bank.scenarios)}",
        f"worked answer: {len(found)} relations hold" if bank.worked else "worked answer: none",
    ]


def _by_rows(bank: Bank) -> str:
    keys = checked_by_rows_alone(bank)
    return f"; too many combinations, checked by rows alone: {', '.join(keys)}" if keys else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
