"""Coherence of one's own answers: the clashes, what is kept as it is, and the smallest change that mends all."""

from flask import flash, redirect, request, url_for

from ...errors import InvalidAnswer, NotFound, SurveyClosed
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import Participant, Survey
from ...presenters.coherence import clashes_in_words, coherence_facts, mending_in_words, points_said
from ...services import own_coherence
from ...services.enrollment import has_agreed
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import ActForm, fresh_key
from ..identity import survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint, require_participant


@blueprint.get("/coherence")
def coherence(slug: str) -> PageAnswer:
    """All clashes of one's answers."""
    survey = survey_by_slug(slug)
    return _page(survey, require_participant(survey))


@blueprint.post("/coherence/kept")
def keep_clash(slug: str) -> PageAnswer:
    """Keep a clash as it is, or look at it again; then back to where that was said."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    fingerprint, kept = request.form.get("clash", ""), not request.form.get("again")
    try:
        transaction(lambda session: own_coherence.say_of_clash(session, person, fingerprint, kept), keep=True)
    except NotFound as refused:
        flash(refused.sentence)
    else:
        flash(
            _("Kept as it is. You are told of it again once one of these answers changes.")
            if kept
            else _("It is told again from now on.")
        )
    return redirect(url_for("participant.coherence", slug=slug), 303)


@blueprint.post("/coherence/mended")
def mend_all(slug: str) -> PageAnswer:
    """Store the smallest change that mends all, an update of each question in it."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    form, why = ActForm(), request.form.get("rationale", "")
    fingerprint = request.form.get("answers", "")
    if not form.validate():
        return _page(
            survey, person, _("The form had lost its key. Nothing was changed; reload the page."), why
        )
    key, language = form.key.data, current_language()
    try:
        count = transaction(
            lambda session: own_coherence.mend_all(session, person, fingerprint, key, language, why),
            keep=True,
        )
    except NotFound as refused:
        flash(refused.sentence)
    except (InvalidAnswer, SurveyClosed) as refused:
        told = " ".join(refused.errors.values()) if isinstance(refused, InvalidAnswer) else refused.sentence
        return _page(survey, person, told, why)
    else:
        flash(
            ngettext(
                "%(num)s question has a new answer of yours. The one before stays in its history.",
                "%(num)s questions have new answers of yours. Those before stay in their histories.",
                count,
            )
        )
    return redirect(url_for("participant.coherence", slug=slug), 303)


def _page(survey: Survey, person: Participant, refusal: str = "", why: str = "") -> PageAnswer:
    found = own_coherence.own_clashes(db.session, person)
    mending = own_coherence.smallest_mending(db.session, person)
    said = clashes_in_words(db.session, person, found)
    body = page(
        "participant/coherence.html",
        survey,
        clashes=[one for one in said if one.kept_on is None],
        kept=[one for one in said if one.kept_on is not None],
        facts=coherence_facts(db.session, person, found),
        answered=bool(own_coherence.own_answers(db.session, person)),
        moves=mending_in_words(person, mending),
        furthest=points_said(max((abs(one.after - one.before) for one in mending.moves), default=0)),
        answers=mending.fingerprint,
        asks_why=own_coherence.needs_reason(person, mending),
        must_agree=not has_agreed(db.session, person),
        form_key=fresh_key(),
        refusal=refusal,
        why=why,
        status=422 if refusal else 200,
    )
    return body, 422 if refusal else 200
