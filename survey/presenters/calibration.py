"""Calibration: whether what one calls likely happens as often as one says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring import rules
from scoring.evaluation.calibration import CalibrationTest, calibration_test, recalibrated

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


#: The joint test tells so many calibrated people at most, as a fraction, that they differ.
LEVEL = 0.05
#: One seed: the same forecasts are told the same on every visit.
SEED = 17


class Place(NamedTuple):
    """Forecasts with one recalibrated frequency: their mean, it, the band of 90 % of calibrated people, how many."""

    forecast: float
    happened: float
    low: float
    high: float
    size: int


class Pair(NamedTuple):
    """A chance that stood on the last scored day, and whether it came true.

    Attributes
    ----------
    below
        The sum of the chances of the options before it, of which just one comes true; 0 elsewhere.
    together
        Forecasts of one question that stood on one day come out together.
    """

    chance: float
    came: int
    below: float
    together: tuple[int, int]


@dataclass(frozen=True)
class Calibration:
    """How one's forecasts and what happened agree; without a picture where there are too few.

    Attributes
    ----------
    count
        Forecasts of chances that stood on the last scored day, and whose outcome is known.
    brier
        Mean Brier score of yes and no, 0 to 2 as everywhere; 0.5 for who always says 50 %.
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
    chances, came = (np.array([pair[at] for pair in pairs], dtype=float) for at in (0, 1))
    brier = float(rules.brier(came, chances).mean()) if pairs else 0.0
    picture = None if len(pairs) < ENOUGH else _picture(chances, came, verdict_on(pairs))
    return Calibration(len(pairs), ENOUGH, brier, picture)


def verdict_on(pairs: Sequence[Pair]) -> CalibrationTest:
    """One test of all forecasts; dates and options of one question are drawn as they come out, together."""
    groups = {
        together: place for place, together in enumerate(dict.fromkeys(pair.together for pair in pairs))
    }
    return calibration_test(
        [pair.came for pair in pairs],
        [pair.chance for pair in pairs],
        generator=SEED,
        below=[pair.below for pair in pairs],
        unit=[groups[pair.together] for pair in pairs],
    )


def _pairs(question: Question, acts: Sequence[Submission]) -> Iterator[Pair]:
    """Each chance that stood on the last scored day, and whether it came true."""
    if not acts or question.quantile_levels:
        return
    for resolution in current_resolutions(db.session, question):
        # Nobody knows whether it would have come true.
        if resolution.annulled:
            continue
        last = last_scored_day(question, resolution)
        known = [act for act in acts if day_number(act.received_at) <= last]
        below, exclusive = 0.0, resolution.outcome_option_id is not None
        for row in rows_after(question, known, oldest_counting_version(spec_of(question), last)):
            option = question.option(row.option)
            if resolution.option_id in (None, option.id):
                # Choices sum to 1 but for the last digits of doubles.
                yield Pair(row.value, _came(resolution, option.id), min(below, 1.0), (question.id, last))
                below += row.value if exclusive else 0.0


def _came(resolution: Resolution, option: int) -> int:
    if resolution.outcome_option_id is not None:
        return int(resolution.outcome_option_id == option)
    return int(resolution.value == 1)


def _places(chances: Floats, came: Floats, test: CalibrationTest) -> list[Place]:
    """Forecasts pooled where their recalibrated frequencies are equal, with the band at their mean."""
    # What was pooled has one mean, but for its last digits.
    fitted = recalibrated(came, chances).round(9)
    found = []
    for share in np.unique(fitted):
        here = chances[fitted == share]
        mean, band = float(here.mean()), test.band
        low, high = (float(np.interp(mean, band.forecast, end)) for end in (band.low, band.high))
        found.append(Place(mean, float(share), low, high, here.size))
    return found


def _picture(chances: Floats, came: Floats, test: CalibrationTest) -> Chart:
    places, band = _places(chances, came, test), test.band
    title = (
        _("Your forecasts and what happened differ by more than chance")
        if test.rejects(LEVEL)
        else _("Your forecasts match what happened, within chance")
    )
    told = [_place_in_words(one) for one in places]
    return charts.calibration(
        [
            (*(round(100 * value) for value in (one.forecast, one.happened, one.low, one.high)), one.size)  # type: ignore[misc]
            for one in places
        ],
        [
            (100 * at, 100 * low, 100 * high)
            for at, low, high in zip(band.forecast, band.low, band.high, strict=True)
        ],
        title=title,
        subtitle=_(
            "Share that happened, %%, for %(count)s resolved forecasts; on top, how many; "
            "band: 90 %% of calibrated people",
            count=chances.size,
        ),
        description=_("Of your forecasts: %(told)s.", told="; ".join(told)),
    )


def _place_in_words(one: Place) -> str:
    return _(
        "near %(forecast)s, %(share)s of %(count)s happened",
        forecast=charts.percent(round(100 * one.forecast)),
        share=charts.percent(round(100 * one.happened)),
        count=one.size,
    )
