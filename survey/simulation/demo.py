"""A demonstration: invented people who join, answer, update and leave, through the actions everybody uses.

Nobody's view stands behind a figure: numbers are drawn around the bank's worked answer, in log-odds, and
around an arbitrary place where the bank gives none. What invented people type is read by everybody's grammar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..bank.content import WorkedAnswers
from ..bank.reading import bank_folder, read_bank
from ..models import Participant, Question, Submission, Survey
from ..questions import EnteredValue, kind_of
from ..services import background_answers, enrollment, forecast_submit
from ..services.forecast_history import latest
from ..services.forecast_submit import ForecastInput
from ..services.publication import publish
from ..store.lifecycle import open_options
from . import BANK
from .participants import Person, invent_background, invent_entries, invent_person, invent_reason

#: At most so many days are played, the last of them yesterday.
DAYS = 9
#: Chance that somebody comes back on a later day, changes a forecast then, or takes it back instead.
RETURNING, CHANGED, WITHDRAWN = 0.3, 0.12, 0.06
#: Share of the questions somebody says they can't judge.
SKIPPED = 0.06
SEED = 20261115

#: Day, its number, number of days: told when a day was played.
Tell = Callable[[date, int, int], None]


class NotADemonstration(ValueError):
    """Invented people are let into a survey only where every page says so."""


@dataclass
class Visit:
    """One person at one moment; `first` is when they join."""

    moment: datetime
    person: Person
    first: bool = False


def simulate(
    session: Session,
    survey: Survey,
    people: int = 60,
    seed: int = SEED,
    tell: Tell = lambda day, number, days: None,
) -> int:
    """Let invented people answer on each of the last days, and publish at each day's end.

    Parameters
    ----------
    survey
        Marked as simulated, and open before today.
    people
        How many; each joins on some day and comes back on some later ones.
    seed
        Equal seeds on an equal day give equal answers.
    tell
        Called after each day.

    Returns
    -------
    int
        How many submissions were made; 0 where invented people were there already, and nothing was changed.

    Raises
    ------
    NotADemonstration
        Where the survey is not marked as simulated; nothing was stored.
    """
    if not survey.simulated:
        raise NotADemonstration(
            f"survey {survey.slug} is not marked as simulated; no invented people were let in"
        )
    if session.scalar(select(Participant.id).filter_by(survey_id=survey.id, simulated=True).limit(1)):
        return 0
    now = clock.now(session)
    days = played_days(survey, now)
    play = Play(session, survey, np.random.default_rng(seed), read_bank(bank_folder(BANK)).worked)
    visits = play.plan(people, days)
    for number, day in enumerate(days, start=1):
        for visit in (visit for visit in visits if visit.moment.date() == day):
            with clock.at(visit.moment):
                play.act(visit)
        with clock.at(min(clock.day_start(day) + timedelta(days=1, minutes=5), now)):
            publish(session, survey, day)
        tell(day, number, len(days))
    return session.scalar(select(func.count()).select_from(Submission).filter_by(survey_id=survey.id)) or 0


def played_days(survey: Survey, now: datetime) -> list[date]:
    """The days on which invented people are active: from the opening, at most `DAYS`, to yesterday."""
    today = now.date()
    first = max(survey.opens_at.date(), today - timedelta(days=DAYS))
    return [first + timedelta(days=number) for number in range((today - first).days)]


@dataclass
class Play:
    """What invented people do in one survey; everything random comes from `draw`."""

    session: Session
    survey: Survey
    draw: np.random.Generator
    worked: WorkedAnswers

    def plan(self, people: int, days: Sequence[date]) -> list[Visit]:
        """Who comes when, in order: everybody joins once, most on the first days, and some come back."""
        visits: list[Visit] = []
        for number in range(people) if days else ():
            person = invent_person(self.draw, number, self.survey.languages)
            joins = min(int(self.draw.exponential(len(days) / 3)), len(days) - 1)
            back = [day for day in days[joins + 1 :] if self.draw.random() < RETURNING]
            visits.append(Visit(self._moment(days[joins]), person, first=True))
            visits += [Visit(self._moment(day), person) for day in back]
        return sorted(visits, key=lambda visit: (visit.moment, visit.person.number))

    def act(self, visit: Visit) -> None:
        """Let one person answer what is due to be answered in this visit."""
        participant = self._participant(visit.person)
        for question in self.survey.questions:
            if self._is_due(visit, question):
                self._answer(visit, participant, question)

    def _moment(self, day: date) -> datetime:
        moment = clock.day_start(day) + timedelta(seconds=int(self.draw.integers(6 * 3600, 22 * 3600)))
        return max(moment, self.survey.opens_at)

    def _participant(self, person: Person) -> Participant:
        participant, made = enrollment.join(
            self.session,
            self.survey,
            language=person.language,
            join_key=f"invented-{person.number}",
            code=enrollment.new_code(),
        )
        if made:
            participant.simulated = True
            self.session.flush()
            said = invent_background(person, background_answers.asked(self.session, self.survey))
            background_answers.say(self.session, participant, dict(said))
        return participant

    def _is_due(self, visit: Visit, question: Question) -> bool:
        if visit.first:
            return question.position < visit.person.diligence * len(self.survey.questions)
        # Who left questions open at the first visit answers some of them later.
        return bool(self.draw.random() < (CHANGED if question.key in visit.person.views else 0.5))

    def _answer(self, visit: Visit, participant: Participant, question: Question) -> None:
        asked = open_options(self.session, question)
        person, known = visit.person, question.key in visit.person.views
        if not asked:
            return
        if not known and self.draw.random() < SKIPPED:
            forecast_submit.skip(self.session, participant, question)
            return
        worked = self.worked.get(question.key, {})
        answer = self._said(visit, question, invent_entries(self.draw, person, question, asked, worked))
        standing = known and latest(self.session, participant, question) is not None
        act = (
            forecast_submit.withdraw
            if standing and self.draw.random() < WITHDRAWN
            else forecast_submit.submit
        )
        act(self.session, participant, question, answer)

    def _said(self, visit: Visit, question: Question, entries: dict[str, EnteredValue]) -> ForecastInput:
        person = visit.person
        return ForecastInput(
            key=f"{person.number}-{question.key}-{visit.moment:%Y%m%d}",
            entries=entries,
            input_format=kind_of(question).input_formats[0],
            language=person.language,
            rationale=invent_reason(self.draw, person),
            confidence=int(self.draw.integers(1, 6)),
            expertise=person.expertise,
            seconds_on_page=int(self.draw.integers(20, 240)),
            nothing_to_add=True,
        )
