"""The background worker: sends the letters that are due, and does what people asked for, each in a process apart.

Once a minute it looks which letters are due. Its task carries no argument: the queue holds nothing about anybody.
Nothing depends on who runs it, or how often: `parley notify` by a timer does the same, and workers on several hosts
do no harm (`messages.deliver`).

What people asked for, such as a snapshot, waits in the table `task`, and there alone: what is looked for once a
second is there after a restart, and a message about it could only say otherwise. Making a large one keeps Python's
one lock for minutes; in threads of this process everybody who answers would wait. So each is a process, at a low
priority.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from ..config import database_url
from ..notifications.messages import deliver
from ..services import invitation_letters, tasks
from ..services.own_tasks import own_task
from ..services.task_work import run_waiting
from ..store.engine import db
from ..store.transaction import transaction

logger = logging.getLogger(__name__)

NAME = "parley"
#: How often the worker looks whether somebody has asked for something.
LOOK_SECONDS = 1
#: How often it looks whether the process that does it has ended, or it is to stop itself.
WAIT_SECONDS = 0.2
#: So much nicer than the worker is the process that does it (of -20 to 19): whoever answers goes first.
NICER = 10
#: What its allocator is told, unless somebody has told it something else: by itself glibc keeps what large arrays
#: have given back, one heap a thread, and Arrow asks for huge pages. Elsewhere than on glibc none of it is read.
FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}


def make_queue(app: Flask) -> Huey:
    """The queue that the settings name, with its one task."""
    queue = _storage(app)

    def letters() -> None:
        with app.app_context():
            noted, sent = _letters()
        if noted or sent:
            logger.info("Noted %d things to tell, sent %d emails.", noted, sent)

    queue.periodic_task(crontab(), name="letters")(letters)
    return queue


def wants_worker(app: Flask) -> bool:
    """Whether a worker runs beside the embedded server."""
    return str(app.config["PARLEY"]["QUEUE"]) != "none"


def start_beside(app: Flask) -> Callable[[], None]:
    """Start the worker in threads of this process; what is returned stops it."""
    consumer, over = _consumer(app), threading.Event()
    # Signals belong to the server.
    consumer._set_signal_handlers = lambda: None
    threads = [
        threading.Thread(target=consumer.run, name="worker", daemon=True),
        threading.Thread(target=keep_working, args=(app, over), name="tasks", daemon=True),
    ]
    for thread in threads:
        thread.start()

    def stop() -> None:
        over.set()
        consumer.stop()
        for thread in threads:
            thread.join(5)

    return stop


def work(app: Flask) -> None:
    """Be the worker until told to stop."""
    over = threading.Event()
    thread = threading.Thread(target=keep_working, args=(app, over), name="tasks", daemon=True)
    thread.start()
    try:
        _consumer(app).run()
    finally:
        over.set()
        thread.join(5)


def work_once(app: Flask) -> tuple[int, int]:
    """Do what is due now, here, and end; how many letters went, how many tasks were done."""
    with app.app_context():
        return _letters()[1], run_waiting()


def keep_working(app: Flask, over: threading.Event) -> None:
    """Do what people ask for, one task after the other, each in a process of its own; until told to stop."""
    while not over.wait(LOOK_SECONDS):
        try:
            with app.app_context():
                waiting = tasks.claimable(db.session, "snapshot")
            for number in waiting:
                if not over.is_set():
                    _run_apart(app, number, over)
        except Exception:
            logger.exception(
                "What people asked for could not be looked up; it waits, and is looked for again."
            )
            over.wait(60)


def _run_apart(app: Flask, number: int, over: threading.Event) -> None:
    """Do a task in a process of its own; one that is told to stop leaves it to the next worker."""
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        # Without -P the folder in which the server was started could stand in for any package.
        [sys.executable, "-P", "-m", "survey", "task", "run", str(number)],
        env={**FRUGAL, **os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        # What it says of faults goes where this process's own goes.
        stdout=subprocess.DEVNULL,
        # Ctrl-C in a terminal is for the server, which then tells its process to stop.
        start_new_session=True,
    )
    make_nicer(process.pid)
    while process.poll() is None and not over.wait(WAIT_SECONDS):
        pass
    stopped = process.poll() is None
    if stopped:
        process.terminate()
    ended = process.wait()
    with app.app_context():
        if stopped:
            # At once: else the next worker would wait for its silence (`tasks.QUIET`).
            transaction(partial(tasks.give_back, number=number, process=process.pid))
        elif ended:
            transaction(partial(tasks.not_begun, number=number))


def make_nicer(process: int) -> None:
    """Let a process take what others leave: the rest of this machine goes first."""
    # Windows has priorities of another kind: there a task takes its turn like everybody.
    if not hasattr(os, "setpriority"):
        return
    with suppress(ProcessLookupError):
        nice = min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICER)
        os.setpriority(os.PRIO_PROCESS, process, nice)


def _letters() -> tuple[int, int]:
    """Send the letters that are due; how many things were noted, how many letters went."""
    with own_task("letters") as progress:
        noted, sent = deliver(progress)
        sent += invitation_letters.deliver(progress)
        progress.result = sent
    return noted, sent


def _consumer(app: Flask) -> Any:
    return make_queue(app).create_consumer(workers=1, periodic=True, check_worker_health=False)


def _storage(app: Flask) -> Huey:
    settings = app.config["PARLEY"]
    named, database = str(settings["QUEUE"]), database_url(settings)
    if named.startswith(("redis://", "rediss://", "unix://")):
        return RedisHuey(NAME, url=named, results=False)
    # Huey takes the driver's address of a database, not SQLAlchemy's.
    if database.startswith("postgresql"):
        return PostgresHuey(
            NAME, dsn=database.replace("postgresql+psycopg://", "postgresql://", 1), results=False
        )
    # A file of its own: it is asked once a second, and must hold up nobody who answers.
    return SqliteHuey(NAME, filename=str(settings["INSTANCE"] / "queue.sqlite"), results=False)
