"""Before anything was published, and pages that are the same whatever others said."""

from sqlalchemy.orm import Session

from tests.factories import the_question, tied_questions

from ..conftest import MARK, others_answer
from ..visitor import Visitor, without_tokens, words


def test_it_says_when_something_will_be(person: Visitor, session: Session) -> None:
    for question in tied_questions(the_question(session, "leaders-meet")):
        person.post(f"q/{question.key}/skip")
    page = words(person.get("q/leaders-meet/crowd").text)
    assert "once at least 10 people have answered" in page


def test_pages_for_anybody_are_the_same_whatever_others_said(visitor: Visitor, session: Session) -> None:
    paths = ("", "themes", "scenarios", "q/leaders-meet", "q/leaders-meet/crowd")
    before = [without_tokens(visitor.get(path)) for path in paths]
    others_answer(session, 0.4)
    after = [without_tokens(visitor.get(path)) for path in paths]
    assert before == after
    assert MARK not in "".join(page for _status, page in after)
