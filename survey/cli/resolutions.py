"""Commands about outcomes: proposed by one person, approved by a second, listed; by the rules of pages and JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from .accounts import find_user
from .arguments import ADDRESS, MINUTE, SLUG, Text
from .root import main
from .surveys import find_survey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..models import Proposal, Question, Survey, User

_BY = click.option(
    "--by", type=ADDRESS, metavar="EMAIL", required=True, help="Account of an owner or organizer who does it."
)
#: PostgreSQL's whole numbers end there, and a larger one would be its error.
_NUMBER = click.argument("number", type=click.IntRange(1, 2**31 - 1))


@main.group("resolve")
def resolve() -> None:
    """Outcomes of questions: proposed, approved by a second person, listed."""


@resolve.command(
    "propose",
    # Too long for a narrow terminal, and broken it could not be typed.
    epilog="\b\nExample: parley resolve propose ukraine leaders-meet yes --known-from 2026-11-22T10:00"
    " --source Reuters --by ann@example.org",
)
@click.argument("slug", type=SLUG)
@click.argument("key", type=Text(80))
@click.argument("outcome", type=Text(80))
@click.option("--about", type=Text(80), help="The ladder's date, or the branch whose condition came true.")
@click.option(
    "--known-from",
    type=MINUTE,
    required=True,
    help="From when on one could know, UTC.",
)
@click.option("--source", type=Text(2000), required=True, help="Where everybody can check it.")
@click.option("--why", type=Text(2000), default="", help="What decided.")
@click.option(
    "--companion",
    "companions",
    type=Text(80),
    multiple=True,
    help="Key of a further question to resolve in the same act, where its outcome follows; repeat it.",
)
@click.option(
    "--despite", type=Text(80), multiple=True, help="Key of a relation it may contradict; repeat it."
)
@_BY
def propose(
    slug: str,
    key: str,
    outcome: str,
    about: str | None,
    known_from: datetime,
    source: str,
    why: str,
    companions: tuple[str, ...],
    despite: tuple[str, ...],
    by: str,
) -> None:
    """Say what came out of the question KEY of SLUG: yes, no, an option, a number, a day, or annulled.

    Where two or more people run the survey a second one has to approve it; else it stands at once.
    """
    from ..models import Proposal
    from ..services.resolution import Act
    from ..services.resolution_plan import with_companions
    from ..services.resolution_proposals import resolve_or_propose
    from ..services.resolution_rules import Outcome
    from ..store.engine import db

    survey, user = _survey_and_user(db.session, slug, by)
    question = _question(survey, key)
    said = Outcome(known_from, source, why, about=about, **_facts(question, outcome))
    act = Act(
        with_companions(db.session, survey, {question.id: [said]}, companions), despite=frozenset(despite)
    )
    made = resolve_or_propose(survey, act, user)
    if isinstance(made, Proposal):
        click.echo(
            f"Proposal {made.id} waits for a second person: parley resolve approve {slug} {made.id} --by EMAIL"
        )
    else:
        click.echo(
            f"{key} is resolved: {len(made)} {'outcome stands' if len(made) == 1 else 'outcomes stand'}"
        )


@resolve.command("list", epilog="Example: parley resolve list ukraine")
@click.argument("slug", type=SLUG)
def list_all(slug: str) -> None:
    """Every proposal of the survey SLUG: its number, what became of it, its questions, who made it."""
    from ..services.resolution_proposals import proposals
    from ..store.engine import db

    for one in proposals(db.session, find_survey(db.session, slug), waiting=False):
        click.echo(_line(one))


@resolve.command("approve", epilog="Example: parley resolve approve ukraine 1 --by ben@example.org")
@click.argument("slug", type=SLUG)
@_NUMBER
@_BY
def approve(slug: str, number: int, by: str) -> None:
    """Approve the proposal NUMBER of the survey SLUG, as a second person: it counts from now on."""
    _decide(slug, number, "approve", by)
    click.echo(f"Proposal {number} is approved; everybody's scores are stored")


@resolve.command(
    "refuse", epilog="Example: parley resolve refuse ukraine 1 --by ben@example.org --reason Unclear"
)
@click.argument("slug", type=SLUG)
@_NUMBER
@click.option("--reason", type=Text(2000), required=True, help="Why, for its author.")
@_BY
def refuse(slug: str, number: int, reason: str, by: str) -> None:
    """Refuse the proposal NUMBER of the survey SLUG, as a second person."""
    _decide(slug, number, "refuse", by, reason)
    click.echo(f"Proposal {number} is refused; nothing was resolved")


@resolve.command("withdraw", epilog="Example: parley resolve withdraw ukraine 1 --by ann@example.org")
@click.argument("slug", type=SLUG)
@_NUMBER
@_BY
def withdraw(slug: str, number: int, by: str) -> None:
    """Withdraw one's own proposal NUMBER of the survey SLUG."""
    _decide(slug, number, "withdraw", by)
    click.echo(f"Proposal {number} is withdrawn; nothing was resolved")


def _decide(slug: str, number: int, act: str, by: str, reason: str = "") -> None:
    from ..services.resolution_proposals import decide
    from ..store.engine import db

    survey, user = _survey_and_user(db.session, slug, by)
    decide(survey, number, act, user, reason)


def _survey_and_user(session: "Session", slug: str, email: str) -> "tuple[Survey, User]":
    """The survey, and an account that may resolve in it."""
    from sqlalchemy import select

    from ..disclosure import RUNNING
    from ..models import Membership

    survey, user = find_survey(session, slug), find_user(session, email)
    member = session.scalar(select(Membership).filter_by(user_id=user.id, survey_id=survey.id))
    if member is None or member.role not in RUNNING:
        raise click.ClickException(f"{email} is neither owner nor organizer of {slug}.")
    return survey, user


def _question(survey: "Survey", key: str) -> "Question":
    for question in survey.questions:
        if question.key == key and not question.is_draft:
            return question
    raise click.ClickException(f"The survey {survey.slug} has no question {key}.")


def _facts(question: "Question", outcome: str) -> dict[str, Any]:
    """What came out, as `Outcome` has it of this kind."""
    from ..i18n.normalization import Unreadable
    from ..questions import number_parsing
    from ..services.resolution_rules import OPTIONS, YES_OR_NO

    if outcome == "annulled":
        return {"annulled": True}
    if question.kind in OPTIONS:
        return {"option": outcome}
    if question.kind in YES_OR_NO:
        if outcome not in ("yes", "no"):
            raise click.ClickException(f"The outcome of {question.key} is yes, no or annulled.")
        return {"value": float(outcome == "yes")}
    reading = number_parsing.date if question.kind == "date" else number_parsing.number
    try:
        return {"value": reading(outcome).value}
    except Unreadable as unreadable:
        raise click.ClickException(str(unreadable)) from unreadable


def _line(one: "Proposal") -> str:
    keys = ", ".join(dict.fromkeys(said["question"] for said in one.outcomes))
    state = one.decision.act if one.decision else "waiting"
    return f"{one.id}  {state}  {keys}  {one.by.email}"
