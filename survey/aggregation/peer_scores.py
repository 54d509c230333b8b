"""Answers beside the crowd's: by how much each person was better than the others, over whole UTC days.

Chances are compared with the others' (`peer`). Numbers and dates are scored beside the crowd as it was
published, on just the days on which both stood (`wis_shared`, `wis_crowd`): of the two, skill is made.
"""

import numpy as np
from sqlalchemy.orm import Session

from scoring.timeline.daily_scores import Beside, DailyMean, daily_beside, daily_peer

from ..clock import date_number, day_number
from ..models import Publication, Question, Resolution
from .forecast_arrays import ForecastArrays, columns_of, crowd_answers
from .publications import publications
from .rules import heading
from .scores import Timeline, columns_about, given_to_outcome, last_scored_day, timeline, wis_of
from .segments import ALL
from .standing import oldest_counting_version


def compared_scores(
    session: Session, question: Question, resolution: Resolution, answers: ForecastArrays
) -> dict[str, DailyMean]:
    """Scores beside the crowd's on one resolution by rule; none where it was annulled.

    Insiders, and whoever saw the crowd before their first answer, are compared like everybody, but nobody is
    compared with them.

    Parameters
    ----------
    resolution
        What came out; it need not be stored yet.
    answers
        From `forecast_arrays.all_answers`: everybody who is scored.
    """
    if resolution.annulled:
        return {}
    said = timeline(question, answers, columns_about(question, resolution, answers))
    if question.quantile_levels:
        beside = _beside(session, question, resolution, said)
        return {"wis_shared": beside.own, "wis_crowd": beside.reference}
    if question.survey.guarded:
        return {}
    person, day, values = said
    return {
        "peer": daily_peer(
            person,
            day,
            given_to_outcome(question, resolution)(values),
            first_day=first_scored_day(question),
            last_day=last_scored_day(question, resolution),
            counts=np.isin(person, crowd_answers(session, question).participant),
        )
    }


def first_scored_day(question: Question) -> int:
    """The first UTC day on which a forecast can stand."""
    return day_number(question.begins_at)


def _beside(session: Session, question: Question, resolution: Resolution, said: Timeline) -> Beside:
    rule = wis_of(question, resolution)
    _crowd, published_on, published = _published(session, question)
    person, day, values = said
    return daily_beside(
        person,
        day,
        rule(values),
        published_on,
        rule(published),
        first_day=first_scored_day(question),
        last_day=last_scored_day(question, resolution),
    )


def _published(session: Session, question: Question) -> Timeline:
    """The crowd as one more forecaster, who answers by publications; a version that changed the question ends it."""
    made = publications(session, question)
    days = [date_number(publication.as_of) for publication in made]
    columns = columns_of(question)
    crowd = ForecastArrays(
        columns=columns,
        participant=np.zeros(len(made), dtype=np.int64),
        day=np.array(days, dtype=np.int64),
        active=np.ones(len(made), dtype=bool),
        version=np.array([oldest_counting_version(question, day) for day in days], dtype=np.int64),
        round=np.ones(len(made), dtype=np.int64),
        values=np.array([_heading(one) for one in made]).reshape(len(made), len(columns)),
        open_until=np.full(len(columns), np.inf),
    )
    return timeline(question, crowd, list(range(len(columns))))


def _heading(publication: Publication) -> list[float]:
    """The quantiles that headed the crowd's page."""
    quantiles: list[float] = heading(publication.figures[ALL]["options"]["value"])["quantiles"]
    return quantiles
