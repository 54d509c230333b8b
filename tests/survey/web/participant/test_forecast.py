"""Every kind of question through its form: stored as typed, refused with everything kept."""

import re
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.i18n.formatting import exact_percent, in_words
from survey.models import Forecast, Question, Submission
from survey.presenters import own_forecast
from survey.presenters.own_forecast import OwnFigure
from survey.questions import Row
from tests.bad_inputs.pages import fault_of_list
from tests.statements import counting

from ..visitor import ANSWERS, Visitor, chosen, error_of, value, words

#: For each kind: what is typed wrongly, and the field whose sentence says so.
WRONG = {
    "binary": ({"p-yes": "1:7"}, "p-yes"),
    "choice": ({"p-other": "9"}, "sum"),
    "ordered": ({"p-nato": ""}, "p-nato"),
    "ladder": ({"p-2028-12-31": "20"}, "p-2028-12-31"),
    "pair": ({"p-if_no": "150"}, "p-if_no"),
    "numeric": ({"q-0.5": "1,000"}, "q-0.5"),
    "date": ({"q-0.25": "2027-02-30"}, "q-0.25"),
}


def stored(session: Session) -> list[Submission]:
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.id)))


def test_the_page_of_a_question_puts_no_other_answer_into_words(
    person: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To say twenty-seven answers that it does not show took a third of the page's time."""
    for kind in ANSWERS:
        person.answers(kind)
    in_words_of: list[str] = []
    spoken = own_forecast.said

    def said(question: Question, rows: Sequence[Row]) -> list[OwnFigure]:
        in_words_of.append(question.key)
        return spoken(question, rows)

    monkeypatch.setattr(own_forecast, "said", said)
    person.get("q/leaders-meet")
    assert set(in_words_of) == {"leaders-meet"}
    person.get("mine")
    assert set(in_words_of) == {key for key, _typed in ANSWERS.values()}


@pytest.mark.parametrize("act", ["", "/affirm", "/withdraw", "/skip"])
def test_an_act_that_is_stored_reads_nothing_more(app: Flask, person: Visitor, act: str) -> None:
    """To read the question again for the address of its receipt took a fifth of what an answer takes."""
    if act in ("/affirm", "/withdraw"):
        person.answers("binary")
    key, typed = ANSWERS["binary"]
    form = person.open(key) | typed
    with counting(app, commits=True) as said:
        assert person.post(f"q/{key}{act}", form).status_code == 303
    assert said[-1] == "COMMIT" and any(one.startswith("INSERT") for one in said)


@pytest.mark.parametrize("kind", ANSWERS)
class TestEveryKind:
    def test_an_untouched_form_holds_no_number(self, person: Visitor, kind: str) -> None:
        key, typed = ANSWERS[kind]
        page = person.get(f"q/{key}").text
        assert all(value(page, name) in ("", "y") for name in typed)
        assert not re.search(r'<input[^>]*name="[pq]-[^"]*"[^>]*checked', page)

    @pytest.mark.store
    def test_an_answer_is_stored_its_receipt_shown_and_the_form_as_it_was_typed(
        self, person: Visitor, session: Session, kind: str
    ) -> None:
        key, typed = ANSWERS[kind]
        answer = person.answers(kind, rationale="Spring is *the* risk.", confidence="4", expertise="2")
        assert answer.status_code == 303
        assert answer.location.endswith(f"/q/{key}?saved=1")
        (submission,) = stored(session)
        assert submission.question.key == key
        assert (submission.confidence, submission.expertise) == (4, 2)
        assert {forecast.entered for forecast in submission.forecasts} == {
            text if text != "y" else "above" for text in typed.values()
        }
        page = person.client.get(answer.location).text
        assert "Saved" in page
        assert "22 November 2026, 14:00 Kyiv (12:00 UTC)" in words(page)
        assert "1 of the question" in words(page)
        assert "Spring is <em>the</em> risk." in page
        again = person.get(f"q/{key}").text
        assert {name: value(again, name) for name in typed} == typed

    def test_each_chance_on_the_receipt_has_its_words_and_no_quantile_has(
        self, person: Visitor, session: Session, kind: str
    ) -> None:
        page = words(person.client.get(person.answers(kind).location).text)
        # The title of the page says it first.
        receipt = page[page.index("Saved", page.index("Sign in")) : page.index("1 of the question")]
        (submission,) = stored(session)
        for forecast in submission.forecasts:
            said = f"{exact_percent(forecast.value)}, {in_words(forecast.value)}".replace("\xa0", " ")
            assert (said in receipt) == (kind not in ("binary", "numeric", "date"))
        assert (" in " in receipt) == (kind not in ("numeric", "date"))

    def test_a_refused_form_keeps_every_value_and_its_key(
        self, person: Visitor, session: Session, kind: str
    ) -> None:
        key, right = ANSWERS[kind]
        wrong, named = WRONG[kind]
        typed = right | wrong | {"rationale": "First\nsecond", "confidence": "5", "expertise": "1"}
        form = person.open(key) | {"format": "percent"} | typed
        answer = person.post(f"q/{key}", form)
        assert answer.status_code == 422
        for name in {**right, **wrong, "key": ""}:
            assert value(answer.text, name) == form[name]
        assert "First\nsecond" in answer.text
        assert chosen(answer.text, "confidence") == ["5"]
        assert error_of(answer.text, named)
        assert fault_of_list(answer.text) == "" and "autofocus" in answer.text
        assert not stored(session)


def test_a_reason_whose_bytes_are_no_text_is_refused_and_not_stored_as_other_words(
    person: Visitor, session: Session
) -> None:
    body = f"key={person.open('leaders-meet')['key']}&p-yes=50&rationale=%ED%A0%80"
    form = "application/x-www-form-urlencoded"
    answer = person.client.post("/s/ukraine/q/leaders-meet", data=body, content_type=form)
    assert answer.status_code == 422
    assert "cannot be stored" in error_of(answer.text, "rationale")
    assert value(answer.text, "p-yes") == "50"
    assert not stored(session)


def test_percent_signs_in_a_reason_are_the_words_they_are(person: Visitor, session: Session) -> None:
    person.answer("leaders-meet", **{"p-yes": "50", "rationale": "100%80 + Ґ %ED%A0%80"})
    (submission,) = stored(session)
    assert submission.rationale is not None
    assert submission.rationale.text == "100%80 + Ґ %ED%A0%80"


def test_one_branch_of_a_pair_may_stay_empty(person: Visitor, session: Session) -> None:
    assert person.answers("pair", **{"p-if_no": ""}).status_code == 303
    assert [forecast.option.key for forecast in stored(session)[0].forecasts] == ["if_yes"]


@pytest.mark.parametrize(("chosen", "typed", "p"), [("odds", "1:7", 1 / 8), ("one_in_n", "40", 1 / 40)])
def test_odds_and_one_in_n_are_stored_with_their_format(
    person: Visitor, session: Session, chosen: str, typed: str, p: float
) -> None:
    person.answers("binary", **{"p-yes": typed, "format": chosen})
    (submission,) = stored(session)
    assert submission.input_format == chosen
    assert [(one.value, one.entered) for one in session.scalars(select(Forecast))] == [(p, typed)]
    again = person.get("q/leaders-meet").text
    assert value(again, "p-yes") == typed
    assert re.search(rf'checked[^>]*name="format"[^>]*value="{chosen}"', again)


def test_words_stand_beside_a_number(person: Visitor) -> None:
    page = person.client.get(person.answers("binary").location).text
    assert "about 1 in 8" in words(page)


def test_all_that_is_wrong_is_said_at_once(person: Visitor) -> None:
    answer = person.answers("ladder", **{"p-2027-06-30": "NaN", "p-2030-12-31": "", "rationale": "a\x00b"})
    wrong = [name for name in ("p-2027-06-30", "p-2030-12-31", "rationale") if error_of(answer.text, name)]
    assert wrong == ["p-2027-06-30", "p-2030-12-31", "rationale"]


def test_a_number_beyond_the_survey_range_is_refused_with_the_range(person: Visitor) -> None:
    answer = person.answers("binary", **{"p-yes": "0"})
    assert "between 0.01 % and 99.99 %" in error_of(answer.text, "p-yes").replace("\u00a0", " ")


def test_steps_that_do_not_exist_are_no_steps(person: Visitor, session: Session) -> None:
    assert person.answers("binary", confidence="9", expertise="-1").status_code == 303
    assert stored(session)[0].confidence is None


def test_time_on_the_page_is_kept_where_the_survey_keeps_it(person: Visitor, session: Session) -> None:
    opened = int(person.open("leaders-meet")["opened"])
    person.answers("binary", opened=str(opened - 30))
    person.answers("binary", opened="a long time")
    assert [act.seconds_on_page for act in stored(session)] == [30, None]


def test_the_language_of_the_page_is_stored(person: Visitor, session: Session) -> None:
    person.client.post("/language", data={"language": "uk"})
    person.answers("binary")
    assert stored(session)[0].language == "uk"


def test_nobody_answers_without_joining(visitor: Visitor, session: Session) -> None:
    answer = visitor.post("q/leaders-meet", {"key": "k" * 12, "p-yes": "50"})
    assert (answer.status_code, value(answer.text, "p-yes")) == (403, "50")
    bare = visitor.post("q/leaders-meet", {"key": "k" * 12})
    assert bare.status_code == 302
    assert bare.location.endswith("/join")
    assert not stored(session)


def test_a_question_may_be_read_before_joining_but_has_no_form(visitor: Visitor) -> None:
    page = visitor.get("q/leaders-meet").text
    assert "What counts" in page
    assert 'name="p-yes"' not in page


def test_a_question_that_is_not_there_is_not_found(person: Visitor) -> None:
    for address in ("q/no-such-question", "q/leaders-meet%00"):
        assert person.get(address).status_code == 404
