"""What a bundle is, in plain facts: the one source of its README, codebook and descriptions for archives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..models import Snapshot
from ..models.licence import StatedLicence
from .declaration import Column, Table
from .options import FreezeOptions, options_of

#: Where nobody has said otherwise: whoever runs a survey decides who may pass its data on.
NO_LICENCE = "LicenseRef-ask-the-organizer"
ASK = "Nobody has said yet under which licence these data may be passed on: ask whoever runs the survey."


@dataclass(frozen=True)
class File:
    """A table as it stands in a bundle.

    Attributes
    ----------
    rows
        How many it has, its header not counted.
    size, sha256
        Of its bytes.
    empty
        How many cells of each column are empty.
    """

    table: Table
    columns: Sequence[Column]
    rows: int
    size: int
    sha256: str
    empty: Sequence[int] = ()

    def share_empty(self, place: int) -> float:
        """The share of a column's cells that are empty, 0 to 1; of a table without rows 0."""
        return round(self.empty[place] / self.rows, 4) if self.rows and self.empty else 0.0


@dataclass(frozen=True)
class Description:
    """A bundle in plain facts; words are by language, the survey's first language first."""

    slug: str
    number: int
    as_of: date
    created: date
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    organizers: Mapping[str, str]
    contacts: Mapping[str, str]
    languages: Sequence[str]
    opens: date
    closes: date
    address: str
    version: str
    simulated: bool
    options: FreezeOptions
    #: Under which they may be passed on; None where nobody has said.
    stated: StatedLicence | None = None
    files: list[File] = field(default_factory=list)
    #: What else there is to say, a sentence each, such as a table that was left out.
    remarks: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the data set."""
        return f"{self.slug}-{self.number}"

    @property
    def title(self) -> str:
        """In the survey's first language."""
        return f"{self.titles[self.languages[0]]}: snapshot {self.number}"

    @property
    def organizer(self) -> str:
        """Who runs the survey, in its first language."""
        return self.organizers[self.languages[0]].strip() or "Whoever runs the survey"

    @property
    def citation(self) -> str:
        """Who, when, what."""
        return f"{self.organizer} ({self.created.year}). {self.title}."

    @property
    def licence(self) -> StatedLicence:
        """Under which licence the data may be passed on, or that one has to ask."""
        return self.stated or StatedLicence(NO_LICENCE, ASK, "")

    def file(self, name: str) -> File | None:
        """The table of a name; None where it was left out."""
        return next((file for file in self.files if file.table.name == name), None)


def describe(snapshot: Snapshot, address: str, version: str) -> Description:
    """The facts of a snapshot, its files still to come."""
    survey = snapshot.survey
    texts = {language: survey.text(language) for language in survey.languages}
    return Description(
        survey.slug,
        snapshot.number,
        snapshot.as_of,
        snapshot.created_at.date(),
        {language: text.title for language, text in texts.items()},
        {language: text.summary for language, text in texts.items()},
        {language: text.organizer for language, text in texts.items()},
        {language: text.contact for language, text in texts.items()},
        list(survey.languages),
        survey.opens_at.date(),
        survey.closes_at.date(),
        # By the settings alone: bytes of what is frozen may not hang on who asks for it.
        f"{address.rstrip('/')}/s/{survey.slug}/" if address else "",
        version,
        survey.simulated,
        options_of(snapshot),
        survey.data_licence,
    )
