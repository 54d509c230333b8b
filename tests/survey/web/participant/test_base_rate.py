"""A base rate on the question's page: before or after one's own answer, as the survey says, and recorded with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Submission
from tests.factories import BASE_RATE, give_base_rate, the_question

from ..visitor import Visitor, words

KEY = "leaders-meet"
HEAD = "How often it happened before"


def seen(session: Session) -> list[bool]:
    session.rollback()
    return list(session.scalars(select(Submission.base_rate_seen).order_by(Submission.revision)))


@pytest.mark.parametrize("before", [False, True])
def test_it_stands_before_or_after_the_own_answer_and_that_is_recorded(
    person: Visitor, session: Session, before: bool
) -> None:
    give_base_rate(session, KEY, before=before)
    assert (HEAD in person.get(f"q/{KEY}").text) is before
    receipt = person.client.get(person.answers("binary").location).text
    assert HEAD in receipt
    assert HEAD in person.get(f"q/{KEY}").text
    assert seen(session) == [before]
    person.act(KEY, "withdraw")
    person.answers("binary")
    assert seen(session) == [before, True, True]


def test_whoever_skipped_saw_it_before_the_first_answer(person: Visitor, session: Session) -> None:
    give_base_rate(session, KEY)
    person.post(f"q/{KEY}/skip")
    assert HEAD in person.get(f"q/{KEY}").text
    person.answers("binary")
    assert seen(session) == [True]


def test_a_question_without_one_shows_and_records_nothing(person: Visitor, session: Session) -> None:
    person.answers("binary")
    person.answers("binary", **{"p-yes": "13"})
    assert HEAD not in person.get(f"q/{KEY}").text
    assert seen(session) == [False, False]


def test_a_stranger_sees_it_once_nothing_can_be_answered(visitor: Visitor, session: Session) -> None:
    give_base_rate(session, KEY)
    assert HEAD not in visitor.get(f"q/{KEY}").text
    with clock.at(the_question(session, KEY).closes_at + timedelta(days=1)):
        assert HEAD in visitor.get(f"q/{KEY}").text


def test_the_count_its_uncertainty_its_days_and_its_source_are_told(
    visitor: Visitor, session: Session
) -> None:
    give_base_rate(session, KEY, before=True)
    page = visitor.get(f"q/{KEY}").text
    told = words(page.partition('id="base-rate"')[2].partition("</section>")[0])
    for sentence in (
        "4 April 1949 to 31 December 2024",
        "25 % 3 of 12",
        "So many cases fit any share from 10 % to 49 % (90 % interval).",
        "Counted by: Uppsala.",
    ):
        assert sentence in told
    assert 'href="https://example.org/count?a=1&amp;b=2" rel="noreferrer noopener nofollow"' in page
    assert "Wars &lt;b&gt;&amp; truces&lt;/b&gt; en" in page


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        (0, "That it never happened among so many fits any share up to 18 % (90 % interval)."),
        (12, "That it always happened among so many fits any share from 82 % up (90 % interval)."),
    ],
)
def test_never_and_always_are_no_certainty(
    visitor: Visitor, session: Session, events: int, sentence: str
) -> None:
    give_base_rate(session, KEY, BASE_RATE._replace(events=events, link=""), before=True)
    page = words(visitor.get(f"q/{KEY}").text)
    assert sentence in page
    assert f"{events} of 12" in page
    assert "Check the count" not in page
