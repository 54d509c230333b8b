"""Every place that shows a crowd figure shows the same one for the same day: pages, pictures' tables and interface.

That the files give it too is what `tests/survey/export/test_forecasts.py` says.
"""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import rounded_probability
from survey.i18n.formatting import percent
from survey.models import Participant, Publication, Submission
from survey.services import forecast_submit
from survey.services.publication import publish
from survey.store.transaction import transaction
from tests.conftest import store_after
from tests.factories import crowd, on, say, someone, the_question, the_survey
from tests.skips import EVERYTHING
from tests.survey.api.caller import Caller
from tests.survey.outcomes import member

from .organizer.test_pages import sign_in
from .visitor import Visitor, words

#: On both sides of 5 %, so that a rule that switches there would show.
CHANCES = [0.02, 0.03, 0.04, 0.045, 0.05, 0.06, 0.07, 0.08, 0.1, 0.2, 0.3, 0.5]

Stored = dict[str, dict[str, float]]


def twelve_answer(session: Session) -> None:
    """Twelve people answered everything; an organizer who may sign in."""
    survey = the_survey(session)
    member(session, "organizer")
    with clock.at(on(18)):
        for chance in CHANCES:
            person = someone(session)
            for question in survey.questions:
                say(session, person, question, chance)
    with clock.at(on(19)):
        publish(session, survey)


published = store_after(twelve_answer)


def skip_everything(session: Session) -> None:
    """Whoever has only read until now skips everything, so that it is shown to them."""
    answered = select(Submission.participant_id)
    readers = session.scalars(select(Participant).where(Participant.id.not_in(answered))).all()
    for question in the_survey(session).questions:
        for reader in readers:
            forecast_submit.skip(session, reader, question)


@pytest.fixture
def caller(app: Flask) -> Caller:
    """A program of somebody else who has joined."""
    return Caller(app.test_client()).join()


@pytest.fixture
def stored(person: Visitor, caller: Caller, session: Session) -> Stored:
    """What was published of every option by question, rounded: what every place has to show."""
    transaction(skip_everything)
    return {
        made.question.key: {
            key: rounded_probability(told["parley"]["value"])
            for key, told in made.figures["all"]["options"].items()
        }
        for made in session.scalars(select(Publication))
        if not made.question.quantile_levels
    }


def looked_at(session: Session, stored: Stored) -> Stored:
    """What pages are looked at for: all on one database, if for everything; else one question of each kind.

    How a page tells a figure hangs on the kind of the question alone; the interface is asked for all of them.
    """
    if EVERYTHING and session.get_bind().dialect.name == "sqlite":
        return stored
    kinds = {one.kind: one.key for one in reversed(the_survey(session).questions) if one.key in stored}
    return {key: stored[key] for key in kinds.values()}


def shown(value: float) -> str:
    return percent(value, "en").replace("\u00a0", " ")


def headed(page: str) -> str:
    """The large number of a page."""
    found = re.search(r'<p class="p-big p-crowd">\s*<strong>([^<]*)</strong>', page)
    assert found, words(page)[:300]
    return words(found[1]).strip()


@pytest.mark.usefixtures("published")
def test_beside_the_question_and_on_the_organizers_page(
    app: Flask, client: FlaskClient, person: Visitor, session: Session, stored: Stored
) -> None:
    asked = looked_at(session, stored)
    beside = {key: headed(person.get(f"q/{key}").text) for key in asked}
    sign_in(app, client, "organizer@example.org")
    for key, options in asked.items():
        assert beside[key] in {shown(value) for value in options.values()}, key
        for option, value in options.items():
            page = client.get(f"/s/ukraine/organize/q/{key}?option={option}").text
            assert headed(page) == shown(value), (key, option)


def crowd_page(person: Visitor, key: str, option: str, value: float) -> str:
    """The words of a crowd page, where its head, its picture's table and its methods show the figure."""
    page = person.get(f"q/{key}/crowd?option={option}").text
    assert headed(page) == shown(value), (key, option)
    told = words(page)
    published = re.search(r"18 Nov(?:ember)? 2026 (\S+) %", told)
    assert published and float(published[1]) == round(100 * value, 1), (key, option)
    assert told.count(shown(value)) >= 2, "in the head and among the methods"
    return told


@pytest.mark.usefixtures("published")
def test_in_the_interface(caller: Caller, stored: Stored) -> None:
    for key, options in stored.items():
        told = caller.get(f"questions/{key}/crowd").json
        assert {one["option"]: one["value"] for one in told["options"]} == options
        assert {one["option"]: one["methods"]["parley"] for one in told["options"]} == options


@pytest.mark.usefixtures("published")
def test_trees_are_made_of_what_is_made_consistent_and_the_direct_route_of_what_was_asked(
    caller: Caller, session: Session, stored: Stored
) -> None:
    (scenario,) = the_survey(session).scenarios
    tree = caller.get(f"scenarios/{scenario.key}").json
    root = next(axis for axis in scenario.axes if axis.role == "axis")
    told_root = next(node["value"] for node in tree["nodes"] if node["holds"] == {root.key: True})
    asked = {route["axis"]: route["value"] for route in tree["routes"] if route["by"] is None}
    single = [axis for axis in scenario.axes if len(axis.event.options) == 1]
    assert {root, *single} >= {axis for axis in scenario.axes if axis.role == "aside"}
    for axis in single:
        key, (option,) = axis.event.question.key, axis.event.options
        told = {one["option"]: one for one in caller.get(f"questions/{key}/crowd").json["options"]}[
            option.key
        ]
        value = asked.get(axis.key) or (told_root if axis is root else tree["asides"][axis.key])
        wanted = told["value"] if axis.key in asked else told["consistent"]
        assert value == pytest.approx(wanted if axis.event.holds else 1 - wanted, abs=1e-12), axis.key


@pytest.mark.whole
@pytest.mark.usefixtures("published")
def test_on_crowd_pages_with_tables_and_pictures_and_everywhere_beside_the_consistent_one_where_it_differs(
    app: Flask, client: FlaskClient, caller: Caller, person: Visitor, session: Session, stored: Stored
) -> None:
    assert len(stored) > 15
    told: dict[str, set[str]] = {}
    sentences = []
    for key, options in stored.items():
        for one in caller.get(f"questions/{key}/crowd").json["options"]:
            option = one["option"]
            page = crowd_page(person, key, option, options[option])
            both = f"Asked directly {shown(options[option])}; made consistent with"
            apart = abs((one["consistent"] or one["value"]) - one["value"])
            assert (both in page) >= (apart >= 0.02) and (both in page) <= (apart > 0), (key, one)
            if both in page:
                mark = f"(made consistent: {shown(one['consistent'])})"
                told.setdefault(key, set()).add(f"{shown(options[option])} {mark}")
                sentences.append((f"q/{key}?option={option}", both))
    assert len(sentences) > 5
    over = the_survey(session).closes_at + timedelta(days=1)
    with clock.at(over):
        results = words(person.get("results").text)
    sign_in(app, client, "organizer@example.org")
    rows = words(client.get("/s/ukraine/organize/").text)
    # The overview tells of one option of each question.
    in_rows = re.findall(r"(\S+ %) ≈ \S+ % made consistent: (\S+ %)", rows)
    assert {f"{direct} (made consistent: {made})" for direct, made in in_rows} <= set().union(*told.values())
    assert len(in_rows) > 2
    for key, marks in told.items():
        assert any(mark in results for mark in marks), key
    for path, both in sentences:
        assert both in words(client.get(f"/s/ukraine/organize/{path}").text), path


def before_the_second_edition(headline: str) -> dict[str, object]:
    """What a publication held of a yes-or-no question until then."""
    option = {
        "people": 12,
        "effective": 12.0,
        "headline": headline,
        "parley": {"value": 0.0231, "low": 0.013, "high": 0.04},
        "median": {"value": 0.0491},
        "mean": {"value": 0.06},
        "spread": [0.04, 0.08],
        "histogram": [12, *[0] * 9],
        "flags": [],
    }
    return {"all": {"people": 12, "options": {"yes": option}}}


@pytest.mark.parametrize(("headline", "kept"), [("median", "4.9"), ("parley", "2.3")])
def test_a_publication_of_before_keeps_its_figure_and_the_day_of_the_new_rule_is_marked(
    person: Visitor, caller: Caller, session: Session, headline: str, kept: str
) -> None:
    def publish_before(session: Session) -> None:
        question = the_question(session, "leaders-meet")
        session.add(
            Publication(
                survey_id=question.survey_id,
                question_id=question.id,
                number=1,
                as_of=on(17).date(),
                published_at=on(18),
                people=12,
                figures=before_the_second_edition(headline),
            )
        )

    def publish_since(session: Session) -> None:
        crowd(session, the_question(session, "leaders-meet"), CHANCES, day=18)
        with clock.at(on(19)):
            publish(session, the_survey(session))

    transaction(publish_before)
    transaction(publish_since)
    transaction(skip_everything)
    page = words(person.get("q/leaders-meet/crowd").text)
    assert "Each step is one publication; from 18 Nov 2026 on by another rule" in page
    assert f"17 Nov 2026 {kept} %" in page
    then = caller.get("questions/leaders-meet/crowd?as_of=2026-11-17").json["options"][0]
    assert (then["rule"], f"{100 * then['value']:.1f}") == (
        {"median": "median", "parley": "first_edition"}[headline],
        kept,
    )
    assert caller.get("questions/leaders-meet/crowd").json["options"][0]["rule"] == "parley_open"


@pytest.mark.usefixtures("published")
def test_what_stands_beside_a_figure_is_said_in_sentences(person: Visitor, stored: Stored) -> None:
    page = words(person.get("q/leaders-meet/crowd").text)
    assert re.search(r"Half of the people say \S+ to \S+ %\.", page)
    assert re.search(r"Ten more people at 99 % would move this by [\d.]+ points\.", page)
    assert "Anybody may join this survey" in page
    assert "held at its edge" not in page


def test_where_a_number_is_held_the_page_says_so(person: Visitor, session: Session) -> None:
    def agree(session: Session) -> None:
        for reader in session.scalars(select(Participant)).all():
            for question in the_survey(session).questions:
                forecast_submit.skip(session, reader, question)
        with clock.at(on(18)):
            for _ in range(12):
                say(session, someone(session), the_question(session, "nuclear-use"), 0.001)
        with clock.at(on(19)):
            publish(session, the_survey(session))

    transaction(agree)
    page = person.get("q/nuclear-use/crowd").text
    assert headed(page) == "0.1 %"
    assert "it is held at its edge" in words(page)
    ends = re.search(r"would say (\S+) to (\S+) %", words(page))
    assert ends and float(ends[1]) < 0.1 < float(ends[2])
