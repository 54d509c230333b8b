"""The page of a snapshot in the making: it answers at once, shows how far it is, and is nobody else's."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank.loading import load_bank
from survey.models import Task, User
from survey.services import accounts, task_work
from survey.services.task_work import ask_snapshot, run_waiting
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import the_survey
from tests.survey.outcomes import signed_in

DATA = "/s/ukraine/data/"
REFRESH = '<noscript><meta http-equiv="refresh"'


def test_a_snapshot_is_asked_for_once_watched_and_cancelled(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    analyst = signed_in(app, client, "analyst")
    assert REFRESH not in analyst.get(DATA).text
    assert analyst.post(f"{DATA}snapshots").status_code == 303
    assert analyst.post(f"{DATA}snapshots").status_code == 303
    session.rollback()
    number = session.scalars(select(Task.id)).one()
    page, part = analyst.get(DATA).text, analyst.get(f"{DATA}progress").text
    for text in (page, part):
        assert "A snapshot waits for its turn" in text and "You may leave this page." in text
    assert REFRESH in page and "task.js" in page and "<html" not in part
    with clock.at(TODAY + timedelta(minutes=1)):
        assert "Nobody has begun it yet" in analyst.get(DATA).text
    cancel = f"{DATA}tasks/{number}/cancel"
    assert analyst.post(cancel).status_code == 303
    page = analyst.get(DATA).text
    assert "The snapshot was cancelled" in page and REFRESH not in page
    # Over is over, for whoever looks at a page of before.
    assert "It was over already" in analyst.post(cancel, follow_redirects=True).text
    with clock.at(TODAY + timedelta(hours=2)):
        assert "cancelled" not in analyst.get(DATA).text


def test_nobody_reads_or_cancels_what_is_another_surveys(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    analyst = signed_in(app, client, "analyst")
    load_bank(session, "ukraine", slug="elsewhere")
    elsewhere = ask_snapshot(session, the_survey(session, "elsewhere"), None).id
    owners = ask_snapshot(session, the_survey(session), accounts.create_user(session, "o@example.org")).id
    session.commit()
    assert analyst.post(f"{DATA}tasks/{elsewhere}/cancel").status_code == 404
    # Of one's own survey it is seen, and cancelled by who asked and by owners alone.
    assert f"{DATA}tasks/{owners}" not in analyst.get(DATA).text
    assert "A snapshot waits for its turn" in analyst.get(DATA).text
    assert analyst.post(f"{DATA}tasks/{owners}/cancel").status_code == 404
    session.rollback()
    assert {task.state for task in session.scalars(select(Task))} == {"waiting"}


def test_who_waits_for_another_surveys_is_told_and_nothing_is_begun(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    analyst = signed_in(app, client, "analyst")
    load_bank(session, "ukraine", slug="elsewhere")
    ask_snapshot(session, the_survey(session, "elsewhere"), session.scalars(select(User)).one())
    session.commit()
    assert "Nothing was begun" in analyst.post(f"{DATA}snapshots", follow_redirects=True).text
    session.rollback()
    assert len(session.scalars(select(Task)).all()) == 1


def test_a_snapshot_in_the_making_is_not_given_out(app: Flask, client: FlaskClient, session: Session) -> None:
    analyst = signed_in(app, client, "analyst")
    analyst.post(f"{DATA}snapshots")
    session.rollback()
    number = session.scalars(select(Task.id)).one()
    mine = transaction(lambda session: task_work.tasks.claim(session, number))
    assert mine is not None
    transaction(lambda session: task_work._begun(session, mine))
    assert "Snapshot 1 is being made" in analyst.get(DATA).text
    assert analyst.get(f"{DATA}1/questions.csv").status_code == 404
    with clock.at(TODAY + timedelta(minutes=6)):
        assert run_waiting() == 1
    session.rollback()
    assert analyst.get(f"{DATA}1/questions.csv").status_code == 200
