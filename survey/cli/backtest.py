"""The command that tries every method on a folder of forecasts."""

import sys

import click

from .root import main


@main.command(
    with_appcontext=False,
    # Options and help are the library's own: it is a program by itself, `python -m scoring.backtest`.
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    options_metavar="",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def validate(arguments: tuple[str, ...]) -> None:
    """Try every method on the resolved questions in FOLDER (forecasts.csv, outcomes.csv)."""
    from scoring.backtest.command import run

    sys.exit(run(arguments, "parley validate"))
