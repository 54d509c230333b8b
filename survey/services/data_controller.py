"""Data controller: who runs a survey, how to reach them, on what legal basis answers are kept and until when.

What has to be told whoever is asked, before they answer (Regulation (EU) 2016/679, article 13, paragraphs 1 a and c,
2 a). An owner says it on a page, or the bank's files do.
"""

from collections.abc import Mapping

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import InvalidAnswer, SurveyClosed
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import Participant, Survey
from .audit_facts import note_settings
from .audit_log import record

#: Columns of a survey's words, in the order in which they are asked for and told.
FIELDS = ("organizer", "contact", "legal_basis", "kept_until")
#: Characters of one of them.
LONGEST = 1_000


class InvalidController(InvalidAnswer):
    """Words about who runs a survey that cannot be stored."""

    title = _("Nothing was changed")


class NobodyAsks(SurveyClosed):
    """A survey that takes nobody yet, because those who come could not know who asks them."""

    title = _("This survey takes nobody yet")

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "The people who run it have not said who they are, how to reach them, on what legal "
                "basis answers are kept and for how long. Nothing was stored; please come back later."
            )
        )


def missing_words(survey: Survey) -> list[tuple[str, str]]:
    """Language and field of what nobody has said yet about who runs a survey; none of a demonstration."""
    if survey.simulated:
        return []
    return [(text.language, field) for text in survey.texts for field in FIELDS if not getattr(text, field)]


def takes_newcomers(session: Session, survey: Survey) -> bool:
    """Whether people may join a survey as far as it is known who asks: in production that has to be said first.

    A survey in which somebody takes part already goes on: closing it would help nobody who has answered.
    """
    if current_app.config["PARLEY"]["ENVIRONMENT"] != "production" or not missing_words(survey):
        return True
    somebody = select(Participant.id).filter_by(survey_id=survey.id).limit(1)
    return session.scalar(somebody) is not None


def require_controller(session: Session, survey: Survey) -> None:
    """Let nobody join a survey that does not say who asks.

    Raises
    ------
    NobodyAsks
        See `takes_newcomers`.
    """
    if not takes_newcomers(session, survey):
        raise NobodyAsks()


def name_controller(
    session: Session, survey: Survey, said: Mapping[str, Mapping[str, str]], user_id: int | None = None
) -> None:
    """Store who runs a survey; the log keeps that it was said, and by whom.

    Parameters
    ----------
    said
        Language to field to words, all `FIELDS` in every language of the survey.

    Raises
    ------
    InvalidController
        Where one is missing, longer than `LONGEST` or cannot be stored; its fields are named `uk-contact`.
        Nothing was stored.
    """
    cleaned, errors = {}, {}
    for text in survey.texts:
        for field in FIELDS:
            name = field_name(text.language, field)
            try:
                cleaned[name] = clean_text(said.get(text.language, {}).get(field, ""), LONGEST).strip()
            except Unreadable as unreadable:
                errors[name] = str(unreadable)
                continue
            if not cleaned[name]:
                errors[name] = gettext(
                    "Say this: without it nobody knows who asks them. Nothing was stored yet."
                )
    if errors:
        raise InvalidController(errors)
    changed = []
    for text in survey.texts:
        for field in FIELDS:
            name = field_name(text.language, field)
            if getattr(text, field) != cleaned[name]:
                setattr(text, field, cleaned[name])
                changed.append(name)
    if changed:
        record(session, survey, "name controller", {"fields": changed}, user_id)
        note_settings(session, survey, user_id)


def field_name(language: str, field: str) -> str:
    """The name of one field in forms and errors.

    >>> field_name("uk", "contact")
    'uk-contact'
    """
    return f"{language}-{field}"
