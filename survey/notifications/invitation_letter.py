"""The letter that invites one person, and its reminder: words, links, and the link that ends them.

It holds the one link by which its reader takes part, and nothing of a question; nothing in it tells its sender that
it was opened.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template
from flask_babel import force_locale
from itsdangerous import BadData, URLSafeSerializer

from ..config import derive_key
from ..errors import NotFound
from ..i18n.formatting import moment as said_moment
from ..i18n.locale import gettext as _
from ..models import Survey
from .messages import Letter, letter_headers, link, spoken


@dataclass(frozen=True)
class Invited:
    """Whom a letter invites: `token` opens the invitation until `last`, `stop` ends the letters (`stop_token`)."""

    token: str
    stop: str
    language: str
    last: datetime
    reminds: bool = False


def invitation_letter(survey: Survey, invited: Invited) -> Letter:
    """The letter of an invitation, in the language its organizer chose for this person."""
    stop = link("letters.before_declining", token=invited.stop)
    language = spoken(invited.language, survey)
    with force_locale(language):
        words = survey.text(language)
        text = render_template(
            "notifications/invitation.txt",
            words=words,
            reminds=invited.reminds,
            link=link("invitations.open_invitation", token=invited.token),
            last=said_moment(invited.last, survey.zone),
            closes=said_moment(survey.closes_at, survey.zone),
            stop=stop,
        )
        subject = (
            _("A reminder: your invitation to a survey")
            if invited.reminds
            else _("An invitation to a survey")
        )
    return Letter(subject, text, letter_headers(survey, stop))


def stop_token(number: int, mark: str) -> str:
    """What the link that ends an invitation's letters carries: its id and the mark of its address, signed."""
    return str(_signer().dumps([number, mark]))


def read_stop_token(token: str) -> tuple[int, str]:
    """Id and mark of a link that ends an invitation's letters.

    :raise NotFound: for one that was never in a letter of this site.
    """
    try:
        number, mark = _signer().loads(token)
    except BadData:
        raise NotFound() from None
    return int(number), str(mark)


def _signer() -> URLSafeSerializer:
    key = derive_key(current_app.config["PARLEY"]["SECRET_KEY"], "letters")
    # Another salt than that of news: a link that ends the one must not be read as one that ends the other.
    return URLSafeSerializer(key, salt="invitation")
