"""Downloads of a snapshot's files, for researchers' pages and programs alike; each is noted in the audit log."""

from flask import Response, current_app, stream_with_context
from sqlalchemy import select

from ..errors import AnswersGone, NotFound
from ..export.files import BUNDLE, unpacked
from ..i18n.locale import gettext
from ..models import Snapshot, Survey
from ..services.audit_log import record
from ..services.snapshots import frozen_file
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


def download(survey: Survey, number: int, name: str, user_id: int) -> Response:
    """A file of a snapshot by its name, for a user who may read it; each download leaves an entry in the log."""
    snapshot = snapshot_of(survey, number)
    if snapshot.withdrawn_at is not None:
        raise AnswersGone(
            gettext("Somebody in this snapshot has erased their answers. Freeze a new one instead.")
        )
    kept = frozen_file(db.session, snapshot, name, current_app.config["PARLEY"])
    detail, slug = {"snapshot": number, "file": name}, survey.slug
    transaction(lambda session: record(session, survey, "download", detail, user_id))
    # The session that pieces are read by lives as long as the answer is sent.
    content_type = "application/zip" if name == BUNDLE else "text/csv; charset=utf-8"
    response = Response(stream_with_context(unpacked(kept)), content_type=content_type)
    if kept.size is not None:
        response.content_length = kept.size
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug}-{number}-{name}")
    return response
