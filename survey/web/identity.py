"""Who is reading, and which survey and question they may know of. Missing and forbidden look the same."""

from flask import session as browser
from flask_security import current_user
from sqlalchemy import select

from ..disclosure import Viewer
from ..errors import NotFound
from ..models import Participant, Question, Survey
from ..security.browser_sessions import NAME, name_session
from ..services.enrollment import known_participant, participant_of, role_of
from ..store.engine import db

#: Name of the cookie session's map from a survey's slug to the participant this browser remembers, and their
#: generation of sessions. (Cookies of before there were generations hold the participant alone.)
REMEMBERED = "participants"

#: Name of its map from a survey's slug to the days of the last visits: the newest, and the one before it.
SEEN = "seen"

#: Name of its map from a survey's slug to the join key and the code that wait for their person.
OFFERS = "offers"

#: PostgreSQL takes none in a text, so no address with one names anything.
NUL = "\x00"


def find_survey(slug: str) -> Survey | None:
    """The survey with this slug, whoever may know of it; None where there is none."""
    return None if NUL in slug else db.session.scalar(select(Survey).filter_by(slug=slug))


def survey_by_slug(slug: str) -> Survey:
    """The survey of an address.

    :raise NotFound: where there is none, or only invited people may know of it and this reader is none.
    """
    survey = find_survey(slug)
    if survey is None:
        raise NotFound()
    if (
        survey.visibility == "invited"
        and current_participant(survey) is None
        and current_role(survey) is None
    ):
        raise NotFound()
    return survey


def question_by_key(survey: Survey, key: str, *, among_all: bool = False) -> Question:
    """The question of an address; `among_all` reads the others of the survey with it, for a page that tells of them.

    :raise NotFound: where the survey has none with this key, or drafts of one alone.
    """
    if NUL in key:
        raise NotFound()
    if among_all:
        question = next((one for one in survey.questions if one.key == key), None)
    else:
        question = db.session.scalar(select(Question).filter_by(survey_id=survey.id, key=key))
    if question is None or question.is_draft:
        raise NotFound()
    return question


def current_participant(survey: Survey) -> Participant | None:
    """The participant this browser remembers for the survey, else that of the signed-in account; or None.

    A browser remembers who came by code; an account is asked each time, so that signing out, here or everywhere,
    ends it at once.
    """
    remembered = browser.get(REMEMBERED, {}).get(survey.slug)
    if remembered is not None:
        participant_id, generation = remembered if isinstance(remembered, list) else (remembered, 0)
        # With the session's name: a session that was ended elsewhere knows nobody, also in a copy of its
        # cookie.
        return known_participant(db.session, survey, participant_id, generation, browser.get(NAME, ""))
    if current_user.is_authenticated:
        return participant_of(db.session, survey, current_user.id)
    return None


def remember(survey: Survey, participant: Participant) -> None:
    """Let this browser be the participant from now on; it forgets again where an account knows them."""
    if current_user.is_authenticated and participant.user_id == current_user.id:
        forget(survey)
        return
    known = [participant.id, participant.session_generation]
    browser[REMEMBERED] = {**browser.get(REMEMBERED, {}), survey.slug: known}
    name_session()
    browser.permanent = True


def forget(survey: Survey) -> None:
    """Let this browser no longer be anybody in the survey, nor know when it was here."""
    for name in (REMEMBERED, SEEN):
        browser[name] = {slug: kept for slug, kept in browser.get(name, {}).items() if slug != survey.slug}


def current_role(survey: Survey) -> str | None:
    """What the signed-in user may do in the survey: owner, organizer, analyst, or nothing."""
    if not current_user.is_authenticated:
        return None
    return role_of(db.session, survey, current_user.id)


def require_role(survey: Survey, *roles: str) -> str:
    """The reader's role, where it is one of `roles`.

    :raise NotFound: for everybody else, as if the page did not exist.
    """
    role = current_role(survey)
    if role not in roles:
        raise NotFound()
    return role


def as_participant(survey: Survey) -> Viewer:
    """The reader as the crowd's door knows them on a participant's page: a role gives nothing there."""
    return Viewer(participant=current_participant(survey))


def as_organizer(survey: Survey) -> Viewer:
    """The reader as the crowd's door knows them on an organizer's page."""
    return Viewer(role=current_role(survey))
