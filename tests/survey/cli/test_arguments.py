"""Every argument of every command has a kind, which refuses what can be none of it before anything is done."""

from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from survey.cli import arguments, main
from survey.services import accounts, invitations
from tests.conftest import database_after
from tests.factories import ask_few, bank_of
from tests.folding import folded
from tests.skips import EVERYTHING

from .tree import COMMANDS, TYPED

#: What people slip into, programs send, and attackers try.
HOSTILE = (
    "a/b",
    "../x",
    '"Re hearsal"',
    "-5",
    "0",
    "",
    " ",
    "Ж",
    "x" * 5000,
    "9" * 30,
    "nan",
    "2026-02-30",
    "0001-01-01",
    "\udcff",
    "a\x00b",
    "a\nb",
)
#: `parley validate` reads its own line, as the program beside the library does.
OWN_LINE = "validate"
PARAMETERS = [
    pytest.param(command, parameter, id=f"{command} {parameter.opts[0]}")
    for command, found in COMMANDS.items()
    for parameter in found.params
    if command != OWN_LINE
]


#: Each kind of argument, and the parameter that stands for it: the first.
FIRST = {type(found.values[1].type): found.id for found in reversed(PARAMETERS)}


def tried(command: str, parameter: click.Parameter, *, first: bool) -> list[str]:
    """Of the values those that are typed: where everything is asked for, all of them on the first database.

    A kind refuses for all its parameters alike: all go to the first of each, and to each of the others four, other
    ones than to its neighbours.
    """
    place = next(at for at, one in enumerate(PARAMETERS) if one.values == (command, parameter))
    if (EVERYTHING and first) or PARAMETERS[place].id in FIRST.values():
        return list(HOSTILE)
    return [value for at, value in enumerate(HOSTILE) if (at + place) % 4 == 0]


#: The question that the lines name. What is taken goes all its way, into a snapshot, a resolution, another survey: of
#: thirty questions that took ten times as long, and no value met anything else on it.
NAMED = "leaders-meet"


def own(session: Session) -> None:
    """A survey of that question, and somebody who owns it."""
    survey = ask_few(session, NAMED)
    accounts.grant(session, accounts.create_user(session, "ann@example.org"), survey, "owner")


database = database_after(own)


def of_kind(*kinds: type[click.ParamType]) -> list[object]:
    return [found for found in PARAMETERS if isinstance(found.values[1].type, kinds)]


def line(command: str, parameter: click.Parameter, value: str, folder: Path) -> list[str]:
    """The command as it is typed where everything is well, but for this one value."""
    given = TYPED[command].format(folder=folder).split()
    if isinstance(parameter, click.Option):
        return [*command.split(), *given, f"{parameter.opts[0]}={value}"]
    mine = [found for found in COMMANDS[command].params if isinstance(found, click.Argument)]
    given += [""] * (1 + mine.index(parameter) - len(given))
    given[mine.index(parameter)] = value
    options = [word for word in given if word.startswith("--")]
    # What begins with a hyphen is a value behind two of them.
    return [*command.split(), *options, "--", *(word for word in given if word not in options)]


@folded
@pytest.mark.parametrize(("command", "parameter"), PARAMETERS)
def test_every_argument_has_a_kind(command: str, parameter: click.Parameter) -> None:
    assert isinstance(parameter.type, tuple(arguments.KINDS)), parameter.type


@pytest.mark.parametrize(("command", "parameter"), [one for one in PARAMETERS if one.values[0] != "run"])
def test_whatever_is_typed_is_taken_or_refused_with_a_sentence(
    database: str,
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    parameter: click.Parameter,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("survey.bank.checking.checked_bank", lambda _folder: bank_of(NAMED))
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return
    runner = app.test_cli_runner()
    on_the_first = make_url(database).get_backend_name() == "sqlite"
    for value in tried(command, parameter, first=on_the_first):
        result = runner.invoke(main, line(command, parameter, value, tmp_path), input="n\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), (value, result.exception)
        if result.exit_code:
            assert "Error: " in result.output, (value, result.output)


@folded
@pytest.mark.parametrize(("command", "parameter"), of_kind(arguments.Slug))
@pytest.mark.parametrize("value", ["a/b", "../x", '"Re hearsal"', "x" * 61, "Ж"])
def test_what_can_be_no_address_of_a_survey_is_refused_by_its_rule(
    app: Flask, tmp_path: Path, command: str, parameter: click.Parameter, value: str
) -> None:
    result = app.test_cli_runner().invoke(main, line(command, parameter, value, tmp_path))
    assert result.exit_code == 2
    assert "small letters a to z, digits and hyphens" in " ".join(result.output.split())


@folded
@pytest.mark.parametrize(("command", "parameter"), of_kind(arguments.Address))
def test_what_can_be_no_address_of_a_person_is_refused(
    app: Flask, tmp_path: Path, command: str, parameter: click.Parameter
) -> None:
    for value in ("ann", "ann@", "a b@example.org", "ann@example.org, bob@example.org"):
        result = app.test_cli_runner().invoke(main, line(command, parameter, value, tmp_path))
        assert (result.exit_code, value in result.output) == (2, True)


@pytest.mark.parametrize("people", ["-5", "0", "10001", "many", "2.5"])
def test_a_demonstration_has_a_number_of_people(app: Flask, people: str) -> None:
    result = app.test_cli_runner().invoke(main, ["demo", f"--people={people}"])
    assert (result.exit_code, "--people" in result.output) == (2, True)


def test_a_day_is_one_of_the_calendar() -> None:
    assert arguments.DAY.convert("2026-11-15", None, None) == date(2026, 11, 15)
    with pytest.raises(click.BadParameter):
        arguments.DAY.convert("2026-11-31", None, None)


def test_the_numbers_that_help_names_are_those_of_invitations() -> None:
    assert (arguments.MOST_INVITATIONS, arguments.MOST_DAYS) == (
        invitations.MOST_AT_ONCE,
        invitations.MOST_DAYS,
    )


@folded
@pytest.mark.parametrize("command", [command for command in COMMANDS if command != OWN_LINE])
def test_help_ends_with_an_example_that_can_be_typed(command: str) -> None:
    example = (COMMANDS[command].epilog or "").removeprefix("\b\n").removeprefix("Example: ")
    assert example.startswith(f"parley {command}")
    help_of = CliRunner().invoke(main, [*command.split(), "--help"]).output
    assert help_of.rstrip().endswith(f"Example: {example}")
    words = example.split()[1 + len(command.split()) :]
    confirmed = ["--yes"] if any("--yes" in found.opts for found in COMMANDS[command].params) else []
    COMMANDS[command].make_context(command, [*words, *confirmed])
