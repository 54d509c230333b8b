"""Commands about surveys: publications, letters that are due."""

from datetime import date
from typing import TYPE_CHECKING

import click

from .arguments import DAY, SLUG
from .root import main

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..models import Survey


@main.command(epilog="Example: parley publish ukraine --as-of 2026-11-21")
@click.argument("slug", type=SLUG, required=False)
@click.option("--as-of", type=DAY, help="The UTC day, over by now; default: yesterday.")
def publish(slug: str | None, as_of: date | None) -> None:
    """Publish what is due in the survey SLUG, or in every survey."""
    from sqlalchemy import select

    from .. import clock
    from ..models import Survey
    from ..services.own_tasks import own_task
    from ..services.publication import publish_each
    from ..store.engine import db

    if slug:
        # Before a task is begun: an address that is none is no publication that failed.
        find_survey(db.session, slug)
    try:
        day = clock.closed_day(db.session, as_of)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    slugs = [slug] if slug else list(db.session.scalars(select(Survey.slug).order_by(Survey.slug)))
    with own_task("publish") as progress:
        published = publish_each(slugs, day, progress)
        # Without a result the task has failed: what could not be published is told, and held up no other.
        progress.result = sum(published.values()) if len(published) == len(slugs) else None
    for each, made in published.items():
        click.echo(f"{each}: {made} {'question' if made == 1 else 'questions'} published")
    if failed := [each for each in slugs if each not in published]:
        raise click.ClickException(f"Not published, for the reasons logged above: {', '.join(failed)}.")


@main.command(epilog="Example: parley notify")
def notify() -> None:
    """Send the emails that are due, once; for a timer where no worker runs."""
    from ..notifications import messages
    from ..services import invitation_letters
    from ..services.own_tasks import own_task

    with own_task("letters") as progress:
        noted, sent = messages.deliver(progress)
        sent += invitation_letters.deliver(progress)
        progress.result = sent
    click.echo(f"{noted} noted, {sent} {'email' if sent == 1 else 'emails'} sent")


def find_survey(session: "Session", slug: str) -> "Survey":
    """The survey at this address; an error that names the others where there is none."""
    from sqlalchemy import select

    from ..models import Survey

    survey = session.scalar(select(Survey).filter_by(slug=slug))
    if survey is None:
        known = ", ".join(session.scalars(select(Survey.slug).order_by(Survey.slug))) or "none"
        raise click.ClickException(f"There is no survey {slug}; there is: {known}.")
    return survey
