"""The name under which a participant is shown on the leaderboard, by their own wish."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answer import Participant
from .base import Base, Moment


class LeaderboardName(Base):
    """A participant's consent to be named: the name they chose, and whether an organizer withholds it.

    Whoever takes a name back that is withheld leaves the row without one: withholding is about the person, so that
    another name of theirs does not slip past whoever judged the first.
    """

    __tablename__ = "leaderboard_name"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        UniqueConstraint("participant_id"),
        UniqueConstraint("survey_id", "likeness"),
        CheckConstraint("(name IS NULL) = (likeness IS NULL)", name="likeness_of_the_name"),
        CheckConstraint("name IS NOT NULL OR withheld_at IS NOT NULL", name="says_something"),
        CheckConstraint("(withheld_at IS NULL) = (withheld_why IS NULL)", name="withheld_for_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    participant_id: Mapped[int] = mapped_column()
    name: Mapped[str | None]
    #: What the name looks like to somebody who reads quickly: two names of a survey never look alike.
    likeness: Mapped[str | None]
    chosen_at: Mapped[datetime] = mapped_column(Moment)
    withheld_at: Mapped[datetime | None] = mapped_column(Moment)
    withheld_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: What its author reads.
    withheld_why: Mapped[str | None]

    participant: Mapped[Participant] = relationship(
        foreign_keys=[participant_id], primaryjoin="LeaderboardName.participant_id == Participant.id"
    )
