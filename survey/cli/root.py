"""The same actions from a terminal: `parley`, a group for each noun, one line printed for what was done."""

import io
import logging
import sys
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, NoAppException, ScriptInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from scoring.backtest.comparing import NothingToCompare, compare, plan
from scoring.backtest.reading import read_folder
from scoring.backtest.report import markdown, text
from scoring.backtest.tables import UnreadableData

from .. import __version__, clock, create_app
from ..bank.checking import check_bank
from ..bank.loading import load_bank
from ..config import SETTINGS, WeakSetting
from ..errors import SurveyError
from ..models import ROLES, Membership, Survey, User
from ..notifications import messages
from ..security import log_redaction
from ..server import http
from ..services import accounts, api_tokens, audit_log, invitations
from ..simulation.demo import BANK, DEMO_SLUG, simulate
from ..store.alembic import alembic
from ..store.engine import db
from ..store.health import faults_of_database
from ..store.transaction import transaction


class Commands(AppGroup):
    """Commands of this application alone; an error meant for the reader ends one with its sentence."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except SurveyError as error:
            raise click.ClickException(str(error.sentence)) from error


def _application() -> Flask:
    try:
        return create_app()
    except WeakSetting as error:
        raise NoAppException(str(error)) from error


@click.group(cls=Commands, context_settings={"obj": ScriptInfo(create_app=_application)})
@click.version_option(__version__, prog_name="parley")
def main() -> None:
    """Parley: a scenario-forecasting survey platform."""
    _say_what_the_terminal_can()
    log_redaction.log_to_terminal()
    # Each command prints one line of its own for what was done.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _say_what_the_terminal_can() -> None:
    # A terminal of another alphabet shows a question mark for an arrow; a command never ends over one.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@main.command(with_appcontext=False)
@click.option("--sign-in", "email", metavar="EMAIL", help="Print a one-time sign-in link for this user too.")
@click.pass_obj
def run(info: ScriptInfo, email: str | None) -> None:
    """Serve the site, and publish each survey after the end of every UTC day."""
    app = info.load_app()

    def announce(address: str) -> None:
        click.echo(f"Parley answers at {address} (stop it with Ctrl-C)")
        if email:
            with app.app_context():
                click.echo(f"Sign in once as {email}: {_sign_in_address(email, address)}")

    try:
        http.serve(app, announce)
    except http.NotReady as error:
        raise click.ClickException(f"Not started, nothing was changed:\n{error}") from error
    except OSError as error:
        port = app.config["PARLEY"]["PORT"]
        raise click.ClickException(
            f"Port {port} can't be used ({error.strerror}); try PARLEY_PORT=0."
        ) from error


@main.command(with_appcontext=False)
def settings() -> None:
    """Print every setting with its default and meaning, as a table."""
    click.echo(settings_table())


def settings_table() -> str:
    """Every setting as a Markdown table: the README holds the same lines."""
    defaults = [f"`{setting.default}`" if setting.default else "" for setting in SETTINGS]
    rows = [
        f"| `PARLEY_{setting.name}` | {default} | {setting.meaning} |"
        for setting, default in zip(SETTINGS, defaults, strict=True)
    ]
    return "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows])


@main.group("db")
def database() -> None:
    """The database's tables and settings."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the tables to this version; nothing is done where they are."""
    before = _revision()
    alembic.upgrade()
    after = _revision()
    click.echo(f"Tables: {before} → {after}" if before != after else f"Tables: {after}, as needed")


@database.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Tables and columns that are dropped lose what is in them. Go on?")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION, or to "base" for none."""
    before = _revision()
    try:
        alembic.downgrade(revision)
    except RuntimeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Tables: {before} → {_revision()}")


@database.command("check")
def check_database() -> None:
    """Check that the tables are those of this version and that no acknowledged answer can be lost."""
    faults = faults_of_database(db.engine)
    if alembic.needs_upgrade():
        faults.append(f"tables are at {_revision()}; run “parley db upgrade”")
    elif changes := alembic.compare_metadata():
        faults += [f"tables differ from the models: {change}" for change in changes]
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo(f"No fault: {db.engine.dialect.name}, tables at {_revision()}")


def _revision() -> str:
    """The revision the tables are at."""
    return ", ".join(script.revision for script in alembic.current()) or "none"


@main.group()
def bank() -> None:
    """Question banks: surveys written as TOML files."""


@bank.command("check", with_appcontext=False)
@click.argument("name_or_path", default=BANK)
def check(name_or_path: str) -> None:
    """Read a bank, shipped NAME or folder PATH, and name every fault with file and line."""
    click.echo("\n".join(check_bank(name_or_path)))


@bank.command("load")
@click.argument("name_or_path", default=BANK)
@click.option("--slug", help="Address of the survey; default: the bank's own.")
@click.option("--simulated", is_flag=True, help="Make it a demonstration, in which invented people count.")
def load(name_or_path: str, slug: str | None, simulated: bool) -> None:
    """Load a bank as a survey; loading it again stores changed words as new versions and nothing else."""

    def work(session: Session) -> str:
        survey = load_bank(session, name_or_path, slug=slug, simulated=simulated)
        return f"{survey.slug}: {len(survey.questions)} questions"

    click.echo(f"Survey {transaction(work)}")


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
    password = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True) if password_prompt else None
    )
    wanted = {role: slug for role in ROLES if (slug := surveys[f"{role}_of"])}

    def work(session: Session) -> str:
        known = accounts.user_by_email(session, email)
        person = known or accounts.create_user(session, email, password=password)
        for role, slug in wanted.items():
            _grant(session, person, find_survey(session, slug), role)
        return "exists" if known else "created"

    roles = "".join(f", {role} of {slug}" for role, slug in wanted.items())
    click.echo(f"User {email} {transaction(work)}{roles}")


def _grant(session: Session, person: User, survey: Survey, role: str) -> None:
    """Give a role, where the person does not hold it already: the log is for what changes."""
    held = select(Membership).filter_by(user_id=person.id, survey_id=survey.id, role=role)
    if session.scalar(held) is None:
        accounts.grant(session, person, survey, role)


@user.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a link that signs this user in once."""
    values = current_app.config["PARLEY"]
    click.echo(_sign_in_address(email, http.address(values, values["PORT"])))


def _sign_in_address(email: str, address: str) -> str:
    def work(session: Session) -> str:
        return accounts.sign_in_link(session, find_user(session, email))

    return f"{address}/sign-in/{transaction(work)}"


@main.command()
@click.argument("slug", required=False)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The UTC day, over by now; default: yesterday."
)
def publish(slug: str | None, as_of: datetime | None) -> None:
    """Publish what is due in the survey SLUG, or in every survey."""
    day = as_of.date() if as_of else None
    slugs = [slug] if slug else list(db.session.scalars(select(Survey.slug).order_by(Survey.slug)))
    for each in slugs:
        made = _publish(each, day)
        click.echo(f"{each}: {made} {'question' if made == 1 else 'questions'} published")


def _publish(slug: str, day: date | None) -> int:
    find_survey(db.session, slug)
    try:
        return transaction(partial(http.publish_survey, slug=slug, as_of=day))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--people", default=60, show_default=True, help="How many people to invent.")
def demo(people: int) -> None:
    """Load the shipped bank as a demonstration with invented people; a second time changes nothing."""

    def tell(day: date, done: int, days: int) -> None:
        click.echo(f"  {day}: day {done} of {days}", err=True)

    def work(session: Session) -> int:
        load_bank(session, BANK, slug=DEMO_SLUG, simulated=True)
        return simulate(session, find_survey(session, DEMO_SLUG), people, tell=tell)

    made = transaction(work)
    click.echo(f"Survey {DEMO_SLUG}: " + (f"{made} answers of invented people" if made else "as it was"))


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


@main.group()
def log() -> None:
    """The log of what organizers and the system did."""


@log.command("verify")
@click.argument("slug")
def verify(slug: str) -> None:
    """Recompute the log's chain of the survey SLUG; the first entry that does not follow is named."""
    broken = audit_log.first_broken(db.session, find_survey(db.session, slug))
    if broken is not None:
        raise click.ClickException(f"The log of {slug} is broken at entry {broken}.")
    click.echo(f"The log of {slug} is whole")


@main.command()
def notify() -> None:
    """Send the letters that are due, once; for a timer where no worker runs."""
    noted, sent = messages.deliver()
    click.echo(f"{noted} noted, {sent} {'letter' if sent == 1 else 'letters'} sent")


@main.command(with_appcontext=False)
@click.pass_obj
def work(info: ScriptInfo) -> None:
    """Be the background worker: send the letters that are due, every minute, until stopped."""
    # Here alone, so that no other command waits for a library it does not use.
    from ..server import worker

    app = info.load_app()
    click.echo("The worker looks every minute which letters are due (stop it with Ctrl-C)")
    worker.work(app)


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
    type=click.Choice(api_tokens.USER_SCOPES),
    default=api_tokens.USER_SCOPES,
    show_default=True,
    help="run: publish and resolve; export: take out snapshots.",
)
@click.option("--days", type=click.IntRange(min=1), help="Days until it expires; default: never.")
def create_token(email: str, slug: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a new token of the user EMAIL; it is not kept and cannot be printed again."""

    def work(session: Session) -> str:
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
    values = current_app.config["PARLEY"]
    address = http.address(values, values["PORT"])
    tokens_made = transaction(
        lambda session: invitations.invite(session, find_survey(session, slug), batch, count, days)
    )
    for token_made in tokens_made:
        click.echo(f"{address}/i/{token_made}")


def find_user(session: Session, email: str) -> User:
    """The user with this address; an error that says how to make one where there is none."""
    person = accounts.user_by_email(session, email)
    if person is None:
        raise click.ClickException(f"There is no user {email}; make one: parley user create {email}")
    return person


def find_survey(session: Session, slug: str) -> Survey:
    """The survey at this address; an error that names the others where there is none."""
    survey = session.scalar(select(Survey).filter_by(slug=slug))
    if survey is None:
        known = ", ".join(session.scalars(select(Survey.slug).order_by(Survey.slug))) or "none"
        raise click.ClickException(f"There is no survey {slug}; there is: {known}.")
    return survey
