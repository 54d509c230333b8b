"""What the boxes of a form carry: words beside numbers, facts for the scripts, what stands and what is closed."""

import html
import json
import re
from datetime import UTC, datetime
from statistics import NormalDist

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.i18n.formatting import LIKELIHOODS, likelihood
from survey.models import Event, Participant, Submission
from survey.presenters.input_context import own_chance
from survey.questions.numeric import Numeric
from survey.services.resolution import resolve
from survey.store.transaction import transaction
from tests.factories import say, someone, the_question
from tests.survey.outcomes import outcome

from ..visitor import ANSWERS, Visitor, error_of, value, words

JULY = datetime(2027, 7, 5, tzinfo=UTC)


def form_of(page: str) -> dict[str, str]:
    """Attributes data-… of the answer form."""
    found = re.search(r"<form[^>]*data-kind[^>]*>", page)
    assert found, "no form"
    pairs = re.findall(r"data-([a-z_]+)=(?:\"([^\"]*)\"|'([^']*)')", found[0])
    return {name: html.unescape(double or single) for name, double, single in pairs}


def page_of(person: Visitor, kind: str) -> str:
    return person.get(f"q/{ANSWERS[kind][0]}").text


# ---- One probability


def test_the_line_under_the_box_has_no_name_and_is_hidden_until_a_script_shows_it(person: Visitor) -> None:
    page = page_of(person, "binary")
    (line,) = re.findall(r'<input type="range"[^>]*>', page)
    assert " name=" not in line
    assert 'aria-labelledby="p-yes-label"' in line
    assert 'aria-valuetext="No forecast yet"' in line
    assert '<div class="p-slider p-untouched" hidden>' in page


def test_only_a_single_probability_has_a_line(person: Visitor) -> None:
    assert [kind for kind in ANSWERS if 'type="range"' in page_of(person, kind)] == ["binary"]


def test_a_form_of_chances_knows_the_surveys_range_and_its_words(person: Visitor) -> None:
    for kind in ("binary", "choice", "ordered", "ladder", "pair"):
        facts = form_of(page_of(person, kind))
        assert (facts["kind"], facts["lowest"], facts["highest"]) == (kind, "0.01", "99.99")
        said = json.loads(facts["words"])
        assert said["about"] == "about {part} in {whole}", kind
        assert said["one_in_n"] == "{part} in {whole}", kind
        assert set(said["unreadable"]) == {"percent", "odds", "one_in_n"}, kind
        assert [most for most, _words in said["likely"]] == [*LIKELIHOODS, 1], kind


def test_what_stands_is_said_in_words_without_any_script(person: Visitor) -> None:
    person.answers("binary")
    told = words(page_of(person, "binary"))
    assert "about 1 in 8 unlikely" in told
    assert "No forecast yet. Type" not in told


def test_what_is_refused_has_no_words_but_its_sentence(person: Visitor) -> None:
    told = words(person.answers("binary", **{"p-yes": "250"}).text)
    assert "No forecast yet. Type a number." in told


@pytest.mark.parametrize("chosen", ["percent", "odds", "one_in_n"])
def test_the_percent_sign_is_there_for_the_style_sheet_to_hide(person: Visitor, chosen: str) -> None:
    person.answers("binary", **{"p-yes": "1:7" if chosen == "odds" else "8", "format": chosen})
    assert '<span class="p-unit" aria-hidden="true">%</span>' in page_of(person, "binary")


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.01, "very unlikely"),
        (0.05, "very unlikely"),
        (0.125, "unlikely"),
        (0.4, "less likely than not"),
        (0.5, "about as likely as not"),
        (0.7, "more likely than not"),
        (0.9, "likely"),
        (0.951, "very likely"),
    ],
)
def test_chances_have_words(p: float, said: str) -> None:
    assert likelihood(p) == said


def test_the_words_are_symmetric_about_a_half() -> None:
    assert [1 - most for most in LIKELIHOODS[::-1]] == pytest.approx(list(LIKELIHOODS))


# ---- Lists of answers


@pytest.mark.parametrize("kind", ["choice", "ordered"])
def test_the_total_and_the_rest_wait_for_a_script(person: Visitor, kind: str) -> None:
    page = page_of(person, kind)
    assert re.search(r'<div class="p-sum" hidden\s+data-left="{total} — {rest} left"', page)
    assert '<div class="p-rest" hidden>' in page
    choices = re.findall(r'<option value="(p-[^"]+)">', page)
    assert choices == list(ANSWERS[kind][1])
    # It has no name: where the rest goes is never sent.
    assert '<select class="form-select" id="sum-rest" autocomplete="off">' in page


# ---- Ladder


def test_every_rung_knows_its_day_and_the_curve_its_beginning(person: Visitor, session: Session) -> None:
    page = page_of(person, "ladder")
    days = re.findall(r'data-chance data-day="([^"]+)"', page)
    assert [f"p-{day}" for day in days] == list(ANSWERS["ladder"][1])
    assert form_of(page)["start"] == the_question(session, "ceasefire-when").opens_at.date().isoformat()
    assert "p-closed" not in page


def test_a_rung_whose_day_is_over_is_shown_as_it_was_given(person: Visitor) -> None:
    person.answers("ladder")
    with clock.at(JULY):
        page = page_of(person, "ladder")
    assert re.search(r'p-closed" data-day="2027-06-30" data-points="10.0"', page)
    assert "30 Jun 2027 10 % closed" in words(page)
    assert 'name="p-2027-06-30"' not in page


def test_a_rung_that_was_never_answered_is_closed(person: Visitor) -> None:
    with clock.at(JULY):
        page = page_of(person, "ladder")
    assert re.search(r'p-closed" data-day="2027-06-30">', page)
    assert "30 Jun 2027 – closed" in words(page)


def test_a_rung_that_is_over_in_the_middle_stands_between_the_others(
    person: Visitor, session: Session
) -> None:
    person.answers("ladder")
    question = the_question(session, "ceasefire-when")
    transaction(lambda session: resolve(session, question, outcome(about="2027-12-31", value=0.0)))
    page = page_of(person, "ladder")
    assert re.findall(r'data-day="([^"]+)"', page) == [option.key for option in question.options]
    assert 'name="p-2027-12-31"' not in page


def test_a_withdrawn_answer_does_not_stand_on_a_rung(person: Visitor) -> None:
    person.answers("ladder")
    person.act(ANSWERS["ladder"][0], "withdraw")
    with clock.at(JULY):
        assert "30 Jun 2027 – closed" in words(page_of(person, "ladder"))


# ---- Quantiles


def test_every_quantile_knows_its_level_and_its_normal_score(person: Visitor) -> None:
    found = re.findall(r'data-quantile data-level="([^"]+)" data-score="([^"]+)"', page_of(person, "numeric"))
    assert [level for level, _score in found] == ["0.05", "0.25", "0.5", "0.75", "0.95"]
    assert [NormalDist().cdf(float(score)) for _level, score in found] == pytest.approx(
        [0.05, 0.25, 0.5, 0.75, 0.95], abs=1e-6
    )


def test_a_form_of_numbers_knows_its_scale(person: Visitor) -> None:
    facts = form_of(page_of(person, "numeric"))
    assert (facts["lower"], facts["upper"], facts["log"], facts["unit"]) == ("300", "1000", "", "€ bn")
    assert "repeats" not in facts


def test_days_may_repeat_and_have_no_logarithm(person: Visitor) -> None:
    facts = form_of(page_of(person, "date"))
    assert "repeats" in facts
    assert "log" not in facts


def test_a_tick_knows_what_it_is_stored_as(person: Visitor, session: Session) -> None:
    page = page_of(person, "numeric")
    ends = Numeric().range(the_question(session, "aid-total"))
    for side, bound in (("below", ends.below), ("above", ends.above)):
        (tick,) = re.findall(rf'<input[^>]*name="q-0.95-{side}"[^>]*>', page)
        stored = re.search(r'data-stored="([^"]+)"', tick)
        assert stored is not None
        assert float(stored[1]) == pytest.approx(bound)
        assert 'data-box="q-0.95"' in tick


def test_the_fold_of_ticks_is_open_where_one_is_ticked(person: Visitor) -> None:
    def opened() -> bool:
        fold = r"<details class=\"p-fold\"( open)?>\s*<summary><strong>Outside the range"
        found = re.search(fold, page_of(person, "numeric"))
        assert found, "no fold"
        return bool(found[1])

    assert not opened()
    person.answers("numeric")
    assert opened()


# ---- Pair


def test_a_pair_leads_to_its_condition_where_it_was_not_answered(person: Visitor) -> None:
    page = page_of(person, "pair")
    assert "you have not answered it. Answer it" in words(page)
    assert 'href="/s/ukraine/q/ceasefire-when"' in page
    assert "data-given" not in page


def test_a_pair_says_what_its_reader_gave_to_the_condition(person: Visitor) -> None:
    person.answers("ladder")
    page = page_of(person, "pair")
    assert "you gave 25 %. Change it" in words(page)
    assert 'data-pair data-given="25.0"' in page


def test_a_withdrawn_condition_is_not_shown_as_given(person: Visitor) -> None:
    person.answers("ladder")
    person.act("ceasefire-when", "withdraw")
    assert "you have not answered it" in words(page_of(person, "pair"))


def test_the_forecast_of_another_person_is_not_ones_own(person: Visitor, session: Session) -> None:
    other = someone(session)
    say(session, other, the_question(session, "ceasefire-when"), 0.4)
    session.commit()
    page = page_of(person, "pair")
    assert "you have not answered it" in words(page)
    assert "data-given" not in page


def chances(
    session: Session, person: Participant, key: str
) -> dict[tuple[tuple[str, ...], bool], float | None]:
    question = the_question(session, key)
    events = session.scalars(select(Event).filter_by(question_id=question.id))
    return {
        (tuple(option.key for option in event.options), event.holds): own_chance(event, person)
        for event in events
    }


def test_several_answers_of_an_event_add_up(session: Session) -> None:
    person = someone(session)
    given = {
        "p-settlement": 0.05,
        "p-ceasefire": 0.16,
        "p-collapsed": 0.04,
        "p-fighting": 0.7,
        "p-other": 0.05,
    }
    say(session, person, the_question(session, "war-state-2027"), given)
    told = chances(session, person, "war-state-2027")
    assert told, "the survey has events of this question"
    for (keys, holds), chance in told.items():
        total = sum(given[f"p-{key}"] for key in keys)
        assert chance == pytest.approx(total if holds else 1 - total)


def test_a_deadline_has_its_own_chance_and_an_event_that_does_not_hold_the_rest(session: Session) -> None:
    person = someone(session)
    given = {"p-2027-06-30": 0.1, "p-2027-12-31": 0.25, "p-2028-12-31": 0.38, "p-2030-12-31": 0.6}
    say(session, person, the_question(session, "ceasefire-when"), given)
    told = chances(session, person, "ceasefire-when")
    for (keys, holds), chance in told.items():
        highest = max(given[f"p-{key}"] for key in keys)
        assert chance == pytest.approx(highest if holds else 1 - highest)


def test_who_said_nothing_has_no_chance(session: Session) -> None:
    person = someone(session)
    assert set(chances(session, person, "ceasefire-when").values()) == {None}


# ---- Everybody


def test_a_sentence_that_a_script_fills_has_its_places(person: Visitor) -> None:
    for kind in ANSWERS:
        page = page_of(person, kind)
        assert "%(" not in page, kind
        for sentence in re.findall(
            r'data-(?:left|over|falling|before|same|point|sum|span|total)="([^"]*)"', page
        ):
            assert re.search(r"\{[a-z]+\}", sentence), (kind, sentence)


def test_the_script_comes_with_the_form_alone(person: Visitor) -> None:
    for kind in ANSWERS:
        assert "/input.js" in page_of(person, kind), kind
        receipt = person.client.get(person.answers(kind).location).text
        assert "/input.js" not in receipt, kind


def test_nobody_gets_boxes_before_taking_part(visitor: Visitor) -> None:
    page = visitor.get("q/leaders-meet").text
    assert "data-kind" not in page
    assert "/input.js" not in page


#: A form's way, a chance that is typed in another, the same in the form's, and how that is offered.
OFFERED = [
    ("percent", "1 in 8", "12.5", "12.5\u00a0%"),
    ("percent", "1:7", "12.5", "12.5\u00a0%"),
    ("percent", "1/3", "33.33", "33.33\u00a0%"),
    ("percent", "1 in 800", "0.125", "0.125\u00a0%"),
    ("odds", "12.5 %", "1:7", "1:7"),
    ("odds", "1 in 8", "1:7", "1:7"),
    ("one_in_n", "12.5%", "1 in 8", "1 in 8"),
    ("one_in_n", "1:7", "1 in 8", "1 in 8"),
]


def test_a_chance_in_another_way_is_offered_in_that_of_the_form(person: Visitor, session: Session) -> None:
    for stored, (chosen, typed, offered, said) in enumerate(OFFERED):
        sent = person.open("leaders-meet") | {
            "format": chosen,
            "p-yes": typed,
            "rationale": f"Kept {stored}.",
        }
        refused = person.post("q/leaders-meet", sent)
        assert refused.status_code == 422, typed
        assert f'name="put" value="p-yes {offered}">Say it as {said}</button>' in refused.text
        put = person.post("q/leaders-meet", sent | {"put": f"p-yes {offered}"})
        assert put.status_code == 200 and "p-error" not in put.text, typed
        assert value(put.text, "p-yes") == offered and value(put.text, "key") == sent["key"]
        assert f"Kept {stored}." in put.text
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Submission)) == stored, typed
        assert person.post("q/leaders-meet", sent | {"p-yes": offered}).status_code == 303, typed


def test_nothing_is_offered_for_what_is_no_chance(person: Visitor) -> None:
    for typed in ("eight", "150", "9 in 8", "0:7", "1,000 in 8000"):
        page = person.answer("leaders-meet", **{"p-yes": typed}).text
        assert error_of(page, "p-yes") and 'name="put"' not in page, typed


def test_a_press_that_no_page_offers_puts_nothing(person: Visitor) -> None:
    for put in ("", "p-yes", "key 12345678", "rationale x", "p-no 5", "p-yes " + "9" * 400):
        answer = person.answer("leaders-meet", **{"p-yes": "50", "put": put})
        assert answer.status_code in (200, 303, 422), put
        assert "9" * 400 not in answer.text, put


def test_enter_in_a_box_saves_and_presses_no_offer(person: Visitor) -> None:
    page = person.answer("leaders-meet", **{"p-yes": "1 in 8"}).text
    form = page[page.index("data-kind") :]
    first = re.findall(r"<button[^>]*>", form)[0]
    assert first == '<button type="submit" hidden>'


def test_in_a_language_with_a_decimal_comma_the_offer_has_one(person: Visitor) -> None:
    person.client.post("/language", data={"language": "uk", "next": "/"})
    page = person.answer("leaders-meet", **{"p-yes": "1 із 8"}).text
    assert 'value="p-yes 12,5"' in page
    assert 'value="p-yes 0,1250"' in person.answer("leaders-meet", **{"p-yes": "1 з 800"}).text


def test_a_chance_out_of_range_is_told_the_range(person: Visitor) -> None:
    for typed in ("-3", "\u22123 %", "150"):
        page = person.answer("leaders-meet", **{"p-yes": typed}).text
        assert "A forecast of this survey lies between" in error_of(page, "p-yes"), typed
