"""The commands: each does one thing, prints one line, and says what to do where it can't."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey import clock
from survey.cli import main
from survey.cli.refusals import refusal
from survey.cli.server import settings_table
from survey.config import SETTINGS
from survey.models import EventLog, Membership, Participant, Publication, Survey, User
from survey.services import audit_log
from survey.services.api_tokens import find_token
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import FEW, bank_of
from tests.survey.bank import tiny


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(main, arguments)


@pytest.fixture
def few_to_play(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration asks fifteen questions: of thirty each day of it takes twice as long."""
    monkeypatch.setattr("survey.bank.loading.checked_bank", lambda _folder: bank_of(*FEW))


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("group", ["", "audit", "bank", "db", "snapshot", "survey", "task", "token", "user"])
def test_every_command_has_a_sentence_of_help(app: Flask, group: str) -> None:
    commands = main if not group else main.commands[group]
    for name, command in commands.commands.items():
        assert command.help, name
        result = run(app, *group.split(), name, "--help")
        assert result.exit_code == 0
        assert command.help.split(".")[0][:30] in result.output


def test_commands_of_others_are_not_among_ours(app: Flask) -> None:
    assert sorted(main.commands) == [
        "audit",
        "backup",
        "bank",
        "bundle",
        "db",
        "demo",
        "invite",
        "key",
        "notify",
        "publish",
        "resolve",
        "restore",
        "run",
        "settings",
        "snapshot",
        "survey",
        "task",
        "token",
        "user",
        "validate",
        "work",
    ]
    assert run(app, "users", "create").exit_code == 2


def test_a_terminal_of_another_alphabet_is_told_what_it_can_show() -> None:
    # KOI8-U, Ukraine's before UTF-8, has no ellipsis and no arrow.
    environment = {**os.environ, "PYTHONIOENCODING": "koi8-u", "PYTHONUTF8": "0"}
    told = subprocess.run(
        [sys.executable, "-c", "from survey.cli import main; main(['settings'])"],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert "postgresql+psycopg://?" in told.stdout.decode("koi8-u")


def test_settings_prints_a_line_for_each(app: Flask) -> None:
    result = run(app, "settings")
    assert result.output.strip() == settings_table()
    for setting in SETTINGS:
        assert f"`PARLEY_{setting.name}`" in result.output


class TestDatabase:
    def test_upgrading_twice_says_that_nothing_was_to_do(self, app: Flask) -> None:
        assert "as needed" in run(app, "db", "upgrade").output

    def test_a_migrated_database_has_no_fault(self, app: Flask) -> None:
        assert run(app, "db", "check").output.startswith("No fault: ")

    def test_down_and_up_again_leaves_no_difference(self, app: Flask) -> None:
        assert run(app, "db", "downgrade", "base", "--yes").exit_code == 0
        refused = run(app, "db", "check")
        assert (refused.exit_code, "run “parley db upgrade”" in refused.output) == (1, True)
        assert "none → " in run(app, "db", "upgrade").output
        assert run(app, "db", "check").exit_code == 0

    @pytest.mark.usefixtures("few_to_play")
    def test_going_down_is_refused_while_there_are_answers(self, app: Flask) -> None:
        run(app, "demo", "--people", "3")
        refused = run(app, "db", "downgrade", "base", "--yes")
        assert (refused.exit_code, "PARLEY_FORGET_ANSWERS" in refused.output) == (1, True)
        assert count(app, Participant) == 3

    def test_going_down_asks_first(self, app: Flask) -> None:
        assert "Go on?" in run(app, "db", "downgrade", "base").output
        assert count(app, Survey) == 1


class TestBank:
    def test_the_shipped_bank_has_no_fault(self, app: Flask) -> None:
        result = run(app, "bank", "check")
        assert result.exit_code == 0
        assert "28 questions" in result.output

    def test_a_bank_that_is_not_there_is_named(self, app: Flask) -> None:
        result = run(app, "bank", "check", "atlantis")
        assert (result.exit_code, "atlantis" in result.output) == (1, True)
        assert "Traceback" not in result.output

    def test_loading_again_changes_nothing(self, app: Flask) -> None:
        assert run(app, "bank", "load").output == "Survey ukraine: 28 questions\n"
        assert count(app, Survey) == 1

    def test_another_slug_is_another_survey(self, app: Flask) -> None:
        run(app, "bank", "load", "--slug", "rehearsal", "--simulated")
        with app.app_context():
            made = db.session.scalars(select(Survey).filter_by(slug="rehearsal")).one()
            assert made.simulated


class TestUser:
    def test_an_owner_is_made_once_and_logged_once(self, app: Flask) -> None:
        arguments = ("user", "create", "ann@example.org", "--owner-of", "ukraine")
        assert run(app, *arguments).output == "User ann@example.org created, owner of ukraine\n"
        assert run(app, *arguments).output == "User ann@example.org exists, owner of ukraine\n"
        assert (count(app, User), count(app, Membership), count(app, EventLog)) == (1, 1, 1)

    def test_a_password_that_is_typed_for_somebody_who_has_an_account_is_not_dropped_in_silence(
        self, app: Flask
    ) -> None:
        run(app, "user", "create", "ann@example.org")
        arguments = ["user", "create", "ann@example.org", "--owner-of", "ukraine", "--password-prompt"]
        result = app.test_cli_runner().invoke(main, arguments, input="four plain words\nfour plain words\n")
        assert result.exit_code == 1
        assert "has an account already, whose password this does not change" in result.output
        assert count(app, Membership) == 0

    def test_an_unknown_survey_makes_nobody(self, app: Flask) -> None:
        result = run(app, "user", "create", "ann@example.org", "--analyst-of", "moon")
        assert result.exit_code == 1
        assert "there is: ukraine" in result.output
        assert count(app, User) == 0

    def test_two_roles_in_one_survey_are_refused_by_their_names(self, app: Flask) -> None:
        result = run(
            app, "user", "create", "ann@example.org", "--owner-of", "ukraine", "--analyst-of", "ukraine"
        )
        assert result.exit_code == 1
        assert "one role in a survey" in result.output
        assert "--owner-of ukraine, --analyst-of ukraine" in result.output
        assert (count(app, User), count(app, Membership)) == (0, 0)

    def test_roles_in_two_surveys_are_given_at_once(self, app: Flask) -> None:
        run(app, "bank", "load", "--slug", "rehearsal", "--simulated")
        arguments = (
            "user",
            "create",
            "ann@example.org",
            "--owner-of",
            "ukraine",
            "--analyst-of",
            "rehearsal",
        )
        assert run(app, *arguments).output.endswith("created, owner of ukraine, analyst of rehearsal\n")

    def test_users_are_listed_with_their_roles(self, app: Flask) -> None:
        assert run(app, "user", "list").output == ""
        run(app, "user", "create", "bob@example.org")
        run(app, "user", "create", "ann@example.org", "--owner-of", "ukraine")
        assert (
            run(app, "user", "list").output == "ann@example.org\towner of ukraine\nbob@example.org\tno role\n"
        )
        assert run(app, "user", "list", "--survey", "ukraine").output == "ann@example.org\towner of ukraine\n"
        assert "there is: ukraine" in run(app, "user", "list", "--survey", "moon").output

    def test_no_address_is_refused_with_a_sentence(self, app: Flask) -> None:
        result = run(app, "user", "create", "ann")
        assert (result.exit_code, "Traceback" in result.output) == (2, False)

    def test_a_link_goes_to_the_public_address(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config["PARLEY"], "PUBLIC_URL", "https://parley.example.org/")
        run(app, "user", "create", "ann@example.org")
        assert run(app, "user", "link", "ann@example.org").output.startswith(
            "https://parley.example.org/sign-in/"
        )

    def test_a_link_for_nobody_says_how_to_make_somebody(self, app: Flask) -> None:
        result = run(app, "user", "link", "nobody@example.org")
        assert "parley user create nobody@example.org" in result.output


class TestPublish:
    def test_nothing_due_is_said_for_each_survey(self, app: Flask) -> None:
        assert run(app, "publish").output == "ukraine: 0 questions published\n"

    def test_a_day_that_is_not_over_is_refused(self, app: Flask) -> None:
        result = run(app, "publish", "ukraine", "--as-of", "2026-11-22")
        assert (result.exit_code, "must be a day that is over" in result.output) == (1, True)

    @pytest.mark.usefixtures("few_to_play")
    def test_a_demonstration_has_been_published_and_is_not_again(self, app: Flask) -> None:
        assert "answers of invented people" in run(app, "demo", "--people", "12").output
        made = count(app, Publication)
        assert made > 0
        assert run(app, "publish", "demo").output == "demo: 0 questions published\n"
        assert run(app, "demo").output.endswith("Survey demo: as it was\n")
        assert (count(app, Publication), count(app, Participant)) == (made, 12)


class TestLog:
    def test_a_whole_log_verifies(self, app: Flask) -> None:
        run(app, "user", "create", "ann@example.org", "--owner-of", "ukraine")
        assert run(app, "audit", "verify", "ukraine").output.startswith(
            "The log of ukraine is whole, and the store says what it does\n"
        )

    def test_the_first_broken_entry_is_named(self, app: Flask) -> None:
        def forge(session: Session) -> None:
            survey = session.scalars(select(Survey)).one()
            audit_log.record(session, survey, "first")
            forged = EventLog(
                survey_id=survey.id,
                position=2,
                at=clock.now(session),
                act="slipped in",
                detail={},
                previous_hash="0" * 64,
                hash="0" * 64,
            )
            session.add(forged)

        with app.app_context():
            transaction(forge)
        result = run(app, "audit", "verify", "ukraine")
        assert (result.exit_code, "broken at entry 2" in result.output) == (1, True)

    def test_a_row_that_was_changed_behind_the_log_is_named(self, app: Flask) -> None:
        run(app, "user", "create", "ann@example.org", "--owner-of", "ukraine")
        with app.app_context():
            transaction(lambda session: session.execute(update(Membership).values(role="analyst")))
        result = run(app, "audit", "verify", "ukraine")
        assert result.exit_code == 1
        assert "role 1: role is 'owner' in the log, 'analyst' in the store" in result.output

    @pytest.mark.parametrize("format_", ["csv", "jsonl"])
    def test_a_log_is_taken_out_with_what_its_hashes_are_of(self, app: Flask, format_: str) -> None:
        run(app, "user", "create", "ann@example.org", "--owner-of", "ukraine")
        text = run(app, "audit", "export", "ukraine", "--format", format_).output
        rows = (
            list(csv.DictReader(StringIO(text)))
            if format_ == "csv"
            else list(map(json.loads, text.splitlines()))
        )
        for row in rows:
            detail = json.loads(row["detail"]) if format_ == "csv" else row["detail"]
            user, at = int(row["user"]) if row["user"] else None, datetime.fromisoformat(row["at"])
            again = audit_log.entry_hash(
                row["previous_hash"], int(row["position"]), at, user, row["act"], detail
            )
            assert again == row["hash"]
        assert [row["act"] for row in rows][-1] == "grant"


@pytest.mark.usefixtures("few_to_play")
@pytest.mark.parametrize("moment", [datetime(2027, 7, 15, 1, tzinfo=UTC), datetime(2031, 1, 2, tzinfo=UTC)])
def test_commands_do_not_mind_the_calendar(app: Flask, moment: datetime) -> None:
    with clock.at(moment):
        assert run(app, "bank", "load").exit_code == 0
        assert run(app, "demo", "--people", "3").exit_code == 0


class TestToken:
    def test_a_new_token_is_all_that_is_printed(self, app: Flask) -> None:
        run(app, "user", "create", "olena@example.org", "--owner-of", "ukraine")
        made = run(app, "token", "create", "olena@example.org", "--survey", "ukraine", "--scope", "run")
        with app.app_context():
            known = find_token(db.session, made.output.strip())
            assert known is not None
            assert (known.scopes, known.expires_at) == (["run"], None)

    def test_one_to_write_with_is_for_no_single_survey(self, app: Flask) -> None:
        run(app, "user", "create", "olena@example.org")
        made = run(app, "token", "create", "olena@example.org", "--write")
        with app.app_context():
            known = find_token(db.session, made.output.strip())
            assert known is not None
            assert (known.survey_id, known.scopes) == (None, ["write"])

    @pytest.mark.parametrize("more", [(), ("--write", "--survey", "ukraine")])
    def test_it_is_for_one_survey_or_to_write_with(self, app: Flask, more: tuple[str, ...]) -> None:
        run(app, "user", "create", "olena@example.org")
        assert "--survey SLUG" in run(app, "token", "create", "olena@example.org", *more).output

    def test_it_expires_after_the_days_it_is_given(self, app: Flask) -> None:
        run(app, "user", "create", "olena@example.org", "--analyst-of", "ukraine")
        made = run(app, "token", "create", "olena@example.org", "--survey", "ukraine", "--days", "2")
        with app.app_context():
            known = find_token(db.session, made.output.strip())
            assert known is not None
            assert known.scopes == ["export", "run"]
            assert known.expires_at == TODAY + timedelta(days=2)

    def test_nobody_without_a_role_gets_one(self, app: Flask) -> None:
        run(app, "user", "create", "olena@example.org")
        refused = run(app, "token", "create", "olena@example.org", "--survey", "ukraine")
        assert (refused.exit_code, "no role in the survey" in refused.output) == (1, True)

    def test_who_is_not_there_is_said(self, app: Flask) -> None:
        refused = run(app, "token", "create", "olena@example.org", "--survey", "ukraine")
        assert (refused.exit_code, "parley user create" in refused.output) == (1, True)


def test_the_check_of_a_bank_gives_advice_on_its_words(tmp_path: Path) -> None:
    """In a terminal of its own: no application stands behind it."""
    folder = tiny.write(tmp_path / "tiny")
    shown = CliRunner().invoke(main, ["bank", "check", str(folder)]).output.splitlines()
    assert shown[0] == "tiny: 1 theme, 8 questions"
    assert shown[5].startswith("advice: en.question.rain.criteria: no deadline: Name the last day")


def test_a_database_that_gives_no_reason_ends_a_command_with_a_sentence_too(app: Flask) -> None:
    silent = OperationalError("SELECT 1", {}, ConnectionAbortedError(""))
    sentence = refusal(silent, ScriptInfo(create_app=lambda: app))
    assert sentence is not None
    assert sentence.endswith("can't be used: ConnectionAbortedError. What it refused was not stored.")
