"""What the benchmark of accepting serves: `python -m bench.served WHAT`, set by the environment.

Other servers take `bench.served:application("WHAT")`.
"""

import sys

from flask import Flask

from survey import create_app
from survey.garbage import settle
from survey.server.http import bind, run
from survey.store.engine import db
from survey.store.health import unsafe_settings

from .floor import create_floor

MAKERS = {
    "parley": create_app,
    "floor": lambda: create_floor(bare=False),
    "two-inserts": lambda: create_floor(bare=True),
}


def application(what: str) -> Flask:
    """One of the three, its store looked through; no connection is left to processes that are forked."""
    app: Flask = MAKERS[what]()
    with app.app_context():
        assert unsafe_settings(db.engine) == [], "the same durability for all"
        db.engine.dispose()
    # As a server of the product begins; the floor is given the same.
    settle()
    return app


if __name__ == "__main__":
    app = application(sys.argv[1])
    run(bind(app, app.config["PARLEY"]["HOST"], app.config["PARLEY"]["PORT"]))
