"""A second reader: by a link alone, of one draft, on their own, and nothing they said is lost when words change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import NotFound
from survey.models import ReaderLink, SurveyDraft, User
from survey.services import drafts, second_readers
from survey.services.drafts import InvalidDraft
from survey.services.second_readers import InvalidRemark, SpentReaderLink, find_reader_link, remark
from tests.conftest import TODAY
from tests.survey.services.weather import counts, edit

pytestmark = pytest.mark.store

Ending = Callable[[Session, SurveyDraft, int], None]
TITLE = "words/en/question/rain/title"


def say(session: Session, token: str, text: str = "Where in Kyiv?", **more: object) -> int:
    facts: dict[str, object] = {"name": "Olha", "language": "en", "text": text, **more}
    return remark(session, token, "rain", **facts).id  # type: ignore[arg-type]


def test_the_token_is_nowhere_in_the_store(session: Session, whole: SurveyDraft) -> None:
    token = second_readers.make_link(session, whole)
    (link,) = second_readers.links_of(session, whole)
    assert token not in str(vars(link)) and find_reader_link(session, token).id == link.id


def test_it_works_for_thirty_days_or_until_it_is_revoked(session: Session, whole: SurveyDraft) -> None:
    first, second = (second_readers.make_link(session, whole) for _place in range(2))
    number = find_reader_link(session, first).id
    second_readers.revoke_reader_link(session, whole, number)
    second_readers.revoke_reader_link(session, whole, number)
    for token in (first, "nonsense", ""):
        with pytest.raises(SpentReaderLink):
            find_reader_link(session, token)
    with clock.at(TODAY + timedelta(days=30, seconds=-1)):
        find_reader_link(session, second)
    with clock.at(TODAY + timedelta(days=30)), pytest.raises(SpentReaderLink):
        say(session, second)


@pytest.mark.parametrize(
    "what", [second_readers.revoke_reader_link, lambda session, draft, _number: drafts.delete(session, draft)]
)
def test_a_link_that_ends_while_its_turn_is_waited_for_takes_no_remark(
    session: Session, whole: SurveyDraft, monkeypatch: pytest.MonkeyPatch, what: Ending
) -> None:
    token = second_readers.make_link(session, whole)

    def found_and_then_ended(session: Session, token: str) -> ReaderLink:
        link = find_reader_link(session, token)
        what(session, whole, link.id)
        return link

    monkeypatch.setattr(second_readers, "find_reader_link", found_and_then_ended)
    with pytest.raises(SpentReaderLink):
        say(session, token)


def test_what_is_said_stays_with_the_words_it_was_said_of(
    session: Session, olena: User, whole: SurveyDraft
) -> None:
    token, revision = second_readers.make_link(session, whole), whole.revision
    say(session, token)
    edit(session, whole, olena, {TITLE: "Will it rain at Zhuliany on 30 June 2027?"})
    say(session, token, "", clear=True)
    before, after = sorted(second_readers.remarks_on(session, whole, "rain"), key=lambda one: one.id)
    assert (before.revision, before.words["title"]) == (revision, "Will it rain in Kyiv on 30 June 2027?")
    assert (after.revision, after.verdict) == (revision + 1, "clear")
    assert after.words == second_readers.words_of(whole.document, "rain", "en") != before.words


def test_the_same_form_sent_twice_is_said_once(session: Session, whole: SurveyDraft) -> None:
    token = second_readers.make_link(session, whole)
    assert say(session, token) == say(session, token)
    assert say(session, token, "", clear=True) == say(session, token, "typed as well", clear=True)
    assert len(second_readers.remarks_on(session, whole, "rain")) == 2


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 81}),
        ("name", {"name": "a\x00b"}),
        ("text", {"text": " "}),
        ("text", {"text": "x" * 2_001}),
        ("text", {"text": "a\x00b"}),
    ],
)
def test_what_says_nothing_or_cannot_be_kept_is_refused_at_its_field(
    session: Session, whole: SurveyDraft, field: str, facts: dict[str, object]
) -> None:
    token = second_readers.make_link(session, whole)
    with pytest.raises(InvalidRemark) as refused:
        say(session, token, **facts)  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}


def test_a_question_that_is_not_there_cannot_be_spoken_of(session: Session, whole: SurveyDraft) -> None:
    token = second_readers.make_link(session, whole)
    with pytest.raises(NotFound):
        remark(session, token, "snow", name="Olha", language="en", clear=True)


def test_a_remark_is_settled_and_waits_again(session: Session, olena: User, whole: SurveyDraft) -> None:
    number = say(session, second_readers.make_link(session, whole))
    assert second_readers.settle_remark(session, whole, olena, number) == "rain"
    second_readers.settle_remark(session, whole, olena, number)
    (one,) = second_readers.remarks_on(session, whole, "rain")
    assert one.settled is not None
    second_readers.settle_remark(session, whole, olena, number, again=True)
    assert one.settled is None


def test_nobody_settles_or_revokes_what_belongs_to_another_draft(
    session: Session, olena: User, whole: SurveyDraft
) -> None:
    number = say(session, second_readers.make_link(session, whole))
    (link,) = second_readers.links_of(session, whole)
    other = drafts.start(session, olena, "other", drafts.blank_document("Another", "en"))
    with pytest.raises(NotFound):
        second_readers.settle_remark(session, other, olena, number)
    with pytest.raises(NotFound):
        second_readers.revoke_reader_link(session, other, link.id)


def test_there_is_an_end_to_links_and_to_remarks(
    session: Session, whole: SurveyDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_readers, "MOST_LINKS", 1)
    monkeypatch.setattr(second_readers, "MOST_REMARKS", 1)
    token = second_readers.make_link(session, whole)
    with pytest.raises(InvalidDraft, match="Revoke one"):
        second_readers.make_link(session, whole)
    say(session, token)
    with pytest.raises(InvalidRemark, match="Ask for another"):
        say(session, token, "And when?")


def test_it_goes_with_the_draft(session: Session, olena: User, whole: SurveyDraft) -> None:
    number = say(session, second_readers.make_link(session, whole))
    second_readers.settle_remark(session, whole, olena, number)
    drafts.delete(session, whole)
    left = counts(session)
    assert [left[name] for name in ("reader_link", "reader_remark", "settled_remark", "survey_draft")] == [
        0
    ] * 4
