"""A draft is tried by a link and read by another, in plain forms, without script."""

import html
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Participant, ReaderRemark, Survey, SurveyDraft, User
from survey.services import accounts, drafts
from survey.services.draft_edits import save
from survey.services.draft_questions import add_question, add_theme
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.services.weather import WHOLE, edit
from tests.survey.web.organizer.test_pages import sign_in
from tests.survey.web.visitor import Visitor, value, words

OLENA, TARAS = "olena@example.org", "taras@example.org"
BANNER = "This is a trial: nothing you answer counts"
RAIN = "/write/weather/question/rain"


def write_the_weather(session: Session) -> None:
    """A whole survey under writing of two people, one of whom owns it."""
    olena = accounts.create_user(session, OLENA)
    accounts.create_user(session, TARAS)
    draft = drafts.start(session, olena, "weather", drafts.blank_document("The weather", "en"))
    add_theme(session, draft, olena, {"en": "Weather"})
    add_question(session, draft, olena, "weather", "binary", {"en": "Rain"})
    edit(session, draft, olena, WHOLE)
    drafts.share(session, draft, TARAS)


@pytest.fixture
def olena(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    """The browser of who owns the draft."""
    with app.app_context():
        transaction(write_the_weather)
        db.session.close()
    sign_in(app, client, OLENA)
    yield client


def link_in(page: str) -> str:
    """The path of the link that a page shows."""
    return re.sub(r"^https?://[^/]+", "", value(page.replace('id="link"', 'id="link" name="link"'), "link"))


def begin_trial(olena: FlaskClient) -> str:
    return link_in(olena.post("/write/weather/trial").text)


def link_for_reader(olena: FlaskClient) -> str:
    return link_in(olena.post("/write/weather/readers").text)


def enter(app: Flask, link: str) -> Visitor:
    """Somebody who tries it: reads the consent, takes part."""
    client = app.test_client()
    key = value(client.get(link).text, "join_key")
    answer = client.post(link, data={"join_key": key, "agree": "y"})
    assert answer.status_code == 303, words(answer.text)
    return Visitor(client, answer.headers["Location"].split("/")[2])


def change(app: Flask, path: str, to: str) -> None:
    def work(session: Session) -> None:
        draft = session.scalars(select(SurveyDraft)).one()
        user = session.scalars(select(User).filter_by(email=OLENA)).one()
        save(session, draft, user, draft.revision, [(tuple(path.split("/")), to)])

    with app.app_context():
        transaction(work)
        db.session.close()


def count(app: Flask, model: type[Survey] | type[Participant] | type[ReaderRemark]) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.close()
    return found


class TestTrial:
    def test_every_page_of_it_says_that_nothing_counts(self, app: Flask, olena: FlaskClient) -> None:
        link = begin_trial(olena)
        assert BANNER in words(app.test_client().get(link).text)
        visitor = enter(app, link)
        paths = (
            "",
            "welcome",
            "themes",
            "q/rain",
            "q/rain/unclear",
            "mine",
            "scenarios",
            "letters",
            "leave",
            "erase",
        )
        for path in paths:
            page = visitor.get(path)
            assert (page.status_code, BANNER in words(page.text)) == (200, True), path
        assert BANNER not in words(app.test_client().get("/s/ukraine/").text)

    def test_it_is_answered_like_a_survey_and_shows_nothing_of_others(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        visitor = enter(app, begin_trial(olena))
        assert visitor.answer("rain", **{"p-yes": "30"}).status_code == 303
        assert "In a trial nobody is shown what others answered" in words(visitor.get("q/rain").text)

    def test_who_has_no_link_finds_nothing(self, app: Flask, olena: FlaskClient) -> None:
        visitor = enter(app, begin_trial(olena))
        stranger = app.test_client()
        for path in ("", "join", "themes", "q/rain"):
            assert stranger.get(f"/s/{visitor.slug}/{path}").status_code == 404, path
        assert visitor.slug not in stranger.get("/").text
        assert visitor.slug not in stranger.get("/api/v1/surveys").text

    def test_its_owner_has_no_organizers_page_of_it_nor_writes_it(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        slug = enter(app, begin_trial(olena)).slug
        for path in (
            f"/s/{slug}/organize/",
            f"/s/{slug}/data/",
            f"/write/{slug}/check",
            f"/write/{slug}/trial",
        ):
            assert olena.get(path).status_code == 404, path
        assert olena.post(f"/write/{slug}/open").status_code == 404

    def test_what_is_unclear_is_said_at_the_question_and_read_in_the_editor(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        visitor = enter(app, begin_trial(olena))
        assert "Is anything unclear here?" in words(visitor.get("q/rain").text)
        answer = visitor.post("q/rain/unclear", {"text": "Where in <b>Kyiv</b>?"})
        assert answer.headers["Location"].endswith("/q/rain")
        visitor.post("q/rain/skip")
        page = olena.get("/write/weather/trial").text
        assert "Where in &lt;b&gt;Kyiv&lt;/b&gt;?" in page
        assert "Came 1 Answered something 1 Came to the end 1" in words(page)

    def test_its_link_is_shown_once_and_can_be_replaced_and_revoked(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        first = begin_trial(olena)
        assert first not in olena.get("/write/weather/trial").text
        second = link_in(olena.post("/write/weather/trial/link").text)
        assert app.test_client().get(first).status_code == 404
        visitor = enter(app, second)
        olena.post("/write/weather/trial/revoke")
        gone = app.test_client().get(second)
        assert gone.status_code == 404 and "This trial is over" in words(gone.text)
        assert visitor.get("q/rain").status_code == 200

    def test_ending_it_asks_first_and_then_erases_it_whole(self, app: Flask, olena: FlaskClient) -> None:
        link = begin_trial(olena)
        visitor = enter(app, link)
        visitor.answer("rain", **{"p-yes": "30"})
        form = visitor.open("rain")
        unsure = olena.post("/write/weather/trial/end")
        assert unsure.status_code == 422 and "Nothing was erased yet" in words(unsure.text)
        assert count(app, Survey) == 2
        assert olena.post("/write/weather/trial/end", data={"sure": "y"}).status_code == 303
        assert (count(app, Survey), count(app, Participant)) == (1, 0)
        for answer in (visitor.get("q/rain"), visitor.post("q/rain", form | {"p-yes": "3"})):
            assert answer.status_code == 404

    def test_one_made_anew_says_what_has_changed(self, app: Flask, olena: FlaskClient) -> None:
        begin_trial(olena)
        change(app, "words/en/question/rain/title", "Will it snow in Kyiv on 30 June 2027?")
        change(app, "words/en/survey/headline", "Will it snow?")
        running = words(olena.get("/write/weather/trial").text)
        assert "Changed: Rain (Title)" in running
        assert "Changed: Survey (The survey in one question)" in running
        olena.post("/write/weather/trial/end", data={"sure": "y"})
        assert "Changed: Rain (Title)" in words(olena.get("/write/weather/trial").text)
        begin_trial(olena)
        assert "Changed" not in words(olena.get("/write/weather/trial").text)

    def test_what_is_missing_is_told_before_it_can_be_begun(self, app: Flask, olena: FlaskClient) -> None:
        change(app, "words/en/question/rain/title", "")
        page = olena.get("/write/weather/trial").text
        assert "1 thing is missing before it can be tried" in words(page) and "Begin a trial" not in page
        refused = olena.post("/write/weather/trial", follow_redirects=True)
        assert refused.status_code == 200 and "first write what is missing" in words(refused.text)
        assert count(app, Survey) == 1

    def test_who_writes_with_its_owner_sees_how_it_goes_but_begins_and_ends_none(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        taras = app.test_client()
        sign_in(app, taras, TARAS)
        taras.post("/write/weather/trial")
        assert count(app, Survey) == 1
        begin_trial(olena)
        taras.post("/write/weather/trial/end", data={"sure": "y"})
        assert count(app, Survey) == 2
        assert "How the trial goes" in words(taras.get("/write/weather/trial").text)

    def test_the_open_survey_is_another_one_and_the_trial_can_be_ended_after_it(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        visitor = enter(app, begin_trial(olena))
        olena.post("/write/weather/open")
        assert BANNER not in words(olena.get("/s/weather/").text)
        assert BANNER in words(visitor.get("q/rain").text)
        olena.post("/write/weather/trial/end", data={"sure": "y"})
        assert visitor.get("q/rain").status_code == 404
        assert olena.get("/s/weather/q/rain").status_code == 200


class TestSecondReader:
    def send(self, reader: FlaskClient, link: str, **typed: str) -> str:
        answer = reader.post(
            f"{link}/rain", data={"name": "Olha", "text": "", **typed}, follow_redirects=True
        )
        return str(answer.text)

    def test_they_read_what_participants_will_and_nothing_of_the_checklist(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        reader, link = app.test_client(), link_for_reader(olena)
        assert "Rain" in words(reader.get(link).text)
        answer = reader.get(f"{link}/rain")
        page = words(answer.text)
        assert "Will it rain in Kyiv on 30 June 2027?" in page and "More than 1 mm" in page
        assert "missing" not in page and "Could be better" not in page and OLENA not in page
        assert 'content="noindex"' in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_what_they_say_stands_beside_the_question_with_their_name(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        reader, link = app.test_client(), link_for_reader(olena)
        assert "been through all of it" in self.send(reader, link, text="Where in <i>Kyiv</i>?")
        page = olena.get(RAIN).text
        assert "Where in &lt;i&gt;Kyiv&lt;/i&gt;?" in page and "Olha" in page
        assert "of the words as they are" in words(page)
        change(app, "words/en/question/rain/title", "Will it snow in Kyiv on 30 June 2027?")
        told = words(olena.get(RAIN).text)
        assert "the words are others now" in told and "Will it rain in Kyiv on 30 June 2027?" in told
        assert "Where in <i>Kyiv</i>?" in words(olena.get("/write/weather/readers").text)

    def test_one_press_says_that_it_is_clear(self, app: Flask, olena: FlaskClient) -> None:
        reader, link = app.test_client(), link_for_reader(olena)
        assert "clear" in words(self.send(reader, link, clear="y"))
        assert "It is clear" in words(olena.get(RAIN).text)

    def test_nobody_sees_what_another_reader_said(self, app: Flask, olena: FlaskClient) -> None:
        one, other = link_for_reader(olena), link_for_reader(olena)
        self.send(app.test_client(), one, text="Where in Kyiv?")
        for path in (other, f"{other}/rain"):
            page = app.test_client().get(path).text
            assert "Where in Kyiv?" not in page and "Olha" not in page
        self.send(app.test_client(), other, text="And when?", name="Ivan")
        assert "Where in Kyiv?" not in app.test_client().get(f"{other}/rain").text
        assert "Where in Kyiv?" in app.test_client().get(f"{one}/rain").text

    def test_a_refused_form_keeps_what_was_typed(self, app: Flask, olena: FlaskClient) -> None:
        reader, link = app.test_client(), link_for_reader(olena)
        answer = reader.post(f"{link}/rain", data={"name": "", "text": "Where in Kyiv?"})
        assert answer.status_code == 422 and "Where in Kyiv?" in answer.text
        assert "Say who you are" in words(answer.text)
        answer = reader.post(f"{link}/rain", data={"name": "Olha", "text": " "})
        assert answer.status_code == 422 and 'value="Olha"' in answer.text
        assert count(app, ReaderRemark) == 0

    def test_bytes_that_are_no_text_are_refused_at_their_field(self, app: Flask, olena: FlaskClient) -> None:
        link = link_for_reader(olena)
        for body in (
            b"name=Olha&text=%ED%A0%80",
            b"name=%ED%A0%80&text=a",
            b"name=Olha&text=%00",
            b"name=%00&text=a",
        ):
            answer = app.test_client().post(
                f"{link}/rain", data=body, content_type="application/x-www-form-urlencoded"
            )
            assert answer.status_code == 422, body

    def test_a_link_that_was_revoked_opens_nothing_and_what_was_said_is_kept(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        link = link_for_reader(olena)
        self.send(app.test_client(), link, text="Where in Kyiv?")
        number = value(olena.get("/write/weather/readers").text, "number")
        page = olena.get("/write/weather/readers").text
        form = re.search(r'readers/revoke">.*?name="number" value="(\d+)"', page, re.DOTALL)
        assert form and number
        olena.post("/write/weather/readers/revoke", data={"number": form[1]})
        for path in (link, f"{link}/rain", "/read/nonsense", "/read/nonsense/rain"):
            assert app.test_client().get(path).status_code == 404
        assert app.test_client().post(f"{link}/rain", data={"name": "O", "text": "b"}).status_code == 404
        assert "Where in Kyiv?" in olena.get(RAIN).text

    def test_a_remark_is_settled_and_waits_again(self, app: Flask, olena: FlaskClient) -> None:
        self.send(app.test_client(), link_for_reader(olena), text="Where in Kyiv?")
        number = value(olena.get(RAIN).text.split('id="readers"')[1], "number")
        answer = olena.post("/write/weather/readers/settle", data={"number": number}, follow_redirects=True)
        assert "Let it wait again" in words(answer.text)
        olena.post("/write/weather/readers/settle", data={"number": number, "again": "y"})
        assert "Let it wait again" not in words(olena.get(RAIN).text)
        for nonsense in ("", "0", "x", "9" * 30, "٣"):
            gone = olena.post("/write/weather/readers/settle", data={"number": nonsense})
            assert gone.status_code == 404, nonsense

    def test_what_was_said_of_a_question_that_is_gone_stays_in_the_list(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        link = link_for_reader(olena)
        self.send(app.test_client(), link, text="Where in Kyiv?")
        olena.post("/write/weather/take-out", data={"noun": "question", "key": "rain"})
        assert "Where in Kyiv?" in olena.get("/write/weather/readers").text
        assert app.test_client().get(f"{link}/rain").status_code == 404
        assert "No question is written yet" in words(app.test_client().get(link).text)

    def test_who_reads_ukrainian_reads_the_draft_in_the_language_it_has(
        self, app: Flask, olena: FlaskClient
    ) -> None:
        reader, link = app.test_client(), link_for_reader(olena)
        reader.post("/language", data={"language": "uk", "next": "/"})
        page = html.unescape(reader.get(f"{link}/rain").text)
        assert 'lang="uk"' in page and "Will it rain in Kyiv on 30 June 2027?" in page
