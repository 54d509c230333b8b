"""Invitations by letter, one by one: how far each has come, for those who run the survey.

That somebody joined is told, and how much they answered only where the consent they agreed to says so: never what,
and never of a protected survey, which keeps no address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import case, func, select, union
from sqlalchemy.orm import Session

from .. import clock
from ..errors import InvalidAnswer
from ..i18n.locale import gettext
from ..models import Consent, ConsentText, ConsentVersion, Invitation, Skip, Submission, Survey, User
from ..store.transaction import lock_survey
from .audit_facts import note_settings
from .audit_log import record

#: In the order of the page: who needs something comes first.
STATES = ("refused", "not sent", "sent", "joined", "ended")
#: What the list can be narrowed to: name to the states it shows.
FILTERS: dict[str, tuple[str, ...]] = {
    "all": STATES,
    "not-sent": ("not sent",),
    "not-joined": ("refused", "not sent", "sent"),
    "refused": ("refused",),
}


class ProgressStaysHidden(InvalidAnswer):
    """A protected survey tells nothing of any person."""

    title = _("Nothing was changed")


@dataclass(frozen=True)
class InvitedPerson:
    """One invitation by letter, and how far it came.

    `since` is when it came so far; `answered` the number of questions answered or skipped, None where it isn't told.
    """

    number: int
    address: str
    group: str
    language: str
    batch: str
    state: str
    since: datetime
    letters: int
    refusal: str
    answered: int | None = None


def invited_people(session: Session, survey: Survey) -> list[InvitedPerson]:
    """Everybody whose address an invitation still holds, those who need something first."""
    moment = clock.now(session)
    state = case(
        (Invitation.used_at.is_not(None), "joined"),
        (Invitation.expires_at <= moment, "ended"),
        (Invitation.refusal.is_not(None), "refused"),
        (Invitation.letters == 0, "not sent"),
        else_="sent",
    )
    since = func.coalesce(Invitation.used_at, Invitation.last_letter_at, Invitation.created_at)
    rows = session.execute(
        select(Invitation, state, since).where(
            Invitation.survey_id == survey.id, Invitation.address.is_not(None)
        )
    ).all()
    answered = _answered(session, survey)
    people = [
        InvitedPerson(
            one.id,
            one.address or "",
            one.person_group or "",
            one.language or "",
            one.batch,
            stands,
            moment_of,
            one.letters,
            one.refusal or "",
            answered.get(one.participant_id) if one.participant_id else None,
        )
        for one, stands, moment_of in rows
    ]
    return sorted(people, key=lambda one: (STATES.index(one.state), one.since, one.number))


def narrowed(people: Sequence[InvitedPerson], chosen: str, typed: str) -> list[InvitedPerson]:
    """Those a filter shows, of whom address, group or batch holds what was typed, whatever its case.

    >>> narrowed([], "all", "anything")
    []
    """
    wanted, sought = FILTERS.get(chosen, STATES), typed.strip().casefold()
    return [
        one
        for one in people
        if one.state in wanted and sought in f"{one.address}\n{one.group}\n{one.batch}".casefold()
    ]


def show_progress(session: Session, survey: Survey, on: bool, by: User | None = None) -> None:
    """Let organizers see how much each invited person has answered, or no longer.

    Everybody is asked for their consent anew, whose page says it; until somebody agreed nothing is told of them.

    Raises
    ------
    ProgressStaysHidden
        In a protected survey.
    """
    if on and survey.protected:
        raise ProgressStaysHidden(
            {
                "progress": gettext(
                    "This survey is protected: it tells nothing of any person. Nothing was changed."
                )
            }
        )
    lock_survey(session, survey)
    # As it is under the lock: of two owners at once the second finds it done.
    session.refresh(survey)
    if on == (survey.progress_since is not None):
        return
    survey.progress_since = clock.now(session) if on else None
    if on:
        _ask_anew(session, survey)
    record(session, survey, "show progress", {"on": on}, by.id if by else None)
    note_settings(session, survey, by.id if by else None)


def _ask_anew(session: Session, survey: Survey) -> None:
    """A new version of the consent, with the words of the last one: its page says more from now on."""
    last = survey.consent
    version = ConsentVersion(number=last.number + 1, published_at=survey.progress_since)
    version.texts = [ConsentText(language=text.language, body=text.body) for text in last.texts]
    survey.consent_versions.append(version)
    session.flush()


def _answered(session: Session, survey: Survey) -> dict[int, int]:
    """Questions answered or skipped, by participant who has agreed that it is told."""
    if survey.progress_since is None or survey.protected:
        return {}
    agreed = (
        select(Consent.participant_id)
        .join(ConsentVersion, ConsentVersion.id == Consent.consent_version_id)
        .where(ConsentVersion.survey_id == survey.id, ConsentVersion.published_at >= survey.progress_since)
    )
    told = dict.fromkeys(session.scalars(agreed), 0)
    acts = union(
        *(
            select(table.participant_id, table.question_id).where(table.participant_id.in_(agreed))
            for table in (Submission, Skip)
        )
    ).subquery()
    counts = select(acts.c.participant_id, func.count()).group_by(acts.c.participant_id)
    return told | dict(session.execute(counts).all())
