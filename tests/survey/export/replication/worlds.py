"""Surveys that were answered, published and resolved, their snapshots as bundles: recomputing is tried on them."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import publishing
from survey import clock, create_app
from survey.export.options import FreezeOptions
from survey.export.snapshots import open_key
from survey.export.tables import TABLES
from survey.models import READERS_ENTRY, Participant, Question, Round, Snapshot
from survey.services import background_answers
from survey.services.erasure import erase
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.services.snapshots import freeze
from survey.store.engine import db
from tests.factories import on, say, someone, the_question, the_survey, withdraw

from ...outcomes import KNOWN, new_version, outcome

#: Fills a survey's database.
World = Callable[[Session], None]

#: Nothing is withheld: every figure can be computed again.
WHOLE = FreezeOptions(k=1, k_reason="Every figure is computed again")
LADDER = "ceasefire-when"
REGIONS = ("eu", "ukraine", "elsewhere")


def answered(session: Session) -> list[Participant]:
    """Thirty people and an insider on questions of every kind: two rounds, groups, changes, a new version, outcomes.

    What was published is of four days, and after that one person erases everything.
    """
    survey = the_survey(session)
    asked = of_every_kind(session)
    tied = {question for tree in survey.scenarios for question in tree.questions}
    half = survey.rounds[0]
    session.add(Round(survey_id=survey.id, number=2, opens_at=on(19, hour=0), closes_at=half.closes_at))
    half.closes_at = on(19, hour=0)
    session.flush()
    session.expire(survey, ["rounds"])
    with clock.at(on(16)):
        people = [someone(session, entry="invitation" if place % 2 else "link") for place in range(31)]
        people[-1].insider_since = on(16)
        for place, person in enumerate(people):
            background_answers.say(session, person, {"region": [REGIONS[place % 3]]})
            for question in asked.values():
                say(session, person, question, 0.1 + 0.025 * place)
        for place, person in enumerate(people[:11]):
            for question in tied - set(asked.values()):
                say(session, person, question, 0.7 - 0.05 * place)
        for place in range(21):
            reader = someone(session, entry=READERS_ENTRY)
            for question in asked.values():
                say(session, reader, question, 0.6 - 0.02 * place, crowd_seen=True)
    for day, some in ((17, people[:12]), (19, people[10:28])):
        with clock.at(on(day, hour=1)):
            publish(session, survey)
        with clock.at(on(day)):
            new_version(session, asked["binary"], on(day), substantive=day == 17)
            for place, person in enumerate(some):
                for question in asked.values():
                    say(session, person, question, 0.2 + 0.03 * place)
            say(session, someone(session), asked["pair"], 0.4, crowd_seen=True)
    with clock.at(on(20)):
        withdraw(session, people[0], asked["choice"])
        background_answers.say(session, people[1], {"region": ["eu"]})
        publish(session, survey)
    with clock.at(on(22)):
        publish(session, survey)
    return people


def those_who_answered(session: Session) -> list[Participant]:
    """The thirty and the insider again, where the store was copied after they had answered."""
    return [*session.scalars(select(Participant).order_by(Participant.id))][:31]


def resolved(session: Session) -> None:
    """Outcomes of every kind: each date of the ladder became known on a day of its own."""
    asked = of_every_kind(session)
    with clock.at(on(22)):
        resolve(session, asked["binary"], outcome(value=1.0))
        for kind in ("choice", "ordered"):
            resolve(session, asked[kind], outcome(option=asked[kind].options[1].key))
        resolve(session, asked["numeric"], outcome(value=float(asked["numeric"].upper or 1)))
        resolve(session, asked["date"], outcome(value=float(asked["date"].lower or 0) + 40))
        resolve(session, asked["pair"], outcome(about=asked["pair"].options[0].key, value=0.0))
        for days, rung in enumerate(reversed(asked["ladder"].options)):
            known = KNOWN - timedelta(days=days)
            resolve(session, asked["ladder"], outcome(known, about=rung.key, value=1.0))


def by_invitation(session: Session) -> None:
    """A survey of people that are known: what `ANSWERED` holds, and its outcomes."""
    resolved(session)


def for_anybody(session: Session) -> None:
    """A survey that anybody may join: noise lies on each answer."""
    the_survey(session).noise_key = "ab" * 32
    answered(session)
    resolved(session)


def erased(session: Session) -> None:
    """A survey in which somebody erased everything after the first publications and before the last."""
    people = those_who_answered(session)
    with clock.at(on(23)):
        erase(session, people[5])
        for place, person in enumerate(people[6:30]):
            for question in of_every_kind(session).values():
                say(session, person, question, 0.3 + 0.02 * place)
    asked = of_every_kind(session)
    with clock.at(on(25)):
        publish(session, the_survey(session))
        for kind in ("binary", "numeric"):
            resolve_on(session, asked[kind], 25)


def joined_the_team(session: Session) -> None:
    """People come to work on the survey after the first publications, and after the resolution of a question each."""
    people = those_who_answered(session)
    asked, reader = (
        of_every_kind(session),
        session.scalars(select(Participant).filter_by(entry=READERS_ENTRY)),
    )
    with clock.at(on(23)):
        for person in (*people[5:8], next(reader)):
            person.insider_since = clock.now(session)
        for place, person in enumerate(people[5:30]):
            for question in asked.values():
                say(session, person, question, 0.3 + 0.02 * place)
    for day in (24, 25):
        with clock.at(on(day)):
            publish(session, the_survey(session))
            resolve_on(session, asked["binary" if day == 24 else "numeric"], day)
            people[day - 12].insider_since = clock.now(session)


def joined_the_open_team(session: Session) -> None:
    """The same where noise lies on each answer."""
    the_survey(session).noise_key = "ab" * 32
    answered(session)
    joined_the_team(session)


#: Worlds that begin where `answered` has ended: that is done once for all of them.
ANSWERED: tuple[World, ...] = (by_invitation, erased, joined_the_team)


def resolve_on(session: Session, question: Question, day: int) -> None:
    """Something that question may have come out as, known since a midnight."""
    resolve(session, question, outcome(on(day, hour=0), value=float(question.upper or 1)))


def of_every_kind(session: Session) -> dict[str, Question]:
    """A question of each kind; the ladder is one that is not resolved as a whole."""
    survey = the_survey(session)
    return {question.kind: question for question in survey.questions} | {
        "ladder": the_question(session, LADDER)
    }


def bundled(before: World, paths: Mapping[Path, FreezeOptions]) -> World:
    """Do something, then freeze snapshots and write each as a zip."""

    def work(session: Session) -> None:
        before(session)
        with clock.at(on(27)):
            for path, options in paths.items():
                frozen = freeze(session, the_survey(session), current_app.config["PARLEY"], options=options)
                write(session, frozen, path)

    return work


def write(session: Session, snapshot: Snapshot, path: Path) -> None:
    """A snapshot's files as a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        key = open_key(snapshot, current_app.config["PARLEY"])
        for table in TABLES:
            archive.writestr(table.file, "".join(table.lines(session, snapshot, key)))


def altered(path: Path, to: Path, changes: Mapping[str, Callable[[list[dict[str, str]]], None]]) -> Path:
    """A bundle in which rows of these files were changed."""
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(to, "w") as made:
        for one in whole.namelist():
            text = whole.read(one).decode()
            if one in changes:
                rows = list(csv.DictReader(io.StringIO(text, newline="")))
                changes[one](rows)
                told = io.StringIO()
                writer = csv.DictWriter(told, rows[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
                text = told.getvalue()
            made.writestr(one, text)
    return to


def of_the_bank(folder: Path, people: int) -> None:
    """So many invented people on every question of the shipped survey; its bundle is `bank.zip` in the folder."""
    last = publishing.fill(folder, people)
    with create_app(publishing.settings(folder)).app_context():
        session = db.session
        survey = the_survey(session)
        survey.noise_key = None
        half = survey.rounds[0]
        second = Round(
            survey_id=survey.id, number=2, opens_at=clock.day_start(last), closes_at=half.closes_at
        )
        half.closes_at = second.opens_at
        session.add(second)
        session.flush()
        for day in (last - timedelta(days=3), last - timedelta(days=1), last):
            with clock.at(clock.day_start(day + timedelta(days=1))):
                publish(session, survey, day)
        with clock.at(clock.day_start(last + timedelta(days=2))):
            for kind, question in of_every_kind(session).items():
                if kind not in ("ladder", "pair"):
                    resolve(session, question, outcome(clock.day_start(last), **came_out(question)))
            made = freeze(session, survey, current_app.config["PARLEY"], options=WHOLE)
            write(session, made, folder / "bank.zip")
        session.commit()


def came_out(question: Question) -> dict[str, str | float]:
    """Some outcome that the question's kind may have."""
    if question.kind in ("choice", "ordered"):
        return {"option": question.options[0].key}
    return {"value": float(question.lower or 0) + 1 if question.quantile_levels else 1.0}
