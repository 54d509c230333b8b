"""Pilots: a draft that a few people try whole before it is opened, as a survey of its own.

What makes a survey one is a single fact, `Survey.pilot`. Nobody has a role in it, so that no page of organizers, no
data and no publication leads to it; by the fact the door for what others said shows nothing (`disclosure.access`),
nothing is due for publication, no snapshot is frozen and no address is kept. It is entered by its link alone.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.participation import Response, response, skipped_by_question
from ..aggregation.participation_counts import participation_counts
from ..bank.content import Bank
from ..bank.document import obstacles, read
from ..bank.loading import store_bank
from ..errors import BankError, NotFound
from ..i18n.locale import gettext
from ..models import Participant, Pilot, Question, Submission, Survey, SurveyDraft, Unclear
from . import enrollment
from .drafts import InvalidDraft, locked, refuse_archived
from .erasure import erase_pilot
from .invitations import hash_token, new_token

#: A pilot takes answers for so long at least, whenever its draft would close.
SHORTEST = timedelta(days=30)


class NoPilot(NotFound):
    """A link that leads to no pilot (any more): it was revoked, its pilot was ended, or it never was one."""

    title = _("This trial is over")

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "It was ended and erased with every answer, or its link was replaced. Ask the person "
                "who sent you the link whether there is another one. Nothing was changed."
            )
        )


@dataclass(frozen=True)
class QuestionTried:
    """How one question of a pilot went.

    Attributes
    ----------
    answered, skipped
        People who forecast it, and who skipped it and never did.
    seconds
        Median from showing the question to sending its first forecast; None where nobody's is kept.
    remarks
        What is unclear about it, oldest first.
    """

    question: Question
    answered: int
    skipped: int
    seconds: float | None
    remarks: list[str]


@dataclass(frozen=True)
class PilotResults:
    """How a pilot went: people, and each question in its order. No forecast is in it."""

    people: Response
    questions: list[QuestionTried]


def start_pilot(session: Session, draft: SurveyDraft) -> tuple[Pilot, str]:
    """Make a pilot of a draft as it stands, and the token of its link, which nothing can show again.

    Raises
    ------
    InvalidDraft
        Where the survey is open, was put away, or has a pilot already.
    BankError
        With everything that is missing or wrong: people are to try what could be opened.
    """
    draft = locked(session, draft)
    refuse_archived(draft)
    if draft.survey_id is not None:
        raise InvalidDraft({"": gettext("The survey is open: it is tried before that.")})
    if running_pilot(session, draft) is not None:
        raise InvalidDraft({"": gettext("A trial is running already. End it before you begin another.")})
    reading = read(draft.document)
    if found := obstacles(reading):
        raise BankError(found)
    moment, token = clock.now(session), new_token()
    # Never the same address twice: a browser remembers by it who it is.
    slug = f"{draft.slug[:40].rstrip('-')}-pilot-{secrets.token_hex(4)}"
    # Not by `load_survey`: what is only tried is preregistered nowhere.
    survey = store_bank(session, as_pilot(reading.bank, moment), slug=slug, pilot=True)
    pilot = Pilot(
        draft_id=draft.id,
        survey_id=survey.id,
        revision=draft.revision,
        token_hash=hash_token(token),
        begun_at=moment,
    )
    session.add(pilot)
    session.flush()
    return pilot, token


def as_pilot(bank: Bank, moment: datetime) -> Bank:
    """A bank as it is tried: open to whoever has the link, from now on, in one round, every question at once."""
    settings = replace(
        bank.settings,
        opens=moment,
        closes=max(bank.settings.closes, moment + SHORTEST),
        visibility="invited",
    )
    questions = tuple(replace(one, opens=min(one.opens, moment)) for one in bank.questions)
    return replace(bank, settings=settings, questions=questions, rounds=())


def running_pilot(session: Session, draft: SurveyDraft) -> Pilot | None:
    """The pilot of a draft that has not been ended; None where there is none."""
    last = last_pilot(session, draft)
    return last if last is not None and last.ended_at is None else None


def last_pilot(session: Session, draft: SurveyDraft) -> Pilot | None:
    """The pilot of a draft that was begun last, running or ended; None where there was none."""
    if draft.id is None:
        return None
    return session.scalar(select(Pilot).filter_by(draft_id=draft.id).order_by(Pilot.id.desc()).limit(1))


def replace_link(session: Session, draft: SurveyDraft) -> str:
    """Give the running pilot another link; the one before leads nowhere. The token, which nothing can show again.

    Raises
    ------
    InvalidDraft
        Where no pilot is running.
    """
    pilot, token = _running(session, draft), new_token()
    pilot.token_hash = hash_token(token)
    session.flush()
    return token


def revoke_link(session: Session, draft: SurveyDraft) -> None:
    """Let the link of the running pilot lead nowhere: who has joined goes on, nobody else joins.

    Raises
    ------
    InvalidDraft
        Where no pilot is running.
    """
    _running(session, draft).token_hash = None
    session.flush()


def end_pilot(session: Session, draft: SurveyDraft) -> None:
    """End the running pilot and erase it whole, with everything that anybody said; there is no way back.

    Raises
    ------
    InvalidDraft
        Where no pilot is running.
    """
    pilot = _running(session, draft)
    survey, pilot.survey_id, pilot.survey = pilot.survey, None, None
    pilot.ended_at, pilot.token_hash = clock.now(session), None
    session.flush()
    if survey is not None:
        erase_pilot(session, survey)


def _running(session: Session, draft: SurveyDraft) -> Pilot:
    pilot = running_pilot(session, locked(session, draft))
    if pilot is None:
        raise InvalidDraft({"": gettext("No trial is running.")})
    return pilot


def pilot_survey(session: Session, token: str) -> Survey:
    """The survey that a pilot's link leads to.

    Raises
    ------
    NoPilot
        For every token that leads nowhere (any more).
    """
    hashed = hash_token(token)
    pilot = session.scalar(select(Pilot).filter_by(token_hash=hashed)) if hashed else None
    if pilot is None or pilot.survey is None:
        raise NoPilot()
    return pilot.survey


def join_pilot(
    session: Session, token: str, *, language: str, join_key: str, code: str, user_id: int | None = None
) -> Participant:
    """Let somebody try a pilot by its link; the same form sent again leads to the same participant.

    Raises
    ------
    NoPilot
        Where the link leads nowhere (any more).
    SurveyClosed
        Where the pilot takes no answers.
    """
    survey = pilot_survey(session, token)
    # Behind whoever ends it: who comes too late must find it gone, not half of it.
    if session.scalar(select(Survey.id).filter_by(id=survey.id).with_for_update(read=True)) is None:
        raise NoPilot()
    person, _made = enrollment.join(
        session, survey, language=language, join_key=join_key, code=code, user_id=user_id, invited=True
    )
    return person


def pilot_results(session: Session, survey: Survey) -> PilotResults:
    """How a pilot went so far."""
    answered, skipped = participation_counts(session, survey).forecast, skipped_by_question(session, survey)
    seconds, remarks = _seconds(session, survey), _remarks(session, survey)
    return PilotResults(
        response(session, survey),
        [
            QuestionTried(
                question,
                answered.get(question.id, 0),
                skipped.get(question.id, 0),
                median(seconds[question.id]) if question.id in seconds else None,
                remarks.get(question.id, []),
            )
            for question in survey.questions
        ],
    )


def _seconds(session: Session, survey: Survey) -> dict[int, list[int]]:
    query = select(Submission.question_id, Submission.seconds_on_page).where(
        Submission.survey_id == survey.id, Submission.revision == 1, Submission.seconds_on_page.is_not(None)
    )
    return _by_question(session.execute(query).all())


def _remarks(session: Session, survey: Survey) -> dict[int, list[str]]:
    query = select(Unclear.question_id, Unclear.text).filter_by(survey_id=survey.id).order_by(Unclear.id)
    return _by_question(session.execute(query).all())


def _by_question(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for question, value in rows:
        if value is not None:
            found.setdefault(question, []).append(value)
    return found
