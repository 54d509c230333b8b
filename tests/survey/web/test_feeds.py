"""Feeds that strangers follow: news by the rules of Atom (RFC 4287), deadlines as calendars read them (RFC 5545)."""

import re
import xml.etree.ElementTree as xml
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant
from survey.services.erasure import erase
from survey.services.resolution import resolve
from tests.conftest import database_after
from tests.factories import on, the_question, the_survey
from tests.survey.outcomes import outcome

from .test_published import KEY, fill, rule
from .visitor import Visitor

pytestmark = pytest.mark.whole

ATOM = "{http://www.w3.org/2005/Atom}"
NEWS, DEADLINES = "/s/ukraine/news.atom", "/s/ukraine/deadlines.ics"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

database = database_after(fill)


@pytest.fixture(autouse=True)
def nothing_is_served_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules and figures change within seconds here."""
    monkeypatch.setattr("survey.web.kept_files.UNASKED_SECONDS", 0.0)


#: RFC 4287, Appendix B: which elements may stand in which, the least and the most of each.
MANY = 1_000_000
PERSON = {"name": (1, 1), "uri": (0, 1), "email": (0, 1)}
SHARED = {
    **{"author": (0, MANY), "category": (0, MANY), "contributor": (0, MANY), "link": (0, MANY)},
    **{"id": (1, 1), "rights": (0, 1), "title": (1, 1), "updated": (1, 1)},
}
CHILDREN = {
    "feed": SHARED
    | {"generator": (0, 1), "icon": (0, 1), "logo": (0, 1), "subtitle": (0, 1), "entry": (0, MANY)},
    "entry": SHARED | {"content": (0, 1), "published": (0, 1), "source": (0, 1), "summary": (0, 1)},
    "author": PERSON,
    "contributor": PERSON,
}
#: The same for attributes: which there may be, with `!` those there must be; of all also xml:lang and xml:base.
ATTRIBUTES = {
    "link": {"!href", "rel", "type", "hreflang", "title", "length"},
    "category": {"!term", "scheme", "label"},
    **{name: {"type"} for name in ("title", "subtitle", "summary", "rights")},
}
XML = "{http://www.w3.org/XML/1998/namespace}"


def broken_rules(element: xml.Element) -> list[str]:
    """What the schema of RFC 4287 (Appendix B) has against an element or anything in it."""
    name = element.tag.removeprefix(ATOM)
    may, found = CHILDREN.get(name, {}), [child.tag.removeprefix(ATOM) for child in element]
    broken = [f"{name} may not hold {child}" for child in found if child not in may]
    broken += [
        f"{name} holds {found.count(child)} {child}"
        for child, (least, most) in may.items()
        if not least <= found.count(child) <= most
    ]
    allowed = ATTRIBUTES.get(name, set())
    given = {one for one in element.attrib if one not in (f"{XML}lang", f"{XML}base")}
    broken += [f"{name} has no {one}" for one in given if {one, f"!{one}"}.isdisjoint(allowed)]
    broken += [f"{name} lacks {one[1:]}" for one in allowed if one[0] == "!" and one[1:] not in given]
    # 3.1.1: what is no XHTML is text or HTML.
    if name != "link" and "type" in allowed and element.get("type", "text") not in ("text", "html"):
        broken.append(f"{name} is of type {element.get('type')}")
    # 4.1: what holds elements holds no text beside them.
    if may and (element.text or "").strip():
        broken.append(f"{name} has text of its own")
    return broken + [one for child in element for one in broken_rules(child)]


def test_the_check_of_a_feed_finds_what_the_schema_forbids() -> None:
    said = f"""<feed xmlns="{ATOM[1:-1]}"><id>a</id><title type="pdf">b</title><link rel="self" size="1"/>
        <entry><id>c</id><title>d</title><updated>e</updated><pubDate>f</pubDate></entry></feed>"""
    assert broken_rules(xml.fromstring(said)) == [
        "feed holds 0 updated",
        "title is of type pdf",
        "link has no size",
        "link lacks href",
        "entry may not hold pubDate",
    ]


def feed(client: FlaskClient, path: str = NEWS) -> xml.Element:
    """The feed, once it is seen to keep the rules; each with its section of RFC 4287."""
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml" and "Set-Cookie" not in answer.headers
    made = xml.fromstring(answer.data)
    assert made.tag == f"{ATOM}feed" and broken_rules(made) == []
    for above in [made, *made.iter(f"{ATOM}entry")]:
        # 4.1.1 and 4.1.2: exactly one id, title, updated; 4.2.6: an id is an IRI; 3.3: a moment as RFC 3339 has it.
        assert [len(above.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert (above.findtext(f"{ATOM}id") or "").startswith("http://localhost/s/ukraine/news.atom")
        assert MOMENT.fullmatch(above.findtext(f"{ATOM}updated") or "")
        # 4.1.1, 4.1.2: no two alternates of one type and language; one where an entry has no content.
        alternates = [link for link in above.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1 and (alternates[0].get("href") or "").startswith(
            "http://localhost/s/ukraine/"
        )
        assert len(above.findall(f"{ATOM}summary")) <= 1
    # 4.1.1: an author, or one in every entry; a link to itself; 4.2.6: no two ids are the same.
    assert made.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("href") for link in made.findall(f"{ATOM}link") if link.get("rel") == "self"]
    ids = [entry.findtext(f"{ATOM}id") for entry in made.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    moments = [entry.findtext(f"{ATOM}updated") or "" for entry in made.iter(f"{ATOM}entry")]
    assert moments == sorted(moments, reverse=True) and made.findtext(f"{ATOM}updated") == moments[0]
    return made


def titles(made: xml.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") or "" for entry in made.iter(f"{ATOM}entry")]


def test_news_tell_questions_outcomes_and_of_the_crowd_what_is_published(
    session: Session, client: FlaskClient
) -> None:
    question = the_question(session, KEY)
    blind = titles(feed(client))
    assert all(title.startswith("New question: ") for title in blind) and len(blind) == 28
    with rule(session, "always"):
        told = feed(client)
        (first,) = (
            entry
            for entry in told.iter(f"{ATOM}entry")
            if (entry.findtext(f"{ATOM}title") or "").startswith("Crowd forecast moved: ")
        )
        assert "Will the presidents" in (first.findtext(f"{ATOM}title") or "")
        assert "on 16 November 2026, 40 % on 20 November 2026" in (
            first.findtext(f"{ATOM}summary") or ""
        ).replace("\xa0", " ")
        assert first.findtext(f"{ATOM}updated") == "2026-11-21T00:00:00Z"
        before = {entry.findtext(f"{ATOM}id") for entry in told.iter(f"{ATOM}entry")}
        resolve(session, question, outcome(on(21), value=1.0))
        session.commit()
        after = feed(client)
        assert any(title.startswith("Outcome: Will the presidents") for title in titles(after))
        assert before <= {entry.findtext(f"{ATOM}id") for entry in after.iter(f"{ATOM}entry")}
        assert "Нове запитання" in " ".join(titles(feed(client, f"{NEWS}?lang=uk")))
    with rule(session, "after days", 3):
        assert not any("moved" in title for title in titles(feed(client)))
    with rule(session, "nobody", visibility="invited"):
        assert client.get(NEWS).status_code == client.get(DEADLINES).status_code == 404


def test_deadlines_are_read_back_as_they_were_meant(session: Session, client: FlaskClient) -> None:
    answer = client.get(DEADLINES)
    assert answer.mimetype == "text/calendar" and "Set-Cookie" not in answer.headers
    read = Calendar.from_ical(answer.data)
    events = {str(event["uid"]): event for event in read.walk("VEVENT")}
    survey = the_survey(session)
    assert len(events) == len(survey.questions) + 1
    question = the_question(session, KEY)
    event = events[f"ukraine/{KEY}@localhost"]
    assert event.decoded("dtend") == question.ends_at
    assert question.text("en").title in str(event["summary"]) and str(event["url"]).endswith(f"/q/{KEY}")
    assert events["ukraine@localhost"].decoded("dtend") == survey.closes_at
    with clock.at(question.ends_at + timedelta(seconds=1)):
        later = Calendar.from_ical(client.get(DEADLINES).data)
        assert f"ukraine/{KEY}@localhost" not in {str(one["uid"]) for one in later.walk("VEVENT")}


def test_a_private_address_tells_what_is_left_and_leads_nowhere_once_it_is_revoked(
    session: Session, client: FlaskClient, app: Flask
) -> None:
    visitor, page = Visitor(client).join(), "calendar"
    visitor.answers("binary")
    shown = visitor.post(page)
    (path,) = re.findall(r'value="http://localhost(/calendar/[\w-]+\.ics)"', shown.text)
    assert path not in visitor.get(page).text, "shown once"
    program = app.test_client()
    answer = program.get(path)
    assert answer.mimetype == "text/calendar" and answer.headers["Cache-Control"] == "no-store"
    said = {str(one["summary"]) for one in Calendar.from_ical(answer.data).walk("VEVENT")}
    title = the_question(session, KEY).text("en").title
    assert f"Last chance to change: {title}" in said and sum("Not answered yet" in one for one in said) == 27
    assert "12.5" not in answer.text and "12,5" not in answer.text
    (another,) = re.findall(r'value="http://localhost(/calendar/[\w-]+\.ics)"', visitor.post(page).text)
    assert [program.get(one).status_code for one in (path, another)] == [404, 200]
    visitor.post(f"{page}/revoke")
    assert program.get(another).status_code == 404
    (third,) = re.findall(r'value="http://localhost(/calendar/[\w-]+\.ics)"', visitor.post(page).text)
    person = session.scalars(select(Participant).where(Participant.calendar_hash.is_not(None))).one()
    erase(session, person)
    session.commit()
    assert program.get(third).status_code == 404 and person.calendar_hash is None
