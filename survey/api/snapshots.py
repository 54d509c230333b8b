"""For tokens of researchers: snapshots, frozen and taken out under pseudonyms."""

from typing import Any

from flask import Response, current_app, url_for
from sqlalchemy import select

from ..i18n.locale import gettext
from ..models import Snapshot, Survey
from ..presenters import downloads
from ..presenters.snapshot_rows import CSV, NDJSON
from ..services.api_tokens import EXPORT
from ..services.snapshots import freeze_with_files
from ..store.engine import db
from .authentication import require_member
from .operation import Operations
from .paging import Page, page
from .request_parsing import InvalidRequest
from .schemas import crowd as crowd_schemas

blueprint = Operations("Data", "For the token of an owner or analyst, with the scope `export`.")

FILES = ("forecasts_long", "questions_table")
NEWEST = {"slug": "$request.path.slug", "number": "$response.body#/number"}
DOWNLOADS = {name: {"operationId": name, "parameters": NEWEST} for name in FILES}


@blueprint.operation(
    "GET", "/surveys/<slug>/snapshots", answers=(200, crowd_schemas.Snapshot(many=True)), query=Page
)
def list_snapshots(query: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """The snapshots there are, oldest first"""
    survey, _user = require_member(slug, EXPORT, *downloads.READERS)
    frozen = db.session.scalars(select(Snapshot).filter_by(survey_id=survey.id))
    return [_snapshot(survey, one) for one in page(query, frozen, lambda one: (one.number,))]


@blueprint.operation(
    "POST", "/surveys/<slug>/snapshots", answers=(201, crowd_schemas.Snapshot), links=DOWNLOADS
)
def freeze_snapshot(slug: str) -> dict[str, Any]:
    """Freeze everything received by the end of yesterday, UTC"""
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    settings, user_id = current_app.config["PARLEY"], user.id
    snapshot = freeze_with_files(db.session, survey, settings, user_id)
    return _snapshot(survey, snapshot)


@blueprint.operation(
    "GET",
    "/surveys/<slug>/snapshots/<int(max=2147483647):number>/forecasts_long.csv",
    answers=(200, None, CSV),
    refuses=(410,),
)
def forecasts_long(slug: str, number: int) -> Response:
    """Every number of every submission, one a row

    Each download leaves an entry in the survey's log.
    """
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    return downloads.download(survey, number, "forecasts_long.csv", user.id)


@blueprint.operation(
    "GET",
    "/surveys/<slug>/snapshots/<int(max=2147483647):number>/questions.csv",
    answers=(200, None, CSV),
    refuses=(410,),
)
def questions_table(slug: str, number: int) -> Response:
    """Every question, one a row

    Each download leaves an entry in the survey's log.
    """
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    return downloads.download(survey, number, "questions.csv", user.id)


@blueprint.operation(
    "GET",
    "/surveys/<slug>/snapshots/<int(max=2147483647):number>/forecasts",
    answers=(200, None, NDJSON, CSV),
    query=crowd_schemas.OfQuestions,
    refuses=(406, 410),
)
def forecast_rows(query: dict[str, Any], slug: str, number: int) -> Response:
    """The rows of `forecasts_long.csv` as a stream, of all questions or of some

    As `Accept` asks, one JSON object a line (`application/x-ndjson`; numbers are numbers, what is missing is null) or
    CSV, whose text no spreadsheet runs; under gzip where `Accept-Encoding` has it. Each stream leaves an entry in the
    survey's log.
    """
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    wanted = [key.strip() for key in query["questions"].split(",") if key.strip()]
    unknown = sorted(set(wanted) - {question.key for question in survey.questions})
    if unknown:
        sentence = gettext("The survey has no such question: %(keys)s.", keys=", ".join(unknown))
        raise InvalidRequest({"questions": sentence})
    return downloads.download_rows(survey, number, wanted, user.id)


def _snapshot(survey: Survey, snapshot: Snapshot) -> dict[str, Any]:
    told = ("number", "as_of", "created_at", "withdrawn_at")
    files = [url_for(f".{name}", slug=survey.slug, number=snapshot.number) for name in FILES]
    return {**{name: getattr(snapshot, name) for name in told}, "files": files}
