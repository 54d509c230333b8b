"""Resolution by two people: one proposes outcomes, a second approves or refuses; until then nothing has come out.

Pages, JSON and commands ask here. Whoever runs a survey alone resolves alone, and the history says so.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..disclosure import RUNNING
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import current_language, gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import Membership, Proposal, ProposalDecision, Resolution, Survey, User
from ..store.transaction import lock_survey, transaction
from .audit_facts import note_settings, proposal_facts
from .audit_log import record
from .moderation import LONGEST as LONGEST_REASON
from .resolution import Act, Prepared, in_two_steps, prepare, refuse_contradictions, refuse_stale, store
from .resolution_plan import Outcomes, Plan
from .resolution_rules import InvalidOutcome, Outcome

#: What of an outcome a proposal keeps for each question; the rest is the same for all.
OWN_FACTS = ("about", "option", "value", "annulled")
#: What the log calls each decision.
ACTS = {"approved": "approve outcome", "refused": "refuse outcome", "withdrawn": "withdraw outcome"}


class InvalidProposal(InvalidAnswer):
    """A proposed outcome that this person cannot decide on so; nothing was resolved."""

    title = _("Nothing was resolved")


def may_resolve(session: Session, survey: Survey) -> int:
    """How many accounts may resolve in a survey: its owners and organizers."""
    query = select(func.count()).select_from(Membership)
    found = session.scalar(query.where(Membership.survey_id == survey.id, Membership.role.in_(RUNNING)))
    return found or 0


def may_approve(session: Session, survey: Survey, by: User) -> list[str]:
    """Addresses of the accounts that may approve what this one proposes: all other owners and organizers."""
    query = select(User.email).join(Membership, Membership.user_id == User.id).order_by(User.email)
    others = query.where(
        Membership.survey_id == survey.id, Membership.role.in_(RUNNING), Membership.user_id != by.id
    )
    return list(session.scalars(others))


def needs_second(session: Session, survey: Survey) -> bool:
    """Whether an outcome counts only once a second person has approved it: by its setting, where there are two."""
    return survey.second_person and may_resolve(session, survey) > 1


def set_second_person(session: Session, survey: Survey, wanted: bool, by: User) -> None:
    """Choose whether outcomes need a second person; what waits goes on waiting."""
    lock_survey(session, survey)
    survey.second_person = wanted
    note_settings(session, survey, by.id)


def resolve_or_propose(survey: Survey, act: Act, by: User) -> list[Resolution] | Proposal:
    """Store outcomes with everybody's scores, or, where a second person has to approve, propose them.

    Raises
    ------
    InvalidOutcome
        Where one does not fit, something else stands by now, a relation is contradicted that the act does not name,
        or an outcome of the same question waits already.
    """
    by_id, survey_id = by.id, survey.id

    def storing(session: Session, prepared: Prepared) -> list[Resolution] | Proposal:
        asked = session.get_one(Survey, survey_id)
        # In the write unit: a second owner may have been let in while scores were computed.
        if needs_second(session, asked):
            return _propose(session, asked, prepared, by_id)
        _refuse_waiting(session, asked, prepared)
        return store(session, prepared, by_id)

    return in_two_steps(lambda session: prepare(session, session.get_one(Survey, survey_id), act), storing)


def proposals(session: Session, survey: Survey, *, waiting: bool = True) -> list[Proposal]:
    """The proposals of a survey that wait for a second person, oldest first; else all there ever were."""
    query = select(Proposal).where(Proposal.survey_id == survey.id).order_by(Proposal.id)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    return [one for one in found if not waiting or one.decision is None]


def proposal_by_number(session: Session, survey: Survey, number: int) -> Proposal:
    """The proposal with this number.

    Raises
    ------
    NotFound
        Where the survey has none.
    """
    query = select(Proposal).where(Proposal.id == number, Proposal.survey_id == survey.id)
    # No id is larger, and PostgreSQL refuses to compare one that is.
    found = session.scalar(query.execution_options(populate_existing=True)) if number < 2**31 else None
    if found is None:
        raise NotFound(gettext("The survey has no such proposal."))
    return found


def act_of(survey: Survey, proposal: Proposal) -> Act:
    """What a proposal would store, as it was decided on."""
    ids = {question.key: question.id for question in survey.questions}
    found: dict[int, list[Outcome]] = {}
    for said in proposal.outcomes:
        facts: dict[str, Any] = {name: said.get(name) for name in OWN_FACTS}
        outcome = Outcome(proposal.known_from, proposal.source, proposal.why, **facts)
        found.setdefault(ids[said["question"]], []).append(outcome)
    return Act(found, despite=frozenset(proposal.despite))


def changes_since(plan: Plan, proposal: Proposal) -> list[str]:
    """What an outcome was decided on and is another by now, as sentences."""
    now, said = plan.rests_on(), []
    titles = {one.key: one.text(current_language()).short for one in plan.survey.questions}
    for key in now.keys() | proposal.rests_on.keys():
        before, after = proposal.rests_on.get(key), now.get(key)
        title = titles.get(key, key)
        if before is None or after is None:
            said.append(gettext("What follows for “%(title)s” is different.", title=title))
        elif before["resolutions"] != after["resolutions"]:
            said.append(gettext("The outcome of “%(title)s” is another.", title=title))
        elif before["version"] != after["version"]:
            said.append(gettext("“%(title)s” has another version.", title=title))
    return sorted(said)


def decide(survey: Survey, number: int, act: str, by: User, reason: str = "") -> None:
    """Do one of the three things that can be done with a proposal: `approve`, `refuse` or `withdraw`.

    Raises
    ------
    InvalidProposal
        As each of them does.
    NotFound
        Where the survey has no such proposal.
    """
    if act == "approve":
        approve(survey, number, by)
    elif act == "refuse":
        transaction(lambda session: refuse(session, survey, number, by, reason))
    elif act == "withdraw":
        transaction(lambda session: withdraw(session, survey, number, by))
    else:
        raise InvalidProposal({"": gettext("Choose what is to be done. Nothing was changed.")})


def approve(survey: Survey, number: int, by: User) -> list[Resolution]:
    """Approve a proposal as a second person: its outcomes stand from now on, with everybody's scores.

    Raises
    ------
    InvalidProposal
        Where it waits no longer, it is one's own, or something that it rests on has changed: the sentence says what.
    InvalidOutcome
        Where an outcome cannot stand any more.
    """
    by_id, survey_id = by.id, survey.id

    def preparing(session: Session) -> Prepared:
        asked = session.get_one(Survey, survey_id)
        proposal = proposal_by_number(session, asked, number)
        _refuse_decided(proposal)
        _refuse_own(proposal, by_id)
        prepared = prepare(session, asked, act_of(asked, proposal))
        _refuse_changed(prepared.plan, proposal)
        return prepared

    def storing(session: Session, prepared: Prepared) -> list[Resolution]:
        asked = session.get_one(Survey, survey_id)
        # The decision first: its key is what keeps a second one out while scores are stored.
        proposal = _decide(session, asked, number, "approved", by_id)

        def noting() -> None:
            _note(session, asked, proposal, "approved", by_id)

        return store(session, prepared, proposal.by_id, by_id, noting)

    return in_two_steps(preparing, storing)


def refuse(session: Session, survey: Survey, number: int, by: User, reason: str) -> Proposal:
    """Refuse a proposal as a second person, with a reason that its author reads.

    Raises
    ------
    InvalidProposal
        Without a reason, where it waits no longer, or is one's own: that is withdrawn.
    """
    try:
        said = clean_text(reason, LONGEST_REASON)
    except Unreadable as unreadable:
        raise InvalidProposal({"reason": str(unreadable)}) from None
    if not said.strip():
        raise InvalidProposal({"reason": gettext("Say why, so that its author can do it better.")})
    _refuse_own(proposal_by_number(session, survey, number), by.id, withdraw=True)
    proposal = _decide(session, survey, number, "refused", by.id, said)
    _note(session, survey, proposal, "refused", by.id, said)
    return proposal_by_number(session, survey, number)


def withdraw(session: Session, survey: Survey, number: int, by: User) -> Proposal:
    """Withdraw one's own proposal.

    Raises
    ------
    InvalidProposal
        Where it waits no longer, or is somebody else's.
    """
    if proposal_by_number(session, survey, number).by_id != by.id:
        raise InvalidProposal(
            {"": gettext("Somebody else proposed this; refuse it with a reason. Nothing was changed.")}
        )
    proposal = _decide(session, survey, number, "withdrawn", by.id)
    _note(session, survey, proposal, "withdrawn", by.id)
    return proposal_by_number(session, survey, number)


def _propose(session: Session, survey: Survey, prepared: Prepared, by_id: int) -> Proposal:
    # Questions first, then the survey's row: in this order whoever stores an outcome holds them, too.
    refuse_stale(session, prepared)
    lock_survey(session, survey)
    if twin := _twin(session, survey, prepared.act.outcomes, by_id):
        return twin
    _refuse_waiting(session, survey, prepared)
    if not prepared.new:
        raise InvalidOutcome({"outcome": gettext("This stands already; nothing has to be approved.")})
    refuse_contradictions(prepared)
    first = next(iter(prepared.act.outcomes.values()))[0]
    proposal = Proposal(
        survey_id=survey.id,
        by_id=by_id,
        made_at=clock.now(session),
        known_from=first.known_from,
        source=first.source,
        why=first.why,
        outcomes=_kept(survey, prepared.act.outcomes),
        rests_on=dict(prepared.rests_on),
        despite=sorted(prepared.contradicted),
    )
    session.add(proposal)
    session.flush()
    record(session, survey, "propose outcome", proposal_facts(proposal), by_id)
    return proposal


def _twin(session: Session, survey: Survey, outcomes: Outcomes, by_id: int) -> Proposal | None:
    """What the same person has proposed already and waits: a form that comes twice makes no second one."""
    first, kept = next(iter(outcomes.values()))[0], _kept(survey, outcomes)
    for one in proposals(session, survey):
        same = (one.known_from, one.source, one.why) == (first.known_from, first.source, first.why)
        if same and one.by_id == by_id and one.outcomes == kept:
            return one
    return None


def _kept(survey: Survey, outcomes: Outcomes) -> list[dict[str, Any]]:
    """Outcomes as JSON, those that were chosen first in front."""
    keys = {question.id: question.key for question in survey.questions}
    return [
        {"question": keys[number], **{name: asdict(outcome)[name] for name in OWN_FACTS}}
        for number, said in outcomes.items()
        for outcome in said
    ]


def _decide(
    session: Session, survey: Survey, number: int, act: str, by_id: int, reason: str = ""
) -> Proposal:
    """Decide on a proposal, once: of two who do so at the same time the second finds it decided."""
    proposal = proposal_by_number(session, survey, number)
    _refuse_decided(proposal)
    decision = ProposalDecision(
        proposal_id=proposal.id, act=act, by_id=by_id, at=clock.now(session), reason=reason
    )
    session.add(decision)
    session.flush()
    return proposal


def _note(
    session: Session, survey: Survey, proposal: Proposal, act: str, by_id: int, reason: str = ""
) -> None:
    detail = {"proposal": proposal.id, "questions": proposal.question_keys}
    record(session, survey, ACTS[act], detail | ({"reason": reason} if reason else {}), by_id)


def _refuse_decided(proposal: Proposal) -> None:
    if proposal.decision is not None:
        raise InvalidProposal(
            {"": gettext("This proposal does not wait any more: somebody was faster. Nothing was changed.")}
        )


def _refuse_own(proposal: Proposal, by_id: int, *, withdraw: bool = False) -> None:
    if proposal.by_id != by_id:
        return
    sentence = (
        gettext("This is your own proposal; withdraw it instead.")
        if withdraw
        else gettext("You proposed this yourself: another owner or organizer has to approve it.")
    )
    raise InvalidProposal({"": sentence})


def _refuse_changed(plan: Plan, proposal: Proposal) -> None:
    changed = changes_since(plan, proposal)
    if changed:
        sentence = gettext(
            "Since this was proposed something it rests on has changed; nothing was resolved. %(changes)s Refuse"
            " it, and let it be proposed anew.",
            changes=" ".join(changed),
        )
        raise InvalidProposal({"": sentence})


def _refuse_waiting(session: Session, survey: Survey, prepared: Prepared) -> None:
    """Of one question one outcome waits at a time: which of two counts would hang on who is faster."""
    for one in proposals(session, survey):
        if prepared.keys & one.rests_on.keys():
            sentence = gettext(
                "An outcome of this question waits for a second person already (proposal %(number)s): approve,"
                " refuse or withdraw that first.",
                number=one.id,
            )
            raise InvalidOutcome({"outcome": sentence})


def waiting_for(found: Sequence[Proposal], question_key: str) -> Proposal | None:
    """The proposal, of some, that would change this question."""
    return next((one for one in found if question_key in one.rests_on), None)
