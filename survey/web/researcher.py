"""Researchers take out what was said: frozen snapshots, under pseudonyms."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from .. import clock
from ..errors import InvalidAnswer, NotFound
from ..export.files import BUNDLE
from ..export.options import FreezeOptions, K
from ..export.people import outgoing_rationales
from ..i18n.locale import current_language, gettext
from ..models import LIVE_STATES, Snapshot, Survey, Task
from ..presenters.bundles import archives_of, bundle_facts, openings
from ..presenters.disclosure_report import answers_alike, questions_about_people, singled_out
from ..presenters.downloads import READERS, download
from ..presenters.tasks import TaskWords, task_of, task_words
from ..services import moderation
from ..services.freeze_options import InvalidOptions
from ..services.snapshots import finished
from ..services.task_work import Busy, BusyOtherwise, ask_snapshot
from ..services.tasks import cancel, may_cancel, shown_tasks
from ..store.engine import db
from ..store.transaction import transaction
from .forms.freezing import FreezeForm
from .forms.whole_number import whole_number
from .identity import require_role, survey_by_slug
from .organizer.layout import organizer_page
from .pagination import paginated

blueprint = Blueprint("researcher", __name__, url_prefix="/s/<slug>/data")


@blueprint.get("/")
def data(slug: str) -> str:
    """The snapshots there are, a preview of the newest, what each column means, and who could be singled out."""
    survey = survey_by_slug(slug)
    return _data_page(survey, require_role(survey, *READERS), _form(survey, formdata=None))


def _data_page(survey: Survey, role: str, form: FreezeForm) -> str:
    snapshots = db.session.scalars(finished(survey).order_by(Snapshot.number.desc())).all()
    told = (bundle_facts(db.session, snapshot) for snapshot in snapshots)
    bundle = next((one for one in told if one is not None), None)
    archives = archives_of(db.session, snapshots)
    return organizer_page(
        "researcher/data.html",
        survey,
        role,
        snapshots=[(one, archives.get(one.id)) for one in snapshots],
        tasks=_tasks(survey, role),
        bundle=bundle,
        openings=openings(bundle, survey.slug) if bundle else [],
        form=form,
        singled_out=singled_out(db.session, survey, form.not_identifying.choices),
        k=K,
    )


def _form(survey: Survey, **settings: Any) -> FreezeForm:
    asked = questions_about_people(db.session, survey, current_language())
    return FreezeForm(asked, clock.last_day(db.session), **settings)


@blueprint.post("/snapshots")
def make_snapshot(slug: str) -> ResponseReturnValue:
    """Let everything received by the end of yesterday be frozen; the page shows how far it is."""
    survey = survey_by_slug(slug)
    role, form = require_role(survey, *READERS), _form(survey)
    if not form.validate():
        return _data_page(survey, role, form), 422
    try:
        _ask(survey, form.options())
    except InvalidOptions as refused:
        form.place(refused)
        return _data_page(survey, role, form), 422
    return redirect(url_for(".data", slug=slug), 303)


@blueprint.post("/tasks/<int(max=2147483647):number>/again")
def make_again(slug: str, number: int) -> ResponseReturnValue:
    """Ask once more for a snapshot that failed, with the same options."""
    survey = survey_by_slug(slug)
    require_role(survey, *READERS)
    _ask(survey, FreezeOptions.read(task_of(survey, number).parameters or {}))
    return redirect(url_for(".data", slug=slug), 303)


def _ask(survey: Survey, options: FreezeOptions) -> None:
    try:
        transaction(partial(ask_snapshot, survey=survey, user=current_user, options=options))
    except (Busy, BusyOtherwise) as busy:
        flash(busy.sentence, "warning")


@blueprint.get("/review")
def review(slug: str) -> str:
    """What goes out with a snapshot of yesterday, before it does: who could be singled out, and which reasons."""
    survey = survey_by_slug(slug)
    return _review_page(survey, require_role(survey, *READERS))


@blueprint.post("/review")
def withhold(slug: str) -> ResponseReturnValue:
    """Keep a reason out of this snapshot and from everybody but its author, who reads why; owners alone."""
    survey = survey_by_slug(slug)
    role = require_role(survey, "owner")
    number, why = whole_number(request.form.get("reason", "")), request.form.get("why", "")
    act = partial(
        moderation.withhold_outgoing, user=current_user, survey=survey, submission=number or 0, why=why
    )
    try:
        transaction(act)
    except InvalidAnswer as refused:
        return _review_page(survey, role, (number, why, refused.sentence)), 422
    flash(gettext("The reason is withheld: from others, and from snapshots to come."))
    return redirect(url_for(".review", slug=slug, page=request.args.get("page")), 303)


def _review_page(survey: Survey, role: str, refused: tuple[int | None, str, str] | None = None) -> str:
    asked = questions_about_people(db.session, survey, current_language())
    reasons = outgoing_rationales(db.session, survey, clock.last_day(db.session))
    return organizer_page(
        "researcher/review.html",
        survey,
        role,
        singled_out=singled_out(db.session, survey, asked),
        alike=answers_alike(db.session, survey),
        reasons=paginated(reasons, request.args.get("page", "")),
        titles={question.id: question.text(current_language()).title for question in survey.questions},
        last=clock.last_day(db.session),
        refused=refused,
        k=K,
    )


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
