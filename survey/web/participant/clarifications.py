"""What a question means: what changed in a newer version, and "Is this unclear?", asked and settled."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_security import current_user
from markupsafe import Markup

from ...errors import InvalidAnswer, NotFound
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...i18n.markdown import changed_words
from ...models import Participant, Question, QuestionVersion, Unclear
from ...presenters.own_forecast import OwnForecast
from ...questions import place_errors
from ...services import moderation
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.moderation import UnclearForm
from ..forms.whole_number import whole_number
from ..identity import question_by_key, survey_by_slug
from ..layout import known_person, page
from ..organizer.dashboard import blueprint as organizer
from ..organizer.layout import organized_survey
from .enrollment import PageAnswer, blueprint, require_agreement, require_participant


@dataclass(frozen=True)
class ChangedPart:
    """One part of a question's words before and after; equal where nothing changed."""

    name: str
    before: Markup
    after: Markup
    changed: bool


@dataclass(frozen=True)
class Clarification:
    """What changed between the version somebody answered and the one that is asked now.

    Attributes
    ----------
    notes
        What the organizer said of each version in between, and of the newest.
    """

    before: int
    after: int
    notes: list[str]
    parts: list[ChangedPart]


@dataclass(frozen=True)
class Asked:
    """A question about a question; `version` is the newer one that came of it, where one did."""

    unclear: Unclear
    version: int | None


@blueprint.get("/q/<key>/unclear")
def unclear(slug: str, key: str) -> PageAnswer:
    """The box for what is unclear, and what this person asked before."""
    question, person = _asked_question(slug, key)
    return _unclear_page(question, person, UnclearForm())


@blueprint.post("/q/<key>/unclear")
def ask(slug: str, key: str) -> PageAnswer:
    """Send what is unclear to the organizer."""
    question, person = _asked_question(slug, key)
    form = UnclearForm()
    try:
        transaction(lambda session: moderation.ask(session, person, question, form.said()))
    except InvalidAnswer as refused:
        place_errors(form, refused.errors)
        return _unclear_page(question, person, form), 422
    if question.survey.pilot:
        flash(_("Sent. The survey’s writers read it."))
        return redirect(url_for("participant.question", slug=slug, key=key), 303)
    flash(_("Your question was sent to the organizer. What becomes of it stands here."))
    return redirect(url_for("participant.unclear", slug=slug, key=key), 303)


@organizer.post("/q/<key>/unclear")
def settle(slug: str, key: str) -> PageAnswer:
    """Say that a question about a question was dealt with."""
    survey, _role = organized_survey(slug)
    question = question_by_key(survey, key)
    number = whole_number(request.form.get("number"))
    if number is None:
        raise NotFound()
    user = current_user._get_current_object()
    transaction(lambda session: moderation.settle(session, user, question, number))
    flash(_("Settled. The person who asked sees it, and whether the words have changed."))
    return redirect(url_for("organizer.question", slug=slug, key=key, _anchor="unclear"), 303)


@blueprint.context_processor
def clarity_for_participants() -> dict[str, Any]:
    """What the parts of a participant's pages ask for where they explain a question."""
    return {"clarification": clarification, "asked_by_reader": asked_by_reader}


@organizer.context_processor
def clarity_for_organizers() -> dict[str, Any]:
    """What an organizer's page of a question asks for where it lists what was unclear."""
    return {"asked_about": asked_about}


def clarification(stand: OwnForecast) -> Clarification | None:
    """What changed since the version this person answered; None where they answered the current one."""
    now = stand.question.version
    if stand.last is None or stand.last.version.number >= now.number:
        return None
    then = stand.last.version
    return Clarification(then.number, now.number, _notes(then, now), _parts(then, now))


def asked_by_reader(question: Question) -> list[Asked]:
    """What this reader asked about a question, newest first."""
    person = known_person(question.survey)
    return _told(question, moderation.asked_by(db.session, person, question)) if person else []


def asked_about(question: Question) -> list[Asked]:
    """What everybody asked about a question, what waits first, without whoever asked."""
    return _told(question, moderation.asked_about(db.session, question))


def _told(question: Question, asked: list[Unclear]) -> list[Asked]:
    return [Asked(one, _newer_version(question, one)) for one in asked]


def _newer_version(question: Question, asked: Unclear) -> int | None:
    """The first version after the one that was asked about, published before the question was settled."""
    return next(
        (
            version.number
            for version in question.versions
            if version.number > asked.version.number
            and version.published_at is not None
            and (asked.settled_at is None or version.published_at <= asked.settled_at)
        ),
        None,
    )


def _notes(then: QuestionVersion, now: QuestionVersion) -> list[str]:
    return [
        version.note_in(current_language())
        for version in now.question.versions
        if then.number < version.number <= now.number and version.published_at and version.note
    ]


def _parts(then: QuestionVersion, now: QuestionVersion) -> list[ChangedPart]:
    language = _common_language(then, now)
    before, after = then.text(language), now.text(language)
    names = (("title", _("Question")), ("criteria", _("What counts")), ("fine_print", _("Fine print")))
    return [
        _part(name, getattr(before, field), getattr(after, field))
        for field, name in names
        if getattr(before, field) or getattr(after, field)
    ]


def _part(name: str, before: str, after: str) -> ChangedPart:
    return ChangedPart(name, *changed_words(before, after), changed=before.split() != after.split())


def _common_language(then: QuestionVersion, now: QuestionVersion) -> str:
    """The reader's language where both versions have it: words of two languages cannot be compared."""
    both = {text.language for text in then.texts} & {text.language for text in now.texts}
    return current_language() if current_language() in both or not both else min(both)


def _asked_question(slug: str, key: str) -> tuple[Question, Participant]:
    survey = survey_by_slug(slug)
    question = question_by_key(survey, key)
    person = require_participant(survey)
    require_agreement(survey, person)
    return question, person


def _unclear_page(question: Question, person: Participant, form: UnclearForm) -> str:
    return page(
        "participant/clarification_request.html",
        question.survey,
        question=question,
        words=question.text(current_language()),
        form=form,
    )
