"""Personal invitations: the page one opens, which uses nothing up, and the page of those who make them."""

from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, flash, redirect, request, url_for
from flask import session as browser
from flask_security import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from ... import clock
from ...errors import InvalidAnswer
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import Survey
from ...questions.fields import WholeNumberField
from ...security.limits import token_guesses
from ...services import invitation_letters, invitations
from ...services.invited_people import FILTERS, invited_people, narrowed
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.enrollment import JoinForm
from ..identity import OFFERS, remember
from ..pagination import paginated
from ..participant.enrollment import consent_page, offer_of, person_or_forgotten
from ..readers import has_read
from .invited_rows import steps, together, where_it_stands
from .layout import organized_survey, organizer_page
from .people import cards_page, link_of, links_file
from .people_form import DEFAULT_DAYS

blueprint = Blueprint("invitations", __name__)

Page = str | Response | tuple[str, int]


class Mended(NamedTuple):
    """An address that was typed for a refused invitation and not taken, and why."""

    number: int
    typed: str
    why: str


class BatchForm(FlaskForm):  # type: ignore[misc]
    """A batch of invitations to make."""

    batch = StringField(validators=[InputRequired()])
    count = WholeNumberField(validators=[InputRequired()])
    days = WholeNumberField(validators=[InputRequired()])

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.batch.label.text = _("Name of the batch")
        self.count.label.text = _("How many")
        self.days.label.text = _("Days they work")


@blueprint.get("/i/<token>")
@token_guesses
def open_invitation(token: str) -> Page:
    """The survey and its consent. Nothing is used up by looking, whoever or whatever looks."""
    survey = _invited_to(token)
    if person_or_forgotten(survey) is not None:
        flash(_("You take part already. The invitation is as it was."))
        return redirect(url_for("participant.themes", slug=survey.slug), 303)
    return _consent(survey, token, JoinForm(formdata=None, data={"join_key": offer_of(survey.slug)[0]}))


@blueprint.post("/i/<token>")
@token_guesses
def accept(token: str) -> Page:
    """Take part, which uses the invitation up; the same form sent again leads to the same place."""
    survey = invitations.survey_of(db.session, token)
    key, code = browser.get(OFFERS, {}).get(survey.slug, ("", "")) if survey is not None else ("", "")
    form = JoinForm()
    # Only the form of this browser's own consent page can be a repeat; any other needs a token that works.
    if survey is None or not key or form.join_key.data != key:
        return _other_form(_invited_to(token), token, form)
    # Whoever takes part already has agreed: a form sent twice is not asked for its tick again.
    if person_or_forgotten(survey) is None and not form.validate():
        return _consent(_invited_to(token), token, form), 422
    user_id = current_user.id if current_user.is_authenticated else None
    person = transaction(
        lambda session: invitations.join_invited(
            session,
            token,
            language=current_language(),
            join_key=key,
            code=code,
            user_id=user_id,
            has_read=has_read(survey),
        )
    )
    remember(survey, person)
    return redirect(url_for("participant.welcome", slug=survey.slug), 303)


@blueprint.get("/s/<slug>/organize/invitations")
def overview(slug: str) -> Page:
    """Every batch, everybody invited by letter with how far they came, and the form for another batch."""
    survey, role = organized_survey(slug)
    return _overview(survey, role, BatchForm(formdata=None, data={"days": DEFAULT_DAYS}))


@blueprint.post("/s/<slug>/organize/invitations")
def make(slug: str) -> Page:
    """Make a batch. Its links are in this answer and nowhere else: as a page, as a file or as cards."""
    survey, role = organized_survey(slug)
    form = BatchForm()
    if not form.validate():
        return _overview(survey, role, form), 422
    name, count, days = form.batch.data, form.count.data, form.days.data
    try:
        tokens = transaction(
            lambda session: invitations.invite(session, survey, name, count, days, by=current_user)
        )
    except invitations.InvalidBatch as refused:
        for field, sentence in refused.errors.items():
            form[field].errors = [sentence]
        return _overview(survey, role, form), 422
    links = [link_of(token) for token in tokens]
    last = clock.now(db.session) + timedelta(days=days)
    if request.form.get("as") == "csv":
        return links_file(survey, (), links, last)
    if request.form.get("as") == "cards":
        return cards_page(survey, role, name, links, last)
    batch = invitations.batch_name(name)
    return organizer_page("organizer/invited.html", survey, role, links=links, batch=batch, last=last)


@blueprint.post("/s/<slug>/organize/invitations/search")
def search(slug: str) -> Page:
    """The same page with those somebody looks for; sent as a form, so that no log of addresses holds who it was."""
    survey, role = organized_survey(slug)
    form = BatchForm(formdata=None, data={"days": DEFAULT_DAYS})
    return _overview(survey, role, form, request.form.get("search", ""))


@blueprint.post("/s/<slug>/organize/invitations/revoke")
def revoke(slug: str) -> Page:
    """Let those of a batch that nobody has used stop working."""
    survey, _role = organized_survey(slug)
    batch = request.form.get("batch", "")
    stopped = transaction(lambda session: invitations.revoke(session, survey, batch, by=current_user))
    said = ngettext(
        "%(num)s invitation of “%(batch)s” was revoked. People who took part with one go on taking part.",
        "%(num)s invitations of “%(batch)s” were revoked. People who took part with one go on taking part.",
        stopped,
        batch=batch,
    )
    flash(said if stopped else _("No invitation of that batch waited to be used. Nothing was changed."))
    return redirect(url_for(".overview", slug=slug), 303)


@blueprint.post("/s/<slug>/organize/invitations/<int(max=2147483647):number>/address")
def send_again(slug: str, number: int) -> Page:
    """Let a letter that was refused go once more, to the same address or a corrected one."""
    survey, role = organized_survey(slug)
    typed = request.form.get("address", "")
    try:
        transaction(
            lambda session: invitation_letters.send_again(session, survey, number, typed, current_user)
        )
    except invitations.SpentInvitation:
        flash(
            _("This invitation was not refused, or does not wait to be used. Nothing was changed."), "warning"
        )
    except InvalidAnswer as refused:
        form = BatchForm(formdata=None, data={"days": DEFAULT_DAYS})
        return _overview(survey, role, form, mended=Mended(number, typed, str(refused.sentence))), 422
    else:
        flash(_("The email goes out within minutes. If it is refused again, it is listed here again."))
    return redirect(url_for(".overview", slug=slug, _anchor="people"), 303)


def _invited_to(token: str) -> Survey:
    """The survey of an invitation that works, or worked for the person this browser is."""
    try:
        return invitations.find_invitation(db.session, token).survey
    except invitations.SpentInvitation:
        survey = invitations.survey_of(db.session, token)
        own = person_or_forgotten(survey) if survey is not None else None
        return invitations.find_invitation(db.session, token, used_by=own.id if own else None).survey


def _other_form(survey: Survey, token: str, form: JoinForm) -> Page:
    """A consent page of before, or of nobody: whoever takes part goes on, anybody else agrees once more."""
    if person_or_forgotten(survey) is not None:
        return redirect(url_for("participant.themes", slug=survey.slug), 303)
    form.validate()
    form.join_key.data = offer_of(survey.slug)[0]
    return _consent(survey, token, form), 422


def _consent(survey: Survey, token: str, form: JoinForm) -> str:
    return consent_page(survey, form, url_for(".accept", token=token))


def _overview(
    survey: Survey, role: str, form: BatchForm, typed: str = "", mended: Mended | None = None
) -> str:
    people, chosen = invited_people(db.session, survey), request.values.get("show", "all")
    shown = narrowed(people, chosen, typed)
    if mended:
        shown = [one for one in people if one.number == mended.number]
    return organizer_page(
        "organizer/invitations.html",
        survey,
        role,
        form=form,
        batches=(batches := invitations.batches(db.session, survey)),
        together=together(batches),
        people=people,
        steps=steps,
        where_it_stands=where_it_stands,
        mended=mended,
        filters=[(name, len(narrowed(people, name, ""))) for name in FILTERS],
        chosen=chosen if chosen in FILTERS else "all",
        typed=typed,
        pages=paginated(shown, request.values.get("page", "")),
    )
