"""A demonstration: invented people who join, answer, update and leave, through the actions everybody uses.

Nobody's view stands behind a figure: numbers are drawn around the bank's worked answer, in log-odds, and
around an arbitrary place where the bank gives none. What invented people type is read by everybody's grammar.

A visit of one person is one write unit, and what it is made of is drawn from its own number alone: whoever is ended
half-way goes on where they were, with the people they had begun with, and nobody waits for all of it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..bank.content import WorkedAnswers
from ..bank.reading import bank_folder, read_bank
from ..errors import SurveyError
from ..models import BackgroundQuestion, EventLog, Participant, Question, Submission, Survey
from ..questions import EnteredValue, kind_of
from ..services import background_answers, enrollment, forecast_submit
from ..services.audit_log import record
from ..services.forecast_submit import Act, ForecastInput
from ..services.publication import publish
from ..store.engine import db
from ..store.lifecycle import open_options
from ..store.transaction import transaction
from . import BANK
from .participants import Person, invent_background, invent_entries, invent_person, invent_reason

#: At most so many days are played, the last of them yesterday.
DAYS = 9
#: Chance that somebody comes back on a later day, changes a forecast then, or takes it back instead.
RETURNING, CHANGED, WITHDRAWN = 0.3, 0.12, 0.06
#: Share of the questions somebody says they can't judge.
SKIPPED = 0.06
SEED = 20261115
#: What the survey's log holds: what was begun, with how many people and when, and that it is done.
BEGUN, DONE = "simulate", "simulated"


class NotADemonstration(SurveyError):
    """Invented people are let into a survey only where every page says so."""


@dataclass(frozen=True)
class Plan:
    """What was begun: how many people, on which days, drawn from which seed."""

    people: int
    seed: int
    days: Sequence[date]


@dataclass(frozen=True)
class Progress:
    """How far the play is: visits and publications, and the day that is played."""

    plan: Plan
    day: date
    done: int
    steps: int


Tell = Callable[[Progress], None]


@dataclass
class Visit:
    """One person at one moment; `number` counts theirs from 0, when they join."""

    moment: datetime
    person: Person
    number: int = 0


def simulate(slug: str, people: int = 60, seed: int = SEED, tell: Tell = lambda progress: None) -> int:
    """Let invented people answer on each of the last days, and publish at each day's end; or go on with that.

    Parameters
    ----------
    slug
        Of a survey that is marked as simulated, and open before today.
    people
        How many; each joins on some day and comes back on some later ones.
    seed
        Equal seeds on an equal day give equal answers.
    tell
        Called after each visit and each publication.

    Returns
    -------
    int
        How many submissions there are; 0 where it was done already, and nothing was changed.

    Raises
    ------
    NotADemonstration
        Where the survey is not marked as simulated; nothing was stored.
    """
    plan = transaction(lambda session: _begin(session, slug, people, seed))
    if plan is None:
        return 0
    with _keeping_what_is_loaded(db.session) as session:
        survey = _survey(session, slug)
        background = background_answers.asked(session, survey)
        play = Play(session, survey, plan, read_bank(bank_folder(BANK)).worked, background)
        visits, done = play.visits(), _done(session, survey)
        steps, taken = len(visits) + len(plan.days), 0
        for day in plan.days:
            for visit in (visit for visit in visits if visit.moment.date() == day):
                play.act(visit, stored=(visit.person.number, visit.number and visit.moment) in done)
                taken += 1
                tell(Progress(plan, day, taken, steps))
            # Never ahead of the clock: just after midnight the five minutes are not over.
            with clock.at(min(clock.day_start(day) + timedelta(days=1, minutes=5), clock.now(session))):
                transaction(partial(_publish, slug=slug, day=day))
            taken += 1
            tell(Progress(plan, day, taken, steps))
    return transaction(lambda session: _end(session, slug))


def _begin(session: Session, slug: str, people: int, seed: int) -> Plan | None:
    """The plan that was begun and is not done, or a new one; None where there is nothing to do."""
    survey = _survey(session, slug)
    if not survey.simulated:
        raise NotADemonstration(
            f"survey {survey.slug} is not marked as simulated; no invented people were let in"
        )
    # In the log, which cannot be changed: whoever goes on plays the plan that was begun, not another.
    noted = select(EventLog).where(EventLog.survey_id == survey.id, EventLog.act.in_((BEGUN, DONE)))
    last = session.scalar(noted.order_by(EventLog.position.desc()).limit(1))
    if last is not None:
        return _read_plan(last) if last.act == BEGUN else None
    days = played_days(survey, clock.now(session))
    # Those of an earlier version came all at once.
    known = select(Participant.id).filter_by(survey_id=survey.id, simulated=True).limit(1)
    if not days or session.scalar(known) is not None:
        return None
    first, last_day = days[0].isoformat(), days[-1].isoformat()
    record(session, survey, BEGUN, {"people": people, "seed": seed, "first": first, "last": last_day})
    return Plan(people, seed, days)


def _read_plan(noted: EventLog) -> Plan:
    first, last = (date.fromisoformat(noted.detail[end]) for end in ("first", "last"))
    return Plan(noted.detail["people"], noted.detail["seed"], _days(first, last))


def _end(session: Session, slug: str) -> int:
    survey = _survey(session, slug)
    made = session.scalar(select(func.count()).select_from(Submission).filter_by(survey_id=survey.id)) or 0
    record(session, survey, DONE, {"submissions": made})
    return made


def _publish(session: Session, slug: str, day: date) -> None:
    publish(session, _survey(session, slug), day)


def _survey(session: Session, slug: str) -> Survey:
    return session.scalars(select(Survey).filter_by(slug=slug)).one()


@contextmanager
def _keeping_what_is_loaded(session: Session) -> Iterator[Session]:
    """A session that does not read the survey's questions again after each visit: acts read what may have changed."""
    before, session.expire_on_commit = session.expire_on_commit, False
    try:
        yield session
    finally:
        session.expire_on_commit = before


def _done(session: Session, survey: Survey) -> set[tuple[int, datetime | int]]:
    """The visits that are stored: number of the person, and when, 0 for the first."""
    people = select(Participant.id, Participant.join_key).filter_by(survey_id=survey.id, simulated=True)
    numbers = {of: int(str(key).removeprefix(_KEY)) for of, key in session.execute(people)}
    moments = select(Submission.participant_id, Submission.received_at).filter_by(survey_id=survey.id)
    came = session.execute(moments.distinct())
    return {(number, 0) for number in numbers.values()} | {
        (numbers[of], moment) for of, moment in came if of in numbers
    }


def played_days(survey: Survey, now: datetime) -> list[date]:
    """The days on which invented people are active: from the opening, at most `DAYS`, to yesterday."""
    today = now.date()
    first = max(survey.opens_at.date(), today - timedelta(days=DAYS))
    return _days(first, today - timedelta(days=1))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


#: How the key begins by which an invented person has joined.
_KEY = "invented-"


@dataclass
class Play:
    """What invented people do in one survey; everything random comes from the plan's seed and who does it."""

    session: Session
    survey: Survey
    plan: Plan
    worked: WorkedAnswers
    #: Held, so that the session does not forget them between two who join: what they say would be invented of another
    #: reading each. That it is checked against what is asked then is `say`'s own reading.
    background: Sequence[BackgroundQuestion]

    def visits(self) -> list[Visit]:
        """Who comes when, in order: everybody joins once, most on the first days, and some come back."""
        found = [visit for number in range(self.plan.people) for visit in self._visits_of(number)]
        return sorted(found, key=lambda visit: (visit.moment, visit.person.number))

    def _visits_of(self, number: int) -> list[Visit]:
        draw, days = self._draw(number), self.plan.days
        person = invent_person(draw, number, self.survey.languages)
        joins = min(int(draw.exponential(len(days) / 3)), len(days) - 1)
        back = [day for day in days[joins + 1 :] if draw.random() < RETURNING]
        return [
            Visit(self._moment(draw, day), person, place) for place, day in enumerate([days[joins], *back])
        ]

    def act(self, visit: Visit, stored: bool = False) -> None:
        """Let one person do what is due in this visit, in one write unit; what is `stored` is only remembered."""
        # Decided also of what is stored: the views of this person go on from it.
        acts = self._decide(visit)
        if not stored:
            with clock.at(visit.moment):
                # Each act reads under its own lock what others may have changed.
                transaction(partial(self._store, visit=visit, acts=acts), keep=True)

    def _draw(self, *whose: int) -> np.random.Generator:
        return np.random.default_rng((self.plan.seed, *whose))

    def _moment(self, draw: np.random.Generator, day: date) -> datetime:
        moment = clock.day_start(day) + timedelta(seconds=int(draw.integers(6 * 3600, 22 * 3600)))
        return max(moment, self.survey.opens_at)

    def _store(self, session: Session, visit: Visit, acts: Sequence[Act]) -> None:
        participant = self._participant(session, visit.person)
        forecast_submit.act_on_each(session, participant, acts)

    def _participant(self, session: Session, person: Person) -> Participant:
        participant, made = enrollment.join(
            session,
            self.survey,
            language=person.language,
            join_key=f"{_KEY}{person.number}",
            code=enrollment.new_code(),
            simulated=True,
        )
        if made:
            said = invent_background(person, self.background)
            background_answers.say(session, participant, dict(said))
        return participant

    def _decide(self, visit: Visit) -> list[Act]:
        """What the person does in this visit; nothing of it is asked of the store, so that it can be told again."""
        # From 1 on: NumPy drops a 0 at a seed's end, and would draw what `_visits_of` has drawn.
        draw = self._draw(visit.person.number, visit.number + 1)
        due = [question for question in self.survey.questions if self._is_due(draw, visit, question)]
        decided = (self._decide_one(draw, visit, question) for question in due)
        return [act for act in decided if act is not None]

    def _is_due(self, draw: np.random.Generator, visit: Visit, question: Question) -> bool:
        if visit.number == 0:
            return question.position < visit.person.diligence * len(self.survey.questions)
        # Who left questions open at the first visit answers some of them later.
        return bool(draw.random() < (CHANGED if question.key in visit.person.views else 0.5))

    def _decide_one(self, draw: np.random.Generator, visit: Visit, question: Question) -> Act | None:
        asked = open_options(self.session, question, visit.moment)
        person, known = visit.person, question.key in visit.person.views
        if not asked:
            return None
        if not known and draw.random() < SKIPPED:
            return Act(question)
        worked = self.worked.get(question.key, {})
        answer = _said(draw, visit, question, invent_entries(draw, person, question, asked, worked))
        withdraws = question.key in person.standing and bool(draw.random() < WITHDRAWN)
        (person.standing.discard if withdraws else person.standing.add)(question.key)
        return Act(question, answer, withdraws)


def _said(
    draw: np.random.Generator, visit: Visit, question: Question, entries: dict[str, EnteredValue]
) -> ForecastInput:
    person = visit.person
    return ForecastInput(
        key=f"{person.number}-{question.key}-{visit.moment:%Y%m%d}",
        entries=entries,
        input_format=kind_of(question).input_formats[0],
        language=person.language,
        rationale=invent_reason(draw, person),
        confidence=int(draw.integers(1, 6)),
        expertise=person.expertise,
        seconds_on_page=int(draw.integers(20, 240)),
        # Nobody is there who could say what has changed.
        nothing_to_add=True,
    )
