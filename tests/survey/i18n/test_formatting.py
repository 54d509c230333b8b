"""How numbers and times are said: rounded half up, in the reader's language, never as certainty."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey.i18n import formatting
from survey.i18n.formatting import (
    day,
    exact_percent,
    in_words,
    moment,
    number,
    number_range,
    percent,
    percent_range,
)
from survey.i18n.locale import init_language
from survey.questions import number_parsing

NB = "\u00a0"


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.58, "58"),
        (0.05, "5"),
        (0.0499, "5.0"),
        (0.0312, "3.1"),
        (0.00125, "0.1"),
        (0.95, "95"),
        (0.9512, "95.1"),
        (0.999, "99.9"),
        (0.505, "51"),
        (0.145, "15"),
        (0.0315, "3.2"),
        (0.5, "50"),
        (0.0, "0.0"),
        (1.0, "100.0"),
    ],
)
def test_a_published_probability_has_whole_points_and_a_decimal_near_the_ends(p: float, said: str) -> None:
    assert percent(p) == f"{said}{NB}%"


@pytest.mark.parametrize(("p", "said"), [(0.0004, "< 0.1 %"), (1e-9, "< 0.1 %"), (0.9996, "> 99.9 %")])
def test_a_chance_is_never_rounded_to_certainty(p: float, said: str) -> None:
    assert percent(p) == said.replace(" ", NB)


def test_halves_go_up_even_where_the_double_lies_below() -> None:
    assert 0.145 * 100 < 14.5
    assert percent(0.145) == f"15{NB}%"
    assert exact_percent(0.12345) == f"12.35{NB}%"


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.7, "70"), (0.125, "12.5"), (1 / 7, "14.29"), (0.0001, "0.01"), (0.9999, "99.99"), (0.333, "33.3")],
)
def test_ones_own_forecast_is_shown_as_it_was_given(p: float, said: str) -> None:
    assert exact_percent(p) == f"{said}{NB}%"


def test_ones_own_forecast_is_not_certain_either() -> None:
    assert exact_percent(0.00001) == f"<{NB}0.01{NB}%"
    assert exact_percent(0.99999) == f">{NB}99.99{NB}%"


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.125, "about 1 in 8"),
        (0.7, "about 7 in 10"),
        (0.1, "about 1 in 10"),
        (0.25, "about 1 in 4"),
        (0.38, "about 3 in 8"),
        (0.5, "about 1 in 2"),
        (0.65, "about 2 in 3"),
        (0.17, "about 1 in 6"),
        (0.2, "about 1 in 5"),
        (0.8, "about 4 in 5"),
        (0.05, "about 1 in 20"),
        (0.03, "about 1 in 33"),
        (0.01, "about 1 in 100"),
        (0.007, "about 1 in 140"),
        (0.001, "about 1 in 1,000"),
        (0.9, "about 9 in 10"),
        (0.95, "about 19 in 20"),
        (0.99, "about 99 in 100"),
        (0.999, "about 999 in 1,000"),
        (0.0009, "less than 1 in 1,000"),
        (0.9995, "more than 999 in 1,000"),
        (0.0, "less than 1 in 1,000"),
        (1.0, "more than 999 in 1,000"),
    ],
)
def test_a_probability_in_words(p: float, words: str) -> None:
    assert in_words(p) == words


@given(st.floats(0.001, 0.999))
def test_the_words_are_near_the_number(p: float) -> None:
    part, whole = (int(count.replace(",", "")) for count in in_words(p).removeprefix("about ").split(" in "))
    assert 0 < part < whole
    assert abs(part / whole - p) <= min(0.06, 0.12 * p + 0.001 if p < 0.2 else 0.06)


@given(st.integers(1, 999))
def test_the_words_for_what_does_not_happen_are_the_other_part(thousandths: int) -> None:
    p, rest = thousandths / 1000, (1000 - thousandths) / 1000
    if p < 0.2:
        part, whole = in_words(p).removeprefix("about ").split(" in ")
        other, same = in_words(rest).removeprefix("about ").split(" in ")
        assert whole == same
        assert int(other.replace(",", "")) == int(whole.replace(",", "")) - int(part)


@pytest.mark.parametrize(
    ("value", "settings", "said"),
    [
        (482.0, {}, "482"),
        (1234567.25, {}, "1,234,567.25"),
        (0.1 + 0.2, {}, "0.30000000000000004"),
        (-3.5, {}, "-3.5"),
        (482.0, {"unit": "€ bn"}, "€482\u00a0bn"),
        (41.0, {"unit": "%"}, "41\u00a0%"),
        (482.3718, {"figures": 3}, "482"),
        (0.21349, {"figures": 3}, "0.213"),
        (3.14159, {"figures": 3}, "3.14"),
        (12345.6, {"figures": 3}, "12,346"),
        (2.5, {"figures": 1}, "3"),
        (0.0, {"figures": 3}, "0"),
    ],
)
def test_a_number_with_its_unit(value: float, settings: dict[str, object], said: str) -> None:
    assert number(value, **settings) == said


def test_numbers_of_numpy_are_said_like_any_other() -> None:
    assert (percent(np.float64(0.58)), number(np.float64(482.5))) == (f"58{NB}%", "482.5")


def test_a_day_from_its_number_or_its_date() -> None:
    assert day(0) == f"1{NB}January 1970"
    assert day(21183.9) == day(date(2027, 12, 31)) == f"31{NB}December 2027"
    assert day(-0.5) == f"31{NB}December 1969"


def test_a_day_that_no_calendar_has_is_the_last_one() -> None:
    assert (day(1e14), day(-1e14)) == (f"31{NB}December 9999", f"1{NB}January 1")


NOON = datetime(2027, 3, 12, 12, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "zone", "said"),
    [
        (NOON, "Europe/Kyiv", "12_March 2027, 14:32 Kyiv (12:32 UTC)"),
        (NOON, "Europe/Kiev", "12_March 2027, 14:32 Kyiv (12:32 UTC)"),
        (NOON, "America/Argentina/Buenos_Aires", "12_March 2027, 09:32 Buenos Aires (12:32 UTC)"),
        (NOON, "UTC", "12_March 2027, 12:32 UTC"),
        (NOON.replace(tzinfo=None), "Europe/Kyiv", "12_March 2027, 14:32 Kyiv (12:32 UTC)"),
        (
            NOON.astimezone(timezone(timedelta(hours=-8))),
            "Europe/Kyiv",
            "12_March 2027, 14:32 Kyiv (12:32 UTC)",
        ),
        (
            datetime(2027, 12, 31, 23, 0, tzinfo=UTC),
            "Europe/Kyiv",
            "1_January 2028, 01:00 Kyiv (31_December 2027, 23:00 UTC)",
        ),
        (datetime(2027, 7, 15, 12, 0, tzinfo=UTC), "Europe/Kyiv", "15_July 2027, 15:00 Kyiv (12:00 UTC)"),
        (date(2027, 3, 12), "Europe/Kyiv", "12_March 2027"),
    ],
)
def test_a_time_is_said_in_the_surveys_zone_and_in_utc(when: date, zone: str, said: str) -> None:
    assert moment(when, zone) == said.replace("_", NB)


# ---- Languages


def test_ukrainian_writes_its_own_marks_and_months() -> None:
    assert percent(0.0312, "uk") == f"3,1{NB}%"
    assert exact_percent(0.125, "uk") == f"12,5{NB}%"
    assert number(1234.5, "млн", "uk") == f"1{NB}234,5{NB}млн"
    assert day(date(2027, 3, 12), "uk") == f"12{NB}березня 2027{NB}року"
    assert moment(NOON, "Europe/Kyiv", "uk").startswith(f"12{NB}березня 2027{NB}року, 14:32 Київ")


@pytest.fixture
def app() -> Iterator[Flask]:
    """An application that knows languages and nothing else."""
    app = Flask(__name__)
    app.secret_key = "for a session"
    init_language(app)
    yield app


def test_the_language_is_that_of_the_request(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "uk"}):
        assert exact_percent(0.125) == f"12,5{NB}%"
        assert exact_percent(0.125, "en") == f"12.5{NB}%"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert exact_percent(0.125) == f"12.5{NB}%"


# ---- What is said can be read back


@given(st.integers(1, 9999), st.sampled_from(["en", "uk"]))
def test_what_was_typed_is_said_and_read_back_in_either_language(hundredths: int, language: str) -> None:
    p = number_parsing.percent(f"{hundredths / 100}").value
    assert number_parsing.percent(exact_percent(p, language)).value == p


@pytest.mark.parametrize("zeros", [(0.0, -0.0, -0.0004), (-0.0, 0.0, -0.0004), (-0.0004, -0.0, 0.0)])
def test_a_zero_has_no_sign_whichever_was_said_first(zeros: tuple[float, ...]) -> None:
    formatting._written.cache_clear()
    assert {number(zero, figures=None if zero == 0 else -3) for zero in zeros} == {"0"}


def test_a_number_is_said_in_the_language_that_is_asked_for_whatever_was_asked_before() -> None:
    said = [number(1234.5, language=language) for language in ("en", "uk", "en")]
    assert said == ["1,234.5", f"1{NB}234,5", "1,234.5"]
    halves = [exact_percent(0.125, language) for language in ("uk", "en", "uk")]
    assert halves == [f"12,5{NB}%", f"12.5{NB}%", f"12,5{NB}%"]


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_a_number_said_in_ukrainian_is_read_back(whole: int, hundredths: int) -> None:
    value = float(f"{whole}.{hundredths:02}")
    assert number_parsing.number(number(value, language="uk")).value == value


@given(st.dates())
def test_every_date_can_be_said(when: date) -> None:
    assert day(when).endswith(str(when.year))


class TestUnits:
    @pytest.mark.parametrize(
        ("unit", "language", "said"),
        [
            ("€ bn", "en", "€505_bn"),
            ("млрд €", "uk", "505_млрд_€"),
            ("$", "en", "$505"),
            ("%", "en", "505_%"),
        ],
    )
    def test_a_currency_stands_where_its_unit_puts_it(self, unit: str, language: str, said: str) -> None:
        assert number(505, unit, language) == said.replace("_", NB)

    def test_a_range_says_its_unit_once(self) -> None:
        assert number_range(10, 18, "€ bn") == f"€10–18{NB}bn"
        assert number_range(10, 18, "млрд €", "uk") == f"10–18{NB}млрд{NB}€"
        assert number_range(-3, 2) == "-3 – 2"

    def test_two_chances_of_a_sentence_say_percent_once(self) -> None:
        assert percent_range(0.1, 0.18) == ("10", f"18{NB}%")
        assert percent_range(0.0007, 0.0014) == ("0.07", f"0.14{NB}%")

    def test_a_month_stays_with_its_number(self) -> None:
        assert day(21183) == f"31{NB}December 2027"
        assert day(21183, "uk").startswith(f"31{NB}грудня")
