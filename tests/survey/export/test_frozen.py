"""What is frozen stays: no edit, outcome, correction or role that comes later changes a byte; an erasure takes it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import loading
from survey.bank.reading import bank_folder, read_bank
from survey.export.files import FILES, unpacked
from survey.models import Participant, Snapshot, SnapshotFile
from survey.services.erasure import erase
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.services.snapshots import freeze, frozen_file
from tests.factories import crowd, on, say, the_question, the_survey

from ..outcomes import new_version, outcome

KEY = "leaders-meet"


@pytest.fixture
def frozen(session: Session, app: Flask) -> Snapshot:
    """A snapshot of the 20th: ten people have answered, it is published."""
    crowd(session, the_question(session, KEY), [0.1, 0.2, 0.3, 0.4, 0.5] * 2, day=20)
    with clock.at(on(21)):
        publish(session, the_survey(session))
        made = freeze(session, the_survey(session), app.config["PARLEY"])
    session.commit()
    return made


def files(app: Flask, session: Session, snapshot: Snapshot) -> dict[str, bytes]:
    return {
        name: b"".join(unpacked(frozen_file(session, snapshot, name, app.config["PARLEY"]))) for name in FILES
    }


def edit(session: Session) -> None:
    new_version(session, the_question(session, KEY), on(22), substantive=True)


def come_out(session: Session) -> None:
    resolve(session, the_question(session, KEY), outcome(value=1.0))
    resolve(session, the_question(session, KEY), outcome(value=0.0, why="A correction."))


def annul(session: Session) -> None:
    resolve(session, the_question(session, KEY), outcome(annulled=True))


def rename(session: Session) -> None:
    the_survey(session).texts[0].title = "Another title"
    the_question(session, KEY).key = "another-key"


def become_insider(session: Session) -> None:
    session.scalars(select(Participant)).first().insider = True  # type: ignore[union-attr]


def answer_more(session: Session) -> None:
    person = session.scalars(select(Participant)).first()
    assert person is not None
    say(session, person, the_question(session, KEY), 0.9)


def load_again(session: Session) -> None:
    loading._load(session, the_survey(session), read_bank(bank_folder("ukraine")), clock.now(session))


LATER = [edit, come_out, annul, rename, become_insider, answer_more, load_again]


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.__name__)
def test_nothing_that_comes_later_changes_a_frozen_file(
    app: Flask, session: Session, frozen: Snapshot, later: Callable[[Session], None]
) -> None:
    before = files(app, session, frozen)
    assert all(content.count(b"\n") > 10 for content in before.values())
    later(session)
    session.commit()
    assert files(app, session, frozen) == before


def test_the_control_made_anew_a_file_would_tell_of_the_outcome(
    app: Flask, session: Session, frozen: Snapshot
) -> None:
    before = files(app, session, frozen)
    rename(session)
    session.commit()
    anew = "".join(FILES["questions.csv"](session, frozen, app.config["PARLEY"])).encode()
    assert anew != before["questions.csv"]


def test_an_erasure_takes_the_files_with_it(app: Flask, session: Session, frozen: Snapshot) -> None:
    files(app, session, frozen)
    person = session.scalars(select(Participant)).first()
    assert person is not None
    erase(session, person)
    session.commit()
    assert frozen.withdrawn_at is not None
    assert session.scalar(select(func.count()).select_from(SnapshotFile)) == 0


def test_a_file_that_was_made_before_an_erasure_and_kept_after_it_is_not_kept(
    app: Flask, session: Session, frozen: Snapshot
) -> None:
    frozen.withdrawn_at = clock.now(session)
    session.commit()
    files(app, session, frozen)
    assert session.scalar(select(func.count()).select_from(SnapshotFile)) == 0
