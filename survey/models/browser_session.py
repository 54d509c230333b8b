"""Sessions of browsers that have ended: all else about a session stands in its own signed cookie."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Moment


class EndedSession(Base):
    """A session somebody has ended by signing out or leaving; a copy of its cookie opens nothing."""

    __tablename__ = "ended_session"

    #: SHA-256 of the random name that the cookie holds.
    session_hash: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(Moment)
