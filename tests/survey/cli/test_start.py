"""How a command begins: what it imports before it answers, what of the application it needs, what its help is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from survey.cli import main
from survey.cli.accounts import SCOPES
from survey.cli.root import _application
from survey.config import WeakSetting
from survey.services.api_tokens import USER_SCOPES
from survey.store.engine import db
from tests.conftest import make_app
from tests.factories import FEW, bank_of
from tests.folding import folded

#: What takes long to import, and no help needs.
HEAVY = {"alembic", "babel", "cryptography", "flask_security", "numpy", "scipy", "sqlalchemy", "vl_convert"}


def ways(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """Every group and command, as it is typed."""
    yield before
    for name, command in group.commands.items():
        yield from (ways(command, *before, name) if isinstance(command, click.Group) else [(*before, name)])


WAYS = list(ways(main))


def started(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that runs the code, whatever the suite has imported."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


LISTED = """
import sys
from survey.cli import main
for arguments in {given!r}:
    try:
        main(arguments)
    except SystemExit as ended:
        assert not ended.code, arguments
print("imported:", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def imported_for(*given: list[str]) -> set[str]:
    """The packages in memory after all these commands."""
    ended = started(LISTED.format(given=given))
    assert ended.returncode == 0, ended.stderr
    return set(ended.stdout.rpartition("imported:")[2].split())


def test_help_and_version_import_nothing_heavy() -> None:
    assert imported_for(["--version"], *([*way, "--help"] for way in WAYS)) & HEAVY == set()


def test_the_settings_are_printed_without_a_database() -> None:
    assert imported_for(["settings"]) & HEAVY == set()


def test_an_import_that_is_heavy_would_be_noticed() -> None:
    assert "numpy" in imported_for(["bank", "check"])


ON_A_STORE = """
import sys
from survey.cli import main
for command in {given!r}:
    try:
        main(command)
    except SystemExit as ended:
        assert not ended.code
    print("imported:", *sorted(sys.modules))
"""


def test_a_command_on_the_store_opens_no_door_and_computes_nothing(database: str, tmp_path: Path) -> None:
    """All in one process: what any imports of those is told of each."""
    commands = [["audit", "verify", "ukraine"], ["invite", "ukraine", "--batch", "one"], ["notify"]]
    ended = started(
        ON_A_STORE.format(given=commands), PARLEY_DATABASE_URL=database, PARLEY_INSTANCE=str(tmp_path)
    )
    assert ended.returncode == 0, ended.stderr
    loaded = set(ended.stdout.rpartition("imported:")[2].split())
    assert (
        loaded
        & {
            "alembic",
            "flask_limiter",
            "flask_smorest",
            "scipy",
            "survey.api",
            "survey.web",
            "vl_convert",
            "waitress",
        }
        == set()
    )


@pytest.fixture
def without_doors(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application as a command has it."""
    made = make_app(app.config["SQLALCHEMY_ENGINES"]["default"]["url"], tmp_path, doors=False)
    yield made
    with made.app_context():
        db.engine.dispose()


#: Of whoever answers requests there are these among others.
PAGES = {"public.front", "participant.themes", "organizer.overview"}


def pages_of(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()} & PAGES


#: In this order on one application and one store: none needs another but for the user that the last asks for.
@folded
@pytest.mark.parametrize(
    "command",
    [
        "bank load",
        "db check",
        "db upgrade",
        "demo --people 2",
        "invite ukraine --batch one",
        "audit verify ukraine",
        "publish",
        "token create ann@example.org --survey ukraine",
        "user create bob@example.org --organizer-of ukraine",
        "user link ann@example.org",
    ],
)
def test_a_command_needs_no_page_of_the_application(
    without_doors: Flask, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    # What they load is of fifteen questions: a demonstration of thirty takes twice as long to play and to publish.
    monkeypatch.setattr("survey.bank.loading.checked_bank", lambda _folder: bank_of(*FEW))
    runner = without_doors.test_cli_runner()
    known = runner.invoke(main, ["user", "create", "ann@example.org", "--owner-of", "ukraine"])
    assert known.exit_code == 0 or "already" in known.output
    result = runner.invoke(main, command.split(), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert pages_of(without_doors) == set()


def test_a_letter_opens_the_doors_that_its_links_lead_to_and_where_none_is_due_they_stay_shut(
    without_doors: Flask, tmp_path: Path
) -> None:
    runner, people = without_doors.test_cli_runner(), tmp_path / "people.csv"
    assert runner.invoke(main, ["notify"]).output == "0 noted, 0 emails sent\n"
    assert pages_of(without_doors) == set()
    people.write_text("address,group,language\nolha@example.org,,en\n")
    asked = runner.invoke(main, ["invite", "ukraine", "--batch", "one", "--from", str(people), "--mail"])
    assert (asked.exit_code, pages_of(without_doors)) == (0, set()), asked.output
    for sent in (1, 0):
        assert runner.invoke(main, ["notify"]).output == f"0 noted, {sent} email{'s' * (not sent)} sent\n"
    (letter,) = (tmp_path / "outbox").glob("*.eml")
    assert "/i/" in letter.read_text() and pages_of(without_doors) == PAGES


def test_an_application_without_doors_answers_nobody(without_doors: Flask) -> None:
    assert without_doors.test_client().get("/s/ukraine/themes").status_code == 404


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_h_is_help_everywhere(way: tuple[str, ...]) -> None:
    asked = [CliRunner().invoke(main, [*way, flag], prog_name="parley") for flag in ("-h", "--help")]
    assert [result.exit_code for result in asked] == [0, 0]
    assert asked[0].output == asked[1].output != ""


def words(text: str) -> str:
    return " ".join(text.split())


FLAGS = {"help_option_names": main.context_settings["help_option_names"]}


@pytest.mark.parametrize("way", [way for way in WAYS if len(way) < 2], ids=" ".join)
def test_the_list_of_commands_says_each_in_a_whole_sentence(way: tuple[str, ...]) -> None:
    group: click.Command = main.commands[way[0]] if way else main
    if not isinstance(group, click.Group):
        return
    told = words(CliRunner().invoke(main, [*way, "--help"], prog_name="parley").output)
    assert "..." not in told.replace("[ARGS]...", "")
    for command in group.commands.values():
        assert command.help
        first, _, more = map(words, command.help.partition("\n\n"))
        # What else there is to say stands in the command's own help, and the list stays one.
        assert first in told and not (more and more in told)
        # Below the root, as it is typed: a command keeps the flags of the first help that is asked of it.
        context = click.Context(command, parent=click.Context(main, **FLAGS), info_name=command.name)
        assert more in words(command.get_help(context))


def test_python_m_survey_is_parley() -> None:
    for arguments in (["--version"], ["bank", "--help"]):
        module = subprocess.run(
            [sys.executable, "-m", "survey", *arguments], capture_output=True, text=True, timeout=60
        )
        assert module.returncode == 0, module.stderr
        expected = CliRunner().invoke(main, arguments, prog_name="python -m survey").output
        assert module.stdout == expected


def test_what_serves_and_what_keeps_writing_letters_with_links_opens_the_doors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[bool] = []

    def noted(*, doors: bool, begin: bool) -> Flask:
        opened.append(doors)
        raise WeakSetting("made no further")

    monkeypatch.setattr("survey.create_app", noted)
    for command in ("run", "work", "notify", "publish"):
        result = CliRunner().invoke(main, [command], obj=ScriptInfo(create_app=_application))
        assert "made no further" in result.output
    assert opened == [True, True, False, False]


def test_the_scopes_that_help_names_are_those_that_there_are() -> None:
    assert SCOPES == USER_SCOPES
