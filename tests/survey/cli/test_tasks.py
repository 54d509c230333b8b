"""Snapshots and background tasks from a terminal: how far it is, what there is, what can be cancelled."""

from datetime import date

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.cli import tasks as commands
from survey.export import options
from survey.export.options import FreezeOptions
from survey.models import Snapshot, Task
from survey.services import task_work, tasks
from survey.services.own_tasks import own_task
from survey.services.task_work import ask_snapshot
from survey.store.transaction import transaction
from tests.factories import someone, the_survey


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(main, arguments)


def asked(session: Session) -> int:
    return transaction(lambda session: ask_snapshot(session, the_survey(session), None).id)


def test_a_snapshot_is_frozen_with_lines_of_how_far_it_is(app: Flask) -> None:
    made = run(app, "snapshot", "freeze", "ukraine")
    assert (made.exit_code, made.output.splitlines()[0]) == (0, "Task 1: 1 %, questions.csv")
    assert made.output.splitlines()[-1] == "Snapshot 1 of ukraine is frozen, with its files"
    assert run(app, "task", "list").output.endswith("snapshot ukraine: done (1)\n")


def test_what_is_chosen_is_kept_with_a_snapshot_and_what_is_refused_says_why(
    app: Flask, session: Session
) -> None:
    written_out = commands.K, commands.MOST_K, commands.MOST_L
    assert written_out == (options.K, options.MOST_K, options.MOST_L)
    refused = run(app, "snapshot", "freeze", "ukraine", "--k=1")
    assert (refused.exit_code, "Say why fewer than 5" in refused.output) == (1, True)
    flags = (
        "--k=1",
        "--k-reason=Restricted use",
        "--stable-ids",
        "--not-identifying=region",
        "--l-diversity=2",
    )
    assert run(app, "snapshot", "freeze", "ukraine", *flags, "--reviewed-until=2026-11-20").exit_code == 0
    session.rollback()
    assert options.options_of(session.scalars(select(Snapshot)).one()) == FreezeOptions(
        1, "Restricted use", ("region",), stable_ids=True, reviewed_until=date(2026, 11, 20), l_diversity=2
    )
    told = run(app, "snapshot", "report", "ukraine", "--not-identifying=region").output.splitlines()
    assert told[0].split() == ["people", "classes", "smallest", "below", "5", "told", "by"]
    assert not any("region" in line for line in told) and told[-1].startswith("Fewest different forecasts")


def test_ctrl_c_cancels_and_keeps_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_asked: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(task_work.snapshots, "make_bundle", interrupted)
    ended = run(app, "snapshot", "freeze", "ukraine")
    assert (ended.exit_code, "cancelled; nothing of it was kept" in ended.output) == (1, True)
    monkeypatch.undo()
    # Neither its number nor its place in the queue is taken.
    assert "Snapshot 1 of" in run(app, "snapshot", "freeze", "ukraine").output


def test_what_waits_is_listed_and_cancelled_once(app: Flask, session: Session) -> None:
    assert run(app, "task", "list").output == "No tasks: nothing was asked for, and nothing is due\n"
    number = asked(session)
    session.rollback()
    assert "snapshot ukraine: waiting" in run(app, "task", "list").output
    assert (
        run(app, "task", "cancel", str(number)).output
        == f"Task {number} is cancelled; nothing of it was kept\n"
    )
    again = run(app, "task", "cancel", str(number))
    assert (again.exit_code, "It is over already" in again.output) == (1, True)
    assert run(app, "task", "cancel", "99").output.startswith("Error: There is no task 99")


def test_what_the_system_does_by_itself_is_listed_and_not_cancelled(app: Flask, session: Session) -> None:
    with own_task("letters") as told:
        told("news", 0.25)
        session.rollback()
        assert "letters: running (25 % news)" in run(app, "task", "list").output
        refused = run(app, "task", "cancel", "1")
        assert (refused.exit_code, "by itself" in refused.output) == (1, True)
        told.result = 2
    session.rollback()
    assert "letters: done (2)" in run(app, "task", "list").output


def test_one_that_another_worker_is_at_is_not_made_twice(app: Flask, session: Session) -> None:
    number = asked(session)
    assert transaction(lambda session: tasks.claim(session, number))
    session.rollback()
    told = run(app, "snapshot", "freeze", "ukraine")
    assert (told.exit_code, "another worker" in told.output) == (1, True)
    assert session.query(Task).count() == 1


def test_a_timer_does_what_waits_and_ends(app: Flask, session: Session) -> None:
    someone(session)
    session.commit()
    asked(session)
    session.rollback()
    assert run(app, "work", "--once").output == "0 emails sent, 1 task done\n"
    assert run(app, "work", "--once").output == "0 emails sent, 0 tasks done\n"


def test_a_bar_on_a_terminal_ends_full(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[int] = []

    class Bar:
        pos = 0

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *_error: object) -> None:
            moved.append(self.pos)

        def update(self, steps: int) -> None:
            self.pos += steps

    monkeypatch.setattr(commands.click, "progressbar", lambda **_more: Bar())
    monkeypatch.setattr(commands, "_on_terminal", lambda: True)
    assert "is frozen" in run(app, "snapshot", "freeze", "ukraine").output
    assert moved == [100]
