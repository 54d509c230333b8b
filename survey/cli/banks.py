"""Commands about question banks, and the demonstration made of the shipped one."""

from datetime import date
from typing import TYPE_CHECKING

import click

from ..simulation import BANK, DEMO_SLUG
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@main.group()
def bank() -> None:
    """Question banks: surveys written as TOML files."""


@bank.command("check", with_appcontext=False)
@click.argument("name_or_path", default=BANK)
def check(name_or_path: str) -> None:
    """Read a bank, shipped NAME or folder PATH: every fault with file and line, then advice on its words."""
    from ..bank.checking import check_bank
    from ..bank.reading import bank_folder, read_bank
    from ..bank.standard import check_standard

    click.echo("\n".join(check_bank(name_or_path)))
    for advice in check_standard(read_bank(bank_folder(name_or_path))):
        click.echo(f"advice: {advice}")


@bank.command("load")
@click.argument("name_or_path", default=BANK)
@click.option("--slug", help="Address of the survey; default: the bank's own.")
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


@main.command()
@click.option("--people", default=60, show_default=True, help="How many people to invent.")
def demo(people: int) -> None:
    """Load the shipped bank as a demonstration with invented people; a second time changes nothing."""
    from ..bank.loading import load_bank
    from ..simulation.demo import simulate
    from ..store.transaction import transaction

    def tell(day: date, done: int, days: int) -> None:
        click.echo(f"  {day}: day {done} of {days}", err=True)

    def work(session: "Session") -> int:
        load_bank(session, BANK, slug=DEMO_SLUG, simulated=True)
        return simulate(session, find_survey(session, DEMO_SLUG), people, tell=tell)

    made = transaction(work)
    click.echo(f"Survey {DEMO_SLUG}: " + (f"{made} answers of invented people" if made else "as it was"))
