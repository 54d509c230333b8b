"""The command about preregistrations: written as files, and verified."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .arguments import SLUG, File
from .drafts import survey
from .surveys import find_survey

if TYPE_CHECKING:
    from ..models import Preregistration


@survey.command("preregistration", epilog="Example: parley survey preregistration ukraine")
@click.argument("slug", type=SLUG, required=False)
@click.option("--folder", type=File(file_okay=False), default=".", help="Where files go.")
@click.option(
    "--verify",
    "verified",
    metavar="FILE",
    type=File(exists=True, dir_okay=False),
    help="Verify FILE by its signature, FILE.sig, in place of writing files.",
)
@click.option(
    "--key",
    type=File(exists=True, dir_okay=False),
    help="Public key (PEM) to verify by; default: this site's own.",
)
def preregistration(slug: str | None, folder: Path, verified: Path | None, key: Path | None) -> None:
    """Write what the survey SLUG was going to ask and compute, as it was signed; or verify such a file."""
    if verified is not None:
        _verify(verified, key)
    elif slug is None:
        raise click.UsageError("Name the survey, or a file with --verify.")
    else:
        _write(slug, folder)


def _write(slug: str, folder: Path) -> None:
    from ..services.preregistration import preregistration_of
    from ..store.engine import db

    frozen = preregistration_of(db.session, find_survey(db.session, slug))
    if frozen is None:
        raise click.ClickException(f"The survey {slug} was opened before there were preregistrations.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _files(frozen).items():
        path = folder / f"{slug}-preregistration.{name}"
        path.write_bytes(content)
        click.echo(path)


def _files(frozen: "Preregistration") -> dict[str, bytes]:
    """The files by the ends of their names."""
    from ..security.signing import pem_of
    from ..services.preregistration import contents

    texts = {f"{code}.md": text.encode() for code, text in contents(frozen)["text"].items()}
    pem = pem_of(frozen.public_key).encode()
    return {"json": frozen.content, "json.sig": frozen.signature, "pem": pem, **texts}


def _verify(path: Path, key: Path | None) -> None:
    from flask import current_app

    from ..security.signing import NotAKey, public_key_of, site_public_key, verifies

    signature = path.with_name(f"{path.name}.sig")
    if not signature.is_file():
        raise click.ClickException(
            f"There is no {signature.name} beside {path.name}: nothing can be verified."
        )
    try:
        public = public_key_of(key.read_bytes()) if key else site_public_key(current_app.config["PARLEY"])
    except NotAKey as error:
        raise click.ClickException(f"{key or 'The key of this site'}: {error}.") from error
    if not verifies(path.read_bytes(), signature.read_bytes(), public):
        raise click.ClickException(
            f"{path.name} is not what was signed by this key, or its signature is another's."
        )
    click.echo(f"{path.name} is as it was signed")
