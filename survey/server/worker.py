"""The background worker: looks once a minute which letters are due, and sends them.

A task carries no argument: the queue holds nothing about anybody. Nothing depends on who runs it, or how often:
`parley notify` by a timer does the same, and workers on several hosts do no harm (`messages.deliver`).
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from ..config import database_url
from ..notifications.messages import deliver
from ..services import invitation_letters

logger = logging.getLogger(__name__)

NAME = "parley"


def make_queue(app: Flask) -> Huey:
    """The queue that the settings name, with its one task."""
    queue = _storage(app)

    def letters() -> None:
        with app.app_context():
            noted, sent = deliver()
            sent += invitation_letters.deliver()
        if noted or sent:
            logger.info("Noted %d things to tell, sent %d emails.", noted, sent)

    queue.periodic_task(crontab(), name="letters")(letters)
    return queue


def wants_worker(app: Flask) -> bool:
    """Whether a worker runs beside the embedded server."""
    return str(app.config["PARLEY"]["QUEUE"]) != "none"


def start_beside(app: Flask) -> Callable[[], None]:
    """Start the worker in threads of this process; what is returned stops it."""
    consumer = _consumer(app)
    # Signals belong to the server.
    consumer._set_signal_handlers = lambda: None
    thread = threading.Thread(target=consumer.run, name="worker", daemon=True)
    thread.start()

    def stop() -> None:
        consumer.stop()
        thread.join(5)

    return stop


def work(app: Flask) -> None:
    """Be the worker until told to stop."""
    _consumer(app).run()


def _consumer(app: Flask) -> Any:
    return make_queue(app).create_consumer(workers=1, periodic=True, check_worker_health=False)


def _storage(app: Flask) -> Huey:
    settings = app.config["PARLEY"]
    named, database = str(settings["QUEUE"]), database_url(settings)
    if named.startswith(("redis://", "rediss://", "unix://")):
        return RedisHuey(NAME, url=named, results=False)
    if database.startswith("postgresql"):
        return PostgresHuey(
            NAME, dsn=database.replace("postgresql+psycopg://", "postgresql://", 1), results=False
        )
    return SqliteHuey(NAME, filename=str(settings["INSTANCE"] / "queue.sqlite"), results=False)
