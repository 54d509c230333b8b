"""No dead ends: every link and form of every page, from `url_map`, leads its reader to something they may have.

The pages it goes through are looked at as markup, too: that costs little where they are there already.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from survey import clock
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, do_in
from tests.factories import ask_few, say, the_survey
from tests.survey.web.conftest import others_answer
from tests.survey.web.every_page import is_file
from tests.survey.web.markup import Element, Markup, breaches_of
from tests.survey.web.test_access import ASKED, QUESTIONS, ROLES, Site, asked, joined, made, written

#: Parts of an address that name one of many alike: a few of each are enough.
ALIKE = ("key", "number", "about")
FEW = 2
#: What the survey asks: each kind, in each theme, with relations between them and one under a condition. A list of
#: thirty questions leads nowhere else, and each takes its time on every page.
KEYS = (*QUESTIONS, "ceasefire-holds", "aid-total", "foreign-plants", "sanctions-end")


class Offers:
    """What a page offers its reader: links, forms with their method, and the places a link may lead to."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self.places: set[str] = set()
        method = "GET"
        for one in elements:
            own = one.own
            self.places |= {own["id"]} if "id" in own else set()
            if one.tag == "a" and "href" in own:
                self.links.append(own["href"])
            if one.tag == "form":
                method = own.get("method", "get").upper()
                self.forms.append((method, own.get("action", "")))
            if "formaction" in own:
                self.forms.append((own.get("formmethod", method).upper(), own["formaction"]))


@dataclass
class Walk:
    """One reader's walk over the site; each address is asked for once."""

    site: Site
    role: str
    client: FlaskClient
    told: dict[str, tuple[int, Offers]] = field(default_factory=dict)
    #: What is wrong with a page, beside where it leads: its address, and each thing in words.
    wrong: dict[str, list[str]] = field(default_factory=dict)
    alike: dict[tuple[object, ...], set[str]] = field(default_factory=dict)
    followed: int = 0

    def ask(self, address: str) -> tuple[int, Offers]:
        """Status of an address and what its page offers; other files than pages offer nothing."""
        if address not in self.told:
            with self.client.get(address, follow_redirects=True) as answer:
                page = _page(answer)
                markup = Markup(page)
                self.told[address] = answer.status_code, Offers(markup.elements)
                if found := breaches_of(markup, whole="<html" in page):
                    self.wrong[address] = found
        return self.told[address]

    def dead_ends(self, begin: str = "/") -> list[str]:
        """Every link and form that leads nowhere, with the page it stands on: of pages whose address begins so."""
        found = []
        for method, _endpoint, address in asked(self.site.app):
            if method == "GET" and address.startswith(begin) and not address.startswith("/api/"):
                if is_file(address):
                    continue
                offers = self.ask(address)[1]
                found += [
                    f"{address} → {link}: {why}"
                    for link in offers.links
                    if (why := self._link(link, address))
                ]
                found += [
                    f"{address} → {to}: {why}" for to in offers.forms if (why := self._form(*to, address))
                ]
        return sorted(set(found))

    def _link(self, link: str, page: str) -> str:
        parts = urlsplit(link)
        if parts.netloc or parts.scheme or self._is_like_others(link):
            return ""
        self.followed += 1
        if not (parts.path or parts.query):
            return "" if parts.fragment in ("", *self.ask(page)[1].places) else "no such place here"
        path = parts.path or urlsplit(page).path
        status, there = self.ask(f"{path}?{parts.query}" if parts.query else path)
        if status >= 400:
            return str(status)
        return "" if parts.fragment in ("", *there.places) else "no such place on that page"

    def _form(self, method: str, action: str, page: str) -> str:
        parts = urlsplit(action or page)
        if parts.netloc or method == "DIALOG":
            return ""
        try:
            endpoint, _values = self._match(parts.path, method)
        except RequestRedirect:
            return ""
        except Exception as error:
            return type(error).__name__
        row = written().get((method, endpoint))
        # What needs more than an address is a dash for everybody in the table.
        if row is None or set(row) == {"-"}:
            return ""
        may = dict(zip(ROLES, row, strict=True))["participant" if self.role == "answered" else self.role]
        return f"{method} is not for this reader ({may})" if may in ("-", "no") else ""

    def _match(self, path: str, method: str) -> tuple[str, dict[str, object]]:
        endpoint, values = self.site.app.url_map.bind("localhost").match(path, method)
        return str(endpoint), dict(values)

    def _is_like_others(self, link: str) -> bool:
        parts = urlsplit(link)
        try:
            endpoint, values = self._match(parts.path or "/", "GET")
        except Exception:
            return False
        kind = (
            endpoint,
            *sorted(f"{name}={value}" for name, value in values.items() if name not in ALIKE),
            *sorted(pair.partition("=")[0] for pair in parts.query.split("&")),
            parts.fragment if not parts.path else bool(parts.fragment),
        )
        known = self.alike.setdefault(kind, set())
        if link in known or len(known) < FEW:
            known.add(link)
            return False
        return True


def _page(answer: TestResponse) -> str:
    return answer.text if answer.mimetype == "text/html" else ""


def answered_everything(session: Session) -> tuple[str, str]:
    """Somebody who has answered every question: their code, and the token of their program."""
    from survey.services import enrollment

    code, token = joined(session, "ukraine")
    person = enrollment.come_back(session, the_survey(session), code)
    for question in the_survey(session).questions:
        if question.key != "leaders-meet":
            say(session, person, question, 0.2)
    return code, token


def answered_few(session: Session) -> None:
    """The shipped survey asks these questions, which twelve people have answered."""
    ask_few(session, *KEYS)
    others_answer(session)


@pytest.fixture(scope="module")
def site(sqlite_few: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped survey, published, with a reader of each kind; nothing here is written to."""
    with clock.at(TODAY):
        folder = tmp_path_factory.mktemp("answered")
        template = shutil.copy(sqlite_few, folder / "answered.sqlite")
        do_in(answered_few, f"sqlite:///{template}", folder)
        made_once = made(tmp_path_factory.mktemp("links"), template)
        with made_once.app.app_context():
            code, token = transaction(answered_everything)
        made_once._enter("answered", token, "/s/ukraine/return", {"code": code})
        yield made_once
        with made_once.app.app_context():
            db.engine.dispose()


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link to a picture leads to one: that it is drawn, which takes a second, is looked at in tests of charts."""
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda *_given, **_how: "")
    monkeypatch.setattr("vl_convert.vegalite_to_png", lambda *_given, **_how: b"")


def walk(site: Site, role: str) -> Walk:
    client = site.app.test_client()
    if site.browsers[role].cookie:
        client.set_cookie(site.app.config["SESSION_COOKIE_NAME"], site.browsers[role].cookie)
    return Walk(site, role, client)


#: Who walks, and where each begins. Daily: whoever has answered everything goes by the pages of all who take part,
#: and whoever has not by those on which that shows; of those who run a survey an organizer goes by all, an analyst
#: by the data, and the owner is shown what an organizer is.
WALKS = [
    ("stranger", "/"),
    ("participant", f"/s/ukraine/q/{ASKED}"),
    ("answered", "/"),
    ("analyst", "/s/ukraine/data/"),
    ("organizer", "/"),
    *(pytest.param(role, "/", marks=pytest.mark.long) for role in ("participant", "analyst", "owner")),
]


@pytest.mark.parametrize(("role", "begin"), WALKS)
def test_no_link_or_form_refuses_the_reader_it_is_shown_to(site: Site, role: str, begin: str) -> None:
    walked = walk(site, role)
    assert walked.dead_ends(begin) == []
    assert walked.wrong == {}
    # The control: many were followed.
    assert walked.followed > (60 if begin == "/" and role != "stranger" else 10)


def test_where_anybody_may_join_no_link_refuses_a_stranger(site: Site) -> None:
    with site.open_to("anybody"):
        walked = walk(site, "anybody")
        assert walked.dead_ends() == []
        assert walked.wrong == {}
        assert walked.followed > 60


def test_a_dead_end_would_be_noticed(site: Site) -> None:
    walked = walk(site, "participant")
    assert walked._link("/s/ukraine/organize/", "/") == "404"
    assert walked._link("/s/ukraine/mine#nowhere", "/") == "no such place on that page"
    assert walked._form("POST", "/s/ukraine/organize/publish", "/") == "POST is not for this reader (-)"
    assert walked._form("POST", "/s/ukraine/nothing/here", "/") == "NotFound"
