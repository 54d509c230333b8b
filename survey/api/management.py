"""For tokens of those who run a survey: publish what is due, and say what came out."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..clock import EPOCH
from ..disclosure import RUNNING
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import Question
from ..services.api_tokens import RUN
from ..services.publication import publish
from ..services.resolution import resolve_all
from ..services.resolution_rules import InvalidOutcome, Outcome
from ..store.transaction import transaction
from .authentication import known_question, require_member
from .operation import Operations
from .schemas import crowd as crowd_schemas
from .surveys import resolution

blueprint = Operations("Running a survey", "For the token of an owner or organizer, with the scope `run`.")

#: Which of an outcome's fields says what came out of a kind of question.
SAYS = {
    "binary": "happened",
    "ladder": "happened",
    "pair": "happened",
    "choice": "option",
    "ordered": "option",
    "numeric": "value",
    "date": "day",
}


@blueprint.operation("POST", "/surveys/<slug>/publications", answers=(200, crowd_schemas.Published))
def publish_due(slug: str) -> dict[str, Any]:
    """Publish what is due

    As of the end of yesterday, UTC. A repeat publishes nothing more.
    """
    survey, _user = require_member(slug, RUN, *RUNNING)
    made = transaction(lambda session: [one.question.key for one in publish(session, survey)])
    return {"questions": made}


@blueprint.operation(
    "POST",
    "/surveys/<slug>/questions/<key>/resolutions",
    answers=(201, crowd_schemas.Resolved),
    body=crowd_schemas.Outcomes,
)
def resolve(body: dict[str, Any], slug: str, key: str) -> dict[str, Any]:
    """Say what came out

    Everybody's scores are stored with it. A correction supersedes what stood; the same outcome again changes
    nothing. Of a pair, name the branch whose condition came true: the other is annulled with it.
    """
    survey, user = require_member(slug, RUN, *RUNNING)
    question = known_question(survey, key)
    outcomes = [_outcome(question, said, body) for said in body["outcomes"]]

    def work(session: Session) -> list[dict[str, Any]]:
        return [resolution(made) for made in resolve_all(session, question, outcomes, user)]

    return {"resolutions": transaction(work)}


def _outcome(question: Question, said: dict[str, Any], body: dict[str, Any]) -> Outcome:
    """One outcome as the action takes it.

    :raise InvalidOutcome: where it is said with a field of another kind of question.
    """
    told, wanted = said.keys() - {"about"}, SAYS[question.kind]
    if told not in ({wanted}, {"annulled"}):
        raise InvalidOutcome(
            {"outcomes": gettext("Say what came out with “%(field)s”, or “annulled”.", field=wanted)}
        )
    known_from: datetime = body["known_from"]
    return Outcome(
        known_from=known_from,
        source=_clean("source", body["source"]),
        why=_clean("why", body["why"]),
        value=_value(said),
        option=said.get("option"),
        about=said.get("about"),
        annulled="annulled" in said,
    )


def _value(said: dict[str, Any]) -> float | None:
    if "day" in said:
        return float((said["day"] - EPOCH).days)
    value = said.get("value", said.get("happened"))
    return None if value is None else float(value)


def _clean(field: str, text: str) -> str:
    try:
        return clean_text(text)
    except Unreadable as unreadable:
        raise InvalidOutcome({field: str(unreadable)}) from None
