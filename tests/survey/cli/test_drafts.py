"""A survey is written, checked, opened and put away from a terminal; what cannot be done is said in one sentence."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from survey.bank.document import document_of_folder
from survey.bank.reading import read_bank
from survey.cli import main
from survey.models import Survey, SurveyDraft
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.bank import tiny


def run(app: Flask, *arguments: str, code: int = 0) -> str:
    """What a command of `parley survey` says; an error is one sentence and no traceback."""
    result: Result = app.test_cli_runner().invoke(main, ["survey", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def whole(folder: Path) -> Path:
    """The tiny bank with criteria that say until when."""
    files = tiny.files()
    ends = {"en": "By 23:59:59 UTC on 31 December 2027. ", "uk": "До 23:59:59 UTC 31 грудня 2027 року. "}
    changed = {
        f"{code}.toml": files[f"{code}.toml"].replace('criteria = "', f'criteria = "{end}')
        for code, end in ends.items()
    }
    return tiny.write(folder, changed)


def test_a_survey_is_begun_listed_checked_and_deleted(app: Flask) -> None:
    run(app, "new", "weather", "--title", "The weather")
    assert "weather  not open yet  The weather" in run(app, "list").splitlines()
    assert "structure: survey.opens: is missing" in run(app, "check", "weather", code=1)
    assert "is missing" in run(app, "open", "weather", code=1)
    run(app, "archive", "weather")
    assert "put away" in run(app, "list")
    run(app, "archive", "weather", "--back")
    run(app, "delete", "weather", "--yes")
    assert "weather" not in run(app, "list")


def test_a_folder_becomes_a_survey_that_is_opened_and_exported_as_it_was(app: Flask, tmp_path: Path) -> None:
    folder = whole(tmp_path / "tiny")
    assert "begun" in run(app, "import", str(folder))
    assert run(app, "check", "tiny") == "tiny can be opened\n"
    assert "rain  binary" in run(app, "show", "tiny")
    said = run(app, "open", "tiny")
    assert said.startswith("Survey tiny is open with 8 questions\n")
    assert said.endswith("People take part at http://localhost:8000/s/tiny/\n")
    run(app, "export", "tiny", str(tmp_path / "out"))
    assert read_bank(tmp_path / "out") == read_bank(folder)
    assert "was opened" in run(app, "delete", "tiny", "--yes", code=1)


def test_an_import_over_a_draft_is_one_change_of_it(app: Flask, tmp_path: Path) -> None:
    run(app, "new", "weather")
    document = document_of_folder(tiny.write(tmp_path / "tiny"))
    (tmp_path / "tiny.json").write_text(json.dumps(document))
    assert "changed" in run(app, "import", str(tmp_path / "tiny.json"), "--slug", "weather")
    with app.app_context():
        draft = db.session.scalars(select(SurveyDraft)).one()
        assert (draft.revision, draft.slug) == (1, "weather")
        assert draft.document["structure"]["survey"]["slug"] == "weather"


@pytest.mark.whole
def test_a_survey_that_was_never_a_draft_is_copied_and_taken_up(app: Flask, tmp_path: Path) -> None:
    assert "copy of ukraine" in run(app, "duplicate", "ukraine", "second")
    run(app, "export", "second", str(tmp_path / "second.json"))
    assert len(json.loads((tmp_path / "second.json").read_text())["structure"]["question"]) == 28
    run(app, "open", "ukraine")
    with app.app_context():
        assert db.session.scalars(select(SurveyDraft.slug).order_by(SurveyDraft.slug)).all() == [
            "second",
            "ukraine",
        ]


def test_the_list_has_what_is_asked_and_what_is_only_written(app: Flask) -> None:
    app.test_cli_runner().invoke(main, ["survey", "new", "begun", "--title", "Begun"])
    lines = run(app, "list").splitlines()
    assert lines[0] == "begun  not open yet  Begun"
    assert lines[1].startswith("ukraine  open  ")
    assert len(lines) == 2
    run(app, "archive", "begun")
    assert "begun  put away  Begun" in run(app, "list")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["new", "ukraine"], "there already"),
        (["new", "x", "--owner", "nobody@example.org"], "There is no user"),
        (["show", "nowhere"], "No survey nowhere is written here"),
        (["open", "nowhere"], "No survey nowhere is written here"),
        (["import", "/nowhere"], "there is no such folder"),
        (["import", "/nowhere.json"], "cannot be read"),
        (["export", "ukraine", "/proc/nowhere"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(app: Flask, arguments: list[str], sentence: str) -> None:
    assert sentence in run(app, *arguments, code=1)


@pytest.mark.parametrize("ending", ["toml", "json", "xlsx"])
def test_a_survey_as_one_file_is_the_same_survey_in_an_empty_instance(
    app: Flask, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"tiny.{ending}"
    run(app, "import", str(tiny.write(tmp_path / "tiny")))
    run(app, "export", "tiny", str(file))
    run(app, "delete", "tiny", "--yes")
    assert "8 added" in run(app, "import", str(file), "--dry-run")
    assert "tiny" not in run(app, "list")
    assert "begun" in run(app, "import", str(file))
    run(app, "export", "tiny", str(tmp_path / "out"))
    assert read_bank(tmp_path / "out") == read_bank(tmp_path / "tiny")


def test_questions_alone_are_added_to_a_survey_that_is_named(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(
        "id,title,type,closes_at\nsnow,Will it snow?,binary,2027-12-31T00:00Z\n"
    )
    run(app, "new", "weather")
    assert "name the survey" in run(app, "import", str(tmp_path / "more.csv"), code=1)
    assert "No survey nowhere" in run(app, "import", str(tmp_path / "more.csv"), "--slug", "nowhere", code=1)
    told = run(app, "import", str(tmp_path / "more.csv"), "--slug", "weather", "--dry-run")
    assert "added  row 2  snow  Will it snow?" in told
    assert "is missing" in told
    run(app, "import", str(tmp_path / "more.csv"), "--slug", "weather")
    assert "snow  binary" in run(app, "show", "weather")
    (tmp_path / "questions").write_text("id,title,type,closes_at\nsnow,Snow?,binary,never\n")
    refused = run(app, "import", str(tmp_path / "questions"), "--slug", "weather", "--format", "csv", code=1)
    assert "row 2: closes: There is no such moment as “never”" in refused


def test_a_dry_run_stores_nothing_and_refuses_what_the_import_would(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(
        "id,title,type,closes_at\nsnow,Will it snow?,binary,2027-12-31T00:00Z\n"
    )
    told = run(app, "import", str(tmp_path / "more.csv"), "--slug", "ukraine", "--dry-run")
    assert "added  row 2  snow  Will it snow?" in told and "ukraine is not changed" in told
    with app.app_context():
        # The survey was never taken up for writing, and is not by being looked at.
        assert db.session.scalars(select(SurveyDraft.slug)).all() == []
    whole = ("import", str(tiny.write(tmp_path / "tiny")), "--slug", "ukraine")
    assert "there already" in run(app, *whole, code=1)
    assert "there already" in run(app, *whole, "--dry-run", code=1)


def test_json_that_is_none_is_said(app: Flask, tmp_path: Path) -> None:
    for text, sentence in (
        ("{", "is not JSON"),
        ("[]", "There is no question in it"),
        ("5", "holds neither"),
    ):
        (tmp_path / "x.json").write_text(text)
        assert sentence in run(app, "import", str(tmp_path / "x.json"), "--slug", "ukraine", code=1)


def test_the_owner_of_a_survey_that_is_opened_runs_it(app: Flask, tmp_path: Path) -> None:
    from survey.services import accounts

    with app.app_context():
        transaction(lambda session: accounts.create_user(session, "olena@example.org").id)
    run(app, "import", str(whole(tmp_path / "tiny")), "--owner", "olena@example.org")
    run(app, "open", "tiny")
    with app.app_context():
        survey = db.session.scalars(select(Survey).filter_by(slug="tiny")).one()
        user = accounts.user_by_email(db.session, "olena@example.org")
        assert user is not None
        assert [(one.survey_id, one.role) for one in user.memberships] == [(survey.id, "owner")]


def test_who_opens_a_survey_for_invited_people_is_not_told_an_address(app: Flask, tmp_path: Path) -> None:
    folder = whole(tmp_path / "tiny")
    structure = folder / "structure.toml"
    text = structure.read_text()
    structure.write_text(text.replace('slug = "tiny"', 'slug = "tiny"\nvisibility = "invited"', 1))
    run(app, "import", str(folder))
    said = run(app, "open", "tiny")
    assert "/s/tiny/" not in said
    assert "parley invite tiny" in said
