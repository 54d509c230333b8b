"""Researchers take out what was said: frozen snapshots, under pseudonyms."""

from collections.abc import Iterator
from itertools import islice

from flask import Blueprint, Response, current_app, flash, redirect, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import select

from ..actions.event_log import record
from ..db import db, transaction
from ..errors import AnswersGone, NotFound
from ..export import forecasts, questions
from ..export.cells import cell, csv_lines
from ..export.snapshots import freeze, open_key
from ..language import gettext
from ..models import Snapshot, Survey
from .pages import page
from .reader import require_role, survey_by_slug

blueprint = Blueprint("researcher", __name__, url_prefix="/s/<slug>/data")

#: Who may take out rows about people; an organizer who wants to is made an analyst, and the log says so.
READERS = ("owner", "analyst")
PREVIEW = 10


def snapshot_of(survey: Survey, number: int) -> Snapshot:
    """The snapshot of an address.

    :raise NotFound: where the survey has none with this number.
    """
    snapshot = db.session.scalar(select(Snapshot).filter_by(survey_id=survey.id, number=number))
    if snapshot is None:
        raise NotFound()
    return snapshot


@blueprint.get("/")
def data(slug: str) -> str:
    """The snapshots there are, a preview of the newest, and what each column means."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    query = select(Snapshot).filter_by(survey_id=survey.id).order_by(Snapshot.number.desc())
    snapshots = db.session.scalars(query).all()
    newest = next((snapshot for snapshot in snapshots if snapshot.withdrawn_at is None), None)
    return page(
        "researcher/data.html",
        survey,
        snapshots=snapshots,
        newest=newest,
        columns=forecasts.COLUMNS,
        preview=_first_rows(newest) if newest else [],
    )


def _first_rows(snapshot: Snapshot) -> list[list[str]]:
    key = open_key(snapshot, current_app.config["PARLEY"])
    rows = islice(forecasts.rows(db.session, snapshot, key), PREVIEW)
    return [[cell(value) for value in row] for row in rows]


@blueprint.post("/snapshots")
def make_snapshot(slug: str) -> ResponseReturnValue:
    """Freeze everything received by the end of yesterday."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    user_id, settings = current_user.id, current_app.config["PARLEY"]
    number = transaction(lambda session: freeze(session, survey, settings, by_id=user_id).number)
    flash(gettext("Snapshot %(number)s holds everything received by the end of yesterday, UTC.", number=number))
    return redirect(url_for(".data", slug=slug), 303)


@blueprint.get("/<int:number>/forecasts_long.csv")
def forecasts_long(slug: str, number: int) -> Response:
    """Every number of every submission, one a row."""
    survey, snapshot = _snapshot_to_read(slug, number, "forecasts_long.csv")
    key = open_key(snapshot, current_app.config["PARLEY"])
    rows = forecasts.rows(db.session, snapshot, key)
    return _download(csv_lines(forecasts.COLUMNS, rows), f"{survey.slug}-{number}-forecasts_long.csv")


@blueprint.get("/<int:number>/questions.csv")
def questions_table(slug: str, number: int) -> Response:
    """Every question, one a row."""
    survey, snapshot = _snapshot_to_read(slug, number, "questions.csv")
    rows = questions.rows(db.session, snapshot)
    return _download(csv_lines(questions.columns(snapshot), rows), f"{survey.slug}-{number}-questions.csv")


def _snapshot_to_read(slug: str, number: int, file: str) -> tuple[Survey, Snapshot]:
    """The survey and snapshot, for those who may read it; each download leaves an entry in the log."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    snapshot = snapshot_of(survey, number)
    if snapshot.withdrawn_at is not None:
        raise AnswersGone(gettext("Somebody in this snapshot has erased their answers. Freeze a new one instead."))
    user_id = current_user.id
    detail = {"snapshot": number, "file": file}
    transaction(lambda session: record(session, survey, "download", detail, user_id))
    return survey, snapshot


def _download(lines: Iterator[str], name: str) -> Response:
    response = Response(stream_with_context(lines), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
