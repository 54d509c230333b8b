"""Researchers take out what was said: frozen snapshots, under pseudonyms."""

import csv
from collections.abc import Sequence
from functools import partial
from itertools import islice

from flask import Blueprint, Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from .. import clock
from ..errors import NotFound
from ..export import forecasts
from ..export.snapshots import open_key
from ..i18n.locale import gettext
from ..models import LIVE_STATES, Snapshot, Survey, Task
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

PREVIEW = 10
#: Columns that a preview begins with; those that only tie rows together come after them.
TOLD_FIRST = (
    "question_id",
    "option_id",
    "output_type_id",
    "value",
    "value_entered",
    "submitted_date",
    "action",
)


@blueprint.get("/")
def data(slug: str) -> str:
    """The snapshots there are, a preview of the newest, and what each column means."""
    survey = survey_by_slug(slug)
    role = require_role(survey, *READERS)
    snapshots = db.session.scalars(finished(survey).order_by(Snapshot.number.desc())).all()
    newest = next((snapshot for snapshot in snapshots if snapshot.withdrawn_at is None), None)
    return organizer_page(
        "researcher/data.html",
        survey,
        role,
        snapshots=snapshots,
        newest=newest,
        tasks=_tasks(survey, role),
        columns=_in_order(forecasts.COLUMNS),
        preview=_first_rows(newest) if newest else [],
    )


def _first_rows(snapshot: Snapshot) -> list[list[str]]:
    key = open_key(snapshot, current_app.config["PARLEY"])
    file = csv.reader(forecasts.lines(db.session, snapshot, key))
    return [_in_order(row) for row in islice(file, 1, 1 + PREVIEW)]


def _in_order(row: Sequence[str]) -> list[str]:
    """A row of the file, or its columns' names, as the preview has it."""
    named = dict(zip(forecasts.COLUMNS, row, strict=True))
    return [named.pop(name) for name in TOLD_FIRST] + list(named.values())


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


@blueprint.get("/<int(max=2147483647):number>/questions.csv")
def questions_table(slug: str, number: int) -> Response:
    """Every question, one a row."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    return download(survey, number, "questions.csv", current_user.id)
