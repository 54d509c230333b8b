"""Forecasts by program: stored once for each key, told by a receipt, refused field by field."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Submission
from survey.services.publication import publish_question
from tests.factories import crowd, on, the_question, the_survey
from tests.statements import counting

from .caller import ANSWERS, Caller, faults, fresh_key

LATER = datetime(2031, 1, 2, tzinfo=UTC)


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Submission)) or 0


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_kind_takes_its_values_and_tells_them_again(person: Caller, kind: str) -> None:
    key, values = ANSWERS[kind]
    response = person.answer(kind)
    assert response.status_code == 201
    receipt = response.json
    assert (receipt["question"], receipt["revision"], receipt["action"]) == (key, 1, "new")
    assert receipt["values"] == pytest.approx(values) if kind != "date" else receipt["values"] == values
    own = person.get(f"questions/{key}/forecasts").json
    assert own["standing"] == receipt["values"]
    assert own["history"] == [receipt]


@pytest.mark.parametrize("kind", ANSWERS)
def test_accepting_asks_the_store_for_a_few_facts_and_no_words(person: Caller, app: Flask, kind: str) -> None:
    person.answer(kind)
    with counting(app) as asked:
        assert person.answer(kind).status_code == 201
    # A number's unit is a word that its reading needs; nothing else is.
    words = [text for text in asked if "_text" in text]
    assert len(words) <= (kind == "numeric"), words
    # Token and question, whether the crowd was seen, lock, how things stand, what stood, and two kinds of row; the
    # rest is the beginning and end of transactions, and the clock.
    assert 8 <= len(asked) <= 10 + len(words), asked


def test_of_all_publications_the_last_alone_is_read_to_tell_whether_the_crowd_was_seen(
    person: Caller, app: Flask, session: Session
) -> None:
    question = the_question(session, "leaders-meet")
    for day in (20, 21):
        crowd(session, question, [0.3] * 10, day)
        assert publish_question(session, question, on(day).date())
    session.commit()
    person.answer("binary")
    with counting(app) as asked:
        assert person.answer("binary").status_code == 201
    (figures,) = [text for text in asked if "publication.figures" in text]
    assert "LIMIT" in figures
    again, first = session.scalars(select(Submission).order_by(Submission.id.desc()).limit(2))
    assert (again.crowd_seen, first.crowd_seen) == (True, False)


def test_numbers_are_stored_as_fractions_as_they_came(person: Caller, session: Session) -> None:
    person.forecast("leaders-meet", {"p-yes": 0.1}, rationale="Why not.", confidence=4, expertise=2.0)
    (submission,) = session.scalars(select(Submission))
    (row,) = submission.forecasts
    assert (row.option.key, row.part, row.value, row.entered) == ("yes", "p", 0.1, "0.1")
    assert (submission.input_format, submission.confidence, submission.expertise) == ("fraction", 4, 2)
    assert submission.rationale is not None and submission.rationale.text == "Why not."
    assert submission.received_at == on(22)


def test_a_sum_that_misses_one_is_divided_and_told(person: Caller) -> None:
    response = person.answer("choice", **{"p-other": 0.0165})
    values = response.json["values"]
    assert sum(values.values()) == pytest.approx(1, abs=1e-12)
    assert values["p-other"] == pytest.approx(0.0165 / 1.0015)


def test_a_changed_mind_is_an_update_and_the_history_keeps_both(person: Caller) -> None:
    person.answer("binary")
    changed = person.answer("binary", **{"p-yes": 0.3}).json
    assert (changed["revision"], changed["action"]) == (2, "update")
    own = person.get("questions/leaders-meet/forecasts").json
    assert [act["values"] for act in own["history"]] == [{"p-yes": 0.125}, {"p-yes": 0.3}]


def test_affirming_repeats_what_stands(person: Caller) -> None:
    first = person.answer("numeric").json
    affirmed = person.post("questions/aid-total/affirm", key=fresh_key())
    assert affirmed.status_code == 201
    assert (affirmed.json["action"], affirmed.json["values"]) == ("affirm", first["values"])


def test_withdrawing_leaves_nothing_standing_and_all_in_the_history(person: Caller) -> None:
    person.answer("binary")
    response = person.post("questions/leaders-meet/withdraw", key=fresh_key())
    assert (response.status_code, response.json["action"], response.json["values"]) == (201, "withdraw", {})
    own = person.get("questions/leaders-meet/forecasts").json
    assert own["standing"] == {}
    assert [act["action"] for act in own["history"]] == ["new", "withdraw"]
    assert person.answer("binary").json["action"] == "new"


@pytest.mark.parametrize("act", ["affirm", "withdraw"])
def test_what_does_not_stand_can_neither_be_affirmed_nor_withdrawn(person: Caller, act: str) -> None:
    response = person.post(f"questions/leaders-meet/{act}", key=fresh_key())
    assert response.status_code == 422
    assert list(faults(response)) == [act]


def test_skipping_twice_is_skipping_once(person: Caller) -> None:
    first = person.post("questions/cyber/skip")
    with clock.at(on(23)):
        again = person.post("questions/cyber/skip")
    assert (first.status_code, again.json) == (200, first.json)
    (own,) = person.get("forecasts").json
    assert (own["question"], own["skipped"], own["history"]) == ("cyber", True, [])


def test_own_forecasts_are_in_the_order_of_the_survey(person: Caller, session: Session) -> None:
    for kind in ("numeric", "binary", "ladder"):
        person.answer(kind)
    order = [question.key for question in the_survey(session).questions]
    told = [own["question"] for own in person.get("forecasts").json]
    assert told == sorted(told, key=order.index) and len(told) == 3


def test_a_protected_survey_tells_and_keeps_days(app: Flask, person: Caller, session: Session) -> None:
    the_survey(session).protected = True
    session.commit()
    assert person.answer("binary").json["received_at"] == "2026-11-22"
    assert person.post("questions/cyber/skip").json["skipped_at"] == "2026-11-22"


def test_fields_are_refused_together_in_the_order_of_the_page(person: Caller, session: Session) -> None:
    response = person.answer("ladder", **{"p-2027-12-31": "0.25", "p-2030-12-31": 1.5, "p-2020-01-01": 0.1})
    assert response.status_code == 422
    assert list(faults(response)) == ["p-2027-12-31", "p-2030-12-31", "p-2020-01-01"]
    assert stored(session) == 0


@pytest.mark.parametrize(
    ("beside", "field"),
    [
        ({"rationale": "\ud800"}, "rationale"),
        ({"rationale": "NUL \x00"}, "rationale"),
        ({"rationale": "x" * 10_001}, "rationale"),
        ({"rationale": ["x"]}, "rationale"),
        ({"rationale": None}, "rationale"),
        ({"confidence": 6}, "confidence"),
        ({"confidence": 0}, "confidence"),
        ({"confidence": "3"}, "confidence"),
        ({"confidence": True}, "confidence"),
        ({"confidence": 2.5}, "confidence"),
        ({"expertise": 10**400}, "expertise"),
        ({"crowd_seen": False}, "crowd_seen"),
        ({"received_at": "2026-01-01"}, "received_at"),
        ({"participant_id": 1}, "participant_id"),
    ],
)
def test_what_stands_beside_the_values_is_checked_too(
    person: Caller, session: Session, beside: dict[str, Any], field: str
) -> None:
    response = person.forecast("leaders-meet", {"p-yes": 0.5}, **beside)
    assert response.status_code == 422
    assert list(faults(response)) == [field]
    assert stored(session) == 0


@pytest.mark.parametrize("text", ["Просто так.", "a\r\nb", "👩‍👩‍👧", "=1+1", "<script>", "x" * 10_000])
def test_a_rationale_is_kept_as_it_was_written(person: Caller, text: str) -> None:
    told = person.forecast("leaders-meet", {"p-yes": 0.5}, rationale=text).json["rationale"]
    assert told == text.replace("\r\n", "\n")


# ---- The same act again


def test_the_same_key_gets_the_same_receipt(person: Caller, session: Session) -> None:
    key = fresh_key()
    first = person.answer("binary", key)
    with clock.at(on(23)):
        again = person.answer("binary", key)
    assert (again.status_code, again.data) == (201, first.data)
    assert stored(session) == 1


def test_the_same_number_written_otherwise_is_the_same_body(person: Caller) -> None:
    key = fresh_key()
    person.answer("binary", key, **{"p-yes": 0.5})
    raw = person.post(
        "questions/leaders-meet/forecasts",
        key=key,
        data='{"rationale": "", "values": {"p-yes": 0.50}}',
        content_type="application/json",
    )
    assert raw.status_code == 201
    assert raw.json["revision"] == 1


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"p-yes": 0.2}, "Idempotency-Key"),
        ({"p-yes": 0.125, "p-no": 0.875}, "p-no"),
        ({}, "Idempotency-Key"),
    ],
    ids=["other", "more", "less"],
)
def test_the_same_key_with_another_body_is_refused(
    person: Caller, session: Session, values: dict[str, float], named: str
) -> None:
    key = fresh_key()
    person.answer("binary", key)
    response = person.forecast("leaders-meet", values, key)
    assert response.status_code == 422
    assert list(faults(response)) == [named]
    assert stored(session) == 1


def test_the_same_key_for_another_question_or_act_is_refused(person: Caller, session: Session) -> None:
    key = fresh_key()
    person.answer("binary", key)
    assert person.answer("ladder", key).status_code == 422
    assert person.post("questions/leaders-meet/withdraw", key=key).status_code == 422
    assert stored(session) == 1


@pytest.mark.parametrize("kind", ["binary", "ladder"])
def test_a_late_retry_after_the_close_gets_its_receipt(person: Caller, kind: str) -> None:
    key = fresh_key()
    first = person.answer(kind, key)
    with clock.at(LATER):
        again, fresh = person.answer(kind, key), person.answer(kind)
    assert again.data == first.data
    assert fresh.status_code == 409
    assert "closed at" in fresh.json["detail"]
    assert faults(fresh) == {}


def test_a_retry_after_a_rung_has_closed_gets_its_receipt(person: Caller, session: Session) -> None:
    key = fresh_key()
    first = person.answer("ladder", key)
    rung = the_question(session, "ceasefire-when").option("2027-06-30")
    assert rung.closes_at is not None
    with clock.at(rung.closes_at):
        assert person.answer("ladder", key).data == first.data
        assert list(faults(person.answer("ladder"))) == ["p-2027-06-30"]


def test_the_keys_of_two_people_are_their_own(person: Caller) -> None:
    key, other = fresh_key(), Caller(person.client).join()
    person.answer("binary", key)
    response = other.answer("binary", key, **{"p-yes": 0.9})
    assert (response.status_code, response.json["values"]) == (201, {"p-yes": 0.9})


@pytest.mark.store
def test_twenty_at_once_with_one_key_make_one_row(app: Flask, person: Caller, session: Session) -> None:
    key = fresh_key()

    def send(_place: int) -> tuple[int, bytes]:
        response = Caller(app.test_client(), person.token).answer("binary", key)
        return response.status_code, response.data

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert {status for status, _ in answers} <= {201, 503}
    assert len({body for status, body in answers if status == 201}) == 1
    assert stored(session) == 1


def test_what_cannot_all_be_true_of_ones_own_answers_is_told(person: Caller) -> None:
    days = ("2027-06-30", "2027-12-31", "2028-12-31", "2030-12-31")
    assert person.get("coherence").json == []
    for key, chances in (
        ("ceasefire-when", (0.1, 0.25, 0.38, 0.6)),
        ("treaty-when", (0.02, 0.06, 0.14, 0.8)),
    ):
        values = {f"p-{day}": chance for day, chance in zip(days, chances, strict=True)}
        stored = person.post(
            f"questions/{key}/forecasts", json={"values": values}, headers={"Idempotency-Key": fresh_key()}
        )
        assert stored.status_code == 201
    (clash,) = person.get("coherence").json
    assert (clash["sources"], clash["kept"]) == (["R2.2030-12-31"], False)
    assert clash["amount"] == pytest.approx(0.2)
    assert {one["question"]: one["high"] for one in clash["answers"]} == pytest.approx(
        {"ceasefire-when": 1, "treaty-when": 0.605}
    )
