"""Every page in Ukrainian says nothing of the interface in English, to whoever looks."""

import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scoring.pools.catalog import METHODS
from survey import clock
from survey.models.licence import SPDX
from survey.services import enrollment
from survey.services.publication import publish
from survey.store.engine import db
from survey.web.identity import REMEMBERED
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey
from tests.skips import first_of_each_on
from tests.survey.disclosure.test_non_interference import addresses
from tests.survey.outcomes import member
from tests.survey.web.markup import VOID
from tests.survey.web.organizer.test_pages import sign_in
from tests.survey.web.visitor import ANSWERS, Visitor, error_of
from tests.survey.web.visitor import words as words_of

from . import words

ASKED = "nuclear-use"
#: The first stands for all where Python has said all of it on the other database.
VIEWERS = ["participant", "organizer", "anonymous"]

#: A named value in a message.
VALUE = re.compile(r"%\(\w+\)[sd]")
#: Three words in Latin letters one after the other.
LATIN = re.compile(r"(?:\b(?:[A-Za-z][a-z’']+|a|I)\b[ ,;:–—-]*){3,}")
WORD = re.compile("[A-Za-z]+")
#: What is not ours to translate: sources, code.
NOT_OURS = re.compile(r"<(script|style|code|svg|cite)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
#: Examples of code: their words are the code's own.
CODE = re.compile(r"<code\b.*?</code>", re.DOTALL)


def _pieces(message: str) -> list[str]:
    return [piece.strip() for piece in VALUE.split(message.replace("%%", "%"))]


def english_sentences() -> set[str]:
    """What our messages say in English on one line, between the values they fill in, three words or more."""
    said: set[str] = set()
    for message in words.extracted():
        for form in (message.id,) if isinstance(message.id, str) else message.id:
            said.update(piece for piece in _pieces(form) if len(re.findall(r"[A-Za-z]{2,}", piece)) >= 3)
    return {re.sub(r"\s+", " ", sentence) for sentence in said}


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Read once for all pages."""
    return english_sentences()


class Elsewhere(HTMLParser):
    """The parts of a page that are written in English by their own mark, whatever stands inside them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self._lines = [0, *(one.end() for one in re.finditer("\n", page))]
        self._inside: tuple[str, int] | None = None
        self._depth = 0
        self.parts: list[tuple[int, int]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside and tag == self._inside[0]:
            self._depth += 1
        elif not self._inside and tag != "html" and ("lang", "en") in attrs:
            if tag in VOID:
                self.parts.append((self._place, self._place + len(self.get_starttag_text() or "")))
            else:
                self._inside, self._depth = (tag, self._place), 1

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[0]:
            self._depth -= 1
            if not self._depth:
                self.parts.append((self._inside[1], self._place))
                self._inside = None

    @property
    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def here(page: str) -> str:
    """A page without its parts that say that they are in English: a draft's English words, somebody's letter."""
    for start, end in reversed(Elsewhere(page).parts):
        page = page[:start] + page[end:]
    return page


def text_of(page: str) -> str:
    """Everything a page says, its attributes too."""
    return re.sub(r"\s+", " ", html.unescape(page))


def said_in_english(page: str, english: set[str]) -> set[str]:
    """The sentences of the interface that a page says in English."""
    text = text_of(CODE.sub("\n", here(page)))
    for method in METHODS.values():  # a source may name people as a method's name does
        text = text.replace(method.source, "")
    on_page = set(WORD.findall(text))
    return {sentence for sentence in english if inner_words(sentence) <= on_page and sentence in text}


@cache
def inner_words(sentence: str) -> frozenset[str]:
    """The words of a sentence but for its ends, which may be parts of longer ones on a page that has it.

    A page has few of the interface's words in another language: of a thousand sentences ten are looked for.
    """
    return frozenset(
        word[0] for word in WORD.finditer(sentence) if word.start() > 0 and word.end() < len(sentence)
    )


def latin_sentences(page: str) -> list[str]:
    """What a reader sees in Latin letters, three words or more: words that nobody gave to gettext, too."""
    seen = re.sub(r"<[^>]+>", "\n", NOT_OURS.sub("\n", here(page)))
    found = (one[0].strip(" ,;:–—-\n") for one in LATIN.finditer(html.unescape(seen)))
    return [one for one in found if one not in names_in_latin()]


@cache
def names_in_latin() -> str:
    """All that is said in Ukrainian, sources of methods, licences: titles of laws and journals stay as they are."""
    told = [form for message in words.read("uk", "messages") for form in words.forms(message)]
    sources = [method.source for method in METHODS.values()]
    licences = [licence.title for licence in SPDX.values()]
    return "\n".join([*told, *sources, *licences, (words.ROOT / "survey/bank/ukraine/uk.toml").read_text()])


def fill(session: Session) -> int:
    """Twelve others and somebody have answered; figures are published; somebody owns the survey."""
    member(session, "owner")
    questions = the_survey(session).questions
    for day in (18, 19):
        with clock.at(on(day)):
            for place in range(6):
                person = someone(session)
                for question in questions:
                    say(session, person, question, 0.2 + 0.02 * place, rationale=f"Підстава {place}.")
        with clock.at(on(day + 1)):
            publish(session, the_survey(session))
    with clock.at(on(21)):
        person, _ = enrollment.join(
            session, the_survey(session), language="uk", join_key="reader", code=enrollment.new_code()
        )
        for question in questions:
            say(session, person, question, 0.3, rationale="Власна підстава.", language="uk")
        say(session, person, the_question(session, ASKED), 0.4, rationale="Інша.", language="uk")
    return person.id


filled = store_after(fill)


@pytest.fixture
def browsers(filled: int, app: Flask) -> dict[str, FlaskClient]:
    """A browser of each viewer, all of whom read Ukrainian."""
    made = {viewer: app.test_client() for viewer in VIEWERS}
    with made["participant"].session_transaction() as cookie:
        cookie[REMEMBERED] = {"ukraine": filled}
    sign_in(app, made["organizer"], "owner@example.org")
    for client in made.values():
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "uk-UA,uk;q=0.9,en;q=0.5"
    return made


def pages(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Address and markup of each page there is to read at this moment."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/api", "/static", "/bootstrap")):
            continue
        address = addresses(app, rule, ASKED)
        if address.startswith("/embed/"):
            # A box says its language in its address: it is the same for whoever reads the page around it.
            address += f"?lang={client.environ_base['HTTP_ACCEPT_LANGUAGE'][:2]}"
        response = client.get(address)
        assert response.status_code < 500, address
        if response.mimetype == "text/html" and response.location is None:
            # Where emails lie is a folder of this machine, in whatever words it was named.
            page = response.get_data(as_text=True).replace(str(app.config["PARLEY"]["INSTANCE"]), "")
            yield address, page
        response.close()
    for key, _typed in ANSWERS.values():
        for address in (f"/s/ukraine/q/{key}", f"/s/ukraine/q/{key}/crowd", f"/s/ukraine/organize/q/{key}"):
            yield address, client.get(address).get_data(as_text=True)


@pytest.mark.long
def test_no_page_says_a_sentence_in_english(
    app: Flask, browsers: dict[str, FlaskClient], english: set[str], database: str
) -> None:
    found = {}
    for viewer in first_of_each_on(database, VIEWERS):
        for address, page in pages(app, browsers[viewer]):
            # A fragment is put into a page that has said its language.
            assert '<html lang="uk">' in page or "<html" not in page, address
            if told := sorted({*said_in_english(page, english), *latin_sentences(page)}):
                found[viewer, address] = told
    assert not found, "\n".join(f"{where}: {told}" for where, told in found.items())


@pytest.mark.long
def test_the_same_pages_in_english_are_caught(
    app: Flask, browsers: dict[str, FlaskClient], english: set[str]
) -> None:
    """The control: whoever reads English is told hundreds of these sentences, and nearly every page has some."""
    client = browsers["participant"]
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    told = {address: said_in_english(page, english) for address, page in pages(app, client)}
    assert len(set().union(*told.values())) > 150
    assert all(told.values())
    page = client.get(f"/s/ukraine/q/{ASKED}").get_data(as_text=True)
    assert latin_sentences(page)


def test_parts_that_say_that_they_are_in_english_are_let_be_to_their_own_end() -> None:
    page = (
        '<html lang="en">a<div lang="en">b<div>c</div>d</div>e<input lang="en" value="f"><p lang="uk">g</p>'
    )
    assert here(page) == '<html lang="en">a</div>e<p lang="uk">g</p>'


def test_words_of_code_and_of_sources_are_let_be_and_no_others(english: set[str]) -> None:
    told = "Where a number must be checked by hand."
    assert said_in_english(f"<pre><code>{told}</code></pre>", english) == set()
    assert said_in_english(f"<pre><code>1</code></pre><p>{told}</p><code>2</code>", english) == {told}
    assert latin_sentences(f"<p>{METHODS['nearest_pool'].source}</p>") == []
    named = METHODS["neyman_roughgarden"]
    assert said_in_english(f"<p>{named.source}</p>", english) == set()
    assert said_in_english(f"<h2>{named.name}</h2><p>{named.source}</p>", english) == {named.name}
    assert latin_sentences(f"<p>{told}</p>")


def test_a_refusal_a_receipt_and_an_erasure_are_told_in_ukrainian(
    client: FlaskClient, english: set[str]
) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "uk"
    person = Visitor(client).join()
    refused = person.answer("leaders-meet", **{"p-yes": "1,000"})
    assert error_of(refused.text, "p-yes") == "«1,000» можна прочитати двояко: напишіть 1,0 або 1000."
    saved = client.get(person.answer("leaders-meet", **{"p-yes": "12,5"}).location).text
    assert "Збережено" in saved and "приблизно 1 з 8" in words_of(saved)
    pages_after = [refused.text, saved, person.get("mine").text, person.get("mine/erase").text]
    assert [said_in_english(page, english) for page in pages_after] == [set()] * 4
    assert [latin_sentences(page) for page in pages_after] == [[]] * 4


@pytest.mark.parametrize("address", ["/s/ukraine/q/nonsense", "/nonsense"])
def test_an_error_is_told_in_the_readers_language(client: FlaskClient, address: str) -> None:
    page = client.get(address, headers={"Accept-Language": "uk"}).get_data(as_text=True)
    assert "Такої сторінки немає" in page
    assert "There is no such page" in client.get(address).get_data(as_text=True)


@pytest.fixture(autouse=True)
def let_go(app: Flask) -> Iterator[None]:
    """Connections of the filled database are given back."""
    yield
    with app.app_context():
        db.engine.dispose()
