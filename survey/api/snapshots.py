"""For tokens of researchers: snapshots, frozen and taken out under pseudonyms."""

from functools import partial
from typing import Any

from flask import Response, url_for
from werkzeug.exceptions import Forbidden

from .. import clock
from ..export.files import BUNDLE
from ..export.options import FreezeOptions
from ..i18n.locale import gettext
from ..models import LIVE_STATES, Snapshot, Survey, Task
from ..presenters import downloads
from ..presenters.snapshot_rows import CSV, NDJSON
from ..presenters.tasks import seconds_left, task_of, task_words
from ..services.api_tokens import EXPORT
from ..services.enrollment import role_of
from ..services.freeze_options import report_before
from ..services.snapshots import finished
from ..services.task_work import ask_snapshot
from ..services.tasks import cancel, may_cancel
from ..store.engine import db
from ..store.transaction import transaction
from .authentication import require_member
from .operation import Operations
from .paging import Page, page
from .request_parsing import InvalidRequest
from .schemas import crowd as crowd_schemas

blueprint = Operations("Data", "For the token of an owner or analyst, with the scope `export`.")

FILES = ("forecasts_long", "questions_table", "bundle")
#: How long a program is to wait before it asks again how far a task is, in seconds.
ASK_AGAIN = 2
OLDEST = {"slug": "$request.path.slug", "number": "$response.body#/0/number"}
DOWNLOADS = {name: {"operationId": name, "parameters": OLDEST} for name in FILES}
ITSELF = {"slug": "$request.path.slug", "number": "$response.body#/number"}
GOES_ON = {name: {"operationId": name, "parameters": ITSELF} for name in ("snapshot_task", "cancel_task")}
THE_LIST = {"list_snapshots": {"operationId": "list_snapshots", "parameters": {"slug": "$request.path.slug"}}}


@blueprint.operation(
    "GET",
    "/surveys/<slug>/snapshots",
    answers=(200, crowd_schemas.Snapshot(many=True)),
    query=Page,
    links=DOWNLOADS,
)
def list_snapshots(query: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """The snapshots there are, oldest first"""
    survey, _user = require_member(slug, EXPORT, *downloads.READERS)
    frozen = db.session.scalars(finished(survey))
    return [_snapshot(survey, one) for one in page(query, frozen, lambda one: (one.number,))]


@blueprint.operation(
    "POST",
    "/surveys/<slug>/snapshots",
    answers=(202, crowd_schemas.Task),
    body=crowd_schemas.FreezeOptions,
    refuses=(409,),
    links=GOES_ON,
)
def freeze_snapshot(body: dict[str, Any], slug: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Freeze everything received by the end of yesterday, UTC

    It is made in the background; `Location` is the address of its task, which says how far it is. Whoever has one in
    the making gets that one's: nobody has two at a time, and none with other options. The body may be left out.
    """
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    options = FreezeOptions(**{**body, "not_identifying": tuple(body["not_identifying"])})
    task = transaction(partial(ask_snapshot, survey=survey, user=user, options=options))
    address = url_for(".snapshot_task", slug=slug, number=task.id)
    return _task(survey, task), 202, {"Location": address, "Retry-After": str(ASK_AGAIN)}


@blueprint.operation(
    "GET",
    "/surveys/<slug>/disclosure-report",
    answers=(200, crowd_schemas.DisclosureReport),
    query=crowd_schemas.AlikePeople,
)
def disclosure_report(query: dict[str, Any], slug: str) -> dict[str, Any]:
    """Who could be singled out in a snapshot of yesterday, if nothing were suppressed

    k-anonymity of what people said about themselves, by question, by two together and by all; l-diversity of the
    forecasts over all. A bundle has the same of what it tells in `disclosure.csv`.
    """
    survey, _user = require_member(slug, EXPORT, *downloads.READERS)
    keys = tuple(key.strip() for key in query["not_identifying"].split(",") if key.strip())
    told = report_before(db.session, survey, query["k"], keys)
    return {"k": query["k"], "people": told.people, "combinations": told.combinations, **vars(told.diversity)}


@blueprint.operation(
    "GET",
    # PostgreSQL's whole numbers end there: a larger one would be its error, and not an address of nothing.
    "/surveys/<slug>/tasks/<int(max=2147483647):number>",
    answers=(200, crowd_schemas.Task),
    links=THE_LIST,
)
def snapshot_task(slug: str, number: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """How far a snapshot is

    Where it goes on, `Retry-After` says when to ask again; once it is `done`, `snapshot` is its number.
    """
    survey, _user = require_member(slug, EXPORT, *downloads.READERS)
    task = task_of(survey, number)
    return _task(survey, task), 200, {"Retry-After": str(ASK_AGAIN)} if task.state in LIVE_STATES else {}


@blueprint.operation(
    "DELETE",
    "/surveys/<slug>/tasks/<int(max=2147483647):number>",
    answers=(200, crowd_schemas.Task),
    refuses=(403,),
)
def cancel_task(slug: str, number: int) -> dict[str, Any]:
    """Cancel the making of a snapshot

    Nothing of it is kept. One that is over stays as it is. Somebody else's is cancelled by owners alone.
    """
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    task = task_of(survey, number)
    if task.state in LIVE_STATES and not may_cancel(
        task, user.id, role_of(db.session, survey, user.id) or ""
    ):
        raise Forbidden(gettext("Another person asked for it: they and owners may cancel it."))
    transaction(partial(cancel, task=task))
    return _task(survey, task)


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
    "/surveys/<slug>/snapshots/<int(max=2147483647):number>/bundle.zip",
    answers=(200, None, downloads.ZIP),
    refuses=(410,),
)
def bundle(slug: str, number: int) -> Response:
    """Every table with its codebook and descriptions, in one signed archive

    `parley bundle verify` checks it, `parley bundle recompute` computes every figure in it again. Each download
    leaves an entry in the survey's log.
    """
    survey, user = require_member(slug, EXPORT, *downloads.READERS)
    return downloads.download(survey, number, BUNDLE, user.id)


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


def _task(survey: Survey, task: Task) -> dict[str, Any]:
    told = ("state", "step", "share", "asked_at", "started_at", "ended_at")
    words = task_words(task, clock.now(db.session))
    return {
        "number": task.id,
        **{name: getattr(task, name) for name in told},
        "seconds_left": seconds_left(task),
        "detail": f"{words.heading}. {words.sentence}".strip(),
        "snapshot": task.result,
        "files": [url_for(f".{name}", slug=survey.slug, number=task.result) for name in FILES]
        if task.result
        else [],
    }
