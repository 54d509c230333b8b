"""Who has an account cannot be told from how long an answer takes: every door does the same work for everybody."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app

from .conftest import EMAIL, PASSWORD

#: Pairs of calls: after so many it may be clear already, after so many it is decided.
SOME, ALL = 15, 50
#: What is below a millisecond or two drowns in the network. Whoever may stop early has half of that.
EQUAL, CLEARLY_EQUAL = {"rel": 0.2, "abs": 0.0015}, {"rel": 0.1, "abs": 0.00075}
DOORS = {
    "/reset": {},
    "/sign-in": {},
    "/confirm": {},
    "/login": {"password": "four words of nobody's"},
    "/register": {"password": PASSWORD, "password_confirm": PASSWORD},
}


def seconds(app: Flask, door: str, email: str) -> float:
    """The processor's seconds that a door takes for somebody in a browser of their own."""
    client = app.test_client()
    before = time.process_time()
    client.post(door, data={"email": email, **DOORS[door]})
    return time.process_time() - before


#: Of Argon2 a tenth of what it takes where it is served. Whoever leaves out a password's check is far off still, and
#: the bound, a share of the whole, lets nothing else pass that a dear password would cover.
SOME_COST = {"argon2__time_cost": 1, "argon2__memory_cost": 16_384}


@pytest.fixture
def real(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with passwords that cost something, and somebody with an account."""
    app = make_app(database, tmp_path, cheap=False)
    app.extensions["security"].pwd_context.update(**SOME_COST)
    with app.app_context():
        transaction(lambda session: accounts.create_user(session, EMAIL, password=PASSWORD))
    yield app
    with app.app_context():
        db.engine.dispose()


#: What is done is done in Python: the second database has one door.
PLACES = [
    *(pytest.param("sqlite", door, marks=pytest.mark.sqlite) for door in DOORS),
    pytest.param("postgresql", "/login", marks=pytest.mark.postgresql),
]


@pytest.mark.long
@pytest.mark.parametrize(("database", "door"), PLACES, indirect=["database"])
def test_a_door_takes_as_long_for_a_stranger_as_for_somebody_known(real: Flask, door: str) -> None:
    """Half as far apart as may be, after some calls, is seen; whatever is farther apart is asked all the times."""
    pairs: list[tuple[float, float]] = []
    for calls, bound in ((SOME, CLEARLY_EQUAL), (ALL, EQUAL)):
        # In turn, so that what else this machine does falls on both.
        pairs += [
            (seconds(real, door, f"nobody{call}@example.org"), seconds(real, door, EMAIL))
            for call in range(len(pairs), calls)
        ]
        unknown, known = map(statistics.median, zip(*pairs, strict=True))
        if known == pytest.approx(unknown, **bound):
            return
    raise AssertionError(f"{unknown:.4f} s for a stranger, {known:.4f} s for somebody known")
