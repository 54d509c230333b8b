"""The crowd by program: hidden with a reason until one has answered, then as the pages tell it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Question, Submission
from survey.services import background_answers
from survey.services.publication import publish, publish_question
from survey.store.transaction import transaction
from tests.factories import crowd, numbers, on, the_question, the_survey, tied_questions

from .caller import Caller, faults
from .conftest import MakeMember

#: Untied to any other question.
ALONE = "nuclear-use"


def told_of(response_json: dict[str, object]) -> tuple[object, object]:
    return response_json["as_of"], response_json["people"]


def others(app: Flask, *keys: str, publishes: bool = True) -> None:
    """Twelve people answer some questions, and what is due is published the day after."""

    def work(session: Session) -> None:
        for key in keys:
            crowd(session, the_question(session, key), [0.1 + 0.02 * place for place in range(12)])
        if publishes:
            with clock.at(on(21)):
                publish(session, the_survey(session))

    with app.app_context():
        transaction(work)


def answer_all(session: Session, person: Caller, questions: set[Question]) -> None:
    for question in questions:
        values = {field: entry.value for field, entry in numbers(session, question).items()}
        if question.kind == "date":
            values = {field: clock.day_date(int(value)).isoformat() for field, value in values.items()}  # type: ignore[misc]
        assert person.forecast(question.key, values).status_code == 201


def test_who_has_not_answered_learns_why_and_what_is_awaited(
    app: Flask, person: Caller, session: Session
) -> None:
    others(app, ALONE)
    unit = tied_questions(the_question(session, ALONE))
    response = person.get(f"questions/{ALONE}/crowd")
    assert response.status_code == 403
    assert faults(response) == {}
    assert response.json["reason"] == "unanswered"
    assert set(response.json["awaited"]) == {question.key for question in unit}


def test_nobody_in_particular_learns_nothing_more(app: Flask, nobody: Caller) -> None:
    others(app, ALONE)
    response = nobody.get(f"questions/{ALONE}/crowd")
    assert (response.status_code, response.json["reason"], response.json["awaited"]) == (
        403,
        "unanswered",
        [],
    )


@pytest.mark.parametrize("published", [False, True])
def test_a_refusal_is_the_same_whatever_others_said(app: Flask, person: Caller, published: bool) -> None:
    before = person.get(f"questions/{ALONE}/crowd")
    others(app, ALONE, publishes=published)
    after = person.get(f"questions/{ALONE}/crowd")
    assert (after.data, dict(after.headers)) == (before.data, dict(before.headers))


def test_who_has_answered_is_told_rounded_figures(app: Flask, person: Caller, session: Session) -> None:
    others(app, ALONE)
    answer_all(session, person, tied_questions(the_question(session, ALONE)))
    response = person.get(f"questions/{ALONE}/crowd")
    assert response.status_code == 200, response.text
    assert told_of(response.json) == ("2026-11-20", 10)
    option = response.json["options"][0]
    assert round(option["value"], 2) == option["value"] and 0.1 < option["value"] < 0.35
    assert option["methods"].keys() == {"parley", "median", "mean"}
    assert option["low"] <= option["methods"]["parley"] <= option["high"]


def test_a_skip_counts_as_an_answer(app: Flask, person: Caller, session: Session) -> None:
    others(app, ALONE)
    for question in tied_questions(the_question(session, ALONE)):
        person.post(f"questions/{question.key}/skip")
    assert person.get(f"questions/{ALONE}/crowd").status_code == 200


def test_what_was_not_published_is_not_shown(person: Caller, session: Session) -> None:
    answer_all(session, person, tied_questions(the_question(session, ALONE)))
    response = person.get(f"questions/{ALONE}/crowd")
    assert (response.status_code, response.json["reason"]) == (403, "unpublished")


def test_an_earlier_day_has_the_publication_before_it(app: Flask, person: Caller, session: Session) -> None:
    others(app, ALONE)
    answer_all(session, person, tied_questions(the_question(session, ALONE)))
    crowd_of = f"questions/{ALONE}/crowd"
    assert person.get(f"{crowd_of}?as_of=2026-11-19").json["reason"] == "unpublished"
    assert person.get(f"{crowd_of}?as_of=2026-11-22").json == person.get(crowd_of).json
    assert person.get(f"{crowd_of}?version=1").json["people"] == 10
    assert person.get(f"{crowd_of}?version=2").json["reason"] == "unpublished"


def test_a_group_is_told_where_it_is_large_enough(app: Flask, person: Caller, session: Session) -> None:
    question = the_question(session, ALONE)
    for region, chance in (("eu", 0.2), ("ukraine", 0.6)):
        for other in crowd(session, question, [chance] * 10):
            with clock.at(on(20)):
                background_answers.say(session, other, {"region": [region]})
    publish_question(session, question, on(20).date())
    session.commit()
    answer_all(session, person, tied_questions(question))
    crowd_of = f"questions/{ALONE}/crowd"
    assert person.get(crowd_of).json["people"] == 20
    told = person.get(f"{crowd_of}?group=region/ukraine").json
    assert (told["people"], told["options"][0]["methods"]["mean"]) == (10, 0.6)
    for nobody in ("region/elsewhere", "region", "shoes/large"):
        assert person.get(f"{crowd_of}?group={nobody}").json["reason"] == "unpublished"
    refused = person.get(f"{crowd_of}?group=region/eu&version=1")
    assert (refused.status_code, [one["field"] for one in refused.json["errors"]]) == (422, ["group"])


def test_quantiles_and_dates_are_told_in_their_own_way(app: Flask, person: Caller, session: Session) -> None:
    others(app, "aid-total", "sanctions-end")
    for key in ("aid-total", "sanctions-end"):
        answer_all(session, person, tied_questions(the_question(session, key)))
    numeric, date = (person.get(f"questions/{key}/crowd").json for key in ("aid-total", "sanctions-end"))
    quantiles = numeric["options"][0]["methods"]["parley"]
    assert len(quantiles) == len(numeric["quantile_levels"]) == 5 and quantiles == sorted(quantiles)
    assert numeric["options"][0]["value"] == numeric["options"][0]["methods"]["parley"][2]
    days = date["options"][0]["methods"]["parley"]
    assert all(len(day) == len("2027-06-30") for day in days) and days == sorted(days)


def test_a_role_opens_the_door_to_those_who_run_the_survey(app: Flask, a_member: MakeMember) -> None:
    others(app, ALONE)
    seen = {
        role: a_member(role).get(f"questions/{ALONE}/crowd").status_code for role in ("organizer", "analyst")
    }
    assert seen == {"organizer": 200, "analyst": 403}


def test_whether_the_crowd_was_seen_is_kept_with_the_answer(
    app: Flask, person: Caller, session: Session
) -> None:
    others(app, ALONE)
    answer_all(session, person, tied_questions(the_question(session, ALONE)))
    person.forecast(ALONE, dict.fromkeys(person.get(f"questions/{ALONE}/forecasts").json["standing"], 0.2))
    question = the_question(session, ALONE)
    last = select(Submission).filter_by(question_id=question.id).order_by(Submission.id.desc()).limit(2)
    assert [act.crowd_seen for act in session.scalars(last)] == [True, False]


# ---- Scenarios


def test_scenarios_are_told_without_their_chances(nobody: Caller) -> None:
    (tree,) = nobody.get("scenarios").json
    assert tree["key"] == "headline"
    assert "ceasefire-when" in tree["questions"]
    assert all(leaf["title"] and leaf["holds"] for leaf in tree["leaves"])


def test_chances_wait_for_every_question_of_the_tree(app: Flask, person: Caller, session: Session) -> None:
    (tree,) = the_survey(session).scenarios
    questions, keys = set(tree.questions), [question.key for question in tree.questions]
    others(app, *keys)
    refused = person.get("scenarios/headline")
    assert (refused.status_code, refused.json["reason"]) == (403, "unanswered")
    unit = {other for question in questions for other in tied_questions(question)}
    assert set(refused.json["awaited"]) == {question.key for question in unit}
    answer_all(session, person, unit)
    told = person.get("scenarios/headline")
    assert told.status_code == 200, told.text
    assert told_of(told.json) == ("2026-11-20", 10)
    assert told.json["leaves"].keys() == {leaf.key for leaf in tree.leaves}
    assert all(node["low"] <= node["value"] <= node["high"] for node in told.json["nodes"])
    assert {row["axis"] for row in told.json["given"]} == {row["axis"] for row in told.json["routes"]}


def test_leaves_are_the_products_of_what_is_told_and_a_trial_moves_them(
    app: Flask, person: Caller, session: Session
) -> None:
    (tree,) = the_survey(session).scenarios
    questions = set(tree.questions)
    others(app, *(question.key for question in questions))
    mine = person.get("scenarios/headline?whose=mine").json
    assert mine["missing"] and {future["value"] for future in mine["joint"]} == {None}
    answer_all(session, person, {other for one in questions for other in tied_questions(one)})
    told = person.get("scenarios/headline").json
    (root,) = (node["value"] for node in told["nodes"] if node["holds"] == {"ceasefire": True})
    given = {row["axis"]: row for row in told["given"]}
    for future in told["joint"]:
        holds = dict(future["holds"])
        by_hand = root if holds.pop("ceasefire") else 1 - root
        for axis, came in holds.items():
            edge = given[axis]["if_yes" if future["holds"]["ceasefire"] else "if_no"]
            by_hand *= edge if came else 1 - edge
        assert future["value"] == pytest.approx(by_hand, abs=1e-12)
    assert sum(future["value"] for future in told["joint"]) == pytest.approx(1, abs=1e-12)
    tried = person.get("scenarios/headline?set=ceasefire:0.4").json["joint"]
    assert sum(one["value"] for one in tried if one["holds"]["ceasefire"]) == pytest.approx(0.4)
    for wrong in ("set=ceasefire:2", "set=rain:0.5", "set=clash:0,clash:1", "whose=mine&group=region/eu"):
        assert person.get(f"scenarios/headline?{wrong}").status_code == 422
