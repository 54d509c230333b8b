"""What a survey was going to ask and compute is frozen at its opening, signed, and compared with what stands."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank.loading import load_bank
from survey.bank.reading import read_bank
from survey.models import EventLog, Preregistration, Survey
from survey.security.signing import site_public_key, verifies
from survey.services.preregistration import (
    CHANGED,
    FROZEN,
    changes_since,
    contents,
    load_survey,
    preregistration_of,
)
from survey.services.preregistration_document import canonical
from tests.survey.bank import tiny
from tests.survey.bank.storing import edit

#: The tiny bank opens at the beginning of November 2026.
BEFORE, OPEN = (datetime(2026, month, 20, 12, tzinfo=UTC) for month in (10, 11))
ANALYSIS = '[preregistration]\nprimary_analysis = "The share of people above one half."\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.write(tmp_path)


def load(session: Session, folder: Path) -> Survey:
    return load_survey(session, read_bank(folder))


def frozen(session: Session, survey: Survey) -> Preregistration:
    found = preregistration_of(session, survey)
    assert found is not None
    return found


def changed(session: Session, survey: Survey) -> dict[str, tuple[object, object]]:
    found = changes_since(session, survey, frozen(session, survey))
    return {"/".join(one.path): (one.before, one.after) for one in found}


@pytest.mark.store
def test_the_file_is_signed_as_it_stands_and_the_log_has_its_hash(
    app: Flask, session: Session, folder: Path
) -> None:
    survey = load(session, folder)
    made = frozen(session, survey)
    assert made.sha256 == sha256(made.content).hexdigest()
    assert made.public_key == site_public_key(app.config["PARLEY"])
    assert verifies(made.content, made.signature, made.public_key)
    assert not verifies(made.content.replace(b"rain", b"snow"), made.signature, made.public_key)
    noted = session.scalars(select(EventLog).filter_by(survey_id=survey.id, act=FROZEN)).one()
    assert noted.detail == {"number": 1, "sha256": made.sha256}


def test_it_says_questions_methods_ends_exclusions_and_plain_words(session: Session, folder: Path) -> None:
    for language in ("en", "uk"):
        words = (folder / f"{language}.toml").read_text(encoding="utf-8")
        (folder / f"{language}.toml").write_text(f"{ANALYSIS}{words}", encoding="utf-8")
    said = contents(frozen(session, load(session, folder)))
    keys = [question["key"] for question in said["structure"]["question"]]
    assert keys == read_bank(folder).keys
    assert said["versions"] == dict.fromkeys(keys, 1)
    assert said["closing"]["questions"]["peace"]["2027-06-30"] == "2027-07-01T00:00:00Z"
    assert said["methods"]["rules"] == {"chances": "parley_open", "quantiles": "parley"}
    assert said["methods"]["fewest_people"] == 20
    assert "insiders" in said["exclusions"]
    assert list(said["text"]) == ["en", "uk"]
    for language, text in said["text"].items():
        assert "The share of people above one half." in text
        assert all(words["title"] in text for words in said["words"][language]["question"].values())
    assert "Who is not counted" in said["text"]["en"]
    assert "Кого не враховують" in said["text"]["uk"]


def test_the_bytes_are_canonical(session: Session, folder: Path) -> None:
    content = frozen(session, load(session, folder)).content
    assert canonical(json.loads(content)) == content


def test_who_runs_it_is_not_in_it(session: Session, folder: Path) -> None:
    said = contents(frozen(session, load(session, folder)))
    assert all("organizer" not in words for words in said["words"].values())


class TestBeforeTheOpening:
    @pytest.mark.store
    def test_each_loading_that_changes_something_renews_it(self, session: Session, folder: Path) -> None:
        with clock.at(BEFORE):
            survey = load(session, folder)
            edit(folder, "structure.toml", "minimum_cell = 10", "minimum_cell = 12")
            load(session, folder)
        made = frozen(session, survey)
        assert made.number == 2
        assert contents(made)["structure"]["survey"]["minimum_cell"] == 12

    def test_loading_the_same_again_makes_none(self, session: Session, folder: Path) -> None:
        with clock.at(BEFORE):
            survey = load(session, folder)
            load(session, folder)
        assert frozen(session, survey).number == 1

    def test_it_counts_from_the_opening_on_without_another_act(self, session: Session, folder: Path) -> None:
        with clock.at(BEFORE):
            survey = load(session, folder)
        assert changed(session, survey) == {}
        assert frozen(session, survey).made_at == BEFORE


class TestFromTheOpeningOn:
    def test_nothing_renews_it_and_what_is_changed_is_listed_with_its_day(
        self, session: Session, folder: Path
    ) -> None:
        survey = load(session, folder)
        content = frozen(session, survey).content
        edit(folder, "en.toml", "Title of rain en", "Title of snow en")
        with clock.at(OPEN + timedelta(days=7)):
            load(session, folder)
        assert frozen(session, survey).content == content
        found = changes_since(session, survey, frozen(session, survey))
        assert [tuple(one) for one in found] == [
            (
                ("words", "en", "question", "rain", "title"),
                "Title of rain en",
                "Title of snow en",
                (OPEN + timedelta(days=7)).date(),
            )
        ]

    def test_what_is_changed_back_is_no_change(self, session: Session, folder: Path) -> None:
        survey = load(session, folder)
        for old, new in (("rain", "snow"), ("snow", "rain")):
            edit(folder, "en.toml", f"Title of {old} en", f"Title of {new} en")
            load(session, folder)
        assert changed(session, survey) == {}
        noted = session.scalars(select(EventLog).filter_by(survey_id=survey.id, act=CHANGED)).all()
        assert len(noted) == 2

    def test_an_opening_that_is_moved_later_does_not_thaw_it(self, session: Session, folder: Path) -> None:
        survey = load(session, folder)
        edit(folder, "structure.toml", "opens = 2026-11-01", "opens = 2026-12-01")
        load(session, folder)
        load(session, folder)
        assert frozen(session, survey).number == 1
        assert "structure/survey/opens" in changed(session, survey)

    def test_an_added_question_is_one_change(self, session: Session, folder: Path) -> None:
        survey = load(session, folder)
        question = '[[question]]\nkey = "hail"\ntheme = "only"\nkind = "binary"\ndeadline = 2027-12-31\n'
        edit(
            folder,
            "structure.toml",
            '[[question]]\nkey = "rain"',
            f'{question}resolves = 2028-02-29T00:00:00Z\n\n[[question]]\nkey = "rain"',
        )
        for language in ("en", "uk"):
            words = (folder / f"{language}.toml").read_text(encoding="utf-8")
            own = words.split("[question.rain]")[1].split("\n[")[0]
            (folder / f"{language}.toml").write_text(f"{words}\n[question.hail]{own}", encoding="utf-8")
        load(session, folder)
        found = changed(session, survey)
        assert list(found) == ["structure/question/hail"]
        assert found["structure/question/hail"][0] is None


def test_a_survey_that_had_opened_before_there_were_any_has_none(session: Session, folder: Path) -> None:
    survey = load_bank(session, folder)
    load(session, folder)
    assert preregistration_of(session, survey) is None


def test_one_that_is_not_open_yet_gets_one_with_its_next_loading(session: Session, folder: Path) -> None:
    with clock.at(BEFORE):
        survey = load_bank(session, folder)
        load(session, folder)
    assert frozen(session, survey).made_at == BEFORE


def test_a_setting_that_is_younger_than_the_file_is_no_change(session: Session, folder: Path) -> None:
    survey = load(session, folder)
    made = frozen(session, survey)
    said = contents(made)
    del said["structure"]["survey"]["base_rates_before"]
    older = Preregistration(content=canonical(said))
    assert changes_since(session, survey, older) == []
