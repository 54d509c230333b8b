"""Feeds: news of a survey as Atom, its deadlines as iCalendar; the same for everybody, without a cookie."""

from flask import Blueprint, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response

from ..i18n.locale import gettext as _
from ..models import Question, Survey
from ..presenters.atom import atom
from ..presenters.deadlines import survey_calendar
from ..presenters.news import news
from ..store.engine import db
from .kept_files import kept_for_everybody
from .published_charts import asked_language, language_for
from .readers import READER, known_to_strangers

blueprint = Blueprint("feeds", __name__, url_prefix="/s/<slug>")


@blueprint.get("/news.atom")
def news_feed(slug: str) -> Response:
    """New questions, publications that moved where results are published, outcomes."""

    def content() -> bytes:
        survey = known_to_strangers(slug)
        language = language_for(survey)
        with force_locale(language):
            words = survey.text(language)
            return atom(
                words.title,
                _("New questions, crowd forecasts that moved, outcomes"),
                news(db.session, READER, survey),
                # With the language it is told in, also where none was asked for: it is the feed's id
                # (RFC 4287, 4.2.6), and in another language it is another feed.
                address=url_for(".news_feed", slug=slug, lang=language, _external=True),
                page=_page(survey),
                begun=survey.opens_at,
                language=language,
                link=lambda one: _link(one.question),
            )

    return kept_for_everybody(slug, asked_language(), "application/atom+xml", content)


@blueprint.get("/deadlines.ics")
def deadlines(slug: str) -> Response:
    """When questions stop taking answers."""

    def content() -> bytes:
        survey = known_to_strangers(slug)
        with force_locale(language_for(survey)):
            return survey_calendar(db.session, survey, request.host, _link)

    return kept_for_everybody(slug, asked_language(), "text/calendar", content)


def _page(survey: Survey) -> str:
    name = "participant.survey_results" if survey.is_public else "public.survey_front"
    return url_for(name, slug=survey.slug, _external=True)


def _link(question: Question) -> str:
    """Where a stranger reads of a question: where others' forecasts are shown, or where it is asked."""
    survey = question.survey
    name = "published.question_chart_page" if survey.visibility == "invited" else "participant.question"
    return url_for(name, slug=survey.slug, key=question.key, _external=True)
