"""The parts of a crowd that are told beside the whole, and when telling them would tell of single people.

A segment is who answered one version, or in one round, or put themselves in one group, or came one way. It is told
where it has enough people, and everybody outside it too, or nobody; each option of a question by itself. Whoever is
in none of the told segments of a family (all versions, all rounds, all groups of one background question, all ways
of entry) are enough people as well, or nobody: else what is withheld would follow by subtraction (secondary
suppression; Hundepool et al., 2012). A segment is told anew only once enough people have changed since it was told,
inside it and outside, or nobody outside; until then it stands as it was, with the day it is of; or is withheld,
where somebody has erased their answers since.

Whoever came after published results is in no crowd, for they had read it. They are told beside it as a crowd of their
own, by the same rules: nobody is in both, so neither is subtracted from the other.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..clock import date_number, day_date
from .aggregates import Pooled, compute_aggregates, pooled_forecasts, without_influence
from .rules import Figures
from .specification import ForecastArrays, Groups, QuestionSpec
from .standing import counted, standing_forecasts

#: Everybody, as publications name it.
ALL = "all"
#: How segments by an answer about oneself, and by way of entry, are called first.
GROUP, ENTRY = "group", "entry"
#: The way of entry of those who had read published results (`models.READERS_ENTRY`).
READERS_WAY = "results"
READERS = f"{ENTRY} {READERS_WAY}"
# From a crowd's mean in whole points before and after, a newcomer to ten is guessed to 3.4 points, one of
# five who came at once to 15.8, of ten to 16.9; whoever looks at one mean alone is 19 off.
#: Figures that are told anew wait for this many distinct people to have changed.
MIN_CHANGED = 5

Rows = NDArray[np.bool_]


def version_segment(number: int) -> str:
    """What publications call those whose answer is to one version."""
    return f"version {number}"


def round_segment(number: int) -> str:
    """What publications call those whose answer was given in one round."""
    return f"round {number}"


def group_segment(question: str, option: str) -> str:
    """What publications call those who chose one answer to a question about themselves; both by key."""
    return f"{GROUP} {question} {option}"


def entry_segment(entry: str) -> str:
    """What publications call those who came one way: by a personal invitation, with an account, by the open link."""
    return f"{ENTRY} {entry}"


@dataclass(frozen=True)
class SegmentMembers:
    """Who has a forecast standing at the end of a day: everybody, and those of each segment, by id."""

    everybody: frozenset[int]
    people: Mapping[str, frozenset[int]]

    def within(self, segment: str) -> frozenset[int]:
        """Who stands in a segment; nobody in one that is not there."""
        return self.people.get(segment, frozenset())


def crowd_figures(
    question: QuestionSpec,
    answers: ForecastArrays,
    groups: Groups,
    as_of: int,
    minimum_cell: int,
    told: Iterable[tuple[date, Figures]] = (),
    erased_on: date | None = None,
) -> Figures:
    """Figures of everybody and of each segment that may be told, as publications hold them.

    Parameters
    ----------
    answers
        From `forecast_arrays.crowd_answers`.
    groups
        From `forecast_arrays.said_groups`.
    as_of
        The day, in days since 1970-01-01.
    minimum_cell
        Smallest number of people a figure may rest on, for a segment and for those outside it.
    told
        What was told before: days and figures, the newest first; taken as far back as some segment asks for.
    erased_on
        The last day on which somebody in the survey erased their answers.

    Returns
    -------
    dict
        `all` and the names of segments to what `compute_aggregates` gives; a segment also has the day it is of
        (`as_of`, ISO), which is an earlier one where too few have changed since.
    """
    today = Day.of(question, answers, groups, as_of)
    now = today.standing()
    due = unsuppressed(now, minimum_cell)
    before = _last_told(told, due)
    # Most were told on the same days before: each is looked at once.
    days_before = {since for since, _ in before.values()}
    then = {since: Day.of(question, answers, groups, since).standing() for since in days_before}
    tellable = today.tellable(minimum_cell)
    made = {ALL: today.aggregates(minimum_cell)}
    for name in due:
        since, last = before.get(name, (None, {}))
        if since is None or _is_renewed(name, then[since], now, _answered(answers, since, as_of)):
            made[name] = today.figures(name, tellable, minimum_cell, made[ALL])
        # An old figure may hold somebody who has erased their answers since: it is not told once more.
        elif erased_on is None or date_number(erased_on) <= since:
            made[name] = last
    return made


def readers_figures(
    question: QuestionSpec,
    readers: ForecastArrays,
    as_of: int,
    minimum_cell: int,
    told: Iterable[tuple[date, Figures]] = (),
    erased_on: date | None = None,
) -> Figures:
    """The segment of those who came after published results, a crowd of their own; nothing where they are too few.

    Parameters
    ----------
    readers
        From `forecast_arrays.reader_answers`.
    as_of, minimum_cell, told, erased_on
        As `crowd_figures` has them.
    """
    today = Day.of(question, readers, Groups(), as_of)
    figures = without_influence(today.aggregates(minimum_cell))
    if not figures["options"]:
        return {}
    since, last = _last_told(told, [READERS]).get(READERS, (None, {}))
    if since is not None:
        then, now = Day.of(question, readers, Groups(), since).standing(), today.standing()
        changed = _answered(readers, since, as_of) | (then.everybody ^ now.everybody)
        if len(changed) < MIN_CHANGED:
            return {READERS: last} if erased_on is None or date_number(erased_on) <= since else {}
    return {READERS: {**figures, "as_of": day_date(as_of).isoformat()}}


@dataclass(frozen=True)
class Day:
    """What counts of the answers to a question at the end of a day, and the rows of each segment then."""

    question: QuestionSpec
    number: int
    answers: ForecastArrays
    members: Mapping[str, Rows]

    @classmethod
    def of(cls, question: QuestionSpec, answers: ForecastArrays, groups: Groups, number: int) -> "Day":
        """The day with this number, from everybody's answers and the groups they put themselves in."""
        counting = counted(question, answers, number)
        return cls(question, number, counting, segments(counting, groups, number))

    @cached_property
    def rows(self) -> dict[str, NDArray[np.int64]]:
        """For each option the places of the answers that stand: asked for by every segment."""
        return {
            key: standing_forecasts(self.answers, self.answers.of_option(key), self.number).rows
            for key in self.question.options
        }

    @cached_property
    def pooled(self) -> list[Pooled]:
        """What stands, as it is pooled: every segment is a part of it."""
        return pooled_forecasts(self.question, self.answers, self.number)

    def aggregates(
        self, minimum_cell: int, members: Rows | None = None, tellable: Set[str] | None = None
    ) -> Figures:
        """Figures of everybody, or of the members; of all options, or of those that may be told."""
        people = self.answers.participant
        return compute_aggregates(self.question, self.pooled, people, minimum_cell, members, tellable)

    def standing(self, option: str | None = None) -> SegmentMembers:
        """Who has a forecast standing: any, or one for an option."""
        rows = np.unique(np.concatenate([self.rows[key] for key in self.rows if option in (None, key)]))
        people = self.answers.participant
        return SegmentMembers(
            frozenset(people[rows].tolist()),
            {name: frozenset(people[rows[members[rows]]].tolist()) for name, members in self.members.items()},
        )

    def tellable(self, minimum_cell: int) -> dict[str, list[str]]:
        """The segments that may be told, by option: fewer may stand for one branch or date than for another."""
        return {key: unsuppressed(self.standing(key), minimum_cell) for key in self.question.options}

    def figures(
        self, segment: str, tellable: Mapping[str, Sequence[str]], minimum_cell: int, everybody: Figures
    ) -> Figures:
        """A segment's figures, without the options on which it may not be told; `everybody`: those of the whole."""
        options = {key for key, segments_told in tellable.items() if segment in segments_told}
        members = self.members[segment]
        # Of a question with one version and one round both are everybody, whose figures need not be made again.
        if members.all() and options >= everybody["options"].keys():
            part = without_influence(everybody)
        else:
            part = self.aggregates(minimum_cell, members, options)
        return {**part, "as_of": day_date(self.number).isoformat()}


def segments(answers: ForecastArrays, groups: Groups, day: int) -> dict[str, Rows]:
    """The rows of each segment there is at the end of a day; a row may be in several."""
    of_versions = {
        version_segment(number): answers.version == number for number in np.unique(answers.version)
    }
    of_rounds = {round_segment(number): answers.round == number for number in np.unique(answers.round)}
    of_groups = {
        group_segment(*group): np.isin(answers.participant, list(people))
        for group, people in sorted(groups.at(day).items())
    }
    # Where all came the same way by then, they are everybody: who comes another way later makes no segment before.
    entered = groups.entered(day)
    of_entries = {
        entry_segment(entry): np.isin(answers.participant, list(people))
        for entry, people in (entered.items() if len(entered) > 1 else ())
        if entry != READERS_WAY
    }
    return {**of_versions, **of_rounds, **of_groups, **of_entries}


def unsuppressed(standing: SegmentMembers, minimum_cell: int) -> list[str]:
    """The segments that neither tell of too few people nor let one subtract to too few."""
    kept = {
        name
        for name, people in standing.people.items()
        if len(people) >= minimum_cell and nobody_or_enough(len(standing.everybody - people), minimum_cell)
    }
    # Family by family: of two background questions crossed bounds follow, no counts.
    for family in {family_of(name) for name in kept}:
        kept -= _secondary_suppression(
            standing, {name for name in kept if family_of(name) == family}, minimum_cell
        )
    return [name for name in standing.people if name in kept]


def _secondary_suppression(standing: SegmentMembers, family: set[str], minimum_cell: int) -> set[str]:
    """The smallest segments of a family, as many as must be withheld so that whoever is in none are enough."""
    told, withheld = sorted(family, key=lambda name: (len(standing.people[name]), name)), set[str]()
    while told:
        rest = standing.everybody.difference(*(standing.people[name] for name in told))
        if nobody_or_enough(len(rest), minimum_cell):
            break
        # The smallest first: it takes the fewest people out of what is told.
        withheld.add(told.pop(0))
    return withheld


def nobody_or_enough(people: int, enough: int) -> bool:
    """Whether a difference of two figures tells of nobody at all, or of too many to know any of them."""
    return people == 0 or people >= enough


def family_of(name: str) -> str:
    """The family a segment is of: `version`, `round`, `entry`, or `group` and the key of a background question."""
    return name.rpartition(" ")[0]


def _is_renewed(name: str, then: SegmentMembers, now: SegmentMembers, answered: frozenset[int]) -> bool:
    """Whether enough people have changed since a segment was told: inside it, and outside or nobody there."""
    inside = now.within(name) | then.within(name)
    outside = (now.everybody - now.within(name)) | (then.everybody - then.within(name))
    changed = answered | (then.within(name) ^ now.within(name)) | (then.everybody ^ now.everybody)
    return len(changed & inside) >= MIN_CHANGED and nobody_or_enough(len(changed & outside), MIN_CHANGED)


def _answered(answers: ForecastArrays, since: int, as_of: int) -> frozenset[int]:
    """Who said anything after a day, up to another."""
    between = (answers.day > since) & (answers.day <= as_of)
    return frozenset(answers.participant[between].tolist())


def _last_told(told: Iterable[tuple[date, Figures]], names: Iterable[str]) -> dict[str, tuple[int, Figures]]:
    """Segments as each was told last, with the day its figures are of: if they do not say, of all of them."""
    found: dict[str, tuple[int, Figures]] = {}
    missing, earlier = set(names), iter(told)
    while missing and (publication := next(earlier, None)):
        day, figures = publication
        for name in missing & figures.keys():
            part = figures[name]
            found[name] = date_number(date.fromisoformat(part.get("as_of", day.isoformat()))), part
        missing -= found.keys()
    return found
