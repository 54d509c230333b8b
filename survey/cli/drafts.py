"""Commands about surveys as they are written: begun, checked, opened, taken out as files, put away."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from .accounts import find_user
from .arguments import ADDRESS, LANGUAGE, SLUG, File, Text
from .root import main

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..bank.document import Document
    from ..models import Survey, SurveyDraft, User
    from ..services.draft_imports import ImportPlan


@main.group("survey")
def survey() -> None:
    """Surveys as they are written: before they are opened, and their changes afterwards."""


@survey.command("new", epilog="Example: parley survey new peace-2027 --title Peace --owner ann@example.org")
@click.argument("slug", type=SLUG)
@click.option("--title", type=Text(), default="", help="Its title in the first language.")
@click.option(
    "--language", type=LANGUAGE, default="en", show_default=True, help="The language it is written in first."
)
@click.option(
    "--owner", type=ADDRESS, metavar="EMAIL", help="Who owns it; without one, commands alone change it."
)
def new(slug: str, title: str, language: str, owner: str | None) -> None:
    """Begin a blank survey at the address SLUG."""
    from ..services import drafts
    from ..store.transaction import transaction

    def work(session: "Session") -> None:
        drafts.start(session, _user(session, owner), slug, drafts.blank_document(title, language))

    transaction(work)
    click.echo(f"Survey {slug} is begun; nobody but its writers sees it")


@survey.command("list", epilog="Example: parley survey list")
def list_all() -> None:
    """Every survey that is written or asked here: its address, how far it is, its title."""
    from sqlalchemy import select

    from ..models import Survey, SurveyDraft
    from ..store.engine import db

    drafts = list(db.session.scalars(select(SurveyDraft)))
    written = {draft.survey_id for draft in drafts}
    lines = {draft.slug: f"{_state(draft)}  {_title(draft.document)}" for draft in drafts}
    for asked in db.session.scalars(select(Survey)):
        if asked.id not in written:
            lines[asked.slug] = f"open  {asked.text(asked.languages[0]).title}"
    for slug, line in sorted(lines.items()):
        click.echo(f"{slug}  {line}")


@survey.command("show", epilog="Example: parley survey show ukraine")
@click.argument("slug", type=SLUG)
def show(slug: str) -> None:
    """What is written of the survey SLUG: its themes, and its questions with their kinds."""
    from ..bank.document import read
    from ..store.engine import db

    document = _document(db.session, slug)
    bank = read(document).bank
    click.echo(f"{slug}: {_title(document)}")
    for theme in bank.themes:
        click.echo(theme)
        for question in bank.questions:
            if question.theme == theme:
                click.echo(f"  {question.key}  {question.kind or 'no kind yet'}")


@survey.command("check", epilog="Example: parley survey check ukraine")
@click.argument("slug", type=SLUG)
def check(slug: str) -> None:
    """Name everything that is missing or wrong in the survey SLUG before it can be opened."""
    from ..bank.document import obstacles, read
    from ..store.engine import db

    faults = obstacles(read(_document(db.session, slug)))
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise click.ClickException(f"{len(faults)} to mend before {slug} can be opened.")
    click.echo(f"{slug} can be opened")


@survey.command("open", epilog="Example: parley survey open ukraine")
@click.argument("slug", type=SLUG)
def open_it(slug: str) -> None:
    """Open the survey SLUG to participants; of one that is open, publish what was changed since."""
    from ..config import site_address
    from ..services import drafts
    from ..store.transaction import transaction

    def work(session: "Session") -> tuple[str, bool, int]:
        survey = drafts.open_draft(session, find_draft(session, slug))
        return survey.slug, survey.visibility != "invited", len(survey.questions)

    now_at, by_address, count = transaction(work)
    click.echo(f"Survey {now_at} is open with {count} questions")
    if by_address:
        click.echo(f"People take part at {site_address(current_app.config['PARLEY'])}/s/{now_at}/")
    else:
        click.echo(f"Nobody gets in without an invitation: parley invite {now_at} --from people.csv --mail")


_FORMAT = click.option(
    "--format", "format_", type=click.Choice(("toml", "json", "csv", "xlsx")), help="Default: by the ending."
)


@survey.command("export", epilog="Example: parley survey export ukraine ukraine.xlsx")
@click.argument("slug", type=SLUG)
@click.argument("target", type=File())
@_FORMAT
def export(slug: str, target: Path, format_: str | None) -> None:
    """Write the survey SLUG to TARGET: a file that ends in .toml, .json, .xlsx or .csv, else a folder of TOML files.

    CSV holds its questions alone, every other format the whole survey.
    """
    from ..bank.interchange import FORMATS, write_file
    from ..bank.writing import write_folder
    from ..store.engine import db

    document = _document(db.session, slug)
    format_ = format_ or target.suffix.removeprefix(".").lower()
    try:
        if format_ in FORMATS:
            target.write_bytes(write_file(document, format_))
        else:
            write_folder(document, target)
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written: {error.strerror}.") from error
    click.echo(f"Survey {slug} is written to {target}")


@survey.command("import", epilog="Example: parley survey import ukraine.xlsx --slug rehearsal --dry-run")
@click.argument("source", type=File())
@click.option("--slug", type=SLUG, help="Its address; default: the one that the files name.")
@click.option("--owner", type=ADDRESS, metavar="EMAIL", help="Who owns it, where it is new.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@_FORMAT
def import_it(source: Path, slug: str | None, owner: str | None, dry_run: bool, format_: str | None) -> None:
    """Take SOURCE as a draft, new or over one that is there.

    SOURCE is a bank's name, a folder of TOML files, or one file that ends in .toml, .json, .xlsx or .csv. A file of
    questions alone adds to the survey --slug, or changes it.
    """
    from sqlalchemy import select

    from ..models import SurveyDraft
    from ..services import draft_imports, drafts
    from ..store.transaction import transaction

    given, format_ = _read(source, format_)
    document = draft_imports.whole_document(given, format_)
    if slug is None and document is None:
        raise click.ClickException(
            "This file holds questions alone: name the survey they are for with --slug."
        )
    address = slug or str(_inside(document or {}, "structure", "survey").get("slug") or "")
    blank = drafts.blank_document("", "en")

    def work(session: "Session") -> tuple[str, draft_imports.ImportPlan]:
        there = session.scalar(select(SurveyDraft).filter_by(slug=address))
        # Questions alone need a survey to go into; a whole one is begun where there is none.
        is_new = there is None and document is not None
        if is_new:
            drafts.check_free(session, address)
        if dry_run:
            before = blank if is_new else _document(session, address)
            return "not changed", draft_imports.plan_import(before, given, format_)
        there = there if is_new else there or find_draft(session, address)
        if there is None:
            plan = draft_imports.plan_import(blank, given, format_)
            drafts.start(session, _user(session, owner), address, plan.document)
            return "begun", plan
        return "changed", draft_imports.import_file(session, there, None, given, format_)

    done, plan = transaction(work)
    _tell(plan, in_full=dry_run)
    click.echo(f"Survey {address} is {done}; nobody but its writers sees it")


def _tell(plan: "ImportPlan", in_full: bool) -> None:
    """What an import does, one line a question; else in one line how much."""
    groups = {
        "added": plan.added,
        "changed": plan.changed,
        "as it is": plan.left,
        "taken out": plan.taken_out,
    }
    if in_full:
        for name, lines in groups.items():
            for line in lines:
                told = (
                    name,
                    line.place,
                    line.key,
                    line.title,
                    ", ".join(line.changed) if name == "changed" else "",
                )
                click.echo("  ".join(filter(None, told)))
        for fault in plan.to_mend:
            click.echo(f"before opening: {fault}")
    counts = ", ".join(f"{len(lines)} {name}" for name, lines in groups.items())
    click.echo(f"{plan.read_as} Questions: {counts}")


@survey.command("duplicate", epilog="Example: parley survey duplicate ukraine rehearsal")
@click.argument("slug", type=SLUG)
@click.argument("new_slug", type=SLUG)
@click.option("--owner", type=ADDRESS, metavar="EMAIL", help="Who owns the copy.")
def duplicate(slug: str, new_slug: str, owner: str | None) -> None:
    """Begin a survey at NEW_SLUG as a copy of the survey SLUG, without its answers."""
    from ..services import drafts
    from ..store.transaction import transaction

    transaction(
        lambda session: drafts.start(session, _user(session, owner), new_slug, _document(session, slug)).id
    )
    click.echo(f"Survey {new_slug} is begun as a copy of {slug}")


@survey.command("archive", epilog="Example: parley survey archive rehearsal --back")
@click.argument("slug", type=SLUG)
@click.option("--back", is_flag=True, help="Bring it back instead.")
def archive(slug: str, back: bool) -> None:
    """Put the draft SLUG away; a survey that is open goes on as it is."""
    from ..services import drafts
    from ..store.transaction import transaction

    transaction(lambda session: drafts.archive(session, find_draft(session, slug), away=not back))
    click.echo(f"Survey {slug} is {'back' if back else 'put away'}")


@survey.command("delete", epilog="Example: parley survey delete rehearsal")
@click.argument("slug", type=SLUG)
@click.confirmation_option(prompt="Everything written in it goes, and cannot be brought back. Delete it?")
def delete(slug: str) -> None:
    """Delete the draft SLUG with everything written in it, where it was never opened."""
    from ..services import drafts
    from ..store.transaction import transaction

    transaction(lambda session: drafts.delete(session, find_draft(session, slug)))
    click.echo(f"Survey {slug} is deleted")


def find_draft(session: "Session", slug: str) -> "SurveyDraft":
    """The draft at this address; that of an opened survey is made where there is none yet."""
    from sqlalchemy import select

    from ..models import Survey, SurveyDraft
    from ..services import drafts

    draft = session.scalar(select(SurveyDraft).filter_by(slug=slug))
    if draft is not None:
        return draft
    opened: Survey | None = session.scalar(select(Survey).filter_by(slug=slug))
    if opened is None:
        known = ", ".join(session.scalars(select(SurveyDraft.slug).order_by(SurveyDraft.slug))) or "none"
        raise click.ClickException(f"No survey {slug} is written here; there is: {known}.")
    return drafts.take_up(session, opened)


def _document(session: "Session", slug: str) -> "Document":
    """What is written of a survey; of one that was never taken up for writing, what participants read."""
    from ..services import drafts

    source: Survey | SurveyDraft = _draft_or_survey(session, slug)
    return drafts.copy_of(source, session)


def _draft_or_survey(session: "Session", slug: str) -> "Survey | SurveyDraft":
    from sqlalchemy import select

    from ..models import Survey, SurveyDraft

    found = session.scalar(select(SurveyDraft).filter_by(slug=slug)) or session.scalar(
        select(Survey).filter_by(slug=slug)
    )
    return found if found is not None else find_draft(session, slug)


def _user(session: "Session", email: str | None) -> "User | None":
    return find_user(session, email) if email is not None else None


def _read(source: Path, format_: str | None) -> tuple[bytes, str]:
    """The bytes of a source and their format; a folder or a bank that ships becomes one file."""
    from ..bank.document import document_of_folder
    from ..bank.interchange import format_of, write_file
    from ..bank.reading import bank_folder

    # A folder becomes one file, so that one way alone leads in, with the same checks.
    if format_ is None and (source.is_dir() or not source.suffix):
        return write_file(document_of_folder(bank_folder(str(source))), "json"), "json"
    format_ = format_ or format_of(source.name)
    try:
        return source.read_bytes(), format_
    except OSError as error:
        raise click.ClickException(f"{source} cannot be read: {error.strerror}.") from error


def _inside(document: "Document", *path: str) -> "Document":
    from ..bank.paths import value_at

    found = value_at(document, path)
    return found if isinstance(found, dict) else {}


def _title(document: "Document") -> str:
    words = _inside(document, "words")
    titles = (_inside(document, "words", code, "survey").get("title") for code in words)
    return str(next((title for title in titles if title), "without a title"))


def _state(draft: "SurveyDraft") -> str:
    if draft.archived_at is not None:
        return "put away"
    if draft.survey_id is None:
        return "not open yet"
    return "open" if draft.opened_revision == draft.revision else "open, with changes"
