"""Commands about accounts: users and their roles, tokens, invitations."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from ..config import site_address
from .arguments import ADDRESS, MOST_DAYS, MOST_INVITATIONS, MOST_TOKEN_DAYS, SLUG, File, Text
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..models import User

#: `api_tokens.USER_SCOPES`, written out for the help; a test holds that they are the same.
SCOPES = ("run", "export", "write")
#: Writing is asked for by name: a program that reads out data need not be able to change the questions.
DEFAULT_SCOPES = ("run", "export")


@main.group()
def user() -> None:
    """People who can sign in: owners, organizers and analysts of surveys."""


@user.command("create", epilog="Example: parley user create ann@example.org --owner-of ukraine")
@click.argument("email", type=ADDRESS)
@click.option("--password-prompt", is_flag=True, help="Ask for a password; without one, sign in by link.")
@click.option("--owner-of", type=SLUG, metavar="SLUG", help="Make the user owner of this survey.")
@click.option("--organizer-of", type=SLUG, metavar="SLUG", help="Make the user organizer of this survey.")
@click.option("--analyst-of", type=SLUG, metavar="SLUG", help="Make the user analyst of this survey.")
def create(email: str, password_prompt: bool, **surveys: str | None) -> None:
    """Create a user with this EMAIL, or give one who exists a role in a survey."""
    from ..models import ROLES
    from ..services import accounts
    from ..store.engine import db
    from ..store.transaction import transaction

    if password_prompt and accounts.user_by_email(db.session, email) is not None:
        raise click.ClickException(
            f"{email} has an account already, whose password this does not change. Leave out --password-prompt to"
            f" give a role; “parley user link {email}” lets them in. Nobody was made or changed."
        )
    # Before the unit, which may be tried again: nobody types twice for that, or holds a turn to write.
    password = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True) if password_prompt else None
    )
    wanted = {role: slug for role in ROLES if (slug := surveys[f"{role}_of"])}
    _refuse_two_roles(wanted)

    def work(session: "Session") -> str:
        known = accounts.user_by_email(session, email)
        person = known or accounts.create_user(session, email, password=password)
        for role, slug in wanted.items():
            accounts.grant(session, person, find_survey(session, slug), role)
        return "exists" if known else "created"

    roles = "".join(f", {role} of {slug}" for role, slug in wanted.items())
    click.echo(f"User {email} {transaction(work)}{roles}")


def _refuse_two_roles(wanted: dict[str, str]) -> None:
    """Refuse a survey that is named twice: the second role would take the place of the first."""
    for slug in set(wanted.values()):
        roles = [f"--{role}-of {slug}" for role, named in wanted.items() if named == slug]
        if len(roles) > 1:
            raise click.ClickException(
                f"A person has one role in a survey, and {slug} was given {len(roles)}: {', '.join(roles)}."
                " An owner may do all that an organizer and an analyst may. Nobody was made or changed."
            )


@user.command("list", epilog="Example: parley user list --survey ukraine")
@click.option("--survey", "slug", type=SLUG, metavar="SLUG", help="Only those with a role in this survey.")
def list_users(slug: str | None) -> None:
    """Print every user with their roles, one a line: address, then role and survey."""
    from ..services import accounts
    from ..store.engine import db

    survey = find_survey(db.session, slug) if slug else None
    for address, roles in accounts.users_with_roles(db.session, survey):
        click.echo("\t".join([address, ", ".join(f"{role} of {of}" for role, of in roles) or "no role"]))


@user.command("link", epilog="Example: parley user link ann@example.org")
@click.argument("email", type=ADDRESS)
def link(email: str) -> None:
    """Print a link that signs this user in once."""
    values = current_app.config["PARLEY"]
    click.echo(sign_in_address(email, site_address(values)))


def sign_in_address(email: str, address: str) -> str:
    """A link that signs this user in once, at the site's address."""
    from ..services import accounts
    from ..store.transaction import transaction

    def work(session: "Session") -> str:
        return accounts.sign_in_link(session, find_user(session, email))

    return f"{address}/sign-in/{transaction(work)}"


@main.group()
def token() -> None:
    """Tokens with which programs run a survey or take out its data."""


@token.command(
    "create", epilog="Example: parley token create ann@example.org --survey ukraine --scope export"
)
@click.argument("email", type=ADDRESS)
@click.option("--survey", "slug", type=SLUG, metavar="SLUG", help="The survey it is for.")
@click.option(
    "--write", is_flag=True, help="For no single survey: to begin surveys and write all that EMAIL writes."
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    default=DEFAULT_SCOPES,
    show_default=True,
    help="run: publish and resolve; export: take out snapshots; write: its words and questions.",
)
@click.option(
    "--days", type=click.IntRange(1, MOST_TOKEN_DAYS), help="Days until it expires; default: never."
)
def create_token(
    email: str, slug: str | None, write: bool, scopes: tuple[str, ...], days: int | None
) -> None:
    """Print a new token of the user EMAIL; it is not kept and cannot be printed again."""
    from .. import clock
    from ..services import api_tokens
    from ..store.transaction import transaction

    if write == (slug is not None):
        raise click.UsageError("A token is for one survey (--survey SLUG), or to write with (--write).")

    def work(session: "Session") -> str:
        until = clock.now(session) + timedelta(days=days) if days else None
        person = find_user(session, email)
        if slug is None:
            return api_tokens.create_writing_token(session, person, expires_at=until)
        survey = find_survey(session, slug)
        return api_tokens.create_token(session, person, survey, scopes, expires_at=until)

    click.echo(transaction(work))


@main.command("invite", epilog="Example: parley invite ukraine --batch May --count 20 --out links.csv")
@click.argument("slug", type=SLUG)
@click.option(
    "--batch",
    type=Text(),
    metavar="NAME",
    required=True,
    help="Name of the batch, for you alone; each survey has it once.",
)
@click.option(
    "--count",
    type=click.IntRange(1, MOST_INVITATIONS),
    help="How many invitations; default: 1, or all of the list.",
)
@click.option(
    "--from", "source", type=File(dir_okay=False), help="List of people, CSV: address, group, language."
)
@click.option(
    "--mail", is_flag=True, help="Send an email to each of the list; the worker or “parley notify” does."
)
@click.option("--out", type=File(dir_okay=False), help="New file for the links, CSV; default: print them.")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=30, show_default=True, help="Days they work."
)
def make_invitations(
    slug: str,
    batch: str,
    count: int | None,
    source: Path | None,
    mail: bool,
    out: Path | None,
    days: int,
) -> None:
    """Invite people to the survey SLUG: print personal links, save them, or send them; they are shown this once."""
    _refuse_together(source, count, mail, out)
    with _new_file(out):
        if source is None:
            _give_out(_links(slug, batch, 1 if count is None else count, days), out)
        else:
            _invite_list(slug, batch, source, mail, out, days)


def _refuse_together(source: Path | None, count: int | None, mail: bool, out: Path | None) -> None:
    """Refuse options that say two things at once."""
    if source is None and mail:
        raise click.UsageError("Emails need a list: --from FILE.")
    if source is not None and count is not None:
        raise click.UsageError("A list says how many: give --count or --from, not both.")
    if mail and out:
        raise click.UsageError("Links that go by email are in no file: give --mail or --out, not both.")


@contextmanager
def _new_file(out: Path | None) -> Iterator[None]:
    """Make the file that links are written to first: links that are made can't be shown again."""
    if out is None:
        yield
        return
    try:
        # Its owner's alone from the first moment; and what is there already is nobody's to write over.
        os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise click.ClickException(
            f"There can be no new file {out} ({error.strerror}). Nobody was invited."
        ) from error
    try:
        yield
    # Ctrl-C too: an empty file would say that there are links in it.
    except BaseException:
        os.unlink(out)
        raise


def _links(slug: str, batch: str, count: int, days: int) -> list[list[str]]:
    from ..services import invitations
    from ..store.transaction import transaction

    made = transaction(
        lambda session: invitations.invite(session, find_survey(session, slug), batch, count, days)
    )
    return [[_link(token)] for token in made]


def _invite_list(slug: str, batch: str, source: Path, mail: bool, out: Path | None, days: int) -> None:
    from ..services import invitations
    from ..services.invitation_list import MOST_BYTES, read_list
    from ..store.engine import db
    from ..store.transaction import transaction

    # A hyphen is what comes through a pipe.
    with click.open_file(str(source), "rb") as file:
        read = read_list(find_survey(db.session, slug), file.read(MOST_BYTES + 1))

    def work(session: "Session") -> list[str]:
        survey = find_survey(session, slug)
        return invitations.invite_listed(session, survey, batch, read.people, days, by_letter=mail)

    tokens = transaction(work)
    click.echo(
        f"{len(tokens)} invited; the list was read as {read.encoding}, separator {read.separator}", err=True
    )
    if not mail:
        _give_out([[one.address, _link(token)] for one, token in zip(read.people, tokens, strict=True)], out)


def _link(token: str) -> str:
    return f"{site_address(current_app.config['PARLEY'])}/i/{token}"


def _give_out(rows: list[list[str]], out: Path | None) -> None:
    """Print rows, or write them into a new file that its owner alone can read."""
    from ..export.cells import csv_cells

    text = "".join(f"{csv_cells(*row)}\n" for row in rows)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    click.echo(f"{len(rows)} links in {out}", err=True)


def find_user(session: "Session", email: str) -> "User":
    """The user with this address; an error that says how to make one where there is none."""
    from ..services import accounts

    person = accounts.user_by_email(session, email)
    if person is None:
        raise click.ClickException(f"There is no user {email}; make one: parley user create {email}")
    return person
