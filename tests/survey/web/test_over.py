"""A survey that is over says so wherever it is read, and nothing is said on it that its close made false."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.store.transaction import transaction
from survey.web import kept_files
from tests.conftest import TODAY, store_after
from tests.factories import crowd, on, the_question, the_survey
from tests.survey.outcomes import outcome

from .every_page import owner_link, signed_up_owner
from .every_page import pages as every_page
from .test_statements import MOST, cost
from .visitor import Visitor, words

KEY = "leaders-meet"
#: What pages of an open survey say, and none of one that is over.
FALSE_AFTERWARDS = [
    "Take part",
    "take part.",
    "The survey is open",
    "It is open from",
    "is open from",
    "The survey closes",
    "You can still give a forecast",
    "To undo it, forecast again",
    "You can take part anew",
    "You can change a forecast while its question is open",
    "once you have answered this question and those tied to it",
    "once you have answered the questions they are made of",
    "It appears after this question",
    "Before you take part",
    "Yours would appear with",
    "until you answer again",
    "Invite people from a list",
    "Make links without a list",
    "I have none: take part",
    "Nobody sees what others said before they have answered.",
]
OVER = "This survey is over"
#: Parts that are put into a page which has said so, and the editor's page of files, whatever the survey's state.
SILENT = {f"/s/ukraine/{path}" for path in ("data/progress", "organize/fragment", "organize/import")}

Readers = dict[str, Visitor]


def fill(session: Session) -> str:
    """Twelve people answer one question, which is published; three more come later. An invitation that is left."""
    crowd(session, the_question(session, KEY), [0.2] * 12, day=19)
    with clock.at(on(20)):
        publish(session, the_survey(session))
    crowd(session, the_question(session, KEY), [0.9] * 3, day=21)
    return signed_up_owner(session)


invitation = store_after(fill)


@pytest.fixture
def readers(invitation: str, app: Flask) -> Readers:
    """A stranger, a participant who has skipped a question and answered another one, and the owner."""
    found = {name: Visitor(app.test_client()) for name in ("stranger", "participant", "owner")}
    found["participant"].joined()
    assert found["participant"].answer(KEY, **{"p-yes": "20"}).status_code == 303
    found["participant"].post("q/nuclear-use/skip")
    with app.app_context():
        link = transaction(owner_link)
    assert found["owner"].client.post(f"/sign-in/{link}").status_code == 303
    return found


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A box for other sites may be some seconds old; here it is not."""
    monkeypatch.setattr(kept_files, "UNASKED_SECONDS", 0.0)


@pytest.fixture
def close(app: Flask) -> Callable[[], None]:
    """End the survey this very moment."""

    def now() -> None:
        with app.app_context():
            transaction(lambda session: setattr(the_survey(session), "closes_at", TODAY))

    return now


def pages(reader: Visitor, app: Flask, invitation: str) -> dict[str, str]:
    """Every page of the survey that this reader is given, as it is read, by its address."""
    # One address elsewhere ends a sign-in that waits: an owner who asked for it would be nobody afterwards.
    of_the_survey = [path for path in every_page(app, invitation) if "/s/ukraine" in path]
    return read(reader, *of_the_survey, "/s/ukraine/q/nuclear-use", f"/s/ukraine/q/{KEY}")


def read(reader: Visitor, *paths: str) -> dict[str, str]:
    found = {}
    for path in {*paths}:
        answer = reader.client.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[path] = words(answer.text)
        answer.close()
    return found


def said(told: dict[str, str]) -> set[tuple[str, str]]:
    return {(path, one) for path, page in told.items() for one in FALSE_AFTERWARDS if one in page}


#: The second database has the pages of whoever has most: what they say is decided in Python.
ON = [
    *(
        pytest.param("sqlite", name, marks=pytest.mark.sqlite)
        for name in ("stranger", "participant", "owner")
    ),
    pytest.param("postgresql", "owner", marks=pytest.mark.postgresql),
]


@pytest.mark.parametrize(("database", "name"), ON, indirect=["database"])
def test_no_page_says_what_the_close_made_false(
    invitation: str, app: Flask, readers: Readers, close: Callable[[], None], name: str
) -> None:
    # The control: such things are said while the survey is open, on these pages to each of them.
    assert said(read(readers[name], "/s/ukraine/", f"/s/ukraine/q/{KEY}", "/s/ukraine/organize/invitations"))
    close()
    told = pages(readers[name], app, invitation)
    assert said(told) == set()
    silent = {path for path, page in told.items() if OVER not in page and "/overview/" not in path}
    assert silent - SILENT == set()


def test_who_comes_late_is_led_to_the_results(readers: Readers, close: Callable[[], None]) -> None:
    close()
    page = readers["stranger"].get("").text
    assert 'href="/s/ukraine/join"' not in page.split("</header>")[0]
    assert 'href="/s/ukraine/results"' in page
    join = words(readers["stranger"].get("join").text)
    assert "It closed on 22 November 2026" in join
    # What was agreed to is still there to read.
    assert "What is kept" in join


def results(reader: Visitor, day: int) -> str:
    with clock.at(on(day)):
        return words(reader.get("results").text)


def test_the_results_say_what_was_asked_what_the_crowd_said_and_what_came_out(
    readers: Readers, app: Flask, close: Callable[[], None]
) -> None:
    close()
    with app.app_context(), clock.at(on(25)):
        happened = outcome(on(23), value=1.0)
        transaction(lambda session: resolve(session, the_question(session, KEY), happened))
    page = results(readers["participant"], 26)
    told = page[page.index("Came out") :]
    assert "Below a chance: 90 % interval for another crowd of this size." in page
    assert re.search(r"20 % 90 % interval for another crowd of this size: \d+ to \d+ % 10 people", told), told
    assert "20 %" in told and "10 people, end of 19 November 2026 (UTC)" in told
    assert "yes" in told and "Not known yet" in told
    assert "Nothing was published: a figure rests on at least 10 people." in told


def test_where_the_batch_held_answers_back_the_results_say_so_and_before_that_what_may_follow(
    readers: Readers, close: Callable[[], None]
) -> None:
    close()
    held = "figures are made again only once five people or more have changed"
    today, later = (results(readers["participant"], day) for day in (22, 23))
    assert "more may follow when 22 November 2026 is over (UTC)" in today and held not in today
    assert held in later and "without later answers" in later and "may follow" not in later
    # The page of the question and that of its crowd say it too.
    with clock.at(on(23)):
        assert held in words(readers["participant"].get(f"q/{KEY}").text)
        assert held in words(readers["participant"].get(f"q/{KEY}/crowd").text)


def test_the_last_publication_reaches_the_close_where_enough_have_changed(
    readers: Readers, app: Flask, close: Callable[[], None]
) -> None:
    with app.app_context():
        transaction(lambda session: crowd(session, the_question(session, KEY), [0.5] * 5, day=21))
    close()
    with app.app_context(), clock.at(on(23)):
        transaction(lambda session: publish(session, the_survey(session)))
    page = results(readers["participant"], 23)
    assert "end of 22 November 2026 (UTC)" in page
    assert "without later answers" not in page
    question = words(readers["participant"].get(f"q/{KEY}").text)
    assert "every answer up to the close is in them" in question


def test_a_stranger_reads_outcomes_and_no_figure_unless_the_crowd_is_for_everybody(
    readers: Readers, app: Flask, close: Callable[[], None]
) -> None:
    close()
    blind = results(readers["stranger"], 23)
    assert "Those who took part see what the crowd said" in blind and "end of 19 November" not in blind
    with app.app_context():
        transaction(lambda session: setattr(the_survey(session), "reveal", "after close"))
    seen = results(readers["stranger"], 23)
    assert "Everybody may see what stands here." in seen and "end of 19 November 2026 (UTC)" in seen


def test_before_the_close_the_page_says_when_it_will_be_there(readers: Readers) -> None:
    page = words(readers["participant"].get("results").text)
    assert "The survey is not over" in page and "end of 19 November" not in page


def test_whoever_erases_everything_afterwards_is_not_invited_again(
    readers: Readers, close: Callable[[], None]
) -> None:
    close()
    browser = readers["participant"]
    with browser.client.session_transaction() as cookie:
        known = dict(cookie)
    assert browser.post("erase", {"sure": "yes"}).status_code == 303
    page = words(readers["participant"].get("").text)
    assert "Everything you gave to this survey was erased." in page and "anew" not in page
    # Another browser still has the cookie of before.
    with browser.client.session_transaction() as cookie:
        cookie.update(known)
    gone = browser.get("mine")
    assert gone.status_code == 410
    assert "Everything you gave was erased." in words(gone.text) and "anew" not in words(gone.text)


def test_a_program_reads_that_it_is_over_and_why_it_is_shown_no_crowd(
    readers: Readers, app: Flask, close: Callable[[], None]
) -> None:
    program = app.test_client()
    assert program.get("/api/v1/surveys/ukraine").json["over"] is False
    close()
    assert program.get("/api/v1/surveys/ukraine").json["over"] is True
    assert program.get("/api/v1/surveys").json[0]["over"] is True
    hidden = program.get(f"/api/v1/surveys/ukraine/questions/{KEY}/crowd")
    assert (hidden.status_code, hidden.json["reason"]) == (403, "participants only")
    assert "awaited" not in hidden.json["detail"] and "The survey is over" in hidden.json["detail"]
    with app.app_context():
        transaction(lambda session: setattr(the_survey(session), "reveal", "always"))
    with clock.at(on(23)):
        assert program.get(f"/api/v1/surveys/ukraine/questions/{KEY}/crowd").json["reach"] == "held back"


def test_nobody_answers_or_joins_a_survey_that_is_over(readers: Readers, close: Callable[[], None]) -> None:
    form = readers["participant"].open("nuclear-use") | {"format": "percent", "p-yes": "3"}
    offered = re.search(r'name="join_key"[^>]*value="([^"]+)"', readers["stranger"].get("join").text)
    assert offered
    close()
    assert readers["participant"].post("q/nuclear-use", form).status_code == 409
    late = readers["stranger"].post("join", {"join_key": offered[1], "agree": "y"})
    assert (late.status_code, "does not take new participants" in late.text) == (409, True)


def test_the_results_take_few_statements_for_all_questions(
    readers: Readers, app: Flask, close: Callable[[], None]
) -> None:
    close()
    for name in ("stranger", "participant"):
        asked = cost(app, readers[name].client, "/s/ukraine/results")
        assert asked is not None and asked <= MOST
