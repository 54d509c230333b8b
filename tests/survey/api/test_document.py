"""The OpenAPI document tells the truth: whatever it allows is answered as it says, and nothing breaks the program."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from sqlalchemy.orm import Session

from survey import clock
from survey.services import task_work
from survey.services.api_tokens import create_token, create_writing_token, issue_token
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, fresh, make_app
from tests.factories import someone, the_survey
from tests.skips import EVERYTHING
from tests.survey.outcomes import member

from .caller import Caller
from .test_callers import ENDING, MATRIX

DOCUMENT = "/api/v1/openapi.json"

#: Operations that need the token of a user with a role.
OF_MEMBERS = {
    "publish_due",
    "coherence_of_people",
    "resolve",
    "list_proposals",
    "decide_proposal",
    "freeze_snapshot",
    "snapshot_task",
    "disclosure_report",
    "cancel_task",
    "list_snapshots",
    "forecasts_long",
    "forecast_rows",
    "questions_table",
    "bundle",
}
#: Operations that need a token to write with.
OF_WRITERS = {name for name, (_method, path, *_rest) in MATRIX.items() if path.startswith("/drafts")}

#: What stands in an address for there to be something.
KNOWN = {"slug": "ukraine", "key": "leaders-meet", "scenario": "headline", "number": 1, "format_": "json"}
#: Invented data is no language, code, field or outcome that there is; nothing is published, preregistered or stands.
NEVER_BY_CHANCE = {
    "join",
    "come_back",
    "forecast",
    "affirm",
    "withdraw",
    "resolve",
    "decide_proposal",
    "crowd_of_question",
    "leaderboard",
    "chances_of_scenario",
    "preregistration",
    "preregistered_file",
    "begin_draft",
    "replace_draft",
    "edit_draft",
    "plan_import",
    "import_file",
    "open_draft",
    "delete_draft",
}

#: Every header that the document names, and those of any request.
HEADERS = {"authorization", "if-match", "idempotency-key", "accept", "accept-language", "content-type"}

#: Calls for each operation, and chains of calls along the document's links; bounded, so that the suite stays quick.
CALLS = settings(
    max_examples=12 if EVERYTHING else 4,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHAINS = settings(CALLS, max_examples=40, stateful_step_count=8)


class Tokens:
    """A participant's token, an owner's, one to write with, and a fresh one for each call that ends its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.kept = {role: self.make(role) for role in ("participant", "owner", "writer")}

    def make(self, role: str) -> str:
        def work(session: Session) -> str:
            if role == "participant":
                return issue_token(session, someone(session))
            if role == "writer":
                return create_writing_token(session, member(session, "owner", "writer@example.org"))
            return create_token(session, member(session, role), the_survey(session))

        with self.app.app_context():
            return transaction(work)

    def of(self, operation: str) -> str:
        if operation in ENDING:
            return self.make("participant")
        if operation in OF_WRITERS:
            return self.kept["writer"]
        return self.kept["owner" if operation in OF_MEMBERS else "participant"]


@pytest.fixture(scope="module")
def document(sqlite_few: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document of one application for all calls."""
    with served(sqlite_few, tmp_path_factory.mktemp("document")) as app:
        yield document_of(app)


@contextmanager
def served(template: Path, folder: Path) -> Iterator[Flask]:
    """An application whose survey nobody has called anything about."""
    shutil.copy(template, folder / "parley.sqlite")
    app = make_app(f"sqlite:///{folder / 'parley.sqlite'}", folder)
    yield app
    with app.app_context():
        db.engine.dispose()


def document_of(app: Flask) -> Any:
    """The document, with a token for each operation that takes one."""
    config = schemathesis.Config.from_dict(
        # A body right by its schema may still not fit the question it is for: the document says 422.
        {
            "checks": {
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "403", "404", "409", "410", "412", "422"]
                }
            }
        }
    )
    with clock.at(TODAY), app.app_context():
        tokens = Tokens(app)
        task_work.run(
            transaction(lambda session: task_work.ask_snapshot(session, the_survey(session), None).id)
        )
        schema = schemathesis.openapi.from_wsgi(DOCUMENT, app, config=config)

    @schema.auth(refresh_interval=None)
    class _Bearer:
        def get(self, case: Any, context: Any) -> str:
            return tokens.of(case.operation.definition.raw["operationId"])

        def set(self, case: Any, token: str, context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}

    return schema


@pytest.mark.parametrize("operation", MATRIX)
def test_what_the_document_allows_is_answered_as_it_says(document: Any, operation: str) -> None:
    path = document.find_operation_by_id(operation).path
    known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in path}
    statuses = answers(document, operation, GenerationMode.POSITIVE, path_parameters=known or None)
    # The test would be blind if nothing came through.
    assert any(200 <= status < 300 for status in statuses) or operation in NEVER_BY_CHANCE, statuses


@pytest.mark.parametrize("operation", sorted(MATRIX.keys() - {"list_surveys", "revoke"}))
def test_what_the_document_does_not_allow_is_refused_as_it_says(document: Any, operation: str) -> None:
    assert not any(200 <= status < 300 for status in answers(document, operation, GenerationMode.NEGATIVE))


def answers(document: Any, operation: str, mode: GenerationMode, **known: Any) -> set[int]:
    """Call an operation with invented data, check every answer by the document; the statuses there were."""
    statuses: set[int] = set()
    calls = document.find_operation_by_id(operation).as_strategy(generation_mode=mode, **known)

    @CALLS
    @given(case=calls)
    def answers_as_it_says(case: Any) -> None:
        # A header that nobody knows is no wrong call: whatever stands between may add some.
        assume(mode is GenerationMode.POSITIVE or {name.lower() for name in case.headers or ()} <= HEADERS)
        statuses.add(case.call_and_validate().status_code)

    answers_as_it_says()
    return statuses


@pytest.mark.long
def test_chains_of_calls_answer_as_the_document_says(sqlite_few: Path, tmp_path: Path) -> None:
    with served(sqlite_few, tmp_path) as app:
        went_well = draw_chains(document_of(app), Beginning(app, tmp_path))
    # Which operations a chain reaches is a matter of draws, that it reaches some is not; test_links.py follows each.
    assert len(went_well) > 6, went_well


class Beginning:
    """What an application has stored before a chain of calls.

    What a call is answered hangs on those before it. Hypothesis draws on where a chain drawn earlier has begun, and
    would call it inconsistent where the same calls meet other answers.
    """

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder
        self.close()
        self.kept = Path(shutil.copy(folder / "parley.sqlite", folder / "beginning"))

    def close(self) -> None:
        """The last connection that ends leaves one whole file."""
        with self.app.app_context():
            db.engine.dispose()

    def restore(self) -> None:
        """What was called since has not been."""
        self.close()
        fresh(self.folder, self.kept)


def draw_chains(document: Any, beginning: Beginning) -> set[str]:
    """Follow the document's links from call to call; the operations that went well."""
    went_well = set()

    class Chains(document.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            beginning.restore()

        def before_call(self, case: Any) -> None:
            """Invented values fit no question: each forecast is a right one to the question of the examples."""
            if name_of(case) == "forecast":
                case.path_parameters = {"slug": KNOWN["slug"], "key": KNOWN["key"]}
                case.body = {"values": {"p-yes": 0.125}}

        def validate_response(self, response: Any, case: Any, **more: Any) -> None:
            if response.status_code < 300:
                went_well.add(name_of(case))
            super().validate_response(response, case, **more)

    run_state_machine_as_test(Chains, settings=CHAINS)
    return went_well


def name_of(case: Any) -> str:
    """The operation a case calls."""
    name: str = case.operation.definition.raw["operationId"]
    return name


@pytest.fixture
def told(nobody: Caller) -> Any:
    """The document as it is served."""
    return nobody.get("/openapi.json").json


def test_every_operation_says_what_it_does_and_how_it_refuses(told: Any) -> None:
    for path in told["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                assert operation["summary"] and operation["tags"], operation
                assert {"404", "422", "503"} <= operation["responses"].keys()


def test_every_field_is_described(told: Any) -> None:
    for name, schema in told["components"]["schemas"].items():
        for field, facts in schema["properties"].items():
            assert facts.get("description"), (name, field)


def test_every_tag_is_described_and_used(told: Any) -> None:
    used = {
        tag
        for path in told["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
        for tag in operation["tags"]
    }
    assert {tag["name"] for tag in told["tags"] if tag["description"]} == used


def test_the_document_is_of_openapi_3_1_and_not_kept_by_caches(nobody: Caller) -> None:
    response = nobody.get("/openapi.json")
    assert response.json["openapi"].startswith("3.1")
    assert response.headers["Cache-Control"] == "no-store"
