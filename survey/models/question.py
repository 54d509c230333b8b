"""A question, its versions and options, the events it speaks of, and what it is conditional on."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, InOneLanguage, Moment, in_language
from .base_rate import BaseRate, BaseRateColumn
from .survey import Survey, Theme

if TYPE_CHECKING:
    from .outcome import Resolution

KIND_NAMES = ("binary", "choice", "ordered", "ladder", "numeric", "date", "pair")


class Question(Base):
    """One question about the future. Its words are in its versions, its options are fixed at the first answer."""

    __tablename__ = "question"
    __table_args__ = (
        ForeignKeyConstraint(["theme_id", "survey_id"], ["theme.id", "theme.survey_id"]),
        UniqueConstraint("survey_id", "key"),
        UniqueConstraint("id", "survey_id"),
        CheckConstraint(f"kind IN ({', '.join(map(repr, KIND_NAMES))})", name="kind_known"),
        CheckConstraint("opens_at < closes_at AND closes_at <= resolves_at", name="times_in_order"),
        CheckConstraint("scale IS NULL OR scale IN ('linear', 'log')", name="scale_known"),
        CheckConstraint(
            "(kind IN ('numeric', 'date')) = (scale IS NOT NULL AND lower IS NOT NULL AND upper IS NOT NULL)",
            name="numbers_have_a_range",
        ),
        CheckConstraint("lower < upper", name="range_in_order"),
        CheckConstraint("scale <> 'log' OR lower > 0", name="log_scale_above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    theme_id: Mapped[int] = mapped_column()
    key: Mapped[str]
    kind: Mapped[str]
    position: Mapped[int]
    opens_at: Mapped[datetime] = mapped_column(Moment)
    #: Half-open: an answer at this very moment is late.
    closes_at: Mapped[datetime] = mapped_column(Moment)
    #: Evidence published until then counts.
    resolves_at: Mapped[datetime] = mapped_column(Moment)
    scale: Mapped[str | None]
    #: Bounds in the question's unit; days since 1970-01-01 for a date.
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    open_lower: Mapped[bool] = mapped_column(default=False)
    open_upper: Mapped[bool] = mapped_column(default=False)
    #: Only whole numbers are outcomes.
    whole: Mapped[bool] = mapped_column(default=False)
    #: No forecast without its reason.
    rationale_required: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Levels asked for, as fractions; none for probabilities.
    quantile_levels: Mapped[list[float]] = mapped_column(JSON, default=list)

    survey: Mapped[Survey] = relationship(
        back_populates="questions", foreign_keys=[survey_id], overlaps="questions"
    )
    theme: Mapped[Theme] = relationship(foreign_keys=[theme_id], primaryjoin="Question.theme_id == Theme.id")
    versions: Mapped[list["QuestionVersion"]] = relationship(
        back_populates="question", order_by="QuestionVersion.number", lazy="selectin"
    )
    options: Mapped[list["Option"]] = relationship(
        back_populates="question", order_by="Option.position", lazy="selectin"
    )
    condition: Mapped["Condition | None"] = relationship(
        back_populates="question", foreign_keys="Condition.question_id", lazy="selectin"
    )
    #: Everything that was ever stored; a new one expires it.
    resolutions: Mapped[list["Resolution"]] = relationship(
        primaryjoin="Resolution.question_id == Question.id",
        foreign_keys="Resolution.question_id",
        order_by="Resolution.id",
        viewonly=True,
        lazy="selectin",
    )

    @property
    def is_draft(self) -> bool:
        """Whether no version of it was ever published."""
        return all(version.published_at is None for version in self.versions)

    @property
    def begins_at(self) -> datetime:
        """When it and its survey are first both open."""
        return max(self.opens_at, self.survey.opens_at)

    @property
    def ends_at(self) -> datetime:
        """When it or its survey closes."""
        return min(self.closes_at, self.survey.closes_at)

    @property
    def version(self) -> "QuestionVersion":
        """The version that is asked now: the newest published one; LookupError where there are drafts alone.

        A draft's words are nobody's to read: whoever lists questions leaves out those that are drafts.
        """
        for version in reversed(self.versions):
            if version.published_at is not None:
                return version
        raise LookupError(f"question {self.key} has no published version")

    def text(self, language: str) -> "VersionText":
        """The words of the current version in `language`, else in another there is."""
        return self.version.text(language)

    def option(self, key: str) -> "Option":
        """The option with this key; LookupError where there is none."""
        for option in self.options:
            if option.key == key:
                return option
        raise LookupError(f"question {self.key} has no option {key}")

    def asked(self, moment: datetime) -> list["Option"]:
        """The options that take answers at `moment`: none outside the question's own times."""
        if not self.opens_at <= moment < self.closes_at:
            return []
        return [option for option in self.options if option.closes_at is None or moment < option.closes_at]


class QuestionVersion(Base):
    """The words of a question from a moment on. Answers keep the version they were given to."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"), UniqueConstraint("id", "question_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    #: Answers to older versions no longer count.
    substantive: Mapped[bool] = mapped_column(default=False)
    #: What changed, in a sentence.
    note: Mapped[str] = mapped_column(default="")
    #: None while it is a draft.
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    #: How often it happened before in cases like it.
    base_rate: Mapped[BaseRate | None] = mapped_column(BaseRateColumn)

    question: Mapped[Question] = relationship(back_populates="versions")
    texts: Mapped[list["VersionText"]] = relationship(
        order_by="VersionText.language", back_populates="version", lazy="joined"
    )

    def text(self, language: str) -> "VersionText":
        """The words in `language`, else in another there is."""
        return in_language(self.texts, language)

    def note_in(self, language: str) -> str:
        """What changed: as whoever published it says in `language`, else which words did."""
        return self.text(language).note or self.note


class VersionText(InOneLanguage, Base):
    """The words of a question's version in one language."""

    __tablename__ = "version_text"

    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    title: Mapped[str]
    #: A few words for lists and charts.
    short: Mapped[str]
    background: Mapped[str]
    criteria: Mapped[str]
    fine_print: Mapped[str]
    sources: Mapped[list[str]] = mapped_column(JSON)
    #: Unit of a number, as it is written after it.
    unit: Mapped[str] = mapped_column(default="")
    #: What the cases of the base rate are, in a sentence, and who counted them; empty where there is none.
    reference_class: Mapped[str] = mapped_column(default="", server_default=text("''"))
    base_rate_source: Mapped[str] = mapped_column(default="", server_default=text("''"))
    #: What changed with this version, as whoever published it says; empty where they said nothing.
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))

    version: Mapped[QuestionVersion] = relationship(back_populates="texts")


class Option(Base):
    """One thing a number is asked for: yes, an answer, a deadline, a value, a branch."""

    __tablename__ = "option"
    __table_args__ = (UniqueConstraint("question_id", "key"), UniqueConstraint("id", "question_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    key: Mapped[str]
    position: Mapped[int]
    #: A ladder's rung closes at its deadline; the others with the question.
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Which way the condition came out, for the two branches of a pair.
    given_holds: Mapped[bool | None]

    question: Mapped[Question] = relationship(back_populates="options")
    texts: Mapped[list["OptionText"]] = relationship(
        order_by="OptionText.language", back_populates="option", lazy="joined"
    )

    def text(self, language: str) -> str:
        """The label in `language`, else in another there is."""
        return in_language(self.texts, language).label


class OptionText(InOneLanguage, Base):
    """The label of an option in one language."""

    __tablename__ = "option_text"

    option_id: Mapped[int] = mapped_column(ForeignKey("option.id"), primary_key=True)
    label: Mapped[str]

    option: Mapped[Option] = relationship(back_populates="texts")


class Event(Base):
    """Something that happens or not: the question's outcome is among the options (`holds`), or is not.

    An event of a question with a condition lies inside the condition: `holds = False` means that the
    condition came true and the answer did not.
    """

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
        UniqueConstraint("id", "question_id"),
        UniqueConstraint("id", "survey_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    holds: Mapped[bool]

    # By its key alone, so that a question the session has loaded is not read again.
    question: Mapped[Question] = relationship(
        foreign_keys=[question_id], primaryjoin="Event.question_id == Question.id"
    )
    members: Mapped[list["EventOption"]] = relationship(lazy="selectin", overlaps="question")

    @property
    def options(self) -> list[Option]:
        """The options of the event, in the question's order."""
        return sorted((member.option for member in self.members), key=lambda option: option.position)


class EventOption(Base):
    """An option that belongs to an event."""

    __tablename__ = "event_option"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "question_id"], ["event.id", "event.question_id"]),
        ForeignKeyConstraint(["option_id", "question_id"], ["option.id", "option.question_id"]),
    )

    event_id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column()

    option: Mapped[Option] = relationship(lazy="joined", overlaps="members")


class Condition(Base):
    """The event under which a question is asked. It stands apart so that tables form no circle."""

    __tablename__ = "condition"
    __table_args__ = (
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
        ForeignKeyConstraint(["event_id", "survey_id"], ["event.id", "event.survey_id"]),
    )

    question_id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    event_id: Mapped[int] = mapped_column()

    question: Mapped[Question] = relationship(
        back_populates="condition",
        foreign_keys=[question_id],
        primaryjoin="Condition.question_id == Question.id",
    )
    event: Mapped[Event] = relationship(
        foreign_keys=[event_id], primaryjoin="Condition.event_id == Event.id", lazy="joined"
    )
