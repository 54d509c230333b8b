"""What is said about a rationale or a question: hidden, reported, withheld; "this is unclear"."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answer import Participant, Submission
from .base import Base, Moment
from .question import Question, QuestionVersion

RATIONALE_ACTS = ("hide", "show", "report", "withhold", "release")


class RationaleMark(Base):
    """One act on a rationale; the words stay as they were. The last act of its author, and of an organizer, holds."""

    __tablename__ = "rationale_mark"
    __table_args__ = (
        CheckConstraint(f"act IN ({', '.join(map(repr, RATIONALE_ACTS))})", name="act_known"),
        CheckConstraint("(participant_id IS NULL) <> (user_id IS NULL)", name="by_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    #: `hide` and `show` by its author, `report` by a reader, `withhold` and `release` by an organizer.
    act: Mapped[str]
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: Why it was reported or withheld.
    reason: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(Moment)

    submission: Mapped[Submission] = relationship()


class Unclear(Base):
    """A participant's question about what a question means, for its organizer."""

    __tablename__ = "unclear"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    participant_id: Mapped[int] = mapped_column()
    text: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    #: When an organizer dealt with it, by a new version or not.
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    question: Mapped[Question] = relationship(
        foreign_keys=[question_id], primaryjoin="Unclear.question_id == Question.id"
    )
    version: Mapped[QuestionVersion] = relationship()
    participant: Mapped[Participant] = relationship(
        foreign_keys=[participant_id], primaryjoin="Unclear.participant_id == Participant.id"
    )
