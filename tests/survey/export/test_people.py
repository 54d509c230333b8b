"""Who is in a bundle and under what names: those who answered or skipped, with nothing that names them."""

import csv
import io
from datetime import date

import pytest
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export import people
from survey.export.files import FILES, unpacked
from survey.export.options import FreezeOptions
from survey.models import Participant, Snapshot
from survey.services import forecast_submit, moderation
from survey.services.erasure import erase
from survey.services.freeze_options import InvalidOptions
from survey.services.snapshots import freeze, frozen_file
from tests.conftest import database_after
from tests.factories import on, say, someone, the_question, the_survey

pytestmark = pytest.mark.store

KEY = "leaders-meet"


def a_few(session: Session) -> None:
    """Six who answer with their reasons, one of them hidden; one who skips; one who only joins; a late answer."""
    question = the_question(session, KEY)
    with clock.at(on(18)):
        someone(session)
        forecast_submit.skip(session, someone(session), question)
        for place in range(6):
            say(session, someone(session), question, 0.1 + 0.1 * place, rationale=f"Reason {place}, =1+1")
        everybody = session.scalars(select(Participant).order_by(Participant.id)).all()
        moderation.hide(session, everybody[2], question, 1)
    with clock.at(on(20)):
        say(session, everybody[3], question, 0.9, rationale="Late")
    with clock.at(on(21)):
        looked_through = FreezeOptions(reviewed_until=date(2026, 11, 18))
        settings = current_app.config["PARLEY"]
        freeze(session, the_survey(session), settings, as_of=date(2026, 11, 19), options=looked_through)


database = database_after(a_few)


@pytest.fixture
def tables(app: Flask, session: Session) -> dict[str, list[dict[str, str]]]:
    snapshot = session.scalars(select(Snapshot)).one()
    settings = app.config["PARLEY"]
    files = {
        name: b"".join(unpacked(frozen_file(session, snapshot, name, settings))).decode() for name in FILES
    }
    return {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(text, newline="")))
        for name, text in files.items()
    }


def test_those_who_answered_or_skipped_by_the_day_are_in_it(tables: dict[str, list[dict[str, str]]]) -> None:
    names = [row["participant_id"] for row in tables["participants"]]
    assert len(names) == 7 and names == sorted(names)
    assert {row["participant_id"] for row in tables["skips"]} < set(names)
    assert len(tables["submissions"]) == len(tables["paradata"]) == len(tables["forecasts_long"]) == 6
    assert {row["submitted_at"] for row in tables["paradata"]} == {""}


def test_a_reason_is_in_it_as_long_as_others_may_read_it(tables: dict[str, list[dict[str, str]]]) -> None:
    told = {row["rationale"]: row["status"] for row in tables["rationales"]}
    assert told == {"": "hidden", **{f"Reason {place}, =1+1": "told" for place in range(1, 6)}}


def test_who_only_skipped_takes_the_snapshot_with_them_too(app: Flask, session: Session) -> None:
    person = session.scalars(select(Participant).order_by(Participant.id)).all()[1]
    erase(session, person)
    assert session.scalars(select(Snapshot)).one().withdrawn_at is not None


def test_exact_times_need_a_reason_and_a_survey_that_keeps_them(app: Flask, session: Session) -> None:
    survey, settings = the_survey(session), app.config["PARLEY"]
    made = freeze(
        session, survey, settings, options=FreezeOptions(exact_times="Response times are the subject")
    )
    told = [row[-1] for row in people.PARADATA.rows(session, made, b"k")]
    assert told and all(moment is not None and moment.hour == 12 for moment in told)
    survey.protected = True
    with pytest.raises(InvalidOptions, match="is protected"):
        freeze(session, survey, settings, options=FreezeOptions(exact_times="The same"))
