"""Researchers take out what was said: frozen snapshots, under pseudonyms."""

from functools import partial

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from .. import clock
from ..errors import NotFound
from ..export.files import BUNDLE
from ..i18n.locale import gettext
from ..models import LIVE_STATES, Snapshot, Survey, Task
from ..presenters.bundles import archive_of, bundle_facts, openings
from ..presenters.downloads import READERS, download
from ..presenters.tasks import TaskWords, task_of, task_words
from ..services.snapshots import finished
from ..services.task_work import Busy, ask_snapshot
from ..services.tasks import cancel, may_cancel, shown_tasks
from ..store.engine import db
from ..store.transaction import transaction
from .identity import require_role, survey_by_slug
from .organizer.layout import organizer_page

blueprint = Blueprint("researcher", __name__, url_prefix="/s/<slug>/data")


@blueprint.get("/")
def data(slug: str) -> str:
    """The snapshots there are, a preview of the newest, and what each column means."""
    survey = survey_by_slug(slug)
    role = require_role(survey, *READERS)
    snapshots = db.session.scalars(finished(survey).order_by(Snapshot.number.desc())).all()
    told = (bundle_facts(db.session, snapshot) for snapshot in snapshots)
    bundle = next((one for one in told if one is not None), None)
    return organizer_page(
        "researcher/data.html",
        survey,
        role,
        snapshots=[(one, archive_of(db.session, one)) for one in snapshots],
        tasks=_tasks(survey, role),
        bundle=bundle,
        table=bundle.table(request.args.get("table", "")) if bundle else None,
        openings=openings(bundle, slug) if bundle else [],
    )


@blueprint.post("/snapshots")
def make_snapshot(slug: str) -> ResponseReturnValue:
    """Let everything received by the end of yesterday be frozen; the page shows how far it is."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    try:
        transaction(partial(ask_snapshot, survey=survey, user=current_user))
    except Busy as busy:
        flash(busy.sentence, "warning")
    return redirect(url_for(".data", slug=slug), 303)


@blueprint.get("/progress")
def progress(slug: str) -> str:
    """How far snapshots in the making are: the page's part that its script keeps up to date."""
    survey = survey_by_slug(slug)
    role = require_role(survey, *READERS)
    return organizer_page("researcher/_tasks.html", survey, role, tasks=_tasks(survey, role))


@blueprint.post("/tasks/<int(max=2147483647):number>/cancel")
def cancel_task(slug: str, number: int) -> ResponseReturnValue:
    """End the making of a snapshot; of somebody else's, owners alone."""
    survey = survey_by_slug(slug)
    role = require_role(survey, *READERS)
    task = task_of(survey, number)
    if not may_cancel(task, current_user.id, role):
        raise NotFound()
    if not transaction(partial(cancel, task=task)):
        flash(gettext("It was over already; nothing was changed."))
    return redirect(url_for(".data", slug=slug), 303)


def _tasks(survey: Survey, role: str) -> list[tuple[Task, TaskWords, bool]]:
    """A survey's snapshots in the making, and how one's own last ended; whether one may cancel each."""
    now = clock.now(db.session)
    return [
        (task, task_words(task, now), task.state in LIVE_STATES and may_cancel(task, current_user.id, role))
        for task in shown_tasks(db.session, survey, current_user.id, now)
    ]


@blueprint.get("/<int(max=2147483647):number>/forecasts_long.csv")
def forecasts_long(slug: str, number: int) -> Response:
    """Every number of every submission, one a row."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    return download(survey, number, "forecasts_long.csv", current_user.id)


@blueprint.get("/<int(max=2147483647):number>/bundle.zip")
def whole_bundle(slug: str, number: int) -> Response:
    """Everything there is to take out, in one signed archive."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    return download(survey, number, BUNDLE, current_user.id)


@blueprint.get("/<int(max=2147483647):number>/questions.csv")
def questions_table(slug: str, number: int) -> Response:
    """Every question, one a row."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    return download(survey, number, "questions.csv", current_user.id)
