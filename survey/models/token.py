"""Tokens with which programs speak for somebody."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .account import User
from .answer import Participant
from .base import Base, Moment
from .survey import Survey


class ApiToken(Base):
    """A token of a participant, or of a user: for one survey, or for whatever they write.

    What is stored cannot be turned back into it.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        CheckConstraint("(participant_id IS NULL) <> (user_id IS NULL)", name="speaks_for_one"),
        # A foreign key of two columns refers to nothing, and refuses nothing, where one of them is empty.
        CheckConstraint("participant_id IS NULL OR survey_id IS NOT NULL", name="survey_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the token; its 256 random bits need no salt.
    token_hash: Mapped[str] = mapped_column(unique=True)
    #: None for a user's token to write with: it reaches what its user writes, and may begin surveys.
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    participant_id: Mapped[int | None] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: What it may be used for; a user's role is asked beside it each time.
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    #: The UTC day alone: whose program runs at which hours is nobody's business.
    last_used_on: Mapped[date | None]

    survey: Mapped[Survey | None] = relationship(overlaps="participant")
    participant: Mapped[Participant | None] = relationship(
        foreign_keys=[participant_id], primaryjoin="ApiToken.participant_id == Participant.id"
    )
    user: Mapped[User | None] = relationship()

    def works(self, moment: datetime) -> bool:
        """Whether it is neither revoked nor expired at `moment`, nor its user's account closed."""
        expired = self.expires_at is not None and moment >= self.expires_at
        closed = self.user is not None and not self.user.active
        return self.revoked_at is None and not expired and not closed
