"""Pages for strangers are kept: no page is ever old, and nobody's own page is ever another's."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import QuestionVersion, VersionText
from survey.models.base import in_language
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.store import fingerprint
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.page_cache import MOST, NAME, PageCache
from tests.conftest import TODAY
from tests.factories import crowd, on, the_question, the_survey
from tests.survey.outcomes import member, outcome
from tests.survey.web.organizer.test_pages import sign_in

from .visitor import Visitor, value, words

FRONT, THEMES, JOIN, RESULTS = (f"/s/ukraine/{page}" for page in ("", "themes", "join", "results"))
PAGES = ["/", FRONT, THEMES, JOIN, "/methods"]
KEY = "leaders-meet"
LATER = TODAY + timedelta(hours=1)

#: What is the reader's own on a page.
OWN = re.compile(r'(name="(?:csrf_token|join_key)"[^>]*value=)"[^"]*"')


def seen(app: Flask, path: str) -> str:
    """The page as somebody new sees it."""
    return OWN.sub(r"\1", app.test_client().get(path).text)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement inside a `with` block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def simulate(session: Session) -> None:
    the_survey(session).simulated = True


def retitle(session: Session) -> None:
    the_survey(session).text("en").title = "Another title"


def move_theme(session: Session) -> None:
    the_survey(session).themes[0].position = 99


def rename_theme(session: Session) -> None:
    the_survey(session).themes[0].text("en").title = "Another theme"


def close_question(session: Session) -> None:
    the_question(session, KEY).closes_at = LATER


def close_rung(session: Session) -> None:
    the_question(session, "ceasefire-when").options[0].closes_at = LATER


def publish_draft(session: Session) -> None:
    session.scalars(select(QuestionVersion).filter_by(number=2)).unique().one().published_at = TODAY


def draft(session: Session) -> None:
    question = the_question(session, KEY)
    version = QuestionVersion(question_id=question.id, number=2, substantive=False, note="")
    session.add(version)
    session.flush()
    session.add(in_language_of(version, question.version.text("en"), "en"))


def in_language_of(version: QuestionVersion, like: VersionText, language: str) -> VersionText:
    kept = ("short", "background", "criteria", "fine_print", "sources", "unit")
    return VersionText(
        question_version_id=version.id,
        language=language,
        title=f"Newer words, in {language}",
        **{name: getattr(like, name) for name in kept},
    )


def published_draft_of_another_language(session: Session) -> None:
    draft(session)
    session.flush()
    version = session.scalars(select(QuestionVersion).filter_by(number=2)).unique().one()
    session.delete(session.get_one(VersionText, (version.id, "en")))
    session.add(in_language_of(version, the_question(session, KEY).version.text("en"), "uk"))
    session.flush()
    version.published_at = TODAY


def translate(session: Session) -> None:
    version = the_question(session, KEY).version
    session.add(in_language_of(version, version.text("uk"), "en"))


def reword_consent(session: Session) -> None:
    the_survey(session).consent.text("en").body = "Another consent."


def reword_scenario(session: Session) -> None:
    scenario = the_survey(session).scenarios[0]
    scenario.text("en", f"leaf:{scenario.leaves[0].key}").title = "Another future"


def move_leaf(session: Session) -> None:
    scenario = the_survey(session).scenarios[0]
    session.delete(scenario.leaves[-1])


def shown_to_all(session: Session) -> None:
    """Everybody may see the crowd, and there is one that is not published yet."""
    the_survey(session).reveal = "always"
    (scenario,) = the_survey(session).scenarios
    for question in scenario.questions:
        crowd(session, question, [0.2 + place / 100 for place in range(12)])


def publish_figures(session: Session) -> None:
    assert publish(session, the_survey(session), on(21).date())


def told_to_readers(session: Session) -> None:
    """Readers are shown the crowd of a question with several answers."""
    the_survey(session).readers = "always"
    crowd(session, the_question(session, "war-state-2027"), [0.2] * 12)
    publish_figures(session)


def relabel(session: Session) -> None:
    for option in the_question(session, "war-state-2027").options:
        in_language(option.texts, "en").label = f"Another {option.key}"


def resolve_question(session: Session) -> None:
    question = the_question(session, KEY)
    resolve(session, question, outcome(value=1.0))


def nothing(session: Session) -> None:
    """Only the clock goes on."""


def opens_later(session: Session) -> None:
    the_survey(session).opens_at = LATER


def closes_soon(session: Session) -> None:
    the_survey(session).closes_at = LATER


def question_opens_later(session: Session) -> None:
    the_question(session, KEY).opens_at = LATER


Act = Callable[[Session], None]

#: The fact that changes; the page that says so, what is there before, what happens then.
CHANGES: dict[str, tuple[str, Act, Act]] = {
    "survey": (FRONT, nothing, simulate),
    "words of the survey": (FRONT, nothing, retitle),
    "themes": (THEMES, nothing, move_theme),
    "words of themes": (THEMES, nothing, rename_theme),
    "questions": (THEMES, nothing, close_question),
    "options": (THEMES, nothing, close_rung),
    "labels of options": (RESULTS, told_to_readers, relabel),
    "versions": (THEMES, draft, publish_draft),
    "languages": (THEMES, published_draft_of_another_language, translate),
    "words of consents": (JOIN, nothing, reword_consent),
    "words of scenarios": (FRONT, nothing, reword_scenario),
    "leaves": (FRONT, nothing, move_leaf),
    "publications": (FRONT, shown_to_all, publish_figures),
    "resolutions": (THEMES, nothing, resolve_question),
    "opening": (FRONT, opens_later, nothing),
    "closing": (FRONT, closes_soon, nothing),
    "questions opening": (THEMES, question_opens_later, nothing),
    "questions closing": (THEMES, close_question, nothing),
    "options closing": (THEMES, close_rung, nothing),
}


#: Facts that no page for strangers tells by itself; kept all the same, since a page may come to.
UNTOLD = {
    "consents",
    "events",
    "options of events",
    "conditions",
    "relations",
    "events of relations",
    "scenarios",
    "axes",
    "questions due",
}

#: Facts that may change with one: PostgreSQL gives labels in the order in which it finds their options, and an option
#: that is written anew is found in another place.
CHANGES_TOO = {"options": {"labels of options"}}
#: Facts that another database may tell differently: moments, and rows that are replaced.
OF_THE_STORE = {"versions", "publications", "closing"}


class TestNoPageIsOld:
    def test_every_fact_is_changed_here_or_told_by_no_page(self) -> None:
        assert fingerprint.FACTS.keys() == CHANGES.keys() | UNTOLD

    def told(self, app: Flask, session: Session, fact: str) -> tuple[str, str]:
        """A page before and after its fact has changed."""
        path, prepare, act = CHANGES[fact]
        prepare(session)
        session.commit()
        first = seen(app, path)
        assert seen(app, path) == first
        act(session)
        session.commit()
        with clock.at(LATER if act is nothing else TODAY):
            return first, seen(app, path)

    @pytest.mark.parametrize(
        "fact", [pytest.param(fact, marks=[pytest.mark.store] * (fact in OF_THE_STORE)) for fact in CHANGES]
    )
    def test_it_changes_at_once(self, app: Flask, session: Session, fact: str) -> None:
        first, then = self.told(app, session, fact)
        assert first != then

    # It is the control of the test before, and no other one on the second database: that has what may differ there.
    @pytest.mark.parametrize(
        ("database", "fact"),
        [
            *(pytest.param("sqlite", fact, marks=pytest.mark.sqlite) for fact in CHANGES),
            *(
                pytest.param("postgresql", fact, marks=pytest.mark.postgresql)
                for fact in sorted(OF_THE_STORE | CHANGES_TOO.keys())
            ),
        ],
        indirect=["database"],
    )
    def test_without_this_fact_it_would_be_old(
        self, app: Flask, session: Session, fact: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        changed = {fact} | CHANGES_TOO.get(fact, set())
        others = [value for name, value in fingerprint.FACTS.items() if name not in changed]
        monkeypatch.setattr(fingerprint, "STATEMENT", select(fingerprint.LIVE, *others))
        first, then = self.told(app, session, fact)
        assert first == then


@pytest.mark.parametrize("path", PAGES)
class TestWhatIsKept:
    def test_a_second_reader_costs_a_statement_or_two(self, app: Flask, path: str) -> None:
        seen(app, path)
        with statements(app) as asked:
            seen(app, path)
        assert len([one for one in asked if "SELECT" in one]) <= 2

    def test_it_is_what_would_be_made_anew(self, app: Flask, path: str) -> None:
        seen(app, path)
        kept = seen(app, path)
        app.extensions[NAME].clear()
        assert seen(app, path) == kept

    def test_the_token_is_each_readers_own(self, app: Flask, path: str) -> None:
        tokens = [value(app.test_client().get(path).text, "csrf_token") for _ in range(3)]
        assert len(set(tokens)) == 3
        page = app.test_client().get(path).text
        assert app.extensions[NAME].hole not in page

    def test_each_language_has_its_own(self, app: Flask, path: str) -> None:
        for language in ("en", "uk", "en", "uk"):
            page = app.test_client().get(path, headers={"Accept-Language": language}).text
            assert f'<html lang="{language}">' in page

    def test_each_host_has_its_own(self, app: Flask, path: str) -> None:
        at_root = app.test_client().get(path).text
        below = app.test_client().get(path, environ_overrides={"SCRIPT_NAME": "/below"}).text
        assert 'href="/methods"' in at_root and 'href="/below/methods"' in below

    def test_no_cache_outside_keeps_it(self, app: Flask, path: str) -> None:
        for _ in range(2):
            answer = app.test_client().get(path)
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Cookie" in answer.headers["Vary"]

    def test_an_address_that_asks_for_more_is_made_anew(self, app: Flask, path: str) -> None:
        seen(app, path)
        page = app.test_client().get(f"{path}?a=1").text
        assert f'name="next" value="{path}?a=1"' in page
        assert "?a=1" not in seen(app, path)


class TestNobodysPageIsAnothers:
    def test_who_takes_part_has_a_page_of_their_own(self, app: Flask, person: Visitor) -> None:
        stranger = seen(app, FRONT)
        assert "This browser knows you" in person.get("").text
        assert "This browser knows you" not in stranger
        assert seen(app, FRONT) == stranger
        assert person.get("join").status_code == 302

    def test_of_an_invited_survey_strangers_learn_nothing_from_its_owner(self, app: Flask) -> None:
        def invite(session: Session) -> None:
            member(session, "owner")
            the_survey(session).visibility = "invited"

        seen(app, THEMES)
        with app.app_context():
            transaction(invite)
        owner = app.test_client()
        sign_in(app, owner, "owner@example.org")
        for _ in range(2):
            assert owner.get(THEMES).status_code == 200
            assert app.test_client().get(THEMES).status_code == 404

    def test_a_message_is_told_to_its_reader_alone(self, app: Flask, person: Visitor) -> None:
        person.post("leave")
        page = person.client.get(FRONT).text
        assert "This browser no longer knows you" in words(page)
        assert "This browser no longer knows you" not in words(seen(app, FRONT))
        # From now on this browser is a stranger's.
        assert "This browser no longer knows you" not in words(person.client.get(FRONT).text)

    def test_the_consent_of_a_kept_page_takes_part(self, app: Flask, client: FlaskClient) -> None:
        app.config["WTF_CSRF_ENABLED"] = True
        seen(app, JOIN)
        people = [app.test_client(), client]
        pages = [browser.get(JOIN).text for browser in people]
        assert value(pages[0], "join_key") != value(pages[1], "join_key")
        for browser, page in zip(people, pages, strict=True):
            sent = {name: value(page, name) for name in ("csrf_token", "join_key")} | {"agree": "y"}
            answer = browser.post(JOIN, data=sent)
            assert answer.status_code == 303 and answer.location.endswith("/welcome")


def test_figures_of_this_moment_are_never_kept(app: Flask, session: Session) -> None:
    the_survey(session).publication, the_survey(session).reveal = "live", "always"
    session.commit()
    assert fingerprint.fingerprint(session, "ukraine") is None
    the_survey(session).reveal = "after answering"
    session.commit()
    assert fingerprint.fingerprint(session, "ukraine") is not None


def test_so_many_pages_are_kept_and_no_more() -> None:
    cache = PageCache()
    for number in range(MOST + 1):
        cache.put((str(number),), ((), "a page"))
        cache.page(("0",), ())
    assert cache.page(("0",), ()) == "a page"
    assert cache.page(("1",), ()) is None
    assert cache.page(("0",), ("changed",)) is None
