"""Those who run a survey are told how answers go together: of enough people, on both sides, never by a difference."""

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import NoIncoherence, ShownIncoherence, Viewer, get_incoherence
from survey.models import IncoherenceFigures, Participant
from survey.services.erasure import erase
from survey.services.publication import publish
from tests.conftest import database_after
from tests.factories import on, say, someone_in, the_question, the_survey

pytestmark = pytest.mark.store

OWNER = Viewer(role="owner")
CEASEFIRE, TREATY, WAR = "ceasefire-when", "treaty-when", "war-state-2027"


def answer(session: Session, clashing: dict[Participant, bool], far: float = 0.3) -> None:
    """Each a treaty beside the ceasefire that it implies: below it, or so far above; 0: further for each."""
    ceasefire, treaty = the_question(session, CEASEFIRE), the_question(session, TREATY)
    for place, (person, clashes) in enumerate(clashing.items()):
        say(session, person, ceasefire, 0.2)
        say(session, person, treaty, 0.2 + (far or 0.01 * place) if clashes else 0.1)


def fill(session: Session) -> None:
    """Twelve people whose answers go together, eleven whose treaty is likelier than its ceasefire."""
    with clock.at(on(17)):
        survey = the_survey(session)
        answer(session, {someone_in(session, survey): place >= 12 for place in range(23)}, far=0)
    with clock.at(on(18)):
        publish(session, the_survey(session))


database = database_after(fill)


def told(session: Session) -> ShownIncoherence:
    seen = get_incoherence(session, OWNER, the_survey(session))
    assert isinstance(seen, ShownIncoherence)
    return seen


def on_day(session: Session, day: int, *clashing: bool) -> None:
    """Some of those whose answers went together answer anew on a day, which is published on the next."""
    people = session.scalars(select(Participant).order_by(Participant.id)).all()
    with clock.at(on(day)):
        answer(session, dict(zip(people, clashing, strict=False)))
    with clock.at(on(day + 1)):
        publish(session, the_survey(session))


def test_shares_are_of_all_who_could_clash_and_relations_have_their_own(session: Session) -> None:
    seen = told(session)
    assert (seen.as_of, seen.people, seen.clear) == (date(2026, 11, 17), 20, 0.52)
    assert sum(share for _, _, share in seen.cells) == pytest.approx(1, abs=0.02)
    assert seen.cells[0] == (0, 0, 0.52) and all(one[1] == other[0] for one, other in pairwise(seen.cells))
    assert seen.relations and all(share == 0.48 for _, share in seen.relations)


def test_nobody_but_who_runs_the_survey_is_told_and_of_a_survey_anybody_may_join_nobody(
    session: Session,
) -> None:
    survey = the_survey(session)
    person = session.scalars(select(Participant)).first()
    for viewer in (Viewer(), Viewer(role="analyst"), Viewer(participant=person)):
        assert get_incoherence(session, viewer, survey) is NoIncoherence.ORGANIZERS_ONLY
    survey.noise_key = "c0ffee"
    assert get_incoherence(session, OWNER, survey) is NoIncoherence.OPEN
    on_day(session, 18, *[True] * 10)
    assert len(session.scalars(select(IncoherenceFigures)).all()) == 1


def test_figures_stand_until_five_people_have_changed_also_over_an_erasure(session: Session) -> None:
    before = told(session)
    on_day(session, 18, *[True] * 4)
    assert told(session) == before
    erase(
        session, session.scalars(select(Participant).order_by(Participant.id.desc())).first() or Participant()
    )
    assert told(session) == before
    on_day(session, 19, *[False] * 4, True)
    after = told(session)
    assert after.as_of == date(2026, 11, 19) and after.clear == 0.5


def test_a_share_with_too_few_on_one_side_is_not_told_nor_can_it_be_subtracted(session: Session) -> None:
    survey = the_survey(session)
    on_day(session, 18, *[True] * 5)
    seen = told(session)
    assert survey.cell == 10 and seen.as_of == date(2026, 11, 18)
    # Seven are without a clash: fewer than ten.
    assert seen.clear is None and seen.relations == []
    assert all(round(share * 23) >= 10 for _, _, share in seen.cells)


def test_of_fewer_people_than_a_cell_nothing_is_told(session: Session) -> None:
    the_survey(session).minimum_cell = 24
    session.flush()
    on_day(session, 18, *[True] * 12)
    assert len(session.scalars(select(IncoherenceFigures)).all()) == 1


@pytest.mark.parametrize(("others", "is_told"), [(3, False), (5, True)])
def test_a_relation_is_withheld_where_the_rest_of_those_who_clash_would_be_too_few(
    session: Session, others: int, is_told: bool
) -> None:
    """Some clash by another relation alone: fighting goes on for sure, and yet a ceasefire is likely."""
    survey = the_survey(session)
    survey.minimum_cell = 5
    people = session.scalars(select(Participant).order_by(Participant.id)).all()
    with clock.at(on(18)):
        war, ceasefire = the_question(session, WAR), the_question(session, CEASEFIRE)
        for person in people[:others]:
            say(session, person, war, 0.95)
            say(session, person, ceasefire, 0.9)
        answer(session, dict.fromkeys(people[others:6], False))
    with clock.at(on(19)):
        publish(session, survey)
    seen = told(session)
    assert seen.as_of == date(2026, 11, 18) and seen.clear == pytest.approx((12 - others) / 23, abs=0.005)
    assert bool(seen.relations) is is_told
