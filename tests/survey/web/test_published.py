"""Results for everybody: shown by the survey's rule, and whoever has seen them is told apart when they take part."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Denial, Shown, Viewer, get_aggregate, get_scenarios, history
from survey.i18n.formatting import percent_range
from survey.models import Participant, Submission
from survey.services.publication import publish
from tests.conftest import TODAY, database_after
from tests.factories import on, say, someone, the_question, the_survey

from .test_page_cache import statements
from .visitor import Visitor, words

KEY = "leaders-meet"
RESULTS = "/s/ukraine/results"
READER = Viewer(reads=True)


def fill(session: Session) -> None:
    """Twelve people answer everything on 12 November, and say more on the 19th; both days are published."""
    survey = the_survey(session)
    with clock.at(on(15)):
        people = [someone(session) for _ in range(12)]
        for place, person in enumerate(people):
            for question in survey.questions:
                say(session, person, question, 0.2 + 0.01 * place)
    with clock.at(on(17)):
        publish(session, survey)
    with clock.at(on(20)):
        for person in people:
            say(session, person, the_question(session, KEY), 0.4)
    with clock.at(on(21)):
        publish(session, survey)


database = database_after(fill)


@contextmanager
def rule(session: Session, readers: str, days: int = 7, visibility: str = "public") -> Iterator[None]:
    """The survey publishes its results by a rule."""
    survey = the_survey(session)
    survey.readers, survey.readers_days, survey.visibility = readers, days, visibility
    session.commit()
    yield


def test_a_label_that_is_corrected_is_read_at_once_where_the_page_was_kept(
    session: Session, client: FlaskClient
) -> None:
    with rule(session, "always"):
        option = the_question(session, "war-state-2027").options[0]
        assert option.text("en") in words(client.get(RESULTS).text)
        option.texts[0].label = "A label put right"
        session.commit()
        assert "A label put right" in words(client.get(RESULTS).text)


def test_readers_are_shown_what_the_rule_says_and_participants_stay_blind(session: Session) -> None:
    question, person = the_question(session, KEY), someone(session)
    assert get_aggregate(session, READER, question) is Denial.UNANSWERED
    assert history(session, READER, question) == []
    with rule(session, "always"):
        newest = get_aggregate(session, READER, question)
        assert isinstance(newest, Shown) and newest.as_of == on(20).date()
        assert get_aggregate(session, Viewer(), question) is Denial.UNANSWERED
        assert get_aggregate(session, Viewer(person), question) is Denial.UNANSWERED
    with rule(session, "after close"):
        assert get_aggregate(session, READER, question) is Denial.UNTIL_CLOSE
        with clock.at(question.closes_at + timedelta(seconds=1)):
            assert isinstance(get_aggregate(session, READER, question), Shown)
    tree = the_survey(session).scenarios[0]
    with rule(session, "after days", 3):
        # As of the 16th, made on the 17th, shown from the 20th on; that of the 20th, made on the 21st, from the 24th.
        for day, told in ((19, None), (20, 16), (23, 16), (24, 20)):
            with clock.at(on(day)):
                seen = get_aggregate(session, READER, question)
                days = [one.as_of.day for one in history(session, READER, question)]
                assert (seen.as_of.day if isinstance(seen, Shown) else None) == told
                assert days == [one for one in (16, 20) if told and one <= told]
                assert isinstance(get_scenarios(session, READER, tree), Denial) == (told is None)
    the_survey(session).pilot = False
    with rule(session, "nobody"):
        assert get_aggregate(session, READER, question) is Denial.UNANSWERED


def test_the_page_tells_every_question_what_moved_and_how_to_cite(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    assert "takes no" not in client.get(RESULTS).text
    assert client.get(f"{RESULTS}/peace").status_code == 404
    with rule(session, "always"):
        page = client.get(RESULTS)
        text = words(page.text)
        assert "12 people" not in text and "What 10 people expect" in text
        assert "As of the end of 20 November 2026 (UTC)" in text
        assert (
            "Parley, “Ukraine and European security”, crowd forecasts of 10 people as of 20 November 2026"
            in text
        )
        shown = get_aggregate(session, READER, the_question(session, KEY))
        assert isinstance(shown, Shown)
        (one,) = shown.options.values()
        assert one.low is not None and one.high is not None
        low, high = percent_range(one.low, one.high)
        assert f"interval for another crowd of this size: {low} to {high}".replace("\u00a0", " ") in text
        chances = [row for row in the_survey(session).questions if not row.quantile_levels]
        assert text.count("another crowd of this size: ") == len(chances), "numbers and dates have none"
        assert page.text.count('<table class="p-overview p-results-rows"') == len(the_survey(session).themes)
        assert "points in a week" in words(client.get(f"{RESULTS}?day=2026-11-20").text) or "moved" in text
        assert "Nobody sees what others said" not in text
        earlier = words(client.get(f"{RESULTS}?day=2026-11-17").text)
        assert "As of the end of 16 November 2026 (UTC)" in earlier
        theme = client.get(f"{RESULTS}/peace").text
        assert theme.count("<table") == 1
        assert client.get(f"{RESULTS}/nowhere").status_code == 404
        client.get(RESULTS)
        with statements(app) as asked:
            app.test_client().get(RESULTS)
        assert len(asked) <= 4, "kept while nothing has changed"


def test_an_invited_survey_shows_strangers_its_results_and_nothing_else(
    session: Session, client: FlaskClient
) -> None:
    with rule(session, "nobody", visibility="invited"):
        assert client.get(RESULTS).status_code == 404
    with rule(session, "always", visibility="invited"):
        page = client.get(RESULTS).text
        assert "What 10 people expect" in words(page)
        for address in ("/s/ukraine/", "/s/ukraine/themes", f"/s/ukraine/q/{KEY}"):
            assert client.get(address).status_code == 404
            assert f'href="{address}"' not in page


@pytest.mark.parametrize("has_looked", [True, False])
def test_whoever_looked_first_is_told_apart(session: Session, client: FlaskClient, has_looked: bool) -> None:
    with rule(session, "always"):
        if has_looked:
            cookies = client.get(RESULTS).headers.getlist("Set-Cookie")
            (cookie,) = (one for one in cookies if one.startswith("parley_read_ukraine="))
            assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        visitor = Visitor(client).join()
        visitor.answers("binary")
    person = session.scalars(select(Participant).order_by(Participant.id.desc())).first()
    assert person is not None
    act = session.scalars(select(Submission).filter_by(participant_id=person.id)).one()
    assert (person.entry, act.crowd_seen) == (("results", True) if has_looked else ("link", False))


def test_who_takes_part_is_asked_to_answer_before_looking(session: Session, client: FlaskClient) -> None:
    with rule(session, "always"):
        Visitor(client).join()
        asked = client.get(RESULTS)
        assert "answer before you look" in words(asked.text) and "parley_read" not in str(asked.headers)
        assert "What 10 people expect" in words(client.get(f"{RESULTS}?show=1").text)
        assert "What 10 people expect" in words(client.get(RESULTS).text)


def test_a_forged_cookie_marks_nobody(app: Flask, session: Session, client: FlaskClient) -> None:
    with rule(session, "always"):
        client.set_cookie("parley_read_ukraine", "ukraine.forged")
        Visitor(client).join()
    assert {person.entry for person in session.scalars(select(Participant))} == {"link"}


def test_before_the_first_publication_nobody_counts_as_having_looked(
    session: Session, client: FlaskClient
) -> None:
    with rule(session, "after days", 30):
        page = client.get(RESULTS)
        assert "No results yet" in words(page.text) and "30 days after each was made" in words(page.text)
        assert "parley_read" not in str(page.headers)
    assert clock.now(session) == TODAY
