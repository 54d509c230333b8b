"""For tokens of those who run a survey: publish what is due, say what came out, approve what another has said."""

from datetime import datetime
from typing import Any

from ..clock import EPOCH
from ..disclosure import RUNNING, NoIncoherence, get_incoherence
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import Proposal, Question
from ..services.api_tokens import RUN
from ..services.publication import publish
from ..services.resolution import Act
from ..services.resolution_plan import with_companions
from ..services.resolution_proposals import decide, proposal_by_number, proposals, resolve_or_propose
from ..services.resolution_rules import InvalidOutcome, Outcome
from ..store.engine import db
from ..store.transaction import transaction
from .authentication import known_question, require_member, viewer
from .operation import Operations
from .paging import Page, page
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


@blueprint.operation("GET", "/surveys/<slug>/people/coherence", answers=(200, crowd_schemas.PeoplesCoherence))
def coherence_of_people(slug: str) -> dict[str, Any]:
    """How people's answers go together

    Of those who answered two questions that hang together. Made anew once five people have changed what they say;
    shares are told where enough people are on both sides. `reason` says why there is nothing: `open to anybody` (what
    people say there is moved by chance before anything is computed of it), `untied`, `awaited`, `pilot`.
    """
    survey, _user = require_member(slug, RUN, *RUNNING)
    seen = get_incoherence(db.session, viewer(survey), survey)
    if isinstance(seen, NoIncoherence):
        nothing: dict[str, Any] = dict.fromkeys(("as_of", "people", "clear"))
        return nothing | {"distances": [], "relations": [], "reason": str(seen)}
    return {
        "as_of": seen.as_of,
        "people": seen.people,
        "clear": seen.clear,
        "distances": [{"low": low, "high": high, "share": share} for low, high, share in seen.cells],
        "relations": [{"key": key, "share": share} for key, share in seen.relations],
        "reason": None,
    }


@blueprint.operation(
    "POST",
    "/surveys/<slug>/questions/<key>/resolutions",
    answers=(201, crowd_schemas.Resolved),
    body=crowd_schemas.Outcomes,
)
def resolve(body: dict[str, Any], slug: str, key: str) -> dict[str, Any]:
    """Say what came out

    Everybody's scores are stored with it, and what follows for questions under a condition. Where a survey is run by
    two or more people it is proposed: a second one has to approve it. A correction supersedes what stood; the same
    outcome again changes nothing. Of a pair, name the branch whose condition came true; the other is annulled too.
    """
    survey, user = require_member(slug, RUN, *RUNNING)
    question = known_question(survey, key)
    outcomes = [_outcome(question, one, body) for one in body["outcomes"]]
    said = with_companions(db.session, survey, {question.id: outcomes}, body["companions"])
    act = Act(said, despite=frozenset(body["despite"]))
    made = resolve_or_propose(survey, act, user)
    if isinstance(made, Proposal):
        return {"resolutions": [], "proposal": _proposal(made)}
    own = [resolution(one) for one in made if one.question.key == key]
    return {"resolutions": own, "proposal": None}


@blueprint.operation("GET", "/surveys/<slug>/proposals", answers=(200, crowd_schemas.Proposals), query=Page)
def list_proposals(query: dict[str, Any], slug: str) -> dict[str, Any]:
    """List proposed outcomes

    Those that wait for a second person, and those that were approved, refused or withdrawn.
    """
    survey, _user = require_member(slug, RUN, *RUNNING)
    made = page(query, proposals(db.session, survey, waiting=False), lambda one: (one.id,))
    return {"proposals": [_proposal(one) for one in made]}


@blueprint.operation(
    "POST",
    "/surveys/<slug>/proposals/<int:number>/decision",
    answers=(200, crowd_schemas.Proposal),
    body=crowd_schemas.Decision,
)
def decide_proposal(body: dict[str, Any], slug: str, number: int) -> dict[str, Any]:
    """Approve, refuse or withdraw a proposed outcome

    Approved, it stands with everybody's scores. Where something it rests on has changed it is refused, and the
    sentence says what.
    """
    survey, user = require_member(slug, RUN, *RUNNING)
    decide(survey, number, body["act"], user, body["reason"])
    return _proposal(proposal_by_number(db.session, survey, number))


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "number": one.id,
        "state": one.decision.act if one.decision else "waiting",
        "reason": one.decision.reason if one.decision else "",
        "made_at": one.made_at,
        "known_from": one.known_from,
        "source": one.source,
        "why": one.why,
        "outcomes": one.outcomes,
        "despite": one.despite,
    }


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
