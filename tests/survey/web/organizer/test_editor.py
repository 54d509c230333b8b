"""A survey is written, opened and answered without a programmer: in plain forms, without script."""

import html
import json
import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bank.document import Document, read
from survey.bank.paths import value_at
from survey.i18n.locale import speaking
from survey.models import Submission, Survey, SurveyDraft
from survey.presenters.draft_words import label_of
from survey.services import accounts, drafts
from survey.services.draft_kinds import with_what_goes
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.organizer.editor_fields import from_typed
from tests.conftest import database_after
from tests.skips import first_of_each_on
from tests.survey.outcomes import member
from tests.survey.web.organizer.test_pages import sign_in
from tests.survey.web.visitor import Visitor, words

OLENA, TARAS = "olena@example.org", "taras@example.org"
STEPS = ["", "questions", "people", "check"]


#: A survey that lacks nothing, of one question: what `write_everything` types.
WEATHER: Document = {
    "structure": {
        "survey": {"languages": ["en"], "opens": "2026-11-20T00:00:00Z", "closes": "2028-01-01T12:30:00Z"},
        "theme": [{"key": "weather"}],
        "question": [
            {
                "key": "rain",
                "theme": "weather",
                "kind": "binary",
                "deadline": "2027-06-30",
                "resolves": "2027-08-31T00:00:00Z",
            }
        ],
    },
    "words": {
        "en": {
            "survey": {
                "title": "The weather",
                "headline": "Will it rain?",
                "summary": "One question about the weather.",
            },
            "consent": {"text": "You agree that we keep your forecasts."},
            "theme": {"weather": {"title": "Weather", "summary": "What falls from the sky."}},
            "question": {
                "rain": {
                    "short": "Rain",
                    "title": "Will it rain in Kyiv on 30 June 2027?",
                    "criteria": "More than 1 mm between 00:00 and 23:59:59 UTC on 30 June 2027.",
                    "background": "It rained on nine of the last thirty such days.",
                    "sources": ["The weather service", "Reuters"],
                }
            },
        }
    },
    "worked": {},
}


def a_survey_under_writing(session: Session) -> None:
    """Two with an account who run nothing, of whom one has written a survey of one question."""
    olena, _taras = (accounts.create_user(session, email) for email in (OLENA, TARAS))
    drafts.start(session, olena, "weather", WEATHER)


database = database_after(a_survey_under_writing)


@pytest.fixture
def olena(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which whoever has written that survey is signed in."""
    sign_in(app, client, OLENA)
    return client


class FormReader(HTMLParser):
    """Reads the fields of the page's editor form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside = False
        self._name = ""
        self._first = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "form":
            self._inside = "data-editor" in own
        if not self._inside or "disabled" in own:
            return
        name, value = own.get("name") or "", own.get("value") or ""
        if tag == "input" and name and ("checked" in own or own.get("type") not in ("checkbox", "radio")):
            self.sent.setdefault(name, []).append(value)
        elif tag in ("textarea", "select"):
            self._name, self._first = name, True
            self.sent.setdefault(name, []).append("")
        elif tag == "option" and self._name and (self._first or "selected" in own):
            self.sent[self._name][-1], self._first = value, False

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._name = ""
        if tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and self._name and self.lasttag == "textarea":
            self.sent[self._name][-1] += data.removeprefix("\n")


def fields(page: str) -> dict[str, list[str]]:
    """Every field of the page's editor form, with what stands in it."""
    reader = FormReader()
    reader.feed(page)
    assert reader.sent, "no editor form"
    return reader.sent


def fill(client: FlaskClient, address: str, typed: dict[str, str | list[str]], status: int = 303) -> str:
    """Open a page, type into its fields, press Save; what comes back."""
    page = client.get(address)
    assert page.status_code == 200, address
    form = fields(page.text)
    missing = [name for name in typed if name not in form]
    assert not missing, f"{missing} not among {sorted(form)}"
    answer = client.post(address, data=form | typed)
    assert answer.status_code == status, answer.text
    return answer.text


def press(client: FlaskClient, slug: str, act: str, **sent: str) -> str:
    """Press a button; the address it leads to."""
    answer = client.post(f"/write/{slug}/{act}", data=sent)
    assert answer.status_code == 303, answer.text
    return answer.location


def document(app: Flask, slug: str) -> Document:
    with app.app_context():
        found = db.session.scalars(select(SurveyDraft.document).filter_by(slug=slug)).one()
        db.session.close()
        return found


def begin(client: FlaskClient, slug: str = "snow", **more: str) -> None:
    sent = {"title": "The snow", "slug": slug, "language": "en", "source": "", **more}
    assert client.post("/write", data=sent).status_code == 303


Q = "words/en/question/rain"


def write_everything(client: FlaskClient, slug: str) -> None:
    """A survey of one question, typed into every page it takes."""
    begin(client, slug, title="The weather")
    assert press(client, slug, "add", noun="theme", title="Weather") == f"/write/{slug}/theme/weather"
    place = press(client, slug, "add", noun="question", theme="weather", kind="binary", title="Rain")
    assert place == f"/write/{slug}/question/rain"
    fill(
        client,
        f"/write/{slug}/",
        {
            "words/en/survey/headline": "Will it rain?",
            "words/en/survey/summary": "One question about the weather.",
            "words/en/consent/text": "You agree that we keep your forecasts.",
        },
    )
    fill(
        client,
        f"/write/{slug}/theme/weather",
        {"words/en/theme/weather/summary": "What falls from the sky."},
    )
    fill(
        client,
        place,
        {
            f"{Q}/title": "Will it rain in Kyiv on 30 June 2027?",
            f"{Q}/criteria": "More than 1 mm between 00:00 and 23:59:59 UTC on 30 June 2027.",
            f"{Q}/background": "It rained on nine of the last thirty such days.",
            f"{Q}/sources": "The weather service\r\nReuters",
            "structure/question/rain/deadline": "2027-06-30",
            "structure/question/rain/resolves": "2027-08-31",
        },
    )
    fill(
        client,
        f"/write/{slug}/people",
        {"structure/survey/opens": "2026-11-20", "structure/survey/closes": "2028-01-01 12:30"},
    )


def test_whoever_has_an_account_writes_a_survey_that_others_answer(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, TARAS)
    write_everything(client, "typed")
    # Every other test begins with this one.
    assert document(app, "typed") == document(app, "weather") | {
        "structure": WEATHER["structure"] | {"survey": WEATHER["structure"]["survey"] | {"slug": "typed"}}
    }
    page = client.get("/write/typed/check").text
    assert "Nothing is missing" in page
    assert app.test_client().get("/s/typed/").status_code == 404
    assert press(client, "typed", "open") == "/s/typed/organize/"
    assert client.get("/s/typed/organize/").status_code == 200
    reader = Visitor(app.test_client(), "typed").join()
    assert "Will it rain in Kyiv on 30 June 2027?" in reader.get("q/rain").text
    assert reader.answer("rain", **{"p-yes": "30"}).status_code == 303
    with app.app_context():
        survey = db.session.scalars(select(Survey).filter_by(slug="typed")).one()
        assert db.session.scalars(select(Submission.action).filter_by(survey_id=survey.id)).all() == ["new"]


@pytest.mark.parametrize("visibility", ["public", "link", "invited"])
def test_whoever_opens_a_survey_is_told_a_way_in_that_lets_people_in(
    app: Flask, olena: FlaskClient, visibility: str
) -> None:
    fill(olena, "/write/weather/people", {"structure/survey/visibility": visibility})
    page = olena.get(press(olena, "weather", "open")).text
    address = "http://localhost:8000/s/weather/"
    opens = app.test_client().get("/s/weather/").status_code == 200
    assert (address in page) == opens == (visibility != "invited")
    if not opens:
        assert "Nobody gets in without an invitation" in words(page)
        assert 'href="/s/weather/organize/invitations/list"' in page


def test_opening_says_what_is_missing_and_leads_to_each_field(olena: FlaskClient) -> None:
    begin(olena)
    assert press(olena, "snow", "open") == "/write/snow/check"
    page = olena.get("/write/snow/check").text
    assert "Nothing was opened" in page
    links = re.findall(r'href="(/write/snow/[^"#]*)#([^"]+)"', page)
    assert ("/write/snow/people", "structure/survey/opens") in links
    for address, anchor in links:
        assert f'id="{anchor}"' in olena.get(address).text or address.endswith("questions"), anchor


def test_changes_of_an_open_survey_wait_until_they_are_published(app: Flask, olena: FlaskClient) -> None:
    press(olena, "weather", "open")
    fill(olena, "/write/weather/question/rain", {f"{Q}/title": "Will it rain in Lviv on 30 June 2027?"})
    reader = Visitor(app.test_client(), "weather").join()
    assert "Kyiv" in reader.get("q/rain").text
    assert "not published" in olena.get("/write/weather/questions").text
    press(olena, "weather", "open")
    assert "Lviv" in reader.get("q/rain").text


def test_what_cannot_change_any_more_says_so_beside_it_before_somebody_tries(
    app: Flask, olena: FlaskClient
) -> None:
    page = olena.get("/write/weather/question/rain").text
    assert "Cannot change" not in page and "A change makes a new version" not in page
    assert ">Take out<" in page
    press(olena, "weather", "open")
    assert ">Take out<" not in olena.get("/write/weather/question/rain").text
    Visitor(app.test_client(), "weather").join().answer("rain", **{"p-yes": "30"})
    page = olena.get("/write/weather/question/rain").text
    kind = 'id="structure/question/rain/kind" name="structure/question/rain/kind" data-whole'
    assert f'{kind} aria-describedby="structure/question/rain/kind-note" disabled' in page
    assert "Cannot change any more: it has answers." in page
    assert "A change makes a new version" in page
    languages = re.findall(
        r'<input[^>]*name="structure/survey/languages"[^>]*>', olena.get("/write/weather/").text
    )
    assert languages and all("disabled" in one for one in languages)


def test_the_organizer_s_own_words_are_frozen_with_the_opening(app: Flask, olena: FlaskClient) -> None:
    analysis = "words/en/preregistration/primary_analysis"
    fill(olena, "/write/weather/check", {analysis: "The figure of the last day before the close."})
    press(olena, "weather", "open")
    page = app.test_client().get("/s/weather/preregistration").text
    assert "The figure of the last day before the close." in page
    assert "Nothing: what stands now is what was written down." in page
    fill(olena, "/write/weather/check", {analysis: ""})
    assert "preregistration" not in document(app, "weather")["words"]["en"]
    press(olena, "weather", "open")
    page = app.test_client().get("/s/weather/preregistration").text
    assert "What will be computed first" in page and "taken out, 22" in page


def test_a_second_language_stands_beside_the_first(app: Flask, olena: FlaskClient) -> None:
    fill(olena, "/write/weather/", {"structure/survey/languages": ["", "en", "uk"]})
    assert "being translated" in olena.get("/write/weather/questions").text
    page = olena.get("/write/weather/question/rain").text
    assert 'name="words/uk/question/rain/criteria"' in page
    assert "nothing there yet, Українською" in words(page)


def test_the_list_of_questions_leads_to_the_page_that_takes_a_file(olena: FlaskClient) -> None:
    begin(olena)
    page = olena.get("/write/snow/questions").text
    (address,) = re.findall(r'href="([^"]*/import)"', page)
    assert olena.get(address).status_code == 200


def test_a_survey_begins_as_a_copy_of_the_bank(app: Flask, olena: FlaskClient) -> None:
    begin(olena, "second", source="bank:ukraine")
    assert read(document(app, "second")).faults == ()
    page = words(olena.get("/write/second/questions").text)
    assert "28 " in words(olena.get("/write").text) and "ready" in page and "draft" not in page
    for key in (
        "ceasefire-when",
        "war-state-2027",
        "guarantee-form",
        "aid-total",
        "sanctions-end",
        "clash-if-forces",
    ):
        shown = olena.get(f"/write/second/question/{key}").text
        assert "As participants see it" in shown and shown.count('class="p-seen"') == 2, key


def test_saving_a_page_unchanged_changes_nothing(database: str, app: Flask, olena: FlaskClient) -> None:
    """Whatever a page shows is read back as it was: every kind of question, every fact."""
    begin(olena, "second", source="bank:ukraine")
    before = document(app, "second")
    pages = [*(f"/write/second/{step}" for step in ("", "people"))]
    structure = before["structure"]
    parts = [(noun, one) for noun in ("question", "theme", "relation") for one in structure[noun]]
    # Of each kind one, and one of each set of facts.
    shown = first_of_each_on(database, parts, lambda part: (part[0], part[1].get("kind"), *sorted(part[1])))
    pages += [f"/write/second/{noun}/{one['key']}" for noun, one in shown]
    for address in pages:
        fill(olena, address, {})
    with app.app_context():
        changed = db.session.scalars(select(SurveyDraft).filter_by(slug="second")).one()
        assert [one.changes for one in changed.changes] == []


#: Of each kind what is typed beside what every question has.
FACTS: dict[str, dict[str, str | list[str]]] = {
    "choice": {"options": "red\ngreen"},
    "ordered": {"options": "small\nlarge"},
    "ladder": {"deadlines": "2027-06-30\n2027-12-31"},
    "numeric": {
        "lower": "0,5",
        "upper": "1 000",
        "quantile_levels": "5, 50, 95",
        "open_upper": ["", "y"],
    },
    "date": {"lower": "2027-01-01", "upper": "2027-12-31"},
    "pair": {"given": "rain=yes"},
}


def test_every_kind_of_question_is_written(app: Flask, olena: FlaskClient) -> None:
    for kind, facts in FACTS.items():
        place = press(olena, "weather", "add", noun="question", theme="weather", kind=kind, title=kind)
        at = f"structure/question/{kind}"
        times = {f"{at}/resolves": "2028-01-01"} | (
            {} if kind == "ladder" else {f"{at}/deadline": "2027-12-31"}
        )
        own = {name: f"{name} of the {kind}" for name in ("title", "background")}
        own["criteria"] = "It happens by 23:59:59 UTC on 31 December 2027."
        texts = {f"words/en/question/{kind}/{name}": text for name, text in own.items()}
        sources = {f"words/en/question/{kind}/sources": "Reuters\nAP"}
        fill(olena, place, times | texts | sources | {f"{at}/{name}": value for name, value in facts.items()})
        labels = [name for name in fields(olena.get(place).text) if "/options/" in name]
        fill(olena, place, {name: name.rpartition("/")[2] for name in labels})
        assert [str(fault) for fault in read(document(app, "weather")).faults] == [], kind
    press(olena, "weather", "open")
    reader = Visitor(app.test_client(), "weather").join()
    assert [kind for kind in FACTS if f"title of the {kind}" not in reader.get(f"q/{kind}").text] == []


def test_a_question_becomes_another_kind_and_nothing_of_the_first_is_left_behind(
    app: Flask, olena: FlaskClient
) -> None:
    at, place = "structure/question/rain", "/write/weather/question/rain"
    fill(olena, place, {f"{at}/kind": "choice"})
    fill(olena, place, {f"{at}/options": "none\nsome\nmuch"})
    fill(olena, place, {f"{Q}/options/{one}": one.title() for one in ("none", "some", "much")})
    fill(olena, place, {f"{at}/options": "none\nsome"})
    assert [str(fault) for fault in read(document(app, "weather")).faults] == []
    fill(olena, place, {f"{at}/kind": "binary"})
    assert [str(fault) for fault in read(document(app, "weather")).faults] == []
    press(olena, "weather", "undo")
    assert value_at(document(app, "weather"), ("structure", "question", "rain", "options")) == [
        "none",
        "some",
    ]


def test_a_field_is_called_in_the_language_of_its_reader(app: Flask) -> None:
    called = []
    with app.test_request_context():
        for code in ("en", "uk", "en"):
            with speaking(code):
                called.append(label_of(("words", "en", "survey", "title")))
    assert called == ["Title", "Назва", "Title"]


@pytest.mark.parametrize(
    ("before", "label", "after"), [("numeric", "value", "binary"), ("binary", "yes", "date")]
)
def test_the_label_of_a_lone_answer_goes_with_its_kind(before: str, label: str, after: str) -> None:
    document: Document = {
        "structure": {"question": [{"key": "q", "kind": before}]},
        "words": {"fr": {"question": {"q": {"options": {label: "Oui"}}}}},
    }
    edits = with_what_goes(document, [(("structure", "question", "q", "kind"), after)])
    assert (("words", "fr", "question", "q", "options", label), None) in edits


def test_the_count_of_a_base_rate_stands_under_a_heading_of_its_own(olena: FlaskClient) -> None:
    page = olena.get("/write/weather/question/rain").text
    heading, first = page.index("<h3>How often it happened before</h3>"), page.index("It happened in")
    assert page.index("No forecast without a reason") < heading < first < page.index("Of so many cases")


def test_what_is_no_day_or_number_is_kept_and_told_at_its_field(app: Flask, olena: FlaskClient) -> None:
    fill(olena, "/write/weather/question/rain", {"structure/question/rain/deadline": "some day"})
    page = olena.get("/write/weather/question/rain").text
    assert 'value="some day"' in page and "must be a date" in page


def test_a_number_that_could_be_two_is_kept_as_it_was_typed() -> None:
    """By the grammar of forecasts: a range that was to end at one thousand must not end at one in silence."""
    lower, smallest = (
        ("structure", "question", "rain", "lower"),
        ("structure", "survey", "lowest_probability"),
    )
    typed = {"1 000": 1000, "12,5": 12.5, "−3": -3, "2e3": 2000, "١٢": 12, "1.0": 1.0}
    for text in ("1,000", "1_000", "10 00", "nan", "1e999", "2027-01-01"):
        typed[text] = text
    assert {text: from_typed(lower, [text]) for text in typed} == typed
    assert [type(from_typed(lower, [text])) for text in ("12", "12.0")] == [int, float]
    assert [from_typed(smallest, [text]) for text in ("0,1 %", "12.5", "1,000 %")] == [
        0.001,
        0.125,
        "1,000 %",
    ]


def test_a_moment_without_a_zone_is_in_utc_and_none_is_kept_as_typed() -> None:
    typed = {
        "2027-03-01": "2027-03-01T00:00:00Z",
        "2027-03-01 14:30 UTC": "2027-03-01T14:30:00Z",
        "2027-03-01T14:30+02:00": "2027-03-01T12:30:00Z",
    }
    for text in ("2027-02-31", "soon", "0001-01-01 00:00+14:00", "9999-12-31 23:00-14:00"):
        typed[text] = text
    assert {text: from_typed(("structure", "survey", "opens"), [text]) for text in typed} == typed


# ---- Written by two


@pytest.fixture
def taras(app: Flask, olena: FlaskClient) -> FlaskClient:
    """Another writer of the same survey, in another browser."""
    press(olena, "weather", "share", email=TARAS)
    browser = app.test_client()
    sign_in(app, browser, TARAS)
    return browser


def test_what_two_have_written_into_one_field_is_told_with_both_texts(
    app: Flask, olena: FlaskClient, taras: FlaskClient
) -> None:
    address = "/write/weather/question/rain"
    his = fields(taras.get(address).text)
    fill(olena, address, {f"{Q}/criteria": "Hers."})
    answer = taras.post(address, data=his | {f"{Q}/criteria": "His.", f"{Q}/fine_print": "His too."})
    assert answer.status_code == 409
    page = answer.text
    assert OLENA in page and "Hers." in page and "His." in page
    rain = document(app, "weather")["words"]["en"]["question"]["rain"]
    assert (rain["criteria"], rain["fine_print"]) == ("Hers.", "His too.")
    # Theirs is taken, or one's own is saved again.
    again = fields(page)
    assert taras.post(address, data=again | {"theirs": f"{Q}/criteria"}).status_code == 303
    assert document(app, "weather")["words"]["en"]["question"]["rain"]["criteria"] == "Hers."
    assert taras.post(address, data=again).status_code == 303
    assert document(app, "weather")["words"]["en"]["question"]["rain"]["criteria"] == "His."


def test_the_page_s_script_learns_what_became_of_each_field(olena: FlaskClient, taras: FlaskClient) -> None:
    address, accept = "/write/weather/question/rain", {"Accept": "application/json"}
    base = fields(taras.get(address).text)["base"]
    fill(olena, address, {f"{Q}/criteria": "Hers."})
    sent = {"base": base, f"{Q}/criteria": "His.", f"{Q}/title": "His title?"}
    told = json.loads(taras.post(address, data=sent, headers=accept).text)
    assert told["saved"] == [f"{Q}/title"]
    assert [(one["name"], one["theirs"]) for one in told["refused"]] == [(f"{Q}/criteria", "Hers.")]


def test_a_change_is_taken_back(app: Flask, olena: FlaskClient) -> None:
    press(olena, "weather", "take-out", noun="question", key="rain")
    assert value_at(document(app, "weather"), ("structure", "question", "rain")) is None
    press(olena, "weather", "undo")
    assert value_at(document(app, "weather"), ("structure", "question", "rain", "deadline")) == "2027-06-30"


def test_questions_are_moved_by_number_and_duplicated(app: Flask, olena: FlaskClient) -> None:
    assert press(olena, "weather", "duplicate", key="rain") == "/write/weather/question/rain-2"
    press(olena, "weather", "move", noun="question", key="rain-2", place="1")
    assert value_at(document(app, "weather"), ("structure", "question", "*")) == ["rain-2", "rain"]
    press(olena, "weather", "move", noun="question", key="rain", place="first")
    assert "Type the number" in olena.get("/write/weather/questions").text


def test_relations_are_declared_from_lists_of_events(app: Flask, olena: FlaskClient) -> None:
    press(olena, "weather", "duplicate", key="rain")
    place = press(olena, "weather", "add", noun="relation", kind="implies", title="Rain is rain")
    page = olena.get(place).text
    assert page.count('name="structure/relation/rain-is-rain/events"') == 2
    fill(olena, place, {"structure/relation/rain-is-rain/events": ["rain=yes", "rain-2!yes"]})
    (relation,) = read(document(app, "weather")).bank.relations
    assert list(map(str, relation.events)) == ["rain = yes", "rain-2 not yes"]
    assert read(document(app, "weather")).faults == ()


def test_relations_that_clash_are_kept_and_keep_the_survey_from_being_opened(
    app: Flask, olena: FlaskClient
) -> None:
    press(olena, "weather", "duplicate", key="rain")
    for kind, title in (("implies", "Rain twice"), ("excludes", "Rain once")):
        place = press(olena, "weather", "add", noun="relation", kind=kind, title=title)
        key = place.rsplit("/", 1)[1]
        fill(olena, place, {f"structure/relation/{key}/events": ["rain=yes", "rain-2=yes"]})
    page = olena.get("/write/weather/check").text
    for key, other in (("rain-twice", "rain-once"), ("rain-once", "rain-twice")):
        assert f'href="/write/weather/relation/{key}#' in page
        assert f"rules out yes of rain, which is asked, together with {other}" in words(page)
    assert press(olena, "weather", "open") == "/write/weather/check"
    assert "rain-once: rules out" in words(olena.get("/write/weather/check").text)
    assert app.test_client().get("/s/weather/").status_code == 404
    press(olena, "weather", "undo")
    assert "rules out" not in olena.get("/write/weather/check").text


def test_people_are_asked_about_themselves(app: Flask, olena: FlaskClient) -> None:
    place = press(olena, "weather", "add", noun="background", kind="single", title="Where do you live?")
    key = place.rpartition("/")[2]
    fill(olena, place, {f"structure/background/{key}/options": "kyiv\nelsewhere"})
    labels = {f"words/en/background/{key}/options/{one}": one.title() for one in ("kyiv", "elsewhere")}
    fill(olena, place, labels)
    press(olena, "weather", "open")
    reader = Visitor(app.test_client(), "weather").join()
    assert "Where do you live?" in reader.get("about-me").text


def test_rounds_are_written_a_line_each(app: Flask, olena: FlaskClient) -> None:
    lines = "2026-11-20, 2027-01-01\n2027-01-01, 2027-03-01 12:00, none"
    fill(olena, "/write/weather/people", {"structure/round": lines})
    assert [one.feedback for one in read(document(app, "weather")).bank.rounds] == ["crowd", "none"]
    assert read(document(app, "weather")).faults == ()
    assert html.unescape(fields(olena.get("/write/weather/people").text)["structure/round"][0]) == lines


def test_a_survey_is_put_away_brought_back_and_deleted(app: Flask, olena: FlaskClient) -> None:
    begin(olena)
    press(olena, "snow", "archive")
    press(olena, "snow", "add", noun="theme", title="Late")
    assert "put away" in olena.get("/write/snow/questions").text
    assert document(app, "snow")["structure"]["theme"] == []
    press(olena, "snow", "archive", back="y")
    assert press(olena, "snow", "delete", confirm="no", step="check") == "/write/snow/check"
    assert press(olena, "snow", "delete", confirm="snow") == "/write"
    assert olena.get("/write/snow/").status_code == 404


def test_a_writer_neither_opens_nor_shares_nor_deletes(
    app: Flask, olena: FlaskClient, taras: FlaskClient
) -> None:
    for act in ("open", "share", "delete"):
        press(taras, "weather", act, email=TARAS, confirm="weather")
        assert "for its owner to do" in taras.get("/write/weather/questions").text, act
    assert app.test_client().get("/s/weather/").status_code == 404


# ---- Who


def test_drafts_are_their_writers_alone(app: Flask, olena: FlaskClient) -> None:
    begin(olena)
    stranger = app.test_client()
    sign_in(app, stranger, TARAS)
    for browser in (app.test_client(), stranger):
        for step in STEPS:
            assert browser.get(f"/write/snow/{step}").status_code == 404
        for act in ("add", "move", "duplicate", "take-out", "undo", "share", "open", "archive", "delete"):
            sent = {"noun": "theme", "key": "x", "place": "1", "confirm": "snow", "email": TARAS}
            assert browser.post(f"/write/snow/{act}", data=sent).status_code == 404, act
        assert (
            browser.post("/write/snow/", data={"base": "0", "words/en/survey/title": "x"}).status_code == 404
        )
    assert app.test_client().get("/write").status_code == 302


def test_an_organizer_takes_up_the_survey_they_run_and_an_analyst_does_not(app: Flask) -> None:
    with app.app_context():
        for role in ("organizer", "analyst"):
            transaction(lambda session, role=role: member(session, role).id)
        db.session.close()
    told = {}
    for role in ("organizer", "analyst"):
        browser = app.test_client()
        sign_in(app, browser, f"{role}@example.org")
        told[role] = [browser.get(f"/write/ukraine/{step}").status_code for step in STEPS]
    assert told == {"organizer": [200] * 4, "analyst": [404] * 4}


def test_looking_at_a_survey_s_editor_stores_nothing(app: Flask) -> None:
    with app.app_context():
        transaction(lambda session: member(session, "organizer").id)
        db.session.close()
    browser = app.test_client()
    sign_in(app, browser, "organizer@example.org")
    browser.get("/write/ukraine/question/leaders-meet")
    with app.app_context():
        assert db.session.scalars(select(SurveyDraft).filter_by(slug="ukraine")).all() == []


def test_where_owners_alone_begin_surveys_others_are_told_so(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, TARAS)
    app.config["PARLEY"] = app.config["PARLEY"] | {"AUTHORS": "owners"}
    assert "only people who already own a survey may begin one" in client.get("/write").text
    assert client.post("/write", data={"slug": "snow"}).status_code == 404


@pytest.mark.parametrize("slug", ["", "Not an address", "ukraine"])
def test_a_refused_beginning_comes_back_filled(olena: FlaskClient, slug: str) -> None:
    answer = olena.post("/write", data={"title": "The weather", "slug": slug, "language": "uk", "source": ""})
    assert answer.status_code == 422
    assert 'value="The weather"' in answer.text and 'id="slug-error"' in answer.text
    assert '<option value="uk" selected>' in answer.text


#: What no page of the editor sends.
SENT: list[dict[str, str]] = [
    {},
    {"base": "x"},
    {"base": "99999"},
    {"base": "-1", "words/en/survey/title": "x"},
    {"base": "0", "words/en": "x"},
    {"base": "0", "structure/question": "x"},
    {"base": "0", "structure/survey/slug": "ukraine"},
    {"base": "0", "structure/survey/opens": "0001-01-01T00:00:00+23:00"},
    {"base": "0", "structure/survey/minimum_cell": "9" * 400},
    {"base": "0", "structure/survey/languages": "../../x"},
    {"base": "0", "structure/survey/zone": "../../x"},
    {"base": "0", "words/en/survey/title": "\x00"},
    {"base": "0", "/".join(["words"] + ["x"] * 400): "x"},
    {"base": "0", "worked/answer/x": "1"},
]


def test_no_input_is_an_error_of_the_server(app: Flask, olena: FlaskClient) -> None:
    for number, sent in enumerate(SENT):
        slug = f"snow-{number}"
        begin(olena, slug)
        blank = document(app, slug)
        assert olena.post(f"/write/{slug}/", data=sent).status_code < 500, sent
        # Pages are made of the document: where that is as it was, so are they.
        for step in STEPS if number == 0 or document(app, slug) != blank else []:
            assert olena.get(f"/write/{slug}/{step}").status_code == 200, (sent, step)
