"""Invitations from a terminal: the links once, and a sentence where none can be made."""

from pathlib import Path

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
    paths = [link.removeprefix("http://localhost:8000") for link in links]
    assert [app.test_client().get(path).status_code for path in paths] == [200] * 3


def test_they_begin_with_the_public_address(app: Flask) -> None:
    app.config["PARLEY"] = {**app.config["PARLEY"], "PUBLIC_URL": "https://parley.example.org"}
    assert run(app, "ukraine", "--batch", "experts")[1].startswith("https://parley.example.org/i/")


def test_what_is_refused_is_said_and_nothing_is_made(app: Flask) -> None:
    assert run(app, "ukraine", "--batch", "experts")[0] == 0
    for arguments, sentence in (
        (("ukraine", "--batch", "experts"), "There is a batch of this name already"),
        (("nowhere", "--batch", "a"), "There is no survey nowhere"),
    ):
        status, output = run(app, *arguments)
        assert (status, sentence in output) == (1, True), output
    with app.app_context():
        assert len(db.session.scalars(select(Invitation)).all()) == 1


def test_a_number_of_links_is_refused_before_the_store_is_asked(app: Flask) -> None:
    status, output = run(app, "ukraine", "--batch", "many", "--count", "0")
    assert (status, f"0 is not in the range 1<=x<={invitations.MOST_AT_ONCE}" in output) == (2, True), output


def test_a_list_becomes_a_file_that_its_owner_alone_can_read(app: Flask, tmp_path: Path) -> None:
    people, links = tmp_path / "people.csv", tmp_path / "links.csv"
    people.write_text("Пошта;Група\nolha@example.org;Міністерство\nann@example.org\n", encoding="cp1251")
    status, output = run(app, "ukraine", "--batch", "a", "--from", str(people), "--out", str(links))
    assert (status, "2 invited; the list was read as Windows-1251, separator semicolon" in output) == (
        0,
        True,
    )
    rows = [line.split(",") for line in links.read_text().splitlines()]
    assert [row[0] for row in rows] == ["olha@example.org", "ann@example.org"]
    path = rows[1][1].removeprefix("http://localhost:8000")
    assert app.test_client().get(path).status_code == 200
    assert links.stat().st_mode & 0o077 == 0
    with app.app_context():
        assert {one.address for one in db.session.scalars(select(Invitation))} == {None}


def test_a_list_goes_by_letter_and_no_link_is_printed(app: Flask, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("olha@example.org\n")
    status, output = run(app, "ukraine", "--batch", "a", "--from", str(people), "--mail")
    assert (status, "/i/" in output) == (0, False)
    with app.app_context():
        assert db.session.scalars(select(Invitation)).one().letter_due_at is not None


def test_a_list_with_a_fault_invites_nobody(app: Flask, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("olha@example.org\nnobody\n")
    status, output = run(app, "ukraine", "--batch", "a", "--from", str(people), "--mail")
    assert (status, "Row 2:" in output, "Traceback" in output) == (1, True, False)
    for wrong in (
        ("--mail",),
        ("--from", str(people), "--count", "2"),
        ("--from", str(people), "--mail", "--out", "x"),
    ):
        assert run(app, "ukraine", "--batch", "a", *wrong)[0] == 2
    for out in (people, tmp_path / "nowhere" / "links.csv"):
        status, output = run(app, "ukraine", "--batch", "a", "--out", str(out))
        assert (status, "Nobody was invited." in output) == (1, True)
    refused = tmp_path / "links.csv"
    assert run(app, "ukraine", "--batch", "a", "--from", str(people), "--out", str(refused))[0] == 1
    assert not refused.exists()
    with app.app_context():
        assert db.session.scalars(select(Invitation)).all() == []
