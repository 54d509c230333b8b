"""How questions hang together: declared relations over events."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, InOneLanguage, in_language
from .question import Event, Question
from .survey import Survey

RELATION_KINDS = ("implies", "equals", "excludes", "partition", "total")


class Relation(Base):
    """A strict relation: first `implies` second · `equals` · `excludes` · `partition` · `total` probability.

    What a kind says by itself (a ladder's order, exactly one) is never declared.
    """

    __tablename__ = "relation"
    __table_args__ = (
        ForeignKeyConstraint(["pair_id", "survey_id"], ["question.id", "question.survey_id"]),
        UniqueConstraint("survey_id", "key"),
        UniqueConstraint("id", "survey_id"),
        CheckConstraint(f"kind IN ({', '.join(map(repr, RELATION_KINDS))})", name="kind_known"),
        CheckConstraint("(kind = 'total') = (pair_id IS NOT NULL)", name="total_names_its_pair"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    #: The conditional pair whose branches and condition fix the event, for `total`.
    pair_id: Mapped[int | None] = mapped_column()

    pair: Mapped[Question | None] = relationship(
        foreign_keys=[pair_id], primaryjoin="Relation.pair_id == Question.id"
    )
    members: Mapped[list["RelationEvent"]] = relationship(
        order_by="RelationEvent.position", lazy="selectin", overlaps="event"
    )
    texts: Mapped[list["RelationText"]] = relationship(order_by="RelationText.language")
    survey: Mapped[Survey] = relationship(viewonly=True)

    @property
    def events(self) -> list[Event]:
        """The events in the order of the relation."""
        return [member.event for member in self.members]

    @property
    def questions(self) -> set[Question]:
        """Every question the relation ties together."""
        # From the survey's own list, which a page has read: each by itself would be a statement more.
        tied = {event.question_id for event in self.events} | {self.pair_id}
        return {question for question in self.survey.questions if question.id in tied}

    def text(self, language: str) -> str:
        """The relation as a sentence."""
        return in_language(self.texts, language).sentence


class RelationEvent(Base):
    """An event at its place in a relation."""

    __tablename__ = "relation_event"
    __table_args__ = (
        ForeignKeyConstraint(["relation_id", "survey_id"], ["relation.id", "relation.survey_id"]),
        ForeignKeyConstraint(["event_id", "survey_id"], ["event.id", "event.survey_id"]),
    )

    relation_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    event_id: Mapped[int] = mapped_column()

    event: Mapped[Event] = relationship(lazy="joined", overlaps="members")


class RelationText(InOneLanguage, Base):
    """A relation in words, in one language."""

    __tablename__ = "relation_text"

    relation_id: Mapped[int] = mapped_column(ForeignKey("relation.id"), primary_key=True)
    sentence: Mapped[str]
