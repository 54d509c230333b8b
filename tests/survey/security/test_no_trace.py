"""Whoever erases everything leaves no trace: not in the database's files, the outbox, the exports, or a log.

Words that occur nowhere else go into every field a person can fill, through a fault of the program and a refused
form too. Before erasing they are found where they should be (or the search is blind), after it nowhere. In the
logs they are never.
"""

import logging
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import make_url, select, text
from sqlalchemy.orm import Session

from survey.models import BackgroundAnswer, BackgroundQuestion, Base, Participant, Submission
from survey.notifications import messages
from survey.security import log_redaction
from survey.services import snapshots
from survey.store.engine import db
from survey.web.participant import forecast
from tests.factories import on, say_and_read, someone, the_question, the_survey
from tests.survey.web.visitor import Visitor

#: Something in each field that cannot be taken for anything else.
REASON, UNCLEAR, REPORT, BACKGROUND = (
    f"canary{word}7391" for word in ("reason", "unclear", "report", "background")
)
ADDRESS = "canaryaddress7391@example.org"
AGENT, FORWARDED, REFERRER = "canaryagent7391", "203.0.113.77", "https://canaryreferrer7391.example.org/"
QUERY, REFUSED, FAULT = "canaryquery7391", "canaryrefused7391", "canaryfault7391"
STORED = (REASON, UNCLEAR, REPORT, BACKGROUND, ADDRESS)
NEVER_STORED = (AGENT, FORWARDED, "canaryreferrer7391", QUERY, REFUSED, FAULT)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that any logger says, errors with their stacks, as a terminal would have it."""
    told = StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(log_redaction.Discreet("%(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    former = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.removeHandler(handler)
    root.setLevel(former)


@pytest.fixture
def visitor(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody who has filled every field there is, was refused once, and met a fault of ours."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    _leave_only_this_database(app)
    client = app.test_client()
    client.environ_base |= {
        "HTTP_USER_AGENT": AGENT,
        "HTTP_X_FORWARDED_FOR": FORWARDED,
        "REMOTE_ADDR": FORWARDED,
        "HTTP_REFERER": REFERRER,
    }
    visitor = Visitor(client).join()
    visitor.get(f"themes?name={QUERY}")
    visitor.answers("binary", rationale=REASON)
    visitor.answers("binary", **{"p-yes": REFUSED})
    visitor.post("letters/address", {"address": ADDRESS})
    visitor.post("q/cyber/unclear", {"text": UNCLEAR})
    _give_the_rest(session)
    _provoke_a_fault(visitor, monkeypatch)
    return visitor


def _leave_only_this_database(app: Flask) -> None:
    """The folder is shared by tests: another database's file, or letters of another test, are not meant."""
    folder = Path(app.config["PARLEY"]["INSTANCE"])
    own = str(app.config["SQLALCHEMY_ENGINES"]["default"]["url"]).removeprefix("sqlite:///")
    for path in folder.rglob("*"):
        if path.is_file() and not str(path).startswith(own):
            path.unlink()


def _give_the_rest(session: Session) -> None:
    """What a page of this survey does not ask: a report and a background answer."""
    session.rollback()
    person = session.scalars(select(Participant)).one()
    other = someone(session)
    act = say_and_read(session, other, the_question(session, "leaders-meet"), rationale="A view of another.")
    from survey.services.moderation import _mark

    _mark(session, act.id, "report", participant=person, reason=REPORT)
    asked = BackgroundQuestion(survey_id=person.survey_id, key="canary-field", kind="text", position=99)
    session.add(asked)
    session.flush()
    session.add(
        BackgroundAnswer(
            participant_id=person.id,
            background_question_id=asked.id,
            revision=1,
            survey_id=person.survey_id,
            value=BACKGROUND,
            answered_at=on(22),
        )
    )
    session.commit()


def _provoke_a_fault(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that carries what was typed in its own words, as errors of databases do."""

    def fail(*arguments: object, **more: object) -> None:
        raise RuntimeError(f"row {FAULT} {REASON} {ADDRESS} cannot be stored")

    with monkeypatch.context() as broken:
        broken.setattr(forecast, "transaction", fail)
        assert visitor.answers("binary", rationale=FAULT).status_code == 500


def kept_in_files(app: Flask) -> bytes:
    """All bytes of the instance folder: database, its log, outbox, whatever else is made there."""
    folder = Path(app.config["PARLEY"]["INSTANCE"])
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def kept_in_tables(session: Session) -> str:
    """Every column of every table as text."""
    session.rollback()
    rows: list[Any] = []
    for table in Base.metadata.tables:
        rows += session.execute(text(f'SELECT * FROM "{table}"')).all()
    return repr(rows)


def found(app: Flask, session: Session) -> set[str]:
    """The canaries that are stored anywhere."""
    tables, files = kept_in_tables(session), kept_in_files(app)
    return {word for word in (*STORED, *NEVER_STORED) if word in tables or word.encode() in files}


@pytest.mark.store
def test_who_erases_by_code_leaves_no_trace(
    app: Flask, session: Session, visitor: Visitor, log: StringIO
) -> None:
    # The control: what was given is there, and is seen by this search.
    assert found(app, session) == set(STORED)
    session.rollback()
    code_hash = session.scalars(select(Participant.code_hash).order_by(Participant.id)).first()
    assert code_hash in kept_in_tables(session)

    stranger = Visitor(app.test_client())
    assert stranger.post("return", {"code": visitor.code}).status_code == 303
    assert stranger.post("erase", {"sure": "yes"}).status_code == 303

    assert found(app, session) == set()
    assert str(code_hash) not in kept_in_tables(session)
    assert str(code_hash).encode() not in kept_in_files(app)
    # The other person is where they were.
    assert session.scalars(select(Submission)).one().rationale is not None


def test_pages_of_old_answers_do_not_stay_in_the_embedded_database(
    app: Flask, session: Session, visitor: Visitor
) -> None:
    """The control of the file search: without the emptied log the words are still on the disk."""
    if make_url(app.config["SQLALCHEMY_ENGINES"]["default"]["url"]).get_backend_name() != "sqlite":
        assert session.get_bind().dialect.name == "postgresql"
        return
    from survey.services.erasure import erase

    session.rollback()
    erase(session, session.scalars(select(Participant).order_by(Participant.id)).first())  # type: ignore[arg-type]
    session.commit()
    assert REASON.encode() in kept_in_files(app)
    db.session.rollback()
    from survey.store.health import truncate_wal

    truncate_wal(session)
    assert REASON.encode() not in kept_in_files(app)


@pytest.mark.store
@pytest.mark.usefixtures("log")
def test_no_log_ever_holds_what_somebody_gave(log: StringIO, visitor: Visitor) -> None:
    told = log.getvalue()
    # The control: the fault was noted, with its place and without its words.
    assert "RuntimeError" in told and "POST /s/<slug>/q/<key>" in told
    for word in (*STORED, *NEVER_STORED, visitor.code, visitor.slug):
        assert word not in told, word


def test_the_usual_way_of_logging_would_have_told(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """The control of the one above: Flask's own note has the address and the error's words."""
    with app.test_request_context(f"/i/{QUERY}"):
        try:
            raise RuntimeError(FAULT)
        except RuntimeError as error:
            Flask.log_exception(app, (type(error), error, error.__traceback__))
            assert FAULT in caplog.text and QUERY in caplog.text
            caplog.clear()
            app.log_exception((type(error), error, error.__traceback__))
            assert "RuntimeError" in caplog.text
            assert FAULT not in caplog.text and QUERY not in caplog.text


@pytest.mark.store
def test_a_refused_statement_is_told_without_its_values(session: Session) -> None:
    with pytest.raises(Exception) as refused:
        session.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": REASON})
    session.rollback()
    assert REASON not in log_redaction.outline(refused.value)
    assert REASON not in str(refused.value)


def test_a_snapshot_made_before_is_given_out_no_more(app: Flask, session: Session, visitor: Visitor) -> None:
    from survey import clock

    with clock.at(on(24)):
        held = snapshots.freeze(session, the_survey(session), app.config["PARLEY"], as_of=on(23).date())
        session.commit()
    assert visitor.post("erase", {"sure": "yes"}).status_code == 303
    session.refresh(held)
    assert held.withdrawn_at is not None


def test_letters_to_others_and_of_other_surveys_stay(app: Flask, session: Session, visitor: Visitor) -> None:
    from survey.notifications import transport

    survey = the_survey(session)
    transport.send("neighbour@example.org", "News", "n", {"List-Id": messages.list_id(survey)})
    transport.send(ADDRESS, "Other", "o", {"List-Id": "<other.surveys.parley>"})
    folder = Path(app.config["PARLEY"]["INSTANCE"]) / "outbox"
    before = len(list(folder.glob("*.eml")))
    visitor.post("letters/remove")
    assert len(list(folder.glob("*.eml"))) == before - 1
    for path in folder.glob("*.eml"):
        path.unlink()


def test_an_error_that_a_library_logs_is_told_without_its_words() -> None:
    try:
        raise ValueError(REFUSED)
    except ValueError:
        record = logging.LogRecord("a library", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
    told = log_redaction.Discreet().format(record)
    assert "it failed" in told and "ValueError" in told
    assert REFUSED not in told
