"""Everything that is stored about one person, for themselves, and nothing about anybody else.

`TOLD` says by table which columns a person is given; `NOT_TOLD` says why each other column is not. A test
compares both with the tables, so that a new table or column cannot be forgotten.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..disclosure.scores import told_value, without_hidden
from ..models import (
    ApiToken,
    BackgroundAnswer,
    Base,
    Consent,
    Invitation,
    KeptClash,
    LeaderboardName,
    Notice,
    NoticeChoice,
    Participant,
    Question,
    RationaleMark,
    Score,
    Skip,
    Submission,
    Unclear,
)
from ..notifications.contacts import account_of, address_of, contact_of

Row = dict[str, Any]

#: Table to the columns that are given as they stand, in this order.
TOLD: dict[str, tuple[str, ...]] = {
    "participant": ("joined_at", "entry", "language", "simulated", "insider_since"),
    "consent": ("language", "agreed_at"),
    "invitation": (
        "batch",
        "created_at",
        "expires_at",
        "used_at",
        "revoked_at",
        "address",
        "person_group",
        "language",
        "letters",
        "last_letter_at",
        "refusal",
        "declined_at",
    ),
    "submission": (
        "revision",
        "action",
        "received_at",
        "input_format",
        "confidence",
        "expertise",
        "crowd_seen",
        "base_rate_seen",
        "seconds_on_page",
        "language",
        "idempotency_key",
    ),
    "forecast": ("part", "value", "entered"),
    "rationale": ("text",),
    "rationale_mark": ("act", "reason", "made_at"),
    "skip": ("skipped_at",),
    "unclear": ("text", "asked_at", "settled_at"),
    "background_answer": ("revision", "value", "answered_at"),
    "score": ("rule", "value", "coverage", "last_day"),
    "contact": ("confirmed_at", "expires_at"),
    "leaderboard_name": ("name", "chosen_at", "withheld_at", "withheld_why"),
    "kept_clash": ("sources", "kept", "said_at"),
    "notice_choice": ("kind", "way"),
    "notice": ("kind", "about", "due_at", "sent_at"),
    "api_token": ("scopes", "created_at", "expires_at", "revoked_at", "last_used_on"),
}

_NUMBER = "a number that means something in the database alone"
_ELSEWHERE = "given in words beside it"
_HASH = "a fingerprint from which nothing can be read; what it was made of is not kept"

#: Column to the reason why it is not given.
NOT_TOLD: dict[str, str] = {
    "participant.session_generation": "counts how often every device was forgotten",
    "participant.id": _NUMBER,
    "participant.survey_id": _ELSEWHERE,
    "participant.user_id": "the account is given by its address",
    "participant.code_hash": _HASH,
    "participant.calendar_hash": _HASH,
    "participant.join_key": "random; it keeps a double click from making two people",
    "participant.erased_on": "whoever has erased everything is given nothing",
    "consent.consent_version_id": "given by its number, with its text",
    "invitation.id": _NUMBER,
    "invitation.token_hash": _HASH,
    "invitation.former_hash": _HASH,
    "invitation.address_mark": "a fingerprint of the address, which is given",
    "invitation.letter_due_at": "empty: nobody who takes part is invited again",
    "submission.id": _NUMBER,
    "submission.question_id": _ELSEWHERE,
    "submission.question_version_id": _ELSEWHERE,
    "submission.round_id": _ELSEWHERE,
    "submission.body_hash": _HASH,
    "forecast.option_id": _ELSEWHERE,
    "forecast.question_id": _ELSEWHERE,
    "rationale_mark.id": _NUMBER,
    "rationale_mark.user_id": "which organizer it was is about somebody else",
    "skip.question_id": _ELSEWHERE,
    "unclear.id": _NUMBER,
    "unclear.question_id": _ELSEWHERE,
    "unclear.question_version_id": _ELSEWHERE,
    "unclear.settled_by_id": "which organizer it was is about somebody else",
    "background_answer.background_question_id": _ELSEWHERE,
    "score.resolution_id": _NUMBER,
    "score.question_id": _ELSEWHERE,
    "contact.address": "given as the address that letters go to",
    "contact.confirm_hash": _HASH,
    "contact.nonce": "random; the link that ends all letters is made with it",
    "leaderboard_name.id": _NUMBER,
    "leaderboard_name.likeness": "made of the name, which is given",
    "leaderboard_name.withheld_by_id": "which organizer it was is about somebody else",
    "kept_clash.id": _NUMBER,
    "kept_clash.fingerprint": "made of the answers, which are given",
    "notice.id": _NUMBER,
    "notice.question_id": _ELSEWHERE,
    "api_token.id": _NUMBER,
    "api_token.token_hash": _HASH,
    "api_token.user_id": "empty for a participant",
    **{
        f"{table}.{column}": "the same on every line: it is this survey and this person"
        for table in TOLD
        for column in ("survey_id", "participant_id", "submission_id")
        if table != "participant"
    },
}


def own_data(session: Session, participant: Participant) -> Row:
    """All that is stored about a person in one survey, as one JSON document; moments are ISO 8601 in UTC."""
    survey, language = participant.survey, participant.language
    # All at once: what names a question below finds it in the session.
    _ = survey.questions
    return {
        "survey": {"address": survey.slug, "title": survey.text(language).title},
        "written_at": _said(clock.now(session), survey.protected),
        "participant": _participant(session, participant),
        "consents": _consents(session, participant),
        "invitation": _all(session, participant, Invitation),
        "submissions": _submissions(session, participant),
        "skips": _all(session, participant, Skip, _of_question(session)),
        "reports": _reports(session, participant),
        "questions_asked": _all(session, participant, Unclear, lambda row: {"question": row.question.key}),
        "background": _all(
            session, participant, BackgroundAnswer, lambda row: {"question": row.question.key}
        ),
        "kept_clashes": _all(session, participant, KeptClash),
        "scores": _scores(session, participant),
        "leaderboard_name": _all(session, participant, LeaderboardName),
        "contact": _contact(session, participant),
        "letter_choices": _all(session, participant, NoticeChoice),
        "letters": _all(session, participant, Notice, _of_question(session)),
        "tokens": _all(session, participant, ApiToken),
    }


def columns_told(row: Base, protected: bool) -> Row:
    """The columns of a row that its person is given."""
    return {name: _said(getattr(row, name), protected) for name in TOLD[row.__tablename__]}


def _participant(session: Session, person: Participant) -> Row:
    return {
        **columns_told(person, person.survey.protected),
        "has_code": person.code_hash is not None,
        "account": account_of(session, person) or None if person.user_id else None,
        "has_account": person.user_id is not None,
    }


def _consents(session: Session, person: Participant) -> list[Row]:
    def told(consent: Consent) -> Row:
        return {"version": consent.version.number, "text": consent.version.text(consent.language).body}

    return _all(session, person, Consent, told)


def _submissions(session: Session, person: Participant) -> list[Row]:
    marks = _marks(session, person)

    def told(act: Submission) -> Row:
        text = act.rationale
        return {
            "question": act.question.key,
            "title": act.version.text(act.language).title,
            "version": act.version.number,
            "round": act.round.number,
            "forecasts": [{"option": one.option.key, **columns_told(one, False)} for one in act.forecasts],
            "rationale": columns_told(text, False)["text"] if text is not None else None,
            "marks": marks.get(act.id, []),
        }

    return _all(session, person, Submission, told)


def _marks(session: Session, person: Participant) -> dict[int, list[Row]]:
    """What the author and organizers did to each reason, by id of its submission; what readers reported is theirs."""
    query = (
        select(RationaleMark)
        .join(Submission, Submission.id == RationaleMark.submission_id)
        .where(Submission.participant_id == person.id)
        .order_by(RationaleMark.id)
    )
    found: dict[int, list[Row]] = {}
    for mark in session.scalars(query):
        if mark.user_id is not None or mark.participant_id == person.id:
            told = {
                **columns_told(mark, person.survey.protected),
                "by": "organizer" if mark.user_id else "me",
            }
            found.setdefault(mark.submission_id, []).append(told)
    return found


def _reports(session: Session, person: Participant) -> list[Row]:
    """What this person reported of others' reasons: their own words, not those they are about."""
    query = select(RationaleMark).filter_by(participant_id=person.id, act="report").order_by(RationaleMark.id)
    return [
        {"question": mark.submission.question.key, **columns_told(mark, person.survey.protected)}
        for mark in session.scalars(query)
    ]


def _contact(session: Session, person: Participant) -> Row | None:
    contact = contact_of(session, person)
    if contact is None:
        return None
    return {
        "address": address_of(session, contact),
        "of_account": not contact.address,
        **columns_told(contact, False),
    }


def _all(
    session: Session,
    person: Participant,
    table: type[Any],
    more: Callable[[Any], Row] = lambda row: {},
) -> list[Row]:
    """Every row of this person in a table, each with what `more` says beside its columns."""
    query = select(table).filter_by(participant_id=person.id).order_by(*table.__mapper__.primary_key)
    return [{**more(row), **columns_told(row, person.survey.protected)} for row in session.scalars(query)]


def _of_question(session: Session) -> Callable[[Any], Row]:
    def told(row: Any) -> Row:
        return {"question": session.get_one(Question, row.question_id).key if row.question_id else None}

    return told


def _scores(session: Session, person: Participant) -> list[Row]:
    """Scores of this person; beside the crowd's only where it is shown to them, and rounded as it is."""
    query = select(Score).filter_by(participant_id=person.id).order_by(*Score.__mapper__.primary_key)
    return [
        {
            "question": score.resolution.question.key,
            "option": score.resolution.option.key if score.resolution.option else None,
            **columns_told(score, False),
            "value": told_value(score, score.value),
            "last_day": told_value(score, score.last_day),
        }
        for score in without_hidden(session, person, session.scalars(query))
    ]


def _said(value: object, protected: bool) -> object:
    """A value as JSON has it; of a protected survey the day of a moment, for no more is kept."""
    if isinstance(value, datetime):
        return value.date().isoformat() if protected else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def sections(data: Row) -> Iterable[tuple[str, list[Row]]]:
    """The document in parts that a page shows as tables, empty ones left out."""
    for name, value in data.items():
        if isinstance(value, str) or not value:
            continue
        yield name, [value] if isinstance(value, dict) else value
