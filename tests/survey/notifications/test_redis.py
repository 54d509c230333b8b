"""The worker with a Redis queue: a real server, real workers, every letter once."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError as NobodyListens
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Notice
from survey.notifications import contacts
from survey.server import worker
from survey.services.resolution import resolve
from survey.services.resolution_rules import Outcome
from tests.factories import on, say, someone, the_question

from .conftest import LEAVES_CONNECTIONS, Outbox

pytestmark = [pytest.mark.redis, LEAVES_CONNECTIONS, pytest.mark.usefixtures("nothing_left_open")]

#: Of the databases of one Redis.
NUMBERS = itertools.cycle(range(16))

WORK = "from survey.cli import main; main(['work'])"


def wait_for(done: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own on this machine alone, in a folder that is thrown away."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed; `apt-get install redis-server` has it run")
    port, folder = _free_port(), tmp_path_factory.mktemp("redis")
    options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}"
    try:
        wait_for(lambda: _listens(url))
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(url: str) -> bool:
    with Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except NobodyListens:
            return False


def _listening(url: str) -> int:
    """How many workers wait for tasks in the Redis database of an address."""
    with Redis.from_url(url) as client:
        waiting = [one for one in client.client_list() if one["cmd"] == "brpop"]
    return sum(one["db"] == url.rpartition("/")[2] for one in waiting)


@pytest.fixture
def queued(app: Flask, redis_url: str) -> Flask:
    """The application with a queue in Redis that no worker of another test still listens to."""
    app.config["PARLEY"] = {**app.config["PARLEY"], "QUEUE": f"{redis_url}/{next(NUMBERS)}"}
    return app


def something_to_tell(session: Session, people: int) -> None:
    """People who confirmed an address, answered and have not heard of the outcome; all before 21 November 2026."""
    question = the_question(session, "leaders-meet")
    for number in range(people):
        with clock.at(on(16)):
            person = someone(session)
            _contact, token = contacts.leave_address(session, person, f"p{number}@example.org", 7)
            contacts.confirm(session, token)
        with clock.at(on(17)):
            say(session, person, question)
    with clock.at(on(20)):
        resolve(session, question, Outcome(known_from=on(20), source="A newspaper", value=1))
    session.commit()


def put_tasks(app: Flask, count: int) -> None:
    """Let the task be due so often, without waiting for its minutes."""
    queue = worker.make_queue(app)
    (task,) = queue._registry.periodic_tasks
    for _time in range(count):
        queue.enqueue(task)


def is_done(app: Flask) -> bool:
    return bool(worker.make_queue(app).pending_count() == 0)


def receivers(outbox: Outbox) -> list[str]:
    return [str(letter["To"]) for letter in outbox()]


def test_two_workers_on_one_redis_send_each_letter_once(
    queued: Flask, session: Session, outbox: Outbox
) -> None:
    something_to_tell(session, 6)
    put_tasks(queued, 8)
    before = set(threading.enumerate())
    stops = [worker.start_beside(queued) for _worker in range(2)]
    try:
        wait_for(lambda: is_done(queued) and len(outbox()) >= 6)
    finally:
        for stop in stops:
            stop()
        # What they had begun is done before the database goes to another test.
        wait_for(lambda: set(threading.enumerate()) <= before)
    assert receivers(outbox) == [f"p{number}@example.org" for number in range(6)]
    session.rollback()
    assert session.query(Notice).filter(Notice.sent_at.is_(None)).count() == 0


def test_a_redis_queue_holds_nothing_about_anybody(queued: Flask, session: Session) -> None:
    something_to_tell(session, 1)
    put_tasks(queued, 1)
    with Redis.from_url(queued.config["PARLEY"]["QUEUE"]) as client:
        (key,) = client.keys()
        (kept,) = client.lrange(key, 0, -1)
    assert b"letters" in kept
    assert b"example.org" not in kept and b"leaders-meet" not in kept


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_parley_work_sends_what_a_redis_queue_says_is_due_and_stops_when_told(
    queued: Flask, session: Session, outbox: Outbox
) -> None:
    something_to_tell(session, 1)
    settings = queued.config["PARLEY"]
    names = ("DATABASE_URL", "INSTANCE", "SECRET_KEY", "QUEUE")
    environment = os.environ | {f"PARLEY_{name}": str(settings[name]) for name in names}
    root = Path(__file__).parents[3]
    workers = [
        subprocess.Popen([sys.executable, "-c", WORK], env=environment, cwd=root, stdout=subprocess.DEVNULL)
        for _worker in range(2)
    ]
    try:
        wait_for(lambda: _listening(str(settings["QUEUE"])) == 2, 60)
        put_tasks(queued, 4)
        wait_for(lambda: is_done(queued) and outbox())
    finally:
        for worker in workers:
            worker.terminate()
        ended = [worker.wait(10) for worker in workers]
    assert ended == [0, 0]
    assert receivers(outbox) == ["p0@example.org"]
