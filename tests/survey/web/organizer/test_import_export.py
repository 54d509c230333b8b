"""Questions come in through the page: looked at, imported as they were looked at, taken back; and out again."""

import base64
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.bank.interchange import read_file
from survey.bank.standard import check_standard
from survey.models import SurveyDraft
from survey.services import accounts, drafts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.bad_inputs.test_files import FIELD
from tests.survey.bank.storing import whole_bank
from tests.survey.web.organizer.test_editor import document, press
from tests.survey.web.organizer.test_pages import sign_in

OLENA = "olena@example.org"
IMPORT = "/s/weather/organize/import"
RAIN = "id,title,type,closes_at\nrain,Will it <b>rain</b>?,binary,2027-07-01T00:00Z\n"
STUDY = Path(__file__).parents[2] / "bank" / "ai_rules.toml"


@pytest.fixture
def writer(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    """A browser in which somebody writes a survey without a question."""
    with app.app_context():
        begin(app)
        db.session.close()
    sign_in(app, client, OLENA)
    yield client


def begin(app: Flask, slug: str = "weather") -> None:
    blank = drafts.blank_document("The weather", "en")
    transaction(
        lambda session: (
            drafts.start(
                session,
                accounts.user_by_email(session, OLENA) or accounts.create_user(session, OLENA),
                slug,
                blank,
            ).id
        )
    )


def look(client: FlaskClient, text: str, status: int = 200) -> str:
    page = client.post(IMPORT, data={"pasted": text})
    assert page.status_code == status, page.text
    return page.text


def confirmed(page: str) -> dict[str, str]:
    return dict(FIELD.findall(page))


def keys(app: Flask) -> list[str]:
    return [one["key"] for one in document(app, "weather")["structure"]["question"]]


def test_what_is_pasted_is_told_then_imported_then_taken_back(app: Flask, writer: FlaskClient) -> None:
    page = look(writer, RAIN)
    assert "Will it &lt;b&gt;rain&lt;/b&gt;?" in page
    assert "UTF-8" in page
    assert keys(app) == []
    answer = writer.post(f"{IMPORT}/commit", data=confirmed(page))
    assert (answer.status_code, answer.location) == (303, "/write/weather/questions")
    assert keys(app) == ["rain"]
    press(writer, "weather", "undo")
    assert keys(app) == []
    assert document(app, "weather")["words"]["en"]["question"] == {}


def test_the_same_once_more_changes_nothing(app: Flask, writer: FlaskClient) -> None:
    writer.post(f"{IMPORT}/commit", data=confirmed(look(writer, RAIN)))
    assert "there is nothing to import" in look(writer, RAIN)


def test_a_refused_file_names_its_rows_and_stands_in_the_box(app: Flask, writer: FlaskClient) -> None:
    page = look(writer, RAIN + "sun,<script>x</script>,sunny,never\n", 422)
    assert "<b>row 3</b>" in page
    assert "<script>x" not in page
    assert "sun,&lt;script&gt;x" in page
    assert keys(app) == []


def test_other_bytes_or_another_draft_than_were_looked_at_are_not_imported(
    app: Flask, writer: FlaskClient
) -> None:
    looked_at = confirmed(look(writer, RAIN))
    others = base64.b64encode(zlib.compress(RAIN.replace("rain", "snow").encode())).decode()
    assert writer.post(f"{IMPORT}/commit", data=looked_at | {"kept": others}).status_code == 409
    for kept in ("", "x", "AAAA"):
        assert writer.post(f"{IMPORT}/commit", data=looked_at | {"kept": kept}).status_code == 422
    press(writer, "weather", "add", noun="theme", kind="", title="Weather")
    again = writer.post(f"{IMPORT}/commit", data=looked_at)
    assert again.status_code == 409
    assert keys(app) == []
    assert writer.post(f"{IMPORT}/commit", data=confirmed(again.text)).status_code == 303
    assert keys(app) == ["rain"]


def test_what_unpacks_to_more_than_a_file_may_be_is_not_unpacked(app: Flask, writer: FlaskClient) -> None:
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000), 9)).decode()
    looked_at = confirmed(look(writer, RAIN))
    assert writer.post(f"{IMPORT}/commit", data=looked_at | {"kept": bomb}).status_code == 422
    assert keys(app) == []


@pytest.mark.parametrize("format_", ["toml", "json", "xlsx"])
def test_a_second_study_goes_out_and_into_an_empty_instance_as_the_same_survey(
    app: Flask, writer: FlaskClient, format_: str
) -> None:
    study = read_file(STUDY.read_bytes(), "toml").document
    assert study is not None
    study["structure"]["survey"]["slug"] = "weather"
    assert len(whole_bank(study).questions) == 25
    assert check_standard(whole_bank(study)) == []
    writer.post(f"{IMPORT}/commit", data=confirmed(look(writer, STUDY.read_text(encoding="utf-8"))))
    out = writer.get(f"/s/weather/organize/export.{format_}")
    assert re.search(rf'filename="weather\.{format_}"', out.headers["Content-Disposition"])
    with app.app_context():
        transaction(lambda session: drafts.delete(session, session.scalars(select(SurveyDraft)).one()))
        begin(app)
        db.session.close()
    sent = {"questions_file": (BytesIO(out.data), f"study.{format_}")}
    page = writer.post(IMPORT, data=sent).text
    assert writer.post(f"{IMPORT}/commit", data=confirmed(page)).status_code == 303
    assert whole_bank(document(app, "weather")) == whole_bank(study)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "toml"])
def test_a_template_is_there_to_be_written_over(writer: FlaskClient, format_: str) -> None:
    given = read_file(writer.get(f"{IMPORT}/template.{format_}").data, format_)
    assert given.document is not None or len(given.entries) == 7


def test_nobody_else_finds_the_pages(app: Flask, writer: FlaskClient) -> None:
    stranger = app.test_client()
    for path in ("import", "import/template.csv", "export.csv"):
        assert stranger.get(f"/s/weather/organize/{path}").status_code == 404
        assert writer.get(f"/s/weather/organize/{path}").status_code == 200
    assert writer.get(f"{IMPORT}/template.json").status_code == 404
    assert stranger.post(IMPORT, data={"pasted": RAIN}).status_code == 404
