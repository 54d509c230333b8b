"""A pilot: people try a draft whole; nothing of it counts, is shown, or is left once it is ended."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.publications import questions_due
from survey.disclosure import Denial, Viewer, denial_reason, get_aggregate
from survey.errors import BankError, NotFound
from survey.models import Base, Participant, Pilot, Survey, SurveyDraft, User
from survey.notifications import contacts
from survey.services import drafts, enrollment, forecast_submit, moderation, pilots, publication, snapshots
from survey.services.draft_edits import save
from survey.services.drafts import InvalidDraft
from survey.services.erasure import erase_pilot
from tests.conftest import TODAY
from tests.factories import say, the_survey
from tests.survey.services.weather import counts, edit


def begun(session: Session, draft: SurveyDraft) -> tuple[Survey, str]:
    """A pilot of a draft: its survey, the token of its link."""
    pilot, token = pilots.start_pilot(session, draft)
    assert pilot.survey is not None
    return pilot.survey, token


def somebody(session: Session, token: str) -> Participant:
    """Somebody who tries it."""
    return pilots.join_pilot(
        session, token, language="en", join_key=uuid.uuid4().hex, code=enrollment.new_code()
    )


def test_a_pilot_is_a_survey_of_its_own_that_is_open_now_and_listed_nowhere(
    session: Session, whole: SurveyDraft
) -> None:
    survey, _token = begun(session, whole)
    assert survey.pilot and survey.visibility == "invited"
    assert survey.slug != whole.slug and whole.survey_id is None
    assert survey.is_open(clock.now(session))
    assert [question.key for question in survey.questions] == ["rain"]
    assert not the_survey(session).pilot


def test_a_survey_that_opens_in_a_year_is_tried_today(
    session: Session, olena: User, whole: SurveyDraft
) -> None:
    edit(
        session,
        whole,
        olena,
        {
            "structure/survey/opens": "2027-01-01T00:00:00Z",
            "structure/question/rain/opens": "2027-02-01T00:00:00Z",
        },
    )
    survey, token = begun(session, whole)
    say(session, somebody(session, token), survey.questions[0])


def test_what_could_not_be_opened_cannot_be_tried(session: Session, draft: SurveyDraft) -> None:
    with pytest.raises(BankError):
        pilots.start_pilot(session, draft)


@pytest.mark.store
def test_one_pilot_at_a_time_and_none_of_an_open_survey(session: Session, whole: SurveyDraft) -> None:
    begun(session, whole)
    with pytest.raises(InvalidDraft, match="running already"):
        pilots.start_pilot(session, whole)
    pilots.end_pilot(session, whole)
    drafts.open_draft(session, whole)
    with pytest.raises(InvalidDraft, match="open"):
        pilots.start_pilot(session, whole)


def test_its_link_lets_anybody_in_until_it_is_replaced_or_revoked(
    session: Session, whole: SurveyDraft
) -> None:
    _survey, first = begun(session, whole)
    somebody(session, first)
    second = pilots.replace_link(session, whole)
    with pytest.raises(pilots.NoPilot):
        somebody(session, first)
    somebody(session, second)
    pilots.revoke_link(session, whole)
    for token in (first, second, "nonsense", ""):
        with pytest.raises(pilots.NoPilot):
            pilots.pilot_survey(session, token)


def test_nobody_joins_it_by_its_address_alone(session: Session, whole: SurveyDraft) -> None:
    survey, _token = begun(session, whole)
    with pytest.raises(NotFound):
        enrollment.join(session, survey, language="en", join_key="key", code=enrollment.new_code())


@pytest.mark.parametrize("reveal", ["always", "after answering"])
@pytest.mark.parametrize("when", ["live", "batched", "at close"])
def test_nothing_of_it_is_shown_or_published_whatever_its_rules(
    session: Session, olena: User, whole: SurveyDraft, reveal: str, when: str
) -> None:
    edit(
        session,
        whole,
        olena,
        {
            "structure/survey/reveal": reveal,
            "structure/survey/publication": when,
            "structure/survey/visibility": "invited",
        },
    )
    survey, token = begun(session, whole)
    question = survey.questions[0]
    with clock.at(TODAY + timedelta(hours=1)):
        for _place in range(12):
            person = somebody(session, token)
            say(session, person, question)
    with clock.at(TODAY + timedelta(days=400)):
        assert publication.publish(session, survey) == []
        assert questions_due(session, [question], TODAY.date()) == []
    for viewer in (Viewer(), Viewer(person), Viewer(role="owner")):
        assert denial_reason(session, viewer, question) is Denial.PILOT
        assert get_aggregate(session, viewer, question) is Denial.PILOT
    with pytest.raises(ValueError, match="trial"):
        snapshots.freeze(session, survey, {})


def test_no_letters_are_sent_in_it(session: Session, whole: SurveyDraft) -> None:
    _survey, token = begun(session, whole)
    with pytest.raises(contacts.NoAddress, match="trial"):
        contacts.leave_address(session, somebody(session, token), "olha@example.org", 3)


def test_its_organizer_learns_who_came_what_was_skipped_how_long_it_took_and_what_was_unclear(
    session: Session, whole: SurveyDraft
) -> None:
    survey, token = begun(session, whole)
    (question,) = survey.questions
    people = [somebody(session, token) for _place in range(4)]
    for person, seconds in zip(people[:2], (20, 40), strict=True):
        say(session, person, question, seconds_on_page=seconds)
    forecast_submit.skip(session, people[2], question)
    moderation.ask(session, people[2], question, "Where in Kyiv?")
    told = pilots.pilot_results(session, survey)
    assert (told.people.joined, told.people.answered, told.people.answered_all) == (4, 3, 3)
    (one,) = told.questions
    assert (one.answered, one.skipped, one.seconds, one.remarks) == (2, 1, 30, ["Where in Kyiv?"])


def test_whoever_tries_it_says_of_each_question_what_is_unclear(session: Session, whole: SurveyDraft) -> None:
    survey, token = begun(session, whole)
    person = somebody(session, token)
    for place in range(2 * moderation.MOST_OPEN):
        moderation.ask(session, person, survey.questions[0], f"Remark {place}")
    assert len(moderation.asked_by(session, person, survey.questions[0])) == 2 * moderation.MOST_OPEN


@pytest.mark.store
def test_ending_it_leaves_nothing_in_any_table(session: Session, whole: SurveyDraft) -> None:
    before = counts(session)
    survey, token = begun(session, whole)
    number = survey.id
    for _place in range(3):
        person = somebody(session, token)
        say(session, person, survey.questions[0], rationale="Clouds.")
        moderation.ask(session, person, survey.questions[0], "Where?")
    forecast_submit.skip(session, somebody(session, token), survey.questions[0])
    pilots.end_pilot(session, whole)
    after = counts(session)
    assert after.pop("pilot") == 1 and before.pop("pilot") == 0
    assert after == before
    assert session.get(Survey, number) is None
    with pytest.raises(InvalidDraft, match="No trial"):
        pilots.end_pilot(session, whole)
    with pytest.raises(pilots.NoPilot):
        somebody(session, token)


def test_every_table_that_knows_a_survey_is_emptied_of_a_pilot() -> None:
    """The control of the test before: what it fills and what there is to fill."""
    from survey.services.erasure import _rows_of

    theirs = {table.name for table in Base.metadata.sorted_tables if _rows_of(table, 1) is not None}
    assert {"survey", "version_text", "rationale_mark", "contact", "snapshot_file", "event_log"} <= theirs
    assert not theirs & {"user", "role", "webauthn", "ended_session"}


def test_a_real_survey_is_never_erased_like_this(session: Session, whole: SurveyDraft) -> None:
    with pytest.raises(ValueError, match="no pilot"):
        erase_pilot(session, the_survey(session))


@pytest.mark.parametrize("real", [True, False])
def test_a_pilot_never_becomes_a_survey_that_counts_nor_the_other_way(
    session: Session, whole: SurveyDraft, real: bool
) -> None:
    survey, _token = begun(session, whole)
    slug = "ukraine" if real else survey.slug
    session.commit()
    with pytest.raises(DBAPIError, match="survey is append-only: update refused"):
        session.execute(text("UPDATE survey SET pilot = NOT pilot WHERE slug = :slug"), {"slug": slug})
    session.rollback()


def test_opening_the_draft_beside_its_pilot_makes_another_survey_without_its_people(
    session: Session, whole: SurveyDraft
) -> None:
    survey, token = begun(session, whole)
    say(session, somebody(session, token), survey.questions[0])
    opened = drafts.open_draft(session, whole)
    assert not opened.pilot and opened.id != survey.id
    assert session.scalar(select(func.count()).select_from(Participant).filter_by(survey_id=opened.id)) == 0
    pilots.end_pilot(session, whole)
    assert session.get(Survey, opened.id) is not None


def test_a_draft_is_not_deleted_while_it_is_tried(session: Session, olena: User, whole: SurveyDraft) -> None:
    begun(session, whole)
    with pytest.raises(InvalidDraft, match="End it first"):
        drafts.delete(session, whole)
    pilots.end_pilot(session, whole)
    drafts.delete(session, whole)
    assert session.scalar(select(func.count()).select_from(Pilot)) == 0


def test_a_pilot_made_anew_is_of_the_draft_as_it_is_then(
    session: Session, olena: User, whole: SurveyDraft
) -> None:
    first, _token = begun(session, whole)
    slug = first.slug
    pilots.end_pilot(session, whole)
    save(
        session,
        whole,
        olena,
        whole.revision,
        [(("words", "en", "question", "rain", "title"), "Will it snow?")],
    )
    second, _token = begun(session, whole)
    assert second.questions[0].text("en").title == "Will it snow?"
    assert second.slug != slug
    pilot = pilots.running_pilot(session, whole)
    assert pilot is not None and pilot.revision == whole.revision
