"""forecasts_long.csv: complete, anonymous, streamed, and enough to compute every published figure again."""

import csv
import io
from collections.abc import Iterable

import pytest
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export import forecasts, questions
from survey.export.snapshots import open_key
from survey.models import Participant, Publication, Question, Snapshot
from survey.services.publication import publish
from survey.services.snapshots import freeze
from tests.conftest import database_after
from tests.factories import on, say, someone, the_question, the_survey, withdraw
from tests.recomputing import Rows, grouped, recomputed, stored


def people_and_an_insider(
    session: Session, asked: Iterable[Question], count: int, step: float
) -> list[Participant]:
    """So many people and an insider, who is the last; each says more than the one before, 0.1 being the least."""
    people = [someone(session) for _ in range(count + 1)]
    people[-1].insider_since = on(16)
    for place, person in enumerate(people):
        for question in asked:
            say(session, person, question, 0.1 + step * place)
    return people


def three_days(session: Session) -> None:
    """Three days of twelve people on questions of every kind, with a change, a withdrawal and an insider."""
    survey = the_survey(session)
    asked = {question.kind: question for question in survey.questions}
    with clock.at(on(18)):
        people = people_and_an_insider(session, asked.values(), 12, step=0.06)
    with clock.at(on(19)):
        for place, person in enumerate(people[:5]):
            for question in asked.values():
                say(session, person, question, 0.2 + 0.1 * place)
    with clock.at(on(20)):
        withdraw(session, people[0], asked["binary"])
        say(session, people[1], asked["choice"], 0.33, rationale="=1+1")
    with clock.at(on(21)):
        publish(session, survey)
        freeze(session, survey, current_app.config["PARLEY"])


database = database_after(three_days)


@pytest.fixture
def snapshot(session: Session) -> Snapshot:
    """What was frozen at the end of the three days."""
    return session.scalars(select(Snapshot)).one()


def table(app: Flask, session: Session, snapshot: Snapshot) -> Rows:
    key = open_key(snapshot, app.config["PARLEY"])
    text = "".join(forecasts.TABLE.lines(session, snapshot, key))
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.store
def test_every_number_of_every_submission_is_one_row(
    app: Flask, session: Session, snapshot: Snapshot
) -> None:
    rows = table(app, session, snapshot)
    binary = [row for row in rows if row["question_id"] == rows_of_kind(session, "binary")]
    assert len(binary) == 13 + 5 + 1
    assert [row["action"] for row in binary].count("withdraw") == 1
    gone = next(row for row in binary if row["action"] == "withdraw")
    assert (gone["option_id"], gone["part"], gone["value"], gone["input_format"]) == ("", "", "", "")


def rows_of_kind(session: Session, kind: str) -> str:
    survey = the_survey(session)
    return {question.kind: question.key for question in survey.questions}[kind]


def test_building_it_again_gives_the_same_bytes(app: Flask, session: Session, snapshot: Snapshot) -> None:
    first = table(app, session, snapshot)
    with clock.at(on(25)):
        say(session, someone(session), the_question(session, "cyber"))
        assert table(app, session, snapshot) == first


def test_two_snapshots_share_no_id(app: Flask, session: Session, snapshot: Snapshot) -> None:
    other = freeze(session, the_survey(session), app.config["PARLEY"])
    for column in ("participant_id", "submission_id"):
        told = [{row[column] for row in table(app, session, made)} for made in (snapshot, other)]
        assert len(told[0]) > 0
        assert told[0].isdisjoint(told[1])


def test_a_snapshot_ends_with_a_day_that_is_over(app: Flask, session: Session) -> None:
    with pytest.raises(ValueError, match="a day that is over"):
        freeze(session, the_survey(session), app.config["PARLEY"], as_of=on(22).date())


def test_the_latest_rows_are_those_that_stand(app: Flask, session: Session, snapshot: Snapshot) -> None:
    rows = table(app, session, snapshot)
    for question, of_question in grouped(rows, "question_id").items():
        for person, own in grouped(of_question, "participant_id").items():
            latest = {row["seq"] for row in own if row["is_latest"] == "true"}
            assert latest == {max(row["seq"] for row in own)}, (question, person)


def test_a_branch_says_which_side_of_the_condition_it_is_on(
    app: Flask, session: Session, snapshot: Snapshot
) -> None:
    key = rows_of_kind(session, "pair")
    rows = [row for row in table(app, session, snapshot) if row["question_id"] == key]
    assert {(row["option_id"], row["given_holds"]) for row in rows} == {
        ("if_yes", "true"),
        ("if_no", "false"),
    }
    assert {row["given_question_id"] for row in rows} == {
        the_question(session, key).condition.event.question.key
    }  # type: ignore[union-attr]


def test_rows_are_not_in_the_order_in_which_people_joined(
    app: Flask, session: Session, snapshot: Snapshot
) -> None:
    names = [row["participant_id"] for row in table(app, session, snapshot)]
    assert names[:13] == sorted(names[:13])


def test_the_file_alone_gives_the_published_figures_through_scoring(
    app: Flask, session: Session, snapshot: Snapshot
) -> None:
    check_figures(app, session, snapshot)


def check_figures(app: Flask, session: Session, snapshot: Snapshot) -> None:
    """Every published figure follows from the two files."""
    rows = grouped(table(app, session, snapshot), "question_id")
    text = "".join(questions.TABLE.lines(session, snapshot, b""))
    asked = {row["question_id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    publications = session.scalars(select(Publication)).all()
    assert {publication.question.kind for publication in publications} == {
        "binary",
        "choice",
        "ordered",
        "ladder",
        "numeric",
        "date",
        "pair",
    }
    for publication in publications:
        key = publication.question.key
        told = recomputed(rows[key], asked[key], (publication.as_of - clock.EPOCH).days)
        for option, figures in publication.figures["all"]["options"].items():
            assert told[option] == pytest.approx(stored(figures), abs=1e-9)


def test_without_the_insiders_mark_the_figures_would_differ(
    app: Flask, session: Session, snapshot: Snapshot
) -> None:
    key = rows_of_kind(session, "ordered")
    rows = [
        {**row, "insider_since": ""} for row in table(app, session, snapshot) if row["question_id"] == key
    ]
    publication = next(
        publication for publication in session.scalars(select(Publication)) if publication.question.key == key
    )
    options = publication.figures["all"]["options"]
    question = {"kind": "ordered", "option_ids": "|".join(options), "crowd_rule": "parley_open"}
    question["answers_moved"] = "false"
    told = recomputed(rows, question, (publication.as_of - clock.EPOCH).days)
    option, figures = next(iter(publication.figures["all"]["options"].items()))
    assert abs(told[option][0] - figures["parley"]["value"]) > 1e-6
