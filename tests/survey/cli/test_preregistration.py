"""The command writes a preregistration as files, and verifies such files."""

from pathlib import Path

import pytest
from flask import Flask

from tests.survey.bank import tiny

from .test_commands import run


@pytest.fixture
def files(app: Flask, tmp_path: Path) -> Path:
    """The files of a survey that a command has loaded."""
    assert run(app, "bank", "load", str(tiny.write(tmp_path / "bank"))).exit_code == 0
    result = run(app, "survey", "preregistration", "tiny", "--folder", str(tmp_path / "files"))
    assert result.exit_code == 0, result.output
    return tmp_path / "files"


def test_it_writes_file_signature_key_and_plain_words(files: Path) -> None:
    ends = [path.name.removeprefix("tiny-preregistration.") for path in sorted(files.iterdir())]
    assert ends == ["en.md", "json", "json.sig", "pem", "uk.md"]
    assert "Title of rain en" in (files / "tiny-preregistration.en.md").read_text(encoding="utf-8")


def test_it_verifies_what_it_wrote_and_nothing_that_was_changed(app: Flask, files: Path) -> None:
    file = files / "tiny-preregistration.json"
    key = str(files / "tiny-preregistration.pem")
    for more in ([], ["--key", key]):
        told = run(app, "survey", "preregistration", "--verify", str(file), *more)
        assert told.output == "tiny-preregistration.json is as it was signed\n"
    file.write_bytes(file.read_bytes().replace(b"rain", b"snow"))
    told = run(app, "survey", "preregistration", "--verify", str(file))
    assert told.exit_code == 1 and "is not what was signed by this key" in told.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ukraine"], "The survey ukraine was opened before there were preregistrations."),
        (["nonsense"], "There is no survey nonsense"),
        ([], "Name the survey, or a file with --verify."),
    ],
)
def test_where_there_is_none_it_says_why(app: Flask, arguments: list[str], sentence: str) -> None:
    told = run(app, "survey", "preregistration", *arguments)
    assert told.exit_code != 0 and sentence in told.output


def test_a_file_without_its_signature_is_told(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "alone.json").write_bytes(b"{}")
    told = run(app, "survey", "preregistration", "--verify", str(tmp_path / "alone.json"))
    assert told.exit_code == 1 and "There is no alone.json.sig beside alone.json" in told.output


def test_a_file_in_place_of_a_key_is_told(app: Flask, files: Path) -> None:
    file = files / "tiny-preregistration.json"
    told = run(app, "survey", "preregistration", "--verify", str(file), "--key", str(file))
    assert told.exit_code == 1 and "it holds no public key in PEM" in told.output
