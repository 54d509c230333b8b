"""Charts that travel and boxes for other sites: the same for everybody, with source and day, the only ones framed."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from time import sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey import clock
from survey.security.authentication import CONTENT_SECURITY_POLICY, EMBED_POLICY
from survey.services.publication import publish
from survey.web import kept_files
from survey.web.kept_files import NAME
from survey.web.page_cache import NAME as PAGES
from tests.conftest import database_after
from tests.factories import on, say, someone, the_survey
from tests.survey.disclosure.test_non_interference import addresses

from .test_published import KEY, fill, rule
from .visitor import Visitor, words

CHART = f"/s/ukraine/q/{KEY}/chart"
BOXES = [f"/embed/s/ukraine/q/{KEY}", "/embed/s/ukraine/results/peace", "/embed/s/ukraine/scenarios"]

database = database_after(fill)


@pytest.fixture(autouse=True)
def nothing_is_served_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules and figures change within seconds here."""
    monkeypatch.setattr("survey.web.kept_files.UNASKED_SECONDS", 0.0)


def test_what_two_ask_for_at_once_is_made_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, both, made = count(), Event(), []

    def fingerprint(*_asked: object) -> tuple[str]:
        if next(asked):
            both.set()
        return ("the same",)

    def make() -> str:
        made.append("")
        # Until the other one has asked too, and a moment longer: it waits for its turn then.
        assert both.wait(10)
        sleep(0.05)
        return "a picture"

    def get() -> bytes:
        with app.test_request_context("/embed/s/ukraine/scenarios"):
            return kept_files.kept_for_everybody("ukraine", "", "text/plain", make).data

    monkeypatch.setattr(kept_files, "fingerprint", fingerprint)
    with ThreadPoolExecutor(2) as two:
        told = [one.result() for one in [two.submit(get), two.submit(get)]]
    assert (told, len(made)) == ([b"a picture"] * 2, 1)


def test_embeds_alone_may_be_framed(app: Flask, session: Session, client: FlaskClient) -> None:
    with rule(session, "always"):
        framed = set()
        for one in app.url_map.iter_rules():
            if "GET" not in (one.methods or ()):
                continue
            with client.get(addresses(app, one, KEY)) as answer:
                policy = answer.headers["Content-Security-Policy"]
            assert policy in (CONTENT_SECURITY_POLICY, EMBED_POLICY), one
            if policy == EMBED_POLICY:
                framed.add(one.endpoint)
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY and "script" not in EMBED_POLICY
    assert framed == {"embeds.question", "embeds.theme", "embeds.scenarios"}


def test_a_box_is_the_same_for_everybody_and_asks_before_it_shows(session: Session, app: Flask) -> None:
    for visibility, readers in (("public", "nobody"), ("public", "always")):
        with rule(session, readers, visibility=visibility):
            stranger, known = app.test_client(), app.test_client()
            Visitor(known).join()
            for box in BOXES:
                first = stranger.get(box)
                again = known.get(box, headers={"Accept-Language": "uk", "Cookie": "parley=x"})
                assert first.status_code == 200 and first.data == again.data
                for answer in (first, again):
                    assert "Set-Cookie" not in answer.headers and "Vary" not in answer.headers
                    assert answer.headers["Cache-Control"] == "public, max-age=300"
                assert "<script" not in first.text and "What do you think?" in words(first.text)
                assert bool(re.search(r"\d %", words(first.text))) == (readers == "always"), box
            with clock.at(on(23)):
                assert "Половина" in words(stranger.get(f"{BOXES[0]}?lang=uk").text) or readers == "nobody"
    with rule(session, "nobody", visibility="invited"):
        assert [app.test_client().get(box).status_code for box in BOXES] == [404] * 3


def test_what_one_does_from_a_box_is_marked(session: Session, client: FlaskClient) -> None:
    with rule(session, "always"):
        assert f"/s/ukraine/q/{KEY}/think" in client.get(BOXES[0]).text
        went = client.get(f"/s/ukraine/q/{KEY}/think")
        assert went.location == f"/s/ukraine/q/{KEY}" and "parley_read_ukraine" in str(went.headers)
    with rule(session, "nobody"):
        assert "/think" not in client.get(BOXES[0]).text
        assert client.get(f"/s/ukraine/q/{KEY}/think").status_code == 404


def test_a_chart_travels_with_its_source_and_keeps_its_day(
    session: Session, app: Flask, client: FlaskClient
) -> None:
    places = [CHART, "/s/ukraine/results/peace/chart", "/s/ukraine/results/chart"]
    for place in places:
        assert client.get(f"{place}/2026-11-18.svg").status_code == 404
    with rule(session, "always"):
        drawn = {}
        for place in places:
            for kind in ("svg", "csv"):
                answer = client.get(f"{place}/2026-11-18.{kind}")
                assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
                for said in (
                    "Ukraine and European security",
                    "10",
                    "16 November 2026" if kind == "svg" else "2026-11-16",
                ):
                    assert said in answer.text.replace("\xa0", " "), (place, kind, said)
                drawn[place, kind] = answer.data
        png = client.get(f"{CHART}/2026-11-18.png?theme=dark")
        assert png.data.startswith(b"\x89PNG") and png.mimetype == "image/png"
        assert "станом" in client.get(f"{CHART}/2026-11-18.svg?lang=uk").text
        assert "#14171a" in client.get(f"{CHART}/2026-11-18.svg?theme=dark").text
        for wrong in ("2026-11-22", "2099-01-01", "2026-11-10", "2026-13-01", "yesterday", "20261118"):
            assert client.get(f"{CHART}/{wrong}.svg").status_code == 404, wrong
        # More is said and published, and a week passes: the pictures of that day are the same, to the byte.
        survey = the_survey(session)
        with clock.at(on(23)):
            for person in [someone(session) for _ in range(6)]:
                for question in survey.questions:
                    say(session, person, question, 0.8)
        with clock.at(on(28)):
            publish(session, survey)
            session.commit()
            app.extensions[NAME].clear()
            app.extensions[PAGES].clear()
            for (place, kind), before in drawn.items():
                assert client.get(f"{place}/2026-11-18.{kind}").data == before, (place, kind)


def test_pages_say_elsewhere_what_they_show_and_where_their_box_is(
    session: Session, client: FlaskClient
) -> None:
    with rule(session, "always"):
        for path, box in (
            (CHART, BOXES[0]),
            ("/s/ukraine/results/peace", BOXES[1]),
            ("/s/ukraine/results", BOXES[2]),
        ):
            page = client.get(path).text
            picture = re.search(r'property="og:image" content="http://localhost([^"]+)"', page)
            found = re.search(r'href="http://localhost(/oembed[^"]+)"', page)
            assert picture and found, path
            assert client.get(picture[1].replace("&amp;", "&")).mimetype == "image/png"
            told = client.get(found[1].replace("&amp;", "&")).json
            assert told and told["type"] == "rich" and f'src="http://localhost{box}"' in told["html"]
            assert client.get(box).status_code == 200
    front = client.get("/s/ukraine/").text
    assert 'property="og:title" content="Will there be a ceasefire' in front
    assert "og:image" not in front and "/oembed" not in front, "no figure on the way to a question"
    for path in (CHART, "/s/ukraine/results/peace", "/s/ukraine/results"):
        asked = {"url": f"http://localhost{path}", "maxwidth": "400"}
        small = client.get("/oembed", query_string=asked).json
        assert small and (small["width"], small["height"]) == (320, 400), path
        assert 'width="320" height="400"' in small["html"], path
    for url in (
        "",
        "http://elsewhere.example/s/ukraine/results",
        "http://localhost/methods",
        "http://[",
        "x" * 3000,
    ):
        assert client.get("/oembed", query_string={"url": url}).status_code == 404, url
    assert client.get("/oembed?format=xml").status_code == 406
