"""What a voice makes of pages: what was said first, names that differ, the language a reason is in."""

import re

from flask import Flask

from survey import clock
from survey.services.publication import publish
from survey.store.transaction import transaction
from tests.factories import on, say, someone, the_question, the_survey

from ..visitor import Visitor

KEY = "leaders-meet"
TITLE = re.compile(r"<title>([^<]*) · Parley</title>")


def title(page: str) -> str:
    found = TITLE.search(page)
    assert found
    return found[1]


def test_title_and_cursor_say_first_what_became_of_a_form(person: Visitor) -> None:
    plain = title(person.get(f"q/{KEY}").text)
    refused = person.answer(KEY, **{"p-yes": "250"}).text
    assert title(refused) == f"Error: {plain}"
    # What is wrong stands between its box and the line, not under the line's ticks.
    assert refused.index('name="p-yes"') < refused.index('id="p-yes-error"') < refused.index("p-slider")
    saved = person.client.get(person.answer(KEY, **{"p-yes": "25"}).location).text
    assert title(saved) == f"Saved: {plain}"
    assert re.findall(r"<(\w+)[^>]* autofocus", saved) == ["h2"]
    assert '<h2 tabindex="-1" autofocus>Saved</h2>' in saved
    person.client.post("/language", data={"language": "uk", "next": "/"})
    assert title(person.answer(KEY, **{"p-yes": "250"}).text).startswith("Помилка: ")


def test_reasons_tables_and_reports_are_told_apart_by_ear(app: Flask, person: Visitor) -> None:
    with app.app_context():

        def others(session: object) -> None:
            for day in (18, 19):
                with clock.at(on(day)):
                    for place in range(6):
                        why = f"Перемовини йдуть, {place}." if day == 18 else f"Talks go on, {place}."
                        say(session, someone(session), the_question(session, KEY), 0.2, rationale=why)  # type: ignore[arg-type]
            publish(session, the_survey(session), on(20).date())  # type: ignore[arg-type]

        transaction(others)
    person.answer(KEY, **{"p-yes": "25"})
    page = person.get(f"q/{KEY}/crowd").text
    assert page.count('<div class="p-quote" lang="uk"') == 6
    assert (
        page.count('<div class="p-quote"><bdi>') == 6
    )  # the control: what is in the page's language says nothing
    reports = re.findall(r">Report(<span.*?</span>)</a>", page)
    assert len(reports) == len(set(reports)) == 12
    tables = re.findall(r"<summary>Show as table(.*?)</summary>", page)
    assert tables and len(tables) == len(set(tables))
