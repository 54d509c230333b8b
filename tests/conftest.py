"""What every test may ask for: a clock, an application on either database, the shipped survey."""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from survey import clock, create_app
from survey.bank.loading import load_bank, store_bank
from survey.garbage import collect_seldom
from survey.security.limits import limiter
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.kept_files import NAME as KEPT_FILES
from survey.web.page_cache import NAME as PAGE_CACHE

from .factories import FEW, bank_of
from .postgresql import Cluster, PostgreSQL
from .teardown import in_memory, torn_down

pytest_plugins = ["tests.skips"]

#: A day on which the shipped survey is open; tests hold the clock here unless they say otherwise.
TODAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

DATABASES = ["sqlite", "postgresql"]
#: Of a fixture: each of the two, under its mark.
ON_BOTH = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in DATABASES]

#: The least that Argon2 takes: rounds, KiB of memory, lanes.
CHEAP = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def pytest_configure(config: pytest.Config) -> None:
    """Whatever the run starts ends with it, however it ends."""
    stack = ExitStack()
    stack.enter_context(torn_down(in_memory()))
    config.add_cleanup(stack.close)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Twelve thousand tests stay until the end: nothing of them is searched for garbage, now or later.

    What a test leaves is looked for some thirty times less often than Python would by itself: that took a tenth of
    the suite. It is looked for nevertheless, for garbage may hold a connection that others wait for.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        collect_seldom()
        gc.enable()


@pytest.fixture(autouse=True)
def today() -> Iterator[datetime]:
    """Nothing in the suite depends on the calendar."""
    with clock.at(TODAY):
        yield TODAY


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The server at TEST_DATABASE_URL (its database `postgres`), or one from the packaged wheel."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        server = PostgreSQL(given)
        yield server
        server.close()
        return
    with Cluster() as cluster:
        yield cluster.postgresql


def make_app(url: str, folder: Path, *, doors: bool = True, cheap: bool = True, **more: str) -> Flask:
    """The application on a database, with limits off, cheap passwords and an instance folder of its own."""
    settings = {
        "PARLEY_DATABASE_URL": url,
        "PARLEY_INSTANCE": str(folder),
        "PARLEY_SECRET_KEY": "a key for tests alone, long enough 0123456789",
        "PARLEY_RATE_LIMITS": "no",
        **more,
    }
    app = create_app(settings, doors=doors)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    # In the run's own temporary folder: what one application has compiled, those of all its processes read.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache()
    # A fifth of a second for each password protects nobody here; that it is taken elsewhere is a test of accounts.
    if cheap and "security" in app.extensions:
        app.extensions["security"].pwd_context.update(**CHEAP)
    return app


def load_unguarded(session: Session) -> None:
    """The shipped survey with the rules of one by invitation, though anybody joins: ten people, their exact figures.

    What is said of figures stays short and exact; surveys that anybody may join have tests of their own
    (`tests/survey/aggregation/test_open_surveys.py`).
    """
    load_bank(session, "ukraine").noise_key = None


def load_few(session: Session) -> None:
    """The same survey asking sixteen of its questions: what most tests are of.

    One question is as good to them as thirty, of which every page, snapshot and copy takes its time: twelve more made
    tests of pages a fifth slower. What needs the others, or is of how much there is, bears the mark `whole`.
    """
    store_bank(session, bank_of(*FEW)).noise_key = None


def migrate_and_load(app: Flask, load: Callable[[Session], None] = load_unguarded) -> None:
    with app.app_context():
        alembic.upgrade()
        transaction(load)
        db.engine.dispose()


def sqlite_with(load: Callable[[Session], None], folder: Path) -> Path:
    """A migrated SQLite file with the shipped survey."""
    path = folder / "template.sqlite"
    with clock.at(TODAY):
        migrate_and_load(make_app(f"sqlite:///{path}", folder), load)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def postgresql_with(load: Callable[[Session], None], server: PostgreSQL, folder: Path) -> str:
    """A migrated PostgreSQL database with the shipped survey; its name."""
    name = f"{load.__name__}_{os.getpid()}"
    server.execute(f"CREATE DATABASE {name}")
    with clock.at(TODAY):
        migrate_and_load(make_app(server.database(name), folder), load)
    return name


@pytest.fixture(scope="session")
def sqlite_few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_with(load_few, tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="session")
def sqlite_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_with(load_unguarded, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def postgresql_few(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> str:
    return postgresql_with(load_few, postgresql, tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="session")
def postgresql_whole(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> str:
    return postgresql_with(load_unguarded, postgresql, tmp_path_factory.mktemp("whole"))


def template_of(kind: str, request: pytest.FixtureRequest) -> Any:
    """What databases of a test are copied from, a file or the name of a database: of the size that it asks for."""
    # A page that somebody would look at is looked at in its full length.
    whole = {"whole", "browser"}.intersection(mark.name for mark in request.node.iter_markers())
    return request.getfixturevalue(f"{kind}_{'whole' if whole else 'few'}")


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of each test lies in its turn, at one address for all tests of this process."""
    return tmp_path_factory.mktemp("workplace")


def fresh(workplace: Path, template: Path, name: str = "parley") -> str:
    """A SQLite database like the template, in the place of the test's before; its URL."""
    for leftover in workplace.glob(f"{name}.sqlite*"):
        leftover.unlink()
    shutil.copy(template, workplace / f"{name}.sqlite")
    return f"sqlite:///{workplace / f'{name}.sqlite'}"


@pytest.fixture(params=ON_BOTH)
def database(request: pytest.FixtureRequest, workplace: Path) -> str:
    """A fresh database with the shipped survey, on each of the two; its URL."""
    template = template_of(request.param, request)
    if request.param == "sqlite":
        return fresh(workplace, template)
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.replace(f"parley_{os.getpid()}", template)


#: What was made once by this process, by what made it and what it was added to; and what that returned.
_prepared: dict[tuple[Callable[[Session], object], Path | str], Any] = {}
_returned: dict[tuple[Callable[[Session], object], Path | str], object] = {}


def copy_after(work: Callable[[Session], object], kind: str, request: pytest.FixtureRequest) -> str:
    """A database with the shipped survey and what `work` adds, done once by this process and copied; its URL."""
    template, _made = template_after(work, kind, request)
    if kind == "sqlite":
        return fresh(request.getfixturevalue("workplace"), template)
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.replace(f"parley_{os.getpid()}", template)


def template_after(
    work: Callable[[Session], object], kind: str, request: pytest.FixtureRequest
) -> tuple[Any, Any]:
    """What such a database is copied from, a file or the name of a database, and what `work` returned."""
    workplace: Path = request.getfixturevalue("workplace")
    template = template_of(kind, request)
    known = (work, template)
    if known not in _prepared:
        if kind == "sqlite":
            folder = request.getfixturevalue("tmp_path_factory").mktemp("prepared")
            shutil.copy(template, folder / "prepared.sqlite")
            _returned[known] = do_in(work, f"sqlite:///{folder / 'prepared.sqlite'}", workplace)
            _prepared[known] = folder / "prepared.sqlite"
        else:
            url = request.getfixturevalue("postgresql").copy(template)
            _returned[known] = do_in(work, url, workplace)
            _prepared[known] = make_url(url).database
    return _prepared[known], _returned[known]


def database_after(work: Callable[[Session], object]) -> Any:
    """The `database` of the tests of a file: the shipped survey and what `work` adds; files may share it."""

    @pytest.fixture(name="database", params=ON_BOTH)
    def prepared(request: pytest.FixtureRequest) -> str:
        return copy_after(work, request.param, request)

    return prepared


def store_after(work: Callable[[Session], object]) -> Any:
    """A fixture that has `database` hold what `work` adds, for some tests of a file: asked for before all else.

    Its value is what `work` returned, which no session may be needed to read.
    """

    @pytest.fixture
    def prepared(request: pytest.FixtureRequest, database: str) -> object:
        kind = make_url(database).get_backend_name()
        assert copy_after(work, kind, request) == database
        return _returned[work, template_of(kind, request)]

    return prepared


def do_in(work: Callable[[Session], Any], url: str, folder: Path) -> Any:
    """Do something to a database, leave its file whole and nobody connected, and return what came of it.

    The application has no doors: pages and operations take longer to declare than most of what is done here.
    """
    app = make_app(url, folder, doors=False)
    with app.app_context():
        made = work(db.session)
        db.session.commit()
        if db.engine.dialect.name == "sqlite":
            db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.close()
        db.engine.dispose()
    return made


#: Making an application costs more than most tests: one for each address serves all tests of this process.
_made: dict[str, Flask] = {}


def app_on(url: str, workplace: Path) -> Flask:
    """This process's application on a database at one address for all tests, with nothing kept of the test before."""
    if url not in _made:
        _made[url] = make_app(url, workplace)
    app = _made[url]
    # The limiter is one object for all applications and obeys the last one made: it is told again.
    limiter.enabled = app.config["RATELIMIT_ENABLED"]
    # What it keeps was made of the database of the test before.
    app.extensions[PAGE_CACHE].clear()
    app.extensions[KEPT_FILES].clear()
    return app


@pytest.fixture
def app(database: str, workplace: Path) -> Iterator[Flask]:
    """The application on a fresh database with the shipped survey."""
    app = app_on(database, workplace)
    config = dict(app.config)
    yield app
    app.config.clear()
    app.config.update(config)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """A session on the application's database, inside its context."""
    with app.app_context():
        yield db.session
