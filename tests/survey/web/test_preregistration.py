"""Everybody who may read a survey reads what was fixed before it opened, and verifies it without the site."""

import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.bank.reading import bank_folder, read_bank
from survey.security.signing import public_key_of, verifies
from survey.services.preregistration import load_survey
from survey.store.transaction import transaction
from tests.statements import counting
from tests.survey.bank import tiny
from tests.survey.bank.storing import edit

from .test_statements import MOST

FILES = ["json", "json.sig", "pem", "md"]


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """The tiny bank, loaded as a survey that is open."""
    tiny.write(tmp_path)
    load(app, tmp_path)
    return tmp_path


def load(app: Flask, folder: Path) -> None:
    with app.app_context():
        transaction(lambda session: load_survey(session, read_bank(folder)).slug)


def test_its_page_has_plain_words_hash_and_files(client: FlaskClient, folder: Path) -> None:
    page = client.get("/s/tiny/preregistration").text
    assert "Title of rain en" in page and "Who is not counted" in page
    assert "Nothing: what stands now is what was written down." in page
    assert client.get("/s/tiny/").text.count("/s/tiny/preregistration") == 1
    for name in FILES:
        assert f"/s/tiny/preregistration.{name}" in page
        assert client.get(f"/s/tiny/preregistration.{name}").status_code == 200


def test_the_words_are_in_the_reader_s_language(client: FlaskClient, folder: Path) -> None:
    ukrainian = {"Accept-Language": "uk"}
    assert "Кого не враховують" in client.get("/s/tiny/preregistration", headers=ukrainian).text
    assert "Title of rain uk" in client.get("/s/tiny/preregistration.md", headers=ukrainian).text


def test_the_files_verify_by_themselves(client: FlaskClient, folder: Path) -> None:
    content, signature, pem = (client.get(f"/s/tiny/preregistration.{name}").data for name in FILES[:3])
    assert verifies(content, signature, public_key_of(pem))
    assert client.get("/signing-key.pem").data == pem


@pytest.mark.skipif(shutil.which("openssl") is None, reason="without OpenSSL's command")
def test_openssl_verifies_them_as_the_page_says(client: FlaskClient, folder: Path, tmp_path: Path) -> None:
    for name in FILES[:3]:
        path = tmp_path / f"tiny-preregistration.{name}"
        path.write_bytes(client.get(f"/s/tiny/preregistration.{name}").data)
    command = "openssl pkeyutl -verify -rawin -pubin -inkey tiny-preregistration.pem"
    command += " -in tiny-preregistration.json -sigfile tiny-preregistration.json.sig"
    assert command[:40] in client.get("/s/tiny/preregistration").text
    assert subprocess.run(command.split(), cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "tiny-preregistration.json").write_bytes(b"{}")
    assert subprocess.run(command.split(), cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_what_was_changed_is_listed_with_both_texts(app: Flask, client: FlaskClient, folder: Path) -> None:
    edit(folder, "en.toml", "Criteria of rain en", "Other criteria of rain en")
    edit(folder, "structure.toml", "minimum_cell = 10", "minimum_cell = 12")
    load(app, folder)
    page = client.get("/s/tiny/preregistration").text
    assert "2 changes" in page
    assert "Short rain en · What counts · English" in page
    assert "<ins>Other criteria" in page
    assert "Fewest people a figure rests on" in page


def test_a_survey_without_one_says_so(client: FlaskClient) -> None:
    assert "This survey has none" in client.get("/s/ukraine/preregistration").text
    for name in FILES:
        answer = client.get(f"/s/ukraine/preregistration.{name}")
        assert answer.status_code == 404
        assert "has no preregistration" in answer.text


def test_programs_are_told_the_same(app: Flask, client: FlaskClient, folder: Path) -> None:
    edit(folder, "structure.toml", "minimum_cell = 10", "minimum_cell = 12")
    load(app, folder)
    told = client.get("/api/v1/surveys/tiny/preregistration").json
    content = client.get("/api/v1/surveys/tiny/preregistration.json").data
    assert verifies(content, b64decode(told["signature"]), public_key_of(told["public_key"].encode()))
    assert told["changes"] == [
        {"path": ["structure", "survey", "minimum_cell"], "before": 10, "after": 12, "day": "2026-11-22"}
    ]
    none = client.get("/api/v1/surveys/ukraine/preregistration")
    assert none.status_code == 404 and "has no preregistration" in none.json["detail"]


def test_invited_people_alone_read_it_where_they_alone_may_read_the_survey(
    app: Flask, client: FlaskClient, session: Session, folder: Path
) -> None:
    edit(folder, "structure.toml", 'slug = "tiny"', 'slug = "small"\nvisibility = "invited"')
    load(app, folder)
    for name in ("", *(f".{name}" for name in FILES)):
        assert client.get(f"/s/small/preregistration{name}").status_code == 404


def test_its_page_costs_no_more_statements_than_any(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        bank = read_bank(bank_folder("ukraine"))
        transaction(lambda session: load_survey(session, bank, slug="frozen").slug)
    with counting(app) as said:
        assert client.get("/s/frozen/preregistration").status_code == 200
    assert len(said) <= MOST
