"""The command that tries every method on a folder of forecasts."""

import sys
from pathlib import Path

import click

from scoring.backtest.comparing import NothingToCompare, compare, plan
from scoring.backtest.reading import read_folder
from scoring.backtest.report import markdown, text
from scoring.backtest.tables import UnreadableData

from .root import main


@main.command(with_appcontext=False)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the resamples.")
@click.option(
    "--resamples", type=click.IntRange(min=100), default=2000, show_default=True, help="Bootstrap resamples."
)
@click.option(
    "--table",
    "to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as Markdown to this file.",
)
@click.option(
    "--at",
    "share",
    type=click.FloatRange(min=0, min_open=True, max=1),
    default=1.0,
    show_default=True,
    help="The share of the time from a question's first forecast to its last at which crowds are pooled.",
)
def validate(folder: Path, seed: int, resamples: int, to: Path | None, share: float) -> None:
    """Try every method on the resolved questions in FOLDER (forecasts.csv, outcomes.csv)."""
    try:
        planned = plan(read_folder(folder), share)
    except (UnreadableData, NothingToCompare) as error:
        raise click.ClickException(str(error)) from error
    steps = planned.measured(planned.trials)
    with click.progressbar(steps, length=len(planned.trials), label="Trying methods", file=sys.stderr) as bar:
        comparison = compare(planned, list(bar), seed, resamples)
    if to:
        try:
            to.write_text(markdown(comparison), encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{to} can't be written ({error.strerror})") from error
    click.echo(text(comparison), nl=False)
