"""What cannot change any more is said before somebody tries, by the same rule that refuses it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.bank.permanence import FIXED_FACTS, Permanence, permanence_of
from survey.bank.stored import stored_background
from survey.models import BackgroundAnswer, Survey

from . import tiny
from .storing import answer, edit, join, refusals
from .test_background import with_about

FACTS = [name for names in FIXED_FACTS.values() for name in names]


def test_an_answered_question_says_so_beside_each_fact_that_would_be_refused(
    store: Session, survey: Survey
) -> None:
    answer(store, survey, "price")
    rule = permanence_of(store, survey)
    for name in FACTS:
        note = rule.note(("structure", "question", "price", name))
        assert note is not None and note.is_fixed and "Ask a new question under another key" in note.sentence
        assert rule.note(("structure", "question", "rain", name)) is None


@pytest.mark.parametrize("name", ["theme", "closes", "resolves", "deadline"])
def test_what_may_change_after_an_answer_says_nothing(store: Session, survey: Survey, name: str) -> None:
    answer(store, survey, "price")
    assert permanence_of(store, survey).note(("structure", "question", "price", name)) is None


def test_rules_are_fixed_once_somebody_has_joined(store: Session, survey: Survey) -> None:
    cell = ("structure", "survey", "minimum_cell")
    assert permanence_of(store, survey).note(cell) is None
    join(store, survey)
    note = permanence_of(store, survey).note(cell)
    assert note is not None and note.is_fixed


def test_the_licence_of_the_data_may_change_until_a_consent_names_it(store: Session, tmp_path: Path) -> None:
    folder, place = tiny.write(tmp_path / "tiny"), ("structure", "survey", "licence")
    survey = load_bank(store, folder)
    join(store, survey)
    edit(folder, "structure.toml", 'slug = "tiny"', 'slug = "tiny"\nlicence = "CC-BY-4.0"')
    assert load_bank(store, folder).licence == "CC-BY-4.0"
    rule = permanence_of(store, survey)
    note = rule.note(place)
    assert note is not None and not note.is_fixed and place not in rule.fixed_paths
    assert ("structure", "survey", "zone") in rule.fixed_paths
    survey.consent.texts[0].body += " Your answers go out under CC-BY-4.0."
    edit(folder, "structure.toml", 'licence = "CC-BY-4.0"', 'licence = "CC0-1.0"')
    assert ["survey.licence: cannot change any more" in fault for fault in refusals(store, folder)] == [True]
    rule = permanence_of(store, survey)
    note = rule.note(place)
    assert note is not None and note.is_fixed and ("structure", "survey") in rule.fixed_paths


def test_who_reads_results_is_fixed_by_the_opening_before_anybody_joins(
    store: Session, tmp_path: Path
) -> None:
    folder, place = tiny.write(tmp_path / "tiny"), ("structure", "survey", "readers")
    begins = datetime(2026, 11, 1, tzinfo=UTC)
    with clock.at(begins - timedelta(days=1)):
        survey = load_bank(store, folder)
        assert permanence_of(store, survey).note(place) is None
        edit(folder, "structure.toml", 'slug = "tiny"', 'slug = "tiny"\nreaders = "always"')
        load_bank(store, folder)
        assert survey.readers == "always"
    with clock.at(begins):
        edit(folder, "structure.toml", 'readers = "always"', 'readers = "after close"')
        assert ["survey.readers: cannot change any more" in fault for fault in refusals(store, folder)] == [
            True
        ]
        rule = permanence_of(store, survey)
        note = rule.note(place)
        assert note is not None and note.is_fixed
        assert place in rule.fixed_paths and ("structure", "survey") not in rule.fixed_paths
        # Whatever else may change until somebody joins still may.
        assert rule.note(("structure", "survey", "minimum_cell")) is None


def test_the_address_of_an_open_survey_is_fixed_before_anybody_joins(store: Session, survey: Survey) -> None:
    note = permanence_of(store, survey).note(("structure", "survey", "slug"))
    assert note is not None and note.is_fixed


@pytest.mark.parametrize(
    "path",
    [
        ("words", "en", "question", "rain", "criteria"),
        ("words", "uk", "question", "rain", "base_rate", "source"),
        ("structure", "question", "rain", "base_rate", "cases"),
        ("words", "en", "consent", "text"),
    ],
)
def test_words_that_make_a_version_say_so_and_may_change(
    store: Session, survey: Survey, path: tuple[str, ...]
) -> None:
    note = permanence_of(store, survey).note(path)
    assert note is not None and not note.is_fixed and "new version" in note.sentence


@pytest.mark.parametrize("name", ["title", "headline", "summary", "rules"])
def test_words_that_are_corrected_in_place_say_nothing(store: Session, survey: Survey, name: str) -> None:
    assert permanence_of(store, survey).note(("words", "en", "survey", name)) is None


def test_answers_about_a_person_may_be_added_and_its_kind_stays(store: Session, tmp_path: Path) -> None:
    survey = load_bank(store, with_about(tmp_path))
    asked = stored_background(store, survey)["field"]
    said = BackgroundAnswer(
        participant_id=join(store, survey).id,
        background_question_id=asked.id,
        revision=1,
        survey_id=survey.id,
        value=["art"],
        answered_at=clock.now(store),
    )
    store.add(said)
    store.flush()
    rule = permanence_of(store, survey)
    kind, options = (rule.note(("structure", "background", "field", name)) for name in ("kind", "options"))
    assert kind is not None and kind.is_fixed
    assert options is not None and not options.is_fixed
    assert rule.note(("structure", "background", "age", "kind")) is None


def test_a_round_with_answers_is_named(store: Session, survey: Survey) -> None:
    place = ("structure", "round")
    assert permanence_of(store, survey).note(place) is None
    answer(store, survey, "rain")
    note = permanence_of(store, survey).note(place)
    assert note is not None and not note.is_fixed and note.sentence.endswith(": 1.")


def test_of_a_survey_that_is_not_open_everything_may_change() -> None:
    assert Permanence().note(("structure", "survey", "slug")) is None
    assert Permanence().note(("words", "en", "consent", "text")) is None
