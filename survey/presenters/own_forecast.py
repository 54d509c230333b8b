"""What one person said, in words for their own pages: figures, receipts, history, where each question stands."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from ..i18n.formatting import day_label, exact_percent, in_words
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Participant, Question, Submission
from ..questions import Row, kind_of
from ..questions.quantiles import QuantileKind, level_of, quantile_said
from ..services.forecast_history import histories, history, rows_after
from ..services.forecast_record import Receipt
from ..store.lifecycle import QuestionState, skipped_questions, state_of


@dataclass(frozen=True)
class OwnFigure:
    """One number of an answer: what it is about, the number, the same in words; `option` is what it answers."""

    label: str
    figure: str
    words: str = ""
    option: str = ""


@dataclass(frozen=True)
class OwnForecast:
    """Where a question stands for one person (or for nobody in particular).

    Attributes
    ----------
    rows
        The numbers of this person that stand, as stored.
    last
        Their last act on it; None where there was none.
    outdated
        The question has a newer version than the answer that stands.
    void
        … and it changed so much that the answer no longer counts.
    """

    question: Question
    title: str
    state: QuestionState
    rows: tuple[Row, ...] = ()
    last: Submission | None = None
    skipped: bool = False
    outdated: bool = False
    void: bool = False

    @property
    def answered(self) -> bool:
        """Whether a forecast of this person stands."""
        return bool(self.rows)

    # Most pages ask of most questions no more than whether they are answered: words are found for who reads them.
    @cached_property
    def figures(self) -> tuple[OwnFigure, ...]:
        """The standing numbers in words."""
        return tuple(said(self.question, self.rows))

    @property
    def leading(self) -> OwnFigure | None:
        """The likeliest of answers that exclude each other: many bare numbers in a row say nothing.

        None elsewhere.
        """
        if self.question.kind not in ("choice", "ordered") or not self.rows:
            return None
        return max(zip(self.figures, self.rows, strict=True), key=lambda one: one[1].value)[0]

    @property
    def done(self) -> bool:
        """Whether this person has answered or skipped it; a withdrawn answer was one."""
        return self.last is not None or self.skipped

    @property
    def waits(self) -> bool:
        """Whether it takes an answer of this person, who has given none."""
        return self.state is QuestionState.OPEN and not self.done

    @property
    def parts(self) -> list[str]:
        """The standing numbers, each by itself: the middle of a quantity, else one for each option."""
        return named_figures(self.question, self.figures)

    @property
    def figure(self) -> str:
        """The standing numbers in one line."""
        return in_one_line(self.question, self.figures)


def standing(session: Session, person: Participant | None, question: Question) -> OwnForecast:
    """Where a question stands for this person."""
    if person is None:
        return _untouched(session, question)
    acts = history(session, person, question)
    return _standing(session, question, acts, question.id in skipped_questions(session, person))


def standings(
    session: Session, person: Participant | None, questions: Sequence[Question]
) -> dict[int, OwnForecast]:
    """Where each of some questions stands for this person, by id of the question."""
    if person is None:
        return {question.id: _untouched(session, question) for question in questions}
    acts, skipped = histories(session, person), skipped_questions(session, person)
    return {
        question.id: _standing(session, question, acts.get(question.id, []), question.id in skipped)
        for question in questions
    }


def _untouched(session: Session, question: Question) -> OwnForecast:
    return OwnForecast(question, question.text(current_language()).title, state_of(session, question))


def _standing(session: Session, question: Question, acts: Sequence[Submission], skipped: bool) -> OwnForecast:
    state = state_of(session, question)
    last = acts[-1] if acts else None
    stands = last is not None and last.action != "withdraw"
    newer = [version for version in question.versions if version.published_at and _is_newer(version, last)]
    return OwnForecast(
        question,
        question.text(current_language()).title,
        state,
        rows=tuple(rows_after(question, acts)),
        last=last,
        skipped=skipped,
        outdated=stands and bool(newer) and state is QuestionState.OPEN,
        void=stands and any(version.substantive for version in newer),
    )


def said(question: Question, rows: Sequence[Row]) -> list[OwnFigure]:
    """Stored numbers in words, in the question's order."""
    kind, language = kind_of(question), current_language()
    if isinstance(kind, QuantileKind):
        return [
            OwnFigure(
                exact_percent(level_of(row.part)),
                quantile_said(kind, question, row.value),
                kind.level_label(level_of(row.part)),
            )
            for row in sorted(rows, key=lambda row: level_of(row.part))
        ]
    return [
        OwnFigure(
            question.option(row.option).text(language),
            exact_percent(row.value),
            in_words(row.value),
            row.option,
        )
        for row in rows
    ]


def named_figures(question: Question, figures: Sequence[OwnFigure]) -> list[str]:
    """Numbers of an answer, each with what tells it from the others: the middle of a quantity alone."""
    if question.kind in ("numeric", "date"):
        return [figures[len(figures) // 2].figure] if figures else []
    return [named_chance(question, one.option, one.figure) for one in figures]


def named_chance(question: Question, key: str, chance: str) -> str:
    """A chance with its date, or the branch it is of; of other kinds alone, their answers are too long for a line."""
    if question.kind == "ladder":
        return f"{day_label(key)}: {chance}"
    if question.kind == "pair":
        if question.option(key).given_holds:
            return _("%(chance)s if it does", chance=chance)
        return _("%(chance)s if it does not", chance=chance)
    return chance


def quantile_range_said(kind: QuantileKind, question: Question, low: float, high: float) -> str:
    """Two numbers or dates as the ends of one range; one that stands for "beyond" is said so."""
    ends = kind.range(question)
    if {low, high} & {ends.above, ends.below}:
        return f"{quantile_said(kind, question, low)} – {quantile_said(kind, question, high)}"
    return kind.range_said(question, low, high, current_language())


def said_then(question: Question, submission: Submission) -> list[OwnFigure]:
    """What one submission said."""
    order = {option.key: option.position for option in question.options}
    rows = [
        Row(forecast.option.key, forecast.part, forecast.value, forecast.entered)
        for forecast in submission.forecasts
    ]
    return said(question, sorted(rows, key=lambda row: order[row.option]))


def in_one_line(question: Question, figures: Sequence[OwnFigure]) -> str:
    """Numbers in one line: the middle of a quantity, else each in its order."""
    return " · ".join(named_figures(question, figures))


def when(question: Question, submission: Submission | Receipt) -> datetime | date:
    """When something was stored: the day alone where the survey keeps no more."""
    received = submission.received_at
    return received.date() if question.survey.protected else received


def receipt_code(submission: Submission | Receipt) -> str:
    """Eight letters that name a submission, for a person to quote; they tell nothing of what it said."""
    # Of the key alone: a code made of numbers too would let whoever reads it try which numbers they were.
    digest = hashlib.sha256(f"receipt {submission.idempotency_key}".encode()).digest()
    letters = base64.b32encode(digest).decode()[:8]
    return f"{letters[:4]}-{letters[4:]}"


def act_in_words(action: str) -> str:
    """An action as the history names it."""
    words = {"new": _("first"), "update": _("changed"), "affirm": _("affirmed"), "withdraw": _("withdrawn")}
    return words[action]


def _is_newer(version: object, last: Submission | None) -> bool:
    return last is not None and getattr(version, "number", 0) > last.version.number
