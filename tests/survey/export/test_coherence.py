"""A person's incoherence in the files is what anybody computes from that person's answers alone."""

from collections import defaultdict

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from scoring.coherence import clashes, guaranteed_loss, repair
from survey import clock
from survey.aggregation.event_space import event_space_of
from survey.aggregation.incoherence import tied_components
from survey.aggregation.tied_answers import answers_in
from survey.export import coherence
from survey.export.cells import Value
from survey.export.snapshots import open_key, pseudonym
from survey.models import Participant, Snapshot
from survey.services.own_coherence import own_answers
from survey.services.resolution import resolve
from survey.services.snapshots import freeze
from tests.factories import on, say, someone, the_question, the_survey, withdraw

from ..outcomes import outcome

pytestmark = pytest.mark.store


@pytest.fixture
def snapshot(app: Flask, session: Session) -> Snapshot:
    """Twelve people who say anything to anything; one withdrew, one was erased, a rung has come out."""
    random, survey = np.random.default_rng(5), the_survey(session)
    for place in range(12):
        with clock.at(on(17)):
            person = someone(session)
            for question in survey.questions:
                if question.key == "ceasefire-when" or random.random() < place / 12:
                    say(session, person, question, float(random.uniform(0.02, 0.9)))
    with clock.at(on(22)):
        withdraw(session, person, the_question(session, "ceasefire-when"))
        say(session, someone(session), the_question(session, "leaders-meet"), 0.4)
        ladder = the_question(session, "treaty-when")
        resolve(session, ladder, outcome(about=ladder.options[0].key, value=0.0))
    with clock.at(on(23)):
        made = freeze(session, survey, app.config["PARLEY"])
    session.commit()
    return made


def test_each_row_follows_from_one_persons_standing_answers(
    app: Flask, session: Session, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coherence, "PEOPLE_AT_ONCE", 5)
    space, key = event_space_of(session, snapshot.survey), open_key(snapshot, app.config["PARLEY"])
    told: dict[object, list[dict[str, Value]]] = defaultdict(list)
    names = [column.name for column in coherence.TABLE.columns]
    for row in coherence.TABLE.rows(session, snapshot, key):
        named = dict(zip(names, row, strict=True))
        told[named["participant_id"]].append(named)
    assert list(told) == sorted(told, key=str) and len(told) == 12

    people = session.scalars(
        select(Participant).filter_by(survey_id=snapshot.survey_id).order_by(Participant.id)
    ).all()
    # What is computed of a person's answers is Python's: on the second database every third stands for all.
    step = 1 if session.get_bind().dialect.name == "sqlite" else 3
    for person in people[::step]:
        rows = told.get(pseudonym(key, "participant", person.id), [])
        with clock.at(on(23)):
            given = answers_in(space, own_answers(session, person))
        components = [one for one in tied_components(space) if not np.isnan(given[one.answers]).all()]
        assert [row["component_id"] for row in rows] == [one.questions[0] for one in components]
        for row, component in zip(rows, components, strict=True):
            inside = np.full(given.size, np.nan)
            inside[component.answers] = given[component.answers]
            moved = repair(space, inside).moved
            found = clashes(space, inside)
            assert row["answered"] == np.isfinite(inside).sum()
            assert row["distance"] == pytest.approx(np.sqrt(np.nanmean(moved**2)), abs=1e-9)
            assert bool(row["clashing_ids"]) == bool(found)
            if found and row["guaranteed_loss"]:
                assert (
                    0 < float(str(row["guaranteed_loss"])) < float(guaranteed_loss("implies", [0.999, 0.001]))
                )
    clashing = {bool(row["clashing_ids"]) for rows in told.values() for row in rows}
    assert clashing == {True, False}
