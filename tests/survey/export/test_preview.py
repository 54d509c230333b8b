"""The preview of a snapshot: the file's rows, with the columns first that say something by themselves."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey import clock
from survey.export import forecasts
from survey.presenters.bundles import TOLD_FIRST
from survey.services import accounts
from survey.services.task_work import run_waiting
from tests.factories import on, say, someone, the_question, the_survey

pytestmark = pytest.mark.store


@pytest.fixture
def analyst(app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
    """Signed in, with one forecast of two days ago in the store."""
    with clock.at(on(18)):
        say(session, someone(session), the_question(session, "leaders-meet"), 0.37)
    user = accounts.create_user(session, "analyst@example.org")
    accounts.grant(session, user, the_survey(session), "analyst")
    token = accounts.sign_in_link(session, user)
    session.commit()
    client.post(f"/sign-in/{token}")
    return client


def test_values_stand_first_and_no_column_is_lost(app: Flask, analyst: FlaskClient) -> None:
    assert analyst.post("/s/ukraine/data/snapshots").status_code == 303
    with app.app_context():
        assert run_waiting() == 1
    page = analyst.get("/s/ukraine/data/").text.partition("First rows of")[2].partition('id="codebook"')[0]
    columns = re.findall(r'<th scope="col">(\w+)</th>', page)
    assert tuple(columns[: len(TOLD_FIRST)]) == TOLD_FIRST
    assert sorted(columns) == sorted(column.name for column in forecasts.COLUMNS)
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", page.partition("<tbody")[2])
    row = dict(zip(columns, cells, strict=False))
    assert (row["question_id"], row["option_id"], float(row["value"])) == ("leaders-meet", "yes", 0.37)
    assert (row["submitted_date"], row["action"], row["study_id"]) == ("2026-11-18", "new", "ukraine")
