"""A picture of every page of a demonstration, on a phone and on a desk: `python -m tests.browser.tour FOLDER`.

Each page is looked at by axe in both windows and must fit the phone's; the last line says how many faults
there are, and the command fails where there is one. A page that no stop leads to is a fault too.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.actions import answering, members
from survey.actions.answering import Answer
from survey.bank.loading import load_bank
from survey.bank.reading import bank_folder, read_bank
from survey.db import alembic, db, transaction
from survey.demo import BANK, DEMO_SLUG, simulate
from survey.invention import invent_entries, invent_person
from survey.models import ConsentText, ConsentVersion, Participant, Survey
from survey.questions import kind_of
from survey.state import open_options

from ..conftest import TODAY, make_app
from .chromium import DESK, PHONE, Complaints, accessibility_faults, launch_arguments, overflow, served

OWNER = "organizer@example.org"
#: Answered by nobody on the tour, so that pages without a crowd are shown too.
LEFT_OPEN = "cyber"
#: A question of each kind.
KINDS = (
    "leaders-meet",
    "war-state-2027",
    "guarantee-form",
    "ceasefire-when",
    "aid-total",
    "sanctions-end",
    "guarantee-if-ceasefire",
)
#: Answers that are no pages.
NO_PAGES = {
    "static",
    "bootstrap.static",
    "security.static",
    "security.verify",
    "charts.vega",
    "public.healthz",
    "public.readyz",
    "researcher.forecasts_long",
    "researcher.questions_table",
}


@dataclass
class Tour:
    """One walk through the site; `faults` are found on the way."""

    page: Page
    site: str
    folder: Path
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def stop(self, name: str, path: str | None = None, status: int = 200) -> None:
        """Go to a path (or stay), and look at the page in both windows."""
        if path is not None:
            answer = self.page.goto(self.site + path)
            if answer is None or answer.status != status:
                self.faults.append(f"{name}: {path} answers {answer.status if answer else 'nothing'}")
        self.seen.add(self.page.url.removeprefix(self.site).split("?")[0])
        for window in (PHONE, DESK):
            self._look(name, window)
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        print(f"  {name}", flush=True)

    def picture(self, name: str, path: str, window: dict[str, int]) -> None:
        """What fits a window, for the README."""
        self.page.set_viewport_size(window)  # type: ignore[arg-type]
        self.page.goto(self.site + path)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(250)
        self.page.screenshot(path=self.folder / f"{name}.png")

    def press(self, selector: str) -> None:
        """Press a button of the page; one that is not there is a fault, and the walk goes on."""
        button = self.page.locator(selector).first
        if button.count():
            button.click()
        else:
            self.faults.append(f"{self.page.url.removeprefix(self.site)}: there is no {selector}")

    def _look(self, name: str, window: dict[str, int]) -> None:
        self.page.set_viewport_size(window)  # type: ignore[arg-type]
        self.page.wait_for_load_state("networkidle")
        # Charts are drawn anew for a new width.
        self.page.wait_for_timeout(250)
        place = f"{name}-{window['width']}"
        self.page.screenshot(path=self.folder / f"{place}.png", full_page=True)
        self.faults += [f"{place}: {fault}" for fault in accessibility_faults(self.page)]
        if window is PHONE and (pixels := overflow(self.page)) > 0:
            self.faults.append(f"{place}: wider than the window by {pixels} pixels")


def visit_as_anybody(tour: Tour) -> None:
    """What everybody may open."""
    tour.stop("surveys", "/")
    tour.stop("front", f"/s/{DEMO_SLUG}/")
    tour.stop("methods", "/methods")
    tour.stop("login", "/login")
    tour.stop("missing", "/nowhere", status=404)
    tour.stop("consent", f"/s/{DEMO_SLUG}/join")
    tour.stop("return", f"/s/{DEMO_SLUG}/return")


def join(tour: Tour) -> None:
    """Take part, by the page."""
    tour.page.goto(f"{tour.site}/s/{DEMO_SLUG}/join")
    tour.page.locator("input[name=agree]").check()
    tour.press("main form button")
    tour.stop("welcome")


def visit_as_participant(tour: Tour, when: str) -> None:
    """A participant's pages, before or after answering."""
    inside = f"/s/{DEMO_SLUG}"
    tour.stop(f"themes-{when}", f"{inside}/themes")
    for key in KINDS:
        tour.stop(f"question-{key}-{when}", f"{inside}/q/{key}")
    tour.stop(f"crowd-{when}", f"{inside}/q/{KINDS[0]}/crowd")
    tour.stop(f"scenarios-{when}", f"{inside}/scenarios")
    tour.stop(f"mine-{when}", f"{inside}/mine")


def visit_what_answers_open(tour: Tour) -> None:
    """Pages there are only for somebody who has answered."""
    inside = f"/s/{DEMO_SLUG}"
    for key in KINDS[1:]:
        tour.stop(f"crowd-{key}", f"{inside}/q/{key}/crowd")
    tour.stop("crowd-hidden", f"{inside}/q/{LEFT_OPEN}/crowd")
    tour.stop("withdraw", f"{inside}/q/{KINDS[0]}/withdraw")
    tour.stop("leave", f"{inside}/leave")
    tour.stop("erase", f"{inside}/erase")
    tour.picture("readme-crowd", f"{inside}/q/{KINDS[3]}/crowd", DESK)
    tour.picture("readme-question", f"{inside}/q/{LEFT_OPEN}", PHONE)


def visit_as_owner(tour: Tour, token: str) -> None:
    """The pages of whoever runs the survey and takes its data out."""
    inside = f"/s/{DEMO_SLUG}"
    tour.stop("sign-in", f"/sign-in/{token}")
    tour.press("main form button")
    tour.stop("my-surveys", "/surveys")
    tour.stop("organize", f"{inside}/organize/")
    tour.stop("organize-question", f"{inside}/organize/q/{KINDS[3]}")
    tour.stop("organize-resolve", f"{inside}/organize/q/{KINDS[3]}/resolve")
    tour.stop("data-empty", f"{inside}/data/")
    tour.press("form[action$=snapshots] button")
    tour.stop("data")


def answer_everything(session: Session) -> None:
    """Let the person of the browser answer all questions but one; they are invented too."""
    survey = session.scalars(select(Survey).filter_by(slug=DEMO_SLUG)).one()
    person = session.scalars(select(Participant).order_by(Participant.id.desc()).limit(1)).one()
    person.simulated = True
    draw = np.random.default_rng(1)
    invented = invent_person(draw, 0, ["en"])
    worked = read_bank(bank_folder(BANK)).worked
    for question in survey.questions:
        if question.key != LEFT_OPEN:
            asked = open_options(session, question)
            entries = invent_entries(draw, invented, question, asked, worked.get(question.key, {}))
            written = kind_of(question).input_formats[0]
            answer = Answer(f"tour-{question.key}", entries, written, "en", confidence=3)
            answering.submit(session, person, question, answer)


def make_demonstration(folder: Path) -> Flask:
    """An application with the demonstration in it, forms with their tokens as in real life."""
    app = make_app(f"sqlite:///{folder / 'tour.sqlite'}", folder, PARLEY_THREADS="4")
    app.config.update(WTF_CSRF_ENABLED=True)
    with app.app_context():
        alembic.upgrade()
        transaction(lambda session: load_bank(session, BANK, slug=DEMO_SLUG, simulated=True))
        transaction(_people)
    return app


def _people(session: Session) -> None:
    survey = session.scalars(select(Survey).filter_by(slug=DEMO_SLUG)).one()
    simulate(session, survey)
    owner = members.create_user(session, OWNER)
    # A second survey, so that there is a list of them.
    for each in (survey, load_bank(session, BANK)):
        members.grant(session, owner, each, "owner")


def unvisited(app: Flask, seen: set[str]) -> Iterator[str]:
    """Rules of pages that none of the paths leads to."""
    adapter = app.url_map.bind("localhost")
    reached = {adapter.match(path)[0] for path in seen if adapter.test(path)}
    for rule in app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
        if is_page and rule.endpoint not in reached | NO_PAGES:
            yield rule.rule


def change_consent(session: Session) -> None:
    """A newer consent, which whoever takes part is asked for before anything else."""
    survey = session.scalars(select(Survey).filter_by(slug=DEMO_SLUG)).one()
    text = survey.consent.text("en").body
    newer = ConsentVersion(
        survey_id=survey.id, number=survey.consent.number + 1, published_at=clock.now(session)
    )
    newer.texts = [ConsentText(language=language, body=text) for language in survey.languages]
    session.add(newer)


def owner_link(session: Session) -> str:
    """The token of a link that signs the owner in once."""
    owner = members.user_by_email(session, OWNER)
    assert owner is not None
    return members.sign_in_link(session, owner)


def walk(app: Flask, tour: Tour) -> None:
    """The whole way: as anybody, as a participant before and after answering, as the owner."""
    visit_as_anybody(tour)
    join(tour)
    visit_as_participant(tour, "before")
    with app.app_context():
        transaction(answer_everything)
        token = transaction(
            lambda session: members.sign_in_link(session, members.user_by_email(session, OWNER))
        )  # type: ignore[arg-type]
    visit_as_participant(tour, "after")
    visit_what_answers_open(tour)
    with app.app_context():
        transaction(change_consent)
        token = transaction(owner_link)
    tour.stop("agree", f"/s/{DEMO_SLUG}/agree")
    visit_as_owner(tour, token)


def main(folder: Path) -> int:
    """Make the pictures; the number of faults."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as instance, clock.at(TODAY):
        print("Inventing people: about 15 seconds …", flush=True)
        app = make_demonstration(Path(instance))
        with served(app) as site, sync_playwright() as playwright:
            page = playwright.chromium.launch(**launch_arguments()).new_page(viewport=PHONE)  # type: ignore[arg-type]
            complaints = Complaints(page)
            tour = Tour(page, site, folder)
            walk(app, tour)
            faults = tour.faults + complaints.found
            faults += [f"no picture: {rule}" for rule in unvisited(app, tour.seen)]
        with app.app_context():
            db.engine.dispose()
    print("\n".join(faults))
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}, {len(faults)} faults")
    return len(faults)


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
