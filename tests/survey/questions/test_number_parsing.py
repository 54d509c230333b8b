"""Text to number: what each grammar takes, what it refuses, and that it never guesses."""

import math
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from survey.i18n.normalization import trimmed
from survey.questions import EnteredValue, Unreadable, number_parsing
from tests.folding import folded

GRAMMARS = [
    number_parsing.percent,
    number_parsing.odds,
    number_parsing.one_in_n,
    number_parsing.number,
    number_parsing.date,
]
EPOCH = date(1970, 1, 1)


def refusal(read: Callable[[str], EnteredValue], text: str) -> str:
    with pytest.raises(Unreadable) as refused:
        read(text)
    return str(refused.value)


PERCENT = {
    "50": 0.5,
    "007": 0.07,
    "50%": 0.5,
    "50 %": 0.5,
    "50\u202f%": 0.5,
    "50\u00a0%": 0.5,
    "\u00a050\u202f": 0.5,
    "0,5": 0.005,
    "12.5%": 0.125,
    "12,5": 0.125,
    "12,50": 0.125,
    "٥٠": 0.5,
    "१२.५": 0.125,
    "５０％": 0.5,
    "٥٠٪": 0.5,
    "١٢٫٥": 0.125,
    "+50": 0.5,
    "99.9": 0.999,
    "50.0000000000000000001": 0.5,
    "0.65": 0.0065,
    "1": 0.01,
    ".5": 0.005,
    "50.": 0.5,
    "12.345": 0.12345,
}


@folded
@pytest.mark.parametrize(("text", "value"), PERCENT.items())
def test_percent_is_read(text: str, value: float) -> None:
    assert number_parsing.percent(text).value == pytest.approx(value, abs=1e-15)


NOT_PERCENT = [
    "", " ", "\u00a0", "-", ",", ".", "%", "e", "– 50", "l0", "fünfzig", "50pct", "1:1",
    "1:7", "~50", "≈50", "(50)", "'50", "50’", "5 0", "5\u00a00", "1.000,5", "0.5.5", "25,25,25,25",
    "1_0", "0x32", "1e-1", "1e400", "1e-400", "50e0", "NAN", "nan%", "INF", "Infinity", "null", "true",
    "Ⅹ", "五十", "¹50", "½", "50\x00", "\u202e05", "5\u200b0", "\u060050", "50\n60", "50\x1f",
    "${50}", "@50", "\ud800", "50|60", "50;60", "50 60", "50%%", "%50", "1/8", "1 in 8",
    "9" * 400, "0." + "1" * 200_000,
]  # fmt: skip


@folded
@pytest.mark.parametrize("text", NOT_PERCENT, ids=lambda text: repr(text[:20]))
def test_anything_else_is_no_percent(text: str) -> None:
    assert refusal(number_parsing.percent, text).endswith(".")


@folded
@pytest.mark.parametrize("text", ["1,000", "0,125", "12,345", "100,000"])
def test_a_comma_before_exactly_three_digits_is_refused_as_ambiguous(text: str) -> None:
    for read in (number_parsing.percent, number_parsing.number, number_parsing.one_in_n):
        assert "can be read in two ways" in refusal(read, text)


def test_the_sentence_about_a_comma_offers_both_readings() -> None:
    assert refusal(number_parsing.percent, "1,000") == "“1,000” can be read in two ways: write 1.000 or 1000."


@folded
@pytest.mark.parametrize("text", ["1,0", "1,00", "1,0000"])
def test_a_comma_before_another_number_of_digits_is_a_decimal_mark(text: str) -> None:
    assert number_parsing.percent(text).value == 0.01


def test_half_a_percent_is_never_one_half() -> None:
    assert number_parsing.percent("0,5").value == number_parsing.percent("0.5 %").value == 0.005


def test_a_number_is_at_most_32_characters() -> None:
    assert number_parsing.percent("0." + "1" * 30).value > 0
    assert "32 characters" in refusal(number_parsing.percent, "0." + "1" * 31)


def test_spaces_around_a_number_do_not_make_it_too_long() -> None:
    assert number_parsing.percent("50" + " " * 100).value == 0.5


def test_what_was_typed_is_kept_without_the_spaces_around_it() -> None:
    assert number_parsing.percent("  ١٢٫٥\u202f% ").entered == "١٢٫٥\u202f%"


ODDS = {
    "1:7": 1 / 8,
    "1 : 7": 1 / 8,
    "1 to 7": 1 / 8,
    "1 TO 7": 1 / 8,
    "1 до 7": 1 / 8,
    "7:1": 7 / 8,
    "1:1": 1 / 2,
    "1:0.5": 2 / 3,
    "2,5:1": 2.5 / 3.5,
    "1:1 000": 1 / 1001,
    "١:٧": 1 / 8,
}


@folded
@pytest.mark.parametrize(("text", "value"), ODDS.items())
def test_odds_are_for_to_against(text: str, value: float) -> None:
    assert number_parsing.odds(text).value == pytest.approx(value, abs=1e-15)


NO_ODDS = ["", "7", "50%", "1:", ":7", "1:7:2", "1/7", "1 in 8", "a:b", "1:1e3", "1:inf"]


@folded
@pytest.mark.parametrize("text", NO_ODDS)
def test_anything_else_is_no_odds(text: str) -> None:
    assert "for to against" in refusal(number_parsing.odds, text)


@folded
@pytest.mark.parametrize("text", ["0:7", "7:0", "0:0", "-1:7", "1:-7"])
def test_odds_have_two_numbers_above_zero(text: str) -> None:
    assert refusal(number_parsing.odds, text) == "Both numbers of the odds must be above 0."


ONE_IN_N = {
    "1 in 8": 1 / 8,
    "1 IN 8": 1 / 8,
    "1/8": 1 / 8,
    "8": 1 / 8,
    "1 з 8": 1 / 8,
    "1 із 8": 1 / 8,
    "1 зі 100": 1 / 100,
    "1 на 8": 1 / 8,
    "7 in 10": 7 / 10,
    "1 in 1 000": 1 / 1000,
    "1\u202f000": 1 / 1000,
    "1 in 2,5": 1 / 2.5,
    "1": 1.0,
}


@folded
@pytest.mark.parametrize(("text", "value"), ONE_IN_N.items())
def test_one_in_n_is_read(text: str, value: float) -> None:
    assert number_parsing.one_in_n(text).value == pytest.approx(value, abs=1e-15)


NO_ONE_IN_N = ["", "1:7", "50%", "1 in", "in 8", "one in eight", "1in8", "1 in 8 in 9"]


@folded
@pytest.mark.parametrize("text", NO_ONE_IN_N)
def test_anything_else_is_no_one_in_n(text: str) -> None:
    assert refusal(number_parsing.one_in_n, text) == "Write it as 1 in 8, or only the 8."


@folded
@pytest.mark.parametrize("text", ["0", "0.5", "1 in 0", "0 in 8", "1 in 0.9", "11 in 10", "1 in -8", "-8"])
def test_the_n_is_never_the_smaller_number(text: str) -> None:
    assert "n is 1 or more" in refusal(number_parsing.one_in_n, text)


NUMBERS = {
    "1\u202f000": 1000,
    "1 000": 1000,
    "12 345 678,5": 12_345_678.5,
    "1e3": 1000,
    "2E3": 2000,
    "1.5e-2": 0.015,
    "-3.5": -3.5,
    "\u22123.5": -3.5,
    "+3": 3,
    "0": 0,
    "-0": 0,
    "1.000": 1,
    "999999999999999": 999_999_999_999_999,
    "٤٨٢": 482,
}


@folded
@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_a_number_is_read(text: str, value: float) -> None:
    assert number_parsing.number(text).value == value


def test_there_is_no_negative_zero() -> None:
    assert str(number_parsing.number("-0").value) == "0.0"


NO_NUMBER = [
    "", "nan", "inf", "1.000.000", "1,000,000", "1.000,5", "€10", "10 €", "10 %", "~10", "0x0a", "=10",
    "10 50", "10000 000", "1 00", "1 0000", "'10", "1'000", "1_000", "– 5", "- 5", "1e", "1e999",
    "10-20", "<10", "ten", "1\u20092 3",
]  # fmt: skip


@folded
@pytest.mark.parametrize("text", NO_NUMBER)
def test_anything_else_is_no_number(text: str) -> None:
    assert (
        refusal(number_parsing.number, text)
        == "Write the number alone, such as 1200 or 12.5, without a unit."
    )


@folded
@pytest.mark.parametrize("text", ["1e15", "-1e15", "1000000000000000", "1e99"])
def test_a_number_that_cannot_be_stored_is_refused(text: str) -> None:
    assert "larger than any that can be stored" in refusal(number_parsing.number, text)


DATES = {
    "1970-01-01": 0,
    "2027-03-28": 20905,
    "2028-02-29": 21243,
    " 2027-12-31 ": 21183,
    "٢٠٢٧-١٢-٣١": 21183,
}


MARKS = [
    *map(chr, (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, 0xAD, 0x61C, 0x202A, *range(0x2060, 0x206A)))
]


@folded
@pytest.mark.parametrize("mark", [*MARKS, "\n", "\r\n", "\u2028"], ids=ascii)
def test_what_nobody_sees_beside_a_number_is_left_out(mark: str) -> None:
    assert number_parsing.percent(f"{mark}12,5{mark}") == EnteredValue(0.125, "12,5")
    assert number_parsing.odds(f"{mark}1:7{mark}").value == 0.125
    assert number_parsing.one_in_n(f"{mark} 1 in 8 {mark}").value == 0.125
    assert number_parsing.number(f"{mark}-3{mark}") == EnteredValue(-3, "-3")
    assert number_parsing.date(f"{mark}2027-12-31{mark}") == EnteredValue(21183, "2027-12-31")


@folded
@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_a_mark_beside_a_sign_is_left_out_and_one_between_digits_is_named(mark: str) -> None:
    assert number_parsing.percent(f"50{mark}%").value == 0.5
    assert number_parsing.number(f"-{mark}3").value == -3
    sentence = refusal(number_parsing.percent, f"1{mark}2")
    assert f"U+{ord(mark):04X}" in sentence and sentence.endswith("type it again.")


@folded
@pytest.mark.parametrize("text", ["\u202e05", "05\u202d", "\u060050"])
def test_what_changes_the_digits_that_a_reader_sees_is_not_left_out(text: str) -> None:
    refusal(number_parsing.percent, text)


@folded
@pytest.mark.parametrize(("text", "value"), [("-3", -0.03), ("\u22123 %", -0.03), ("-0.0", 0.0)])
def test_a_minus_is_read_and_the_range_refuses_it(text: str, value: float) -> None:
    assert number_parsing.percent(text).value == value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1,000", "1,0 or 1000"),
        ("12,345", "12,3450 or 12345"),
        ("1,250%", "1,25% or 1250%"),
        ("0,100", "0,1 or 0100"),
    ],
)
def test_where_decimals_stand_after_a_comma_the_advice_has_one(app: Flask, text: str, advice: str) -> None:
    with app.app_context(), force_locale("uk"):
        sentence = refusal(number_parsing.percent, text)
    assert all(offer in sentence for offer in advice.split(" or "))
    for offer in advice.split(" or "):
        assert number_parsing.percent(offer).value >= 0


@folded
@pytest.mark.parametrize(("text", "days"), DATES.items())
def test_a_date_is_days_since_1970(text: str, days: int) -> None:
    assert number_parsing.date(text).value == days


@folded
@pytest.mark.parametrize("text", ["2027-02-29", "2027-00-10", "2027-13-01", "2027-04-31", "0000-01-01"])
def test_a_day_that_there_is_not_is_named(text: str) -> None:
    assert refusal(number_parsing.date, text) == f"There is no such day as {text}."


NO_DATE = [
    "", "28/03/2027", "01/02/2026", "2027", "20270328", "2027/03/28", "2027-03-28T25:00:00Z",
    "2027-03-28T00:00", "-2027-03-28", "2026-1-1", "27-03-28", "28.03.27", "never", "2027-03-28\x00",
    "\u202d2027-03-28", "2027-W13-7", "2027-087", "20905", "12027-03-28", "2027‐03‐28",
]  # fmt: skip


@folded
@pytest.mark.parametrize("text", NO_DATE)
def test_anything_else_is_no_date(text: str) -> None:
    assert refusal(number_parsing.date, text) == "Write the date as year-month-day, like this: 2027-12-31."


def test_a_date_with_dots_is_refused_and_its_reader_told_how_to_write_it() -> None:
    assert (
        refusal(number_parsing.date, "28.3.2027")
        == "Write the date as year-month-day, like this: 2027-03-28."
    )


def test_a_date_with_dots_that_is_no_day_is_not_offered() -> None:
    assert refusal(number_parsing.date, "31.02.2027") == "There is no such day as 2027-02-31."


# ---- Properties


@given(st.text() | st.text(alphabet="0123456789.,:/ +-%e\u00a0\u202f٥٫inзна"))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    for read in GRAMMARS:
        try:
            entry = read(text)
        except Unreadable as unreadable:
            assert str(unreadable)
        else:
            assert math.isfinite(entry.value)


@given(st.decimals(0, 100, places=6))
def test_percent_is_the_nearest_double_of_what_was_written(points: object) -> None:
    assert number_parsing.percent(f"{points}").value == float(f"{points}e-2")


@given(st.decimals(0, 100, places=2), st.sampled_from("٠०০๐０"))
def test_digits_of_every_script_are_the_same_number(points: object, zero: str) -> None:
    script = {ord("0") + digit: ord(zero) + digit for digit in range(10)}
    assert (
        number_parsing.percent(f"{points}".translate(script)).value
        == number_parsing.percent(f"{points}").value
    )


@given(st.floats(-1e14, 1e14))
def test_a_number_reads_back_to_itself(value: float) -> None:
    text = repr(value)
    if "e-" not in text or len(text.split("e-")[1]) <= 2:
        assert number_parsing.number(text).value == value


@given(st.integers(0, 10**14))
def test_thousands_set_apart_are_the_same_number(value: int) -> None:
    assert number_parsing.number(f"{value:,}".replace(",", "\u202f")).value == value


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_odds_and_one_in_n_agree(pro: int, contra: int) -> None:
    by_odds = number_parsing.odds(f"{pro}:{contra}").value
    by_count = number_parsing.one_in_n(f"{pro} in {pro + contra}").value
    assert by_odds == by_count == pro / (pro + contra)


@given(st.dates())
def test_a_date_reads_back_to_itself(day: date) -> None:
    assert EPOCH + timedelta(days=number_parsing.date(day.isoformat()).value) == day


def test_plain_letters_are_read_at_once_and_as_all_others_are() -> None:
    """A mark that nobody sees makes the same text one of all letters."""
    for plain in map(chr, range(128)):
        for text in (f"{plain}1{plain}2 %{plain}", f"1{plain}{plain}e", plain):
            marked = text.replace("%", "\u200e%").replace("e", "\u200ee")
            assert number_parsing.folded(text) == number_parsing.folded(marked)
            assert trimmed(text) == trimmed(text.replace("1", "é")).replace("é", "1")
