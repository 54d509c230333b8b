"""What the benchmark of accepting serves: `python -m bench.served WHAT`, set by the environment."""

import sys

from survey import create_app
from survey.server.http import bind
from survey.store.engine import db
from survey.store.health import unsafe_settings

from .floor import create_floor

MAKERS = {
    "parley": create_app,
    "floor": lambda: create_floor(bare=False),
    "two-inserts": lambda: create_floor(bare=True),
}

if __name__ == "__main__":
    app = MAKERS[sys.argv[1]]()
    with app.app_context():
        assert unsafe_settings(db.engine) == [], "the same durability for all"
    bind(app, app.config["PARLEY"]["HOST"], app.config["PARLEY"]["PORT"]).run()
