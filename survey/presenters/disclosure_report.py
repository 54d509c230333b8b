"""Who could be singled out by what they said about themselves, in words, before anything is frozen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..export.disclosure import Combination, told_of_few
from ..export.diversity import Diversity, diversity, last_forecasts
from ..export.identifying import Identified, identified
from ..export.options import K
from ..i18n.formatting import number
from ..i18n.locale import gettext as _
from ..models import BackgroundQuestion, Survey


@dataclass(frozen=True)
class SingledOut:
    """The disclosure report of a survey, as rows for a table.

    Attributes
    ----------
    people
        In a snapshot of yesterday.
    few
        How many of them share all they said about themselves with fewer than `K`.
    asked
        Whether people are asked anything about themselves.
    rows_of_few
        Questions that tell of somebody among few: which, how many different answers, the smallest class, and people
        in classes below `K`.
    """

    people: int
    few: int
    asked: bool
    rows_of_few: Sequence[tuple[str, str, str, str]]


def questions_about_people(session: Session, survey: Survey, language: str) -> list[tuple[str, str]]:
    """Key and words of each question about oneself."""
    asked = select(BackgroundQuestion).filter_by(survey_id=survey.id).order_by(BackgroundQuestion.position)
    return [(one.key, one.text(language).label) for one in session.scalars(asked)]


def singled_out(session: Session, survey: Survey, questions: Sequence[tuple[str, str]]) -> SingledOut:
    """k-anonymity by question, by two together and by all, those with the most people alone first."""
    found, labels = _found(session, survey), dict(questions)
    combinations = told_of_few(found.keys, found.rows, K)
    few = sorted((one for one in combinations if one.few), key=lambda one: (-one.few, len(one.keys)))
    rows = [_row(one, labels) for one in few if one.keys]
    return SingledOut(len(found.rows), combinations[-1].few, bool(found.keys), rows)


def answers_alike(session: Session, survey: Survey) -> Diversity:
    """l-diversity of the forecasts over everybody of whom the same would be told."""
    forecasts = last_forecasts(session, survey, clock.last_day(session))
    return diversity(forecasts, _found(session, survey).rows)


def _found(session: Session, survey: Survey) -> Identified:
    return identified(session, survey, clock.last_day(session))


def _row(one: Combination, labels: dict[str, str]) -> tuple[str, str, str, str]:
    # Of a single question “all together” would be that question.
    by = _("all together") if len(one.keys) == len(labels) > 1 else "; ".join(labels[key] for key in one.keys)
    return by, number(one.classes), number(one.smallest), number(one.few)
