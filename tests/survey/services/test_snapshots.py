"""Freezing snapshots: each has a number of its own, also where several are frozen at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from survey.services.snapshots import freeze
from survey.store.transaction import transaction
from tests.factories import the_survey

pytestmark = pytest.mark.store


def test_snapshots_frozen_at_once_are_numbered_apart(app: Flask) -> None:
    start = threading.Barrier(4)

    def one(_: int) -> int:
        with app.app_context():
            start.wait()
            settings = app.config["PARLEY"]
            return transaction(lambda session: freeze(session, the_survey(session), settings).number)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [1, 2, 3, 4]
