"""A visitor of the shipped survey, one who has joined, and a survey where others have answered before."""

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from survey import clock
from survey.services.publication import publish
from survey.store.engine import db
from tests.conftest import make_app
from tests.factories import on, say, someone, the_survey
from tests.postgresql import PostgreSQL

from .visitor import Visitor

#: What every reason of the others begins with.
MARK = "A reason that twelve people gave"


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody who has not joined."""
    return Visitor(client)


@pytest.fixture
def person(visitor: Visitor) -> Visitor:
    """Somebody who has just joined."""
    return visitor.join()


def others_answer(session: Session, chance: float = 0.2) -> None:
    """Twelve people answer everything on the 18th; it is published as of that day."""
    survey = the_survey(session)
    with clock.at(on(18)):
        for place in range(12):
            other = someone(session)
            for question in survey.questions:
                say(session, other, question, chance + 0.01 * place, rationale=f"{MARK}, number {place}.")
    with clock.at(on(19)):
        publish(session, survey)
    session.commit()


def _answered(url: str, folder: Path) -> None:
    app = make_app(url, folder)
    with app.app_context():
        others_answer(db.session)
        db.engine.dispose()


@pytest.fixture(scope="session")
def published_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with others' answers, made once."""
    path = tmp_path_factory.mktemp("published") / "published.sqlite"
    shutil.copy(sqlite_template, path)
    _answered(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def published_postgresql(
    postgresql: PostgreSQL, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a copy of the template with others' answers, made once."""
    url = postgresql.copy(postgresql_template)
    _answered(url, tmp_path_factory.mktemp("published-pg"))
    return str(make_url(url).database)
