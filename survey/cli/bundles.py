"""Commands about bundles: a snapshot's files, taken out as one zip; none of them asks the store."""

import sys
from pathlib import Path

import click

from ..export.replication.command import (
    ENGINE_HELP,
    ENGINES,
    MOST_WORKERS,
    WORKERS_HELP,
    compare,
    workers_of,
)
from .arguments import File, TableName, Text
from .root import main

#: Seconds until a site that tells its keys is given up, and the most bytes of what it tells.
KEYS_TIMEOUT, MOST_OF_KEYS = 20, 1 << 20


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


@bundle.command("verify", with_appcontext=False, epilog="Example: parley bundle verify ukraine-1.zip")
@click.argument("path", metavar="ZIP", type=File())
@click.option(
    "--key",
    type=File(exists=True, dir_okay=False),
    help="The site's public key (PEM), from /signing-key.pem; without it the file's own word is taken.",
)
@click.option(
    "--keys",
    type=Text(),
    metavar="URL|FILE",
    help="The site's address, or what it tells at /.well-known/parley-keys.json: retired keys count too.",
)
def verify(path: Path, key: Path | None, keys: str | None) -> None:
    """Verify that the bundle ZIP is, to its last byte, as it was signed.

    What was changed is named, and the command ends with 1.
    """
    from ..export import archive
    from ..export.damage import NotABundle
    from ..security.signing import NotAKey, public_key_of

    try:
        found = archive.verify(path)
        public = public_key_of(key.read_bytes()) if key else None
    except NotABundle as error:
        raise click.ClickException(f"{path.name} is no bundle, or is damaged: {error}.") from error
    except NotAKey as error:
        raise click.ClickException(f"{key}: {error}.") from error
    if not found.whole:
        for name in found.changed:
            click.echo(f"changed: {name}")
        raise click.ClickException(f"{path.name} is not as it was signed, as named above.")
    if public is not None and public != found.public_key:
        raise click.ClickException(
            f"{path.name} is signed by another key ({found.key_id}) than the one in {key}."
        )
    if keys is not None:
        click.echo(_signed_by_site(path, found.public_key, keys))
        return
    click.echo(f"{path.name} is as it was signed, by the key {found.key_id}")
    if public is None:
        click.echo("Whose key that is the file cannot tell: compare with --keys and the site's address")


def _signed_by_site(path: Path, public: bytes, where: str) -> str:
    """A sentence: which key of the site signed it, and when the site signed with that one."""
    from http.client import HTTPException

    from ..security.signing import NotAKey, key_id
    from ..security.site_keys import read

    try:
        keys = read(_told_keys(where))
    except (OSError, ValueError, HTTPException) as error:
        reason = error if isinstance(error, NotAKey) else f"it cannot be read: {error}"
        raise click.ClickException(f"{where}: {reason}. The bundle itself is whole.") from error
    one = next((one for one in keys if one.public == public), None)
    if one is None:
        raise click.ClickException(
            f"{path.name} is signed by a key ({key_id(public)}) that is none of those of {where}."
        )
    days = (f"{word} {day}" for word, day in (("since", one.since), ("until", one.until)) if day)
    when = ", ".join(["signs now" if one.signs_now else "retired", *days])
    return f"{path.name} is as it was signed, by the site's key {key_id(public)} ({when})"


def _told_keys(where: str) -> bytes:
    """What a site tells of its keys: from its address, or from a file."""
    from urllib.error import HTTPError
    from urllib.parse import urlsplit
    from urllib.request import urlopen

    from ..security.site_keys import ADDRESS

    parts = urlsplit(where)
    if parts.scheme not in ("https", "http"):
        return Path(where).read_bytes()
    # A key that somebody on the way has put in the place of the site's would verify whatever they have
    # signed.
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("whoever is on the way could change it; the address has to begin with https://")
    address = where if parts.path.strip("/") else f"{parts.scheme}://{parts.netloc}{ADDRESS}"
    try:
        answer = urlopen(address, timeout=KEYS_TIMEOUT)
    except HTTPError as refused:
        refused.close()
        raise OSError(f"{address} answers {refused.code}") from None
    with answer:
        # A redirect may lead from https:// to where nothing is protected.
        if urlsplit(answer.url).scheme != parts.scheme:
            raise ValueError(f"it leads to {answer.url}, which whoever is on the way could change")
        # Bounded: the address may be anybody's.
        content: bytes = answer.read(MOST_OF_KEYS)
    return content


@bundle.command(
    "convert", with_appcontext=False, epilog="Example: parley bundle convert ukraine-1.zip --to sav"
)
@click.argument("path", metavar="ZIP", type=File())
@click.option("--to", "format_", type=click.Choice(["sav", "dta"]), required=True, help="SPSS or Stata.")
@click.option(
    "--table", type=TableName(), default="forecasts_long", help="Which table; default: forecasts_long."
)
@click.option("--folder", type=File(file_okay=False), default=".", help="Where the file goes.")
def convert(path: Path, format_: str, table: str, folder: Path) -> None:
    """Write a table of the bundle ZIP for SPSS (sav) or Stata (dta): numeric codes, with labels."""
    from ..export.damage import NotABundle
    from ..export.statistics import convert as write

    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}-{table}.{format_}"
    try:
        cut = write(path, table, target)
    except NotABundle as error:
        raise click.ClickException(f"{path.name}: {error}.") from error
    except ImportError as error:
        raise click.ClickException(
            'This needs more packages: pip install "parley-forecast[statistics]". Nothing was written.'
        ) from error
    for name, count in cut.items():
        click.echo(f"{name}: {count} texts are longer than the format takes, and were cut", err=True)
    click.echo(target)
