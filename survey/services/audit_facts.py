"""Audit facts: what an entry of the audit log holds of the rows it is about, so that log and store can be compared.

Ids alone would let whoever reaches the database change what an id stands for and leave the chain whole. Facts are
words and numbers of organizers; of what participants said, or a reason about their words, there is a digest alone.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from ..models import EventLog, LeaderboardName, Proposal, Publication, RationaleMark, Resolution, Survey
from .audit_log import digest, record

Facts = dict[str, Any]

#: The act of the log that holds a survey's settings.
SETTINGS = "settings"


def resolution_facts(resolution: Resolution) -> Facts:
    """What came out, on which source, why, and since when it could be known."""
    return {
        "about": resolution.option.key if resolution.option else None,
        "annulled": resolution.annulled,
        "outcome": resolution.outcome_option.key if resolution.outcome_option else None,
        "value": resolution.value,
        "known_from": _plain(resolution.known_from),
        "resolved_at": _plain(resolution.resolved_at),
        "source": resolution.source,
        "why": resolution.why,
        "approved_by": resolution.approved_by_id,
    }


def proposal_facts(proposal: Proposal) -> Facts:
    """What somebody proposed came out, of which questions, and on what it rests."""
    return {
        "proposal": proposal.id,
        "questions": proposal.question_keys,
        "outcomes": proposal.outcomes,
        "known_from": _plain(proposal.known_from),
        "source": proposal.source,
        "why": proposal.why,
        "rests_on": proposal.rests_on,
        "despite": proposal.despite,
    }


def publication_digest(publication: Publication) -> str:
    """SHA-256 of a publication: its day, number, time, people and figures."""
    parts = [
        publication.number,
        publication.as_of.isoformat(),
        _plain(publication.published_at),
        publication.people,
        publication.figures,
    ]
    return digest(parts)


def mark_facts(mark: RationaleMark) -> Facts:
    """An organizer's mark on somebody's reason; of what was said about it a digest, which tells no words."""
    return {"mark": mark.id, "sha256": digest([mark.id, mark.act, mark.reason, _plain(mark.made_at)])}


def name_facts(kept: LeaderboardName) -> Facts:
    """A name on the leaderboard that an organizer withheld: its number, and no words, which are a person's."""
    return {"name": kept.id}


def settings_facts(survey: Survey) -> Facts:
    """The survey's settings as they stand: columns and rounds whole, words and the noise's key as digests."""
    columns = {
        name: _plain(getattr(survey, name)) for name in _columns(survey) if name not in ("id", "noise_key")
    }
    return {
        **columns,
        # Its digest alone: owners read the log, and the key would make the noise worth nothing.
        "noise": digest(survey.noise_key) if survey.noise_key else None,
        "rounds": [
            [one.number, _plain(one.opens_at), _plain(one.closes_at), one.feedback] for one in survey.rounds
        ],
        **{
            f"words {text.language}": digest(
                {name: getattr(text, name) for name in _columns(text) if name != "survey_id"}
            )
            for text in survey.texts
        },
    }


def note_settings(session: Session, survey: Survey, user_id: int | None = None) -> None:
    """Append the survey's settings to its log where they are not what the last such entry holds."""
    # As the store has them: a default or a rounding of the database is part of what is checked later.
    session.flush()
    session.expire(survey)
    facts = settings_facts(survey)
    last = session.scalar(
        select(EventLog)
        .filter_by(survey_id=survey.id, act=SETTINGS)
        .order_by(EventLog.position.desc())
        .limit(1)
    )
    if last is None or last.detail != facts:
        record(session, survey, SETTINGS, facts, user_id)


def _columns(row: Survey | Any) -> list[str]:
    return [attribute.key for attribute in inspect(type(row)).column_attrs]


def _plain(value: Any) -> Any:
    """A column's value as JSON has it; moments in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
