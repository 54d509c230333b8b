"""Figures and scores are functions of plain values: a process that knows no store computes the same, bit for bit."""

import pickle
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation import forecast_arrays
from survey.aggregation.aggregates import people_standing
from survey.aggregation.forecast_arrays import all_answers, crowd_answers, eligible_people
from survey.aggregation.peer_scores import compared_scores
from survey.aggregation.question_specs import scenario_of, spec_of, total_of
from survey.aggregation.scenarios import chances
from survey.aggregation.scores import daily_scores
from survey.aggregation.segments import crowd_figures
from survey.aggregation.specification import Groups, OutcomeSpec, QuestionSpec
from survey.models import KIND_NAMES, Question
from tests.factories import crowd, on, say, the_survey
from tests.survey.test_architecture import imports_of, modules

#: What those who compute never import: tables, the database, and whatever knows these.
STORE = ("sqlalchemy", "flask", "survey.models", "survey.store", "survey.questions")
#: Who reads the store for them; whatever else is in the room computes.
READERS = {
    "event_outcomes",
    "event_space",
    "eligibility",
    "forecast_arrays",
    "leaderboards",
    "participation",
    "participation_counts",
    "person_acts",
    "publications",
    "question_specs",
    "stored_scores",
    "tied_arrays",
}
PLAIN = sorted(
    name
    for name in modules("survey/aggregation")
    if name.rpartition(".")[2] not in READERS and name != "survey.aggregation"
)
#: Loads what to call and with what, and answers by the result and by which forbidden modules it took.
ELSEWHERE = f"""
import importlib, pickle, sys
calls = pickle.load(sys.stdin.buffer)
found = [getattr(importlib.import_module(module), name)(*given) for module, name, given in calls]
strange = [name for name in sys.modules if name.startswith({STORE})]
pickle.dump((found, strange), sys.stdout.buffer)
"""

Call = tuple[Any, tuple[Any, ...]]


def elsewhere(calls: list[Call]) -> tuple[list[Any], list[str]]:
    """What functions give in a process that was handed their arguments alone, and what of the store it imported."""
    named = [(function.__module__, function.__name__, given) for function, given in calls]
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=pickle.dumps(named),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    found: tuple[list[Any], list[str]] = pickle.loads(done.stdout)
    return found


def outcome_for(spec: QuestionSpec) -> OutcomeSpec:
    """Something that can come out of a question of any kind."""
    about = spec.options[-1] if spec.kind in ("ladder", "pair") else None
    came = sum(spec.ends) / 2 if spec.pooled == "quantiles" else 1.0
    return OutcomeSpec(about, came, clock.day_number(on(22)))


def calls_on(session: Session, question: Question) -> list[Call]:
    """Everything that is computed of one question: the crowd with its segments, who stands, scores of both sorts."""
    spec, answers, today = spec_of(question), crowd_answers(session, question), clock.day_number(on(19))
    figures = crowd_figures(spec, answers, Groups(), today, 5)
    scored = spec, outcome_for(spec), all_answers(session, question)
    beside = eligible_people(session, question, clock.day_date(today)), [(today, figures)]
    return [
        (crowd_figures, (spec, answers, Groups(), today + 1, 5, [(clock.day_date(today), figures)])),
        (people_standing, (spec, answers, today)),
        (daily_scores, scored),
        (compared_scores, (*scored, *beside)),
    ]


def calls_on_scenarios(session: Session) -> list[Call]:
    """The chances of every tree, and of the other ways to its events, from invented figures."""
    survey = the_survey(session)
    told = {
        question.key: {option.key: 0.3 + option.position / 50 for option in question.options}
        for question in survey.questions
    }
    totals = [total_of(relation) for relation in survey.relations if relation.kind == "total"]
    assert totals and survey.scenarios
    return [(chances, (scenario_of(tree), told, totals)) for tree in survey.scenarios]


def exact(value: Any) -> Any:
    """A value by every bit of its numbers, so that NaN equals NaN and 0 is not -0."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [exact(one) for one in value]
    return exact(vars(value)) if is_dataclass(value) else value


def test_a_process_without_the_store_computes_the_same_of_every_kind(session: Session) -> None:
    calls: list[Call] = []
    of_kind = {question.kind: question for question in the_survey(session).questions}
    assert of_kind.keys() == set(KIND_NAMES)
    for question in of_kind.values():
        people = crowd(session, question, [0.08, 0.1, 0.2, 0.35, 0.4, 0.55, 0.6, 0.8], day=18)
        with clock.at(on(20)):
            for person in people[:6]:
                say(session, person, question, 0.45)
        calls += calls_on(session, question)
    calls += calls_on_scenarios(session)
    found, strange = elsewhere(calls)
    assert strange == []
    for (function, given), other in zip(calls, found, strict=True):
        assert exact(function(*given)) == exact(other), (function, given[0])


def test_a_process_that_reads_the_store_would_be_noticed() -> None:
    _, strange = elsewhere([(forecast_arrays._arrays, ([(7, "2026-11-20", True, 1, 1, 0.5)], 1))])
    assert {"sqlalchemy", "survey.models"} <= set(strange)


def of_the_store(path: Path) -> list[str]:
    """What a module imports of the store."""
    return [name for name in imports_of(path) if name.startswith(STORE)]


@pytest.mark.parametrize("module", PLAIN)
def test_what_computes_imports_nothing_of_the_store(module: str) -> None:
    assert of_the_store(modules("survey/aggregation")[module]) == []


def test_every_reader_reads_and_is_found_by_its_imports() -> None:
    found = modules("survey/aggregation")
    assert all(of_the_store(found[f"survey.aggregation.{name}"]) for name in READERS)
