"""A bank becomes a survey; the same bank again changes nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank, loading
from survey.bank.reading import bank_folder, read_bank
from survey.bank.stored import stored_question, stored_questions, stored_ties, ties_of
from survey.errors import BankError
from survey.models import Event, Question, Survey
from survey.store.engine import db
from survey.store.transaction import transaction

from .storing import changed_tables, edit, question, rows

pytestmark = pytest.mark.store


def moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


# ---- On both databases


@pytest.mark.whole
def test_the_shipped_bank_loaded_again_changes_no_row(session: Session, today: datetime) -> None:
    before = rows(session)
    with clock.at(today + timedelta(days=30)):
        load_bank(session, "ukraine")
    assert changed_tables(before, session) == set()


@pytest.mark.whole
def test_the_shipped_bank_is_stored_as_it_is_written(session: Session) -> None:
    bank = read_bank(bank_folder("ukraine"))
    survey = session.scalars(select(Survey)).one()
    questions = stored_questions(session, survey)
    stored = {key: stored_question(row) for key, row in questions.items()}
    assert stored == {question.key: question for question in bank.questions}
    assert stored_ties(session, survey, questions.values()) == ties_of(bank)


def test_changed_words_make_a_second_version_on_both_databases(
    app: Flask, tiny_bank: Path, today: datetime
) -> None:
    with app.app_context():
        transaction(lambda session: load_bank(session, tiny_bank))
        edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")
        with clock.at(today + timedelta(days=1)):
            survey = transaction(lambda session: load_bank(session, tiny_bank))
        rain = next(question for question in survey.questions if question.key == "rain")
        assert [version.text("en").title for version in rain.versions] == [
            "Title of rain en",
            "Will it rain?",
        ]
        assert [version.number for version in rain.versions] == [1, 2]


def test_of_two_hosts_that_load_a_changed_bank_at_once_the_second_finds_it_loaded(
    app: Flask, tiny_bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, write = threading.Barrier(2), loading._load
    with app.app_context():
        transaction(lambda session: load_bank(session, tiny_bank))
    edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")

    def write_together(*given: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        write(*given)

    def deploy() -> None:
        with app.app_context():
            transaction(lambda session: load_bank(session, tiny_bank))

    monkeypatch.setattr(loading, "_load", write_together)
    with ThreadPoolExecutor(2) as pool:
        for host in [pool.submit(deploy) for _ in range(2)]:
            host.result(20)
    with app.app_context():
        rain = db.session.scalars(select(Question).filter_by(key="rain")).one()
        assert [version.number for version in rain.versions] == [1, 2]


def test_changed_options_of_an_unanswered_question_follow_the_bank_on_both_databases(
    app: Flask, tiny_bank: Path
) -> None:
    with app.app_context():
        transaction(lambda session: load_bank(session, tiny_bank))
        edit(tiny_bank, "structure.toml", '["red", "green", "blue"]', '["blue", "red", "grey"]')
        edit(tiny_bank, "worked.toml", "green", "grey")
        for language in ("en", "uk"):
            edit(tiny_bank, f"{language}.toml", 'options."green"', 'options."grey"')
        survey = transaction(lambda session: load_bank(session, tiny_bank))
        colour = next(question for question in survey.questions if question.key == "colour")
        assert [option.key for option in colour.options] == ["blue", "red", "grey"]


# ---- What a survey is made of


def test_a_bank_loaded_again_changes_no_row(
    store: Session, survey: Survey, tiny_bank: Path, today: datetime
) -> None:
    before = rows(store)
    with clock.at(today + timedelta(days=30)):
        assert load_bank(store, tiny_bank) is survey
    assert changed_tables(before, store) == set()


def test_a_bank_loaded_again_writes_nothing(store: Session, survey: Survey, tiny_bank: Path) -> None:
    before = store.connection().exec_driver_sql("SELECT total_changes()").scalar()
    load_bank(store, tiny_bank)
    assert store.connection().exec_driver_sql("SELECT total_changes()").scalar() == before


def test_every_question_is_stored_as_it_is_written(store: Session, survey: Survey, tiny_bank: Path) -> None:
    bank = read_bank(tiny_bank)
    assert [stored_question(row) for row in survey.questions] == list(bank.questions)


def test_ties_are_stored_as_they_are_written(store: Session, survey: Survey, tiny_bank: Path) -> None:
    assert stored_ties(store, survey, survey.questions) == ties_of(read_bank(tiny_bank))


def test_the_survey_has_the_settings_of_the_bank(survey: Survey) -> None:
    assert (survey.slug, survey.minimum_cell, survey.zone) == ("tiny", 10, "Europe/Kyiv")
    assert (survey.opens_at, survey.closes_at) == (moment(2026, 11, 1), moment(2030, 1, 1))
    assert survey.languages == ["en", "uk"]
    assert not survey.simulated


def test_the_survey_and_its_theme_have_their_words(survey: Survey) -> None:
    assert (survey.text("uk").title, survey.text("en").rules) == ("Tiny uk", "Rules en")
    assert [theme.text("uk").note for theme in survey.themes] == ["Theme note uk"]


def test_it_has_one_round_over_its_span(survey: Survey) -> None:
    (only,) = survey.rounds
    assert (only.number, only.opens_at, only.closes_at) == (1, survey.opens_at, survey.closes_at)


def test_it_asks_for_one_consent_published_now(survey: Survey, today: datetime) -> None:
    (consent,) = survey.consent_versions
    assert (consent.number, consent.published_at) == (1, today)
    assert consent.text("uk").body == "Consent uk,\nover two lines."


def test_every_question_has_one_version_published_now(survey: Survey, today: datetime) -> None:
    for row in survey.questions:
        (version,) = row.versions
        assert (version.number, version.note, version.substantive) == (1, "", False)
        assert version.published_at == today


def test_a_version_has_its_words_in_each_language(store: Session, survey: Survey) -> None:
    text = question(store, survey, "price").text("uk")
    assert (text.title, text.short) == ("Title of price uk", "Short price uk")
    assert (text.criteria, text.fine_print) == ("Criteria of price uk", "Fine print of price uk")
    assert (text.sources, text.unit) == (["Reuters", "AP"], "€")


def test_a_rung_closes_half_open_after_its_deadline(store: Session, survey: Survey) -> None:
    peace = question(store, survey, "peace")
    last_second = moment(2027, 7, 1) - timedelta(seconds=1)
    assert [option.key for option in peace.asked(last_second)] == ["2027-06-30", "2028-06-30"]
    assert [option.key for option in peace.asked(moment(2027, 7, 1))] == ["2028-06-30"]
    assert peace.asked(moment(2028, 7, 1)) == []


def test_the_branches_of_a_pair_know_their_side(store: Session, survey: Survey) -> None:
    options = question(store, survey, "branch").options
    assert {option.key: option.given_holds for option in options} == {"if_yes": True, "if_no": False}


def test_options_have_labels_in_each_language(store: Session, survey: Survey) -> None:
    assert question(store, survey, "rain").option("yes").text("uk") == "Так"
    assert question(store, survey, "colour").option("red").text("uk") == "red uk"


def test_conditions_on_one_event_share_its_row(store: Session, survey: Survey) -> None:
    conditions = [question(store, survey, key).condition for key in ("lasts", "branch")]
    assert conditions[0] is not None and conditions[1] is not None
    assert conditions[0].event is conditions[1].event


def test_no_event_is_stored_twice(store: Session, survey: Survey) -> None:
    events = store.scalars(select(Event)).all()
    assert len({(event.question_id, tuple(event.options), event.holds) for event in events}) == len(events)
    # rain and that it does not, peace twice, colour, size, and that a peace did not last.
    assert len(events) == 7


def test_a_relation_is_a_sentence_in_each_language(survey: Survey) -> None:
    sentences = {relation.key: relation.text("uk") for relation in survey.relations}
    assert sentences == {
        "I.a": "I uk",
        "I.b": "I uk",
        "Q": "Q uk",
        "X": "X uk",
        "P": "P uk",
        "T": "T uk",
    }


def test_a_relation_of_total_probability_names_its_pair(survey: Survey) -> None:
    (total,) = (relation for relation in survey.relations if relation.kind == "total")
    assert total.pair is not None and total.pair.key == "branch"
    assert {row.key for row in total.questions} == {"branch", "size"}


def test_scenarios_have_words_for_the_whole_its_leaves_and_axes(survey: Survey) -> None:
    (tree,) = survey.scenarios
    assert (tree.text("en").title, tree.text("en").definition) == ("Tree en", "Tree note en")
    assert tree.text("uk", "leaf:best").definition == "Best defined uk"
    assert tree.text("uk", "axis:wet").title == "Wet uk"
    assert (tree.branch("uk", "peace", True), tree.branch("en", "peace", False)) == (
        "At peace uk",
        "At war en",
    )
    assert tree.branch("en", "large", True) == ""
    assert {row.key for row in tree.questions} == {"peace", "size", "branch", "rain"}


# ---- Where, and as what, it is loaded


def test_one_bank_can_be_two_surveys(store: Session, survey: Survey, tiny_bank: Path) -> None:
    other = load_bank(store, tiny_bank, slug="workshop")
    assert other is not survey
    assert (other.slug, len(other.questions), len(other.relations)) == ("workshop", 8, 6)
    assert store.scalar(select(func.count()).select_from(Survey)) == 2


def test_two_surveys_of_one_bank_are_brought_up_to_date_each_by_itself(
    store: Session, survey: Survey, tiny_bank: Path
) -> None:
    other = load_bank(store, tiny_bank, slug="workshop")
    edit(tiny_bank, "en.toml", "Title of rain en", "Will it rain?")
    load_bank(store, tiny_bank, slug="workshop")
    assert question(store, other, "rain").version.number == 2
    assert question(store, survey, "rain").version.number == 1


def test_a_demonstration_is_marked(store: Session, tiny_bank: Path) -> None:
    assert load_bank(store, tiny_bank, slug="demo", simulated=True).simulated


@pytest.mark.parametrize("simulated", [True, False])
def test_a_demonstration_never_becomes_a_survey_of_people_nor_the_other_way(
    store: Session, tiny_bank: Path, simulated: bool
) -> None:
    load_bank(store, tiny_bank, simulated=simulated)
    with pytest.raises(BankError) as error:
        load_bank(store, tiny_bank, simulated=not simulated)
    there, wanted = "a demonstration", "a survey of people"
    if not simulated:
        there, wanted = wanted, there
    assert error.value.faults == [f"tiny: the stored one is {there}; load {wanted} under another slug"]


def test_a_bank_with_a_fault_stores_nothing(store: Session, tiny_bank: Path) -> None:
    edit(tiny_bank, "en.toml", '"Title of rain en"', '""')
    with pytest.raises(BankError):
        load_bank(store, tiny_bank)
    assert not any(rows(store).values())


def test_a_bank_whose_worked_answer_is_incoherent_stores_nothing(store: Session, tiny_bank: Path) -> None:
    edit(tiny_bank, "worked.toml", "if_yes = 0.9", "if_yes = 0.1")
    with pytest.raises(BankError):
        load_bank(store, tiny_bank)
    assert not any(rows(store).values())


def test_the_caller_commits(store: Session, tiny_bank: Path) -> None:
    load_bank(store, tiny_bank)
    store.rollback()
    assert not any(rows(store).values())
