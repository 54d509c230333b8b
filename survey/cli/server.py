"""Commands that serve: the embedded server, the worker, the table of settings."""

import click
from flask.cli import ScriptInfo

from ..config import SETTINGS
from .accounts import sign_in_address
from .arguments import ADDRESS
from .root import main


@main.command(with_appcontext=False, epilog="Example: parley run --sign-in ann@example.org")
@click.option(
    "--sign-in",
    "email",
    type=ADDRESS,
    metavar="EMAIL",
    help="Print a one-time sign-in link for this user too.",
)
@click.pass_obj
def run(info: ScriptInfo, email: str | None) -> None:
    """Serve the site, and publish each survey after the end of every UTC day."""
    from ..server import http

    app = info.load_app()

    def announce(address: str) -> None:
        click.echo(f"Parley answers at {address} (stop it with Ctrl-C)")
        if email:
            # Made once the port is taken: a link that is printed works only at an address that answers.
            with app.app_context():
                click.echo(f"Sign in once as {email}: {sign_in_address(email, address)}")

    try:
        http.serve(app, announce)
    except http.NotReady as error:
        raise _not_started(error) from error
    except OSError as error:
        # An error with a file's name is about the instance, not about the port.
        if error.filename is not None:
            raise
        port = app.config["PARLEY"]["PORT"]
        raise click.ClickException(
            f"Port {port} can't be used ({error.strerror}); try PARLEY_PORT=0."
        ) from error


def _not_started(error: Exception) -> click.ClickException:
    return click.ClickException(f"Not started, nothing was changed:\n{error}")


@main.command(with_appcontext=False, epilog="Example: parley settings")
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


@main.command(with_appcontext=False, epilog="Example: parley work")
@click.option("--once", is_flag=True, help="Do what is due now, and end; for a timer.")
@click.pass_obj
def work(info: ScriptInfo, once: bool) -> None:
    """Be the background worker: send emails that are due, and make the snapshots people ask for, until stopped."""
    from ..server import http, worker

    app = info.load_app()
    try:
        http.check_ready(app)
    except http.NotReady as error:
        raise _not_started(error) from error
    if once:
        sent, done = worker.work_once(app)
        click.echo(
            f"{sent} {'email' if sent == 1 else 'emails'} sent, {done} {'task' if done == 1 else 'tasks'} done"
        )
        return
    click.echo("The worker sends emails and makes snapshots as they are due (stop it with Ctrl-C)")
    worker.work(app)
