"""Audit verification: the log's chain recomputed, and what it holds compared with the store, row by row.

The chain alone tells of a changed entry; a row that was changed, added or taken away past the triggers is told by
the entry that held it. Entries of before facts were kept hold ids: they are compared as far as they go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..models import (
    EventLog,
    Membership,
    Participant,
    Preregistration,
    Proposal,
    Publication,
    Question,
    RationaleMark,
    Resolution,
    Submission,
    Survey,
)
from .audit_facts import (
    SETTINGS,
    mark_facts,
    proposal_facts,
    publication_digest,
    resolution_facts,
    settings_facts,
)
from .audit_log import FIRST, first_broken

#: What facts are of that rows are looked up by, where an entry has them.
SHAPES = {
    **dict.fromkeys(("resolution", "proposal", "mark", "user", "number"), int),
    "as_of": str,
    "questions": list,
    "digests": dict,
}

#: What an entry of an organizer's mark on a reason is called, by the mark's act.
MARKS = {"withhold_rationale": "withhold", "release_rationale": "release"}


@dataclass(frozen=True)
class Difference:
    """What the store says otherwise than the log.

    Attributes
    ----------
    entry
        Position of the entry that holds it; None where no entry does.
    matter
        What it is about: `resolution`, `proposal`, `publication`, `role`, `settings`, `moderation` or
        `preregistration`; `entry` where an entry itself is none that the survey writes.
    name
        Which one: a question's key, a user's or a row's number, an entry's act.
    field
        The fact that differs; empty where a whole row has no entry, or an entry no row.
    logged, stored
        The fact in both; None for what is not there.
    """

    entry: int | None
    matter: str
    name: str
    field: str = ""
    logged: Any = None
    stored: Any = None


@dataclass(frozen=True)
class Audit:
    """What a verification found.

    Attributes
    ----------
    entries
        How many entries the log has.
    head
        Hash of the last one: kept elsewhere it tells later whether entries were cut off the end.
    broken
        Position of the first entry that does not follow from the one before; None where the chain is whole.
    differences
        Where log and store disagree.
    ids_alone
        Entries of before facts were kept, of which only ids could be compared.
    gone
        Marks on reasons whose rows went with people who erased their answers.
    """

    entries: int
    head: str
    broken: int | None
    differences: Sequence[Difference]
    ids_alone: int
    gone: int

    @property
    def is_whole(self) -> bool:
        """Whether the chain holds and the store says what the log does."""
        return self.broken is None and not self.differences


def verify(session: Session, survey: Survey) -> Audit:
    """Recompute the survey's chain, and compare each entry with the rows it is about and each row with its entry."""
    query = select(EventLog).filter_by(survey_id=survey.id).order_by(EventLog.position)
    every = list(session.scalars(query))
    entries = [entry for entry in every if _has_shape(entry)]
    gone = _gone_marks(session, survey, entries)
    erased = (
        select(Participant.id)
        .filter_by(survey_id=survey.id)
        .where(Participant.erased_on.is_not(None))
        .limit(1)
    )
    # A mark goes with the person whose words it was on: where nobody has erased anything, somebody took it away.
    forgiven = gone if session.scalar(erased) is not None else []
    differences = [
        # Of what somebody wrote past the site anything may be in it: it is told, and hides nothing of the others.
        *(Difference(entry.position, "entry", entry.act) for entry in every if not _has_shape(entry)),
        *_resolutions(session, survey, entries),
        *_proposals(session, survey, entries),
        *_publications(session, survey, entries),
        *_settings(survey, entries),
        *_roles(session, survey, entries),
        *_marks(session, survey, entries),
        *_preregistrations(session, survey, entries),
        *(
            Difference(entry.position, "moderation", str(entry.detail.get("mark")))
            for entry in gone
            if entry not in forgiven
        ),
    ]
    return Audit(
        entries=len(every),
        head=every[-1].hash if every else FIRST,
        broken=first_broken(session, survey),
        differences=differences,
        ids_alone=sum(map(_has_ids_alone, entries)),
        gone=len(forgiven),
    )


def _has_shape(entry: EventLog) -> bool:
    detail: object = entry.detail
    if not isinstance(detail, dict):
        return False
    keys = detail.get("questions", ())
    return all(isinstance(detail[name], kind) for name, kind in SHAPES.items() if name in detail) and all(
        isinstance(key, str) for key in keys
    )


def _has_ids_alone(entry: EventLog) -> bool:
    facts = {"resolve": "known_from", "publish": "digests", **dict.fromkeys(MARKS, "sha256")}
    return entry.act in facts and facts[entry.act] not in entry.detail


def _compared(
    entry: EventLog, matter: str, name: str, logged: Mapping[str, Any], stored: Mapping[str, Any]
) -> Iterator[Difference]:
    """The facts of one row that differ; one that only one side knows is of another version of the program."""
    for field in logged.keys() & stored.keys():
        if logged[field] != stored[field]:
            yield Difference(entry.position, matter, name, field, logged[field], stored[field])


def _resolutions(session: Session, survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    query = select(Resolution).filter_by(survey_id=survey.id).order_by(Resolution.id)
    with_words = query.options(
        selectinload(Resolution.question),
        selectinload(Resolution.option),
        selectinload(Resolution.outcome_option),
    )
    rows = {one.id: one for one in session.scalars(with_words)}
    for entry in entries:
        if entry.act != "resolve":
            continue
        row, name = rows.pop(entry.detail.get("resolution", 0), None), str(entry.detail.get("question"))
        if row is None:
            yield Difference(entry.position, "resolution", name)
            continue
        stored = {
            **resolution_facts(row),
            "question": row.question.key,
            "supersedes": row.supersedes_id,
            "by": row.by_id,
        }
        yield from _compared(entry, "resolution", name, {**entry.detail, "by": entry.user_id}, stored)
    for row in rows.values():
        yield Difference(None, "resolution", row.question.key)


#: What an entry that decides on a proposal is called, by the decision's act.
DECIDED = {"approve outcome": "approved", "refuse outcome": "refused", "withdraw outcome": "withdrawn"}


def _proposals(session: Session, survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    """Proposed outcomes and what became of each, by the entries of both."""
    rows = {one.id: one for one in session.scalars(select(Proposal).filter_by(survey_id=survey.id))}
    decided = {number: one.decision for number, one in rows.items() if one.decision is not None}
    for entry in entries:
        number = entry.detail.get("proposal", 0)
        if entry.act == "propose outcome":
            row = rows.pop(number, None)
            if row is None:
                yield Difference(entry.position, "proposal", str(number))
                continue
            stored = {**proposal_facts(row), "by": row.by_id}
            yield from _compared(
                entry, "proposal", str(number), {**entry.detail, "by": entry.user_id}, stored
            )
        elif entry.act in DECIDED:
            decision = decided.pop(number, None)
            logged = (DECIDED[entry.act], entry.user_id, entry.detail.get("reason", ""))
            held = (decision.act, decision.by_id, decision.reason) if decision else None
            if held != logged:
                yield Difference(entry.position, "proposal", str(number), "decision", list(logged), held)
    for number in sorted(rows.keys() | decided.keys()):
        yield Difference(None, "proposal", str(number))


def _publications(session: Session, survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    """Figures are read one publication at a time: there may be a thousand of them."""
    logged = {
        (key, entry.detail.get("as_of")): (entry, entry.detail.get("digests", {}).get(key))
        for entry in entries
        if entry.act == "publish"
        for key in entry.detail.get("questions", ())
    }
    query = select(Publication, Question.key).join(Question, Question.id == Publication.question_id)
    rows = query.where(Publication.survey_id == survey.id).order_by(Publication.id)
    for row, key in session.execute(rows.execution_options(yield_per=100)):
        day = row.as_of.isoformat()
        entry, kept = logged.pop((key, day), (None, None))
        if entry is None:
            yield Difference(None, "publication", f"{key} {day}")
        elif kept is not None and kept != (now := publication_digest(row)):
            yield Difference(entry.position, "publication", f"{key} {day}", "sha256", kept, now)
    for (key, its_day), (entry, _kept) in logged.items():
        yield Difference(entry.position, "publication", f"{key} {its_day}")


def _settings(survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    """The last entry counts: those before it were changed by somebody who said so."""
    for entry in [one for one in entries if one.act == SETTINGS][-1:]:
        yield from _compared(entry, "settings", survey.slug, entry.detail, settings_facts(survey))


def _roles(session: Session, survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    """Who has which role, replayed from the acts that gave and took them."""
    # Of each user the last act alone: each role before it has an entry that took or changed it.
    last = {entry.detail.get("user", 0): entry for entry in entries if entry.act in ("grant", "take role")}
    query = select(Membership).filter_by(survey_id=survey.id).order_by(Membership.user_id)
    stored = {one.user_id: one.role for one in session.scalars(query)}
    for user in sorted(last.keys() | stored.keys()):
        entry, has = last.get(user), stored.get(user)
        given = entry.detail.get("role") if entry and entry.act == "grant" else None
        if given != has:
            yield Difference(entry.position if entry else None, "role", str(user), "role", given, has)


def _organizers_marks(session: Session, survey: Survey) -> dict[int, RationaleMark]:
    query = (
        select(RationaleMark)
        .join(Submission, Submission.id == RationaleMark.submission_id)
        .where(Submission.survey_id == survey.id, RationaleMark.user_id.is_not(None))
        .order_by(RationaleMark.id)
    )
    return {one.id: one for one in session.scalars(query)}


def _gone_marks(session: Session, survey: Survey, entries: Sequence[EventLog]) -> list[EventLog]:
    rows = _organizers_marks(session, survey)
    return [entry for entry in entries if entry.act in MARKS and entry.detail.get("mark", 0) not in rows]


def _marks(session: Session, survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    rows = _organizers_marks(session, survey)
    for entry in entries:
        row = rows.pop(entry.detail.get("mark", 0), None) if entry.act in MARKS else None
        if row is not None:
            logged = {**entry.detail, "act": MARKS[entry.act], "by": entry.user_id}
            stored = {**mark_facts(row), "act": row.act, "by": row.user_id}
            yield from _compared(entry, "moderation", str(row.id), logged, stored)
    for mark in rows:
        yield Difference(None, "moderation", str(mark))


def _preregistrations(session: Session, survey: Survey, entries: Sequence[EventLog]) -> Iterator[Difference]:
    """The signed files, by the digests that the log has held since there were any."""
    query = select(Preregistration.number, Preregistration.sha256).filter_by(survey_id=survey.id)
    rows = dict(session.execute(query).all())
    for entry in entries:
        if entry.act != "preregister":
            continue
        number, logged = entry.detail.get("number", 0), entry.detail.get("sha256")
        if (stored := rows.pop(number, None)) != logged:
            yield Difference(entry.position, "preregistration", str(number), "sha256", logged, stored)
    for number in rows:
        yield Difference(None, "preregistration", str(number))
