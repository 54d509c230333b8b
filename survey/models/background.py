"""What an organizer asks about the people who answer, so that their forecasts can be seen by segment."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, InOneLanguage, Moment, in_language
from .survey import Survey

BACKGROUND_KINDS = ("single", "multi", "text", "number")
#: Kinds with answers to choose from: these form groups of people.
GROUPING_KINDS = ("single", "multi")


class BackgroundQuestion(Base):
    """One question about the person; those with options define segments."""

    __tablename__ = "background_question"
    __table_args__ = (
        UniqueConstraint("survey_id", "key"),
        UniqueConstraint("id", "survey_id"),
        CheckConstraint(f"kind IN ({', '.join(map(repr, BACKGROUND_KINDS))})", name="background_kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str]
    kind: Mapped[str]
    position: Mapped[int]
    #: Bounds of a number; none where any will do.
    lower: Mapped[float | None]
    upper: Mapped[float | None]

    survey: Mapped[Survey] = relationship()
    texts: Mapped[list["BackgroundText"]] = relationship(
        order_by="BackgroundText.language", back_populates="question", lazy="selectin"
    )
    options: Mapped[list["BackgroundOption"]] = relationship(
        back_populates="question", order_by="BackgroundOption.position", lazy="selectin"
    )

    def text(self, language: str) -> "BackgroundText":
        """Label and hint in `language`, else in another there is."""
        return in_language(self.texts, language)


class BackgroundText(InOneLanguage, Base):
    """The words of a background question in one language."""

    __tablename__ = "background_text"

    background_question_id: Mapped[int] = mapped_column(
        ForeignKey("background_question.id"), primary_key=True
    )
    label: Mapped[str]
    #: Why it is asked, or how to answer.
    hint: Mapped[str] = mapped_column(default="")

    question: Mapped[BackgroundQuestion] = relationship(back_populates="texts")


class BackgroundOption(Base):
    """One answer to choose."""

    __tablename__ = "background_option"
    __table_args__ = (UniqueConstraint("background_question_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    background_question_id: Mapped[int] = mapped_column(ForeignKey("background_question.id"))
    key: Mapped[str]
    position: Mapped[int]

    question: Mapped[BackgroundQuestion] = relationship(back_populates="options")
    texts: Mapped[list["BackgroundOptionText"]] = relationship(
        order_by="BackgroundOptionText.language", back_populates="option", lazy="selectin"
    )

    def text(self, language: str) -> str:
        """The label in `language`, else in another there is."""
        return in_language(self.texts, language).label


class BackgroundOptionText(InOneLanguage, Base):
    """The label of an answer in one language."""

    __tablename__ = "background_option_text"

    background_option_id: Mapped[int] = mapped_column(ForeignKey("background_option.id"), primary_key=True)
    label: Mapped[str]

    option: Mapped[BackgroundOption] = relationship(back_populates="texts")


class BackgroundAnswer(Base):
    """What somebody said about themselves; a changed answer is a further revision, an empty one takes it back."""

    __tablename__ = "background_answer"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        ForeignKeyConstraint(
            ["background_question_id", "survey_id"],
            ["background_question.id", "background_question.survey_id"],
            # By the convention its name would be longer than the 63 characters that PostgreSQL keeps of one.
            name="fk_background_answer_question",
        ),
        CheckConstraint("revision >= 1", name="revision_counts_from_one"),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True)
    background_question_id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    #: Keys of options, a text or a number; an empty list or None where it was taken back.
    value: Mapped[list[str] | str | float | None] = mapped_column(JSON(none_as_null=False))
    answered_at: Mapped[datetime] = mapped_column(Moment)

    question: Mapped[BackgroundQuestion] = relationship(
        foreign_keys=[background_question_id],
        primaryjoin="BackgroundAnswer.background_question_id == BackgroundQuestion.id",
    )
