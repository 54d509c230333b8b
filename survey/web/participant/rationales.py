"""Reasons: seen before they are sent, hidden by their author, reported by their readers, withheld by organizers."""

from dataclasses import dataclass
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask_security import current_user
from markupsafe import Markup

from ... import disclosure
from ...disclosure import Marks, Reason, Remarked
from ...errors import InvalidAnswer, NotFound
from ...i18n.locale import gettext as _
from ...i18n.markdown import stored_rationale
from ...i18n.normalization import LONGEST, Unreadable, clean_text
from ...models import Question, Submission
from ...questions import place_errors
from ...services import moderation
from ...services.forecast_history import history
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import NEARLY_FULL, answer_form, as_sent, fresh_key
from ..forms.moderation import ReportForm
from ..forms.whole_number import whole_number
from ..identity import as_organizer, as_participant, question_by_key, survey_by_slug
from ..layout import known_person, page
from ..organizer.dashboard import blueprint as organizer
from ..organizer.dashboard import question as organizers_question
from ..organizer.layout import organized_survey
from ..pagination import Paginated, paginated, where_reading
from .enrollment import PageAnswer, blueprint, require_participant
from .forecast import boxes_sent
from .question_page import question_page


@dataclass(frozen=True)
class OwnAct:
    """What stands beside the numbers of one act in its author's history.

    Attributes
    ----------
    sure, knowledge
        The two self-ratings; empty where they were not given.
    why
        The reason as others would read it; empty where there is none.
    """

    revision: int
    version: int
    sure: str
    knowledge: str
    why: Markup | str
    marks: Marks


@blueprint.post("/q/<key>/preview")
def preview(slug: str, key: str) -> PageAnswer:
    """The page again with all that was typed, and the reason as others would read it; nothing is stored.

    A script asks for the reason alone, by the field `fragment`.
    """
    survey = survey_by_slug(slug)
    asked = question_by_key(survey, key)
    person = require_participant(survey)
    boxes = boxes_sent(asked)
    form = answer_form(asked, boxes)
    form.previewing = True
    try:
        clean_text(form.answer(asked, boxes, crowd_seen=False).rationale)
    except Unreadable as unreadable:
        form.previewing = False
        place_errors(form, {"rationale": str(unreadable)})
    status = 200 if form.previewing else 422
    if "fragment" in request.form:
        return render_template("participant/_preview.html", form=form, alone=True), status
    if not form.key.validate(form):
        form.key.data = fresh_key()
    return question_page(survey, asked, person, form=form, boxes=boxes), status


@blueprint.post("/q/<key>/reason")
def own_reason(slug: str, key: str) -> PageAnswer:
    """Hide one's own reason from others, or show it again."""
    survey = survey_by_slug(slug)
    asked = question_by_key(survey, key)
    person = require_participant(survey)
    act = {"hide": moderation.hide, "show": moderation.show}.get(request.form.get("act", ""))
    revision = whole_number(request.form.get("revision"))
    if act is None or revision is None:
        raise NotFound()
    transaction(lambda session: act(session, person, asked, revision))
    flash(
        _("Others no longer see this reason.")
        if act is moderation.hide
        else _("Others may read this reason.")
    )
    return redirect(url_for("participant.question", slug=slug, key=key, _anchor="reasons"), 303)


@blueprint.get("/q/<key>/report")
def before_reporting(slug: str, key: str) -> PageAnswer:
    """The reason of somebody else, and the box that says what is wrong with it."""
    asked, reason = _read_reason(slug, key, request.args.get("about", ""))
    return _report_page(asked, reason, ReportForm(data={"about": reason.about}))


@blueprint.post("/q/<key>/report")
def report(slug: str, key: str) -> PageAnswer:
    """Tell the organizers what is wrong with a reason."""
    form = ReportForm()
    asked, reason = _read_reason(slug, key, form.about.data or "")
    person = require_participant(asked.survey)
    try:
        transaction(lambda session: moderation.report(session, person, asked, reason.about, form.said()))
    except InvalidAnswer as refused:
        place_errors(form, refused.errors)
        return _report_page(asked, reason, form), 422
    flash(_("The organizers were told. Whose reason it is, they do not learn by it; nor who told them."))
    return redirect(
        url_for("participant.crowd_page", slug=slug, key=key, _anchor="reasons", **where_reading()), 303
    )


@organizer.post("/q/<key>/reason")
def judge_reason(slug: str, key: str) -> PageAnswer:
    """Withhold a reason from others, or release it."""
    survey, role = organized_survey(slug)
    asked = question_by_key(survey, key)
    about, act, why = (request.form.get(name, "") for name in ("about", "act", "why"))
    user = current_user._get_current_object()
    try:
        if act == "withhold":
            transaction(
                lambda session: moderation.withhold(session, user, role, asked, about, as_sent("why", why))
            )
            flash(_("The reason is withheld; its author reads why."))
        elif act == "release":
            transaction(lambda session: moderation.release(session, user, role, asked, about))
            flash(_("The reason is shown again."))
        else:
            raise NotFound()
    except InvalidAnswer as refused:
        g.refused_remark = {"about": about, "why": why, "sentence": refused.sentence}
        return make_response(organizers_question(slug, key), 422)
    return redirect(
        url_for("organizer.question", slug=slug, key=key, _anchor="reasons", **where_reading()), 303
    )


@blueprint.context_processor
def reasons_for_participants() -> dict[str, Any]:
    """What the parts of a participant's pages ask for where they show reasons."""
    return {
        "own_acts": own_acts,
        "act_on_receipt": act_on_receipt,
        "longest_reason": LONGEST,
        "nearly_full": NEARLY_FULL,
    }


@organizer.context_processor
def reasons_for_organizers() -> dict[str, Any]:
    """What an organizer's page of a question asks for where it lists reasons."""
    return {"remarked": remarked, "refused_remark": g.get("refused_remark")}


def own_acts(question: Question) -> list[OwnAct]:
    """What this reader said beside their numbers, newest first."""
    person = known_person(question.survey)
    if person is None:
        return []
    marks = disclosure.marks_on_own(db.session, question, person)
    acts = history(db.session, person, question)
    return [_own_act(act, marks.get(act.id, Marks())) for act in reversed(acts)]


def act_on_receipt(question: Question) -> OwnAct | None:
    """The act whose receipt the address asks for."""
    wanted = request.args.get("saved", "")
    return next((act for act in own_acts(question) if str(act.revision) == wanted), None)


def remarked(question: Question) -> Paginated[Remarked]:
    """A page of reasons as an organizer reads them: what was reported most first, then what is withheld."""
    found = disclosure.remarked(db.session, as_organizer(question.survey), question).values()
    first = sorted(found, key=lambda one: (-len(one.marks.reports), one.marks.withheld is None))
    return paginated(first, request.args.get("page", ""))


def _own_act(act: Submission, marks: Marks) -> OwnAct:
    return OwnAct(
        revision=act.revision,
        version=act.version.number,
        sure=_step(act.confidence),
        knowledge=_step(act.expertise),
        why=stored_rationale(act.rationale.text) if act.rationale else "",
        marks=marks,
    )


def _step(step: int | None) -> str:
    return "" if step is None else _("%(step)s of 5", step=step)


def _read_reason(slug: str, key: str, about: str) -> tuple[Question, Reason]:
    """A reason that this participant is shown; for everybody else there is none."""
    survey = survey_by_slug(slug)
    question = question_by_key(survey, key)
    require_participant(survey)
    for reason in disclosure.rationales(db.session, as_participant(survey), question):
        if reason.about == about:
            return question, reason
    raise NotFound()


def _report_page(question: Question, reason: Reason, form: ReportForm) -> str:
    return page("participant/report.html", question.survey, question=question, reason=reason, form=form)
