"""Researchers take out what was said: frozen snapshots, under pseudonyms."""

import csv
from collections.abc import Sequence
from itertools import islice

from flask import Blueprint, Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import select

from ..export import forecasts
from ..export.snapshots import open_key
from ..i18n.locale import gettext
from ..models import Snapshot
from ..presenters.downloads import READERS, download
from ..services.snapshots import freeze_with_files
from ..store.engine import db
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
#: The columns of the file that is looked into.
NAMES = [column.name for column in forecasts.COLUMNS]


@blueprint.get("/")
def data(slug: str) -> str:
    """The snapshots there are, a preview of the newest, and what each column means."""
    survey = survey_by_slug(slug)
    role = require_role(survey, *READERS)
    query = select(Snapshot).filter_by(survey_id=survey.id).order_by(Snapshot.number.desc())
    snapshots = db.session.scalars(query).all()
    newest = next((snapshot for snapshot in snapshots if snapshot.withdrawn_at is None), None)
    return organizer_page(
        "researcher/data.html",
        survey,
        role,
        snapshots=snapshots,
        newest=newest,
        columns=_in_order(NAMES),
        preview=_first_rows(newest) if newest else [],
    )


def _first_rows(snapshot: Snapshot) -> list[list[str]]:
    key = open_key(snapshot, current_app.config["PARLEY"])
    file = csv.reader(forecasts.lines(db.session, snapshot, key))
    return [_in_order(row) for row in islice(file, PREVIEW)]


def _in_order(row: Sequence[str]) -> list[str]:
    """A row of the file, or its columns' names, as the preview has it."""
    named = dict(zip(NAMES, row, strict=True))
    return [named.pop(name) for name in TOLD_FIRST] + list(named.values())


@blueprint.post("/snapshots")
def make_snapshot(slug: str) -> ResponseReturnValue:
    """Freeze everything received by the end of yesterday."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    user_id, settings = current_user.id, current_app.config["PARLEY"]
    number = freeze_with_files(db.session, survey, settings, user_id).number
    flash(
        gettext("Snapshot %(number)s holds everything received by the end of yesterday, UTC.", number=number)
    )
    return redirect(url_for(".data", slug=slug), 303)


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
