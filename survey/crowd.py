"""The one door for what others said.

Nothing else reads other people's answers. Denied by default: a viewer is shown figures only where the survey's
rules say so, from publications, rounded; whoever may not see gets `Hidden` and no byte that depends on others.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scoring.pools.register import SHOWN

from . import clock
from .arrays import crowd_answers
from .figures import Figures, crowd_figures
from .models import (
    Condition,
    Event,
    Participant,
    Publication,
    Question,
    Rationale,
    RationaleMark,
    Relation,
    RelationEvent,
    Scenario,
    Submission,
    Survey,
)
from .scenarios import Chances, chances, options_of, options_of_total
from .state import answered_questions, is_over, skipped_questions

#: Roles that run a survey; an analyst takes out data and is shown what participants are.
RUNNING = ("owner", "organizer")
#: Live figures of an organizer rest on no fewer people: below five there is no headline.
LIVE_CELL = 5
#: Histogram cells with fewer people are merged with their neighbours.
SMALLEST_BIN = 3


@dataclass(frozen=True)
class Viewer:
    """Who asks: a participant (or nobody), and what they may do in this survey on an organizer's pages."""

    participant: Participant | None = None
    role: str | None = None

    @property
    def runs_survey(self) -> bool:
        """Whether this viewer is owner or organizer, on a page for those."""
        return self.role in RUNNING


class Hidden(StrEnum):
    """Why there is nothing to see; none of these depends on what others said, but the last."""

    UNANSWERED = "unanswered"
    UNTIL_CLOSE = "until close"
    ORGANIZERS_ONLY = "organizers only"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True)
class ShownOption:
    """One option's figures, rounded for people to read; probabilities are fractions.

    Attributes
    ----------
    key
        The option.
    headline
        Name of the method that heads the page: `parley` or `median`.
    value
        The headline's figure; for numbers its median.
    low, high
        The 90 % interval for another crowd of this size, the default's own; None for numbers.
    methods
        Method to figure; for numbers method to quantiles.
    spread
        The middle half of the people.
    bins
        `(from, to, share of people)` with small cells merged.
    flags
        `outer pull`, `late wave`.
    """

    key: str
    people: int
    effective: int
    headline: str
    value: float
    low: float | None
    high: float | None
    methods: dict[str, Any]
    spread: tuple[float, float]
    bins: tuple[tuple[float, float, float], ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """The crowd of a question as one publication tells it.

    `people` is rounded down to 5 below 50. `options` lacks those answered by fewer than the survey's cell.
    """

    as_of: date
    people: int
    options: dict[str, ShownOption]
    live: bool = False


@dataclass(frozen=True)
class ShownScenarios:
    """The chances of scenarios as publications of one day tell them, rounded for people to read.

    `people` is the smallest number that any of the questions rests on, rounded down.
    """

    as_of: date
    people: int
    chances: Chances


@dataclass(frozen=True)
class Reason:
    """Why somebody forecast what they did, without author or figure.

    Attributes
    ----------
    about
        Names the reason by its own day and words, so that it can be reported; it tells nothing else.
    """

    day: date
    text: str
    about: str


@dataclass
class Marks:
    """What was said about one rationale: the last act of its author and of an organizer hold.

    Attributes
    ----------
    withheld
        Why an organizer withholds it; None where none does.
    reports
        Why each reader reported it.
    waiting
        How many of the reports no organizer has judged yet.
    """

    hidden: bool = False
    withheld: str | None = None
    reports: list[str] = field(default_factory=list)
    waiting: int = 0

    @property
    def shown(self) -> bool:
        """Whether others may read it."""
        return not self.hidden and self.withheld is None

    def add(self, mark: RationaleMark) -> None:
        """Let one more act hold; they come in the order in which they were made."""
        if mark.act in ("hide", "show"):
            self.hidden = mark.act == "hide"
        elif mark.act in ("withhold", "release"):
            self.withheld = mark.reason if mark.act == "withhold" else None
            self.waiting = 0
        else:
            self.reports.append(mark.reason)
            self.waiting += 1


@dataclass(frozen=True)
class Remarked:
    """A reason with what was said about it, for those who run the survey."""

    reason: Reason
    marks: Marks


def may_see(session: Session, viewer: Viewer, question: Question) -> bool:
    """Whether this viewer is shown the crowd of a question."""
    return hidden_reason(session, viewer, question) is None


def hidden_reason(session: Session, viewer: Viewer, question: Question) -> Hidden | None:
    """Why this viewer is not shown the crowd of a question; None where they are."""
    survey = question.survey
    if viewer.runs_survey or survey.reveal == "always":
        return None
    if survey.reveal == "organizers only":
        return Hidden.ORGANIZERS_ONLY
    if survey.reveal == "after close":
        return None if is_over(session, question) else Hidden.UNTIL_CLOSE
    if viewer.participant is None or awaited(session, viewer.participant, question):
        return Hidden.UNANSWERED
    return None


def see(
    session: Session,
    viewer: Viewer,
    question: Question,
    *,
    version: int | None = None,
    round: int | None = None,
    as_of: date | None = None,
) -> Shown | Hidden:
    """What this viewer is shown of a question's crowd.

    Parameters
    ----------
    version, round
        Only answers to that version, or of that round: a segment, withheld where it or its complement is small.
    as_of
        Picks the last publication not after it; default the last there is.

    Returns
    -------
    Shown or Hidden
        Hidden as well where nothing was published.
    """
    hidden = hidden_reason(session, viewer, question)
    if hidden is not None:
        return hidden
    segment = _segment(version, round)
    if as_of is None and _sees_live(viewer, question):
        return _live(session, question, segment)
    publications = _publications(session, question, as_of)
    if not publications:
        return Hidden.UNPUBLISHED
    return _shown(question, publications[-1].figures, publications[-1].as_of, segment)


def sees_figures(session: Session, viewer: Viewer, question: Question) -> bool:
    """Whether this viewer is shown any figures of a question; each forecast notes it, so the cheapest comes first."""
    published = select(Publication.id).filter_by(question_id=question.id).limit(1)
    if not _sees_live(viewer, question) and session.scalar(published) is None:
        return False
    return isinstance(see(session, viewer, question), Shown)


def history(
    session: Session, viewer: Viewer, question: Question, *, version: int | None = None
) -> list[Shown]:
    """Every publication of a question this viewer is shown, oldest first; days between are never filled in.

    With a `version`, of the answers to it alone, where that was published.
    """
    if not may_see(session, viewer, question):
        return []
    segment = _segment(version, None)
    told = [
        _shown(question, publication.figures, publication.as_of, segment)
        for publication in _publications(session, question, None)
    ]
    return [shown for shown in told if isinstance(shown, Shown)]


def published_since(session: Session, viewer: Viewer, survey: Survey, day: date) -> dict[int, date]:
    """The last publication that tells of this day or a later one, by id of the question, where they may be seen.

    What was published before the end of that day tells of earlier ones.
    """
    query = (
        select(Publication.question_id, func.max(Publication.as_of))
        .where(Publication.survey_id == survey.id, Publication.as_of >= day)
        .group_by(Publication.question_id)
    )
    found = {session.get_one(Question, question): as_of for question, as_of in session.execute(query)}
    return {question.id: as_of for question, as_of in found.items() if may_see(session, viewer, question)}


def see_scenarios(session: Session, viewer: Viewer, scenario: Scenario) -> ShownScenarios | Hidden:
    """What this viewer is shown of scenarios: nothing before they may see every question these are made of.

    The figures are of the latest day for which all of the questions were published. Another way to the same
    event, by a further conditional pair, is told only where its questions may be seen too.
    """
    for question in sorted(scenario.questions, key=lambda question: question.position):
        hidden = hidden_reason(session, viewer, question)
        if hidden is not None:
            return hidden
    days = _common_days(session, options_of(scenario))
    if not days:
        return Hidden.UNPUBLISHED
    as_of, told = max(days.items())
    totals = []
    for relation in _further_totals(session, viewer, scenario):
        further = _common_days(session, options_of_total(relation)).get(as_of)
        if further is not None:
            told |= further
            totals.append(relation)
    figures = {key: part["options"] for key, part in told.items()}
    people = min(part["people"] for part in told.values())
    found = chances(scenario, figures, totals).through(rounded_probability)
    return ShownScenarios(as_of, rounded_people(people), found)


def rationales(session: Session, viewer: Viewer, question: Question) -> list[Reason]:
    """Why people forecast what they do, newest first.

    A reason appears with the publication that holds its answer, unless its author hides or an organizer
    withholds it.
    """
    return [reason for _, reason in _shown_rationales(session, viewer, question)]


def submissions_behind(session: Session, viewer: Viewer, question: Question, about: str) -> list[int]:
    """Ids of the submissions whose reason this viewer is shown under a name; none where they are shown none."""
    found = _shown_rationales(session, viewer, question)
    return [submission for submission, reason in found if reason.about == about]


def remarked(session: Session, viewer: Viewer, question: Question) -> dict[int, Remarked]:
    """Every reason that was reported or withheld, or is shown, by submission: for who runs the survey alone."""
    if not viewer.runs_survey:
        return {}
    found = marks_on(session, question)
    shown = dict(_shown_rationales(session, viewer, question))
    wanted = {
        submission for submission, marks in found.items() if marks.reports or marks.withheld is not None
    }
    written = _written(session, question, wanted - shown.keys())
    return {one: Remarked(reason, found.get(one, Marks())) for one, reason in (written | shown).items()}


def marks_on(session: Session, question: Question) -> dict[int, Marks]:
    """What was said about the rationales of a question, by submission."""
    query = (
        select(RationaleMark)
        .join(Submission, Submission.id == RationaleMark.submission_id)
        .where(Submission.question_id == question.id)
        .order_by(RationaleMark.id)
    )
    found: dict[int, Marks] = {}
    for mark in session.scalars(query):
        found.setdefault(mark.submission_id, Marks()).add(mark)
    return found


def _shown_rationales(session: Session, viewer: Viewer, question: Question) -> list[tuple[int, Reason]]:
    """Submission and reason of what this viewer is shown, newest first."""
    if not may_see(session, viewer, question):
        return []
    publications = _publications(session, question, None)
    if not publications:
        return []
    counted = set(crowd_answers(session, question).participant.tolist())
    query = (
        select(Submission, Rationale.text)
        .join(Rationale, Rationale.submission_id == Submission.id)
        .where(
            Submission.question_id == question.id,
            Submission.received_at < clock.day_start(publications[-1].as_of + timedelta(days=1)),
        )
        .order_by(Submission.participant_id, Submission.revision)
    )
    last = {
        submission.participant_id: (submission.id, _reason(question, submission.received_at.date(), text))
        for submission, text in session.execute(query)
        if submission.participant_id in counted
    }
    # Only then: a reason from before does not come back in the place of one that is hidden.
    marks = marks_on(session, question)
    shown = [one for one in last.values() if one[0] not in marks or marks[one[0]].shown]
    # Sorted by the words within a day, so that the order tells nothing about who wrote them.
    return sorted(shown, key=lambda one: (-one[1].day.toordinal(), one[1].text))


def _written(session: Session, question: Question, submissions: Iterable[int]) -> dict[int, Reason]:
    query = (
        select(Submission.id, Submission.received_at, Rationale.text)
        .join(Rationale, Rationale.submission_id == Submission.id)
        .where(Submission.id.in_(list(submissions)))
        .order_by(Submission.received_at)
    )
    return {one: _reason(question, received.date(), text) for one, received, text in session.execute(query)}


def _reason(question: Question, day: date, text: str) -> Reason:
    digest = hashlib.sha256(f"{question.key} {day} {text}".encode())
    return Reason(day, text, digest.hexdigest()[:16])


def tied(session: Session, question: Question) -> set[int]:
    """Ids of the question and every one a step away: in a relation with it, its condition, or conditional on it.

    Ids, since every forecast asks for them and few need the questions themselves.
    """
    if question.survey.reveal_unit == "single":
        return {question.id}
    relations: dict[int, set[int]] = {}
    events = (
        select(Relation.id, Relation.pair_id, Event.question_id)
        .join(RelationEvent, RelationEvent.relation_id == Relation.id)
        .join(Event, Event.id == RelationEvent.event_id)
        .where(Relation.survey_id == question.survey_id)
    )
    for relation, *ids in session.execute(events):
        relations.setdefault(relation, set()).update(one for one in ids if one is not None)
    conditions = (
        select(Condition.question_id, Event.question_id)
        .join(Event, Event.id == Condition.event_id)
        .where(Condition.survey_id == question.survey_id)
    )
    units = [*relations.values(), *({*pair} for pair in session.execute(conditions))]
    return {question.id}.union(*(unit for unit in units if question.id in unit))


def awaited(session: Session, participant: Participant, question: Question) -> list[Question]:
    """The questions this person has yet to answer or skip before the crowd of `question` is shown."""
    done = answered_questions(session, participant) | skipped_questions(session, participant)
    open_ids = tied(session, question) - done
    if not open_ids:
        return []
    others = session.scalars(select(Question).where(Question.id.in_(open_ids)).order_by(Question.position))
    return [other for other in others if not is_over(session, other)]


def _segment(version: int | None, round: int | None) -> str:
    """What publications call a part of the crowd."""
    return f"version {version}" if version else f"round {round}" if round else "all"


def _sees_live(viewer: Viewer, question: Question) -> bool:
    survey: Survey = question.survey
    return survey.publication == "live" or (viewer.runs_survey and survey.organizers_see_live)


def _further_totals(session: Session, viewer: Viewer, scenario: Scenario) -> list[Relation]:
    """Relations that lead to an event of the tree by a pair that is not in it, where they may be seen."""
    survey: Survey = next(iter(scenario.questions)).survey
    events = {axis.event for axis in scenario.axes}
    return [
        relation
        for relation in survey.relations
        if relation.kind == "total"
        and relation.pair not in scenario.questions
        and events.intersection(relation.events)
        and all(may_see(session, viewer, question) for question in relation.questions | _conditions(relation))
    ]


def _conditions(relation: Relation) -> set[Question]:
    """The question that a relation's pair is conditional on."""
    pair = relation.pair
    return {pair.condition.event.question} if pair is not None and pair.condition is not None else set()


def _common_days(session: Session, options: Mapping[Question, set[str]]) -> dict[date, dict[str, Figures]]:
    """Days for which these options of all the questions were published: day to question key to its figures."""
    days: dict[date, dict[str, Figures]] = {}
    for question, used in options.items():
        for publication in _publications(session, question, None):
            part = publication.figures["all"]
            if used <= set(part["options"]):
                days.setdefault(publication.as_of, {})[question.key] = part
    return {day: told for day, told in days.items() if len(told) == len(options)}


def _publications(session: Session, question: Question, as_of: date | None) -> Sequence[Publication]:
    query = select(Publication).filter_by(question_id=question.id).order_by(Publication.as_of)
    if as_of is not None:
        query = query.where(Publication.as_of <= as_of)
    return session.scalars(query).all()


def _live(session: Session, question: Question, segment: str) -> Shown | Hidden:
    today = clock.now(session).date()
    answers = crowd_answers(session, question)
    figures = crowd_figures(question, answers, (today - clock.EPOCH).days, LIVE_CELL)
    return _shown(question, figures, today, segment, live=True)


def _shown(
    question: Question, figures: Figures, as_of: date, segment: str, live: bool = False
) -> Shown | Hidden:
    part = figures.get(segment)
    if part is None or not part["options"]:
        return Hidden.UNPUBLISHED
    options = {key: _option(question, key, told) for key, told in part["options"].items()}
    return Shown(as_of, rounded_people(part["people"]), options, live)


def _option(question: Question, key: str, told: Figures) -> ShownOption:
    methods = {name: _method(question, told[name]) for name in SHOWN}
    head = told["headline"]
    default = told["parley"]
    numeric = "quantiles" in default
    levels = question.quantile_levels
    return ShownOption(
        key=key,
        people=rounded_people(told["people"]),
        effective=rounded_people(int(told["effective"])),
        headline=head,
        value=methods[head][levels.index(0.5)] if numeric else methods[head],
        low=None if numeric else rounded_probability(default["low"]),
        high=None if numeric else rounded_probability(default["high"]),
        methods=methods,
        spread=tuple(_rounded(question, value) for value in told["spread"]),  # type: ignore[arg-type]
        bins=tuple(merged_bins(told["histogram"])),
        flags=tuple(told["flags"]),
    )


def _method(question: Question, told: Figures) -> Any:
    if "quantiles" in told:
        return [_rounded(question, value) for value in told["quantiles"]]
    return rounded_probability(told["value"])


def _rounded(question: Question, value: float) -> float:
    if question.quantile_levels:
        return rounded_number(value, whole=question.whole or question.kind == "date")
    return rounded_probability(value)


def rounded_people(people: int) -> int:
    """Rounded down to a multiple of 5 below 50.

    >>> rounded_people(49), rounded_people(50), rounded_people(12)
    (45, 50, 10)
    """
    return people if people >= 50 else people // 5 * 5


def rounded_probability(value: float) -> float:
    """To whole points; to a tenth of a point below 5 % and above 95 %.

    >>> rounded_probability(0.1249), rounded_probability(0.04449), rounded_probability(0.9512)
    (0.12, 0.044, 0.951)
    """
    return _half_up(value, 3 if value < 0.05 or value > 0.95 else 2)


def rounded_number(value: float, *, whole: bool) -> float:
    """To three significant digits, or to a whole number.

    >>> rounded_number(481.62, whole=False), rounded_number(1.2345, whole=False), rounded_number(6.6, whole=True)
    (482.0, 1.23, 7.0)
    """
    if whole or value == 0:
        return _half_up(value, 0)
    return _half_up(value, 2 - math.floor(math.log10(abs(value))))


def _half_up(value: float, decimals: int) -> float:
    """A half goes away from zero, on the shortest decimal of the double."""
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP))


def merged_bins(counts: Sequence[int]) -> list[tuple[float, float, float]]:
    """Histogram cells from 0 to 1 of the range, neighbours merged until each holds three people or more.

    Returns `(from, to, share)` with shares in whole points that need not sum to 1.

    >>> merged_bins([1, 2, 4, 0, 0, 3, 1])[0]
    (0.0, 0.2857142857142857, 0.27)
    """
    total, width = sum(counts), len(counts)
    merged: list[tuple[int, int, int]] = []
    start = held = 0
    for index, count in enumerate(counts):
        held += count
        if held >= SMALLEST_BIN:
            merged.append((start, index + 1, held))
            start, held = index + 1, 0
    if start < width and merged:
        first, _, before = merged.pop()
        merged.append((first, width, before + held))
    return [(first / width, last / width, _half_up(people / total, 2)) for first, last, people in merged]
