"""Embeds: what a survey publishes, in a small box for other sites' pages; and oEmbed, by which those find the box.

The only pages that may be framed. They hold nothing personal, set and read no cookie, run no script, and are the same
for everybody. Where results are not published a box asks its question and shows no figure.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..errors import NotFound, SurveyError
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Survey
from ..presenters.published_charts import figure_words, question_chart, told_scenarios
from ..presenters.published_results import published_results
from ..security.authentication import EMBED_POLICY
from ..store.engine import db
from .identity import question_by_key
from .kept_files import MAX_AGE, kept_for_everybody
from .published_charts import asked_language, language_for
from .readers import READER, known_to_strangers, theme_of

blueprint = Blueprint("embeds", __name__)

#: Width and height in pixels of the boxes: of a question, of any of them in a margin, of a theme or the scenarios.
QUESTION, MARGIN, WIDE = (600, 360), (320, 400), (600, 420)
#: So many questions of a theme fit its box.
MOST_ROWS = 6


class OtherFormat(SurveyError):
    """oEmbed is told as JSON alone."""

    status = 406


@blueprint.get("/embed/s/<slug>/q/<key>")
def question(slug: str, key: str) -> Response:
    """A question with the crowd's figure and its line; where results are not published, what is asked."""

    def values(survey: Survey) -> dict[str, Any]:
        asked = question_by_key(survey, key)
        made = question_chart(db.session, READER, asked) if survey.is_public else None
        return {
            "question": asked,
            "title": asked.text(current_language()).title,
            "made": made,
            "as_of": made.as_of if made else None,
            "sentence": figure_words(made) if made else "",
        }

    return _box(slug, "question", values)


@blueprint.get("/embed/s/<slug>/results/<theme>")
def theme(slug: str, theme: str) -> Response:
    """The questions of a theme with their figures."""

    def values(survey: Survey) -> dict[str, Any]:
        chosen = theme_of(survey, theme)
        told = published_results(db.session, READER, survey, chosen) if survey.is_public else None
        rows = [row for row in told.themes[0].rows if row.figure][:MOST_ROWS] if told else []
        return {
            "theme": chosen,
            "title": chosen.text(current_language()).title,
            "told": told,
            "as_of": told.as_of if told else None,
            "rows": rows,
        }

    return _box(slug, "theme", values)


@blueprint.get("/embed/s/<slug>/scenarios")
def scenarios(slug: str) -> Response:
    """The scenarios with their chances."""

    def values(survey: Survey) -> dict[str, Any]:
        told = told_scenarios(db.session, READER, survey) if survey.is_public else None
        title = told.title if told else survey.text(current_language()).headline
        return {"told": told, "as_of": told.as_of if told else None, "title": title}

    return _box(slug, "scenarios", values)


@blueprint.get("/oembed")
def oembed() -> Response:
    """The box of a page of results by the page's address, as oEmbed 1.0 has it."""
    if request.args.get("format", "json") != "json":
        raise OtherFormat(_("Only JSON is told here."))
    endpoint, values = _page_of(request.args.get("url", ""))
    boxes = {
        "published.question_chart_page": ("embeds.question", QUESTION),
        "participant.question": ("embeds.question", QUESTION),
        "published.theme_results": ("embeds.theme", WIDE),
        "participant.survey_results": ("embeds.scenarios", WIDE),
        "participant.scenarios": ("embeds.scenarios", WIDE),
    }
    if endpoint not in boxes:
        raise NotFound()
    survey = known_to_strangers(values["slug"])
    name, (width, height) = boxes[endpoint]
    if "key" in values:
        title = question_by_key(survey, values["key"]).text(language_for(survey)).title
    elif "theme" in values:
        title = theme_of(survey, values["theme"]).text(language_for(survey)).title
    else:
        title = survey.text(language_for(survey)).title
    if _least("maxwidth") < width:
        width, height = MARGIN
    source = url_for(name, _external=True, **values)
    frame = render_template("embed/frame.html", source=source, width=width, height=height, title=title)
    answer = jsonify(
        version="1.0",
        type="rich",
        provider_name="Parley",
        provider_url=request.root_url,
        title=title,
        html=frame.strip(),
        width=width,
        height=height,
        cache_age=MAX_AGE,
    )
    answer.cache_control.public, answer.cache_control.max_age = True, MAX_AGE
    return answer


def _least(name: str) -> int:
    """A number of the address; of what is none, more than any box has."""
    text = request.args.get(name, "")
    # No box is wider than four digits; a number of thousands of them is an error of Python's own.
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("10000") else WIDE[0]


def _page_of(address: str) -> tuple[str, dict[str, Any]]:
    """Which page of this site an address names.

    :raise NotFound: for every other.
    """
    try:
        parts = urlsplit(address)
        here = parts.scheme in ("http", "https") and parts.netloc == request.host
        path = parts.path.removeprefix(request.script_root) if here else ""
        # Nothing would be the front page: another site's address is to lead to no page at all.
        return current_app.url_map.bind(request.host).match(path or "/nowhere", method="GET")  # type: ignore[return-value]
    except (ValueError, HTTPException):
        raise NotFound() from None


def _box(slug: str, name: str, values: Callable[[Survey], dict[str, Any]]) -> Response:
    """The box, kept: nothing is read from the store before it is known that it has to be made."""

    def content() -> str:
        survey = known_to_strangers(slug)
        language = language_for(survey)
        with force_locale(language):
            told = values(survey)
            return render_template(f"embed/{name}.html", survey=survey, language=language, **told)

    response = kept_for_everybody(slug, asked_language(), "text/html", content)
    response.headers["Content-Security-Policy"] = EMBED_POLICY
    return response
