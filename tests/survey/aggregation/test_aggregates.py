"""What a publication holds of each method is what the catalog's entry of that name computes."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from scoring.pools.catalog import METHODS
from survey import clock
from survey.aggregation import forecast_arrays
from survey.aggregation.aggregates import _in_order
from survey.aggregation.forecast_arrays import crowd_answers
from survey.aggregation.question_specs import spec_of
from survey.aggregation.rules import TENTHS, histogram_edges, shown_rules
from survey.aggregation.standing import standing_forecasts
from survey.models import Question
from survey.services.publication import publish
from tests.factories import crowd, on, say, the_question, the_survey, withdraw
from tests.skips import first_of_each

CHANCES = [0.08, 0.1, 0.1, 0.2, 0.35, 0.4, 0.55, 0.6, 0.8, 0.9]


def recomputed(question: Question, answers: Any, as_of: int) -> dict[str, dict[str, np.ndarray]]:
    """Each option by every shown method, pooled as the kind of question asks, from the catalog alone."""
    groups = [[option.key] for option in question.options]
    kind = "probability"
    if question.kind in ("choice", "ordered"):
        groups, kind = [[option.key for option in question.options]], "options"
    needs = {}
    if question.kind in ("numeric", "date"):
        kind, needs = "quantiles", {"levels": question.quantile_levels}
    told: dict[str, dict[str, np.ndarray]] = {}
    for keys in groups:
        places = [place for place, (key, _) in enumerate(answers.columns) if key in keys]
        standing = standing_forecasts(answers, places, as_of)
        values = standing.values[:, 0] if kind == "probability" else standing.values
        log = question.scale == "log"
        for method, rule in shown_rules(spec_of(question).rule).items():
            found = METHODS[rule].aggregate(kind, np.log(values) if log else values, standing.weight, **needs)
            pooled = np.exp(found.value) if log else found.value
            for place, key in enumerate(keys):
                told.setdefault(key, {})[method] = pooled[place] if kind == "options" else pooled
    return told


def test_what_people_say_of_a_rare_event_is_told_in_more_cells_than_one(session: Session) -> None:
    """Of forty who say 0.5 to 7 % a tenth of the range would hold all; a publication of before keeps its tenths."""
    question = the_question(session, "nuclear-use")
    crowd(session, question, [0.005, 0.01, 0.02, 0.07] * 10, day=18)
    (published,) = publish(session, the_survey(session), on(18).date())
    told = published.figures["all"]["options"]["yes"]
    assert told["histogram"][:5] == [10, 10, 10, 10, 0]
    assert histogram_edges(told)[:5] == (0, 0.01, 0.02, 0.05, 0.1)
    assert histogram_edges({"histogram": [40, *[0] * 9]}) == TENTHS


def test_every_published_figure_is_its_catalog_entry(session: Session) -> None:
    survey = the_survey(session)
    # While one works, a question of each kind on each scale.
    asked = first_of_each(survey.questions, lambda question: (question.kind, question.scale))
    for question in asked:
        people = crowd(session, question, CHANCES, day=18)
        with clock.at(on(20)):
            for person in people[:4]:
                say(session, person, question, 0.45)
    published = publish(session, survey, on(20).date())
    assert {publication.question for publication in published} >= {*asked}
    assert {question.kind for question in asked} >= {"binary", "choice", "ladder", "numeric", "date"}
    for publication in published:
        answers = crowd_answers(session, publication.question)
        for key, told in recomputed(publication.question, answers, clock.date_number(on(20).date())).items():
            figures = publication.figures["all"]["options"][key]
            for method, value in told.items():
                held = figures[method].get("quantiles", figures[method].get("value"))
                assert held == pytest.approx(value.tolist(), rel=1e-12), (publication.question.key, method)


@pytest.mark.store
def test_answers_are_the_same_in_whatever_chunks_their_rows_are_read(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission of five numbers lies across the edge of a chunk of three rows."""
    question = the_question(session, "aid-total")
    people = crowd(session, question, [0.2, 0.3, 0.4], day=19)
    withdraw(session, people[1], question)
    whole = crowd_answers(session, question)
    for size in (1, 2, 3, 7):
        monkeypatch.setattr(forecast_arrays, "CHUNK", size)
        read = crowd_answers(session, question)
        for name in ("participant", "day", "active", "version", "round", "values"):
            np.testing.assert_array_equal(getattr(read, name), getattr(whole, name), err_msg=name)
    assert whole.values.shape == (4, 5)


def test_rungs_are_brought_into_the_order_in_which_they_are_asked_not_that_of_their_names() -> None:
    rungs = {
        key: {"people": 10, "parley": {"value": chance, "low": chance, "high": chance}, "flags": []}
        for key, chance in (("by 9", 0.25), ("by 10", 0.5))
    }
    assert _in_order(rungs) == rungs
