"""Calibration: whether what one calls likely happens as often as one says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring import rules
from scoring.evaluation.proportions import wilson
from scoring.evaluation.reliability import reliability_curve

from .. import charts
from ..aggregation.question_specs import last_scored_day, spec_of
from ..aggregation.standing import oldest_counting_version
from ..charts import Chart
from ..clock import day_number
from ..i18n.locale import gettext as _
from ..models import Question, Resolution, Submission
from ..services.forecast_history import rows_after
from ..store.engine import db
from ..store.lifecycle import current_resolutions

Floats = NDArray[np.float64]

#: Fewer forecasts with an outcome than this say nothing about how well they fit.
ENOUGH = 10


class Bin(NamedTuple):
    """Forecasts that lie near each other: their mean, the share that came true, its 90 % interval, how many."""

    forecast: float
    happened: float
    low: float
    high: float
    size: int


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


def calibration_of(questions: Sequence[Question], acts: Mapping[int, Sequence[Submission]]) -> Calibration:
    """How well chances fit what happened, over everything that was resolved.

    Unfolded: yes and no as they were given, from 0 to 100 %. Each option, date and branch with an outcome is a
    forecast of its own, as it stood at the end of the last day that is scored.
    """
    pairs = [pair for question in questions for pair in _pairs(question, acts.get(question.id, []))]
    count = len(pairs)
    chances, came = np.array(pairs, dtype=float).reshape(count, 2).T
    # Half of the Brier score over both sides: the square of one side's distance.
    brier = float(rules.brier(came, chances).mean()) / 2 if count else 0.0
    picture = None if count < ENOUGH else _picture(_bins(chances, came), count)
    return Calibration(count, ENOUGH, brier, picture)


def _pairs(question: Question, acts: Sequence[Submission]) -> Iterator[tuple[float, int]]:
    """Each chance that stood on the last scored day, and whether it came true."""
    if not acts or question.quantile_levels:
        return
    for resolution in current_resolutions(db.session, question):
        if resolution.annulled:
            continue
        last = last_scored_day(question, resolution)
        known = [act for act in acts if day_number(act.received_at) <= last]
        for row in rows_after(question, known, oldest_counting_version(spec_of(question), last)):
            option = question.option(row.option)
            if resolution.option_id in (None, option.id):
                yield row.value, _came(resolution, option.id)


def _came(resolution: Resolution, option: int) -> int:
    if resolution.outcome_option_id is not None:
        return int(resolution.outcome_option_id == option)
    return int(resolution.value == 1)


def _bins(chances: Floats, came: Floats) -> list[Bin]:
    """Ten bins of one width; a chance on an edge belongs to the bin above."""
    curve = reliability_curve(came, chances, closed="left")
    low, high = wilson(curve.frequency, curve.count, level=0.9)
    columns = (curve.forecast, curve.frequency, low, high, curve.count)
    return [Bin(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


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
