"""Pages of scenarios and of coherence: processor seconds of a request, beside that of a plain page.

`python -m bench.scenario_page` asks as somebody who has answered everything, among twelve others whose crowd is
published: the page of scenarios (warm, the best of ten), and the page that checks all their answers, the worked ones
of the bank with one that clashes. The floor is the methods page: layout, words and navigation.
"""

import os
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.peers import best
from bench.publishing import settings
from survey import clock, create_app
from survey.bank.loading import load_bank
from survey.bank.reading import bank_folder, read_bank
from survey.questions import EnteredValue, kind_of
from survey.services import enrollment, forecast_submit
from survey.services.forecast_submit import ForecastInput
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.identity import REMEMBERED
from tests.factories import on, say, someone, the_survey
from tests.survey.web.conftest import others_answer
from tests.teardown import torn_down

#: Page, what it must show, and the most processor seconds that it may take.
PAGES = (
    ("/s/ukraine/scenarios", "p-leaves", 0.1),
    ("/s/ukraine/scenarios?whose=mine", "p-leaves", 0.1),
    ("/s/ukraine/coherence", "p-clash-set", 0.1),
)
FLOOR = "/methods"


def fill(session: Session) -> int:
    """Twelve people's published answers, and a thirteenth person who has answered too; the id of that one."""
    load_bank(session, "ukraine").noise_key = None
    others_answer(session)
    reader = someone(session)
    enrollment.agree(session, reader, language="en")
    worked = read_bank(bank_folder("ukraine")).worked
    clashing = worked | {"treaty-when": {**worked["treaty-when"], "2030-12-31": 0.8}}
    with clock.at(on(19)):
        for question in the_survey(session).questions:
            if question.key not in clashing:
                say(session, reader, question, 0.2)
                continue
            said = clashing[question.key]
            slots = kind_of(question).slots(question, question.options)
            entries = {slot.field: EnteredValue(said[slot.option], "") for slot in slots}
            forecast_submit.submit(
                session, reader, question, ForecastInput(f"bench-{question.key}", entries, "percent", "en")
            )
    return reader.id


def ask(client: FlaskClient, page: str, shows: str) -> None:
    """One request, which must show what is measured."""
    response = client.get(page)
    assert response.status_code == 200 and shows in response.text, (page, response.status)


def made_app(folder: Path) -> tuple[Flask, int]:
    """The application on a filled database, and who reads."""
    app = create_app(settings(folder))
    with app.app_context():
        alembic.upgrade()
        with clock.at(on(18)):
            reader = transaction(fill)
        db.engine.dispose()
    return app, reader


def main() -> None:
    """The table."""
    with torn_down() as folder:
        app, reader = made_app(folder)
        client = app.test_client()
        with client.session_transaction() as browser:
            browser[REMEMBERED] = {"ukraine": reader}
        with clock.at(on(20)):
            floor = best(lambda: ask(client, FLOOR, "</html>"), 10)
            print(f"{FLOOR:34} {floor * 1000:6.1f} ms CPU")
            for page, shows, reach in PAGES:
                taken = best(lambda page=page, shows=shows: ask(client, page, shows), 10)
                said = f"{taken / floor:.1f} x the floor (reach {reach * 1000:.0f} ms)"
                print(f"{page:34} {taken * 1000:6.1f} ms CPU, {said}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
