"""Serving: the store is checked before anyone is answered; beside the server figures and letters go out."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from .. import clock, create_app
from ..config import WeakSetting, remember_address
from ..garbage import settle
from ..models import Survey
from ..notifications import transport
from ..services.own_tasks import own_task
from ..services.publication import publish_each
from ..store.engine import db
from ..store.health import health_problems
from ..store.private_files import open_to_others
from .patient import patient_server

#: How often the publisher looks whether a UTC day has ended; a sleeping laptop misses no midnight for longer.
LOOK_SECONDS = 60
#: Making the pictures' script takes a core for two seconds, once for each version: the first answers go first.
PICTURES_SECONDS = 3
#: How long a thread keeps the interpreter lock from another that waits for it. By default it is .005: whoever records
#: an answer gives the lock away at each statement, and waited that long behind every page that was being made to get
#: it again. Twice as many answers, and half as many pages more, came of it; shorter turns gained nothing.
TURN_SECONDS = 0.00002

logger = logging.getLogger(__name__)


class NotReady(RuntimeError):
    """A store that must not take answers; each fault is one line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def check_ready(app: Flask) -> None:
    """Read the store's settings and its tables' revision back from a pooled connection, and try to write.

    Raises
    ------
    NotReady
        Where an acknowledged forecast could be lost, the tables are not those of this version, or no write is taken.
    """
    database: list[Path] = []
    with app.app_context():
        try:
            faults = health_problems(db.engine)
        except DBAPIError as error:
            faults = [f"the database can't be used: {error.orig}"]
        if db.engine.dialect.name == "sqlite":
            database = [Path(str(db.engine.url.database))]
    if faults:
        raise NotReady(faults)
    settings = app.config["PARLEY"]
    for path in open_to_others(settings["INSTANCE"], *database):
        # Named and not refused: a folder may serve other things too, and some disks know no rights.
        logger.warning("%s is open to others on this machine: it should be its owner's alone.", path)
    if settings["ENVIRONMENT"] == "production" and not settings["MAIL_SERVER"]:
        folder = transport.outbox(settings)
        logger.warning("PARLEY_MAIL_SERVER is empty: no email is sent, every one is kept in %s.", folder)


def production() -> Flask:
    """What other servers call: the application of the environment's settings, or a refusal to start.

    `gunicorn "survey.server.http:production()"`, `granian --interface wsgi --factory survey.server.http:production`.

    Raises
    ------
    WeakSetting
        Where the settings are those of development, or too weak.
    NotReady
        See `check_ready`.
    """
    app = create_app()
    if app.config["PARLEY"]["ENVIRONMENT"] != "production":
        raise WeakSetting("PARLEY_ENVIRONMENT must be production under this server: it refuses weak settings")
    try:
        check_ready(app)
    finally:
        # A server that forks after this must not share the connection that was looked through.
        with app.app_context():
            db.engine.dispose()
    settle()
    return app


def serve(app: Flask, announce: Callable[[str], None]) -> None:
    """Answer requests until the process is told to stop.

    Parameters
    ----------
    announce
        Is given the site's address once the port is bound, before the first request is answered.

    Raises
    ------
    NotReady
        See `check_ready`; nothing was served.
    """
    check_ready(app)
    settings = app.config["PARLEY"]
    server = bind(app, settings["HOST"], settings["PORT"])
    stop = threading.Event()
    publisher = threading.Thread(target=keep_publishing, args=(app, stop), name="publisher", daemon=True)
    # Left to itself it ends a process at once, and what it has begun stays behind.
    signal.signal(signal.SIGTERM, _leave)
    announce(remember_address(settings, bound_port(server)))
    publisher.start()
    stop_worker = start_worker(app)
    pictures = threading.Thread(target=prepare_pictures, args=(app, stop), name="pictures", daemon=True)
    pictures.start()
    try:
        run(server)
    finally:
        stop.set()
        stop_worker()


def start_worker(app: Flask) -> Callable[[], None]:
    """Send letters beside the server, where the settings do not leave that to others; what stops it again."""
    # Here alone, so that no command waits for a library it does not use.
    from . import worker

    if not worker.wants_worker(app):
        return lambda: None
    try:
        return worker.start_beside(app)
    except Exception:
        logger.exception("The worker did not start: emails wait, and answers are taken all the same.")
        return lambda: None


def bind(app: Flask, host: str, port: int) -> Any:
    """A server that listens and answers nobody yet; `run` it."""
    settings = app.config["PARLEY"]
    return patient_server(
        app,
        host=host,
        port=port,
        threads=settings["THREADS"],
        max_request_body_size=settings["BODY_LIMIT"],
        # The application itself reads these headers, from as many proxies as are trusted.
        clear_untrusted_proxy_headers=settings["PROXIES"] == 0,
        # What answers, in which version, is nobody's business.
        ident=None,
    )


def run(server: Any) -> None:
    """Answer requests until the process is told to stop, the interpreter set for threads that answer side by side."""
    settle()
    # Of this server alone: others divide the work among processes, and there it gained nothing.
    sys.setswitchinterval(TURN_SECONDS)
    server.run()


def bound_port(server: Any) -> int:
    """The port a server listens on, also where any free one was asked for."""
    listening = getattr(server, "effective_listen", None)
    return int(listening[0][1] if listening else server.effective_port)


def prepare_pictures(app: Flask, stop: threading.Event) -> None:
    """Make the pictures' script before anybody needs it, once those who waited for the start have been answered."""
    if not stop.wait(PICTURES_SECONDS):
        drawn = app.ensure_sync(app.view_functions["charts.vega"])
        with app.test_request_context():
            app.make_response(drawn("")).close()


def publish_due(app: Flask, done: Collection[str] = ()) -> dict[str, int]:
    """Publish every survey but those that are done; the number of questions published by slug, as `publish_each`.

    None while another worker is at it: the next look finds what that one has left.
    """
    with app.app_context(), own_task("publish") as progress:
        found = db.session.scalars(select(Survey.slug).order_by(Survey.slug)).all()
        slugs = [slug for slug in found if slug not in done]
        if not slugs or not progress.begin():
            return {}
        made = publish_each(slugs, progress=progress)
        progress.result = sum(made.values()) if len(made) == len(slugs) else None
        return made


def keep_publishing(app: Flask, stop: threading.Event) -> None:
    """Publish at once and then after the end of each UTC day, until told to stop.

    A survey that fails is tried again at the next look: answers are kept whether or not they are published.
    """
    day, done = clock.now().date(), set[str]()
    while not stop.is_set():
        if day != clock.now().date():
            day, done = clock.now().date(), set()
        try:
            made = publish_due(app, done)
        except Exception:
            logger.exception("Publishing failed; nothing was lost, it is tried again in a minute.")
        else:
            done |= made.keys()
            if made:
                logger.info("Published %d questions of %d surveys.", sum(made.values()), len(made))
        stop.wait(LOOK_SECONDS)


def _leave(_number: int, _frame: object) -> None:
    # As by Ctrl-C: what stands in `finally` is done, and the worker's process ends with this one.
    raise SystemExit(0)
