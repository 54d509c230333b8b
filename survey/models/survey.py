"""A survey, its themes and rounds, the consent it asks for, and their words."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, InOneLanguage, Moment, in_language
from .licence import NOT_STATED, StatedLicence, stated_licence

if TYPE_CHECKING:
    from .question import Question
    from .relation import Relation
    from .scenario import Scenario

VISIBILITIES = ("public", "link", "invited")
REVEALS = ("after answering", "after close", "organizers only", "always")
#: When the crowd is published to everybody, whatever participants see.
READERS = ("nobody", "always", "after close", "after days")
PUBLICATIONS = ("batched", "at close", "live")
#: Fewest people a figure rests on where people can be made up (docs/open_surveys.md).
OPEN_CELL = 20
#: What participants may be shown of the round before.
FEEDBACKS = ("crowd", "none")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Survey(Base):
    """A set of questions about the future and the rules under which they are asked.

    Whether it is open is read from its times and the clock, never stored.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint(_one_of("visibility", VISIBILITIES), name="visibility_known"),
        CheckConstraint(_one_of("reveal", REVEALS), name="reveal_known"),
        CheckConstraint(_one_of("readers", READERS), name="readers_known"),
        CheckConstraint("readers_days >= 1", name="days_of_readers"),
        CheckConstraint("reveal_unit IN ('tied', 'single')", name="reveal_unit_known"),
        CheckConstraint(_one_of("publication", PUBLICATIONS), name="publication_known"),
        # Of five people a mean in whole points, told before and after somebody joins, gives their answer to within
        # two points six times in ten: fewer are never told, and publications wait for five to change.
        CheckConstraint("minimum_cell >= 5", name="cell_not_too_small"),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint(
            "0 < lowest_probability AND lowest_probability < highest_probability AND highest_probability < 1",
            name="probabilities_inside",
        ),
        CheckConstraint("explain_change > 0 AND explain_change <= 1", name="change_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    opens_at: Mapped[datetime] = mapped_column(Moment)
    #: Half-open: an answer at this very moment is late.
    closes_at: Mapped[datetime] = mapped_column(Moment)
    visibility: Mapped[str] = mapped_column(default="public")
    #: When a participant sees what others said.
    reveal: Mapped[str] = mapped_column(default="after answering")
    #: `tied`: a question together with every question one relation or condition away; `single`: alone.
    reveal_unit: Mapped[str] = mapped_column(default="tied")
    #: When whoever takes no part sees it on the survey's results: one of `READERS`; from the opening on it stays.
    readers: Mapped[str] = mapped_column(default="nobody", server_default=text("'nobody'"))
    #: With "after days": so many days after each publication.
    readers_days: Mapped[int] = mapped_column(default=7, server_default=text("7"))
    publication: Mapped[str] = mapped_column(default="batched")
    #: The crowd forecast in its form for surveys that anybody may join: by who may when it opens, and so to its end.
    open_form: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Of what is drawn for each person and added to what they say before it is counted (`aggregation.noise`), where
    #: people can be made up; None where they are invited, or all of them are invented. Not sealed: whoever reads it
    #: here reads the answers beside it. Made with the form, and kept: two draws for one answer would tell more of it.
    noise_key: Mapped[str | None]
    #: Fewest people any published figure rests on, see `cell`.
    minimum_cell: Mapped[int] = mapped_column(default=10)
    #: No address, agent, exact time or tracking column is kept.
    protected: Mapped[bool] = mapped_column(default=False)
    #: A demonstration: its simulated participants count, and every page says so.
    simulated: Mapped[bool] = mapped_column(default=False)
    #: A trial of a draft (`services.pilots`): every page says so, nothing in it is published, told or taken out, and
    #: it is erased whole. So it was made and so it stays: the database refuses to change it.
    pilot: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Smallest and largest probability that may be given, as fractions: the log score of a chance of 0 is infinite.
    lowest_probability: Mapped[float] = mapped_column(default=0.001)
    highest_probability: Mapped[float] = mapped_column(default=0.999)
    #: A change of a probability by more than this asks what changed; a fraction, 1 to ask never.
    explain_change: Mapped[float] = mapped_column(default=0.2, server_default="0.2")
    #: From then on organizers see how much of the survey each invited person has answered, of those who agreed to a
    #: consent since; None where they do not, as in every protected survey.
    progress_since: Mapped[datetime | None] = mapped_column(Moment)
    #: A question's base rate stands before one's own answer, where it may anchor it; else after it.
    base_rates_before: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: An outcome counts once a second owner or organizer has approved it, where there are two; see `may_resolve`.
    second_person: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: IANA name of the zone in which times are shown beside UTC.
    zone: Mapped[str] = mapped_column(default="UTC")
    #: One of `licence.LICENCES`: under what its data may be passed on; with "own words" those, and maybe an address.
    licence: Mapped[str] = mapped_column(default=NOT_STATED, server_default=text("'not stated'"))
    licence_words: Mapped[str] = mapped_column(default="", server_default=text("''"))
    licence_address: Mapped[str] = mapped_column(default="", server_default=text("''"))
    languages: Mapped[list[str]] = mapped_column(JSON)

    texts: Mapped[list["SurveyText"]] = relationship(
        order_by="SurveyText.language", back_populates="survey", lazy="selectin"
    )
    themes: Mapped[list["Theme"]] = relationship(back_populates="survey", order_by="Theme.position")
    rounds: Mapped[list["Round"]] = relationship(back_populates="survey", order_by="Round.number")
    questions: Mapped[list["Question"]] = relationship(
        back_populates="survey", order_by="Question.position", overlaps="questions"
    )
    consent_versions: Mapped[list["ConsentVersion"]] = relationship(
        back_populates="survey", order_by="ConsentVersion.number"
    )
    relations: Mapped[list["Relation"]] = relationship(order_by="Relation.position", viewonly=True)
    scenarios: Mapped[list["Scenario"]] = relationship(order_by="Scenario.position", viewonly=True)

    def text(self, language: str) -> "SurveyText":
        """Title, headline, summary and rules in `language`, else in another there is."""
        return in_language(self.texts, language)

    def choose_form(self, moment: datetime) -> None:
        """Choose the form of the crowd forecast by who may join; from the opening on the choice stands.

        Noise is begun even then, where an open survey that nobody has joined lets in anybody.
        """
        before = self.id is None or moment < self.opens_at
        if before:
            self.open_form = self.visibility != "invited"
        if before or (self.visibility != "invited" and not self.open_form):
            noisy = self.visibility != "invited" and not self.simulated
            self.noise_key = (self.noise_key or secrets.token_hex(32)) if noisy else None

    @property
    def guarded(self) -> bool:
        """Whether people can be made up here: anybody may join, and they are not all invented anyway."""
        return self.noise_key is not None

    @property
    def cell(self) -> int:
        """Fewest people any published figure rests on."""
        return max(self.minimum_cell, OPEN_CELL) if self.guarded else self.minimum_cell

    @property
    def data_licence(self) -> StatedLicence | None:
        """Under which licence its data may be passed on; None where nobody has said."""
        return stated_licence(self.licence, self.licence_words, self.licence_address)

    def is_open(self, moment: datetime) -> bool:
        """Whether answers are taken at `moment`."""
        return self.opens_at <= moment < self.closes_at

    def is_over(self, moment: datetime) -> bool:
        """Whether it has closed by `moment`."""
        return self.closes_at <= moment

    @property
    def is_public(self) -> bool:
        """Whether its crowd is published to everybody, now or later."""
        return self.readers != "nobody" and not self.pilot

    @property
    def consent(self) -> "ConsentVersion":
        """The consent that is asked for now: the newest version."""
        return self.consent_versions[-1]


class SurveyText(InOneLanguage, Base):
    """The words of a survey in one language."""

    __tablename__ = "survey_text"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    title: Mapped[str]
    #: The survey in one question, for the front page.
    headline: Mapped[str]
    summary: Mapped[str]
    #: Who runs it, how to reach them, on what legal basis answers are kept, until when; empty until somebody says so.
    organizer: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="", server_default=text("''"))
    legal_basis: Mapped[str] = mapped_column(default="", server_default=text("''"))
    kept_until: Mapped[str] = mapped_column(default="", server_default=text("''"))
    #: What holds for every question: time zone, sources, disputed facts (Markdown).
    rules: Mapped[str] = mapped_column(default="")
    #: Of the preregistration, in the organizer's own words, each may be empty; see `bank.content`.
    primary_analysis: Mapped[str] = mapped_column(default="", server_default=text("''"))
    exclusions: Mapped[str] = mapped_column(default="", server_default=text("''"))
    stop_rule: Mapped[str] = mapped_column(default="", server_default=text("''"))

    survey: Mapped[Survey] = relationship(back_populates="texts")


class Theme(Base):
    """A group of questions, in the order of the survey."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("survey_id", "key"), UniqueConstraint("id", "survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str]
    position: Mapped[int]

    survey: Mapped[Survey] = relationship(back_populates="themes")
    texts: Mapped[list["ThemeText"]] = relationship(
        order_by="ThemeText.language", back_populates="theme", lazy="joined"
    )

    @property
    def questions(self) -> list["Question"]:
        """Its questions, in the order of the survey, which is loaded whole."""
        return [question for question in self.survey.questions if question.theme_id == self.id]

    def text(self, language: str) -> "ThemeText":
        """Title, summary and note in `language`, else in another there is."""
        return in_language(self.texts, language)


class ThemeText(InOneLanguage, Base):
    """The words of a theme in one language."""

    __tablename__ = "theme_text"

    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    #: A remark shown above the theme's questions, often none.
    note: Mapped[str] = mapped_column(default="")

    theme: Mapped[Theme] = relationship(back_populates="texts")


class ConsentVersion(Base):
    """What participants agree to; a changed text is a new version."""

    __tablename__ = "consent_version"
    __table_args__ = (UniqueConstraint("survey_id", "number"), UniqueConstraint("id", "survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(Moment)

    survey: Mapped[Survey] = relationship(back_populates="consent_versions")
    # Read where they are shown: each page asks whether its reader has agreed, and the words are long.
    texts: Mapped[list["ConsentText"]] = relationship(
        order_by="ConsentText.language", back_populates="version"
    )

    def text(self, language: str) -> "ConsentText":
        """The consent in `language`, else in another there is."""
        return in_language(self.texts, language)


class ConsentText(InOneLanguage, Base):
    """A consent version in one language, as Markdown."""

    __tablename__ = "consent_text"

    consent_version_id: Mapped[int] = mapped_column(ForeignKey("consent_version.id"), primary_key=True)
    body: Mapped[str]

    version: Mapped[ConsentVersion] = relationship(back_populates="texts")


class Round(Base):
    """A span in which answers are collected together; a survey without rounds has one."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("survey_id", "number"), UniqueConstraint("id", "survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    #: What participants are shown of the round before.
    feedback: Mapped[str] = mapped_column(default="crowd")

    survey: Mapped[Survey] = relationship(back_populates="rounds")
