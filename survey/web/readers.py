"""Readers of published results: who may open them, and the cookie that says this browser has seen them.

One small cookie a survey, of this site alone, without a name in it: whoever answers after reading is told apart.
Pages inside another site's frame neither set nor read it; the way from there to a question passes `mark_read`.
"""

from datetime import date

from flask import current_app, request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

from ..config import derive_key
from ..disclosure import Viewer, sees_figures
from ..errors import NotFound
from ..models import Question, Survey, Theme
from ..store.engine import db
from .identity import as_participant, find_survey, question_by_key, survey_by_slug

#: What everybody is shown who opens what a survey publishes.
READER = Viewer(reads=True)
#: Begins the cookie's name; the survey's slug ends it.
COOKIE = "parley_read_"
#: As long as most surveys that are read run.
KEPT_SECONDS = 365 * 24 * 60 * 60


def survey_for_readers(slug: str) -> Survey:
    """The survey of an address whose results are for everybody, even where invited people alone take part.

    :raise NotFound: where there is none, or its results are not published and this reader may not know of it.
    """
    survey = find_survey(slug)
    return survey if survey is not None and survey.is_public else survey_by_slug(slug)


def published_survey(slug: str) -> Survey:
    """The survey of an address that publishes its results.

    :raise NotFound: where there is none, or it publishes none.
    """
    survey = survey_for_readers(slug)
    if not survey.is_public:
        raise NotFound()
    return survey


def known_to_strangers(slug: str) -> Survey:
    """A survey that anybody may know of: it publishes results, or anybody may join it.

    :raise NotFound: for every other, whoever asks: what is told of it is the same for everybody.
    """
    survey = find_survey(slug)
    if survey is None or survey.pilot or (survey.visibility == "invited" and not survey.is_public):
        raise NotFound()
    return survey


def published_question(slug: str, key: str) -> Question:
    """A question of a survey that publishes its results; see `published_survey`."""
    return question_by_key(published_survey(slug), key)


def theme_of(survey: Survey, key: str) -> Theme:
    """The theme of an address.

    :raise NotFound: where the survey has none with this key.
    """
    for theme in survey.themes:
        if theme.key == key:
            return theme
    raise NotFound()


def day_of(text: str) -> date | None:
    """The day of an address, `2027-03-11`; None for what is none.

    >>> day_of("2027-03-11"), day_of("20270311"), day_of("2027-W10-4"), day_of("2027-02-31")
    (datetime.date(2027, 3, 11), None, None, None)
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # ISO 8601 has other ways to write it: one day has one address, and is kept once.
    return day if day.isoformat() == text else None


def has_read(survey: Survey) -> bool:
    """Whether this browser has been shown published results of a survey."""
    kept = request.cookies.get(COOKIE + survey.slug, "")
    try:
        return _signer().unsign(kept).decode() == survey.slug
    except (BadSignature, UnicodeDecodeError):
        return False


def sees_crowd(survey: Survey, question: Question) -> bool:
    """Whether this browser could see the crowd of a question, or had read the results: noted with each act."""
    return has_read(survey) or sees_figures(db.session, as_participant(survey), question)


def mark_read(survey: Survey, response: Response) -> Response:
    """Let this browser say from now on that it has been shown published results of a survey."""
    response.set_cookie(
        COOKIE + survey.slug,
        _signer().sign(survey.slug).decode(),
        max_age=KEPT_SECONDS,
        path=f"{request.script_root}/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _signer() -> Signer:
    return Signer(derive_key(current_app.config["PARLEY"]["SECRET_KEY"], "readers"))
