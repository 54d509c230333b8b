"""When a question is published, from whose answers, and with which figures."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy.orm import Session

from scoring.pools.default import parley
from scoring.pools.default_steps import OPEN
from survey import clock
from survey.aggregation.rounded_aggregates import shown_part
from survey.models import Participant, Question
from survey.services import forecast_submit
from survey.services.publication import publish, publish_question
from tests.factories import crowd, on, say, someone, the_question, the_survey, withdraw


@pytest.fixture
def question(session: Session) -> Question:
    """A question of its own."""
    return the_question(session, "leaders-meet")


def people_published(session: Session, question: Question, day: int) -> int | None:
    made = publish(session, question.survey, on(day).date())
    return next((one.people for one in made if one.question is question), None)


def test_fewer_people_than_the_cell_are_not_published(session: Session, question: Question) -> None:
    crowd(session, question, [0.3] * 9)
    assert people_published(session, question, 20) is None
    crowd(session, question, [0.3])
    assert people_published(session, question, 20) == 10


def test_a_new_publication_waits_for_five_people_to_change(session: Session, question: Question) -> None:
    people = crowd(session, question, [0.3] * 10, day=18)
    assert people_published(session, question, 18) == 10
    with clock.at(on(19)):
        for person in people[:4]:
            say(session, person, question, 0.4)
            say(session, person, question, 0.5)
    assert people_published(session, question, 19) is None
    crowd(session, question, [0.6], day=20)
    assert people_published(session, question, 20) == 11


def test_the_same_day_is_published_once(session: Session, question: Question) -> None:
    crowd(session, question, [0.3] * 10)
    assert people_published(session, question, 21) == 10
    assert people_published(session, question, 21) is None
    assert people_published(session, question, 20) is None


def test_today_is_never_published(session: Session) -> None:
    with pytest.raises(ValueError, match="a day that is over"):
        publish(session, the_survey(session), on(22).date())


def test_answers_of_today_are_left_for_tomorrow(session: Session, question: Question) -> None:
    crowd(session, question, [0.3] * 10, day=21)
    crowd(session, question, [0.9] * 10, day=22)
    (publication,) = publish(session, the_survey(session))
    assert publication.people == 10


@pytest.mark.parametrize(("fact", "value"), [("insider_since", on(20, hour=23)), ("simulated", True)])
def test_insiders_and_simulated_people_stay_outside(
    session: Session, question: Question, fact: str, value: object
) -> None:
    for person in crowd(session, question, [0.9] * 20):
        setattr(person, fact, value)
    assert people_published(session, question, 20) is None
    crowd(session, question, [0.3] * 10)
    assert people_published(session, question, 20) == 10


def test_who_becomes_an_insider_leaves_from_that_day_on_however_late_the_days_before_are_published(
    session: Session, question: Question
) -> None:
    for person in crowd(session, question, [0.9] * 5, day=18):
        person.insider_since = on(20)
    crowd(session, question, [0.3] * 10, day=18)
    crowd(session, question, [0.3] * 5)
    assert people_published(session, question, 19) == 15
    assert people_published(session, question, 20) == 15


def test_simulated_people_count_where_the_survey_is_marked_so(session: Session, question: Question) -> None:
    question.survey.simulated = True
    for person in crowd(session, question, [0.9] * 12):
        person.simulated = True
    assert people_published(session, question, 20) == 12


def test_who_saw_the_crowd_before_answering_stays_outside(session: Session, question: Question) -> None:
    crowd(session, question, [0.3] * 10)
    with clock.at(on(20)):
        late = someone(session)
        forecast_submit.skip(session, late, question)
        say(session, late, question, 0.3, crowd_seen=True)
        say(session, late, question, 0.4, crowd_seen=True)
    assert people_published(session, question, 20) == 10


def test_who_withdrew_has_left(session: Session, question: Question) -> None:
    people = crowd(session, question, [0.3] * 11)
    with clock.at(on(20)):
        withdraw(session, people[0], question)
    assert people_published(session, question, 20) == 10


def test_the_figures_are_those_of_scoring(session: Session, question: Question) -> None:
    chances = [0.05 * step for step in range(1, 13)]
    crowd(session, question, chances)
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    told = publication.figures["all"]["options"]["yes"]
    wanted = parley(chances, form=OPEN)
    assert told["parley"]["value"] == pytest.approx(wanted.value, abs=1e-12)
    assert told["parley"]["low"] == pytest.approx(wanted.low, abs=1e-12)
    assert told["mean"]["value"] == pytest.approx(np.mean(chances), abs=1e-12)
    assert told["people"] == 12


def test_older_answers_fade_as_new_ones_come(session: Session, question: Question) -> None:
    crowd(session, question, [0.2] * 10, day=18)
    crowd(session, question, [0.8] * 10, day=20)
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    faded = 1 / 3 + 2 / 3 * (1 - 1 / 20) ** 20
    wanted = parley([0.2] * 10 + [0.8] * 10, [faded] * 10 + [1.0] * 10, OPEN)
    told = publication.figures["all"]["options"]["yes"]
    assert told["parley"]["value"] == pytest.approx(wanted.value, abs=1e-12)
    assert told["parley"]["value"] > 0.5


@pytest.mark.parametrize("kind", ["choice", "ordered", "ladder", "numeric", "date", "pair"])
def test_every_kind_is_published(session: Session, kind: str) -> None:
    survey = the_survey(session)
    question = next(question for question in survey.questions if question.kind == kind)
    crowd(session, question, [0.1 + 0.05 * step for step in range(12)])
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    assert set(publication.figures["all"]["options"]) == {option.key for option in question.options}


@pytest.mark.parametrize("chance", [0.7, 0.99])
def test_one_rule_heads_all_answers_of_a_choice_so_that_they_add_up(session: Session, chance: float) -> None:
    question = the_question(session, "war-state-2027")
    others = (1 - chance) / 4
    named = [option.key for option in question.options]
    with clock.at(on(20)):
        for place in range(12):
            tilt = 0.004 * others * (place - 5.5)
            values = [chance - 4 * tilt, *[others + tilt] * 4]
            say(
                session,
                someone(session),
                question,
                {f"p-{key}": value for key, value in zip(named, values, strict=True)},
            )
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    told = publication.figures["all"]["options"]
    assert {one["rule"] for one in told.values()} == {"parley_open"}
    assert sum(one["parley"]["value"] for one in told.values()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("chance", "shown"), [(0.049, 0.049), (0.051, 0.05)])
def test_a_crowd_that_agrees_is_shown_what_it_says_on_both_sides_of_5_percent(
    session: Session, question: Question, chance: float, shown: float
) -> None:
    crowd(session, question, [chance] * 12)
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    told = shown_part(question, publication.figures["all"], publication.as_of).options["yes"]
    assert (told.value, told.rule, told.flags) == (shown, "parley_open", ("held",))


def test_the_form_is_chosen_by_who_may_join_until_the_survey_opens(session: Session) -> None:
    survey = the_survey(session)
    assert survey.open_form
    survey.visibility = "invited"
    survey.choose_form(survey.opens_at)
    assert survey.open_form, "it never changes from the opening on"
    survey.choose_form(survey.opens_at - timedelta(seconds=1))
    assert not survey.open_form


def test_figures_are_of_the_form_the_survey_keeps(session: Session, question: Question) -> None:
    chances = [0.05 * step for step in range(1, 13)]
    crowd(session, question, chances)
    question.survey.open_form = False
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    told = publication.figures["all"]["options"]["yes"]
    assert told["rule"] == "parley"
    assert told["parley"]["value"] == pytest.approx(parley(chances).value, abs=1e-12)
    assert told["spread"] == [parley(chances).quarter, parley(chances).three_quarters]


#: What publications held of an option before the second edition of the default.
BEFORE = {
    "people": 12,
    "effective": 12.0,
    "parley": {"value": 0.0231, "low": 0.013, "high": 0.04},
    "median": {"value": 0.049},
    "mean": {"value": 0.06},
    "spread": [0.04, 0.08],
    "histogram": [12, *[0] * 9],
    "flags": [],
}


@pytest.mark.parametrize(
    ("headline", "rule", "value", "ends"),
    [("median", "median", 0.049, (None, None)), ("parley", "first_edition", 0.023, (0.013, 0.04))],
)
def test_publications_of_before_keep_their_figure_and_the_name_of_its_rule(
    question: Question, headline: str, rule: str, value: float, ends: tuple[float | None, float | None]
) -> None:
    stored = {"people": 12, "options": {"yes": BEFORE | {"headline": headline}}}
    told = shown_part(question, stored, on(20).date()).options["yes"]
    assert (told.rule, told.value, (told.low, told.high), told.influence) == (rule, value, ends, None)


def test_ten_more_people_move_a_figure_by_as_much_as_is_told(session: Session, question: Question) -> None:
    chances = [0.05 * step for step in range(1, 13)]
    crowd(session, question, chances)
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    told = publication.figures["all"]["options"]["yes"]["influence"]
    moved = [
        abs(parley(chances + [end] * 10, form=OPEN).value - parley(chances, form=OPEN).value)
        for end in (0.01, 0.99)
    ]
    assert told == {"people": 10, "chance": 0.99, "move": pytest.approx(max(moved), abs=1e-12)}


@pytest.mark.whole
def test_a_branch_with_too_few_people_is_withheld(session: Session) -> None:
    question = the_question(session, "clash-if-forces")
    crowd(session, question, [0.1] * 7)
    with clock.at(on(20)):
        for _ in range(5):
            say(session, someone(session), question, {"p-if_no": 0.05})
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    assert publication.people == 12
    assert set(publication.figures["all"]["options"]) == {"if_no"}


def closed_rung(session: Session, people: list[Participant], question: Question) -> None:
    with clock.at(on(1, month=8, year=2027)):
        for person in people:
            say(session, person, question, 0.6)


def test_a_closed_rung_keeps_each_persons_last_row(session: Session) -> None:
    question = the_question(session, "ceasefire-when")
    people = crowd(session, question, [0.4] * 10)
    closed_rung(session, people, question)
    with clock.at(on(3, month=8, year=2027)):
        publication = publish_question(session, question, on(2, month=8, year=2027).date())
        assert publication is not None
        options = publication.figures["all"]["options"]
        assert options["2027-06-30"]["mean"]["value"] == pytest.approx(0.1)
        assert options["2030-12-31"]["mean"]["value"] == pytest.approx(0.6)


def test_withdrawing_leaves_a_closed_rung_alone(session: Session) -> None:
    question = the_question(session, "ceasefire-when")
    people = crowd(session, question, [0.4] * 10)
    with clock.at(on(1, month=8, year=2027)):
        for person in people:
            withdraw(session, person, question)
    with clock.at(on(3, month=8, year=2027)):
        publication = publish_question(session, question, on(2, month=8, year=2027).date())
        assert publication is not None
        assert set(publication.figures["all"]["options"]) == {"2027-06-30"}


def test_a_segment_is_withheld_with_its_complement(session: Session, question: Question) -> None:
    crowd(session, question, [0.3] * 12, day=18)
    publication = publish_question(session, question, on(18).date())
    assert publication is not None
    assert set(publication.figures) == {"all", "version 1", "round 1"}
    _new_version(session, question)
    crowd(session, question, [0.6] * 7, day=20)
    publication = publish_question(session, question, on(20).date())
    assert publication is not None
    assert set(publication.figures) == {"all", "round 1"}


def test_a_substantive_version_starts_the_crowd_anew(session: Session, question: Question) -> None:
    crowd(session, question, [0.3] * 12, day=18)
    _new_version(session, question, substantive=True)
    crowd(session, question, [0.6] * 11, day=20)
    assert people_published(session, question, 20) == 11


def _new_version(session: Session, question: Question, substantive: bool = False) -> None:
    version = type(question.version)(
        question_id=question.id, number=2, substantive=substantive, note="clearer", published_at=on(19)
    )
    session.add(version)
    session.flush()
    session.refresh(question)


def test_latecomers_who_found_a_rung_closed_break_no_ladder(session: Session) -> None:
    """Twelve who hold it likely answered all dates; twelve who do not came when the first was closed."""
    question = the_question(session, "ceasefire-when")
    rungs = [option.key for option in question.options]
    crowd(session, question, [0.9] * 12)
    closed = question.option(rungs[0]).closes_at
    assert closed is not None
    with clock.at(closed + timedelta(days=3)):
        for place in range(12):
            say(session, someone(session), question, {f"p-{key}": 0.02 + 0.001 * place for key in rungs[1:]})
    with clock.at(closed + timedelta(days=5)):
        publication = publish_question(session, question, (closed + timedelta(days=3)).date())
    assert publication is not None
    told = publication.figures["all"]["options"]
    for name in ("value", "low", "high"):
        figures = [told[key]["parley"][name] for key in rungs]
        assert figures == sorted(figures)
    assert [told[key]["people"] for key in rungs] == [12, 24, 24, 24]
    assert told[rungs[1]]["median"]["value"] < told[rungs[0]]["median"]["value"], "what people said falls"
    assert "in order" in told[rungs[0]]["flags"]


def test_where_figures_come_at_the_close_that_of_the_survey_is_one(
    session: Session, question: Question
) -> None:
    survey = the_survey(session)
    survey.publication = "at close"
    crowd(session, question, [0.3] * 10, day=19)
    assert people_published(session, question, 20) is None
    # The question itself would take answers for another year.
    survey.closes_at = on(21)
    assert people_published(session, question, 20) is None
    assert people_published(session, question, 21) == 10
