"""Running a survey: how it goes, each question's crowd, and what came out."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from ... import disclosure
from ...aggregation.participation import answered_by_question
from ...disclosure import Shown
from ...errors import NotFound
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import Question, Survey
from ...presenters.crowd_summary import crowd_pictures
from ...presenters.outcomes import in_words
from ...presenters.question_state import status_in_words
from ...services.publication import publish as publish_what_is_due
from ...services.resolution import Effect, effects, resolve_all
from ...services.resolution_rules import InvalidOutcome, condition_holds
from ...store.engine import db
from ...store.lifecycle import current_resolutions
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from ..identity import as_organizer, question_by_key
from ..participant.enrollment import keep_the_body
from .layout import organized_survey, organizer_page
from .overview import drawn, overview_of, picture_of
from .resolution_form import ResolveForm, place, read_outcomes, resolve_form
from .resolutions import told_effects, told_resolutions

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
    asked = question_by_key(survey, key)
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
    )


@blueprint.get("/q/<key>/resolve")
def resolve(slug: str, key: str) -> Page:
    """The form that says what came out."""
    survey, role = organized_survey(slug)
    asked = question_by_key(survey, key)
    return _form_page(survey, role, asked, resolve_form(asked, _known_branch(asked)))


@blueprint.post("/q/<key>/resolve")
def store_outcome(slug: str, key: str) -> Page:
    """First tell what an outcome would do; do it once that was seen and confirmed."""
    survey, role = organized_survey(slug)
    asked = question_by_key(survey, key)
    branch = _known_branch(asked)
    form = resolve_form(asked, branch)
    if "change" in request.form:
        return _form_page(survey, role, asked, form)
    try:
        outcomes = read_outcomes(asked, form, branch)
        if "confirm" not in request.form:
            return _preview_page(survey, role, asked, form, effects(db.session, asked, outcomes))
        user, known = current_user._get_current_object(), _known(request.form.get("known", ""))
        transaction(lambda session: len(resolve_all(session, asked, outcomes, user, known)))
    except InvalidOutcome as refused:
        place(form, refused.errors)
        return _form_page(survey, role, asked, form), 422
    flash(_("The outcome is stored, with everybody's score. What stood before is kept in the history."))
    return redirect(url_for(".question", slug=slug, key=key), 303)


def _form_page(survey: Survey, role: str, question: Question, form: ResolveForm) -> str:
    return organizer_page(
        "organizer/resolution_form.html",
        survey,
        role,
        question=question,
        words=question.text(current_language()),
        form=form,
        branch=_known_branch(question),
        standing=[(made, in_words(question, made)) for made in current_resolutions(db.session, question)],
    )


def _preview_page(
    survey: Survey, role: str, question: Question, form: ResolveForm, found: list[Effect]
) -> str:
    standing = current_resolutions(db.session, question)
    return organizer_page(
        "organizer/resolution_preview.html",
        survey,
        role,
        question=question,
        words=question.text(current_language()),
        form=form,
        effects=told_effects(question, found, standing),
        known=" ".join(str(resolution.id) for resolution in standing),
    )


def _known(ids: str) -> set[int]:
    """Ids of what stood when the preview was made."""
    return {number for one in ids.split() if (number := whole_number(one)) is not None}


def _known_branch(question: Question) -> str | None:
    """The branch of a pair whose condition is known to have come true."""
    holds = condition_holds(db.session, question) if question.kind == "pair" else None
    if holds is None:
        return None
    return next(option.key for option in question.options if option.given_holds == holds)
