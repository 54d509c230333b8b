"""Scenarios: named axes of events, and the leaves they span."""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, InOneLanguage, in_language
from .question import Event, Question
from .survey import Survey


class Scenario(Base):
    """A tree of scenarios: its first axis is the root, the others take their chances from conditional pairs."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("survey_id", "key"), UniqueConstraint("id", "survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str]
    position: Mapped[int]

    axes: Mapped[list["ScenarioAxis"]] = relationship(order_by="ScenarioAxis.position", lazy="selectin")
    leaves: Mapped[list["ScenarioLeaf"]] = relationship(order_by="ScenarioLeaf.position", lazy="selectin")
    texts: Mapped[list["ScenarioText"]] = relationship(order_by="ScenarioText.language", lazy="selectin")
    survey: Mapped[Survey] = relationship(viewonly=True)

    def text(self, language: str, part: str = "") -> "ScenarioText":
        """Words of the whole (`part` empty), of a leaf (`leaf:KEY`) or an axis (`axis:KEY`)."""
        return in_language((text for text in self.texts if text.part == part), language)

    def branch(self, language: str, axis: str, holds: bool) -> str:
        """What a branch of the tree is called (`branch:KEY:yes`, `branch:KEY:no`); empty where nobody named it."""
        part = f"branch:{axis}:{'yes' if holds else 'no'}"
        named = [text for text in self.texts if text.part == part]
        return in_language(named, language).title if named else ""

    @property
    def tree(self) -> list["ScenarioAxis"]:
        """The axes of the tree, its root first."""
        return [axis for axis in self.axes if axis.role == "axis"]

    @property
    def questions(self) -> set[Question]:
        """Every question the scenarios are computed from."""
        # From the survey's own list, as of relations.
        used = {axis.event.question_id for axis in self.axes} | {axis.pair_id for axis in self.axes}
        return {question for question in self.survey.questions if question.id in used}


class ScenarioAxis(Base):
    """An event that scenarios differ in (`axis`), or one told beside them (`aside`)."""

    __tablename__ = "scenario_axis"
    __table_args__ = (
        ForeignKeyConstraint(["scenario_id", "survey_id"], ["scenario.id", "scenario.survey_id"]),
        ForeignKeyConstraint(["event_id", "survey_id"], ["event.id", "event.survey_id"]),
        ForeignKeyConstraint(["pair_id", "survey_id"], ["question.id", "question.survey_id"]),
        CheckConstraint("role IN ('axis', 'aside')", name="role_known"),
    )

    scenario_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    key: Mapped[str]
    role: Mapped[str] = mapped_column(default="axis")
    event_id: Mapped[int] = mapped_column()
    #: The conditional pair that gives the event's chance on both sides of the root.
    pair_id: Mapped[int | None] = mapped_column()

    event: Mapped[Event] = relationship(
        foreign_keys=[event_id], primaryjoin="ScenarioAxis.event_id == Event.id", lazy="joined"
    )
    pair: Mapped[Question | None] = relationship(
        foreign_keys=[pair_id], primaryjoin="ScenarioAxis.pair_id == Question.id"
    )


class ScenarioLeaf(Base):
    """One scenario: which axes hold; an axis it does not name may go either way."""

    __tablename__ = "scenario_leaf"

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    holds: Mapped[dict[str, bool]] = mapped_column(JSON)


class ScenarioText(InOneLanguage, Base):
    """Words of a scenario tree, one of its leaves or axes, in one language."""

    __tablename__ = "scenario_text"

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    definition: Mapped[str] = mapped_column(default="")
