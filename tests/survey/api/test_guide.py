"""docs/api.md: its examples run against a served site, and its lists have every act of every page."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey.services.api_tokens import EXPORT, create_token
from survey.services.publication import publish
from survey.services.snapshots import freeze
from survey.services.task_work import run_waiting
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.browser.chromium import served
from tests.factories import crowd, the_question, the_survey
from tests.survey.outcomes import member

from .test_callers import MATRIX

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    """The one block of the guide in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def surroundings(app: Flask) -> Iterator[dict[str, str]]:
    """What an example finds around it: a site on this machine, and an analyst's token."""

    def work(session: Session) -> str:
        crowd(session, the_question(session, "leaders-meet"), [0.2] * 12)
        publish(session, the_survey(session))
        return create_token(session, member(session, "analyst"), the_survey(session), [EXPORT])

    with app.app_context():
        token = transaction(work)
    with served(app) as site, worker(app):
        yield {**os.environ, "SITE": site, "ANALYST": token, "PYTHONPATH": str(ROOT)}


@contextmanager
def worker(app: Flask) -> Iterator[None]:
    """Beside the site: does what waits in the queue."""
    over = threading.Event()

    def work() -> None:
        with app.app_context():
            while not over.wait(0.2):
                run_waiting()
                db.session.rollback()

    thread = threading.Thread(target=copy_context().run, args=(work,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def run(command: list[str], code: str, surroundings: dict[str, str], folder: Path) -> str:
    ran = subprocess.run(
        [*command, code], env=surroundings, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


needs = {
    tool: pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")
    for tool in ("curl", "uuidgen", "Rscript")
}


@needs["curl"]
def test_the_examples_for_curl_run(surroundings: dict[str, str], tmp_path: Path) -> None:
    # Where the tool is missing its work is done: a key is any text that was not there before.
    keys = "" if shutil.which("uuidgen") else "uuidgen() { cat /proc/sys/kernel/random/uuid; }\n"
    told = run(["bash", "-euo", "pipefail", "-c"], keys + example("sh"), surroundings, tmp_path)
    receipts = re.findall(r'"receipt": *"([^"]+)"', told)
    assert len(receipts) == 2 and len(set(receipts)) == 1
    assert len((tmp_path / "rows.ndjson").read_text().splitlines()) == 12
    assert (tmp_path / "part-1.json").read_text() != (tmp_path / "part-2.json").read_text()


def test_the_example_for_python_runs(surroundings: dict[str, str], tmp_path: Path) -> None:
    told = run([sys.executable, "-c"], example("python"), surroundings, tmp_path)
    assert "leaders-meet binary open" in told and "'as_of': '2026-11-21'" in told
    assert told.count(" 0.2\n") == 12


@needs["Rscript"]
def test_the_example_for_r_runs(app: Flask, surroundings: dict[str, str], tmp_path: Path) -> None:
    with app.app_context():
        transaction(lambda session: freeze(session, the_survey(session), app.config["PARLEY"]) and None)
    run(["Rscript", "-e"], example("r"), surroundings, tmp_path)


def table(heading: str) -> dict[str, str]:
    """Endpoints of pages, or patterns of them, to what stands beside them."""
    part = GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", part, re.MULTILINE)
    return {name: beside for names, beside in rows for name in re.findall(r"`([^`]+)`", names)}


def test_every_act_of_a_page_has_an_operation_or_a_line_that_says_why_not(app: Flask) -> None:
    acts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/api/") and (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    }
    done = table("What pages do, and by which operation")
    left = table("What pages do and the API does not")
    assert {name for beside in done.values() for name in re.findall(r"`(\w+)`", beside)} <= MATRIX.keys()
    for act in sorted(acts):
        named = [name for name in (*done, *left) if name == act]
        covered = [name for name in left if fnmatchcase(act, name)]
        assert len(named) == 1 or (not named and covered), f"{act}: {named or covered}"
    # No line outlives what it tells of.
    assert [name for name in (*done, *left) if not any(fnmatchcase(act, name) for act in acts)] == []
