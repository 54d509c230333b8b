"""Which parts of a crowd are told, when they are told anew, and what an attacker makes of it."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import crowd_answers, said_groups
from survey.aggregation.question_specs import spec_of
from survey.aggregation.rules import Figures
from survey.aggregation.segments import (
    ALL,
    MIN_CHANGED,
    READERS,
    Day,
    SegmentMembers,
    crowd_figures,
    entry_segment,
    group_segment,
    unsuppressed,
)
from survey.aggregation.specification import ForecastArrays, GroupChoice, Groups, QuestionSpec
from survey.disclosure import Denial, Shown, Viewer, get_aggregate, get_segments, history
from survey.models import READERS_ENTRY, Participant, Question
from survey.services import background_answers, forecast_submit
from survey.services.erasure import erase
from survey.services.publication import publish_question
from tests.factories import crowd, on, say, someone, the_question, the_survey, withdraw

EU, UKRAINE = group_segment("region", "eu"), group_segment("region", "ukraine")
ELSEWHERE = group_segment("region", "elsewhere")


@pytest.fixture
def question(session: Session) -> Question:
    """A question of its own."""
    return the_question(session, "leaders-meet")


def group(
    session: Session, question: Question, region: str, chances: list[float], day: int = 20
) -> list[Participant]:
    """People of one region, all answering on one day."""
    people = crowd(session, question, chances, day)
    with clock.at(on(day)):
        for person in people:
            background_answers.say(session, person, {"region": [region]})
    return people


def publish(session: Session, question: Question, day: int) -> dict[str, dict]:
    """What is published of a day; at its end somebody must have changed."""
    made = publish_question(session, question, on(day).date())
    assert made is not None
    return made.figures


def change(session: Session, question: Question, people: list[Participant], chance: float, day: int) -> None:
    with clock.at(on(day)):
        for person in people:
            say(session, person, question, chance)


def standing(**people: int) -> SegmentMembers:
    """Segments of a family `f`, without overlap; `rest` is in none."""
    numbers = iter(range(1000))
    members = {name: frozenset(next(numbers) for _ in range(count)) for name, count in people.items()}
    everybody = frozenset().union(*members.values())
    return SegmentMembers(everybody, {f"f {name}": ids for name, ids in members.items() if name != "rest"})


class TestSize:
    def test_a_group_with_enough_people_inside_and_outside_is_told(self) -> None:
        assert unsuppressed(standing(a=10, b=12), 10) == ["f a", "f b"]

    def test_a_small_group_is_withheld(self) -> None:
        assert "f a" not in unsuppressed(standing(a=9, b=30, rest=20), 10)

    def test_a_group_is_withheld_where_those_outside_are_few(self) -> None:
        assert unsuppressed(standing(a=30, rest=9), 10) == []

    def test_a_group_that_is_everybody_is_told(self) -> None:
        assert unsuppressed(standing(a=10), 10) == ["f a"]

    def test_one_withheld_group_does_not_follow_by_subtraction(self) -> None:
        """Everybody less a and b would be the nine of c: the smaller of the two is withheld too."""
        assert unsuppressed(standing(a=30, b=20, c=9), 10) == ["f a"]

    def test_two_withheld_groups_that_are_enough_together_hide_each_other(self) -> None:
        assert unsuppressed(standing(a=30, b=20, c=9, d=5), 10) == ["f a", "f b"]

    def test_families_are_judged_each_by_itself(self) -> None:
        people = frozenset(range(30))
        found = SegmentMembers(people, {"version 1": people, "group region eu": frozenset(range(12))})
        assert unsuppressed(found, 10) == ["version 1", "group region eu"]

    @pytest.mark.parametrize("seed", range(20))
    def test_no_sum_of_told_groups_leaves_too_few(self, seed: int) -> None:
        """Whatever the sizes: everybody, less any of the told groups, is nobody or enough people."""
        draw = np.random.default_rng(seed)
        found = standing(
            **{name: int(draw.integers(0, 25)) for name in "abcdef"}, rest=int(draw.integers(0, 25))
        )
        told = unsuppressed(found, 10)
        for chosen in range(2 ** len(told)):
            subset = [found.people[name] for place, name in enumerate(told) if chosen >> place & 1]
            left = len(found.everybody.difference(*subset))
            assert left == 0 or left >= 10
        assert all(len(found.people[name]) >= 10 for name in told)


class TestMembership:
    SAID = Groups(
        (
            GroupChoice(1, "region", 5, ("eu",)),
            GroupChoice(1, "region", 9, ("ukraine",)),
            GroupChoice(2, "field", 5, ("a", "b")),
        )
    )

    def test_the_last_that_was_said_by_a_day_holds(self) -> None:
        assert self.SAID.at(8)["region", "eu"] == {1}
        assert ("region", "eu") not in self.SAID.at(9)

    def test_somebody_may_be_in_several(self) -> None:
        assert self.SAID.at(8)["field", "a"] == self.SAID.at(8)["field", "b"] == {2}

    def test_nothing_was_said_before(self) -> None:
        assert self.SAID.at(4) == {}


class TestPublished:
    def test_a_group_has_its_own_figures_and_day(self, session: Session, question: Question) -> None:
        group(session, question, "eu", [0.2] * 10)
        group(session, question, "ukraine", [0.6] * 12)
        figures = publish(session, question, 20)
        assert figures[EU]["options"]["yes"]["mean"]["value"] == pytest.approx(0.2)
        assert figures[UKRAINE]["options"]["yes"]["mean"]["value"] == pytest.approx(0.6)
        assert (figures[EU]["people"], figures[EU]["as_of"]) == (10, "2026-11-20")
        assert ELSEWHERE not in figures

    def test_who_says_nothing_is_outside_every_group(self, session: Session, question: Question) -> None:
        group(session, question, "eu", [0.2] * 10)
        crowd(session, question, [0.6] * 10)
        assert publish(session, question, 20)[EU]["people"] == 10

    @pytest.mark.whole
    def test_a_branch_is_withheld_where_few_outside_the_group_answered_it(self, session: Session) -> None:
        """Both groups are large, but of those outside one only six gave the branch: they would follow."""
        pair = the_question(session, "clash-if-forces")
        group(session, pair, "eu", [0.2] * 12)
        with clock.at(on(20)):
            for place in range(12):
                person = someone(session)
                background_answers.say(session, person, {"region": ["ukraine"]})
                say(session, person, pair, {"p-if_no": 0.05} | ({"p-if_yes": 0.3} if place < 6 else {}))
        figures = publish(session, pair, 20)
        assert set(figures["all"]["options"]) == {"if_yes", "if_no"}
        assert set(figures[EU]["options"]) == {"if_no"}
        assert set(figures[UKRAINE]["options"]) == {"if_no"}

    def test_a_group_waits_for_five_of_its_people_to_change(
        self, session: Session, question: Question
    ) -> None:
        """Twenty change in all, but four of them in the group: the group stands as it was told."""
        people = group(session, question, "eu", [0.2] * 10)
        others = group(session, question, "ukraine", [0.6] * 20)
        before = publish(session, question, 20)
        change(session, question, people[:4], 0.9, 21)
        change(session, question, others[:16], 0.5, 21)
        after = publish(session, question, 21)
        assert after["all"] != before["all"]
        assert after[EU] == before[EU]
        change(session, question, people[4:5], 0.9, 22)
        change(session, question, others[16:], 0.5, 22)
        with clock.at(on(23)):
            assert publish(session, question, 22)[EU]["as_of"] == "2026-11-22"

    def test_a_group_waits_for_five_outside_it_or_nobody(self, session: Session, question: Question) -> None:
        """Six change inside and one outside: everybody less the group would tell of that one."""
        people = group(session, question, "eu", [0.2] * 10)
        others = group(session, question, "ukraine", [0.6] * 10)
        before = publish(session, question, 20)
        change(session, question, people[:6], 0.9, 21)
        change(session, question, others[:1], 0.5, 21)
        after = publish(session, question, 21)
        assert after[EU] == before[EU]
        assert after[UKRAINE] == before[UKRAINE]

    def test_where_only_the_group_changes_it_is_told_anew(self, session: Session, question: Question) -> None:
        """The control of the two above."""
        people = group(session, question, "eu", [0.2] * 10)
        group(session, question, "ukraine", [0.6] * 10)
        before = publish(session, question, 20)
        change(session, question, people[:6], 0.9, 21)
        after = publish(session, question, 21)
        assert after[EU]["as_of"] == "2026-11-21"
        assert after[UKRAINE] == before[UKRAINE]

    def test_a_day_on_which_several_groups_were_told_is_looked_at_once(
        self, session: Session, question: Question, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at: list[int] = []
        look = Day.of

        def noting(question: QuestionSpec, answers: ForecastArrays, groups: Groups, number: int) -> Day:
            looked_at.append(number)
            return look(question, answers, groups, number)

        people = group(session, question, "eu", [0.2] * 10)
        group(session, question, "ukraine", [0.6] * 10)
        assert {EU, UKRAINE} <= publish(session, question, 20).keys()
        change(session, question, people[:6], 0.9, 21)
        monkeypatch.setattr(Day, "of", noting)
        publish(session, question, 21)
        assert sorted(looked_at) == [clock.day_number(on(20)), clock.day_number(on(21))]

    def test_what_was_told_is_read_as_far_back_as_a_segment_asks_and_no_further(
        self, session: Session, question: Question
    ) -> None:
        """A group that was withheld for a day stands, unless five have changed, as it was told before that."""
        group(session, question, "eu", [0.2] * 10)
        group(session, question, "ukraine", [0.6] * 10)
        told = publish(session, question, 20)

        def backwards() -> Iterator[tuple[date, Figures]]:
            yield on(21).date(), {name: part for name, part in told.items() if name != EU}
            yield on(20).date(), told
            raise AssertionError("read further back than any segment asks")

        answers, groups = crowd_answers(session, question), said_groups(session, question.survey)
        today, cell = clock.day_number(on(22)), question.survey.cell
        figures = crowd_figures(spec_of(question), answers, groups, today, cell, backwards())
        assert {name: figures[name] for name in told if name != ALL} == {
            name: told[name] for name in told if name != ALL
        }

    def test_moving_to_another_group_is_a_change_of_both(self, session: Session, question: Question) -> None:
        people = group(session, question, "eu", [0.2] * 16)
        group(session, question, "ukraine", [0.6] * 10)
        publish(session, question, 20)
        with clock.at(on(21)):
            for person in people[:5]:
                background_answers.say(session, person, {"region": ["ukraine"]})
        change(session, question, people[:5], 0.2, 21)
        after = publish(session, question, 21)
        assert (after[EU]["people"], after[UKRAINE]["people"]) == (11, 15)

    def test_a_group_that_shrank_is_not_carried_on(self, session: Session, question: Question) -> None:
        people = group(session, question, "eu", [0.2] * 10)
        others = group(session, question, "ukraine", [0.6] * 20)
        assert EU in publish(session, question, 20)
        with clock.at(on(21)):
            withdraw(session, people[0], question)
        change(session, question, others[:5], 0.5, 21)
        assert EU not in publish(session, question, 21)

    def test_after_an_erasure_an_old_figure_is_withheld_not_repeated(
        self, session: Session, question: Question
    ) -> None:
        people = group(session, question, "eu", [0.2] * 11)
        others = group(session, question, "ukraine", [0.6] * 20)
        assert EU in publish(session, question, 20)
        with clock.at(on(21)):
            erase(session, people[0])
        change(session, question, others[:6], 0.5, 21)
        after = publish(session, question, 21)
        assert EU not in after
        change(session, question, people[1:6], 0.3, 22)
        change(session, question, others[:6], 0.6, 22)
        with clock.at(on(23)):
            assert publish(session, question, 22)[EU]["people"] == 10


class TestWayOfEntry:
    """People by how they came: a segment like others, where there are several ways."""

    def came(self, session: Session, question: Question, entry: str, chances: list[float]) -> None:
        for person in crowd(session, question, chances):
            person.entry = entry
        session.flush()

    def test_each_way_is_told_beside_the_others(self, session: Session, question: Question) -> None:
        self.came(session, question, "invitation", [0.2] * 10)
        self.came(session, question, "link", [0.6] * 12)
        figures = publish(session, question, 20)
        told = {entry: figures[entry_segment(entry)] for entry in ("invitation", "link")}
        assert told["invitation"]["options"]["yes"]["mean"]["value"] == pytest.approx(0.2)
        assert (told["link"]["people"], entry_segment("account") in figures) == (12, False)

    def test_a_way_of_few_does_not_follow_by_subtraction(self, session: Session, question: Question) -> None:
        self.came(session, question, "invitation", [0.2] * 30)
        self.came(session, question, "account", [0.4] * 20)
        self.came(session, question, "link", [0.6] * 4)
        figures = publish(session, question, 20)
        assert [name for name in figures if name.startswith("entry")] == ["entry invitation"]

    def test_where_all_came_the_same_way_there_is_no_segment(
        self, session: Session, question: Question
    ) -> None:
        self.came(session, question, "link", [0.6] * 22)
        assert not [name for name in publish(session, question, 20) if name.startswith("entry")]

    def test_readers_are_in_no_crowd_and_told_beside_it_once_they_are_enough(
        self, session: Session, question: Question
    ) -> None:
        def read_first(chances: list[float], day: int) -> list[Participant]:
            with clock.at(on(day)):
                people = [someone(session, entry=READERS_ENTRY) for _ in chances]
                for person, chance in zip(people, chances, strict=True):
                    say(session, person, question, chance, crowd_seen=True)
            return people

        assert entry_segment(READERS_ENTRY) == READERS
        self.came(session, question, "link", [0.6] * 12)
        people = read_first([0.1] * 9, 20)
        few = publish(session, question, 20)
        assert READERS not in few and few[ALL]["people"] == 12
        people += read_first([0.1], 21)
        crowd(session, question, [0.6] * 5, 21)
        enough = publish(session, question, 21)
        assert (enough[ALL]["people"], enough[READERS]["people"]) == (17, 10)
        assert enough[READERS]["options"]["yes"]["mean"]["value"] == pytest.approx(0.1)
        assert enough[ALL]["options"]["yes"]["mean"]["value"] == pytest.approx(0.6)
        # Four of them changing tell nothing new, a fifth does; the crowd is the same to the last digit.
        with clock.at(on(22)):
            for person in people[:4]:
                say(session, person, question, 0.9, crowd_seen=True)
        crowd(session, question, [0.6] * 5, 22)
        assert publish(session, question, 22)[READERS] == enough[READERS]
        with clock.at(on(23)):
            say(session, people[4], question, 0.9, crowd_seen=True)
        crowd(session, question, [0.6] * 5, 23)
        renewed = publish(session, question, 23)
        assert renewed[READERS]["options"]["yes"]["mean"]["value"] == pytest.approx(0.5)
        assert renewed[ALL]["options"]["yes"]["mean"]["value"] == pytest.approx(0.6)
        with clock.at(on(24)):
            erase(session, people[9])
        crowd(session, question, [0.6] * 5, 24)
        assert READERS not in publish(session, question, 24), "nine are left"


class TestShown:
    def viewer(self, session: Session, question: Question) -> Viewer:
        """Somebody who may see the crowd, and said nothing about themselves."""
        with clock.at(on(22)):
            person = someone(session)
            forecast_submit.skip(session, person, question)
        return Viewer(person)

    def test_groups_are_shown_rounded_to_who_has_answered(self, session: Session, question: Question) -> None:
        group(session, question, "eu", [0.213] * 13)
        group(session, question, "ukraine", [0.6] * 12)
        publish(session, question, 20)
        told = get_segments(session, self.viewer(session, question), question)
        assert {EU, UKRAINE} <= set(told)
        assert told[EU].people == 10
        assert told[EU].options["yes"].methods["mean"] == 0.21

    def test_nobody_else_is_shown_any(self, session: Session, question: Question) -> None:
        group(session, question, "eu", [0.2] * 13)
        group(session, question, "ukraine", [0.6] * 12)
        publish(session, question, 20)
        with clock.at(on(22)):
            unanswered = Viewer(someone(session))
        for viewer in (unanswered, Viewer()):
            assert get_segments(session, viewer, question) == {}
            assert get_aggregate(session, viewer, question, segment=EU) is Denial.UNANSWERED
            assert history(session, viewer, question, segment=EU) == []

    def test_a_withheld_group_is_hidden(self, session: Session, question: Question) -> None:
        group(session, question, "eu", [0.2] * 9)
        group(session, question, "ukraine", [0.6] * 30)
        publish(session, question, 20)
        viewer = self.viewer(session, question)
        assert get_aggregate(session, viewer, question, segment=EU) is Denial.UNPUBLISHED
        assert isinstance(get_aggregate(session, viewer, question), Shown)

    def test_history_has_each_telling_once(self, session: Session, question: Question) -> None:
        people = group(session, question, "eu", [0.2] * 10)
        others = group(session, question, "ukraine", [0.6] * 10)
        publish(session, question, 20)
        change(session, question, others[:6], 0.5, 21)
        publish(session, question, 21)
        assert people
        viewer = self.viewer(session, question)
        assert [shown.as_of.day for shown in history(session, viewer, question, segment=EU)] == [20]
        assert [shown.as_of.day for shown in history(session, viewer, question)] == [20, 21]

    def test_organizers_see_groups_of_this_moment_in_a_live_survey_alone(
        self, session: Session, question: Question
    ) -> None:
        group(session, question, "eu", [0.2] * 6)
        group(session, question, "ukraine", [0.6] * 6)
        organizer = Viewer(role="organizer")
        assert get_segments(session, organizer, question) == {}
        the_survey(session).publication = "live"
        assert {EU, UKRAINE} <= set(get_segments(session, organizer, question))


def means(figures: dict[str, dict], name: str) -> tuple[float, int] | None:
    """The unrounded mean of a part and its number of people: more than any reader is shown."""
    part = figures.get(name)
    return (part["options"]["yes"]["mean"]["value"], part["people"]) if part and part["options"] else None


@pytest.mark.parametrize("seed", range(3))
def test_an_attacker_never_sees_fewer_than_five_people_change(
    session: Session, question: Question, seed: int
) -> None:
    """Groups, everybody and everybody less a group, over days of comings and goings: between two tellings that
    differ, five people or more have changed."""
    draw = np.random.default_rng(seed)
    people: dict[str, list[Participant]] = {"eu": [], "ukraine": []}
    acted: list[tuple[int, str, int]] = []
    tellings: list[tuple[int, dict[str, dict]]] = []
    for day in range(16, 22):
        for region in people:
            for person in [one for one in people[region] if draw.random() < 0.2]:
                change(session, question, [person], float(draw.uniform(0.1, 0.9)), day)
                acted.append((day, region, person.id))
            new = group(session, question, region, draw.uniform(0.1, 0.9, draw.integers(0, 9)).tolist(), day)
            people[region] += new
            acted += [(day, region, person.id) for person in new]
        made = publish_question(session, question, on(day).date())
        if made is not None:
            tellings.append((day, made.figures))
    assert len(tellings) > 2
    for region in people:
        for before, after in pairwise(told_days(tellings, group_segment("region", region))):
            changed = {(where == region, one) for day, where, one in acted if before < day <= after}
            inside, outside = (sum(within is side for within, _one in changed) for side in (True, False))
            assert inside >= MIN_CHANGED
            assert outside == 0 or outside >= MIN_CHANGED


def told_days(tellings: list[tuple[int, dict[str, dict]]], name: str) -> list[int]:
    """The days on which a part's figures became others than they were."""
    days: list[int] = []
    last = None
    for day, figures in tellings:
        if name in figures and means(figures, name) != last:
            last = means(figures, name)
            days.append(day)
    return days
