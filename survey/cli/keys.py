"""Commands about the key that frozen files are signed with."""

import click

from .root import main


@main.group()
def key() -> None:
    """The key that frozen files are signed with."""


@key.command("list", epilog="Example: parley key list")
def list_() -> None:
    """Print every public key this site has signed with, today's first: what a signature is compared with."""
    from flask import current_app

    from ..security.signing import key_id, pem_of, site_public_keys

    for place, public in enumerate(site_public_keys(current_app.config["PARLEY"])):
        click.echo(f"{key_id(public)} {'retired' if place else 'signs now'}")
        click.echo(pem_of(public), nl=False)


@key.command("rotate", epilog="Example: parley key rotate --yes")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rotate(yes: bool) -> None:
    """Sign with a new key from now on; what was signed before stays valid under the old public key.

    Copy the files to every other host of the site: all of them sign with one key.
    """
    from flask import current_app

    from ..security import signing

    # No way back: the retired half is not kept, its public key alone is.
    if not yes:
        click.confirm("Retire the key that this site signs with now, for good?", abort=True)
    public = signing.rotate(current_app.config["PARLEY"])
    click.echo(f"This site signs with the key {signing.key_id(public)} from now on")
