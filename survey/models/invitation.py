"""Personal invitations. A link opens a page; only taking part there, by POST, uses it."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answer import Participant
from .base import Base, Moment
from .survey import Survey


class Invitation(Base):
    """One invitation for one person. The token is shown once; its hash is what is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        UniqueConstraint("participant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    #: SHA-256 of the token.
    token_hash: Mapped[str] = mapped_column(unique=True)
    #: Which set of invitations it was made in, as its organizer calls it.
    batch: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Who took part with it; its own again after an erasure.
    participant_id: Mapped[int | None] = mapped_column()

    survey: Mapped[Survey] = relationship(overlaps="participant")
    participant: Mapped[Participant | None] = relationship(
        foreign_keys=[participant_id], primaryjoin="Invitation.participant_id == Participant.id"
    )
