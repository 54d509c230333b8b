"""Resolving as pages: what came out, what that would do, and the second person who approves it."""

from collections.abc import Collection

from flask import flash, redirect, request, url_for
from flask_security import current_user

from ...errors import InvalidAnswer
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Proposal, Question, Survey
from ...presenters.outcome_preview import outcome_preview
from ...presenters.outcomes import in_words
from ...services.resolution import Act, Contradiction, Prepared, prepare
from ...services.resolution_plan import Outcomes, Plan, with_companions
from ...services.resolution_proposals import (
    act_of,
    changes_since,
    may_approve,
    needs_second,
    proposal_by_number,
    proposals,
    resolve_or_propose,
    set_second_person,
    waiting_for,
)
from ...services.resolution_proposals import decide as decide_on
from ...services.resolution_rules import InvalidOutcome, condition_holds
from ...store.engine import db
from ...store.lifecycle import current_resolutions
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from ..identity import as_organizer, question_by_key, require_role, survey_by_slug
from .dashboard import Page, blueprint
from .layout import organized_survey, organizer_page
from .resolution_form import ResolveForm, place, read_outcomes, resolve_form
from .resolutions import ToldEffect, told_act


@blueprint.get("/q/<key>/resolve")
def resolve(slug: str, key: str) -> Page:
    """The form that says what came out."""
    survey, role = organized_survey(slug)
    asked = question_by_key(survey, key)
    return _form_page(survey, role, asked, resolve_form(asked, _known_branch(asked)))


@blueprint.post("/q/<key>/resolve")
def store_outcome(slug: str, key: str) -> Page:
    """First tell what an outcome would do; do it, or propose it, once that was seen and confirmed."""
    survey, role = organized_survey(slug)
    asked = question_by_key(survey, key, among_all=True)
    branch = _known_branch(asked)
    form = resolve_form(asked, branch)
    if "change" in request.form:
        return _form_page(survey, role, asked, form)
    try:
        own = {asked.id: read_outcomes(asked, form, branch)}
        # What it would do is told first: with it scores are stored and letters go out.
        if "confirm" not in request.form:
            return _preview_page(survey, role, asked, form, _act(survey, own, _offered(survey, own)))
        act = _act(survey, own, request.form.getlist("with"))
        try:
            made = resolve_or_propose(survey, act, current_user._get_current_object())
        except Contradiction as refused:
            return _preview_page(survey, role, asked, form, act, refused.sentence), 422
    except InvalidOutcome as refused:
        place(form, refused.errors)
        return _form_page(survey, role, asked, form), 422
    if isinstance(made, Proposal):
        flash(
            _(
                "The outcome is proposed. It counts once another owner or organizer has approved it; until then"
                " nothing changes."
            )
        )
    else:
        flash(_stored())
    return redirect(url_for(".question", slug=slug, key=key), 303)


@blueprint.get("/proposals/<int:number>")
def proposal(slug: str, number: int) -> Page:
    """A proposed outcome, what it would do, and what can be done with it."""
    survey, role = organized_survey(slug)
    return _proposal_page(survey, role, _proposal(survey, number))


@blueprint.post("/proposals/<int:number>")
def decide(slug: str, number: int) -> Page:
    """Approve, refuse or withdraw a proposed outcome."""
    survey, role = organized_survey(slug)
    asked, by = _proposal(survey, number), current_user._get_current_object()
    first, reason = asked.outcomes[0]["question"], request.form.get("reason", "")
    act = request.form.get("act", "")
    try:
        decide_on(survey, number, act, by, reason)
    except InvalidAnswer as refused:
        return _proposal_page(survey, role, _proposal(survey, number), refused, reason), 422
    said = {
        "approve": _stored(),
        "refuse": _("The outcome is refused; its author reads why. Nothing was resolved."),
        "withdraw": _("The proposal is withdrawn. Nothing was resolved."),
    }
    flash(said[act])
    return redirect(url_for(".question", slug=slug, key=first), 303)


@blueprint.post("/second-person")
def second_person(slug: str) -> Page:
    """Choose whether an outcome needs a second person."""
    survey = survey_by_slug(slug)
    require_role(survey, "owner")
    wanted, by = request.form.get("wanted") == "yes", current_user._get_current_object()
    transaction(lambda session: set_second_person(session, survey, wanted, by))
    flash(
        _("From now on an outcome counts once a second person has approved it.")
        if wanted
        else _("From now on one person alone may resolve; the history says where it was so.")
    )
    return redirect(url_for("roles.overview", slug=slug), 303)


def _stored() -> str:
    return _("The outcome is stored, with everybody's score. What stood before is kept in the history.")


def _act(survey: Survey, own: Outcomes, companions: Collection[str]) -> Act:
    """The outcomes of the question with those of its companions, and what somebody has seen before they said so."""
    known = request.form.get("known")
    return Act(
        with_companions(db.session, survey, own, companions),
        known=None if known is None else frozenset(_known(known)),
        despite=frozenset(request.form.getlist("despite")),
    )


def _form_page(survey: Survey, role: str, question: Question, form: ResolveForm) -> str:
    return organizer_page(
        "organizer/resolution_form.html",
        survey,
        role,
        question=question,
        words=question.text(current_language()),
        form=form,
        branch=_known_branch(question),
        standing=[(made, in_words(question, made)) for made in current_resolutions(db.session, question)],
        waiting=waiting_for(proposals(db.session, survey), question.key),
        needs_second=needs_second(db.session, survey),
    )


def _preview_page(
    survey: Survey, role: str, question: Question, form: ResolveForm, act: Act, wrong: str = ""
) -> str:
    prepared = prepare(db.session, survey, act)
    own = {question.id: act.outcomes[question.id]}
    return organizer_page(
        "organizer/resolution_preview.html",
        survey,
        role,
        question=question,
        words=question.text(current_language()),
        form=form,
        known_from=own[question.id][0].known_from,
        told=told_act(db.session, question, prepared),
        left_out=_left_out(survey, question, own, act),
        despite=act.despite,
        needs_second=needs_second(db.session, survey),
        others=may_approve(db.session, survey, current_user._get_current_object()),
        preview=outcome_preview(
            db.session, as_organizer(survey), question, prepared.plan.drafts[question.id]
        ),
        known=" ".join(map(str, _standing_ids(prepared))),
        wrong=wrong,
    )


def _offered(survey: Survey, own: Outcomes) -> list[str]:
    """Keys of the questions that can be resolved in the same act."""
    return [one.key for one in Plan(db.session, survey, own).companions()]


def _left_out(survey: Survey, question: Question, own: Outcomes, act: Act) -> list[ToldEffect]:
    """What the companions would do that somebody has unticked: they may be ticked again."""
    offered = _offered(survey, own)
    chosen = {one.key for one in survey.questions if one.id in act.outcomes}
    if chosen.issuperset(offered):
        return []
    whole = prepare(db.session, survey, Act(with_companions(db.session, survey, own, offered)))
    return [one for one in told_act(db.session, question, whole).offered if one.question not in chosen]


def _standing_ids(prepared: Prepared) -> list[int]:
    return [
        one.id for question in prepared.plan.questions for one in current_resolutions(db.session, question)
    ]


def _proposal(survey: Survey, number: int) -> Proposal:
    return proposal_by_number(db.session, survey, number)


def _proposal_page(
    survey: Survey, role: str, asked: Proposal, refused: InvalidAnswer | None = None, reason: str = ""
) -> str:
    question = question_by_key(survey, asked.outcomes[0]["question"])
    told, changes = None, []
    if asked.decision is None:
        try:
            prepared = prepare(db.session, survey, act_of(survey, asked))
            told = told_act(db.session, question, prepared)
            changes = changes_since(prepared.plan, asked)
        except InvalidOutcome as stale:
            # What was proposed can be no outcome any more: it is refused or withdrawn.
            changes = list(stale.errors.values())
    return organizer_page(
        "organizer/resolution_proposal.html",
        survey,
        role,
        question=question,
        words=question.text(current_language()),
        proposal=asked,
        told=told,
        changes=changes,
        wrong=refused.errors if refused else {},
        reason=reason,
        is_own=asked.by_id == current_user.id,
        others=may_approve(db.session, survey, asked.by),
    )


def _known(ids: str) -> set[int]:
    """Ids of what stood when the preview was made."""
    return {number for one in ids.split() if (number := whole_number(one)) is not None}


def _known_branch(question: Question) -> str | None:
    """The branch of a pair whose condition is known to have come true."""
    holds = condition_holds(db.session, question) if question.kind == "pair" else None
    if holds is None:
        return None
    return next(option.key for option in question.options if option.given_holds == holds)
