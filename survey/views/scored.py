"""How one's own forecasts turned out: scores, corrections of them, calibration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from .. import charts
from .. import scores as stored
from ..actions.answering import rows_after
from ..calibration import Bin, reliability
from ..charts import Chart
from ..clock import day_number
from ..db import db
from ..language import current_language
from ..language import gettext as _
from ..models import Participant, Question, Resolution, Score, Submission
from ..state import current_resolutions
from .outcomes import in_words

#: Fewer forecasts with an outcome than this say nothing about how well they fit.
ENOUGH = 10


@dataclass(frozen=True)
class Scored:
    """One's own scores on one outcome, by rule."""

    question: Question
    title: str
    outcome: str
    scores: list[Score]


@dataclass(frozen=True)
class Correction:
    """An outcome that was corrected after it was scored, and what that did to one's own scores.

    `scores` has the rule, the score before and the score after; None where there is none.
    """

    title: str
    before: str
    after: str
    why: str
    source: str
    scores: list[tuple[str, float | None, float | None]]


@dataclass(frozen=True)
class Calibration:
    """How one's forecasts and what happened agree; without a picture where there are too few.

    Attributes
    ----------
    count
        Forecasts of chances that stood on the last scored day, and whose outcome is known.
    brier
        Mean squared distance from what happened (0 or 1); 0.25 for who always says 50 %.
    """

    count: int
    needed: int
    brier: float
    chart: Chart | None


def scores_of(person: Participant) -> list[Scored]:
    """One's own scores on the resolutions that stand, in the order of the survey."""
    found: dict[Resolution, list[Score]] = {}
    for score in stored.scores_of(db.session, person):
        found.setdefault(score.resolution, []).append(score)
    language = current_language()
    return [
        Scored(resolution.question, resolution.question.text(language).short, _outcome(resolution), made)
        for resolution, made in found.items()
    ]


def corrections_of(person: Participant) -> list[Correction]:
    """Corrected outcomes of what this person was scored on, newest first."""
    found: dict[int, dict[str, float]] = {}
    for score in db.session.scalars(select(Score).filter_by(participant_id=person.id)):
        found.setdefault(score.resolution_id, {})[score.rule] = score.value
    query = select(Resolution).where(
        Resolution.survey_id == person.survey_id, Resolution.supersedes_id.is_not(None)
    )
    made = db.session.scalars(query.order_by(Resolution.id.desc()))
    return [_correction(later, found) for later in made if later.id in found or later.supersedes_id in found]


def calibration_of(questions: Sequence[Question], acts: Mapping[int, Sequence[Submission]]) -> Calibration:
    """How well chances fit what happened, over everything that was resolved.

    Unfolded: yes and no as they were given, from 0 to 100 %. Each option, date and branch with an outcome is a
    forecast of its own, as it stood at the end of the last day that is scored.
    """
    pairs = [pair for question in questions for pair in _pairs(question, acts.get(question.id, []))]
    count = len(pairs)
    brier = sum((chance - came) ** 2 for chance, came in pairs) / count if count else 0.0
    if count < ENOUGH:
        return Calibration(count, ENOUGH, brier, None)
    bins = reliability([chance for chance, _came in pairs], [came for _chance, came in pairs])
    return Calibration(count, ENOUGH, brier, _picture(bins, count))


def rule_in_words(rule: str) -> str:
    """A scoring rule as pages name it."""
    words = {
        "brier": _("Brier"),
        "ordered_brier": _("Brier, ordered"),
        "log": _("Logarithmic"),
        "wis": _("Weighted interval"),
    }
    return words.get(rule, rule)


def _outcome(resolution: Resolution) -> str:
    about = resolution.option.text(current_language()) if resolution.option is not None else ""
    words = in_words(resolution.question, resolution)
    return f"{about}: {words}" if about else words


def _correction(later: Resolution, found: Mapping[int, Mapping[str, float]]) -> Correction:
    earlier = later.supersedes
    if earlier is None:
        raise ValueError(f"resolution {later.id} must supersede one")
    before, after = found.get(earlier.id, {}), found.get(later.id, {})
    return Correction(
        title=later.question.text(current_language()).short,
        before=_outcome(earlier),
        after=_outcome(later),
        why=later.why,
        source=later.source,
        scores=[
            (rule_in_words(rule), before.get(rule), after.get(rule)) for rule in sorted({*before, *after})
        ],
    )


def _pairs(question: Question, acts: Sequence[Submission]) -> Iterator[tuple[float, int]]:
    """Each chance that stood on the last scored day, and whether it came true."""
    if not acts or question.quantile_levels:
        return
    for resolution in current_resolutions(db.session, question):
        if resolution.annulled:
            continue
        last = stored.last_scored_day(question, resolution)
        for row in rows_after(question, _counting(question, acts, last)):
            option = question.option(row.option)
            if resolution.option_id in (None, option.id):
                yield row.value, _came(resolution, option.id)


def _counting(question: Question, acts: Sequence[Submission], last: int) -> list[Submission]:
    """The acts up to a day that still counted on it: none from before a version that changed the question."""
    substantive = [
        version.number
        for version in question.versions
        if version.substantive and version.published_at and day_number(version.published_at) <= last
    ]
    oldest = max(substantive, default=1)
    return [act for act in acts if day_number(act.received_at) <= last and act.version.number >= oldest]


def _came(resolution: Resolution, option: int) -> int:
    if resolution.outcome_option_id is not None:
        return int(resolution.outcome_option_id == option)
    return int(resolution.value == 1)


def _picture(bins: Sequence[Bin], count: int) -> Chart:
    outside = sum(not one.low <= one.forecast <= one.high for one in bins)
    title = (
        _(
            "Your forecasts and what happened differ in %(outside)s of %(all)s places",
            outside=outside,
            all=len(bins),
        )
        if outside
        else _("Your forecasts match what happened, within chance")
    )
    told = [_bin_in_words(one) for one in bins]
    return charts.calibration(
        [
            (*(round(100 * value) for value in (one.forecast, one.happened, one.low, one.high)), one.size)  # type: ignore[misc]
            for one in bins
        ],
        title=title,
        subtitle=_(
            "Share that happened, %%, for %(count)s resolved forecasts; on top, how many; bars: 90 %% interval",
            count=count,
        ),
        description=_("Of your forecasts: %(told)s.", told="; ".join(told)),
    )


def _bin_in_words(one: Bin) -> str:
    return _(
        "near %(forecast)s, %(share)s of %(count)s happened",
        forecast=charts.percent(round(100 * one.forecast)),
        share=charts.percent(round(100 * one.happened)),
        count=one.size,
    )
