"""Scenarios are written in plain forms: events from lists, scenarios as combinations, the tree drawn beside."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.bank.document import Document, read
from survey.bank.paths import value_at
from survey.i18n.formatting import percent
from survey.services import accounts, drafts
from tests.bad_inputs.pages import fault_of_list
from tests.conftest import database_after
from tests.survey.web.markup import breaches
from tests.survey.web.organizer.test_editor import OLENA, begin, document, fields, fill, press
from tests.survey.web.organizer.test_pages import sign_in

TREE = "/write/ukraine-2/scenario/headline"
AT = "structure/scenario/headline"


def a_copy_of_the_bank(session: Session) -> None:
    """Somebody with an account writes a copy of the bank on Ukraine."""
    olena = accounts.create_user(session, OLENA)
    drafts.start(session, olena, "ukraine-2", drafts.source_of(session, olena, bank="ukraine"))


database = database_after(a_copy_of_the_bank)


@pytest.fixture
def copy(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which they are signed in."""
    sign_in(app, client, OLENA)
    return client


def part(client: FlaskClient, part: str, act: str, **sent: str) -> str:
    answer = client.post(f"/write/ukraine-2/scenarios/headline/{part}", data={"act": act, **sent})
    assert answer.status_code == 303, answer.text
    return answer.location


def tree_of(app: Flask) -> Document:
    found: Document = value_at(document(app, "ukraine-2"), ("structure", "scenario", "headline"))
    return found


def faults(app: Flask) -> list[str]:
    return [str(one) for one in read(document(app, "ukraine-2")).faults]


def test_without_any_the_page_says_in_three_lines_what_scenarios_are_for(copy: FlaskClient) -> None:
    begin(copy)
    page = copy.get("/write/snow/scenarios").text
    empty = page[page.index("No scenarios yet") : page.index('name="noun"')]
    assert len(re.findall(r"<p>", empty)) == 3
    assert press(copy, "snow", "add", noun="scenario", title="Rain and snow") == (
        "/write/snow/scenario/rain-and-snow"
    )
    assert "Rain and snow" in copy.get("/write/snow/scenarios").text
    # A tree of nothing is shown, and what it lacks is on the checklist.
    page = copy.get("/write/snow/scenario/rain-and-snow").text
    assert "then the tree is drawn here" in page
    assert "has no scenario yet" not in page


def test_the_tree_of_the_bank_is_shown_whole_and_saving_it_changes_nothing(
    app: Flask, copy: FlaskClient
) -> None:
    before = document(app, "ukraine-2")
    sent = fields(copy.get(TREE).text)
    assert sent[f"{AT}/axes/guarantee/event"] == ["guarantee-form=nuclear,several,nato"]
    assert sent[f"{AT}/axes/clash/given"] == ["clash-if-ceasefire"]
    assert sent[f"{AT}/leaves/none/ceasefire"] == ["n"]
    assert sent[f"{AT}/leaves/none/guarantee"] == [""]
    assert sent[f"{AT}/also/collapsed"] == ["war-state-2027=collapsed"]
    assert f"{AT}/axes/ceasefire/given" not in sent
    fill(copy, TREE, {})
    assert document(app, "ukraine-2") == before


def test_a_tree_of_one_scenario_is_drawn_while_the_others_are_not_written_yet(
    app: Flask, copy: FlaskClient
) -> None:
    *others, last = (leaf["key"] for leaf in tree_of(app)["leaves"])
    for leaf in others:
        part(copy, "leaves", "take out", name=leaf)
    assert [leaf["key"] for leaf in tree_of(app)["leaves"]] == [last]
    page = copy.get(TREE)
    assert page.status_code == 200
    assert "Every branch with its chance" in page.text


def test_an_event_is_chosen_from_every_answer_and_from_one_of_an_order_on(copy: FlaskClient) -> None:
    page = copy.get(TREE).text
    for code in ("leaders-meet=yes", "leaders-meet!yes", "clash=2028-12-31", "guarantee-form=several,nato"):
        assert f'value="{code}"' in page


def test_the_tree_is_drawn_with_chances_that_are_called_made_up(copy: FlaskClient) -> None:
    page = copy.get(TREE).text
    assert "These numbers are made up" in page
    drawn = page[page.index('data-fresh="drawn"') :]
    assert drawn.count("data-chart") == 2
    # Three even events: eight futures of an eighth each.
    assert drawn.count(f">{percent(1 / 8)}<") >= 8


def test_scenarios_that_leave_a_future_out_or_share_one_are_told_where_they_stand(
    app: Flask, copy: FlaskClient
) -> None:
    fill(copy, TREE, {f"{AT}/leaves/none/ceasefire": "y"})
    assert tree_of(app)["leaves"][2] == {"key": "none", "ceasefire": True}
    page = copy.get(TREE).text
    assert "binding, none are all of the future in which" in page
    fill(copy, TREE, {f"{AT}/leaves/none/ceasefire": "n", f"{AT}/leaves/unbound/guarantee": "y"})
    assert "are all of the future" in copy.get(TREE).text
    part(copy, "leaves", "take out", name="unbound")
    page = copy.get(TREE).text
    assert "no scenario is of the future in which ceasefire comes true, guarantee does not" in page
    assert copy.get("/write/ukraine-2/check").text.count("no scenario is of the future") == 1


def test_not_coming_true_is_another_thing_than_either_way(app: Flask, copy: FlaskClient) -> None:
    fill(copy, TREE, {f"{AT}/leaves/none/guarantee": "n"})
    assert tree_of(app)["leaves"][2] == {"key": "none", "ceasefire": False, "guarantee": False}
    fill(copy, TREE, {f"{AT}/leaves/none/guarantee": ""})
    assert tree_of(app)["leaves"][2] == {"key": "none", "ceasefire": False}


def test_an_event_is_added_written_moved_and_taken_out_and_each_can_be_taken_back(
    app: Flask, copy: FlaskClient
) -> None:
    whole = document(app, "ukraine-2")
    place = part(copy, "axes", "add", title="Leaders meet")
    assert place == f"{TREE}#axes/leaders-meet"
    fill(
        copy,
        TREE,
        {
            f"{AT}/axes/leaders-meet/event": "leaders-meet=yes",
            "words/uk/scenario/headline/axes/leaders-meet": "Зустріч",
        },
    )
    assert tree_of(app)["axes"][3]["event"] == {"question": "leaders-meet", "options": ["yes"], "holds": True}
    part(copy, "axes", "move", name="leaders-meet", place="1")
    assert [one["key"] for one in tree_of(app)["axes"]][:2] == ["leaders-meet", "ceasefire"]
    # The root is given nothing; who is not it any more needs a pair.
    assert "is not conditional on the root" in copy.get(TREE).text
    part(copy, "axes", "take out", name="leaders-meet")
    assert document(app, "ukraine-2") == whole
    for _ in range(4):
        press(copy, "ukraine-2", "undo", step="scenarios")
    assert document(app, "ukraine-2") == whole


def test_with_an_event_go_its_words_and_what_scenarios_say_of_it(app: Flask, copy: FlaskClient) -> None:
    part(copy, "axes", "take out", name="guarantee")
    tree = tree_of(app)
    assert [one["key"] for one in tree["axes"]] == ["ceasefire", "clash"]
    assert all("guarantee" not in leaf for leaf in tree["leaves"])
    found = value_at(document(app, "ukraine-2"), ("words", "en", "scenario", "headline", "axes"))
    assert "guarantee" not in found
    press(copy, "ukraine-2", "undo", step="scenarios")
    assert [one["key"] for one in tree_of(app)["axes"]] == ["ceasefire", "guarantee", "clash"]
    assert not faults(app)


def test_taking_out_the_root_makes_the_next_event_the_root(app: Flask, copy: FlaskClient) -> None:
    part(copy, "axes", "take out", name="ceasefire")
    assert "given" not in tree_of(app)["axes"][0]


def test_an_event_whose_question_is_gone_is_told_at_its_field(copy: FlaskClient) -> None:
    press(copy, "ukraine-2", "take-out", noun="question", key="clash")
    page = copy.get(TREE).text
    field = page[page.index(f'data-field="{AT}/axes/clash/event"') :]
    assert "there is no question" in field[: field.index("</div>")]
    check = copy.get("/write/ukraine-2/check").text
    assert f"{TREE}#{AT}/axes/clash/event" in check


def test_one_event_is_no_tree(app: Flask, copy: FlaskClient) -> None:
    for name in ("clash", "guarantee"):
        part(copy, "axes", "take out", name=name)
    assert any("must have 2 to 6 axes, has 1" in one for one in faults(app))
    assert copy.get(TREE).status_code == 200


def test_aside_events_are_added_and_taken_out(app: Flask, copy: FlaskClient) -> None:
    part(copy, "also", "add", title="Fighting")
    fill(copy, TREE, {f"{AT}/also/fighting": "war-state-2027=fighting"})
    assert list(tree_of(app)["also"]) == ["collapsed", "fighting"]
    part(copy, "also", "take out", name="collapsed")
    assert list(tree_of(app)["also"]) == ["fighting"]


def test_trees_are_moved_and_taken_out(app: Flask, copy: FlaskClient) -> None:
    press(copy, "ukraine-2", "add", noun="scenario", title="Another")
    assert press(copy, "ukraine-2", "move", noun="scenario", key="another", place="1") == (
        "/write/ukraine-2/scenarios#scenario/another"
    )
    keys = value_at(document(app, "ukraine-2"), ("structure", "scenario", "*"))
    assert keys == ["another", "headline"]
    assert (
        press(copy, "ukraine-2", "take-out", noun="scenario", key="another") == "/write/ukraine-2/scenarios"
    )
    assert value_at(document(app, "ukraine-2"), ("structure", "scenario", "*")) == ["headline"]


#: A part of the tree, what is sent to it, and the answer.
CANNOT = [
    ("axes", {"act": "move", "name": "clash", "place": "x"}, 303),
    ("axes", {"act": "move", "name": "gone", "place": "1"}, 303),
    ("axes", {"act": "take out", "name": "gone"}, 303),
    ("leaves", {"act": "take out", "name": ""}, 303),
    ("also", {"act": "move", "name": "collapsed", "place": "1"}, 404),
    ("axes", {"act": "burn"}, 404),
    ("branches", {"act": "add"}, 404),
]


def test_what_cannot_be_done_is_told_and_changes_nothing(app: Flask, copy: FlaskClient) -> None:
    before = document(app, "ukraine-2")
    for part_, sent, status in CANNOT:
        answer = copy.post(f"/write/ukraine-2/scenarios/headline/{part_}", data=sent)
        assert answer.status_code == status, (part_, sent)
        assert document(app, "ukraine-2") == before, (part_, sent)


def test_a_survey_whose_scenarios_were_written_here_shows_them(app: Flask, copy: FlaskClient) -> None:
    part(copy, "leaves", "add", title="Never")
    fill(
        copy,
        TREE,
        {
            f"{AT}/leaves/none/guarantee": "n",
            f"{AT}/leaves/never/ceasefire": "n",
            f"{AT}/leaves/never/guarantee": "y",
            "words/en/scenario/headline/leaves/never/definition": "A guarantee alone.",
            "words/uk/scenario/headline/leaves/never/title": "Сама гарантія",
            "words/uk/scenario/headline/leaves/never/definition": "Лише гарантія.",
        },
    )
    assert not faults(app)
    press(copy, "ukraine-2", "open")
    assert "Never" in copy.get("/s/ukraine-2/scenarios").text


def test_branches_have_words_that_are_written_and_drawn_and_go_with_their_event(
    app: Flask,
    copy: FlaskClient,
) -> None:
    assert "Binding guarantee" in copy.get(TREE).text
    at = "words/en/scenario/headline/branches/guarantee/yes"
    fill(copy, TREE, {at: "Defended by treaty"})
    assert value_at(document(app, "ukraine-2"), tuple(at.split("/"))) == "Defended by treaty"
    assert "Defended by treaty" in copy.get(TREE).text[copy.get(TREE).text.index("application/json") :]
    part(copy, "axes", "take out", name="guarantee")
    assert value_at(document(app, "ukraine-2"), tuple(at.split("/"))[:-1]) is None


def test_what_was_refused_stands_at_the_form_s_beginning(copy: FlaskClient) -> None:
    """Of a scenario tree, and of the words that are frozen at the opening, as of every other page of the editor."""
    refused = {
        TREE: "words/en/scenario/headline/title",
        "/write/ukraine-2/check": "words/en/preregistration/primary_analysis",
    }
    for address, name in refused.items():
        page = fill(copy, address, {name: "A sign that nobody sees: \x01"}, 422)
        assert fault_of_list(page) == "" and breaches(page) == []
        assert re.search('class="p-wrong"[^>]*autofocus', page), address


def test_a_question_in_two_languages_has_boxes_of_two_names(copy: FlaskClient) -> None:
    for key in ("leaders-meet", "war-state-2027", "aid-total", "ceasefire-when"):
        assert breaches(copy.get(f"/write/ukraine-2/question/{key}").text) == [], key


@pytest.mark.parametrize("title", ["Rain", "Content"])
def test_a_theme_and_a_question_of_one_key_are_two_places_of_the_page_and_no_part_of_it(
    copy: FlaskClient,
    title: str,
) -> None:
    key = title.lower()
    begin(copy)
    press(copy, "snow", "add", noun="theme", title=title)
    press(copy, "snow", "add", noun="question", theme=key, kind="binary", title=title)
    page = copy.get("/write/snow/questions").text
    assert breaches(page) == []
    for noun in ("theme", "question"):
        place = f"{noun}/{key}"
        assert f'href="/write/snow/questions#{place}"' in copy.get(f"/write/snow/{noun}/{key}").text
        assert f'id="{place}"' in page
