"""Running a survey: how it goes, each question's crowd, and what came out."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ... import disclosure
from ...aggregation.participation import answered_by_question
from ...disclosure import Shown
from ...errors import NotFound
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...presenters.crowd_summary import crowd_pictures
from ...presenters.question_state import status_in_words
from ...services.publication import publish as publish_what_is_due
from ...services.resolution_proposals import proposals, waiting_for
from ...store.engine import db
from ...store.transaction import transaction
from ..identity import as_organizer, question_by_key
from ..participant.enrollment import keep_the_body
from .layout import organized_survey, organizer_page
from .overview import drawn, overview_of, picture_of
from .resolutions import told_resolutions

blueprint = Blueprint("organizer", __name__, url_prefix="/s/<slug>/organize")
blueprint.url_value_preprocessor(keep_the_body)

Page = str | Response | tuple[str, int]


@blueprint.get("/")
def overview(slug: str) -> Page:
    """How the survey goes, and what needs somebody today."""
    survey, role = organized_survey(slug)
    return organizer_page(
        "organizer/dashboard.html",
        survey,
        role,
        words=survey.text(current_language()),
        **overview_of(survey, role, request.args.get("sort", "")),
    )


@blueprint.get("/fragment")
def fragment(slug: str) -> Page:
    """What changes on the overview while people answer, for the script that keeps it up to date."""
    survey, role = organized_survey(slug)
    return organizer_page(
        "organizer/_overview.html", survey, role, **overview_of(survey, role, request.args.get("sort", ""))
    )


@blueprint.get("/picture/<any(growth, questions):name>.<any(svg, png):kind>")
def picture(slug: str, name: str, kind: str) -> Response:
    """A picture of the overview as a file."""
    survey, _role = organized_survey(slug)
    chart = picture_of(survey, name)
    if chart is None:
        raise NotFound(_("There is nothing to draw yet."))
    return drawn(chart, f"{survey.slug}-{name}", kind)


@blueprint.post("/publish")
def publish(slug: str) -> Page:
    """Publish what is due, and say what that was."""
    survey, _role = organized_survey(slug)
    made = transaction(lambda session: [one.question.key for one in publish_what_is_due(session, survey)])
    if made:
        keys = ", ".join(made)
        said = ngettext(
            "Published %(num)s question: %(keys)s.",
            "Published %(num)s questions: %(keys)s.",
            len(made),
            keys=keys,
        )
        flash(said)
    else:
        flash(_("Nothing is due: no question has enough new answers. Nothing was published."), "warning")
    return redirect(url_for(".overview", slug=slug), 303)


@blueprint.get("/q/<key>")
def question(slug: str, key: str) -> Page:
    """One question: its crowd, its versions, its outcomes with what they scored."""
    survey, role = organized_survey(slug)
    asked = question_by_key(survey, key, among_all=True)
    viewer = as_organizer(survey)
    seen = disclosure.get_aggregate(db.session, viewer, asked)
    shown = seen if isinstance(seen, Shown) else None
    wanted = request.args.get("option", "")
    return organizer_page(
        "organizer/question.html",
        survey,
        role,
        question=asked,
        words=asked.text(current_language()),
        status=status_in_words(db.session, asked),
        answered=answered_by_question(db.session, survey).get(asked.id, 0),
        shown=shown,
        pictures=crowd_pictures(db.session, viewer, asked, shown, wanted) if shown else None,
        resolutions=told_resolutions(db.session, asked),
        waiting=waiting_for(proposals(db.session, survey), key),
    )
