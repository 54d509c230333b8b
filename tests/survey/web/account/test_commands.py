"""Invitations from a terminal: the links once, and a sentence where none can be made."""

from flask import Flask
from sqlalchemy import select

from survey.cli import main
from survey.models import Invitation
from survey.services import invitations
from survey.store.engine import db


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(main, ["invite", *arguments])
    return result.exit_code, result.output


def test_the_links_are_printed_one_a_line_and_work(app: Flask) -> None:
    status, output = run(app, "ukraine", "--batch", "experts", "--count", "3", "--days", "7")
    links = output.split()
    assert (status, len(set(links))) == (0, 3)
    paths = [link.removeprefix("http://127.0.0.1:8000") for link in links]
    assert [app.test_client().get(path).status_code for path in paths] == [200] * 3


def test_they_begin_with_the_public_address(app: Flask) -> None:
    app.config["PARLEY"] = {**app.config["PARLEY"], "PUBLIC_URL": "https://parley.example.org"}
    assert run(app, "ukraine", "--batch", "experts")[1].startswith("https://parley.example.org/i/")


def test_what_is_refused_is_said_and_nothing_is_made(app: Flask) -> None:
    assert run(app, "ukraine", "--batch", "experts")[0] == 0
    for arguments, sentence in (
        (("ukraine", "--batch", "experts"), "There is a batch of this name already"),
        (("ukraine", "--batch", "many", "--count", "0"), f"Make 1 to {invitations.MOST_AT_ONCE}"),
        (("nowhere", "--batch", "a"), "There is no survey nowhere"),
    ):
        status, output = run(app, *arguments)
        assert (status, sentence in output) == (1, True), output
    with app.app_context():
        assert len(db.session.scalars(select(Invitation)).all()) == 1
