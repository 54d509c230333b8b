"""What a page costs in statements: few, and no more for a survey of four times as many questions.

The routes come from `app.url_map`: a new page is counted by itself. On both databases: what one batches, such as
the loading of related rows, the other may ask one by one. The clock is held, so no page asks the server's; that one
does so once at most is a test of its own.
"""

import shutil
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import loading
from survey.bank.reading import bank_folder, read_bank
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.kept_files import NAME as KEPT_FILES
from tests.conftest import ON_BOTH, TODAY, make_app, template_after
from tests.factories import the_survey
from tests.postgresql import PostgreSQL
from tests.skips import EVERYTHING
from tests.statements import counting
from tests.survey.disclosure.test_non_interference import World

from .every_page import ASKED, owner_link, pages, people_and_owner, times

#: Of one page, whatever the survey's size.
MOST = 30
VIEWERS = ["participant", "owner", "anybody"]
#: Pages that are others for whoever has not joined.
FOR_STRANGERS = {"/", "/s/ukraine/", "/s/ukraine/join", f"/s/ukraine/q/{ASKED}"}
pytestmark = pytest.mark.whole

#: The shipped bank, and how often it stands in the large one: four times, on one database; else twice. One statement
#: more for each question is seen by either, and what stands in the way of a hundred by the first.
SMALL, OFTEN = 28, {"sqlite": 4 if EVERYTHING else 2, "postgresql": 2}


@dataclass
class Counted:
    """A survey of one size, and what each of its pages costs each viewer."""

    app: Flask
    people: dict[str, int | None]
    invitation: str
    #: Whether each page is asked for by all who are given it, or by the first of them alone.
    thorough: bool

    def browser(self, viewer: str) -> FlaskClient:
        client = World(self.app, self.people, {}).browser(
            "answered all" if viewer == "participant" else "anonymous"
        )
        if viewer == "owner":
            with self.app.app_context():
                token = transaction(owner_link)
            assert client.post(f"/sign-in/{token}").status_code == 303
        return client

    def costs(self, viewer: str, known: Set[str]) -> dict[str, int]:
        """Statements of every page this viewer is given, by its address; without those that are known."""
        client = self.browser(viewer)
        # What operations and files cost is asked in their own tests.
        asked = {
            path.replace(self.invitation, "invitation"): path for path in pages(self.app, self.invitation)
        }
        found = {path: cost(self.app, client, asked[path]) for path in sorted(asked.keys() - known)}
        return {path: count for path, count in found.items() if count is not None}


def cost(app: Flask, client: FlaskClient, path: str) -> int | None:
    """Statements of one page; None where the answer is no page."""
    # A box for other sites is served unasked for some seconds: it is made anew here, whatever was asked before.
    app.extensions[KEPT_FILES].clear()
    with counting(app) as said:
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.status_code < 500, path
        is_page = response.mimetype == "text/html" and response.status_code == 200
        response.close()
    return len(said) if is_page else None


def grown(session: Session) -> tuple[dict[str, int | None], str]:
    """The shipped survey several times over, in one, and who reads it."""
    bank = times(read_bank(bank_folder("ukraine")), OFTEN[session.get_bind().dialect.name])
    loading._load(session, the_survey(session), bank, clock.now(session))
    return people_and_owner(session)


def copied(template: Any, request: pytest.FixtureRequest, folder: Path) -> str:
    """A database of its own like the template; its URL."""
    if request.param == "sqlite":
        shutil.copy(template, folder / "parley.sqlite")
        return f"sqlite:///{folder / 'parley.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.copy(template)


@pytest.fixture(scope="module", params=ON_BOTH)
def sizes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Counted]]:
    """Made once: looking changes nothing."""
    made = []
    with clock.at(TODAY):
        for size, work in ((SMALL, people_and_owner), (SMALL * OFTEN[request.param], grown)):
            folder = tmp_path_factory.mktemp(f"of-{size}")
            template, (people, invitation) = template_after(work, request.param, request)
            app = make_app(copied(template, request, folder), folder)
            with app.app_context():
                assert len(the_survey(db.session).questions) == size
            made.append(Counted(app, people, invitation, EVERYTHING and request.param == "sqlite"))
        yield made
    for one in made:
        with one.app.app_context():
            db.engine.dispose()


def test_a_page_takes_few_statements_whatever_the_size_of_the_survey(sizes: list[Counted]) -> None:
    """Representatives: the first who is given a page asks for it, who takes part or the owner before anybody.

    They are shown more on it than those after them, but for what invites strangers. All ask for all of them on one
    database, if for everything.
    """
    told: dict[tuple[str, str], tuple[int, int]] = {}
    for viewer in VIEWERS:
        met = {path for _viewer, path in told} - (FOR_STRANGERS if viewer == "anybody" else set())
        known = set() if sizes[0].thorough else met
        few, many = (one.costs(viewer, known) for one in sizes)
        assert few.keys() == many.keys()
        told |= {(viewer, path): (few[path], many[path]) for path in few}
    assert {("participant", f"/s/ukraine/q/{ASKED}"), ("participant", "/s/ukraine/themes")} <= told.keys()
    assert {("owner", "/s/ukraine/organize/import"), ("owner", "/write/ukraine/people")} <= told.keys()
    assert {viewer for viewer, _path in told} == {*VIEWERS}
    dear = {page: counts for page, counts in told.items() if counts[1] > MOST or counts[0] != counts[1]}
    assert dear == {}


def test_a_page_that_loads_question_by_question_is_caught(sizes: list[Counted]) -> None:
    costs, questions = [], []
    for one in sizes:
        with one.app.app_context(), counting(one.app) as said:
            survey = the_survey(db.session)
            questions.append(len(survey.questions))
            for question in survey.questions:
                db.session.refresh(question, ["key"])
        costs.append(len(said))
    assert costs[1] - costs[0] >= questions[1] - questions[0] > 0


def test_a_page_asks_the_clock_of_the_server_once(
    sizes: list[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_fixed", [])
    client = sizes[0].browser("participant")
    with sizes[0].app.app_context():
        once = int(db.engine.dialect.name == "postgresql")
    for path in ("/s/ukraine/themes", f"/s/ukraine/q/{ASKED}"):
        with counting(sizes[0].app) as said:
            assert client.get(path).status_code == 200
        assert sum("clock_timestamp" in statement for statement in said) == once
