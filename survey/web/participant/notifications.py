"""Letters: where somebody wants them and which, confirming an address, ending all letters without signing in."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField, ValidationError

from ...errors import InvalidAnswer
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import NOTICE_KINDS, STALE_DAYS, Contact, Participant, Survey, ways_of
from ...notifications import contacts, messages, transport
from ...notifications.invitation_letter import read_stop_token
from ...security.authentication import csrf
from ...security.limits import limiter
from ...services.invitation_letters import decline
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import as_sent
from ..identity import survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint, require_participant

#: Pages that links in letters lead to; they are outside of any survey, and need no signing in.
letter_pages = Blueprint("letters", __name__, url_prefix="/letters")


#: Letters of an address.
LONGEST = 254


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Where letters are wanted."""

    address = StringField()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.address.label.text = _("Your email address")
        self.address.flags.required = True

    def validate_address(self, field: StringField) -> None:
        """One address, as long as mail servers take."""
        if len(field.raw_data or ()) > 1:
            raise ValidationError(_("Give one address: the form came with several."))
        if len(field.data or "") > LONGEST:
            raise ValidationError(_("An address has at most 254 characters."))

    def said(self) -> str:
        """What was typed, as it was sent."""
        return as_sent("address", self.address.data or "")


def _one_way(_form: FlaskForm, field: RadioField) -> None:
    if len(field.raw_data or ()) > 1:
        raise ValidationError(_("Choose one of the answers that are there. Nothing was changed."))


class WaysForm(FlaskForm):  # type: ignore[misc]
    """How somebody wants to hear of each kind of event."""

    opening = RadioField(validators=[_one_way])
    clarification = RadioField(validators=[_one_way])
    closing = RadioField(validators=[_one_way])
    resolved = RadioField(validators=[_one_way])
    corrected = RadioField(validators=[_one_way])
    stale = RadioField(validators=[_one_way])

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        labels, ways = _kinds(), _ways()
        for kind in NOTICE_KINDS:
            self[kind].label.text = labels[kind]
            self[kind].choices = [(way, words) for way, words in ways.items() if way in ways_of(kind)]


@blueprint.get("/letters")
def notices(slug: str) -> PageAnswer:
    """Whether this person gets letters, where, and which."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    return _letters_page(survey, person)


@blueprint.post("/letters/address")
@limiter.limit("5 per hour")
def leave_address(slug: str) -> PageAnswer:
    """Keep an address, and send it the letter that asks."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    former, typed = _address(person), AddressForm()
    try:
        if not typed.validate():
            raise contacts.NoAddress({"address": typed.address.errors[0]})
        days = current_app.config["PARLEY"]["CONFIRM_DAYS"]
        contact, token = transaction(
            lambda session: contacts.leave_address(session, person, typed.said(), days)
        )
    except InvalidAnswer as refused:
        typed.address.errors = [refused.errors["address"]]
        return _letters_page(survey, person, address=typed), 422
    if former != contact.address:
        messages.forget(survey, former)
    if token:
        letter = messages.confirming_letter(survey, current_language(), token)
        transport.send_soon(contact.address, letter.subject, letter.text, letter.headers)
        flash(_("An email is on its way. Open the link in it to confirm the address."))
    return redirect(url_for("participant.notices", slug=slug), 303)


@blueprint.post("/letters/account")
def use_account_address(slug: str) -> PageAnswer:
    """Send letters to the account's address, which was confirmed there."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    former = _address(person)
    try:
        transaction(lambda session: contacts.use_account(session, person))
    except InvalidAnswer as refused:
        flash(refused.errors["address"], "error")
    else:
        messages.forget(survey, former)
        flash(_("Emails go to your account’s address."))
    return redirect(url_for("participant.notices", slug=slug), 303)


@blueprint.post("/letters/remove")
def remove_address(slug: str) -> PageAnswer:
    """Forget the address: no letter goes out any more."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    former = _address(person)
    transaction(lambda session: contacts.remove(session, person))
    messages.forget(survey, former)
    flash(_("Your address was deleted. You get no more emails."))
    return redirect(url_for("participant.notices", slug=slug), 303)


@blueprint.post("/letters/ways")
def choose_ways(slug: str) -> PageAnswer:
    """Store which letters this person wants."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    form = WaysForm()
    if not form.validate():
        return _letters_page(survey, person, ways=form), 422
    chosen = {kind: str(form[kind].data) for kind in NOTICE_KINDS}
    transaction(lambda session: contacts.choose(session, person, chosen))
    flash(_("Your choice of emails was stored."))
    return redirect(url_for("participant.notices", slug=slug), 303)


@letter_pages.get("/confirm/<token>")
def before_confirming(token: str) -> PageAnswer:
    """What confirming means; programs that open links in letters change nothing by it."""
    return page("participant/confirm_address.html", contact=contacts.waiting(db.session, token), token=token)


@letter_pages.post("/confirm/<token>")
def confirm_address(token: str) -> PageAnswer:
    """Confirm the address that the link was sent to."""
    transaction(lambda session: contacts.confirm(session, token).participant_id)
    return page("participant/notifications_done.html", confirmed=True)


@letter_pages.get("/stop/<token>")
def before_stopping(token: str) -> PageAnswer:
    """The button that ends all letters."""
    messages.read_stop_token(token)
    return page("participant/unsubscribe.html", token=token)


@letter_pages.post("/stop/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
def stop_letters(token: str) -> PageAnswer:
    """End all letters to the address a link was sent to, in one step (RFC 8058): the link itself is the proof.

    The answer is the same for a link to an address that was given up before: nothing goes there either way.
    """

    def work(session: Session) -> tuple[Survey, str] | None:
        contact = session.get(Contact, messages.read_stop_token(token)[0])
        known = (contact.participant.survey, contact.address) if contact else None
        return known if messages.stop(session, token) is not None else None

    ended = transaction(work)
    if ended is not None:
        messages.forget(*ended)
    return page("participant/notifications_done.html", confirmed=False)


@letter_pages.get("/invitation/<token>")
def before_declining(token: str) -> PageAnswer:
    """The button that ends an invitation's letters."""
    read_stop_token(token)
    return page("participant/decline.html", token=token)


@letter_pages.post("/invitation/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
def decline_letters(token: str) -> PageAnswer:
    """End an invitation's letters in one step (RFC 8058); the same answer where they had ended before."""
    ended = transaction(lambda session: decline(session, token))
    if ended is not None:
        messages.forget(*ended)
    return page("participant/declined.html")


def _letters_page(
    survey: Survey, person: Participant, address: AddressForm | None = None, ways: WaysForm | None = None
) -> str:
    contact = contacts.contact_of(db.session, person)
    return page(
        "participant/notifications.html",
        survey,
        contact=contact,
        late=contact is not None and contacts.is_late(db.session, contact),
        goes_to=contacts.address_of(db.session, contact) if contact else "",
        account=contacts.account_of(db.session, person),
        address_form=address or AddressForm(formdata=None),
        ways_form=ways or WaysForm(formdata=None, data=contacts.choices(db.session, person)),
    )


def _address(person: Participant) -> str:
    contact = contacts.contact_of(db.session, person)
    return contact.address if contact else ""


def _kinds() -> dict[str, str]:
    return {
        "opening": _("A question opens"),
        "clarification": _("The words of a question I answered change"),
        "closing": _("A question closes within three days"),
        "resolved": _("The outcome of a question I answered is known"),
        "corrected": _("Such an outcome is corrected"),
        "stale": _("A forecast of mine has stood untouched"),
    }


def _ways() -> dict[str, str]:
    """Every way of hearing of something, in the order in which they are offered."""
    return {
        "each": _("At once"),
        "digest": _("Once a day"),
        **{str(days): ngettext("%(num)s week", "%(num)s weeks", days // 7) for days in STALE_DAYS},
        "none": _("Not at all"),
    }
