"""Second readers: somebody without an account reads a draft by a link, and says of each question if it is clear.

They see the draft as it stands, and of what was said their own alone: each reads for themselves. Nothing is blocked
by what they say. It is kept with the words it was said of, whatever becomes of them.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from .. import clock
from ..bank.document import Document
from ..bank.paths import value_at
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import ReaderLink, ReaderRemark, SettledRemark, SurveyDraft, User
from .draft_questions import keys_of
from .drafts import InvalidDraft, locked
from .invitations import hash_token, new_token

#: So long a link works.
LIFETIME = timedelta(days=30)
#: Links of one draft that work at once; letters of a name; code points and number of remarks by one link.
MOST_LINKS, LONGEST_NAME, LONGEST, MOST_REMARKS = 20, 80, 2_000, 500


class SpentReaderLink(NotFound):
    """A link that was revoked, is too old or never was: the reader cannot tell which."""

    title = _("This link does not work any more")

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "A link for reading works for 30 days, or until it is revoked. What you said by it is"
                " kept. Ask the person who sent it for another one."
            )
        )


class InvalidRemark(InvalidAnswer):
    """A remark that says nothing, or cannot be kept."""

    title = _("Nothing was sent")


def make_link(session: Session, draft: SurveyDraft) -> str:
    """Make a link for one reader. Its token, which nothing can show again.

    Raises
    ------
    InvalidDraft
        Where `MOST_LINKS` work already.
    """
    draft = locked(session, draft)
    if len([link for link in links_of(session, draft) if works(session, link)]) >= MOST_LINKS:
        raise InvalidDraft(
            {"": gettext("%(most)s links work already. Revoke one that you no longer need.", most=MOST_LINKS)}
        )
    moment, token = clock.now(session), new_token()
    session.add(
        ReaderLink(
            draft_id=draft.id,
            token_hash=hash_token(token) or "",
            created_at=moment,
            expires_at=moment + LIFETIME,
        )
    )
    session.flush()
    return token


def links_of(session: Session, draft: SurveyDraft) -> list[ReaderLink]:
    """Every link of a draft with what was said by it, the newest first."""
    if draft.id is None:
        return []
    query = select(ReaderLink).filter_by(draft_id=draft.id).options(joinedload(ReaderLink.remarks))
    return list(session.scalars(query.order_by(ReaderLink.id.desc())).unique())


def works(session: Session, link: ReaderLink) -> bool:
    """Whether a link opens the draft still."""
    return link.revoked_at is None and clock.now(session) < link.expires_at


def revoke_reader_link(session: Session, draft: SurveyDraft, number: int) -> None:
    """Let one link of a draft, by its id, open nothing any more; what was said by it is kept.

    Raises
    ------
    NotFound
        Where the draft has no such link.
    """
    link = session.scalar(select(ReaderLink).filter_by(id=number, draft_id=locked(session, draft).id))
    if link is None:
        raise NotFound()
    link.revoked_at = link.revoked_at or clock.now(session)
    session.flush()


def find_reader_link(session: Session, token: str) -> ReaderLink:
    """The link of a token, as long as it works.

    Raises
    ------
    SpentReaderLink
        For every other token.
    """
    hashed = hash_token(token)
    query = select(ReaderLink).filter_by(token_hash=hashed).options(joinedload(ReaderLink.draft))
    link = session.scalar(query) if hashed else None
    if link is None or not works(session, link):
        raise SpentReaderLink()
    return link


def remark(
    session: Session, token: str, key: str, *, name: str, language: str, text: str = "", clear: bool = False
) -> ReaderRemark:
    """Keep what a reader says of a question: what is unclear, or that it is clear; the same again is said once.

    Raises
    ------
    SpentReaderLink
        Where the link does not work (any more).
    NotFound
        Where the draft has no such question (any more).
    InvalidRemark
        For `name` and `text`, each with its sentence.
    """
    # One after the other: the same form sent twice at once is one remark, and none passes the limit.
    held = select(ReaderLink).filter_by(id=find_reader_link(session, token).id).with_for_update()
    link = session.scalar(held.execution_options(populate_existing=True))
    # It may have been revoked, or deleted with its draft, while it was waited for.
    if link is None or not works(session, link):
        raise SpentReaderLink()
    if key not in keys_of(link.draft.document, "question"):
        raise NotFound()
    said = _checked(name, "" if clear else text, clear)
    last = next((one for one in reversed(link.remarks) if one.question_key == key), None)
    made = ReaderRemark(
        question_key=key,
        revision=link.draft.revision,
        language=language,
        # The words themselves: the draft is written on, and a remark would be about others.
        words=words_of(link.draft.document, key, language),
        name=said[0],
        verdict="clear" if clear else "unclear",
        text=said[1],
        made_at=clock.now(session),
    )
    if last is not None and _same(last, made):
        return last
    if len(link.remarks) >= MOST_REMARKS:
        raise InvalidRemark(
            {
                "text": gettext(
                    "One link takes at most %(most)s remarks. Ask for another link.", most=MOST_REMARKS
                )
            }
        )
    link.remarks.append(made)
    session.flush()
    return made


def _same(one: ReaderRemark, other: ReaderRemark) -> bool:
    return (one.verdict, one.text, one.words) == (other.verdict, other.text, other.words)


def _checked(name: str, text: str, clear: bool) -> tuple[str, str]:
    """Name and text as they are kept."""
    errors = {}
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        errors["name"] = gettext(
            "Say who you are, in 1 to %(most)s characters: the survey’s writers read it beside what you say.",
            most=LONGEST_NAME,
        )
    try:
        text = clean_text(text, LONGEST)
        if not text and not clear:
            errors["text"] = gettext("Say what is unclear, or press “It is clear”. Nothing was sent yet.")
    except Unreadable as unreadable:
        errors["text"] = str(unreadable)
    if errors:
        raise InvalidRemark(errors)
    return name, text


def words_of(document: Document, key: str, language: str) -> dict[str, Any]:
    """The words of a question in one language, as a document has them; empty where there are none."""
    found = value_at(document, ("words", language, "question", key))
    return found if isinstance(found, dict) else {}


def remarks_on(session: Session, draft: SurveyDraft, key: str) -> list[ReaderRemark]:
    """What readers said of one question, what waits first; in one statement."""
    if draft.id is None:
        return []
    query = (
        select(ReaderRemark)
        .join(ReaderRemark.link)
        .where(ReaderLink.draft_id == draft.id, ReaderRemark.question_key == key)
        .options(contains_eager(ReaderRemark.link))
        .order_by(ReaderRemark.id)
    )
    return in_turn(list(session.scalars(query)))


def in_turn(remarks: Sequence[ReaderRemark]) -> list[ReaderRemark]:
    """Remarks in the order in which a writer looks at them: unclear and not settled, settled, clear."""
    return sorted(remarks, key=lambda one: (one.verdict == "clear", one.settled is not None, one.id))


def settle_remark(
    session: Session, draft: SurveyDraft, user: User, number: int, *, again: bool = False
) -> str:
    """Mark a remark of a draft, by its id, as settled, or (`again`) let it wait again; the key of its question.

    Raises
    ------
    NotFound
        Where the draft has no such remark.
    """
    query = (
        select(ReaderRemark)
        .join(ReaderRemark.link)
        .where(ReaderRemark.id == number, ReaderLink.draft_id == locked(session, draft).id)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound()
    if again:
        found.settled = None
    elif found.settled is None:
        found.settled = SettledRemark(user_id=user.id, settled_at=clock.now(session))
    session.flush()
    return found.question_key
