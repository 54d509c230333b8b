"""Commands about bundles: a snapshot's files, taken out as one zip; none of them asks the store."""

import sys
from pathlib import Path

import click

from ..replication.command import (
    ENGINE_HELP,
    ENGINES,
    MOST_WORKERS,
    WORKERS_HELP,
    compare,
    workers_of,
)
from .arguments import File
from .root import main


@main.group()
def bundle() -> None:
    """Snapshots that were taken out as bundles."""


@bundle.command("recompute", with_appcontext=False, epilog="Example: parley bundle recompute ukraine-1.zip")
@click.argument("path", metavar="ZIP", type=File())
@click.option(
    "--json", "as_json", is_flag=True, help="Print what was compared as JSON, with all that differs."
)
@click.option("--engine", type=click.Choice(ENGINES), default="local", help=ENGINE_HELP)
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=2, help=WORKERS_HELP)
def recompute(path: Path, as_json: bool, engine: str, workers: int) -> None:
    """Compute every figure of the bundle ZIP again from the rows inside, and compare with those inside.

    What does not agree is named with both values, and the command ends with 1.
    """
    sys.exit(compare(path, as_json=as_json, workers=workers_of(engine, workers)))
