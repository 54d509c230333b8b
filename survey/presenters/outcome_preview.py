"""Preview of a resolution: what the crowd said when it became known, and how an outcome would score it.

Of the crowd alone, as it is shown. What people's scores would be is told once an outcome is stored: a preview costs
nothing, leaves no trace, and asked for every day there was it would tell single answers (`disclosure.score_means`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scoring.pools.catalog import METHODS

from .. import disclosure
from ..aggregation.question_specs import last_scored_day
from ..charts import Chart
from ..clock import day_date
from ..disclosure import Shown, Viewer
from ..disclosure.crowd_scores import MethodScore, crowd_scores
from ..i18n.formatting import number
from ..i18n.locale import gettext as _
from ..models import Question, Resolution, Survey
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from ..store.lifecycle import current_resolutions
from .crowd_charts import known_over_time
from .crowd_summary import focus_of
from .scores import rule_in_words


@dataclass(frozen=True)
class OutcomePreview:
    """What an outcome says of the crowd, before it is stored.

    Attributes
    ----------
    chart
        The crowd's line, with the moment from which one could know and the part that is not scored; None of numbers
        and dates, which have no single line.
    rule
        The rule that heads the kind, in words.
    rows
        Method, its score on this question, and its mean over all that are resolved by this rule, before and after.
    """

    chart: Chart | None
    rule: str
    rows: list[list[str]]


def outcome_preview(
    session: Session, viewer: Viewer, question: Question, drafts: Iterable[Resolution]
) -> OutcomePreview | None:
    """What the first outcome of a question says of the crowd; None where nothing came out, or no crowd is shown."""
    draft = next((one for one in drafts if not one.annulled), None)
    published = disclosure.history(session, viewer, question) if draft is not None else []
    if draft is None or not published:
        return None
    new = crowd_scores(session, viewer, question, draft)
    return OutcomePreview(
        _line(session, viewer, question, draft, published[-1]),
        rule_in_words(new[0].rule) if new else "",
        _rows(new, _means(session, viewer, question.survey, question, new[0].rule if new else "")),
    )


def _line(
    session: Session, viewer: Viewer, question: Question, draft: Resolution, last: Shown
) -> Chart | None:
    if isinstance(kind_of(question), QuantileKind):
        return None
    about = draft.option or draft.outcome_option
    focus = focus_of(question, last, about.key if about else "")
    return known_over_time(
        session, viewer, question, focus, draft, day_date(last_scored_day(question, draft))
    )


def _means(
    session: Session, viewer: Viewer, survey: Survey, left_out: Question, rule: str
) -> dict[str, list[float]]:
    """By method its scores on what is resolved by this rule already: of a ladder the mean over its dates."""
    found: dict[str, list[float]] = {}
    others = [one for one in survey.questions if one is not left_out and current_resolutions(session, one)]
    disclosure.load_publications(session, others)
    for question in others:
        told = [
            score
            for made in current_resolutions(session, question)
            for score in crowd_scores(session, viewer, question, made)
            if score.rule == rule
        ]
        for method in dict.fromkeys(one.method for one in told):
            values = [one.value for one in told if one.method == method]
            found.setdefault(method, []).append(sum(values) / len(values))
    return found


def _rows(new: Iterable[MethodScore], before: dict[str, list[float]]) -> list[list[str]]:
    return [
        [
            str(_(METHODS[one.method].name)),
            number(one.value, figures=3),
            _mean(before.get(one.method, [])),
            _mean([*before.get(one.method, []), one.value]),
        ]
        for one in new
    ]


def _mean(values: list[float]) -> str:
    if not values:
        return "–"
    return _("%(mean)s of %(count)s", mean=number(sum(values) / len(values), figures=3), count=len(values))
