"""What every command hangs on: the application, help, and how errors end a command.

A command imports what it uses as it runs: whoever asks for help or a version waits neither for the database nor for
the formulas. `tests/survey/cli/test_start.py` holds what is imported when.
"""

import io
import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, NoAppException, ScriptInfo

from .. import __version__
from ..garbage import collect_seldom, collector_paused

#: Commands that answer requests, or go on writing letters with links: the application opens its doors for them.
WITH_PAGES = ("run", "work")
#: Commands that make an instance where there is none; every other one says that there is none.
BEGINNING = ("db upgrade", "demo", "run")
#: Commands whose log says why something could not be stored: others end with that as their own sentence.
WITH_LOG = (*WITH_PAGES, "notify", "publish", "task")


class Commands(AppGroup):
    """Commands of this application alone; an error meant for the reader ends one with its sentence."""

    def group(  # type: ignore[override]
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Group]:
        """A group of these commands is of the same kind."""
        return super().group(*args, **{"cls": Commands, **kwargs})

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            from .refusals import refusal

            sentence = refusal(error, ctx.ensure_object(ScriptInfo))
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its first paragraph, whole: click's own list cuts it where the line ends."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, (command.help or "").partition("\n\n")[0])
                    for name, command in sorted(self.commands.items())
                ]
            )


def _application() -> Flask:
    from .. import create_app
    from ..config import NoInstance, WeakSetting, instance_folder

    command, folder = _typed(click.get_current_context()), instance_folder()
    is_new = not folder.exists()
    try:
        with collector_paused():
            app = create_app(doors=command in WITH_PAGES, begin=command in BEGINNING)
    except WeakSetting as error:
        raise NoAppException(str(error)) from error
    except NoInstance as error:
        raise click.ClickException(str(error)) from error
    collect_seldom()
    if is_new and folder.exists():
        click.echo(f"A new instance is made in {folder}", err=True)
    return app


def _typed(context: click.Context) -> str:
    """The words of a command behind `parley`: “run” is another one than “task run”."""
    above = _typed(context.parent) if context.parent else ""
    # Not the name it was started by, which may be a path, or `python -m survey`.
    return f"{above} {context.info_name}".strip() if context.parent else ""


@click.group(
    cls=Commands,
    context_settings={
        "obj": ScriptInfo(create_app=_application),
        "help_option_names": ["-h", "--help"],
    },
)
@click.version_option(__version__, prog_name="parley")
def main() -> None:
    """Parley: a scenario-forecasting survey platform."""
    from ..security import log_redaction

    _say_what_the_terminal_can()
    log_redaction.log_to_terminal()
    # Each command prints one line of its own for what was done.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if click.get_current_context().invoked_subcommand not in WITH_LOG:
        quiet = logging.getLogger("survey.store.transaction")
        # Whoever calls a command from a program hears of their own transactions again when it has ended.
        click.get_current_context().call_on_close(partial(quiet.setLevel, quiet.level))
        quiet.setLevel(logging.CRITICAL)


def _say_what_the_terminal_can() -> None:
    # A terminal of another alphabet shows a question mark for an arrow; a command never ends over one.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
