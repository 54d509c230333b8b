"""The floor of accepting a forecast: a bare Flask view, the indispensable statements as text, one commit.

Same token look-up, same locks, same writer queue, same server, database and durability as the application; no
objects, no forms, no words. `two-inserts` leaves out every look-up but the token's.
"""

import hashlib
import json

from flask import Flask, request
from sqlalchemy import Connection, text

from survey import clock
from survey.config import asset_dir, flask_config, read_settings
from survey.store.engine import db, init_database
from survey.store.transaction import _turn_to_write

TOKEN = text(
    "SELECT t.participant_id, p.survey_id, p.erased_on FROM api_token t JOIN participant p"
    " ON p.id = t.participant_id WHERE t.token_hash = :hash AND t.revoked_at IS NULL"
)
CONSENT = text("SELECT 1 FROM consent WHERE participant_id = :person")
KNOWN = text("SELECT revision FROM submission WHERE participant_id = :person AND idempotency_key = :key")
LOOK_UPS = (
    "SELECT opens_at, closes_at FROM survey WHERE id = :survey",
    "SELECT id, outcome_option_id FROM resolution WHERE question_id = :question",
)
LAST = text("SELECT max(revision) FROM submission WHERE participant_id = :person AND question_id = :question")
QUESTION = text(
    "SELECT q.id, v.id, o.id, r.id, q.closes_at FROM question q JOIN question_version v ON v.question_id = q.id"
    " JOIN option o ON o.question_id = q.id JOIN round r ON r.survey_id = q.survey_id"
    " WHERE q.key = :key AND q.survey_id = :survey"
)
SUBMISSION = text(
    "INSERT INTO submission (survey_id, participant_id, question_id, question_version_id, round_id, revision, action,"
    " received_at, idempotency_key, body_hash, input_format, crowd_seen, language) VALUES (:survey, :person,"
    " :question, :version, :round, :revision, 'update', :now, :key, :hash, 'fraction', :seen, 'en') RETURNING id"
)
FORECAST = text(
    "INSERT INTO forecast (submission_id, option_id, part, survey_id, question_id, value, entered)"
    " VALUES (:submission, :option, 'p', :survey, :question, :value, :entered)"
)


def create_floor(bare: bool) -> Flask:
    """The application of the floor; `bare` writes without looking anything up but the token."""
    app = Flask(__name__)
    app.config.update(flask_config(read_settings()), PARLEY_MIGRATIONS=str(asset_dir("migrations")))
    init_database(app)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/api/v1/surveys/<slug>/questions/<key>/forecasts")
    def forecast(slug: str, key: str) -> tuple[dict[str, object], int]:
        value = float(request.get_json()["values"]["p-yes"])
        token = request.headers["Authorization"].removeprefix("Bearer ")
        with _turn_to_write(db.session):
            revision = _store(db.session.connection(), token, key, value, bare)
            db.session.commit()
        return {"revision": revision}, 201

    return app


def _store(connection: Connection, token: str, key: str, value: float, bare: bool) -> int:
    digest = hashlib.sha256(token.encode()).hexdigest()
    person, survey, _ = connection.execute(TOKEN, {"hash": digest}).one()
    question, version, option, round_id, _ = connection.execute(
        QUESTION, {"key": key, "survey": survey}
    ).first()  # type: ignore[misc]
    facts = {"survey": survey, "person": person, "question": question, "version": version, "round": round_id}
    facts |= {"key": request.headers["Idempotency-Key"], "seen": False, "hash": digest}
    if not bare:
        _look_up(connection, facts)
    revision = (connection.execute(LAST, facts).scalar() or 0) + 1
    now = clock.now()
    if connection.dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    told = facts | {"revision": revision, "now": str(now)}
    submission = connection.execute(SUBMISSION, told).scalar_one()
    row = facts | {"submission": submission, "option": option, "value": value, "entered": json.dumps(value)}
    connection.execute(FORECAST, row)
    return int(revision)


def _look_up(connection: Connection, facts: dict[str, object]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:person, :question)"), facts)
        connection.execute(text("SELECT closes_at FROM question WHERE id = :question FOR SHARE"), facts)
        connection.execute(text("SELECT erased_on FROM participant WHERE id = :person FOR SHARE"), facts)
    connection.execute(KNOWN, facts)
    connection.execute(CONSENT, facts)
    for look_up in LOOK_UPS:
        connection.execute(text(look_up), facts)
