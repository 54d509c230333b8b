"""Which language a page is in, and how numbers, dates and counts are said in it."""

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import force_locale

from survey import charts
from survey.charts import Step
from survey.i18n.formatting import day, exact_percent, in_words, moment, number, percent, signed
from survey.i18n.locale import current_language, gettext, ngettext, speaking
from tests.survey.web.visitor import words


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)">', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("uk-UA,uk;q=0.9,en;q=0.5", "uk"),
        ("uk", "uk"),
        ("de,uk;q=0.7,en;q=0.3", "uk"),
        ("en-GB,en;q=0.9,uk;q=0.8", "en"),
        ("de,fr;q=0.8", "en"),
        ("", "en"),
        ("no such thing;;q=x", "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(
    client: FlaskClient, asked: str, told: str
) -> None:
    page = client.get("/s/ukraine/", headers={"Accept-Language": asked}).text
    assert language_of(page) == told


def test_the_choice_is_remembered_whatever_the_browser_asks_for(client: FlaskClient) -> None:
    client.post("/language", data={"language": "uk", "next": "/methods"})
    asked = {"Accept-Language": "en"}
    assert language_of(client.get("/methods", headers=asked).text) == "uk"
    client.post("/language", data={"language": "en", "next": "/methods"})
    assert language_of(client.get("/methods", headers={"Accept-Language": "uk"}).text) == "en"


def test_a_language_that_there_is_not_changes_nothing(client: FlaskClient) -> None:
    client.post("/language", data={"language": "uk", "next": "/"})
    assert client.post("/language", data={"language": "tlh", "next": "/methods"}).location == "/methods"
    assert language_of(client.get("/methods").text) == "uk"


def test_the_switch_leads_to_no_other_site(client: FlaskClient) -> None:
    for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        assert client.post("/language", data={"language": "uk", "next": elsewhere}).location == "/"
        assert client.get("/language", query_string={"next": elsewhere}).location == "/"


def test_a_survey_in_another_language_has_english_words_around_it(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "uk"}):
        with speaking("de"):
            assert (current_language(), gettext("Mine")) == ("en", "Mine")
        with speaking("uk"):
            assert gettext("Mine") != "Mine"
        assert current_language() == "uk"


def test_the_bank_is_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = client.get("/s/ukraine/", headers={"Accept-Language": "uk"}).text
    assert "Україна та безпека Європи" in page
    assert "Україна та безпека Європи" not in client.get("/s/ukraine/").text


def test_numbers_and_times_are_said_as_in_ukrainian(app: Flask) -> None:
    with app.app_context():
        assert percent(0.0312, "uk") == "3,1\u00a0%"
        assert exact_percent(0.125, "uk") == "12,5\u00a0%"
        assert number(1234.5, "млрд", "uk") == "1\u00a0234,5\u00a0млрд"
        assert signed(-12.5, "uk") == "−12,5"
        assert in_words(0.7, "uk") == "приблизно 7\u00a0з\u00a010"
        assert in_words(0.0004, "uk") == "менше ніж 1\u00a0з\u00a01\u00a0000"
        assert day(date(2027, 12, 31), "uk") == "31\u00a0грудня 2027\u00a0року"
        late = datetime(2027, 12, 31, 23, 0, tzinfo=UTC)
        assert (
            moment(late, "Europe/Kyiv", "uk")
            == "1\u00a0січня 2028\u00a0року, 01:00, Київ (31\u00a0грудня 2027\u00a0року, 23:00 UTC)"
        )
        # The control: English says none of it so.
        assert (percent(0.0312, "en"), day(date(2027, 12, 31), "en")) == (
            "3.1\u00a0%",
            "31\u00a0December 2027",
        )


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 тем"),
        (1, "1 тема"),
        (2, "2 теми"),
        (4, "4 теми"),
        (5, "5 тем"),
        (11, "11 тем"),
        (12, "12 тем"),
        (21, "21 тема"),
        (22, "22 теми"),
        (25, "25 тем"),
        (111, "111 тем"),
        (121, "121 тема"),
    ],
)
def test_counts_take_the_plural_of_ukrainian(app: Flask, count: int, said: str) -> None:
    with app.test_request_context(), force_locale("uk"):
        assert ngettext("%(num)s theme", "%(num)s themes", count) == said


@pytest.mark.parametrize(("language", "said"), [("en", "1,715 themes"), ("uk", "1\u00a0715 тем")])
def test_a_count_is_grouped_in_every_sentence_of_pages_and_of_code(
    app: Flask, language: str, said: str
) -> None:
    with app.test_request_context(), force_locale(language):
        assert ngettext("%(num)s theme", "%(num)s themes", 1715) == said
        page = render_template_string("{{ ngettext('%(num)s theme', '%(num)s themes', 1715) }}")
        assert page == said
        # A sentence that brings its own writing of the count keeps it.
        own = "{{ ngettext('%(num)s theme', '%(num)s themes', 1715, num='<many>') }}"
        assert render_template_string(own).startswith("&lt;many&gt; ")


def test_a_picture_says_months_and_numbers_in_the_readers_language(app: Flask) -> None:
    steps = [Step(date(2026, 11, 18), 12.5, 10, 20), Step(date(2026, 12, 3), 31.5, 20, 40)]
    with app.test_request_context():
        with force_locale("uk"):
            chart = charts.crowd_over_time(steps, until=date(2027, 1, 1), title="Спільнота")
        with force_locale("en"):
            english = charts.crowd_over_time(steps, until=date(2027, 1, 1), title="Crowd")
    table = " ".join(str(cell) for row in (chart.columns, *chart.rows) for cell in row)
    assert re.search("лист|груд", table + chart.description)
    assert not re.search(r"[A-Za-z]{3}", table + chart.description)
    assert re.search("Nov", english.description + str(english.rows))


def test_whole_pages_say_dates_and_percents_in_ukrainian(client: FlaskClient) -> None:
    page = words(client.get("/s/ukraine/join", headers={"Accept-Language": "uk"}).text)
    assert "22 листопада 2026 року" in page
    assert "22 November 2026" not in page
    assert "22 November 2026" in words(client.get("/s/ukraine/join").text)
