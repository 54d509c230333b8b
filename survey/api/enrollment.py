"""Taking part by program: joining with the consent, coming back by code, agreeing to a newer consent."""

from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import NotFound, SurveyError
from ..i18n.locale import gettext
from ..models import Survey
from ..security.limits import code_guesses, joins
from ..services import api_tokens, enrollment
from ..services.erasure import erase_and_forget
from ..store.engine import db
from ..store.transaction import transaction
from .authentication import KEY, current_token, known_survey, require_participant, require_token
from .operation import Operations
from .request_parsing import InvalidRequest
from .schemas import forecasts as forecast_schemas

blueprint = Operations(
    "Taking part",
    "Whoever agrees to a survey's consent gets a token to answer with, and a code that brings them back.",
)

GO_ON = {
    name: {"operationId": operation, "parameters": {"slug": "$request.path.slug"}}
    for name, operation in (
        ("questions", "list_questions"),
        ("forecast", "forecast"),
        ("own forecasts", "own_forecasts"),
    )
}


class JoinedAlready(SurveyError):
    """The key of this call has made a participant; its token and code were given then and are not kept."""

    status = 409
    title = _("This key has joined already")


@blueprint.operation(
    "POST",
    "/surveys/<slug>/participants",
    answers=(201, forecast_schemas.Joined),
    token=None,
    body=forecast_schemas.Join,
    key=True,
    refuses=(409, 429),
    links=GO_ON,
)
@joins
def join(body: dict[str, Any], headers: dict[str, str], slug: str) -> dict[str, str]:
    """Join a survey

    Show the person the survey's consent first. Token and code are in this answer and nowhere else: what is
    stored of them is a hash. One `Idempotency-Key` makes one participant; a repeat is answered with 409. Where
    the answer was lost, join with another key: nothing has been said under the first.

    With the token of a user who has a role in the survey, the participant is theirs and stays outside the
    published crowd.
    """
    survey, token = known_survey(slug), current_token()
    if body["language"] not in survey.languages:
        known = ", ".join(survey.languages)
        raise InvalidRequest({"language": gettext("The survey is asked in: %(languages)s.", languages=known)})
    # Outside of the unit: where that is tried again it stores this same code, which the answer has.
    code, user_id = enrollment.new_code(), token.user_id if token else None

    def work(session: Session) -> str:
        person, made = enrollment.join(
            session,
            survey,
            language=body["language"],
            # With a space, which no key of a page has: what a program joins by can never be a page's.
            join_key=f"api {headers['key']}",
            code=code,
            user_id=user_id,
        )
        if not made:
            raise JoinedAlready(
                gettext(
                    "Its token and code were in the first answer. Join with another key, or send the code."
                )
            )
        return api_tokens.issue_token(session, person)

    return {"token": transaction(work), "code": code}


@blueprint.operation(
    "POST",
    "/surveys/<slug>/tokens",
    answers=(201, forecast_schemas.Token),
    token=False,
    body=forecast_schemas.Code,
    refuses=(429,),
    links=GO_ON,
)
@code_guesses
def come_back(body: dict[str, str], slug: str) -> dict[str, str]:
    """Get a new token by code

    Earlier tokens go on working: each device has its own. Every code that does not work gets the same answer,
    also where there is no such survey.
    """
    survey = db.session.scalar(select(Survey).filter_by(slug=slug)) if KEY.fullmatch(slug) else None
    if survey is None:
        raise NotFound(gettext("No answers belong to this code. Codes have 26 letters and digits."))

    def work(session: Session) -> str:
        return api_tokens.issue_token(session, enrollment.come_back(session, survey, body["code"]))

    return {"token": transaction(work)}


@blueprint.operation("DELETE", "/token", answers=(204, None))
def revoke() -> Response:
    """Let the token of this call stop working"""
    token = require_token()
    transaction(lambda session: api_tokens.revoke_token(session, token))
    return Response(status=204)


@blueprint.operation("DELETE", "/surveys/<slug>/participants/me", answers=(204, None))
def erase_me(slug: str) -> Response:
    """Erase everything one has given, for ever

    Forecasts, reasons, consents, code and tokens are deleted; snapshots that hold them are given out no more.
    What was published stays, and what others downloaded cannot be called back.
    """
    _survey, person = require_participant(slug)
    erase_and_forget(person)
    return Response(status=204)


@blueprint.operation(
    "POST",
    "/surveys/<slug>/consent",
    answers=(200, forecast_schemas.Consent),
    body=forecast_schemas.Agreement,
)
def agree(_body: dict[str, bool], slug: str) -> dict[str, Any]:
    """Agree to the consent as it stands now

    Needed where it has changed since the person joined: until then their forecasts are answered with 409.
    """
    survey, person = require_participant(slug)
    transaction(lambda session: enrollment.agree(session, person, language=person.language))
    text = survey.consent.text(person.language)
    return {"version": survey.consent.number, "language": text.language, "text": text.body}
