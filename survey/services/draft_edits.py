"""Edits of a draft, path by path: saved beside those of others, told apart from theirs, taken back.

Whoever edits has read the document as of some revision, the base. An edit is what differs from the base; where
somebody else has changed the same place since, it is refused for that place alone, with both values, and the others
are saved.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .. import clock
from ..bank.document import Document, Json, cleaned, is_too_large
from ..bank.paths import ORDER, PARTS, Edit, KeyPath, misfit, overlap, put_at, value_at
from ..bank.permanence import ADDRESS
from ..errors import SurveyError
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable
from ..models import DraftChange, SurveyDraft, User
from .drafts import InvalidDraft, check_free, locked, refuse_archived

SLUG_PATH = ("structure", "survey", "slug")


@dataclass(frozen=True)
class RefusedEdit:
    """An edit that was not saved: both values, what to do, and whose theirs is, where it is somebody's."""

    path: KeyPath
    mine: Json
    theirs: Json
    sentence: str
    by: User | None = None


@dataclass(frozen=True)
class Saved:
    """What became of some edits."""

    revision: int
    saved: list[KeyPath] = field(default_factory=list)
    refused: list[RefusedEdit] = field(default_factory=list)


def save(
    session: Session,
    draft: SurveyDraft,
    user: User | None,
    base: int,
    edits: Iterable[Edit],
    label: str = "",
) -> Saved:
    """Save edits as one change; each that collides with somebody else's is refused alone, and nothing is lost.

    Parameters
    ----------
    base
        The revision at which the editor read what they changed.

    Raises
    ------
    InvalidDraft
        Where the draft was put away, the base is none, or the document would be too large; nothing was saved.
    """
    draft = locked(session, draft)
    refuse_archived(draft)
    if not 0 <= base <= draft.revision:
        raise InvalidDraft(
            {"": gettext("This page is not of this survey. Load it again; nothing was changed.")}
        )
    document, made, refused = _tried(session, draft, user, base, edits)
    if made:
        _store(session, draft, user, document, made, label)
    return Saved(draft.revision, [tuple(one["path"]) for one in made], refused)


def _tried(
    session: Session, draft: SurveyDraft, user: User | None, base: int, edits: Iterable[Edit]
) -> tuple[Document, list[dict[str, Any]], list[RefusedEdit]]:
    """The document with those edits that can be made, what was made, and what refuses the others."""
    since = _changes(session, draft, after=base)
    # A copy: SQLAlchemy does not see what changes inside a document, and would not write it.
    known, document = _before(draft.document, since), copy.deepcopy(draft.document)
    made: list[dict[str, Any]] = []
    refused: list[RefusedEdit] = []
    for path, after in edits:
        problem = _apply(session, draft, user, document, known, since, path, after, made)
        if problem is not None:
            refused.append(problem)
    return document, made, refused


class StaleDraft(SurveyError):
    """The draft is of another revision than the one it was read at; `collisions` have both texts. Nothing changed."""

    status = 412
    title = _("Nothing was changed: the survey is another than the one you read")

    def __init__(self, revision: int, collisions: Sequence[RefusedEdit]) -> None:
        super().__init__(
            gettext(
                "It is at version %(now)s now. Read it again, and put your changes into that.", now=revision
            )
        )
        self.revision, self.collisions = revision, list(collisions)


def refuse_stale(
    session: Session,
    draft: SurveyDraft,
    user: User | None,
    read_at: int | None,
    edits: Callable[[Document], Iterable[Edit]] = lambda _known: (),
) -> None:
    """Refuse to change a draft that is not of the revision at which it was read.

    Parameters
    ----------
    read_at
        That revision; None for whichever it is of.
    edits
        What is to be changed of the document as it was read, to tell what of it collides with others' changes.

    Raises
    ------
    StaleDraft
        The write unit must be left with it.
    """
    if read_at in (None, draft.revision):
        return
    known = document_at(session, draft, read_at) if 0 <= read_at < draft.revision else None
    # Trying may have moved the draft to another address: nothing of this write unit may be kept.
    collisions = [] if known is None else _tried(session, draft, user, read_at, edits(known))[2]
    raise StaleDraft(draft.revision, collisions)


def _apply(
    session: Session,
    draft: SurveyDraft,
    user: User | None,
    document: Document,
    known: Document,
    since: Sequence[DraftChange],
    path: KeyPath,
    wanted: Json,
    made: list[dict[str, Any]],
) -> RefusedEdit | None:
    """Put one edit into the document, and note it; what refuses it, or None."""
    try:
        after = cleaned(wanted)
        if path == SLUG_PATH:
            _move(session, draft, after)
    except (Unreadable, InvalidDraft) as problem:
        return RefusedEdit(path, wanted, value_at(document, path), _sentence(problem))
    if path[:1] and path[0] in PARTS and misfit(path, after) is not None:
        sentence = gettext(
            "A survey has something else here: a table, or a list of tables with keys. Not saved."
        )
        return RefusedEdit(path, after, value_at(document, path), sentence)
    now = value_at(document, path)
    if _same(path, after, value_at(known, path)) or _same(path, after, now):
        return None
    if now != value_at(known, path):
        other = _who_else(since, path, user)
        if other is not None:
            return RefusedEdit(path, after, now, _collision(other), other.user)
    try:
        put_at(document, path, after)
    except LookupError:
        return RefusedEdit(
            path, after, None, gettext("What this belongs to was taken out meanwhile. Not saved.")
        )
    made.append({"path": list(path), "before": now, "after": after})
    return None


def _same(path: KeyPath, one: Json, other: Json) -> bool:
    """Whether two values say the same: what is not ticked is false, or is not there.

    Of a scenario an event that does not come true is not one that may go either way.
    """
    if path[:2] == ("structure", "scenario"):
        return bool(one == other)
    return one == other or ((one is None or one is False) and (other is None or other is False))


def _sentence(problem: Unreadable | InvalidDraft) -> str:
    return " ".join(problem.errors.values()) if isinstance(problem, InvalidDraft) else str(problem)


def _collision(other: DraftChange) -> str:
    if other.user is None:
        return gettext("This was changed by a command while you wrote. Yours is not saved yet: choose one.")
    return gettext(
        "%(email)s has changed this while you wrote. Yours is not saved yet: choose one.",
        email=other.user.email,
    )


def _who_else(since: Sequence[DraftChange], path: KeyPath, user: User | None) -> DraftChange | None:
    """The last change of somebody else that touches a path."""
    # One's own other tab collides with nothing: the later edit holds, and the history has both.
    own = user.id if user else None
    for change in reversed(since):
        if change.user_id != own and any(overlap(one["path"], path) for one in change.changes):
            return change
    return None


def _move(session: Session, draft: SurveyDraft, slug: Json) -> None:
    """Another address for a draft that nobody but its writers knows of."""
    if slug == draft.slug:
        return
    if draft.survey_id is not None:
        raise InvalidDraft({"slug": str(ADDRESS.refused)})
    check_free(session, str(slug or ""), but=draft)
    draft.slug = str(slug)


def _changes(session: Session, draft: SurveyDraft, after: int = 0) -> list[DraftChange]:
    query = select(DraftChange).where(DraftChange.draft_id == draft.id, DraftChange.number > after)
    return list(session.scalars(query.order_by(DraftChange.number)))


def _before(document: Document, changes: Sequence[DraftChange]) -> Document:
    """The document as it was before some last changes."""
    past = copy.deepcopy(document)
    for change in reversed(changes):
        for path, _now, then in _taken_back(change):
            put_at(past, path, then)
    return past


def last_change(session: Session, draft: SurveyDraft) -> DraftChange | None:
    """The change that was made last, with who made it; None where there was none."""
    if draft.id is None:
        return None
    query = select(DraftChange).filter_by(draft_id=draft.id).options(joinedload(DraftChange.user))
    return session.scalar(query.order_by(DraftChange.number.desc()).limit(1))


def document_at(session: Session, draft: SurveyDraft, revision: int) -> Document:
    """The document as it was at a revision."""
    return _before(draft.document, _changes(session, draft, after=revision))


def _taken_back(change: DraftChange) -> Iterator[tuple[KeyPath, Json, Json]]:
    """Path, what the change has put there, and what was there before it; the last one first."""
    for one in reversed(change.changes):
        yield tuple(one["path"]), one["after"], one["before"]


def _store(
    session: Session,
    draft: SurveyDraft,
    user: User | None,
    document: Document,
    made: list[dict[str, Any]],
    label: str,
    undoes: int | None = None,
) -> None:
    if is_too_large(document):
        raise InvalidDraft({"": gettext("The survey would be too large to keep. Nothing was changed.")})
    draft.document, draft.revision = document, draft.revision + 1
    session.add(
        DraftChange(
            draft_id=draft.id,
            number=draft.revision,
            user_id=user.id if user else None,
            made_at=clock.now(session),
            changes=made,
            label=label,
            undoes=undoes,
        )
    )
    session.flush()


def undo(session: Session, draft: SurveyDraft, user: User | None) -> DraftChange:
    """Take back one's own last change that stands, as a new change.

    Raises
    ------
    InvalidDraft
        Where there is none, or others have changed the same places since: theirs would be lost.
    """
    draft = locked(session, draft)
    done, _undone = _stacks(_changes(session, draft), user)
    if not done:
        raise InvalidDraft({"": gettext("There is no change of yours to undo.")})
    _exchange(session, draft, user, list(_taken_back(done[-1])), "undo", done[-1].number)
    return done[-1]


def redo(session: Session, draft: SurveyDraft, user: User | None) -> DraftChange:
    """Make again what one has taken back last; as `undo`."""
    draft = locked(session, draft)
    _done, undone = _stacks(_changes(session, draft), user)
    if not undone:
        raise InvalidDraft({"": gettext("There is nothing to redo.")})
    again = [(tuple(one["path"]), one["before"], one["after"]) for one in undone[-1].changes]
    _exchange(session, draft, user, again, "redo", undone[-1].number)
    return undone[-1]


def _stacks(changes: Sequence[DraftChange], user: User | None) -> tuple[list[DraftChange], list[DraftChange]]:
    """One's own changes that stand, and those taken back that may be made again: the last ones last."""
    done: list[DraftChange] = []
    undone: list[DraftChange] = []
    for change in changes:
        if change.user_id != (user.id if user else None):
            continue
        if change.undoes is None:
            done.append(change)
            undone.clear()
        elif change.label == "undo":
            undone.append(done.pop())
        else:
            done.append(undone.pop())
    return done, undone


def _exchange(
    session: Session,
    draft: SurveyDraft,
    user: User | None,
    places: Sequence[tuple[KeyPath, Json, Json]],
    label: str,
    undoes: int,
) -> None:
    """Put one value in the place of another everywhere, or nowhere."""
    refuse_archived(draft)
    document, made = copy.deepcopy(draft.document), []
    for path, now, then in places:
        there = value_at(document, path)
        # An order goes back though others have added to it since: what it does not name stays behind the rest.
        if there != now and path[-1] != ORDER:
            sentence = gettext("Others have changed the same since; it would be lost. Nothing was changed.")
            raise InvalidDraft({"": sentence})
        if path == SLUG_PATH:
            _move(session, draft, then)
        try:
            put_at(document, path, then)
        except LookupError:
            raise InvalidDraft({"": gettext("What this belonged to is not there any more.")}) from None
        made.append({"path": list(path), "before": there, "after": then})
    _store(session, draft, user, document, made, label, undoes)
