"""Who gets in where: every route, method and role, beside `access.txt`; a route without a row fails the build.

The survey is open to invited people alone, but for the first role. `python -m tests.survey.web.test_access` prints
the rows as they are: read each that is new before it goes into the file.
"""

import gc
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey import clock
from survey.bank.loading import store_bank
from survey.models import Survey, User
from survey.services import accounts, api_tokens, enrollment, invitations, moderation, snapshots
from survey.services.resolution import Act
from survey.services.resolution_proposals import resolve_or_propose
from survey.services.resolution_rules import Outcome
from survey.services.task_work import ask_snapshot
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.kept_files import NAME as KEPT_FILES
from survey.web.page_cache import NAME as PAGE_CACHE
from tests.conftest import TODAY, do_in, make_app
from tests.factories import ask_few, bank_of, say, the_question, the_survey
from tests.skips import EVERYTHING
from tests.survey.disclosure.test_non_interference import addresses

TABLE = Path(__file__).with_name("access.txt")
OTHER = "other"
#: Of the table's columns: a stranger where anybody may join; then, where invited people alone may.
ROLES = (
    "anybody",
    "stranger",
    "participant",
    "elsewhere",
    "analyst",
    "organizer",
    "owner",
    "foreign",
)
#: The question that addresses name.
ASKED = "leaders-meet"
#: What the surveys ask: that, the one about which an outcome waits, and those of the scenario that addresses name.
#: Who gets in is no matter of how many there are, and each page takes twice as long with all thirty.
QUESTIONS = (
    ASKED,
    "eu-accession",
    "ceasefire-when",
    "guarantee-form",
    "guarantee-if-ceasefire",
    "clash",
    "clash-if-ceasefire",
    "war-state-2027",
)
VERSION = {"headers": {"If-Match": "*"}}
FILE = {"format": "csv", "text": "id,short.en\nleaders-meet,Leaders meet\n"}
#: What is sent where an empty form would be refused before anybody asks who sent it.
BODIES: dict[str, dict[str, Any]] = {
    "editor.add": {"data": {"noun": "theme", "title": "Another"}},
    "editor.move": {"data": {"noun": "question", "key": ASKED, "place": "1"}},
    "editor.scenario_part": {"data": {"act": "add", "title": "Another"}},
    "editor.take_out": {"data": {"noun": "theme", "key": "nothing"}},
    "Forecasts.forecast": {"json": {"values": {"p-yes": 0.1}}},
    "Running a survey.decide_proposal": {"json": {"act": "refuse"}},
    "Running a survey.resolve": {
        "json": {
            "outcomes": [{"happened": True}],
            "known_from": "2026-11-22T10:00:00Z",
            "source": "https://example.org/",
            "why": "So it was.",
        }
    },
    "Writing surveys.begin_draft": {"json": {"slug": "another"}},
    "Writing surveys.delete_draft": VERSION,
    "Writing surveys.edit_draft": VERSION
    | {"json": {"edits": [{"path": ["words", "en", "survey", "headline"], "value": "Anew?"}]}},
    "Writing surveys.import_file": VERSION | {"json": FILE},
    "Writing surveys.open_draft": VERSION,
    "Writing surveys.plan_import": {"json": FILE},
    "Writing surveys.replace_draft": VERSION | {"json": {"document": {}}},
    "Taking part.agree": {"json": {"agree": True}},
    "Taking part.come_back": {"json": {"code": "nobody's"}},
    "Taking part.join": {"json": {"agree": True, "language": "en"}},
    "organizer.settle": {"data": {"number": "1"}},
    "participant.own_reason": {"data": {"act": "hide", "revision": "1"}},
}
#: Files of the site that hold nothing of anybody.
NOT_ASKED = {"static", "bootstrap.static", "security.static", "charts.vega", "style.bootstrap"}

Row = tuple[str, ...]


@dataclass
class Browser:
    """Somebody with a role: their cookie, and the token of their program."""

    cookie: str = ""
    token: str = ""


def joined(session: Session, slug: str) -> tuple[str, str]:
    """A participant of a survey: a code to come back by, and the token of their program."""
    code = enrollment.new_code()
    (invitation,) = invitations.invite(session, the_survey(session, slug), f"for {code}", 1, 30)
    person = invitations.join_invited(session, invitation, language="en", join_key=code, code=code)
    say(session, person, the_question(session, ASKED, slug), rationale="Because.")
    moderation.ask(session, person, the_question(session, ASKED, slug), "What is a meeting?")
    return code, api_tokens.issue_token(session, person)


def member(session: Session, role: str, slug: str) -> tuple[str, str]:
    """A user with a role: a link to sign in by, and the token of their program."""
    survey = the_survey(session, slug)
    user = accounts.create_user(session, f"{role}@{slug}.example.org")
    accounts.grant(session, user, survey, role)
    token = api_tokens.create_token(session, user, survey, api_tokens.USER_SCOPES)
    return accounts.sign_in_link(session, session.get_one(User, user.id)), token


def propose(session: Session) -> None:
    """An outcome that the owner proposed and that waits."""
    survey, by = the_survey(session), accounts.user_by_email(session, "owner@ukraine.example.org")
    said = Outcome(clock.now(session), "A newspaper", annulled=True)
    assert by is not None
    resolve_or_propose(survey, Act({the_question(session, "eu-accession").id: [said]}), by)


def prepare(session: Session) -> str:
    """An invitation that waits; from then on both surveys are for invited people alone."""
    session.execute(update(Survey).values(visibility="invited"))
    return invitations.invite(session, the_survey(session), "waits", 1, 30)[0]


class Site:
    """The application with somebody of each role, and its database as it was before each request that may write."""

    def __init__(self, app: Flask, path: Path) -> None:
        self.app, self.path, self.kept = app, path, path.with_suffix(".kept")
        self.browsers = {"anybody": Browser(), "stranger": Browser()}
        with app.app_context():
            transaction(lambda session: store_bank(session, bank_of(*QUESTIONS), slug=OTHER))
            for role, slug in (("participant", "ukraine"), ("elsewhere", OTHER)):
                code, token = transaction(lambda session, slug=slug: joined(session, slug))  # type: ignore[misc]
                self._enter(role, token, f"/s/{slug}/return", {"code": code})
            for name, role, slug in (
                ("analyst", "analyst", "ukraine"),
                ("organizer", "organizer", "ukraine"),
                ("owner", "owner", "ukraine"),
                ("foreign", "owner", OTHER),
            ):
                link, token = transaction(
                    lambda session, role=role, slug=slug: member(session, role, slug)  # type: ignore[misc]
                )
                self._enter(name, token, f"/sign-in/{link}", {})
            propose(db.session)
            self.invitation = transaction(prepare)
            transaction(
                lambda session: snapshots.freeze(session, the_survey(session), app.config["PARLEY"]).id
            )
            # One in the making that was asked for from a terminal: owners alone cancel what others asked for.
            transaction(lambda session: ask_snapshot(session, the_survey(session), None).id)
        self._checkpoint()
        shutil.copy(path, self.kept)
        #: Nanoseconds; when the file was last brought back.
        self.copied_at = path.stat().st_mtime_ns

    def _enter(self, role: str, token: str, path: str, form: dict[str, str]) -> None:
        client = self.app.test_client()
        assert client.post(path, data=form).status_code == 303, role
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self.browsers[role] = Browser(cookie.value, token)

    def _checkpoint(self) -> None:
        with self.app.app_context():
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()

    def restore(self) -> None:
        """Bring the database back to what it was, where its log or its file says that something was written."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.exists() and not log.stat().st_size and self.path.stat().st_mtime_ns == self.copied_at:
            return
        # A connection that nobody holds any more would take the new log away with the old one when it is closed.
        gc.collect(1)
        self._checkpoint()
        for leftover in self.path.parent.glob(f"{self.path.name}-*"):
            leftover.unlink()
        shutil.copy(self.kept, self.path)
        self.copied_at = self.path.stat().st_mtime_ns
        self.app.extensions[PAGE_CACHE].clear()
        self.app.extensions[KEPT_FILES].clear()

    @contextmanager
    def open_to(self, role: str) -> Iterator[None]:
        """The survey as this role meets it."""
        # Another visibility within seconds: what is the same for everybody may be some seconds old.
        self.app.extensions[KEPT_FILES].clear()
        if role != "anybody":
            yield
            return
        with self.app.app_context():
            transaction(lambda session: session.execute(update(Survey).values(visibility="public")))
        yield
        self.restore()

    def ask(self, role: str, method: str, endpoint: str, address: str) -> str:
        """The class of the answer this role gets."""
        browser, client = self.browsers[role], self.app.test_client()
        sent = dict(BODIES.get(endpoint, {}))
        headers = {"Idempotency-Key": str(uuid.uuid4())} | sent.pop("headers", {})
        if address.startswith("/api/"):
            headers |= {"Authorization": f"Bearer {browser.token}"} if browser.token else {}
        elif browser.cookie:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], browser.cookie)
        address = address.replace("/i/nonsense", f"/i/{self.invitation}")
        with client.open(address, method=method, headers=headers, **sent) as response:
            return access(response)


def access(response: TestResponse) -> str:
    """What an answer says of access: `yes`, `-` (no such page), and where else it leads or why it does not."""
    assert response.status_code < 500, (response.request.path, response.status_code)
    where = response.headers.get("Location", "").split("?")[0]
    if where.endswith(("/login", "/verify")):
        return "sign-in"
    if where.endswith("/join"):
        return "join"
    named = {401: "token", 403: "no", 404: "-"}
    return named.get(response.status_code, "yes")


def asked(app: Flask) -> list[tuple[str, str, str]]:
    """Method, endpoint and address of every route."""
    return sorted(
        (method, rule.endpoint, addresses(app, rule, ASKED))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in NOT_ASKED
    )


def near_the_bound(row: Row) -> set[str]:
    """Of each answer in a row the last role that gets it, and the owner of another survey."""
    last = dict(zip(row[:-1], ROLES[:-1], strict=True))
    return {*last.values(), "foreign"}


def rows_of(site: Site, table: dict[tuple[str, str], Row] | None = None) -> dict[tuple[str, str], Row]:
    """What every role gets on every route: the table as it is.

    Parameters
    ----------
    table
        Of this, roles near the bound alone are asked about, and the others get what it says.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for role in ROLES:
        with site.open_to(role):
            for method, endpoint, address in asked(site.app):
                row = table.get((method, endpoint)) if table else None
                gets = found.setdefault((method, endpoint), [])
                # What comes after signing out or in finds whom these have left.
                if row and not endpoint.startswith("security.") and role not in near_the_bound(row):
                    gets.append(row[ROLES.index(role)])
                    continue
                gets.append(site.ask(role, method, endpoint, address))
                if method != "GET" and role != "anybody":
                    site.restore()
    return {key: tuple(row) for key, row in found.items()}


@cache
def written() -> dict[tuple[str, str], Row]:
    """The table as it is written."""
    lines = [
        line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")
    ]
    return {
        (method, endpoint.replace("-", " ") if endpoint[0].isupper() else endpoint): tuple(row)
        for method, endpoint, *row in lines
    }


def made(folder: Path, template: Path) -> Site:
    """The site of this test, on a copy of such a survey."""
    path = folder / "parley.sqlite"
    shutil.copy(template, path)
    return Site(make_app(f"sqlite:///{path}", folder), path)


def made_of_few(folder: Path, template: Path) -> Site:
    """The same where the shipped survey asks but few questions."""
    few = Path(shutil.copy(template, folder / "few.sqlite"))
    do_in(lambda session: ask_few(session, *QUESTIONS).id, f"sqlite:///{few}", folder)
    return made(folder, few)


@pytest.fixture(scope="module")
def site(sqlite_few: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Made once: the database is put back after each request that may write."""
    with clock.at(TODAY):
        made_once = made_of_few(tmp_path_factory.mktemp("access"), sqlite_few)
        yield made_once
        with made_once.app.app_context():
            db.engine.dispose()


def test_every_route_has_its_row_and_no_row_is_left_over(site: Site) -> None:
    routes = {(method, endpoint) for method, endpoint, _address in asked(site.app)}
    assert routes - written().keys() == set(), "say in access.txt who gets in there"
    assert written().keys() - routes == set()


def test_every_role_gets_what_the_table_says(site: Site) -> None:
    table = written()
    # While one works: a check that is lost or turned round moves the bound.
    found = rows_of(site, None if EVERYTHING else table)
    assert {key: (row, table.get(key)) for key, row in found.items() if row != table.get(key)} == {}


def test_a_route_without_a_row_would_be_noticed(site: Site) -> None:
    table = written()
    del table["GET", "organizer.overview"]
    routes = {(method, endpoint) for method, endpoint, _address in asked(site.app)}
    assert routes - table.keys() == {("GET", "organizer.overview")}


def test_what_the_table_must_never_say() -> None:
    """Rules that hold whatever is written: no page of those who run a survey for anybody who does not."""
    for (method, endpoint), row in written().items():
        assert len(row) == len(ROLES), endpoint
        by_role = dict(zip(ROLES, row, strict=True))
        noun = endpoint.partition(".")[0]
        if noun in ("audit", "organizer", "people", "roles") or endpoint in (
            "invitations.overview",
            "invitations.make",
            "invitations.revoke",
            "invitations.search",
        ):
            outside = {by_role[role] for role in ROLES if role not in ("organizer", "owner")}
            assert outside == {"-"}, (method, endpoint)
        if noun == "researcher":
            assert {
                by_role[role] for role in ("anybody", "stranger", "participant", "elsewhere", "foreign")
            } == {"-"}
        if noun == "participant" and endpoint not in OPEN_TO_CODES:
            assert {by_role["stranger"], by_role["elsewhere"], by_role["foreign"]} == {"-"}, endpoint


#: Where a code may be typed, and where a browser forgets: looked at by whoever knows the address.
OPEN_TO_CODES = {"participant.come_back", "participant.return_with_code", "participant.forget_me"}


def main() -> None:
    """Print the table as it is."""
    import tempfile

    from tests.conftest import load_few, migrate_and_load

    with tempfile.TemporaryDirectory() as folder, clock.at(TODAY):
        template = Path(folder) / "template.sqlite"
        app = make_app(f"sqlite:///{template}", Path(folder))
        migrate_and_load(app, load_few)
        (Path(folder) / "site").mkdir()
        rows = rows_of(made_of_few(Path(folder) / "site", template))
    sys.stdout.write(as_table(rows))


def as_table(rows: dict[tuple[str, str], Row]) -> str:
    """The table in lines, routes of one noun together."""
    lines, before = [], ""
    for (method, endpoint), row in sorted(rows.items(), key=lambda item: item[0][::-1]):
        noun, name = endpoint.partition(".")[0], endpoint.replace(" ", "-")
        lines += [""] if noun != before else []
        lines.append(f"{method:<6} {name:<38} {' '.join(f'{cell:<11}' for cell in row)}".rstrip())
        before = noun
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
