"""What is frozen stays: no edit, outcome, correction or role that comes later changes a byte; an erasure takes it."""

import csv
import zlib
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import loading
from survey.bank.reading import bank_folder, read_bank
from survey.errors import AnswersGone
from survey.export import kept
from survey.export.archive import verify
from survey.export.files import BUNDLE, FILES, unpacked
from survey.models import Participant, Snapshot, SnapshotFile, SnapshotPiece
from survey.services import snapshots
from survey.services.erasure import erase
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.services.snapshots import freeze, frozen_file, make_bundle
from survey.store.alembic import alembic
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
    session.scalars(select(Participant)).first().insider_since = on(22)  # type: ignore[union-attr]


def answer_more(session: Session) -> None:
    person = session.scalars(select(Participant)).first()
    assert person is not None
    say(session, person, the_question(session, KEY), 0.9)


def load_again(session: Session) -> None:
    loading._load(session, the_survey(session), read_bank(bank_folder("ukraine")), clock.now(session))


#: One after the other: whoever has an outcome takes no answer, and what has another key is found no more.
LATER = [answer_more, edit, load_again, become_insider, come_out, annul, rename]


def test_nothing_that_comes_later_changes_a_frozen_file(
    app: Flask, session: Session, frozen: Snapshot
) -> None:
    before = files(app, session, frozen)
    assert all(
        before[name].count(b"\n") > 10 for name in ("questions.csv", "forecasts_long.csv", "submissions.csv")
    )
    for later in LATER:
        later(session)
        session.commit()
        assert files(app, session, frozen) == before, later.__name__


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
    assert kept_rows(session) == [0, 0]


def test_a_bundle_that_is_made_while_somebody_erases_their_answers_is_not_kept(
    app: Flask, session: Session, frozen: Snapshot
) -> None:
    steps = make_bundle(session, frozen, app.config["PARLEY"])
    assert 0 <= next(steps).share < 1
    frozen.withdrawn_at = clock.now(session)
    session.commit()
    with pytest.raises(AnswersGone):
        list(steps)
    assert kept_rows(session) == [0, 0]


def test_a_bundle_is_kept_in_pieces_and_sees_one_moment(
    app: Flask, session: Session, frozen: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "PIECE", 1_000)
    monkeypatch.setattr(kept, "PIECE", 1_000)
    expected = files(app, session, freeze_again(app, session, frozen))
    session.execute(delete(SnapshotFile))
    steps = make_bundle(session, frozen, app.config["PARLEY"])
    next(steps)
    # Whatever is written meanwhile is in none of the tables that follow.
    rename(session)
    become_insider(session)
    session.commit()
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert kept_rows(session)[1] > 10
    found = files(app, session, frozen)
    assert found["forecasts_long.csv"].count(b"\n") == expected["forecasts_long.csv"].count(b"\n")
    assert b"another-key" not in b"".join(found.values())
    rows = csv.DictReader(found["forecasts_long.csv"].decode().splitlines())
    assert {row["is_insider"] for row in rows} == {"false"}
    assert make_it_twice(app, session, frozen) == kept_rows(session)


def freeze_again(app: Flask, session: Session, frozen: Snapshot) -> Snapshot:
    made = freeze(session, the_survey(session), app.config["PARLEY"], as_of=frozen.as_of)
    session.commit()
    return made


def make_it_twice(app: Flask, session: Session, frozen: Snapshot) -> list[int | None]:
    """What is kept after the same bundle was made again beside the first."""
    list(make_bundle(session, frozen, app.config["PARLEY"]))
    return kept_rows(session)


def kept_rows(session: Session) -> list[int | None]:
    """Files and pieces that are kept."""
    return [
        session.scalar(select(func.count()).select_from(table)) for table in (SnapshotFile, SnapshotPiece)
    ]


def test_the_bundle_verifies_and_the_same_snapshot_gives_the_same_bytes(
    app: Flask, session: Session, frozen: Snapshot, tmp_path: Path
) -> None:
    made = []
    for _ in range(2):
        content = b"".join(unpacked(frozen_file(session, frozen, BUNDLE, app.config["PARLEY"])))
        (tmp_path / BUNDLE).write_bytes(content)
        assert verify(tmp_path / BUNDLE).whole
        made.append(content)
        session.execute(delete(SnapshotFile))
        session.commit()
    assert made[0] == made[1]


def test_a_file_that_was_kept_whole_before_there_were_pieces_is_given_out_as_it_was(
    app: Flask, session: Session, frozen: Snapshot
) -> None:
    number, content = frozen.id, "a,Київ\n".encode() * 300_000
    session.commit()
    alembic.downgrade("20261130_kept_clashes")
    whole = {"id": number, "content": zlib.compress(content)}
    insert = text(
        "INSERT INTO snapshot_file (snapshot_id, name, content) VALUES (:id, 'questions.csv', :content)"
    )
    session.execute(insert, whole)
    session.commit()
    for _ in range(2):
        alembic.upgrade()
        session.expire_all()
        kept_file = frozen_file(
            session, session.get_one(Snapshot, number), "questions.csv", app.config["PARLEY"]
        )
        assert b"".join(unpacked(kept_file)) == content
        session.rollback()
        alembic.downgrade("20261130_kept_clashes")
    alembic.upgrade()
