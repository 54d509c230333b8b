"""Organizers' pages: who gets in, what they show, and the way from an outcome to its scores."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import survey
from survey.bank.loading import load_bank
from survey.models import Publication, Resolution, Score, Survey, User
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import database_after, store_after
from tests.factories import crowd, the_question, the_survey
from tests.survey.outcomes import member
from tests.survey.web.visitor import words

FREE = "leaders-meet"
PAGES = ["/s/ukraine/organize/", f"/s/ukraine/organize/q/{FREE}", f"/s/ukraine/organize/q/{FREE}/resolve"]
POSTS = ["/s/ukraine/organize/publish", f"/s/ukraine/organize/q/{FREE}/resolve"]
RIGHT = {"outcome": "yes", "known_from": "2026-11-22 10:00", "source": "A newspaper", "why": "They met."}


def sign_in(app: Flask, client: FlaskClient, email: str) -> None:
    """Through the link, as anybody does."""
    with app.app_context():
        token = transaction(
            lambda session: accounts.sign_in_link(
                session, session.scalars(select(User).filter_by(email=email)).one()
            )
        )
    assert client.post(f"/sign-in/{token}").status_code == 303


def people(session: Session) -> None:
    """One user for each role, any of whom resolves alone; ten people have answered one question."""
    the_survey(session).second_person = False
    for role in ("owner", "organizer", "analyst"):
        member(session, role)
    crowd(session, the_question(session, FREE), [0.1, 0.2, 0.3, 0.4, 0.5] * 2)


database = database_after(people)


def people_and_elsewhere(session: Session) -> None:
    """The owner of another survey, beside them."""
    people(session)
    load_bank(session, "ukraine", slug="other")
    member(session, "owner", "elsewhere@example.org", "other")


elsewhere = store_after(people_and_elsewhere)


@pytest.fixture
def organizer(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    """A browser in which an organizer is signed in."""
    sign_in(app, client, "organizer@example.org")
    yield client


def test_pages_open_to_those_who_run_the_survey_alone(
    elsewhere: None, app: Flask, client: FlaskClient
) -> None:
    told = {"nobody": [client.get(path).status_code for path in PAGES]}
    for name in ("owner", "organizer", "analyst", "elsewhere"):
        browser = app.test_client()
        sign_in(app, browser, f"{name}@example.org")
        told[name] = [browser.get(path).status_code for path in PAGES]
    given, hidden = [200] * len(PAGES), [404] * len(PAGES)
    others = {"nobody": hidden, "analyst": hidden, "elsewhere": hidden}
    assert told == others | {"owner": given, "organizer": given}


def test_nobody_else_acts(elsewhere: None, app: Flask, client: FlaskClient) -> None:
    browsers = {"nobody": client}
    for name in ("analyst", "elsewhere"):
        browsers[name] = app.test_client()
        sign_in(app, browsers[name], f"{name}@example.org")
    sent = RIGHT | {"confirm": "yes"}
    for name, browser in browsers.items():
        assert [browser.post(path, data=sent).status_code for path in POSTS] == [404] * len(POSTS), name
    with app.app_context():
        assert db.session.scalars(select(Resolution)).all() == []
        assert db.session.scalars(select(Publication)).all() == []


def test_a_participant_is_nobody_here(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as browser:
        browser["participants"] = {"ukraine": 1}
    assert client.get(PAGES[0]).status_code == 404


def test_a_missing_question_is_a_missing_page(organizer: FlaskClient) -> None:
    assert organizer.get("/s/ukraine/organize/q/no-such-question").status_code == 404
    assert organizer.get("/s/nowhere/organize/").status_code == 404


def test_every_form_carries_its_token(app: Flask, organizer: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for path in PAGES:
        for form in re.findall(r'<form[^>]*method="post".*?</form>', organizer.get(path).text, re.DOTALL):
            assert 'name="csrf_token"' in form
    for path in POSTS:
        assert organizer.post(path, data=RIGHT | {"confirm": "yes"}).status_code == 400


def test_the_overview_tells_how_it_goes(organizer: FlaskClient) -> None:
    page = organizer.get(PAGES[0])
    assert "2 things need you today" in page.text
    assert "1 question has enough for a publication" in page.text
    assert "0 of 10 have answered everything" in page.text
    assert page.text.count("data-chart") == 1  # the response; figures wait for a publication
    organizer.post(POSTS[0])
    page = organizer.get(PAGES[0])
    assert page.text.count('class="p-now"') == 1  # one question with figures
    assert page.text.count("changes since") == 1
    assert page.headers["Cache-Control"] == "no-store"


def test_the_inner_part_alone_is_what_the_page_has(organizer: FlaskClient) -> None:
    """The script asks for it once a minute, no more often: half a minute is the least."""
    organizer.post(POSTS[0])
    page, part = (
        organizer.get(f"{PAGES[0]}?sort=moved").text,
        organizer.get(f"{PAGES[0]}fragment?sort=moved").text,
    )
    assert 'data-fragment="/s/ukraine/organize/fragment?sort=moved"' in page
    assert part.strip() in page
    assert "<html" not in part
    script = (Path(survey.__file__).parent / "static" / "overview.js").read_text(encoding="utf-8")
    every = re.search(r"EVERY = ([\d_]+);", script)
    assert every is not None and int(every[1]) >= 30_000
    assert "document.hidden" in script


@pytest.mark.whole
@pytest.mark.parametrize("sort", ["theme", "moved", "disputed", "no-such", "\x00"])
def test_every_question_has_its_row_however_they_are_sorted(organizer: FlaskClient, sort: str) -> None:
    page = organizer.get(PAGES[0], query_string={"sort": sort}).text
    rows = page.partition('class="p-overview"')[2].partition("</table>")[0]
    assert rows.count('href="/s/ukraine/organize/q/') == 28
    assert rows.count("p-theme") == (0 if sort in ("moved", "disputed") else 5)


@pytest.mark.parametrize("name", ["growth", "questions"])
def test_pictures_can_be_taken_out(organizer: FlaskClient, name: str) -> None:
    organizer.post(POSTS[0])
    drawn = {kind: organizer.get(f"{PAGES[0]}picture/{name}.{kind}") for kind in ("svg", "png")}
    assert drawn["svg"].data.startswith(b"<svg") and drawn["png"].data.startswith(b"\x89PNG")
    assert [one.mimetype for one in drawn.values()] == ["image/svg+xml", "image/png"]
    assert organizer.get(f"{PAGES[0]}picture/{name}.pdf").status_code == 404


def test_a_picture_of_nothing_is_no_page(organizer: FlaskClient) -> None:
    assert organizer.get(f"{PAGES[0]}picture/questions.svg").status_code == 404


def test_the_inner_part_and_pictures_are_for_those_who_run_the_survey(client: FlaskClient) -> None:
    for path in ("fragment", "picture/growth.svg"):
        assert client.get(f"{PAGES[0]}{path}").status_code == 404


def test_publishing_says_what_it_did(organizer: FlaskClient) -> None:
    assert f"Published 1 question: {FREE}" in organizer.post(POSTS[0], follow_redirects=True).text
    assert "Nothing is due" in organizer.post(POSTS[0], follow_redirects=True).text


def test_an_outcome_is_told_before_it_is_stored(app: Flask, organizer: FlaskClient) -> None:
    page = words(organizer.post(POSTS[1], data=RIGHT).text)
    assert "10 people are scored, on forecasts until the end of 21 November 2026 (UTC)" in page
    assert "1.02" not in page and "Brier" not in page  # what they scored is told once it is stored
    with app.app_context():
        assert db.session.scalars(select(Resolution)).all() == []


def test_what_was_told_is_then_stored(app: Flask, organizer: FlaskClient) -> None:
    page = words(organizer.post(POSTS[1], data=sent(organizer, RIGHT), follow_redirects=True).text)
    assert "The outcome is stored" in page
    assert "They met." in page and "organizer@example.org" in page
    assert "Brier, 0 to 2 10 1.02" in page  # 2 · (0.9² + 0.8² + 0.7² + 0.6² + 0.5²) / 5
    with app.app_context():
        stored = db.session.scalars(select(Resolution)).one()
        assert (stored.value, stored.source) == (1.0, "A newspaper")
        assert len(db.session.scalars(select(Score)).all()) == 30


def test_a_double_click_stores_once(app: Flask, organizer: FlaskClient) -> None:
    confirmed = sent(organizer, RIGHT)
    assert [organizer.post(POSTS[1], data=confirmed).status_code for _ in range(2)] == [303, 303]
    with app.app_context():
        assert len(db.session.scalars(select(Resolution)).all()) == 1


def test_a_correction_names_what_it_supersedes(app: Flask, organizer: FlaskClient) -> None:
    organizer.post(POSTS[1], data=sent(organizer, RIGHT))
    changed = RIGHT | {"outcome": "no"}
    assert "Supersedes what stands now" in organizer.post(POSTS[1], data=changed).text
    page = organizer.post(POSTS[1], data=sent(organizer, changed), follow_redirects=True).text
    assert "superseded" in page


def test_an_outcome_that_was_overtaken_comes_back(organizer: FlaskClient) -> None:
    confirmed = sent(organizer, RIGHT)
    organizer.post(POSTS[1], data=sent(organizer, RIGHT | {"outcome": "no"}))
    page = organizer.post(POSTS[1], data=confirmed)
    assert page.status_code == 422
    assert "in the meantime" in page.text


def test_going_back_to_change_keeps_everything(organizer: FlaskClient) -> None:
    page = organizer.post(POSTS[1], data=RIGHT | {"change": "yes"})
    assert page.status_code == 200
    assert 'value="2026-11-22 10:00"' in page.text and "They met." in page.text
    assert re.search(r"<input[^>]*checked[^>]*value=\"yes\"", page.text)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"known_from": "yesterday"}, "Write day and time as 2027-06-30 14:00."),
        ({"known_from": "0001-01-01 00:00+14:00"}, "Write day and time as 2027-06-30 14:00."),
        ({"known_from": "2026-12-01 10:00"}, "has not come yet"),
        ({"known_from": ""}, "required"),
        ({"source": " "}, "required"),
        ({"source": "A\x00B"}, "cannot be stored"),
        ({"outcome": ""}, "Choose what came out."),
        ({"outcome": "maybe"}, "cannot have this outcome"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    app: Flask, organizer: FlaskClient, wrong: dict[str, str], sentence: str
) -> None:
    page = organizer.post(POSTS[1], data=RIGHT | wrong | {"confirm": "yes"})
    assert page.status_code == 422
    assert sentence in page.text
    assert "They met." in page.text
    with app.app_context():
        assert db.session.scalars(select(Resolution)).all() == []


def test_all_that_is_wrong_is_said_at_once(organizer: FlaskClient) -> None:
    page = organizer.post(POSTS[1], data={"known_from": "soon", "source": "", "why": "They met."}).text
    assert all(sentence in page for sentence in ("Write day and time", "required", "Choose what came out"))


BY_KIND = {
    "ceasefire-when": ({"rung-2027-06-30": "yes", "rung-2027-12-31": "yes"}, 2),
    "war-state-2027": ({"outcome": "ceasefire"}, 1),
    "guarantee-form": ({"outcome": "annulled"}, 1),
    "guarantee-if-ceasefire": ({"condition": "if_yes", "outcome": "no"}, 2),
    "aid-total": ({"outcome": "value", "value": "510,5"}, 1),
    "foreign-plants": ({"outcome": "above"}, 1),
    "sanctions-end": ({"outcome": "value", "value": "2027-05-01"}, 1),
}


@pytest.mark.parametrize("key", BY_KIND)
def test_every_kind_has_its_form(app: Flask, organizer: FlaskClient, key: str) -> None:
    said, count = BY_KIND[key]
    url = f"/s/ukraine/organize/q/{key}/resolve"
    page = organizer.get(url).text
    for name in said:
        assert f'name="{name}"' in page
    facts = {**RIGHT, **said} if "outcome" in said else {**without(RIGHT, "outcome"), **said}
    assert organizer.post(url, data=sent(organizer, facts, url)).status_code == 303
    with app.app_context():
        assert len(the_question(db.session, key).resolutions) == count


@pytest.mark.parametrize(
    ("key", "said", "sentence"),
    [
        ("ceasefire-when", {}, "Say of one date at least"),
        ("ceasefire-when", {"rung-2027-06-30": "yes", "rung-2027-12-31": "no"}, "earlier date"),
        ("guarantee-if-ceasefire", {"outcome": "yes"}, "which date or branch"),
        ("aid-total", {"outcome": "value", "value": "1,000"}, "two ways"),
        ("aid-total", {"outcome": "value", "value": ""}, "Write the number"),
        ("sanctions-end", {"outcome": "value", "value": "01/05/2027"}, "2027-12-31"),
    ],
)
def test_every_kind_refuses_in_its_own_words(
    organizer: FlaskClient, key: str, said: dict[str, str], sentence: str
) -> None:
    url = f"/s/ukraine/organize/q/{key}/resolve"
    page = organizer.post(url, data=without(RIGHT, "outcome") | said)
    assert (page.status_code, sentence in page.text) == (422, True)


def test_a_known_condition_is_not_asked_again(app: Flask, organizer: FlaskClient) -> None:
    url = "/s/ukraine/organize/q/ceasefire-when/resolve"
    organizer.post(url, data=sent(organizer, without(RIGHT, "outcome") | {"rung-2027-12-31": "no"}, url))
    pair = "/s/ukraine/organize/q/guarantee-if-ceasefire/resolve"
    assert 'name="condition"' not in organizer.get(pair).text
    organizer.post(pair, data=sent(organizer, RIGHT, pair))
    with app.app_context():
        told = [one for one in db.session.scalars(select(Resolution)) if one.option and one.value == 1]
        assert [one.option.key for one in told if one.option] == ["if_no"]


def test_only_fields_of_the_form_are_read(app: Flask, organizer: FlaskClient) -> None:
    more = {"by_id": "1", "approved_by_id": "1", "resolved_at": "2020-01-01", "supersedes_id": "7"}
    organizer.post(POSTS[1], data=sent(organizer, RIGHT) | more)
    with app.app_context():
        stored = db.session.scalars(select(Resolution)).one()
        assert (stored.approved_by_id, stored.supersedes_id) == (None, None)
        user = db.session.get_one(User, stored.by_id)
        assert user.email == "organizer@example.org"


def test_organizers_wait_for_the_next_publication_but_in_a_live_survey(
    app: Flask, organizer: FlaskClient
) -> None:
    def go_live(session: Session) -> None:
        session.scalars(select(Survey).filter_by(slug="ukraine")).one().publication = "live"

    assert "No crowd forecast yet" in organizer.get(PAGES[1]).text
    with app.app_context():
        transaction(go_live)
    assert "this moment" in organizer.get(PAGES[1]).text


def without(facts: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in facts.items() if key != name}


def sent(client: FlaskClient, facts: dict[str, str], url: str = POSTS[1]) -> dict[str, str]:
    """What the preview's own button would send."""
    page = client.post(url, data=facts).text
    form = re.search(r'<form [^>]*action="[^"]*/resolve">.*?</form>', page, re.DOTALL)
    assert form is not None, page
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0])
    return {**dict(hidden), "confirm": "yes"}


#: Pages of the survey, each with its room.
ROOMS = {
    "organize/": "Survey",
    f"organize/q/{FREE}": "Survey",
    f"organize/q/{FREE}/resolve": "Survey",
    "organize/invitations": "People",
    "organize/invitations/list": "People",
    "organize/invitations/reminder": "People",
    "organize/roles": "People",
    "organize/import": "Editor",
    "data/": "Data",
    "organize/who-asks": "Who asks",
}


def test_every_page_of_a_room_is_marked_as_that_room_in_the_bar(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, "owner@example.org")
    marked = {}
    for path in ROOMS:
        body = client.get(f"/s/ukraine/{path}").text
        bar = body[body.index('class="p-nav"') : body.index("</header>")]
        marked[path] = set(re.findall(r'aria-current="page">([^<]+)<', bar))
    assert marked == {path: {room} for path, room in ROOMS.items()}


def test_every_step_of_the_editor_of_an_open_survey_is_marked_as_the_editor(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(app, client, "owner@example.org")
    for step in ("", "questions", "people", "check", f"question/{FREE}"):
        body = client.get(f"/write/ukraine/{step}").text
        bar = body[body.index('class="p-nav"') : body.index("</header>")]
        assert set(re.findall(r'aria-current="page">([^<]+)<', bar)) == {"Editor"}, step


def test_every_link_of_the_bar_opens_for_whoever_it_is_shown_to(app: Flask, client: FlaskClient) -> None:
    for role, page in (("owner", "/s/ukraine/data/"), ("analyst", "/s/ukraine/data/"), ("owner", "/write")):
        sign_in(app, client, f"{role}@example.org")
        body = client.get(page).text
        bar = body[body.index('class="p-nav"') : body.index("</header>")]
        links = set(re.findall(r'href="([^"]+)"', bar))
        assert len(links) >= 2 and 'aria-current="page"' in bar
        assert {link for link in links if client.get(link).status_code >= 400} == set(), role
