"""Commands about the audit log: it is compared with the store, and taken out."""

from typing import TYPE_CHECKING

import click

from .arguments import SLUG
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from ..services.audit_check import Difference


@main.group()
def audit() -> None:
    """The log of what organizers and the system did."""


@audit.command("verify", epilog="Example: parley audit verify ukraine")
@click.argument("slug", type=SLUG)
def verify(slug: str) -> None:
    """Recompute the log's chain of the survey SLUG, and compare what it holds with the store, row by row.

    What differs is named, and the command ends with 1. Kept elsewhere, the last hash tells later whether entries
    were cut off the end.
    """
    from ..services import audit_check
    from ..store.engine import db

    found = audit_check.verify(db.session, find_survey(db.session, slug))
    for one in found.differences:
        click.echo(_line(one))
    if found.broken is not None:
        raise click.ClickException(f"The log of {slug} is broken at entry {found.broken}.")
    if found.differences:
        raise click.ClickException(f"The store says otherwise than the log of {slug}, as named above.")
    click.echo(f"The log of {slug} is whole, and the store says what it does")
    click.echo(f"{found.entries} entries, the last with the hash {found.head}")
    if found.ids_alone:
        click.echo(
            f"{found.ids_alone} of them are of before facts were kept: only their ids could be compared"
        )
    if found.gone:
        click.echo(f"{found.gone} of them are about reasons that went with people who erased their answers")


@audit.command("export", epilog="Example: parley audit export ukraine --format csv")
@click.argument("slug", type=SLUG)
@click.option(
    "--format", "format_", type=click.Choice(["csv", "jsonl"]), default="jsonl", help="Default: jsonl."
)
def export(slug: str, format_: str) -> None:
    """Print the log of the survey SLUG, as JSON lines or CSV: all that the hashes are computed of."""
    from ..export.audit_log import written
    from ..services.audit_log import entries
    from ..store.engine import db

    for line in written(entries(db.session, find_survey(db.session, slug)), format_):
        click.echo(line, nl=False)


def _line(one: "Difference") -> str:
    """A difference on one line: where, what, and both readings."""
    place = f"entry {one.entry}" if one.entry is not None else "no entry"
    if one.matter == "entry":
        return f"{place}: {one.name}: it holds what no act of the survey writes"
    if not one.field:
        lacks = "there is no such row" if one.entry is not None else "the log knows nothing of this row"
        return f"{place}: {one.matter} {one.name}: {lacks}"
    return f"{place}: {one.matter} {one.name}: {one.field} is {one.logged!r} in the log, {one.stored!r} in the store"
