"""What is served: the application as it is, or spoiled in one way that the checks must catch.

`python -m tests.faults.application [SPOILED]` is `parley run` with the clock held at the suite's day;
`tests.faults.application:served("SPOILED")` is the same for gunicorn.
"""

import io
import json
import queue
import sys
import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from sqlalchemy import event

from survey import clock, create_app
from survey.server import http
from survey.store.engine import db

from ..conftest import TODAY

Environment = dict[str, Any]
Start = Callable[..., Any]

#: Entered once for the life of the process, and referred to so that it is never left.
HELD = clock.at(TODAY)


def served(spoiled: str = "") -> Flask:
    """The application of the environment's settings, checked as before every start."""
    HELD.__enter__()
    app = create_app()
    if spoiled:
        SPOILED[spoiled](app)
    if spoiled == "forgetful":
        http.check_ready = look_away
    http.check_ready(app)
    return app


def production() -> Flask:
    """What `survey.server.http.production` makes, with the clock held."""
    HELD.__enter__()
    return http.production()


def without_keys(app: Flask) -> None:
    """Every request is taken for a new act, whatever its key."""
    inner = app.wsgi_app

    def wrapped(environment: Environment, start: Start) -> Iterable[bytes]:
        if _is_forecast(environment):
            environment["HTTP_IDEMPOTENCY_KEY"] = uuid.uuid4().hex
        return inner(environment, start)

    app.wsgi_app = wrapped  # type: ignore[method-assign, assignment]


def hasty(app: Flask) -> None:
    """Every forecast is acknowledged at once, and stored when its turn comes."""
    inner, waiting = app.wsgi_app, queue.Queue[Environment]()

    def store() -> None:
        while True:
            for _part in inner(waiting.get(), _tell_nobody):
                pass

    def wrapped(environment: Environment, start: Start) -> Iterable[bytes]:
        if not _is_forecast(environment):
            return inner(environment, start)
        sent = environment["wsgi.input"].read(int(environment["CONTENT_LENGTH"]))
        waiting.put({**environment, "wsgi.input": io.BytesIO(sent)})
        start("201 CREATED", [("Content-Type", "application/json")])
        return [json.dumps({"revision": 0}).encode()]

    threading.Thread(target=store, daemon=True).start()
    app.wsgi_app = wrapped  # type: ignore[method-assign, assignment]


def forgetful(app: Flask) -> None:
    """Commits return before they are on the disk, and nobody looks."""
    with app.app_context():
        engine = db.engine
    statement = {"sqlite": "PRAGMA synchronous=OFF", "postgresql": "SET synchronous_commit = off"}

    @event.listens_for(engine, "connect")
    def forget(connection: Any, _record: object) -> None:
        connection.execute(statement[engine.dialect.name])
        if engine.dialect.name == "postgresql":
            connection.commit()


def look_away(app: Flask) -> None:
    """In the place of the check before every start."""


SPOILED = {"without keys": without_keys, "hasty": hasty, "forgetful": forgetful}


def _tell_nobody(_status: str, _headers: object, _error: object = None) -> Callable[[bytes], None]:
    return lambda _part: None


def _is_forecast(environment: Environment) -> bool:
    return bool(environment["REQUEST_METHOD"] == "POST" and environment["PATH_INFO"].endswith("/forecasts"))


def main(spoiled: str = "") -> None:
    """Serve until killed."""
    app = served(spoiled)
    try:
        http.serve(app, lambda address: print(address, flush=True))
    except http.NotReady as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
