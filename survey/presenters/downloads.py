"""Downloads of a snapshot's files, for researchers' pages and programs alike; each is noted in the audit log."""

from collections.abc import Iterator

from flask import Response, current_app, stream_with_context
from sqlalchemy import select

from ..errors import AnswersGone, NotFound
from ..export import forecasts, questions
from ..export.cells import csv_lines
from ..export.snapshots import open_key
from ..i18n.locale import gettext
from ..models import Snapshot, Survey
from ..services.audit_log import record
from ..store.engine import db
from ..store.transaction import transaction

#: Who may take out rows about people; an organizer who wants to is made an analyst, and the log says so.
READERS = ("owner", "analyst")


def snapshot_of(survey: Survey, number: int) -> Snapshot:
    """The snapshot of an address.

    :raise NotFound: where the survey has none with this number.
    """
    snapshot = db.session.scalar(select(Snapshot).filter_by(survey_id=survey.id, number=number))
    if snapshot is None:
        raise NotFound()
    return snapshot


def download_forecasts(survey: Survey, number: int, user_id: int) -> Response:
    """`forecasts_long.csv` of a snapshot, for a user who may read it."""
    snapshot_id = _snapshot_to_read(survey, number, "forecasts_long.csv", user_id)

    def lines() -> Iterator[str]:
        # The session of the request is closed by now, before the first line is sent.
        snapshot = db.session.get_one(Snapshot, snapshot_id)
        key = open_key(snapshot, current_app.config["PARLEY"])
        yield from csv_lines(forecasts.COLUMNS, forecasts.rows(db.session, snapshot, key))

    return _download(lines(), f"{survey.slug}-{number}-forecasts_long.csv")


def download_questions(survey: Survey, number: int, user_id: int) -> Response:
    """`questions.csv` of a snapshot, for a user who may read it."""
    snapshot_id = _snapshot_to_read(survey, number, "questions.csv", user_id)

    def lines() -> Iterator[str]:
        snapshot = db.session.get_one(Snapshot, snapshot_id)
        yield from csv_lines(questions.columns(snapshot), questions.rows(db.session, snapshot))

    return _download(lines(), f"{survey.slug}-{number}-questions.csv")


def _snapshot_to_read(survey: Survey, number: int, file: str, user_id: int) -> int:
    """Id of the snapshot of an address; each download leaves an entry in the log."""
    snapshot = snapshot_of(survey, number)
    if snapshot.withdrawn_at is not None:
        raise AnswersGone(
            gettext("Somebody in this snapshot has erased their answers. Freeze a new one instead.")
        )
    snapshot_id, detail = snapshot.id, {"snapshot": number, "file": file}
    transaction(lambda session: record(session, survey, "download", detail, user_id))
    return snapshot_id


def _download(lines: Iterator[str], name: str) -> Response:
    response = Response(stream_with_context(lines), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
