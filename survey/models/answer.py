"""Who takes part and what they said. Nothing here is ever changed; erasure is the only way out."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment
from .question import Option, Question, QuestionVersion
from .survey import ConsentVersion, Round, Survey

ACTIONS = ("new", "update", "affirm", "withdraw")
#: How the key of an act is written, whichever door it comes through: a regular expression without its ends, of which
#: `$` would let a line's end follow.
IDEMPOTENCY_KEY = "[0-9A-Za-z-]{8,64}"
INPUT_FORMATS = ("percent", "odds", "one_in_n", "fraction", "number", "date")


#: Ways of entry: a personal invitation, an account that was signed in at joining, the open link; and whichever of
#: these it was, after published results had been seen.
READERS_ENTRY = "results"
ENTRIES = ("invitation", "account", "link", READERS_ENTRY)


class Participant(Base):
    """A person in a survey; after erasure an empty tombstone."""

    __tablename__ = "participant"
    # The second for others' foreign keys of two columns, which may refer to what is unique as a pair alone.
    __table_args__ = (UniqueConstraint("survey_id", "join_key"), UniqueConstraint("id", "survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: SHA-256 of the code that brings this person back.
    code_hash: Mapped[str | None] = mapped_column(unique=True)
    #: From the form that joined: a double click makes one person.
    join_key: Mapped[str | None]
    #: An invented person of a demonstration.
    simulated: Mapped[bool] = mapped_column(default=False)
    #: Since when owner, organizer or analyst, or known to be: figures of that day and later ones leave the answers
    #: out, for good. Those of days before hold them, and whoever computes these again has to know.
    insider_since: Mapped[datetime | None] = mapped_column(Moment)
    #: How they came: one of `ENTRIES`; empty after erasure.
    entry: Mapped[str] = mapped_column(default="link", server_default="link")
    language: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(Moment)
    erased_on: Mapped[date | None]
    #: SHA-256 of the token in the private address of their calendar; None where they have none.
    calendar_hash: Mapped[str | None] = mapped_column(index=True, unique=True)
    #: Every cookie of this person names it; one more, and all of them have ended.
    session_generation: Mapped[int] = mapped_column(default=0, server_default="0")

    survey: Mapped[Survey] = relationship()
    consents: Mapped[list["Consent"]] = relationship(back_populates="participant")


class Consent(Base):
    """Who agreed to which consent, in which language, when."""

    __tablename__ = "consent"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        ForeignKeyConstraint(
            ["consent_version_id", "survey_id"], ["consent_version.id", "consent_version.survey_id"]
        ),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True)
    consent_version_id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    language: Mapped[str]
    agreed_at: Mapped[datetime] = mapped_column(Moment)

    participant: Mapped[Participant] = relationship(back_populates="consents", overlaps="version")
    version: Mapped[ConsentVersion] = relationship(overlaps="consents,participant")


class Submission(Base):
    """One act of one person on one question. Order is the revision, never the time."""

    __tablename__ = "submission"
    __table_args__ = (
        # With the survey in each key no row can tie a person of one survey to a question or round of another.
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
        ForeignKeyConstraint(["round_id", "survey_id"], ["round.id", "round.survey_id"]),
        ForeignKeyConstraint(
            ["question_version_id", "question_id"], ["question_version.id", "question_version.question_id"]
        ),
        # Not in code alone: without it, and without a lock, 395 keys stood twice among 1,259 answers.
        UniqueConstraint("participant_id", "idempotency_key"),
        UniqueConstraint("participant_id", "question_id", "revision"),
        UniqueConstraint("id", "question_id"),
        CheckConstraint("revision >= 1", name="revision_counts_from_one"),
        CheckConstraint(f"action IN ({', '.join(map(repr, ACTIONS))})", name="action_known"),
        CheckConstraint(f"input_format IN ({', '.join(map(repr, INPUT_FORMATS))})", name="format_known"),
        CheckConstraint("confidence BETWEEN 1 AND 5", name="confidence_1_to_5"),
        CheckConstraint("expertise BETWEEN 1 AND 5", name="expertise_1_to_5"),
        # A question's acts up to the end of a day are what every figure is made of.
        Index("ix_submission_question_id_received_at", "question_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    participant_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    question_version_id: Mapped[int] = mapped_column()
    round_id: Mapped[int] = mapped_column()
    #: 1, 2, … for this person and question, over all rounds and versions.
    revision: Mapped[int]
    action: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(Moment)
    idempotency_key: Mapped[str]
    #: SHA-256 of what was sent, so that a key cannot be reused for something else.
    body_hash: Mapped[str]
    input_format: Mapped[str | None]
    confidence: Mapped[int | None]
    expertise: Mapped[int | None]
    #: Whether this person could see the crowd's figures when they sent it.
    crowd_seen: Mapped[bool] = mapped_column(default=False)
    #: Whether this person could see the question's base rate when they sent it.
    base_rate_seen: Mapped[bool] = mapped_column(default=False, server_default=false())
    seconds_on_page: Mapped[int | None]
    language: Mapped[str]

    # Each by one key, though the foreign keys have two: what the session has loaded is found by it, not read again.
    participant: Mapped[Participant] = relationship(
        foreign_keys=[participant_id], primaryjoin="Submission.participant_id == Participant.id"
    )
    question: Mapped[Question] = relationship(
        foreign_keys=[question_id], primaryjoin="Submission.question_id == Question.id"
    )
    version: Mapped[QuestionVersion] = relationship(
        foreign_keys=[question_version_id], primaryjoin="Submission.question_version_id == QuestionVersion.id"
    )
    round: Mapped[Round] = relationship(
        foreign_keys=[round_id], primaryjoin="Submission.round_id == Round.id"
    )
    forecasts: Mapped[list["Forecast"]] = relationship(
        back_populates="submission", lazy="selectin", order_by="Forecast.option_id, Forecast.part"
    )
    rationale: Mapped["Rationale | None"] = relationship(back_populates="submission", lazy="joined")


class Forecast(Base):
    """One number of a submission.

    `part` is `p`, a quantile such as `q0.05`, `low` and `high` of a three-point answer, or `others`.
    Dates are days since 1970-01-01.
    """

    __tablename__ = "forecast"
    __table_args__ = (
        ForeignKeyConstraint(["submission_id", "question_id"], ["submission.id", "submission.question_id"]),
        ForeignKeyConstraint(["option_id", "question_id"], ["option.id", "option.question_id"]),
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
        # No LIKE: it folds case on SQLite. No abs(): it turns text into 0. NaN is a NULL on SQLite, which
        # NOT NULL refuses, and larger than every number on PostgreSQL, which the bounds refuse. Those are the bounds
        # of `questions.number_parsing`.
        CheckConstraint(
            "(substr(part, 1, 1) = 'q' AND value > -1e15 AND value < 1e15)"
            " OR (part IN ('p', 'low', 'high', 'others') AND value > 0 AND value < 1)",
            name="value_in_range",
        ),
    )

    submission_id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    value: Mapped[float]
    #: As it was typed.
    entered: Mapped[str]

    submission: Mapped[Submission] = relationship(
        back_populates="forecasts",
        foreign_keys=[submission_id],
        primaryjoin="Forecast.submission_id == Submission.id",
    )
    option: Mapped[Option] = relationship(
        foreign_keys=[option_id], primaryjoin="Forecast.option_id == Option.id"
    )


class Rationale(Base):
    """Why, in the person's words; apart, so that it can be withheld or erased by itself."""

    __tablename__ = "rationale"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    text: Mapped[str]

    submission: Mapped[Submission] = relationship(back_populates="rationale")


class Skip(Base):
    """The answer "I can't judge this": counts as answered for what may be seen."""

    __tablename__ = "skip"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    skipped_at: Mapped[datetime] = mapped_column(Moment)
