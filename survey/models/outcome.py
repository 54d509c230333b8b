"""How questions came out, and the scores that follow."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .account import User
from .base import Base, Moment
from .question import Option, Question
from .survey import Survey


class Resolution(Base):
    """What came out, or that nothing can; a correction supersedes and never overwrites.

    `option` is the rung of a ladder or the branch of a pair; for every other kind the resolution is about the
    question as a whole. Exactly one of the outcomes is set: `outcome_option` (choice, ordered), `value` (1 or
    0 for binary, a branch and a rung; a number; days since 1970-01-01), or `annulled`.
    """

    __tablename__ = "resolution"
    __table_args__ = (
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
        ForeignKeyConstraint(["option_id", "question_id"], ["option.id", "option.question_id"]),
        ForeignKeyConstraint(["outcome_option_id", "question_id"], ["option.id", "option.question_id"]),
        # A correction is superseded by one other: what stands is the end of a line and not of a tree.
        UniqueConstraint("supersedes_id"),
        CheckConstraint(
            # Counted by CASE: PostgreSQL adds no truths.
            "(CASE WHEN annulled THEN 1 ELSE 0 END) + (CASE WHEN outcome_option_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN value IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_outcome",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    option_id: Mapped[int | None] = mapped_column()
    annulled: Mapped[bool] = mapped_column(default=False)
    outcome_option_id: Mapped[int | None] = mapped_column()
    value: Mapped[float | None]
    #: From this moment on one could know; what was received on its UTC day or later is not scored.
    known_from: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    source: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))

    question: Mapped[Question] = relationship(
        foreign_keys=[question_id], primaryjoin="Resolution.question_id == Question.id"
    )
    option: Mapped[Option | None] = relationship(
        foreign_keys=[option_id], primaryjoin="Resolution.option_id == Option.id"
    )
    outcome_option: Mapped[Option | None] = relationship(
        foreign_keys=[outcome_option_id], primaryjoin="Resolution.outcome_option_id == Option.id"
    )
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    supersedes: Mapped["Resolution | None"] = relationship(remote_side=[id])


DECISIONS = ("approved", "refused", "withdrawn")


class Proposal(Base):
    """A proposed resolution: outcomes one organizer has said, which a second person approves or refuses.

    A table of its own, and no state of `Resolution`: everybody who reads resolutions would have to leave out those
    that wait, and the first who forgets tells participants an outcome that nobody has approved.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    known_from: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    #: What came out, of each question: its key, and `about`, `option`, `value`, `annulled` of `Outcome`.
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: By question's key, of each that it changes: ids of the resolutions that stood, and the version's number.
    rests_on: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Keys of the relations that the outcomes contradict, and that its author has seen and let stand.
    despite: Mapped[list[str]] = mapped_column(JSON)

    @property
    def question_keys(self) -> list[str]:
        """The keys of the questions that an outcome was said of, those that were chosen first in front."""
        return list(dict.fromkeys(said["question"] for said in self.outcomes))

    survey: Mapped[Survey] = relationship()
    by: Mapped[User] = relationship()
    decision: Mapped["ProposalDecision | None"] = relationship(
        back_populates="proposal", viewonly=True, lazy="joined"
    )


class ProposalDecision(Base):
    """What became of a proposal: approved or refused by a second person, or withdrawn by its author; once."""

    __tablename__ = "proposal_decision"
    __table_args__ = (CheckConstraint(f"act IN ({', '.join(map(repr, DECISIONS))})", name="act_known"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    act: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(default="")

    proposal: Mapped[Proposal] = relationship(back_populates="decision", viewonly=True)
    by: Mapped[User] = relationship()


class Score(Base):
    """One person's score on one resolution by one rule, stored with the resolution."""

    __tablename__ = "score"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
    )

    resolution_id: Mapped[int] = mapped_column(ForeignKey("resolution.id"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(primary_key=True)
    #: One's own forecasts alone: `brier`, `log`, `ordered_brier`, `wis`; lower is better for each. Beside the
    #: crowd's: `peer`, higher is better and 0 as good as the others; `wis_shared`, one's own `wis`, and
    #: `wis_crowd`, that of the published crowd, on just the days on which both stood.
    rule: Mapped[str] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    #: Mean over the whole UTC days from the first forecast on; of `peer` over all of the question's days, of
    #: the other two over those that are shared.
    value: Mapped[float]
    #: Share of the question's days, up to the last that is scored, on which there was a score: 0 to 1.
    coverage: Mapped[float]
    #: Score of the forecast that stood at the end of the last day; None if none did.
    last_day: Mapped[float | None]

    resolution: Mapped[Resolution] = relationship()
