"""Commands about bundles: a snapshot's files, taken out as one zip; none of them asks the store."""

import sys
from pathlib import Path

import click

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
def recompute(path: Path, as_json: bool) -> None:
    """Compute every figure of the bundle ZIP again from the rows inside, and compare with those inside.

    What does not agree is named with both values, and the command ends with 1.
    """
    from ..replication.command import compare

    sys.exit(compare(path, as_json=as_json))
