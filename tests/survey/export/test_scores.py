"""Every score follows from forecasts_long.csv and questions.csv alone: of each rung until its own last day."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export import forecasts, questions
from survey.export.snapshots import open_key, pseudonym
from survey.models import Score, Snapshot
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.services.snapshots import freeze
from tests.factories import on, say, someone, the_question, the_survey, withdraw
from tests.recomputing import grouped, parts, scored

from ..outcomes import KNOWN, new_version, outcome

LADDER = "ceasefire-when"


@pytest.fixture
def resolved(app: Flask, session: Session) -> Snapshot:
    """Eight days of thirteen people on questions of every kind: changes, a withdrawal, a new version, an insider.

    Of the ladder each rung became known on a day of its own.
    """
    survey = the_survey(session)
    asked = {question.kind: question for question in survey.questions} | {
        "ladder": the_question(session, LADDER)
    }
    with clock.at(on(16)):
        people = [someone(session) for _ in range(13)]
        people[-1].insider_since = on(16)
        for place, person in enumerate(people):
            for question in asked.values():
                say(session, person, question, 0.1 + 0.06 * place)
    with clock.at(on(18)):
        publish(session, survey)
        new_version(session, asked["binary"], on(18), substantive=True)
        for place, person in enumerate(people[:5]):
            for question in asked.values():
                say(session, person, question, 0.2 + 0.1 * place)
        late = someone(session)
        say(session, late, asked["pair"], 0.4, crowd_seen=True)
    with clock.at(on(20)):
        withdraw(session, people[0], asked["choice"])
    with clock.at(on(22)):
        resolve(session, asked["binary"], outcome(value=1.0))
        for kind in ("choice", "ordered"):
            resolve(session, asked[kind], outcome(option=asked[kind].options[1].key))
        resolve(session, asked["numeric"], outcome(value=float(asked["numeric"].upper or 1)))
        resolve(session, asked["date"], outcome(value=float(asked["date"].lower or 0) + 40))
        resolve(session, asked["pair"], outcome(about=asked["pair"].options[0].key, value=0.0))
        for days, rung in enumerate(reversed(asked["ladder"].options)):
            resolve(
                session, asked["ladder"], outcome(KNOWN - timedelta(days=days), about=rung.key, value=1.0)
            )
    with clock.at(on(23)):
        made = freeze(session, survey, app.config["PARLEY"])
    session.commit()
    return made


@pytest.mark.store
def test_each_rung_is_told_with_the_moment_it_became_known(session: Session, resolved: Snapshot) -> None:
    text = "".join(questions.TABLE.lines(session, resolved, b""))
    row = next(one for one in csv.DictReader(io.StringIO(text)) if one["question_id"] == LADDER)
    known = parts(row["known_from"])
    assert list(known) == list(parts(row["outcome"]))
    assert len(set(known.values())) == len(known) == len(the_question(session, LADDER).options)


def test_every_score_follows_from_the_two_files(app: Flask, session: Session, resolved: Snapshot) -> None:
    key = open_key(resolved, app.config["PARLEY"])
    text = "".join(forecasts.TABLE.lines(session, resolved, key))
    rows = grouped(list(csv.DictReader(io.StringIO(text, newline=""))), "question_id")
    text = "".join(questions.TABLE.lines(session, resolved, b""))
    told = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if row["outcome"]:
            found = scored(rows[row["question_id"]], row)
            told |= {(row["question_id"], *place): value for place, value in found.items()}
    kept = {
        (
            score.resolution.question.key,
            pseudonym(key, "participant", score.participant_id),
            score.resolution.option.key if score.resolution.option else "",
            score.rule,
        ): score.value
        for score in session.scalars(select(Score))
    }
    assert {rule for *_place, rule in kept} == {
        "brier",
        "ordered_brier",
        "log",
        "wis",
        "peer",
        "wis_shared",
        "wis_crowd",
    }
    assert told.keys() == kept.keys()
    assert told == pytest.approx(kept, abs=1e-8)
