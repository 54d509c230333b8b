"""Commands about snapshots and other background tasks: asked for here, looked at, cancelled."""

import sys
from typing import TYPE_CHECKING

import click
from flask.cli import ScriptInfo

from .arguments import SLUG
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from ..models import Task

#: Of those that are over so many are listed.
LISTED = 20
NUMBER = click.IntRange(min=1, max=2**31 - 1)


@main.group()
def snapshot() -> None:
    """Snapshots of what was received, for research."""


@snapshot.command("freeze", epilog="Example: parley snapshot freeze ukraine")
@click.argument("slug", type=SLUG)
def freeze(slug: str) -> None:
    """Freeze everything the survey SLUG received by the end of yesterday, UTC, and make the files.

    It shows how far it is. Ctrl-C cancels it, and nothing of it is kept.
    """
    from ..services import task_work
    from ..store.engine import db
    from ..store.transaction import transaction

    survey = find_survey(db.session, slug)
    if survey.pilot:
        raise click.ClickException(f"{slug} is a trial: its answers are not taken out.")
    number = transaction(lambda session: task_work.ask_snapshot(session, survey, None).id)
    try:
        _run_shown(number)
    except KeyboardInterrupt:
        _cancel(number)
        raise click.ClickException(f"Task {number} is cancelled; nothing of it was kept.") from None
    task = _find(number)
    if task.state == "running":
        raise click.ClickException(
            f"Task {number} is being done by another worker: “parley task list” shows it."
        )
    if task.state != "done":
        raise click.ClickException(_line(task))
    click.echo(f"Snapshot {task.result} of {slug} is frozen, with its files")


def _run_shown(number: int) -> None:
    """Do a task with a bar on a terminal, with a line for each tenth elsewhere."""
    from ..services import task_work

    if _on_terminal():
        with click.progressbar(length=100, label=f"Task {number}") as bar:
            task_work.run(number, lambda _step, share: bar.update(round(100 * share) - bar.pos))
            bar.update(100 - bar.pos)
        return
    tenths = set[int]()

    def line(step: str, share: float) -> None:
        if int(10 * share) not in tenths:
            tenths.add(int(10 * share))
            click.echo(f"Task {number}: {100 * share:.0f} %, {step}")

    task_work.run(number, line)


def _on_terminal() -> bool:
    return sys.stdout.isatty()


@main.group()
def task() -> None:
    """What is done in the background: snapshots, publications, emails."""


@task.command("list", epilog="Example: parley task list")
def list_() -> None:
    """Print the tasks that wait or run, and the last that are over, the newest first."""
    from sqlalchemy import select

    from ..models import ENDED_STATES, LIVE_STATES, Task
    from ..store.engine import db

    newest = select(Task).order_by(Task.id.desc())
    tasks = [
        *db.session.scalars(newest.where(Task.state.in_(LIVE_STATES))),
        *db.session.scalars(newest.where(Task.state.in_(ENDED_STATES)).limit(LISTED)),
    ]
    for one in tasks:
        click.echo(_line(one))
    if not tasks:
        click.echo("No tasks: nothing was asked for, and nothing is due")


@task.command("cancel", epilog="Example: parley task cancel 12")
@click.argument("number", type=NUMBER)
def cancel(number: int) -> None:
    """End the task NUMBER that somebody asked for; nothing of it is kept."""
    found = _find(number)
    if found.kind != "snapshot":
        raise click.ClickException(
            f"Task {number} is what Parley does by itself; it would begin again. Nothing was changed."
        )
    if not _cancel(number):
        raise click.ClickException(f"It is over already. {_line(found)}")
    click.echo(f"Task {number} is cancelled; nothing of it was kept")


@task.command("run", with_appcontext=False, epilog="Example: parley task run 12")
@click.argument("number", type=NUMBER)
@click.pass_obj
def run(info: ScriptInfo, number: int) -> None:
    """Do the task NUMBER that waits, here; the worker begins a process with it."""
    with info.load_app().app_context():
        from ..services import task_work

        found = _find(number)
        if found.kind != "snapshot":
            raise click.ClickException(f"Task {number} is done by the server itself. Nothing was changed.")
        task_work.run(number)
        click.echo(_line(_find(number)))


def _find(number: int) -> "Task":
    from ..models import Task
    from ..store.engine import db

    db.session.expire_all()
    found = db.session.get(Task, number)
    if found is None:
        raise click.ClickException(f"There is no task {number}: “parley task list” lists them.")
    return found


def _cancel(number: int) -> bool:
    from ..models import Task
    from ..services import tasks
    from ..store.transaction import transaction

    return transaction(lambda session: tasks.cancel(session, session.get_one(Task, number)))


def _line(one: "Task") -> str:
    """A task on one line: number, what it is, of which survey, its state, how far it is or what came of it."""
    what = f"{one.kind} {one.survey.slug}" if one.survey else one.kind
    about = {
        "running": f"{100 * one.share:.0f} % {one.step}".rstrip(),
        "done": f"{one.result}",
        "failed": " ".join(filter(None, [one.fault, one.reference])),
    }.get(one.state, "")
    moment = one.ended_at or one.seen_at or one.asked_at
    return f"{one.id}  {moment:%Y-%m-%d %H:%M} UTC  {what}: {one.state}{f' ({about})' if about else ''}"
