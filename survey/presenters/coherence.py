"""One person's coherence in words: which of their answers can't go together, by how much, what would mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from .. import clock
from ..i18n.formatting import exact_percent, moment, number, signed
from ..i18n.locale import current_language, ngettext
from ..i18n.locale import gettext as _
from ..models import Participant, Question, Relation, Survey
from ..questions import kind_of
from ..services.forecast_history import history
from ..services.own_coherence import Answer, Mending, OwnClash, own_answers
from ..services.single_change import SingleChange, inside, is_outside, single_changes
from ..store.once import once


@dataclass(frozen=True)
class ClashingAnswer:
    """One answer of a clash.

    Attributes
    ----------
    label
        What it is about.
    value, yours
        The number that stands, from 0 to 1, and in words.
    low, high, wanted
        Where it would have to lie if it alone moved, and in words; `wanted` is empty where that would not do.
    set_to, fields
        What a button would set it to, and the fields of the question's form that say so; empty where none is offered.
    """

    question: Question
    label: str
    value: float
    yours: str
    low: float
    high: float
    wanted: str
    set_to: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ClashInWords:
    """A clash as pages show it.

    Attributes
    ----------
    title
        By how many points the answers miss each other.
    why
        The declared relations that it follows from, each as a sentence.
    arithmetic
        The numbers, and what would be enough.
    kept_on
        The day since which it is kept; None where it is not.
    """

    title: str
    why: list[str]
    arithmetic: str
    answers: list[ClashingAnswer]
    fingerprint: str
    kept_on: date | None


@dataclass(frozen=True)
class MoveInWords:
    """An answer in the smallest change that mends all: now, then, and the difference in points."""

    question: Question
    label: str
    now: str
    then: str
    points: str


def clashes_in_words(
    session: Session, participant: Participant, found: Sequence[OwnClash]
) -> list[ClashInWords]:
    """Clashes of one person's own answers, in the order given."""
    return [_clash(session, participant, one) for one in found]


def mending_in_words(participant: Participant, mending: Mending) -> list[MoveInWords]:
    """The smallest change that mends all, in the order of the survey."""
    questions = _by_key(participant.survey)
    return [
        MoveInWords(
            questions[move.question],
            answer_label(questions[move.question], move.option),
            exact_percent(move.before),
            exact_percent(move.after),
            signed(round(100 * (move.after - move.before), 2)),
        )
        for move in mending.moves
    ]


def coherence_facts(
    session: Session, participant: Participant, found: Sequence[OwnClash]
) -> list[tuple[str, str]]:
    """What was looked at and what came of it, in names and values: clashes, points, what is kept, when."""
    answered = own_answers(session, participant).keys()
    query = select(Relation).filter_by(survey_id=participant.survey_id)
    checked = sum({question.key for question in one.questions} <= answered for one in session.scalars(query))
    now = [one for one in found if one.kept_at is None]
    clashing = ngettext(
        "%(clashes)s, with %(num)s relation checked",
        "%(clashes)s, with %(num)s relations checked",
        checked,
        clashes=number(len(now)),
    )
    points = points_said(sum(one.found.amount for one in now))
    return [
        (_("Clashes now"), clashing),
        (_("In all"), _("%(points)s points", points=points)),
        (_("Kept as they are"), number(len(found) - len(now))),
        (_("Looked at"), moment(clock.now(session), participant.survey.zone)),
    ]


def points_said(share: float) -> str:
    """A share of probability in points, to one decimal."""
    return number(round(100 * share, 1))


def answer_label(question: Question, option: str) -> str:
    """What one number of a question is about: its short title, and the option where it has several."""
    language = current_language()
    title = question.text(language).short
    if question.kind == "binary":
        return title
    return _("%(title)s: %(option)s", title=title, option=question.option(option).text(language))


def _clash(session: Session, participant: Participant, one: OwnClash) -> ClashInWords:
    survey, found = participant.survey, one.found
    questions = _by_key(survey)
    changes = single_changes(session, participant, one) if one.kept_at is None else {}
    answers = []
    for answer, value in one.said.items():
        told = _answer(questions[answer[0]], answer, value, found.mends[answer])
        answers.append(
            _with_button(session, participant, told, changes[answer]) if answer in changes else told
        )
    return ClashInWords(
        _title(points_said(found.amount)),
        [*_sentences(session, survey, found.sources)],
        _arithmetic(answers),
        answers,
        one.fingerprint,
        one.kept_at.date() if isinstance(one.kept_at, datetime) else None,
    )


def _title(points: str) -> str:
    return ngettext(
        "These answers miss each other by one point",
        "These answers miss each other by %(points)s points",
        # By what is read: 1.04 points are told as 1, and 0.5 as many.
        1 if points == "1" else 2,
        points=points,
    )


def _answer(
    question: Question, answer: Answer, value: float, interval: tuple[float, float]
) -> ClashingAnswer:
    wanted = _interval(*inside(interval)) if is_outside(value, interval) else ""
    label = answer_label(question, answer[1])
    return ClashingAnswer(question, label, value, exact_percent(value), *interval, wanted)


def _with_button(
    session: Session, participant: Participant, told: ClashingAnswer, change: SingleChange
) -> ClashingAnswer:
    """The form of its question as it would be sent with this change alone: an update like any other."""
    acts = history(session, participant, told.question)
    last = acts[-1]
    slots = kind_of(told.question).slots(told.question, told.question.options)
    steps = {"confidence": last.confidence, "expertise": last.expertise}
    fields = {
        **{
            slot.field: _typed(change.answers[slot.option]) for slot in slots if slot.option in change.answers
        },
        **{name: str(step) for name, step in steps.items() if step is not None},
        "format": "percent",
        "base_revision": str(len(acts)),
        # The page that asks has shown why: it says which answers it goes with.
        "nothing_to_add": "y",
    }
    return replace(told, set_to=exact_percent(change.value), fields=fields)


def _typed(value: float) -> str:
    """A chance as somebody would type it in percent: no exponent, as many digits as tell it from its neighbours."""
    return f"{100 * value:.12f}".rstrip("0").rstrip(".")


def _interval(low: float, high: float) -> str:
    least, most = exact_percent(low), exact_percent(high)
    # An end that every chance has is no end that says anything.
    if low <= 0:
        return _("at most %(most)s", most=most)
    if high >= 1:
        return _("%(least)s or more", least=least)
    if least == most:
        return least
    return _("%(least)s to %(most)s", least=least, most=most)


def _arithmetic(answers: Sequence[ClashingAnswer]) -> str:
    said = "; ".join(f"{one.label} {one.yours}" for one in answers)
    enough = sum(bool(one.wanted) for one in answers)
    given = _("You gave: %(answers)s.", answers=said)
    if not enough:
        return given
    changing = ngettext(
        "Changing the one marked below is enough.", "Changing one of these %(num)s is enough.", enough
    )
    return f"{given} {changing}"


def _sentences(session: Session, survey: Survey, sources: Sequence[str]) -> list[str]:
    """What is declared, in its own words; of a question its title: the rest is what its kind means."""
    words, questions = declared(session, survey), _by_key(survey)
    language = current_language()
    return [
        words[source] if source in words else questions[source].text(language).title
        for source in sources
        if source in words or source in questions
    ]


@once
def declared(session: Session, survey: Survey) -> dict[str, str]:
    """A survey's relations in the words in which they were declared, by key."""
    language = current_language()
    query = select(Relation).filter_by(survey_id=survey.id).options(selectinload(Relation.texts))
    return {relation.key: relation.text(language) for relation in session.scalars(query)}


def _by_key(survey: Survey) -> dict[str, Question]:
    return {question.key: question for question in survey.questions}
