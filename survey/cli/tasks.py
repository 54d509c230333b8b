"""Commands about snapshots and other background tasks: asked for here, looked at, cancelled."""

import sys
from typing import TYPE_CHECKING

import click
from flask.cli import ScriptInfo

from .arguments import DAY, SLUG, Text
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from datetime import date

    from ..models import Task

#: Of `export/options.py`, written out for the help; a test holds that they are.
K, MOST_K, MOST_L = 5, 100, 20

#: Of those that are over so many are listed.
LISTED = 20
NUMBER = click.IntRange(min=1, max=2**31 - 1)


@main.group()
def snapshot() -> None:
    """Snapshots of what was received, for research."""


_k = click.option(
    "--k",
    type=click.IntRange(1, MOST_K),
    default=K,
    show_default=True,
    metavar="N",
    help="Fewest people of whom the same is told; 1: nothing is suppressed.",
)
_not_identifying = click.option(
    "--not-identifying",
    type=Text(64),
    multiple=True,
    metavar="KEY",
    help="A question about oneself by whose answer nobody is recognized; may come again.",
)


@snapshot.command("freeze", epilog="Example: parley snapshot freeze ukraine --k 5")
@click.argument("slug", type=SLUG)
@_k
@click.option(
    "--k-reason", type=Text(500), default="", metavar="TEXT", help=f"Why fewer than {K} are enough."
)
@_not_identifying
@click.option(
    "--stable-ids", is_flag=True, help="People bear the pseudonyms of all other snapshots frozen so."
)
@click.option(
    "--exact-times",
    type=Text(500),
    default="",
    metavar="TEXT",
    help="Why days will not do: exact times, then.",
)
@click.option(
    "--reviewed-until",
    type=DAY,
    default=None,
    metavar="DAY",
    help="The reasons up to this day were looked through; without it none goes out.",
)
@click.option(
    "--l-diversity",
    type=click.IntRange(1, MOST_L),
    default=1,
    metavar="L",
    help="Fewest different forecasts on a question of people of whom the same is told. Default: 1, any.",
)
def freeze(
    slug: str,
    k: int,
    k_reason: str,
    not_identifying: tuple[str, ...],
    stable_ids: bool,
    exact_times: str,
    reviewed_until: "date | None",
    l_diversity: int,
) -> None:
    """Freeze everything the survey SLUG received by the end of yesterday, UTC, and make the files.

    What is chosen about the people in it stands in the bundle and in the audit log. It shows how far it is. Ctrl-C
    cancels it, and nothing of it is kept.
    """
    from ..export.options import FreezeOptions
    from ..services import task_work
    from ..store.engine import db
    from ..store.transaction import transaction

    survey = find_survey(db.session, slug)
    if survey.pilot:
        raise click.ClickException(f"{slug} is a trial: its answers are not taken out.")
    options = FreezeOptions(
        k, k_reason, not_identifying, stable_ids, exact_times, reviewed_until, l_diversity
    )
    # A task like any other, though it runs here: a worker that looks meanwhile finds it taken.
    number = transaction(lambda session: task_work.ask_snapshot(session, survey, None, options).id)
    try:
        _run_shown(number)
    # Noted as cancelled: left as running, it would be begun anew by the next worker.
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


@snapshot.command("report", epilog="Example: parley snapshot report ukraine --k 5")
@click.argument("slug", type=SLUG)
@_k
@_not_identifying
def report(slug: str, k: int, not_identifying: tuple[str, ...]) -> None:
    """Print who of the survey SLUG could be singled out by what they said about themselves, before it is frozen.

    k-anonymity by question, by two together and by all; and l-diversity of the forecasts over all.
    """
    from ..services.freeze_options import report_before
    from ..store.engine import db

    told = report_before(db.session, find_survey(db.session, slug), k, not_identifying)
    click.echo(f"{'people':>8}{'classes':>9}{'smallest':>10}{f'below {k}':>10}  told by")
    for one in told.combinations:
        by = ", ".join(one.keys) or "nothing"
        click.echo(f"{told.people:>8}{one.classes:>9}{one.smallest:>10}{one.few:>10}  {by}")
    click.echo(
        f"Fewest different forecasts of a class on a question: {told.diversity.least}; "
        f"all the same in {told.diversity.alike} of {told.diversity.pairs}"
    )


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

    # Another process works at it: what was read of it before is old.
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
