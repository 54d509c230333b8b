"""Charts that travel: of a question, a theme or the scenarios as SVG, PNG and CSV at a stable address by date."""

from collections.abc import Callable
from datetime import date

from flask import make_response, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response

from .. import clock
from ..charts import BOXES, boxed, travelling
from ..charts.script import as_file
from ..errors import NotFound
from ..export.cells import csv_lines
from ..i18n.locale import LANGUAGES, current_language
from ..models import Survey
from ..presenters.published_charts import (
    PublishedChart,
    figure_words,
    question_chart,
    scenarios_chart,
    source_lines,
    table_with_source,
)
from ..presenters.published_charts import theme_chart as chart_of_theme
from ..store.engine import db
from .kept_files import kept_for_everybody
from .layout import page
from .page_cache import kept_for_strangers
from .published import TOLD, answers_first, blueprint
from .readers import READER, day_of, mark_read, published_question, published_survey, theme_of

MIME = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv"}
FILE = "<date_>.<any(svg,png,csv):kind>"
Make = Callable[[Survey, date], PublishedChart | None]


@blueprint.get(f"/q/<key>/chart/{FILE}")
def question_file(slug: str, key: str, date_: str, kind: str) -> Response:
    """A question's crowd as it stood at the end of a day."""
    alone = request.args.get("box") in BOXES

    def make(_survey: Survey, day: date) -> PublishedChart | None:
        return question_chart(db.session, READER, published_question(slug, key), day, alone=alone)

    return _file(slug, make, date_, kind)


@blueprint.get(f"/results/<theme>/chart/{FILE}")
def theme_file(slug: str, theme: str, date_: str, kind: str) -> Response:
    """The chances of a theme as they stood at the end of a day."""

    def make(survey: Survey, day: date) -> PublishedChart | None:
        return chart_of_theme(db.session, READER, theme_of(survey, theme), day)

    return _file(slug, make, date_, kind)


@blueprint.get(f"/results/chart/{FILE}")
def scenarios_file(slug: str, date_: str, kind: str) -> Response:
    """The scenarios as they stood at the end of a day."""

    def make(survey: Survey, day: date) -> PublishedChart | None:
        return scenarios_chart(db.session, READER, survey, day)

    return _file(slug, make, date_, kind)


@blueprint.get("/q/<key>/chart")
def question_chart_page(slug: str, key: str) -> Response:
    """The chart of a question to take along: the picture, its files, and what to put into another page."""
    survey = published_question(slug, key).survey
    if answers_first(survey):
        return make_response(
            page(
                "public/answer_first.html",
                survey,
                again=url_for(".question_chart_page", slug=slug, key=key, show=1),
            )
        )
    response = make_response(_chart_page(slug=slug, key=key))
    return mark_read(survey, response) if TOLD in response.get_data(as_text=True) else response


@kept_for_strangers()
def _chart_page(slug: str, key: str) -> str:
    question = published_question(slug, key)
    made = question_chart(db.session, READER, question)
    words = question.text(current_language())
    return page(
        "public/chart.html",
        question.survey,
        question=question,
        words=words,
        made=made,
        sentence=figure_words(made) if made else "",
        sources=source_lines(question.survey, made, _address(question.survey)) if made else [],
    )


def asked_language() -> str:
    """The language an address asks for, nothing where it asks for none that there is."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in LANGUAGES else ""


def language_for(survey: Survey) -> str:
    """The language of the address, else the survey's first: what caches keep is the same for everybody."""
    return next(code for code in (asked_language(), *survey.languages, "en") if code in LANGUAGES)


def is_dark() -> bool:
    """Whether the address asks for the dark scheme."""
    return request.args.get("theme") == "dark"


def _file(slug: str, make: Make, date_: str, kind: str) -> Response:
    """The file of a chart as of a day that is over; nothing where nothing was told by then."""
    day, box = day_of(date_), request.args.get("box", "")
    if day is None or day >= clock.now(db.session).date():
        raise NotFound()

    def content() -> bytes | str:
        survey = published_survey(slug)
        with force_locale(language_for(survey)):
            made = make(survey, day)
            if made is None:
                raise NotFound()
            if kind == "csv":
                return "".join(csv_lines(*table_with_source(survey, made, _address(survey))))
            if box in BOXES:
                return as_file(boxed(made.chart, box, dark=is_dark()), kind)
            lines = source_lines(survey, made, _address(survey))
            return as_file(travelling(made.chart, lines, dark=is_dark()), kind)

    # What the address asks for in vain is left out: made-up words would fill the cache with copies of one
    # file.
    variant = f"{kind} {asked_language()} {is_dark()} {box if box in BOXES else ''}"
    response = kept_for_everybody(slug, variant, MIME[kind], content)
    if kind == "csv":
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{day}.csv"'
    return response


def _address(survey: Survey) -> str:
    return url_for("participant.survey_results", slug=survey.slug, _external=True)
