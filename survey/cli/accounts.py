"""Commands about accounts: users and their roles, tokens, invitations."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click
from flask import current_app

from ..config import site_address
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..models import Survey, User

#: `api_tokens.USER_SCOPES`, written out for the help; a test holds that they are the same.
SCOPES = ("run", "export")


@main.group()
def user() -> None:
    """People who can sign in: owners, organizers and analysts of surveys."""


@user.command("create")
@click.argument("email")
@click.option("--password-prompt", is_flag=True, help="Ask for a password; without one, sign in by link.")
@click.option("--owner-of", metavar="SLUG", help="Make the user owner of this survey.")
@click.option("--organizer-of", metavar="SLUG", help="Make the user organizer of this survey.")
@click.option("--analyst-of", metavar="SLUG", help="Make the user analyst of this survey.")
def create(email: str, password_prompt: bool, **surveys: str | None) -> None:
    """Create a user with this EMAIL, or give one who exists a role in a survey."""
    from ..models import ROLES
    from ..services import accounts
    from ..store.transaction import transaction

    password = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True) if password_prompt else None
    )
    wanted = {role: slug for role in ROLES if (slug := surveys[f"{role}_of"])}
    _refuse_two_roles(wanted)

    def work(session: "Session") -> str:
        known = accounts.user_by_email(session, email)
        person = known or accounts.create_user(session, email, password=password)
        for role, slug in wanted.items():
            _grant(session, person, find_survey(session, slug), role)
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


def _grant(session: "Session", person: "User", survey: "Survey", role: str) -> None:
    """Give a role, where the person does not hold it already: the log is for what changes."""
    from sqlalchemy import select

    from ..models import Membership
    from ..services import accounts

    held = select(Membership).filter_by(user_id=person.id, survey_id=survey.id, role=role)
    if session.scalar(held) is None:
        accounts.grant(session, person, survey, role)


@user.command("list")
@click.option("--survey", "slug", metavar="SLUG", help="Only those with a role in this survey.")
def list_users(slug: str | None) -> None:
    """Print every user with their roles, one a line: address, then role and survey."""
    from ..services import accounts
    from ..store.engine import db

    survey = find_survey(db.session, slug) if slug else None
    for address, roles in accounts.users_with_roles(db.session, survey):
        click.echo("\t".join([address, ", ".join(f"{role} of {of}" for role, of in roles) or "no role"]))


@user.command("link")
@click.argument("email")
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


@token.command("create")
@click.argument("email")
@click.option("--survey", "slug", metavar="SLUG", required=True, help="The survey it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    default=SCOPES,
    show_default=True,
    help="run: publish and resolve; export: take out snapshots.",
)
@click.option("--days", type=click.IntRange(min=1), help="Days until it expires; default: never.")
def create_token(email: str, slug: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a new token of the user EMAIL; it is not kept and cannot be printed again."""
    from .. import clock
    from ..services import api_tokens
    from ..store.transaction import transaction

    def work(session: "Session") -> str:
        until = clock.now(session) + timedelta(days=days) if days else None
        person, survey = find_user(session, email), find_survey(session, slug)
        return api_tokens.create_token(session, person, survey, scopes, expires_at=until)

    click.echo(transaction(work))


@main.command("invite")
@click.argument("slug")
@click.option("--batch", required=True, help="Name of the batch, for you alone; each survey has it once.")
@click.option("--count", default=1, show_default=True, help="How many invitations, 1 to 1000.")
@click.option("--days", default=30, show_default=True, help="Days they work, 1 to 366.")
def make_invitations(slug: str, batch: str, count: int, days: int) -> None:
    """Print new personal links to the survey SLUG, one a line; they are not kept and cannot be printed again."""
    from ..services import invitations
    from ..store.transaction import transaction

    values = current_app.config["PARLEY"]
    address = site_address(values)
    tokens_made = transaction(
        lambda session: invitations.invite(session, find_survey(session, slug), batch, count, days)
    )
    for token_made in tokens_made:
        click.echo(f"{address}/i/{token_made}")


def find_user(session: "Session", email: str) -> "User":
    """The user with this address; an error that says how to make one where there is none."""
    from ..services import accounts

    person = accounts.user_by_email(session, email)
    if person is None:
        raise click.ClickException(f"There is no user {email}; make one: parley user create {email}")
    return person
