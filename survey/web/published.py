"""Results for everybody: of a survey, of one of its themes; who takes part is asked to answer first."""

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from .. import clock
from ..models import Survey
from ..presenters.licences import licence_told
from ..presenters.published_results import bibtex, citation, moved_title, published_results
from ..services.data_controller import takes_newcomers
from ..services.readers import readers_apart, when_published
from ..store.engine import db
from .identity import as_participant
from .layout import known_person, page
from .page_cache import kept_for_strangers
from .readers import READER, day_of, has_read, mark_read, published_question, published_survey, theme_of

blueprint = Blueprint("published", __name__, url_prefix="/s/<slug>")

#: On a page that tells figures. What people write has no sign of this kind left in it.
TOLD = " data-told>"


def results_page(survey: Survey, theme: str = "") -> Response:
    """The page of results; a browser that was shown figures remembers that it was, and nothing else."""
    if answers_first(survey):
        return make_response(page("public/answer_first.html", survey, again=_again(survey, theme)))
    response = make_response(_kept(slug=survey.slug, theme=theme))
    return mark_read(survey, response) if TOLD in response.get_data(as_text=True) else response


@blueprint.get("/results/<theme>")
def theme_results(slug: str, theme: str) -> Response:
    """The results of one theme."""
    return results_page(published_survey(slug), theme)


@blueprint.get("/q/<key>/think")
def think(slug: str, key: str) -> Response:
    """From a figure inside another site's page to its question: this browser has seen what others say."""
    survey = published_question(slug, key).survey
    if survey.visibility == "invited" and known_person(survey) is None:
        # Its questions are for those who were invited.
        return mark_read(survey, redirect(url_for("participant.survey_results", slug=slug)))
    return mark_read(survey, redirect(url_for("participant.question", slug=slug, key=key)))


def answers_first(survey: Survey) -> bool:
    """Whether this reader takes part and has not been shown results yet: having seen them is noted with answers."""
    if "show" in request.args or has_read(survey) or survey.reveal == "always":
        return False
    return known_person(survey) is not None and survey.is_open(clock.now(db.session))


def _again(survey: Survey, theme: str) -> str:
    if theme:
        return url_for("published.theme_results", slug=survey.slug, theme=theme, show=1)
    return url_for("participant.survey_results", slug=survey.slug, show=1)


@kept_for_strangers()
def _kept(slug: str, theme: str) -> str:
    survey, asked_day = published_survey(slug), day_of(request.args.get("day", ""))
    chosen = theme_of(survey, theme) if theme else None
    told = published_results(db.session, READER, survey, chosen, asked_day)
    fixed = asked_day or told.as_of
    address = url_for(
        "published.theme_results" if chosen else "participant.survey_results",
        slug=slug,
        day=fixed.isoformat() if fixed else None,
        _external=True,
        **({"theme": theme} if chosen else {}),
    )
    return page(
        "public/results.html",
        survey,
        told=told,
        theme=chosen,
        day=asked_day,
        moved_title=moved_title(told.moved),
        citation=citation(survey, told, address),
        bibtex=bibtex(survey, told, address),
        licence=licence_told(survey.data_licence),
        address=address,
        when=when_published(survey),
        apart=readers_apart(),
        joins=survey.visibility != "invited" and as_participant(survey).participant is None,
        is_open=survey.is_open(clock.now(db.session)) and takes_newcomers(db.session, survey),
    )
