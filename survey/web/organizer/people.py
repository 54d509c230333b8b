"""People of a survey: who is invited from a list, how far each has come, and reminding them."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO

from flask import Blueprint, flash, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from ... import clock
from ...errors import InvalidAnswer
from ...export.cells import cell
from ...i18n.locale import gettext as _
from ...i18n.locale import ngettext
from ...models import Invitation, Survey
from ...notifications import transport
from ...notifications.invitation_letter import Invited, invitation_letter
from ...notifications.messages import Letter
from ...security.limits import may_have_a_letter
from ...services import invitation_letters, invitations
from ...services.invitation_list import ListedPerson, languages_of, read_list
from ...services.invited_people import show_progress
from ...store.engine import db
from ...store.transaction import transaction
from .cards import card
from .layout import organized_survey, organizer_page
from .people_form import DEFAULT_DAYS, ListForm

blueprint = Blueprint("people", __name__, url_prefix="/s/<slug>/organize/invitations")

Page = str | Response | tuple[str, int]

#: Stands in a preview where each letter has a link of its own.
SOMEBODYS = "somebodys-own-link"


@blueprint.get("/list")
def list_form(slug: str) -> Page:
    """The form for a list of people to invite; of a survey that is over, the page that says that nobody can be."""
    survey, role = organized_survey(slug)
    if survey.is_over(clock.now(db.session)):
        return redirect(url_for("invitations.overview", slug=slug))
    # A protected survey keeps no addresses, so nothing can be sent to them.
    usual = "csv" if survey.protected else "letter"
    return _list_page(
        survey, role, ListForm(survey, formdata=None, data={"days": DEFAULT_DAYS, "how": usual})
    )


@blueprint.post("/list")
def invite_list(slug: str) -> Page:
    """Invite everybody on a list, or nobody: by letter, or with links that are in this answer and nowhere else."""
    survey, role = organized_survey(slug)
    form = ListForm(survey)
    if not form.validate():
        return _list_page(survey, role, form), 422
    batch, days, by_letter = form.batch.data, form.days.data, form.how.data == "letter"
    try:
        read = read_list(survey, form.given())
        tokens = transaction(
            lambda session: invitations.invite_listed(
                session, survey, batch, read.people, days, current_user, by_letter=by_letter
            )
        )
    except InvalidAnswer as refused:
        form.place(refused)
        return _list_page(survey, role, form), 422
    if by_letter:
        flash(_made(len(tokens), read.encoding, read.separator))
        return redirect(url_for("invitations.overview", slug=slug), 303)
    links = [link_of(token) for token in tokens]
    last = clock.now(db.session) + timedelta(days=days)
    if form.how.data == "cards":
        return cards_page(survey, role, batch, links, last)
    return links_file(survey, read.people, links, last)


@blueprint.get("/reminder")
def reminder(slug: str) -> Page:
    """The letter that would go out, with who gets it and who is left out."""
    survey, role = organized_survey(slug)
    found = invitation_letters.reminder(db.session, survey)
    # Who looks before there is anybody to remind is shown the letter all the same; afterwards it says what is not so.
    example = [] if survey.is_over(clock.now(db.session)) else survey.languages[:1]
    letters = [(code, _example(survey, code)) for code in sorted(found.gets) or example]
    return organizer_page("organizer/reminder.html", survey, role, reminder=found, letters=letters)


@blueprint.post("/reminder")
def remind(slug: str) -> Page:
    """Remind everybody who has not joined, once in a day at most."""
    survey, _role = organized_survey(slug)
    count = transaction(lambda session: invitation_letters.remind(session, survey, by=current_user))
    if count:
        said = ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", count)
        flash(said)
    else:
        flash(_("Nobody can be reminded now. Nothing was sent."), "warning")
    return redirect(url_for("invitations.overview", slug=slug), 303)


@blueprint.post("/reminder/mine")
def send_to_me(slug: str) -> Page:
    """Send the reminder to the reader's own address, with a link that opens nothing."""
    survey, _role = organized_survey(slug)
    letter = _example(survey, request.form.get("language", ""))
    if may_have_a_letter(current_user.email):
        transport.send_soon(current_user.email, letter.subject, letter.text)
        flash(_("The email is on its way to your own address. Its link opens nothing."))
    else:
        flash(_("You have had many emails within this hour. Nothing was sent; try again later."), "warning")
    return redirect(url_for(".reminder", slug=slug), 303)


@blueprint.post("/<int(max=2147483647):number>/revoke")
def revoke_one(slug: str, number: int) -> Page:
    """Let one invitation stop working, and forget where it went."""
    survey, _role = organized_survey(slug)
    stopped = transaction(lambda session: invitations.revoke_one(session, survey, number, by=current_user))
    flash(
        _("The invitation was revoked, and its address was deleted.")
        if stopped
        else _("This invitation does not wait to be used. Nothing was changed.")
    )
    return redirect(url_for("invitations.overview", slug=slug), 303)


@blueprint.post("/<int(max=2147483647):number>/link")
def new_link(slug: str, number: int) -> Page:
    """Another link for one invitation, shown this once; those of before open nothing."""
    survey, role = organized_survey(slug)
    try:
        token, last = transaction(
            lambda session: _renewed(*invitations.new_link(session, survey, number, by=current_user))
        )
    except invitations.SpentInvitation:
        flash(
            _("This invitation was used or revoked, so it gets no new link. Nothing was changed."), "warning"
        )
        return redirect(url_for("invitations.overview", slug=slug), 303)
    return organizer_page("organizer/new_link.html", survey, role, link=link_of(token), last=last)


@blueprint.post("/progress")
def progress(slug: str) -> Page:
    """Let organizers see how much each invited person has answered, or no longer."""
    survey, _role = organized_survey(slug)
    on = request.form.get("progress") == "on"
    try:
        transaction(lambda session: show_progress(session, survey, on, by=current_user))
    except InvalidAnswer as refused:
        flash(refused.sentence, "warning")
    else:
        flash(
            _(
                "Everybody is asked for their consent again. You see how much each person who agrees "
                "has answered."
            )
            if on
            else _("You no longer see how much anybody has answered.")
        )
    return redirect(url_for("invitations.overview", slug=slug), 303)


def cards_page(survey: Survey, role: str, batch: str, links: list[str], last: datetime) -> str:
    """Cards to print, one for each link."""
    cards, name = [card(link) for link in links], invitations.batch_name(batch)
    return organizer_page("organizer/cards.html", survey, role, cards=cards, batch=name, last=last)


def links_file(survey: Survey, people: Sequence[ListedPerson], links: list[str], last: datetime) -> Response:
    """Links as a file, beside the people of a list where there is one."""
    text, until = StringIO(), f"{last:%Y-%m-%dT%H:%MZ}"
    table = csv.writer(text)
    if people:
        table.writerow(("address", "group", "language", "link", "works_until"))
        table.writerows(
            (cell(one.address), cell(one.group), one.language, link, until)
            for one, link in zip(people, links, strict=True)
        )
    else:
        table.writerows([("link", "works_until"), *((link, until) for link in links)])
    headers = {"Content-Disposition": f'attachment; filename="{survey.slug}-invitations.csv"'}
    return Response(text.getvalue(), headers=headers, mimetype="text/csv")


def link_of(token: str) -> str:
    """The whole address that an invitation's token is opened at."""
    return transport.public_address(url_for("invitations.open_invitation", token=token))


def _list_page(survey: Survey, role: str, form: ListForm) -> str:
    codes = languages_of(survey)
    return organizer_page("organizer/invite_list.html", survey, role, form=form, codes=codes)


def _made(count: int, encoding: str, separator: str) -> str:
    return ngettext(
        "%(num)s invitation was made; its email goes out within minutes. The list was read as "
        "%(encoding)s, with the separator %(separator)s.",
        "%(num)s invitations were made; their emails go out within minutes. The list was read as "
        "%(encoding)s, with the separator %(separator)s.",
        count,
        encoding=encoding,
        separator=separator,
    )


def _example(survey: Survey, language: str) -> Letter:
    last = min(clock.now(db.session) + timedelta(days=DEFAULT_DAYS), survey.closes_at)
    return invitation_letter(survey, Invited(SOMEBODYS, SOMEBODYS, language, last, reminds=True))


def _renewed(invitation: Invitation, token: str) -> tuple[str, datetime]:
    return token, invitation.expires_at
