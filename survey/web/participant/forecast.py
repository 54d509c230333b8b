"""One question on one screen: read, answer, skip, affirm, withdraw. Every act leads back to it with a receipt."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ...errors import InvalidAnswer, ReusedKey, StoreUnavailable, SurveyClosed
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Option, Participant, Question, Submission, Survey
from ...questions import as_entered, kind_of, place_errors
from ...services import forecast_submit
from ...services.enrollment import has_agreed
from ...services.forecast_history import histories, history, last_format, standing_rows
from ...services.forecast_record import Receipt
from ...store.engine import db
from ...store.lifecycle import open_options
from ...store.transaction import transaction
from ..forms.forecast import ActForm, AnswerForm, answer_form, fresh_key, put_otherwise
from ..forms.whole_number import whole_number
from ..identity import current_participant, question_by_key, survey_by_slug
from ..layout import page
from ..readers import sees_crowd
from .enrollment import PageAnswer, blueprint, require_agreement, require_participant
from .forecast_list import after_acting
from .my_forecasts import refused_in_list, row_part
from .question_page import question_page


@blueprint.get("/q/<key>")
def question(slug: str, key: str) -> PageAnswer:
    """The question, its form for a participant, and after an answer its receipt and the crowd."""
    survey = survey_by_slug(slug)
    asked = question_by_key(survey, key, among_all=True)
    person = current_participant(survey)
    if person is None:
        return question_page(survey, asked, None)
    require_agreement(survey, person)
    boxes = open_options(db.session, asked)
    form = _fresh_form(person, asked, boxes) if boxes else None
    return question_page(survey, asked, person, form=form, boxes=boxes, saved=_saved(person, asked))


@blueprint.post("/q/<key>")
def answer(slug: str, key: str) -> PageAnswer:
    """Store a forecast, and lead to its receipt; a refused form comes back with everything in it."""
    survey, asked = _question(slug, key)
    person = require_participant(survey)
    boxes = boxes_sent(asked)
    form = answer_form(asked, boxes)
    if put_otherwise(form):
        if not form.key.validate(form):
            form.key.data = fresh_key()
        if _came_from_a_row(asked):
            return refused_in_list(survey, person, asked, form, "")
        return question_page(survey, asked, person, form=form, boxes=boxes)
    if not form.key.validate(form):
        form.key.data = fresh_key()
        return _refused(survey, asked, person, form, boxes, _("The page had lost its form key."), 422)
    sent = form.answer(asked, boxes, crowd_seen=sees_crowd(survey, asked))
    try:
        stored = transaction(lambda session: forecast_submit.submit(session, person, asked, sent), keep=True)
    except InvalidAnswer as error:
        form.asks_what_changed = isinstance(error, forecast_submit.Unexplained)
        place_errors(form, error.errors)
        return _refused(survey, asked, person, form, boxes, "", 422)
    except ReusedKey:
        # Whoever went back, changed a number and saved means a change: under a new key the same press stores it.
        form.key.data = fresh_key()
        form.is_change = True
        return _refused(survey, asked, person, form, boxes, _already_saved(), 422)
    except (SurveyClosed, StoreUnavailable) as error:
        return _refused(survey, asked, person, form, boxes, error.sentence, error.status)
    return _acted(survey, person, asked) or redirect(
        _receipt_url(slug, key, stored, form.base_revision.data), 303
    )


@blueprint.post("/q/<key>/skip")
def skip(slug: str, key: str) -> PageAnswer:
    """ "I can't judge this": counts as answered, and can be answered later all the same."""
    survey, asked = _question(slug, key)
    person = require_participant(survey)
    transaction(lambda session: forecast_submit.skip(session, person, asked), keep=True)
    return redirect(url_for("participant.question", slug=slug, key=key, skipped=1), 303)


@blueprint.post("/q/<key>/affirm")
def affirm(slug: str, key: str) -> PageAnswer:
    """Say again what was said, under the version now current."""
    return _act(slug, key, forecast_submit.affirm)


@blueprint.get("/q/<key>/withdraw")
def before_withdrawing(slug: str, key: str) -> PageAnswer:
    """What withdrawing means, before it is done."""
    survey, asked = _question(slug, key)
    require_participant(survey)
    title = asked.text(current_language()).title
    return page("participant/withdraw.html", survey, question=asked, title=title, form_key=fresh_key())


@blueprint.post("/q/<key>/withdraw")
def withdraw(slug: str, key: str) -> PageAnswer:
    """Take the standing forecast back."""
    return _act(slug, key, forecast_submit.withdraw)


@blueprint.post("/q/<key>/undo")
def undo(slug: str, key: str) -> PageAnswer:
    """Undo one's last act: what stood before it stands again, or nothing where nothing did."""
    return _act(slug, key, _undo)


def _undo(
    session: Session, person: Participant, asked: Question, sent: forecast_submit.ForecastInput
) -> Receipt:
    revision = whole_number(request.form.get("revision"))
    if not revision:
        raise InvalidAnswer({"revision": _("The form did not say what to undo. Nothing was changed.")})
    return forecast_submit.undo(session, person, asked, sent, revision)


Act = Callable[[Session, Participant, Question, forecast_submit.ForecastInput], Receipt]


def _act(slug: str, key: str, act: Act) -> PageAnswer:
    survey, asked = _question(slug, key)
    person = require_participant(survey)
    form = ActForm()
    if not form.validate():
        raise InvalidAnswer({"key": _("The form had lost its key. Nothing was changed; reload the page.")})
    sent = forecast_submit.ForecastInput(
        key=form.key.data,
        entries={},
        input_format=last_format(db.session, person, asked),
        language=current_language(),
        crowd_seen=sees_crowd(survey, asked),
    )
    stored = transaction(lambda session: act(session, person, asked, sent), keep=True)
    return _acted(survey, person, asked) or redirect(_receipt_url(slug, key, stored, None), 303)


def _acted(survey: Survey, person: Participant, asked: Question) -> PageAnswer | None:
    """Where an act was done in a list of many, the list as it was seen, with the receipt at its row; else None.

    A script asks for the one row and puts it in its place.
    """
    if "back" not in request.form:
        return None
    back = request.form["back"]
    if "part" in request.form:
        return row_part(survey, person, asked, back)
    return redirect(after_acting(asked, back, undone="undone" in request.form), 303)


def _came_from_a_row(asked: Question) -> bool:
    """Whether a number was typed into a row of a list, where it is refused too; those hold one chance."""
    return "back" in request.form and asked.kind == "binary"


def _question(slug: str, key: str) -> tuple[Survey, Question]:
    survey = survey_by_slug(slug)
    return survey, question_by_key(survey, key)


def _fresh_form(person: Participant, asked: Question, boxes: list[Option]) -> AnswerForm:
    """The form with the person's own standing values as they were typed, or empty: there is no preset."""
    # All of theirs at once: the page tells of the others too.
    said = histories(db.session, person).get(asked.id, [])
    values: dict[str, Any] = {}
    if said and said[-1].action != "withdraw":
        rows = standing_rows(db.session, person, asked)
        slots = kind_of(asked).slots(asked, boxes)
        values = as_entered(slots, rows, last_format(db.session, person, asked))
        values |= _beside(said[-1])
    return answer_form(asked, boxes, values=values, base_revision=len(said))


def _beside(last: Submission) -> dict[str, str]:
    steps = {"confidence": last.confidence, "expertise": last.expertise}
    return {name: str(step) for name, step in steps.items() if step is not None}


def boxes_sent(asked: Question) -> list[Option]:
    """The options asked now, and those this request still has a number for.

    A rung may have closed since the page was made, and a late retry of something stored must read the same.
    """
    kind, now_open = kind_of(asked), open_options(db.session, asked)
    sent = {slot.option for slot in kind.slots(asked, asked.options) if request.form.get(slot.field)}
    return [option for option in asked.options if option in now_open or option.key in sent]


def _saved(person: Participant, asked: Question) -> Submission | None:
    """The submission whose receipt the address asks for."""
    wanted = request.args.get("saved", "")
    said = history(db.session, person, asked)
    return next((act for act in said if str(act.revision) == wanted), None)


def _receipt_url(slug: str, key: str, stored: Receipt, base: str | None) -> str:
    """Where the receipt stands; `base` comes along where another tab had stored something in between.

    By the names of the request: to ask the question for them reads it and its survey again once all is committed.
    """
    shown = whole_number(base)
    address = partial(url_for, "participant.question", slug=slug, key=key)
    if "clashes" in request.form:
        address = partial(address, clashes=1)
    if shown is not None and shown < stored.revision - 1:
        return address(saved=stored.revision, base=shown)
    return address(saved=stored.revision)


def _already_saved() -> str:
    return _(
        "This page had saved a forecast before, and that one stands. What you typed since is all here: save it as a"
        " change, and it counts in its place. Both stay in your history."
    )


def _refused(
    survey: Survey,
    asked: Question,
    person: Participant,
    form: AnswerForm,
    boxes: list[Option],
    sentence: str,
    status: int,
) -> PageAnswer:
    """The same page with all that was typed, what was wrong, and the same key."""
    if _came_from_a_row(asked):
        body = refused_in_list(survey, person, asked, form, sentence)
    else:
        body = question_page(
            survey,
            asked,
            person,
            form=form,
            boxes=boxes,
            refusal=sentence or _("All you typed is still here. Correct what is marked, then save again."),
            must_agree=not has_agreed(db.session, person),
            status=status,
        )
    response = Response(body, status, mimetype="text/html")
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response
