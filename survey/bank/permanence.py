"""Permanence: what of an opened survey cannot change any more, or makes a new version, and why.

One rule for two readers: `refusals` refuses by it, and the editor says it beside each field before somebody tries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    cast,
    exists,
    false,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from .. import clock, models
from ..i18n.locale import gettext
from .content import VERSION_WORDS, Settings
from .paths import KeyPath

#: Facts that give an answer its meaning, as `content.Question` names them, and under which keys a document has them.
#: Times, theme and order may change.
FIXED_FACTS: dict[str, tuple[str, ...]] = {
    "kind": ("kind",),
    "options": ("options", "deadlines"),
    "range": ("scale", "lower", "upper", "open_lower", "open_upper", "whole", "quantile_levels"),
    "given": ("given",),
}
#: The same of a question about the person; answers may be added to it.
FIXED_ABOUT = ("kind", "lower", "upper")
#: What somebody may have done with a question that fixes its facts.
ACTS = models.Submission, models.Skip, models.Resolution


class Reason(NamedTuple):
    """Why something stays: as it stands beside a field, and as a change of it is refused."""

    beside: str
    refused: str


JOINED = Reason(
    _("Cannot change any more: people have joined, and what they agreed to names it."),
    _("cannot change any more, people have joined"),
)
PUBLISHED = Reason(
    _("Cannot change any more: the survey has opened, and it says to everybody when results are published."),
    _("cannot change any more, the survey has opened"),
)
#: Settings of who else sees results: fixed by the opening, whether somebody has joined or not.
OF_READERS = ("readers", "readers_days")
#: Settings of the licence of the data: they may change while no consent names it; the log keeps each change.
OF_LICENCE = ("licence", "licence_words", "licence_address")
ANSWERED = Reason(
    _("Cannot change any more: it has answers. Ask a new question under another key."),
    _("its %(fact)s cannot change any more, it has answers; ask a new question under another key"),
)
SAID = Reason(
    _("Cannot change any more: people have answered. Ask a new question under another key."),
    _(
        "its kind, options and bounds cannot change any more, people have answered;"
        " ask a new question under another key"
    ),
)
OPENED = Reason(
    _("It was opened and stays: close it by its last day instead of taking it out."),
    _("was opened and stays: close it by its last day instead of taking it out"),
)
IN_ROUND = Reason(
    _("Rounds that have answers keep their times, except for the end of one that runs: %(rounds)s."),
    _("has answers: its times stay, except for the end of a round that runs"),
)
ADDRESS = Reason(*2 * (_("The survey is open, and people know its address: it stays."),))


class Note(NamedTuple):
    """What stands beside a field: a sentence, and whether the field is fixed, or may change with what it says."""

    sentence: str
    is_fixed: bool


@dataclass(frozen=True)
class Permanence:
    """What people have done in a survey, as far as it fixes something; of one that is not open, nothing.

    Attributes
    ----------
    has_begun
        Whether it takes answers, or took them: its time of opening has passed.
    names_licence
        Whether a consent names the licence of the data.
    opened, answered, said
        Keys of the questions that participants can read, of those with an answer, skip or resolution, and of the
        questions about the person that somebody has answered.
    rounds
        Numbers of the rounds that have answers.
    """

    is_open: bool = False
    has_begun: bool = False
    has_people: bool = False
    names_licence: bool = False
    opened: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()

    def note(self, path: KeyPath) -> Note | None:
        """What is to be said beside the field at a path of the document; None where it may change freely."""
        if not self.is_open or len(path) < 2:
            return None
        if path[0] == "words":
            return self._note_on_words(path)
        if path == ("structure", "survey", "slug"):
            return _fixed(ADDRESS)
        noun, key, name = path[1], path[2] if len(path) > 2 else "", path[3] if len(path) > 3 else ""
        if noun == "survey" and key in OF_READERS and self.has_begun:
            return _fixed(PUBLISHED)
        if noun == "survey" and self.has_people:
            return _may_be_relicensed() if key in OF_LICENCE and not self.names_licence else _fixed(JOINED)
        if noun == "question":
            return self._note_on_question(key, name)
        if noun == "background" and key in self.said:
            return _fixed(SAID) if name in FIXED_ABOUT else _may_grow() if name == "options" else None
        if noun == "round" and self.rounds:
            return Note(str(IN_ROUND.beside) % {"rounds": ", ".join(self.rounds)}, False)
        return None

    @property
    def fixed_paths(self) -> list[KeyPath]:
        """Paths of the document at which nothing can change any more, for programs to know before they try."""
        if not self.is_open:
            return []
        facts = [name for names in FIXED_FACTS.values() for name in names]
        return [
            *self._fixed_settings(),
            *(("structure", "survey", name) for name in OF_READERS if self.has_begun and not self.has_people),
            *(("structure", "question", key, name) for key in self.answered for name in facts),
            *(("structure", "background", key, name) for key in self.said for name in FIXED_ABOUT),
        ]

    def _fixed_settings(self) -> list[KeyPath]:
        if not self.has_people:
            return [("structure", "survey", "slug")]
        if self.names_licence:
            return [("structure", "survey")]
        return [
            ("structure", "survey", name) for name in Settings.__dataclass_fields__ if name not in OF_LICENCE
        ]

    def _note_on_question(self, key: str, name: str) -> Note | None:
        if key in self.answered and any(name in names for names in FIXED_FACTS.values()):
            return _fixed(ANSWERED)
        return _new_version() if name == "base_rate" and key in self.opened else None

    def _note_on_words(self, path: KeyPath) -> Note | None:
        if path[2:] == ("consent", "text"):
            return Note(
                gettext("A change makes a new version, and everybody is asked to agree to it."), False
            )
        of_version = len(path) > 4 and path[2] == "question" and path[4] in (*VERSION_WORDS, "base_rate")
        return _new_version() if of_version and path[3] in self.opened else None


def _fixed(reason: Reason) -> Note:
    return Note(str(reason.beside), True)


def _may_be_relicensed() -> Note:
    return Note(
        gettext("May change: no consent names it. The log keeps each change; snapshots stay as they were."),
        False,
    )


def _may_grow() -> Note:
    return Note(
        gettext("Answers may be added; those that are there stay: people have chosen among them."), False
    )


def _new_version() -> Note:
    return Note(
        gettext("A change makes a new version; people who have answered are asked whether they affirm."),
        False,
    )


def names_licence(survey: models.Survey) -> ColumnElement[bool]:
    """Whether a consent of a survey names the licence of its data: by its identifier, title or address."""
    stated = survey.data_licence
    named = [name for name in (stated.spdx, stated.words, stated.address) if name] if stated else []
    text, version = models.ConsentText, models.ConsentVersion
    return exists().where(
        text.consent_version_id == version.id,
        version.survey_id == survey.id,
        # Escaped: own words about a licence may hold `%` and `_`, which LIKE takes for anything.
        or_(false(), *(text.body.contains(name, autoescape=True) for name in named)),
    )


def permanence_of(session: Session, survey: models.Survey) -> Permanence:
    """What people have done in an opened survey; asked in one statement."""
    question, about = models.Question, models.BackgroundQuestion
    version, round_ = models.QuestionVersion, models.Round
    acts = or_(*(exists().where(table.question_id == question.id) for table in ACTS))
    published = exists().where(version.question_id == question.id, version.published_at.is_not(None))
    said = exists().where(models.BackgroundAnswer.background_question_id == about.id)
    in_round = exists().where(models.Submission.round_id == round_.id)
    people = exists().where(models.Participant.survey_id == survey.id)

    def found(what: str, name: SQLColumnExpression[str], *where: ColumnElement[bool]) -> Select[str, str]:
        return select(literal(what), name).where(*where)

    query = union_all(
        found("people", literal(""), people),
        found("licence", literal(""), names_licence(survey)),
        found("opened", question.key, question.survey_id == survey.id, published),
        found("answered", question.key, question.survey_id == survey.id, acts),
        found("said", about.key, about.survey_id == survey.id, said),
        found("rounds", cast(round_.number, String), round_.survey_id == survey.id, in_round),
    )
    by_what: dict[str, list[str]] = {}
    rows: Iterable[Any] = session.execute(query)
    for what, name in rows:
        by_what.setdefault(what, []).append(name)
    has_people, licensed = bool(by_what.pop("people", [])), bool(by_what.pop("licence", []))
    begun = survey.opens_at <= clock.now(session)
    return Permanence(
        True, begun, has_people, licensed, **{what: tuple(sorted(names)) for what, names in by_what.items()}
    )
