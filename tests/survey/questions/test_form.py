"""From a question to its form and back: names, labels, texts kept, sentences beside their fields."""

from typing import Any

import pytest

from survey.questions import (
    Row,
    answer_fields,
    as_entered,
    input_format,
    kind_of,
    place_errors,
    read,
)
from survey.security.request_parsing import NO_TEXT

from .stand_ins import (
    QUANTILES,
    WIDE,
    QuestionStandIn,
    a_binary,
    a_choice,
    a_date,
    a_form,
    a_ladder,
    a_number,
    a_pair,
    errors_of,
)


def sent(question: QuestionStandIn, data: dict[str, Any]) -> list[Row]:
    return read(kind_of(question), question, question.options, a_form(question, data))


def refused(question: QuestionStandIn, data: dict[str, Any]) -> dict[str, str]:
    return errors_of(lambda: sent(question, data))


# ---- Names and labels


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (a_binary(), ["p-yes"]),
        (a_choice("a", "b"), ["p-a", "p-b", "sum"]),
        (a_ladder(), ["p-2027-06-30", "p-2027-12-31", "p-2028-12-31"]),
        (a_pair(), ["p-if_yes", "p-if_no"]),
        (a_number(), QUANTILES),
        (a_date(), QUANTILES),
    ],
)
def test_a_form_has_a_box_for_each_number_and_a_place_for_what_is_said_of_their_sum(
    question: QuestionStandIn, names: list[str]
) -> None:
    assert list(answer_fields(question, question.options, "en")) == names


def test_labels_of_options_are_in_the_language_asked_for() -> None:
    fields = answer_fields(a_binary(), a_binary().options, "uk")
    assert fields["p-yes"].args == ("it holds (uk)",)


def test_labels_of_quantiles_say_level_and_meaning() -> None:
    labels = [str(field.label.text) for field in a_form(a_number()) if field.name in QUANTILES]
    assert labels == [
        "5\u00a0%: very likely above",
        "25\u00a0%: probably above",
        "50\u00a0%: as likely above as below",
        "75\u00a0%: probably below",
        "95\u00a0%: very likely below",
    ]


def test_labels_of_dates_speak_of_earlier_and_later() -> None:
    form = a_form(a_date())
    assert str(form["q-0.05"].label.text) == "5\u00a0%: very likely later"
    assert str(form["q-0.5"].label.text) == "50\u00a0%: as likely earlier as later"
    assert str(form["q-0.75"].label.text) == "75\u00a0%: probably earlier"


def test_other_levels_have_words_too() -> None:
    form = a_form(a_number(quantile_levels=[0.1, 0.4, 0.6, 0.9]))
    words = [form[f"q-{level}"].label.text.split(": ")[1] for level in (0.1, 0.4, 0.6, 0.9)]
    assert words == ["very likely above", "probably above", "probably below", "very likely below"]


def test_only_options_that_are_asked_get_a_box() -> None:
    question = a_ladder()
    assert list(answer_fields(question, question.options[1:], "en")) == ["p-2027-12-31", "p-2028-12-31"]


def test_a_probability_box_asks_for_the_decimal_keyboard_and_no_suggestions() -> None:
    html = str(a_form(a_binary())["p-yes"])
    assert 'inputmode="decimal"' in html
    assert 'autocomplete="off"' in html
    assert "value=" not in html.replace('value=""', "")


@pytest.mark.parametrize(
    ("facts", "keyboard"),
    [
        ({}, "decimal"),
        ({"lower": -10.0}, "text"),
        ({"open_lower": True}, "text"),
        ({"scale": "log", "lower": 1.0, "open_lower": True}, "decimal"),
    ],
)
def test_a_number_that_may_be_negative_gets_a_minus(facts: dict[str, Any], keyboard: str) -> None:
    assert f'inputmode="{keyboard}"' in str(a_form(a_number(**facts))["q-0.5"])


def test_a_date_box_is_the_browsers_own() -> None:
    assert 'type="date"' in str(a_form(a_date())["q-0.5"])


# ---- Reading


def test_a_form_becomes_rows_with_the_text_as_typed() -> None:
    assert sent(a_binary(), {"p-yes": " 12,5 % "}) == [Row("yes", "p", 0.125, "12,5 %")]


@pytest.mark.parametrize(
    ("chosen", "text"), [("percent", "12.5"), ("odds", "1:7"), ("one_in_n", "1 in 8"), ("one_in_n", "8")]
)
def test_the_format_of_the_form_chooses_the_grammar(chosen: str, text: str) -> None:
    rows = sent(a_binary(), {"format": chosen, "p-yes": text})
    assert [(row.value, row.entered) for row in rows] == [(0.125, text)]


def test_a_form_without_a_format_is_percent() -> None:
    form = a_form(a_binary(), {"p-yes": "8"})
    assert form["format"].data == "percent"
    assert input_format(kind_of(a_binary()), form) == "percent"
    assert sent(a_binary(), {"p-yes": "8"})[0].value == 0.08


def test_odds_are_refused_where_percent_was_chosen() -> None:
    assert list(refused(a_binary(), {"p-yes": "1:7"})) == ["p-yes"]


def test_a_format_that_there_is_not_is_refused() -> None:
    errors = refused(a_binary(), {"format": "promille", "p-yes": "50"})
    assert errors == {"p-yes": "Choose percent, odds or 1 in n for this number."}
    assert not a_form(a_binary(), {"format": "promille", "p-yes": "50"}).validate()


def test_the_input_format_is_the_one_chosen_or_the_kinds_own() -> None:
    assert input_format(kind_of(a_pair()), a_form(a_pair(), {"format": "odds"})) == "odds"
    assert input_format(kind_of(a_number()), a_form(a_number(), {"format": "odds"})) == "number"
    assert input_format(kind_of(a_date()), a_form(a_date(), {})) == "date"


def test_a_refused_form_keeps_every_text() -> None:
    form = a_form(a_choice("a", "b"), {"p-a": "12,5 %", "p-b": "much"})
    assert not form.validate()
    assert 'value="12,5 %"' in str(form["p-a"])
    assert 'value="much"' in str(form["p-b"])
    assert form["p-b"].errors == ["Write percent as a number, such as 12.5 or 40."]


def test_an_empty_box_is_no_answer_and_the_kind_says_so() -> None:
    form = a_form(a_binary(), {"p-yes": "\u00a0"})
    assert form.validate()
    assert list(refused(a_binary(), {"p-yes": "\u00a0"})) == ["p-yes"]


def test_two_values_for_one_box_are_refused() -> None:
    assert "Two numbers" in refused(a_binary(), {"p-yes": ["50", "60"]})["p-yes"]


def test_a_file_in_place_of_a_number_is_refused() -> None:
    assert "Write percent as a number" in refused(a_binary(), {"p-yes": NO_TEXT})["p-yes"]


def test_errors_of_reading_and_of_checking_come_together_in_the_order_of_the_page() -> None:
    data = {"p-2027-06-30": "50", "p-2027-12-31": "40", "p-2028-12-31": "lots"}
    errors = refused(a_ladder(), data)
    assert list(errors) == ["p-2027-12-31", "p-2028-12-31"]
    assert "cannot be less likely" in errors["p-2027-12-31"]
    assert "Write percent" in errors["p-2028-12-31"]


def test_an_unreadable_branch_is_not_called_missing() -> None:
    assert list(refused(a_pair(), {"p-if_yes": "", "p-if_no": "perhaps"})) == ["p-if_no"]


def test_sentences_go_beside_their_fields_and_the_first_gets_the_cursor() -> None:
    form = a_form(a_choice("a", "b"), {"p-a": "", "p-b": "much"})
    errors = {"gone": "No such field.", "p-a": "First.", "p-b": "Second."}
    assert place_errors(form, errors) == "p-a"
    assert (form["p-a"].errors, form["p-b"].errors) == (["First."], ["Second."])


def test_sentences_without_a_field_move_no_cursor() -> None:
    assert place_errors(a_form(a_binary(), {}), {"rationale": "Too long."}) is None


# ---- Beyond the range


def beyond(**facts: Any) -> QuestionStandIn:
    facts = {"lower": 300.0, "upper": 1000.0, "open_lower": True, "open_upper": True, "unit": "€ bn"} | facts
    return a_number(**facts)


def test_an_open_range_offers_a_tick_at_each_open_end() -> None:
    form = a_form(beyond())
    assert str(form["q-0.95-above"].label.text) == "above €1,000\u00a0bn"
    assert str(form["q-0.05-below"].label.text) == "below €300\u00a0bn"


def test_a_closed_end_offers_no_tick() -> None:
    names = list(answer_fields(beyond(open_lower=False), beyond().options, "en"))
    assert "q-0.95-above" in names
    assert not [name for name in names if name.endswith("-below")]


def test_a_date_offers_later_than_the_last_day() -> None:
    form = a_form(a_date(open_upper=True, open_lower=True))
    assert str(form["q-0.95-above"].label.text) == "later than 31\u00a0December 2035"
    assert str(form["q-0.05-below"].label.text) == "earlier than 1\u00a0January 2025"


def ticked(**texts: str) -> dict[str, str]:
    data = dict(zip(QUANTILES, ["400", "500", "600", "700", "800"], strict=True))
    return data | {name.replace("_", "-").replace("q", "q-0."): text for name, text in texts.items()}


def test_above_is_stored_as_the_bound_plus_the_range() -> None:
    rows = sent(beyond(), ticked(q95="", q95_above="y"))
    assert rows[-1] == Row("value", "q0.95", 1700.0, "above")


def test_above_on_a_log_scale_is_as_far_again_on_the_logarithm() -> None:
    rows = sent(beyond(scale="log", lower=100.0), ticked(q95="", q95_above="y"))
    assert rows[-1] == Row("value", "q0.95", 10_000.0, "above")


def test_below_is_stored_likewise() -> None:
    assert sent(beyond(), ticked(q05="", q05_below="y"))[0] == Row("value", "q0.05", -400.0, "below")
    assert sent(beyond(scale="log", upper=3000.0), ticked(q05="", q05_below="y"))[0].value == 30.0


def test_several_numbers_may_lie_beyond_the_range() -> None:
    data = ticked(q75="", q75_above="y", q95="", q95_above="y")
    assert [row.value for row in sent(beyond(), data)][-2:] == [1700.0, 1700.0]


def test_a_value_and_a_tick_together_are_refused() -> None:
    sentence = "Either write a value or tick one box, not both."
    assert refused(beyond(), ticked(q95_above="y")) == {"q-0.95": sentence}


def test_two_ticks_at_one_number_are_refused() -> None:
    data = ticked(q95="", q95_above="y", q95_below="y")
    assert list(refused(beyond(), data)) == ["q-0.95"]


def test_beyond_the_middle_and_not_beyond_the_end_is_a_decrease() -> None:
    data = ticked(q75="", q75_above="y", q95="1200")
    assert list(refused(beyond(), data)) == ["q-0.95"]


# ---- Showing what was stored


@pytest.mark.parametrize(
    ("question", "data"),
    [
        (a_binary(), {"format": "odds", "p-yes": "1:7"}),
        (a_choice("a", "b"), {"format": "percent", "p-a": "33,3", "p-b": "66,6"}),
        (a_date(), dict(zip(QUANTILES, ["2027-01-01"] * 5, strict=True))),
        (beyond(), {name: text for name, text in ticked(q95_above="y").items() if name != "q-0.95"}),
    ],
)
def test_a_stored_answer_is_shown_as_it_was_entered(question: QuestionStandIn, data: dict[str, str]) -> None:
    kind = kind_of(question)
    rows = sent(question, data)
    written = input_format(kind, a_form(question, data))
    shown = as_entered(kind.slots(question, question.options), rows, written)
    assert shown == {name: True if name.endswith("above") else text for name, text in data.items()}
    assert sent(question, shown) == rows


def test_a_fraction_is_shown_in_percent() -> None:
    slots = kind_of(a_binary()).slots(a_binary(), a_binary().options)
    shown = as_entered(slots, [Row("yes", "p", 0.0065, "0.0065")], "fraction")
    assert shown == {"format": "percent", "p-yes": "0.65"}
    assert sent(a_binary(survey=WIDE), shown)[0].value == 0.0065


def test_numbers_of_a_closed_rung_are_not_shown_in_the_form() -> None:
    question = a_ladder()
    slots = kind_of(question).slots(question, question.options[1:])
    rows = [Row("2027-06-30", "p", 0.1, "10"), Row("2027-12-31", "p", 0.2, "20")]
    assert as_entered(slots, rows, "percent") == {"format": "percent", "p-2027-12-31": "20"}


def test_values_given_to_the_form_stand_in_its_boxes() -> None:
    form = a_form(beyond(), start={"q-0.5": "482", "q-0.95-above": True})
    assert 'value="482"' in str(form["q-0.5"])
    assert "checked" in str(form["q-0.95-above"])
