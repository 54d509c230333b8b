"""Tokens of programs for the people they speak for: what each may do, in words, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import ApiToken
from ..services.api_tokens import ANSWER, EXPORT, RUN, WRITE

#: In how many days a token that is made on a page stops working, as may be chosen there.
DAYS = (30, 90, 366)


@dataclass(frozen=True)
class TokenInWords:
    """A token as its holder is told of it.

    Attributes
    ----------
    number
        By which it is revoked.
    about
        The survey's title, or that it is for every survey its holder writes.
    may
        What a program may do with it.
    last_used_on, expires_on
        None: not yet; never.
    """

    number: int
    about: str
    may: list[str]
    made_on: date
    last_used_on: date | None
    expires_on: date | None


def scope_words() -> Mapping[str, str]:
    """What a program may do by each scope."""
    return {
        ANSWER: _("answer as you, read what you said, erase it"),
        RUN: _("publish figures and resolve questions"),
        EXPORT: _("freeze snapshots and take them out"),
        WRITE: _("write questions and words"),
    }


def revoked(known: bool) -> tuple[str, str]:
    """What is said after somebody has revoked a token, and whether it is a warning: there may have been none."""
    if known:
        return _("The token works no more. Programs that had it are refused."), "message"
    return _("You have no such token. Nothing was changed."), "warning"


def in_words(token: ApiToken) -> TokenInWords:
    """A token as a row of its holder's page."""
    words = scope_words()
    survey = token.survey
    return TokenInWords(
        token.id,
        survey.text(current_language()).title if survey else _("Every survey that you write, and new ones"),
        [words[scope] for scope in token.scopes],
        token.created_at.date(),
        token.last_used_on,
        token.expires_at.date() if token.expires_at else None,
    )
