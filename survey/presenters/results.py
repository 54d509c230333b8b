"""A survey's last word: what was asked, what the crowd said, what came out."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import disclosure
from ..disclosure import Denial, Reach, Shown, ShownOption, Viewer
from ..i18n.formatting import day, percent
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question, Survey, ThemeText
from ..questions import kind_of
from ..questions.quantiles import QuantileKind, quantile_said
from ..store.lifecycle import current_resolutions, unresolved
from .consistent import both_figures
from .crowd_figure import interval_said
from .crowd_findings import middle_of
from .outcomes import OutcomeInWords, outcomes
from .own_forecast import named_chance, quantile_range_said

#: Of answers that exclude each other, so many are told in a row; the likeliest ones.
MOST_ANSWERS = 3


@dataclass(frozen=True)
class CrowdLine:
    """One figure of the crowd in a line: what it is of and how much; below it, of a chance, its interval."""

    words: str
    interval: str = ""


@dataclass(frozen=True)
class QuestionResult:
    """One question of a survey that is over.

    Attributes
    ----------
    crowd
        The crowd's last figures, one line each, and behind a figure what it is made consistent with tied questions
        where that is another; none where they are not shown, or there are none.
    as_of, people
        Of what is shown: the UTC day at whose end it stood, and how many people, rounded down.
    reach
        How far it reaches where that is not to the close, or why nothing was published, in few words.
    held_back
        Whether answers may have come after it that are not in it.
    awaits
        Whether something of it has no outcome yet.
    """

    question: Question
    title: str
    crowd: list[CrowdLine]
    as_of: date | None
    people: int
    reach: str
    held_back: bool
    outcomes: list[OutcomeInWords]
    awaits: bool


@dataclass(frozen=True)
class ThemeResults:
    """A theme of a survey that is over."""

    words: ThemeText
    questions: list[QuestionResult]

    @property
    def has_intervals(self) -> bool:
        """Whether any figure has an interval below it."""
        return any(line.interval for question in self.questions for line in question.crowd)


def results(session: Session, viewer: Viewer, survey: Survey) -> list[ThemeResults]:
    """Every question of a survey by theme, with what this viewer may see of its crowd, and its outcomes."""
    disclosure.load_aggregates(session, viewer, survey.questions)
    return [
        ThemeResults(
            theme.text(current_language()),
            [_result(session, viewer, question) for question in theme.questions if not question.is_draft],
        )
        for theme in survey.themes
    ]


def _result(session: Session, viewer: Viewer, question: Question) -> QuestionResult:
    seen = disclosure.get_aggregate(session, viewer, question)
    shown = seen if isinstance(seen, Shown) else None
    reach = disclosure.closing(session, question, shown).reach
    # A short line has room for a remark; why, the question's own page says (`reach_said`).
    remark = _("without later answers") if shown and reach is Reach.HELD_BACK else ""
    return QuestionResult(
        question,
        question.text(current_language()).title,
        crowd=_crowd(session, viewer, question, shown) if shown else [],
        as_of=shown.as_of if shown else None,
        people=shown.people if shown else 0,
        reach=remark or ("" if reach is Reach.CLOSE else reach_said(session, question, seen)),
        held_back=bool(remark),
        outcomes=outcomes(question, current_resolutions(session, question)),
        awaits=bool(unresolved(session, question)),
    )


def _crowd(session: Session, viewer: Viewer, question: Question, shown: Shown) -> list[CrowdLine]:
    """The figures in lines: of a number or date its middle and half, of answers the likeliest, else each chance."""
    kind, told = kind_of(question), list(shown.options.values())
    if isinstance(kind, QuantileKind):
        return [CrowdLine(_quantiles(kind, question, one)) for one in told]
    if question.kind in ("choice", "ordered"):
        told = sorted(told, key=lambda one: -one.value)[:MOST_ANSWERS]
    return [
        CrowdLine(
            _named(question, one.key, _chance(session, viewer, question, shown, one)), interval_said(one)
        )
        for one in told
    ]


def _named(question: Question, key: str, chance: str) -> str:
    if question.kind in ("choice", "ordered"):
        return f"{question.option(key).text(current_language())}: {chance}"
    return named_chance(question, key, chance)


def _chance(session: Session, viewer: Viewer, question: Question, shown: Shown, one: ShownOption) -> str:
    both = both_figures(session, viewer, question, shown, one.key)
    return f"{percent(one.value)} ({both.mark})" if both else percent(one.value)


def _quantiles(kind: QuantileKind, question: Question, one: ShownOption) -> str:
    half = quantile_range_said(kind, question, *middle_of(one.methods["parley"]))
    return _("%(middle)s (half: %(range)s)", middle=quantile_said(kind, question, one.value), range=half)


def reach_said(session: Session, question: Question, seen: Shown | Denial) -> str:
    """How far figures reach of a question that takes no answers any more, or why there are none; else nothing."""
    shown = seen if isinstance(seen, Shown) else None
    if shown is None and seen is not Denial.UNPUBLISHED:
        return ""
    told = disclosure.closing(session, question, shown)
    match told.reach:
        case Reach.OPEN:
            return ""
        case Reach.CLOSE:
            return _("The last figures: every answer up to the close is in them.")
        case Reach.AWAITED:
            return _awaited(question, shown, told.last_day)
    if shown is None:
        return _(
            "Nothing was published: a figure rests on at least %(people)s people.",
            people=question.survey.cell,
        )
    return _(
        "The last figures. Answers after that day are not in them: figures are made again only once five"
        " people or more have changed, so that nobody’s answer can be read from the difference."
    )


def _awaited(question: Question, shown: Shown | None, last_day: date) -> str:
    if shown is None:
        return _(
            "Nothing is published yet. Figures may follow when %(day)s is over (UTC), if at least %(people)s people"
            " have answered.",
            day=day(last_day),
            people=question.survey.cell,
        )
    return _(
        "Not the last figures yet: more may follow when %(day)s is over (UTC), if five people or more have changed"
        " since.",
        day=day(last_day),
    )


def who_sees(survey: Survey) -> str:
    """Who is shown the results of a survey that is over."""
    if survey.pilot:
        return _("This was a trial: nobody is shown what others answered.")
    if survey.reveal == "organizers only":
        return _(
            "What the crowd said goes to the organizers alone; the consent says so. Outcomes stand here."
        )
    if survey.visibility == "invited":
        return _("Those who took part see what stands here, and those who run the survey; nobody else does.")
    if survey.reveal == "after answering":
        return _("Those who took part see what the crowd said; outcomes are for everybody.")
    return _("Everybody may see what stands here.")
