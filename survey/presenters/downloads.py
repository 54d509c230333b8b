"""Downloads of a snapshot's files, for researchers' pages and programs alike; each is noted in the audit log."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, request
from werkzeug.exceptions import NotAcceptable

from ..errors import AnswersGone, NotFound
from ..export.files import BUNDLE, unpacked
from ..export.kept import Kept
from ..i18n.locale import gettext
from ..models import Snapshot, Survey
from ..services.audit_log import record
from ..services.snapshots import finished, frozen_file
from ..store.engine import db
from ..store.transaction import transaction
from .snapshot_rows import CSV, NDJSON, compressed, stream

ZIP = "application/zip"
#: Who may take out rows about people; an organizer who wants to is made an analyst, and the log says so.
READERS = ("owner", "analyst")


def snapshot_of(survey: Survey, number: int) -> Snapshot:
    """The snapshot of an address.

    :raise NotFound: where the survey has none with this number, or it is still being made.
    """
    snapshot = db.session.scalar(finished(survey).where(Snapshot.number == number))
    if snapshot is None:
        raise NotFound()
    return snapshot


def download(survey: Survey, number: int, name: str, user_id: int) -> Response:
    """A file of a snapshot by its name, for a user who may read it; each download leaves an entry in the log."""
    kept = _frozen(survey, number, name)
    digest = _digest(kept)
    pieces, media = unpacked(kept), ZIP if name == BUNDLE else f"{CSV}; charset=utf-8"
    response = Response(pieces, content_type=media)
    if kept.size is not None:
        response.content_length = kept.size
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(digest).decode('ascii')}:"
    return _given_out(response, digest.hex(), survey, {"snapshot": number, "file": name}, user_id)


def _digest(kept: Kept) -> bytes:
    """SHA-256 of a file; of one that is kept as it is given out it is known."""
    if kept.size is not None:
        return bytes.fromhex(kept.sha256)
    digest = hashlib.sha256()
    for piece in unpacked(kept):
        digest.update(piece)
    return digest.digest()


def download_rows(survey: Survey, number: int, questions: Sequence[str], user_id: int) -> Response:
    """The rows of a snapshot's forecasts as a stream, in the form and coding that the request accepts; logged too.

    Raises
    ------
    NotAcceptable
        Where it takes neither NDJSON nor CSV.
    """
    name = "forecasts_long.csv"
    media = request.accept_mimetypes.best_match([NDJSON, CSV]) if request.accept_mimetypes else NDJSON
    if media is None:
        raise NotAcceptable(
            gettext(
                "Rows are sent as %(first)s or %(second)s: name one of them in “Accept”.",
                first=NDJSON,
                second=CSV,
            )
        )
    kept = _frozen(survey, number, name)
    pieces, coding = stream(unpacked(kept), media, questions), ""
    if request.accept_encodings.quality("gzip") > 0:
        pieces, coding = compressed(pieces), "gzip"
    response = Response(pieces, content_type=f"{media}; charset=utf-8" if media == CSV else media)
    response.vary.update(("Accept", "Accept-Encoding"))
    if coding:
        response.headers["Content-Encoding"] = coding
    form = json.dumps([media, coding, sorted(questions)]).encode()
    # Of what is sent, not of its bytes: those would have to be made before the first of them goes out.
    tag = hashlib.sha256(kept.sha256.encode() + form).hexdigest()
    detail = {"snapshot": number, "file": name, "format": media}
    return _given_out(
        response, tag, survey, detail | ({"questions": sorted(questions)} if questions else {}), user_id
    )


def _given_out(
    response: Response, tag: str, survey: Survey, detail: dict[str, Any], user_id: int
) -> Response:
    """A file on its way; where the caller has these very bytes (`If-None-Match`) it stays here, unlogged."""
    response.set_etag(tag)
    response.make_conditional(request)
    if response.status_code == 200:
        slug = survey.slug
        # To a question for its head alone nothing is given, and the log cannot be corrected later.
        if request.method != "HEAD":
            transaction(lambda session: record(session, survey, "download", detail, user_id))
        name = detail["file"].replace(".csv", ".ndjson") if response.mimetype == NDJSON else detail["file"]
        file = f"{slug}-{detail['snapshot']}-{name}"
        response.headers.set("Content-Disposition", "attachment", filename=file)
    return response


def _frozen(survey: Survey, number: int, name: str) -> Kept:
    """A file of a snapshot as it was frozen.

    :raise AnswersGone: where somebody in it has erased their answers.
    """
    snapshot = snapshot_of(survey, number)
    if snapshot.withdrawn_at is not None:
        raise AnswersGone(
            gettext("Somebody in this snapshot has erased their answers. Freeze a new one instead.")
        )
    return frozen_file(db.session, snapshot, name, current_app.config["PARLEY"])
