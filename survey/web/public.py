"""Pages for everybody: the front, the methods, whether the site is up."""

import logging
from dataclasses import replace

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from scoring.pools.catalog import METHODS, SHOWN
from scoring.pools.catalog.method import Method

from .. import clock
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Survey
from ..presenters.answering_time import answering_time
from ..presenters.scenario_charts import front_scenarios
from ..services.data_controller import takes_newcomers
from ..store.engine import db
from ..store.health import health_problems
from .identity import as_participant, survey_by_slug
from .layout import page
from .page_cache import kept_for_strangers
from .survey_list import told_apart

blueprint = Blueprint("public", __name__)

logger = logging.getLogger(__name__)

#: Letters of an address that somebody is led back to; ours have a tenth of them.
LONGEST_PATH = 2_000


@blueprint.get("/")
def front() -> str:
    """The front page of the only survey there is to see, or a list of them."""
    public = select(Survey).filter_by(visibility="public").order_by(Survey.id)
    # Of the only survey the page may be kept already: then nothing else of it is read.
    slugs = db.session.scalars(public.with_only_columns(Survey.slug)).all()
    if len(slugs) == 1:
        return survey_front(slug=slugs[0])
    listed = db.session.scalars(public).all()
    hints = told_apart(listed)
    return page(
        "public/surveys.html",
        surveys=[(survey, survey.text(current_language()), hints[survey.id]) for survey in listed],
    )


@blueprint.get("/s/<slug>/")
@kept_for_strangers()
def survey_front(slug: str) -> str:
    """What the survey asks, its scenarios where they may be seen, and how to take part."""
    survey = survey_by_slug(slug)
    language = current_language()
    return page(
        "public/front.html",
        survey,
        words=survey.text(language),
        scenarios=front_scenarios(db.session, as_participant(survey), survey, language),
        themes=[(theme, theme.text(language), len(theme.questions)) for theme in survey.themes],
        is_open=survey.is_open(clock.now(db.session)),
        takes_newcomers=takes_newcomers(db.session, survey),
        language=language,
        takes=answering_time(survey.questions),
    )


@blueprint.get("/methods")
@kept_for_strangers()
def methods() -> str:
    """Every way from many forecasts to one: those on the crowd's pages in full, the others folded by group."""
    told = {key: _told(method) for key, method in METHODS.items()}
    notes = {
        "parley": _("The default where people are invited"),
        "parley_open": _("The default where anybody may join"),
        **dict.fromkeys(SHOWN[1:], ""),
    }
    groups: dict[str, dict[str, Method]] = {}
    for key, method in told.items():
        if key not in notes:
            groups.setdefault(method.group, {})[key] = method
    return page("public/methods.html", shown={key: told[key] for key in notes}, notes=notes, groups=groups)


def _told(method: Method) -> Method:
    """The method in the reader's language."""
    return replace(
        method,
        name=_(method.name),
        words=_(method.words),
        formula=_(method.formula),
        when=_(method.when),
        group=_(method.group),
        needs=frozenset(_(need) for need in method.needs),
    )


@blueprint.get("/healthz")
def healthz() -> Response:
    """Says "ok" while the process answers requests; asks nothing of the database or anybody else."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Says "ready" where the database answers and is as every start checks it to be, 503 where not.

    Why not is for the log: a reader of the site has no use for it.
    """
    try:
        faults = health_problems(db.engine)
    except SQLAlchemyError as error:
        logger.warning("Not ready: %s", error)
        return Response("the database does not answer", 503, mimetype="text/plain")
    for fault in faults:
        logger.warning("Not ready: %s", fault)
    if faults:
        return Response("the database is not as it must be; the log says why", 503, mimetype="text/plain")
    return Response("ready", mimetype="text/plain")


def own_path(path: str) -> str:
    r"""A path on this site, or the front page: nobody is led elsewhere by an address they were given.

    >>> own_path("/s/ukraine/themes?x=1"), own_path("//evil.example"), own_path("/\\evil.example")
    ('/s/ukraine/themes?x=1', '/', '/')
    """
    plain = path.isprintable() and "\\" not in path and len(path) <= LONGEST_PATH
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
