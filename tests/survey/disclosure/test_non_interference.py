"""Nobody is anchored: two databases that differ only in others' answers give the same bytes to who may not see.

The routes come from `app.url_map`: a new one is covered by itself, and one with a new argument fails until the
argument is named here. A control who has answered must see a difference, or the test is blind.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from survey import clock
from survey.aggregation import publications
from survey.disclosure import linked_question_ids
from survey.models import Participant, Question
from survey.services import background_answers
from survey.services.api_tokens import issue_token
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import ON_BOTH, TODAY, app_on, fresh, template_after
from tests.factories import on, say, someone, someone_in, the_question, the_survey
from tests.postgresql import PostgreSQL
from tests.skips import EVERYTHING
from tests.survey.outcomes import outcome
from tests.survey.web.visitor import cookie_of

#: A question with a neighbour, and the one at the root of the scenarios with many.
QUESTIONS = ["nuclear-use", pytest.param("ceasefire-when", marks=pytest.mark.long)]

#: What differs from one rendering to the next by design.
TOKENS = re.compile(
    rb'("csrf_token": *")[^"]*'
    rb'|(name="(?:csrf_token|key|join_key|opened)"[^>]*value=")[^"]*'
    rb'|(name="next"[^>]*value=")[^"]*|(data-options="|action="/wan-signin/)[^"]*'
    rb"|(?<=/calendar/)[\w-]{32}(?=\.ics)"
    rb"|[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{1,5}){5}"
)
HEADERS_THAT_VARY = {"Date", "Expires", "Set-Cookie"}

ASIDE = {"sort": "crowd", "as_of": "2026-11-20", "version": "1", "round": "1", "saved": "1", "option": "x"}
VARIANTS = [
    {},
    {"headers": {"Accept": "application/json"}, "query_string": {"group": "region/eu"}},
    {"headers": {"Accept-Language": "uk"}, "query_string": ASIDE},
]

BLIND = ["anonymous", "joined", "answered all but the neighbours", "answered all but the question"]
#: Who has answered as much as one may without seeing.
SOME = "answered all but the neighbours"


#: How much is asked of two databases (`scope`).
ALL, REPRESENTATIVES, ITS_OWN = "all", "representatives", "representatives of its own pages"


@dataclass
class World:
    """One of the two databases, served."""

    app: Flask
    #: Viewer to the participant this viewer's browser remembers.
    people: dict[str, int | None]
    #: Viewer to their token for the JSON interface.
    tokens: dict[str, str]
    #: How much is asked of these two.
    scope: str = ALL
    #: Of those, who asks for each page of the survey: what is hidden from SOME is hidden from who has said less.
    first: str = SOME
    _cookies: dict[str, str] = field(default_factory=dict)

    def browser(self, viewer: str) -> FlaskClient:
        """A new browser that remembers the viewer; what it remembers is signed once."""
        client = self.app.test_client()
        if (person := self.people[viewer]) is not None:
            if viewer not in self._cookies:
                self._cookies[viewer] = cookie_of(self.app, person)
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookies[viewer])
        if viewer in self.tokens:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[viewer]}"
        return client


def fill(session: Session, key: str, chance: float) -> dict[str, int | None]:
    """Twelve others over two days, who differ only in what they say to one question; then the viewers."""
    survey = the_survey(session)
    questions = survey.questions
    (asked,) = (question for question in questions if question.key == key)
    for day in (18, 19):
        with clock.at(on(day)):
            for place in range(6 if day == 18 else 7):
                other = someone_in(session, survey)
                background_answers.say(session, other, {"region": ["eu"]})
                for question in questions:
                    own = chance if question is asked else 0.2
                    why = f"Reason {chance if question is asked else ''} of {place}"
                    say(session, other, question, own + 0.02 * place, rationale=why)
        with clock.at(on(day + 1)):
            publish(session, survey)
    return viewers(session, asked)


def viewers(session: Session, asked: Question) -> dict[str, int | None]:
    questions = the_survey(session).questions
    unit = linked_question_ids(session, asked)
    answered = {
        "joined": [],
        "answered all but the neighbours": [
            question for question in questions if question is asked or question.id not in unit
        ],
        "answered all but the question": [question for question in questions if question is not asked],
        "answered all": questions,
    }
    people: dict[str, int | None] = {"anonymous": None}
    for viewer, done in answered.items():
        with clock.at(on(21)):
            person = someone(session, insider_since=on(16))
            for question in done:
                say(session, person, question, 0.3, key=f"{viewer} {question.key}")
        people[viewer] = person.id
    return people


def tokens_of(session: Session, people: dict[str, int | None]) -> dict[str, str]:
    return {
        viewer: issue_token(session, session.get_one(Participant, known))
        for viewer, known in people.items()
        if known is not None
    }


@pytest.fixture(params=ON_BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """Of which kind the two databases are."""
    name: str = request.param
    return name


@pytest.fixture(params=QUESTIONS)
def asked(request: pytest.FixtureRequest) -> str:
    """The question whose crowd differs."""
    key: str = request.param
    return key


@pytest.fixture
def worlds(kind: str, asked: str, workplace: Path, request: pytest.FixtureRequest) -> Iterator[list[World]]:
    """Two databases of one kind that differ in what others said to one question."""
    made = []
    for name, chance in (("parley", 0.15), ("other", 0.55)):
        url, readers = filled(kind, name, filling(asked, chance), request)
        made.append(World(app_on(url, workplace), *readers, scope=scope(kind, asked)))
    assert made[0].people == made[1].people
    yield made
    for world in made:
        with world.app.app_context():
            db.engine.dispose()


def scope(kind: str, asked: str) -> str:
    """How much is asked of these: all once, where everything is asked for.

    What is told is decided in Python, the same for another question and on the other database: those have
    representatives. For the further question on the further database these are the pages of the question, and those
    on which the control sees a difference: any other page has been asked for there, and of this question.
    """
    first = asked == QUESTIONS[0]
    if kind == "sqlite":
        return ALL if EVERYTHING and first else REPRESENTATIVES
    return REPRESENTATIVES if first else ITS_OWN


People = tuple[dict[str, int | None], dict[str, str]]


@cache
def filling(asked: str, chance: float) -> Callable[[Session], People]:
    """What fills such a database, the same for all tests: it is done once on each kind, and copied."""

    def fill_one(session: Session) -> People:
        people = fill(session, asked, chance)
        return people, tokens_of(session, people)

    return fill_one


def filled(
    kind: str, name: str, work: Callable[[Session], People], request: pytest.FixtureRequest
) -> tuple[str, People]:
    """A database of one kind in which others have said what they say: its URL, its viewers and their tokens."""
    template, people = template_after(work, kind, request)
    if kind == "sqlite":
        return fresh(request.getfixturevalue("workplace"), template, name), people
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.replace(f"{name}_{os.getpid()}", template), people


def addresses(app: Flask, rule: Rule, asked: str, slug: str = "ukraine") -> str:
    arguments = {
        "slug": slug,
        "key": asked,
        "noun": "question",
        "number": 1,
        "scenario": "headline",
        "token": "nonsense",
        "filename": "parley.css",
        "format_": "csv",
        "version": "0",
        "made_of": "0",
        "name": "growth",
        "kind": "svg",
        "part": "axes",
        "theme": "peace",
        "date_": "2026-11-20",
    }
    missing = rule.arguments - set(arguments)
    assert not missing, f"name a value for {missing} of {rule.rule} here"
    return app.url_map.bind("localhost").build(
        rule.endpoint, {name: arguments[name] for name in rule.arguments}
    )


def same(one: bytes, other: bytes) -> bool:
    """Whether two bodies are the same but for what differs by design: looked for only where they differ."""
    if one == other:
        return True
    pairs = list(zip(one.split(b"\n"), other.split(b"\n"), strict=False))
    by_line = one.count(b"\n") == other.count(b"\n") and all(
        mine == theirs or plain(mine) == plain(theirs) for mine, theirs in pairs
    )
    return by_line or plain(one) == plain(other)


def plain(body: bytes) -> bytes:
    return TOKENS.sub(rb"\1\2\3\4", body)


#: Pages on which the control sees a difference, or may.
CONTROLS = ("/crowd", "/q/<key>", "/s/<slug>/", "/scenarios", "/scenarios/<scenario>")


def asks(rule: Rule, viewer: str, place: int, world: World) -> list[int]:
    """Which variants of a page this viewer asks for: all, where the two are looked at thoroughly.

    Representatives: all blind viewers ask for pages of the question; the first viewer for each page of the survey
    and the others for it in turn; for any other page, all four in turn. Each asks in another variant. Who sees asks
    for pages of crowds alone: that is a control.
    """
    if viewer not in BLIND:
        return [0, 1] if rule.rule.endswith(CONTROLS) else []
    of_a_survey = "<slug>" in rule.rule
    if world.scope == ALL:
        return list(range(len(VARIANTS))) if of_a_survey else [0]
    in_turn = [one for one in BLIND if one != world.first] if of_a_survey else BLIND
    asked = (
        "<key>" in rule.rule
        or (of_a_survey and viewer == world.first)
        or in_turn[place % len(in_turn)] == viewer
    )
    return [(place + BLIND.index(viewer)) % len(VARIANTS) if of_a_survey else 0] if asked else []


def sends(rule: Rule, viewer: str, place: int, world: World) -> list[int]:
    """Which variants of a form this viewer sends: the plain one; of representatives, each viewer in their turn."""
    if viewer not in BLIND:
        return []
    in_turn = world.scope == ALL or "<key>" in rule.rule or BLIND[place % len(BLIND)] == viewer
    return [0] if in_turn else []


def within(scope: str, rule: Rule) -> bool:
    """Whether a page is asked for at all."""
    return scope != ITS_OWN or "<key>" in rule.rule or rule.rule.endswith(CONTROLS)


#: What a viewer is told: the status, the body, the headers.
Answer = tuple[int, bytes, list[tuple[str, str]]]


def told(world: World, viewer: str, asked: str) -> dict[str, Answer]:
    """Every answer this viewer gets: by method, address and variant."""
    answers = {}
    # Skipping comes last: who has skipped everything tied may see, and would be no blind reader any more.
    rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule.endswith("/skip"), rule.rule))
    for method, variants in (("GET", asks), ("POST", sends)):
        for number, rule in enumerate(rules):
            if method not in (rule.methods or ()) or not within(world.scope, rule):
                continue
            address = addresses(world.app, rule, asked)
            for place in variants(rule, viewer, number, world):
                response = world.browser(viewer).open(address, method=method, **VARIANTS[place])  # type: ignore[arg-type]
                headers = {name: value for name, value in response.headers if name not in HEADERS_THAT_VARY}
                headers.pop("Content-Length", None)
                answers[f"{method} {address} {place}"] = (
                    response.status_code,
                    response.data,
                    sorted(headers.items()),
                )
                response.close()
                assert response.status_code < 500, (method, address, response.status_code)
                # While one works: who is refused a page plainly is refused it in the other ways, in which one viewer
                # in turn asks.
                if not EVERYTHING and response.status_code >= 300 and BLIND[number % len(BLIND)] != viewer:
                    break
    return answers


def differing(worlds: list[World], viewer: str, asked: str) -> set[str]:
    """The addresses at which the two databases give this viewer different answers."""
    one, other = (told(world, viewer, asked) for world in worlds)
    assert one.keys() == other.keys()
    return {address for address in one if not alike(one[address], other[address])}


def alike(one: Answer, other: Answer) -> bool:
    return (one[0], one[2]) == (other[0], other[2]) and same(one[1], other[1])


def test_who_may_not_see_gets_the_same_bytes_whatever_others_said(worlds: list[World], asked: str) -> None:
    assert {viewer: differing(worlds, viewer, asked) for viewer in BLIND} == {
        viewer: set() for viewer in BLIND
    }
    # The control: who has answered must see a difference.
    seen = differing(worlds, "answered all", asked)
    api = "/api/v1/surveys/ukraine"
    pages = {
        f"GET /s/ukraine/q/{asked} 0",
        f"GET /s/ukraine/q/{asked}/crowd 0",
        f"GET /s/ukraine/q/{asked}/crowd 1",
        f"GET {api}/questions/{asked}/crowd 0",
        f"GET {api}/questions/{asked}/crowd 1",
    }
    of_scenarios = {"GET /s/ukraine/ 0", "GET /s/ukraine/scenarios 0", f"GET {api}/scenarios/headline 0"}
    scenarios = of_scenarios if asked == "ceasefire-when" else set()
    assert pages | scenarios <= seen


# ---- Once it came out: scores beside the crowd's tell of others too

SCORED = [
    *("mine", "mine/data", "mine/data.json", "q/ceasefire-when", "q/ceasefire-when/crowd"),
    "/api/v1/surveys/ukraine/questions/ceasefire-when/resolutions",
]


@pytest.fixture
def came_out(worlds: list[World]) -> list[World]:
    """The first date of the question came out and was corrected; everybody who answered is scored."""
    for world in worlds:
        with world.app.app_context():
            for value in (0.0, 1.0):
                transaction(
                    lambda session, value=value: resolve(
                        session,
                        the_question(session, "ceasefire-when"),
                        outcome(about="2027-06-30", value=value),
                    )
                )
    return worlds


def revealed(worlds: list[World], reveal: str, viewer: str) -> set[str]:
    """The pages that tell of scores and differ for a viewer, under one rule of the survey."""
    found = []
    for world in worlds:
        with world.app.app_context():
            transaction(lambda session: setattr(the_survey(session), "reveal", reveal))
        found.append({path: world.browser(viewer).get(urljoin("/s/ukraine/", path)).data for path in SCORED})
    return {path for path in SCORED if not same(found[0][path], found[1][path])}


@pytest.mark.parametrize("asked", ["ceasefire-when"])
def test_scores_beside_a_hidden_crowd_are_the_same_whatever_others_said(came_out: list[World]) -> None:
    rules = ("after answering", "after close", "organizers only", "always")
    told = {
        (reveal, viewer): revealed(came_out, reveal, viewer)
        for reveal in (rules if EVERYTHING else rules[:2])
        for viewer in (SOME, "answered all")
    }
    scored = {"mine", "mine/data", "mine/data.json", SCORED[-1]}
    # One date came out, the others still take answers: the question is not over.
    for hidden in [rule for rule in rules[1:3] if (rule, SOME) in told]:
        assert told[hidden, SOME] == told[hidden, "answered all"] == set(), hidden
    assert told["after answering", SOME] == set()
    # The controls: where the crowd is shown, scores beside it differ.
    for seeing in (("after answering", "answered all"), ("always", SOME), ("always", "answered all")):
        assert scored <= told.get(seeing, scored), seeing


# ---- Once the survey is over


@pytest.mark.parametrize("asked", ["nuclear-use"])
def test_of_a_survey_that_is_over_strangers_get_the_same_bytes_whatever_others_said(
    worlds: list[World], asked: str
) -> None:
    for world in worlds:
        with world.app.app_context():
            transaction(lambda session: setattr(the_survey(session), "closes_at", TODAY))
        world.first = "anonymous"
    assert differing(worlds, "anonymous", asked) == set()
    # The control: who took part sees what the crowd said, whether they had answered this question or not.
    seen = {viewer: [results(world, viewer) for world in worlds] for viewer in BLIND}
    assert {viewer for viewer, two in seen.items() if not same(*two)} == {*BLIND} - {"anonymous"}


def results(world: World, viewer: str) -> bytes:
    """The survey's last page as this viewer is given it."""
    return world.browser(viewer).get("/s/ukraine/results").data


# ---- Where figures are those of this moment, computing them takes the longer, the more people answered


@pytest.mark.parametrize("asked", ["nuclear-use"])
def test_no_figure_of_this_moment_is_computed_for_who_may_not_see(
    worlds: list[World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, rules = worlds[0], [rule for rule in worlds[0].app.url_map.iter_rules() if of_the_whole(rule)]
    with world.app.app_context():
        transaction(lambda session: setattr(the_survey(session), "publication", "live"))
    computed: list[str] = []
    monkeypatch.setattr(publications, "_of_now", recorded(computed, publications._of_now))

    def read_by(viewer: str) -> set[str]:
        """The pages of all questions that have figures computed when this viewer, who was here before, reads them."""
        browser, found = world.browser(viewer), set()
        browser.get("/s/ukraine/themes")
        for rule in rules:
            computed.clear()
            browser.get(addresses(world.app, rule, "nuclear-use"))
            found |= {rule.rule} if computed else set()
        return found

    assert read_by("joined") == set()
    # The control: who has answered is shown them.
    assert {"/s/<slug>/themes", "/s/<slug>/mine"} <= read_by("answered all")


def of_the_whole(rule: Rule) -> bool:
    """Whether an address names a survey and nothing in it: there stands what is told of all its questions."""
    return rule.arguments == {"slug"} and "GET" in (rule.methods or ())


def recorded(names: list[str], compute: Callable[..., Any]) -> Callable[..., Any]:
    """What computes the figures of a question, which notes the question's key."""

    def noted(session: Session, question: Question, *more: object) -> Any:
        names.append(question.key)
        return compute(session, question, *more)

    return noted


# ---- The leaderboard


@pytest.mark.parametrize("asked", ["nuclear-use"])
def test_a_leaderboard_with_a_hidden_crowd_in_it_is_the_same_whatever_others_said(
    worlds: list[World], asked: str
) -> None:
    resolved = ["leaders-meet", "ceasefire-holds", "cyber", "article-4"]
    for world in worlds:
        with world.app.app_context():
            transaction(lambda session: come_out(session, [*resolved, asked]))

    def told(viewer: str, path: str) -> bool:
        """Whether the two databases differ in what this viewer is told."""
        one, other = (world.browser(viewer).get(path).data for world in worlds)
        return not same(one, other)

    paths = ["/s/ukraine/leaderboard", "/s/ukraine/leaderboard?theme=escalation", "/s/ukraine/mine"]
    paths.append("/api/v1/surveys/ukraine/leaderboard")
    seen = {viewer: {path for path in paths if told(viewer, path)} for viewer in [*BLIND, "answered all"]}
    # Whoever answered all but this question is not waited for any more: it can't be answered.
    assert {viewer: seen[viewer] for viewer in BLIND[:3]} == {viewer: set() for viewer in BLIND[:3]}
    # The control: who has answered sees the table, and their own scores, differ.
    assert seen["answered all"] == {paths[0], paths[2], paths[3]}


def come_out(session: Session, keys: list[str]) -> None:
    for key in keys:
        resolve(session, the_question(session, key), outcome(value=1.0))
