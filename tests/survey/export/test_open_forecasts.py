"""forecasts_long.csv of a survey that anybody may join: moved answers stand in it and give the published figures."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Snapshot
from survey.services.publication import publish
from survey.services.snapshots import freeze
from tests.factories import on, say, the_survey

from .test_forecasts import check_figures, people_and_an_insider, table


@pytest.fixture
def open_snapshot(app: Flask, session: Session) -> Snapshot:
    """One question of every kind in a survey that anybody may join, published as of 20 November."""
    survey = the_survey(session)
    survey.noise_key = "ab" * 32
    asked = {question.kind: question for question in survey.questions}
    with clock.at(on(18)):
        people = people_and_an_insider(session, asked.values(), 21, step=0.03)
    with clock.at(on(19)):
        for person in people[:5]:
            for question in asked.values():
                say(session, person, question, 0.4)
    with clock.at(on(21)):
        publish(session, survey)
        return freeze(session, survey, app.config["PARLEY"])


def test_the_file_alone_gives_the_figures_of_a_survey_that_anybody_may_join(
    app: Flask, session: Session, open_snapshot: Snapshot
) -> None:
    check_figures(app, session, open_snapshot)
    rows = [row for row in table(app, session, open_snapshot) if row["value"]]
    assert {row["crowd_value"] == "" for row in rows if row["is_insider"] == "true"} == {True}
    moved = [row["crowd_value"] != row["value"] for row in rows if row["is_insider"] == "false"]
    assert all(moved)
    assert {(row["submitted_date"], row["counts_from"]) for row in rows if row["is_insider"] == "false"} == {
        ("2026-11-18", "2026-11-19"),
        ("2026-11-19", "2026-11-19"),
    }
