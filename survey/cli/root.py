"""What every command hangs on: the application, and how errors end a command."""

import io
import logging
import sys
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, NoAppException, ScriptInfo

from .. import __version__, create_app
from ..config import WeakSetting
from ..errors import SurveyError
from ..security import log_redaction


class Commands(AppGroup):
    """Commands of this application alone; an error meant for the reader ends one with its sentence."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except SurveyError as error:
            raise click.ClickException(str(error.sentence)) from error


def _application() -> Flask:
    try:
        return create_app()
    except WeakSetting as error:
        raise NoAppException(str(error)) from error


@click.group(cls=Commands, context_settings={"obj": ScriptInfo(create_app=_application)})
@click.version_option(__version__, prog_name="parley")
def main() -> None:
    """Parley: a scenario-forecasting survey platform."""
    _say_what_the_terminal_can()
    log_redaction.log_to_terminal()
    # Each command prints one line of its own for what was done.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _say_what_the_terminal_can() -> None:
    # A terminal of another alphabet shows a question mark for an arrow; a command never ends over one.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
