"""Commands about question banks, and the demonstration made of the shipped one."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from ..simulation import BANK, DEMO_SLUG
from . import arguments
from .root import main

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar
    from sqlalchemy.orm import Session

    from ..simulation.demo import Progress, Tell


@main.group()
def bank() -> None:
    """Question banks: surveys written as TOML files."""


@bank.command("check", with_appcontext=False, epilog="Example: parley bank check survey/bank/ukraine")
@click.argument("name_or_path", type=arguments.BANK, default=BANK)
def check(name_or_path: str) -> None:
    """Read a bank, shipped NAME or folder PATH: every fault with file and line, then advice on its words."""
    from ..bank.checking import check_bank
    from ..bank.reading import bank_folder, read_bank
    from ..bank.standard import check_standard

    click.echo("\n".join(check_bank(name_or_path)))
    for advice in check_standard(read_bank(bank_folder(name_or_path))):
        click.echo(f"advice: {advice}")


@bank.command("load", epilog="Example: parley bank load ukraine --slug rehearsal")
@click.argument("name_or_path", type=arguments.BANK, default=BANK)
@click.option("--slug", type=arguments.SLUG, help="Address of the survey; default: the bank's own.")
@click.option("--simulated", is_flag=True, help="Make it a demonstration, in which invented people count.")
def load(name_or_path: str, slug: str | None, simulated: bool) -> None:
    """Load a bank as a survey; loading it again stores changed words as new versions and nothing else."""
    from ..bank.checking import checked_bank
    from ..bank.reading import bank_folder
    from ..services.data_controller import takes_newcomers
    from ..services.preregistration import load_survey
    from ..store.transaction import transaction

    def work(session: "Session") -> str:
        bank = checked_bank(bank_folder(name_or_path))
        survey = load_survey(session, bank, slug=slug, simulated=simulated)
        said = f"{survey.slug}: {len(survey.questions)} questions"
        if takes_newcomers(session, survey):
            return said
        return (
            f"{said}. Nobody can join it yet: an owner says first who runs it, under “Who asks”,"
            " or the bank does under [organizer] in each language."
        )

    click.echo(f"Survey {transaction(work)}")


@main.command(epilog="Example: parley demo --people 200")
@click.option(
    "--people",
    type=click.IntRange(1, arguments.MOST_PEOPLE),
    default=60,
    show_default=True,
    help="How many people to invent.",
)
def demo(people: int) -> None:
    """Load the shipped bank as a demonstration with invented people; again: what is missing, or nothing."""
    from ..bank.loading import load_bank
    from ..simulation.demo import simulate
    from ..store.transaction import transaction

    # By itself: people are played a visit at a time, and one that is ended goes on where it was.
    transaction(lambda session: load_bank(session, BANK, slug=DEMO_SLUG, simulated=True).id)
    with _progress(people) as tell:
        made = simulate(DEMO_SLUG, people, tell=tell)
    click.echo(f"Survey {DEMO_SLUG}: " + (f"{made} answers of invented people" if made else "as it was"))


@contextmanager
def _progress(people: int) -> "Iterator[Tell]":
    """A bar on a terminal; where it goes to a file a line for each tenth."""
    with ExitStack() as shown:
        bars: list[ProgressBar[int]] = []

        def tell(at: "Progress") -> None:
            if at.done == 1 and at.plan.people != people:
                click.echo(f"  Going on with the {at.plan.people} people it was begun with", err=True)
            if not sys.stderr.isatty():
                if at.done * 10 // at.steps > (at.done - 1) * 10 // at.steps:
                    click.echo(f"  {at.day}: {at.done} of {at.steps} steps", err=True)
                return
            if not bars:
                bar: ProgressBar[int] = click.progressbar(length=at.steps, file=sys.stderr)
                bars.append(shown.enter_context(bar))
            bars[0].update(1)

        yield tell
