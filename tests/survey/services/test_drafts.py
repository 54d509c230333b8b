"""A survey is begun, written by several at once without loss, opened, changed and put away."""

import copy
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank.document import Document, document_of, read
from survey.bank.paths import differences, put_at, value_at
from survey.bank.reading import bank_folder, read_bank
from survey.bank.stored import stored_bank
from survey.errors import BankError, NotFound
from survey.models import EventLog, Survey, SurveyDraft, User
from survey.services import accounts, drafts
from survey.services.draft_edits import document_at, redo, save, undo
from survey.services.draft_imports import import_file
from survey.services.draft_questions import add_question, add_theme, duplicate_question, move, take_out
from survey.services.drafts import InvalidDraft
from survey.services.enrollment import role_of
from tests.factories import say, someone, the_question, the_survey
from tests.survey.services.weather import WHOLE, counts, edit

TITLE = ("words", "en", "question", "rain", "title")
CRITERIA = ("words", "en", "question", "rain", "criteria")


#: A list in a list, and so on: ten of them.
DEEP = [[[[[[[[[["x"]]]]]]]]]]


def at(draft: SurveyDraft, path: str) -> object:
    return value_at(draft.document, path.split("/"))


# ---- Begun


def test_a_blank_survey_says_what_is_missing_and_is_nowhere_in_the_survey_s_tables(
    session: Session, olena: User
) -> None:
    before = counts(session)
    made = drafts.start(session, olena, "blank", drafts.blank_document("Blank", "en"))
    add_theme(session, made, olena, {"en": "One"})
    changed = {name for name, count in counts(session).items() if count != before[name]}
    assert changed == {"survey_draft", "draft_member", "draft_change"}
    assert ("structure", "survey", "opens") in [fault.path for fault in read(made.document).faults]


@pytest.mark.parametrize("slug", ["", "Big", "a b", "-a", "ukraine", "weather", "x" * 61, "a/b", "a\x00"])
def test_an_address_that_is_none_or_taken_is_refused(session: Session, draft: SurveyDraft, slug: str) -> None:
    with pytest.raises(InvalidDraft) as refused:
        drafts.start(session, None, slug, drafts.blank_document("", "en"))
    assert list(refused.value.errors) == ["slug"]


@pytest.mark.whole
def test_a_survey_begins_as_a_copy_of_a_bank_a_survey_or_a_draft(
    session: Session, draft: SurveyDraft
) -> None:
    bank = drafts.start(session, None, "one", document_of(read_bank(bank_folder("ukraine"))))
    survey = drafts.start(session, None, "two", drafts.copy_of(the_survey(session), session))
    third = drafts.start(session, None, "three", drafts.copy_of(draft, session))
    assert [len(read(one.document).bank.questions) for one in (bank, survey, third)] == [28, 28, 1]
    assert [at(one, "structure/survey/slug") for one in (bank, survey, third)] == ["one", "two", "three"]
    assert draft.document["structure"]["survey"]["slug"] == "weather"


@pytest.mark.parametrize("document", [{}, {"structure": []}, {"structure": {"survey": 3}, "words": "x"}])
def test_any_document_can_begin_a_survey(session: Session, document: Document) -> None:
    made = drafts.start(session, None, "odd", document)
    assert read(made.document).faults
    add_theme(session, made, None, {"en": "One"})


def test_a_draft_is_its_writers_alone(session: Session, draft: SurveyDraft, olena: User, taras: User) -> None:
    assert drafts.find(session, "weather", olena) is draft
    for slug in ("weather", "nowhere", "\x00"):
        with pytest.raises(NotFound):
            drafts.find(session, slug, taras)
    drafts.share(session, draft, "TARAS@example.org")
    drafts.share(session, draft, "taras@example.org")
    assert drafts.find(session, "weather", taras) is draft
    assert drafts.drafts_of(session, taras) == [draft]
    # Whether somebody has an account is nobody's business: one that is let in has one from now on.
    assert drafts.share(session, draft, "nobody@example.org").user.email == "nobody@example.org"
    with pytest.raises(accounts.InvalidAccount, match="No email can be sent"):
        drafts.share(session, draft, "nobody")


# ---- Written by several at once


@pytest.mark.store
def test_edits_of_different_places_do_not_collide(
    session: Session, draft: SurveyDraft, olena: User, taras: User
) -> None:
    base = draft.revision
    assert edit(session, draft, olena, {"/".join(TITLE): "Hers"}, base).refused == []
    assert edit(session, draft, taras, {"/".join(CRITERIA): "His"}, base).refused == []
    assert (value_at(draft.document, TITLE), value_at(draft.document, CRITERIA)) == ("Hers", "His")


@pytest.mark.store
def test_an_edit_of_what_another_has_changed_is_refused_alone_and_both_values_are_told(
    session: Session, draft: SurveyDraft, olena: User, taras: User
) -> None:
    base = draft.revision
    edit(session, draft, olena, {"/".join(TITLE): "Hers"}, base)
    saved = edit(session, draft, taras, {"/".join(TITLE): "His", "/".join(CRITERIA): "His too"}, base)
    (refused,) = saved.refused
    assert (refused.path, refused.mine, refused.theirs, refused.by) == (TITLE, "His", "Hers", olena)
    assert "olena@example.org" in refused.sentence
    assert saved.saved == [CRITERIA]
    assert (value_at(draft.document, TITLE), value_at(draft.document, CRITERIA)) == ("Hers", "His too")
    # Having seen it he may insist.
    assert edit(session, draft, taras, {"/".join(TITLE): "His"}).refused == []


def test_a_field_that_was_not_touched_is_no_edit(
    session: Session, draft: SurveyDraft, olena: User, taras: User
) -> None:
    """A form without script sends every field; what it shows of others' places must not take theirs back."""
    edit(session, draft, olena, {"/".join(TITLE): "Old"})
    base = draft.revision
    edit(session, draft, olena, {"/".join(TITLE): "New"})
    saved = edit(session, draft, taras, {"/".join(TITLE): "Old", "/".join(CRITERIA): "His"}, base)
    assert (saved.refused, value_at(draft.document, TITLE)) == ([], "New")


def test_one_s_own_later_edit_stands_whatever_page_it_came_from(
    session: Session, draft: SurveyDraft, olena: User
) -> None:
    base = draft.revision
    for text in ("Wi", "Will it", "Will it rain?"):
        assert edit(session, draft, olena, {"/".join(TITLE): text}, base).refused == []
    assert value_at(draft.document, TITLE) == "Will it rain?"


def test_what_belongs_to_a_question_that_was_taken_out_is_refused(
    session: Session, draft: SurveyDraft, olena: User, taras: User
) -> None:
    base = draft.revision
    take_out(session, draft, olena, "question", "rain")
    his = {"/".join(CRITERIA): "His", "structure/question/rain/deadline": "2027-01-01"}
    saved = edit(session, draft, taras, his, base)
    assert [one.path for one in saved.refused] == [CRITERIA, ("structure", "question", "rain", "deadline")]
    assert value_at(draft.document, ("words", "en", "question", "rain")) is None


def test_taking_out_what_another_has_just_written_in_is_no_silent_loss(
    session: Session, draft: SurveyDraft, olena: User, taras: User
) -> None:
    base = draft.revision
    edit(session, draft, taras, {"structure/question/rain/deadline": "2027-01-01"}, base)
    saved = save(session, draft, olena, base, [(("structure", "question", "rain"), None)])
    assert [one.by for one in saved.refused] == [taras]


@pytest.mark.parametrize(
    "path",
    ["", "structure", "elsewhere/a", "structure/survey/slug/a", "structure/question/nobody/kind", "a/b/c"],
)
def test_a_path_that_leads_nowhere_is_refused(
    session: Session, draft: SurveyDraft, olena: User, path: str
) -> None:
    before = copy.deepcopy(draft.document)
    assert len(edit(session, draft, olena, {path: "x"}).refused) == 1
    assert draft.document == before


@pytest.mark.store
@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 20_001, 1e300, DEEP])
def test_a_value_that_cannot_be_kept_is_refused_with_its_sentence(
    session: Session, draft: SurveyDraft, olena: User, value: object
) -> None:
    (refused,) = edit(session, draft, olena, {"/".join(TITLE): value}).refused
    assert refused.sentence
    assert refused.mine == value


@pytest.mark.parametrize("base", [-1, 10**9])
def test_a_base_that_is_none_is_refused(session: Session, draft: SurveyDraft, olena: User, base: int) -> None:
    with pytest.raises(InvalidDraft):
        edit(session, draft, olena, {"/".join(TITLE): "x"}, base)


def test_an_address_changes_with_the_draft_until_it_is_opened(
    session: Session, whole: SurveyDraft, olena: User
) -> None:
    slug = "structure/survey/slug"
    assert "there already" in edit(session, whole, olena, {slug: "ukraine"}).refused[0].sentence
    edit(session, whole, olena, {slug: "rain"})
    assert (whole.slug, at(whole, slug)) == ("rain", "rain")
    drafts.open_draft(session, whole, olena)
    assert "stays" in edit(session, whole, olena, {slug: "snow"}).refused[0].sentence


# ---- Taken back


def test_one_s_last_change_is_taken_back_and_made_again(
    session: Session, draft: SurveyDraft, olena: User
) -> None:
    edit(session, draft, olena, {"/".join(TITLE): "One"})
    edit(session, draft, olena, {"/".join(TITLE): "Two"})
    undo(session, draft, olena)
    assert value_at(draft.document, TITLE) == "One"
    undo(session, draft, olena)
    assert value_at(draft.document, TITLE) is None
    redo(session, draft, olena)
    redo(session, draft, olena)
    assert value_at(draft.document, TITLE) == "Two"
    with pytest.raises(InvalidDraft):
        redo(session, draft, olena)


def test_taking_back_is_refused_where_another_has_written_since(
    session: Session, draft: SurveyDraft, olena: User, taras: User
) -> None:
    edit(session, draft, olena, {"/".join(TITLE): "Hers"})
    edit(session, draft, taras, {"/".join(TITLE): "His"})
    with pytest.raises(InvalidDraft, match="Others have changed"):
        undo(session, draft, olena)
    assert value_at(draft.document, TITLE) == "His"


def test_a_question_that_was_taken_out_comes_back_where_it_was(
    session: Session, draft: SurveyDraft, olena: User
) -> None:
    for title in ("Snow", "Hail"):
        add_question(session, draft, olena, "weather", "binary", {"en": title})
    before = copy.deepcopy(draft.document)
    take_out(session, draft, olena, "question", "snow")
    assert at(draft, "structure/question/*") == ["rain", "hail"]
    undo(session, draft, olena)
    assert draft.document == before


def test_every_revision_can_be_told(session: Session, draft: SurveyDraft, olena: User) -> None:
    past = [copy.deepcopy(draft.document)]
    steps = [
        lambda: edit(session, draft, olena, {"/".join(TITLE): "One"}),
        lambda: duplicate_question(session, draft, olena, "rain"),
        lambda: move(session, draft, olena, "question", "rain-2", 1),
        lambda: take_out(session, draft, olena, "question", "rain"),
        lambda: undo(session, draft, olena),
    ]
    first = draft.revision
    for step in steps:
        step()
        past.append(copy.deepcopy(draft.document))
    assert [document_at(session, draft, first + place) for place in range(len(past))] == past


# ---- Questions and themes


def test_a_copy_of_a_question_stands_behind_it_with_all_its_words(
    session: Session, whole: SurveyDraft, olena: User
) -> None:
    add_question(session, whole, olena, "weather", "binary", {"en": "Snow"})
    assert duplicate_question(session, whole, olena, "rain") == "rain-2"
    assert at(whole, "structure/question/*") == ["rain", "rain-2", "snow"]
    assert at(whole, "words/en/question/rain-2") == at(whole, "words/en/question/rain")
    assert at(whole, "structure/question/rain-2/deadline") == "2027-06-30"


@pytest.mark.parametrize(("place", "order"), [(1, "cab"), (2, "acb"), (3, "abc"), (99, "abc"), (-5, "cab")])
def test_a_question_moves_to_a_number(
    session: Session, draft: SurveyDraft, olena: User, place: int, order: str
) -> None:
    take_out(session, draft, olena, "question", "rain")
    for letter in "abc":
        add_question(session, draft, olena, "weather", "binary", {"en": letter})
    move(session, draft, olena, "question", "c", place)
    assert at(draft, "structure/question/*") == list(order)


def test_a_theme_with_questions_is_not_taken_out(session: Session, draft: SurveyDraft, olena: User) -> None:
    with pytest.raises(InvalidDraft, match="has questions"):
        take_out(session, draft, olena, "theme", "weather")
    take_out(session, draft, olena, "question", "rain")
    take_out(session, draft, olena, "theme", "weather")
    assert at(draft, "structure/theme") == []


# ---- Opened


def test_opening_refuses_whatever_is_missing_and_stores_nothing(session: Session, draft: SurveyDraft) -> None:
    with pytest.raises(BankError) as refused:
        drafts.open_draft(session, draft)
    assert ("words", "en", "question", "rain", "criteria") in [fault.path for fault in refused.value.found]
    assert session.scalar(select(Survey).filter_by(slug="weather")) is None


@pytest.mark.store
def test_an_opened_survey_is_its_document_and_its_writers_run_it(
    session: Session, whole: SurveyDraft, olena: User, taras: User
) -> None:
    drafts.share(session, whole, taras.email)
    survey = drafts.open_draft(session, whole, olena)
    assert read(whole.document).bank == stored_bank(session, survey)
    assert (role_of(session, survey, olena.id), role_of(session, survey, taras.id)) == ("owner", "organizer")
    acts = session.scalars(
        select(EventLog.act).filter_by(survey_id=survey.id).order_by(EventLog.position)
    ).all()
    assert acts == ["preregister", "settings", "grant", "grant", "open"]
    assert (whole.survey_id, whole.opened_revision) == (survey.id, whole.revision)


def test_a_survey_that_is_opened_takes_answers(session: Session, whole: SurveyDraft, olena: User) -> None:
    drafts.open_draft(session, whole, olena)
    asked = the_question(session, "rain", "weather")
    assert asked.text("en").title == WHOLE["words/en/question/rain/title"]


def test_changed_words_of_an_opened_survey_are_the_next_version_once_they_are_published(
    session: Session, whole: SurveyDraft, olena: User
) -> None:
    drafts.open_draft(session, whole, olena)
    edit(session, whole, olena, {"/".join(TITLE): "Will it rain on 30 June 2027?"})
    asked = the_question(session, "rain", "weather")
    assert asked.version.number == 1
    drafts.open_draft(session, whole, olena)
    asked = the_question(session, "rain", "weather")
    assert (asked.version.number, asked.version.note) == (2, "Changed words: title (en).")


def test_the_shipped_survey_is_taken_up_and_published_without_a_change(session: Session, olena: User) -> None:
    survey = the_survey(session)
    draft = drafts.take_up(session, survey)
    assert drafts.take_up(session, survey) is draft
    drafts.open_draft(session, draft)
    assert all(question.version.number == 1 for question in survey.questions)


def test_what_answered_people_rely_on_cannot_change(session: Session, olena: User) -> None:
    draft = drafts.take_up(session, the_survey(session))
    say(session, someone(session), the_question(session, "leaders-meet"))
    edit(
        session,
        draft,
        olena,
        {"structure/question/leaders-meet/kind": "pair", "structure/survey/minimum_cell": 20},
    )
    with pytest.raises(BankError):
        drafts.open_draft(session, draft, olena)
    undo(session, draft, olena)
    take_out(session, draft, olena, "question", "article-4")
    with pytest.raises(BankError, match=r"question\.article-4: was opened and stays"):
        drafts.open_draft(session, draft, olena)


# ---- Put away


def test_a_draft_that_was_put_away_changes_no_more_until_it_is_brought_back(
    session: Session, whole: SurveyDraft, olena: User
) -> None:
    drafts.archive(session, whole)
    for act in (
        lambda: edit(session, whole, olena, {"/".join(TITLE): "x"}),
        lambda: undo(session, whole, olena),
        lambda: drafts.open_draft(session, whole, olena),
    ):
        with pytest.raises(InvalidDraft, match="put away"):
            act()
    drafts.archive(session, whole, away=False)
    drafts.open_draft(session, whole, olena)


def test_a_draft_is_deleted_with_everything_in_it_but_not_once_it_was_opened(
    session: Session, whole: SurveyDraft, olena: User
) -> None:
    twin = drafts.start(session, olena, "twin", drafts.copy_of(whole, session))
    add_theme(session, twin, olena, {"en": "More"})
    drafts.delete(session, twin)
    assert drafts.drafts_of(session, olena) == [whole]
    drafts.open_draft(session, whole, olena)
    with pytest.raises(InvalidDraft, match="was opened"):
        drafts.delete(session, whole)


@pytest.mark.store
def test_the_clock_of_a_change_is_the_application_s(
    session: Session, draft: SurveyDraft, olena: User
) -> None:
    with clock.at(clock.now(session) + timedelta(days=1)):
        edit(session, draft, olena, {"/".join(TITLE): "Later"})
        assert draft.changes[-1].made_at == clock.now(session)


# ---- What has not the shape of a survey


@pytest.mark.parametrize(
    "document",
    [
        {"structure": {"question": 3}},
        {"structure": {"theme": ["x"]}},
        {"structure": {}, "words": {"en": {"question": {"rain": "x"}}}},
        {"structure": {"scenario": [{"key": "tree", "axes": 3}]}},
    ],
)
def test_something_else_in_the_place_of_a_table_does_not_come_in(
    session: Session, draft: SurveyDraft, document: Document
) -> None:
    given = json.dumps({"words": {}, **document}).encode()
    with pytest.raises(BankError) as refused:
        import_file(session, draft, None, given, "json")
    assert "a table, or a list of tables" in refused.value.sentence
    with pytest.raises(InvalidDraft):
        drafts.start(session, None, "odd", document)


@pytest.mark.parametrize("order", [3, [["x"]], "x", {"a": 1}])
def test_an_order_that_is_none_is_refused(
    session: Session, draft: SurveyDraft, olena: User, order: object
) -> None:
    saved = edit(session, draft, olena, {"structure/question/*": order})
    assert [one.path for one in saved.refused] == [("structure", "question", "*")]


def test_differences_make_one_document_another() -> None:
    bank = document_of(read_bank(bank_folder("ukraine")))
    other = copy.deepcopy(bank)
    other["structure"]["question"].reverse()
    other["structure"]["scenario"][0]["axes"].pop()
    other["structure"]["relation"].pop(0)
    other["words"]["en"]["consent"]["text"] = "Another."
    edits = list(differences(bank, other))
    assert (("words", "en", "consent", "text"), "Another.") in edits
    for path, value in edits:
        put_at(bank, path, value)
    assert bank == other
