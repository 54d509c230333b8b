"""Joining, consent, and coming back by code."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import AnswersGone, NotFound, SurveyClosed
from survey.models import Consent, Participant
from survey.services import enrollment
from tests.factories import on, someone, the_survey


def test_the_consent_is_recorded_with_version_language_and_time(session: Session) -> None:
    person = someone(session)
    consent = session.scalars(select(Consent)).one()
    assert consent.participant_id == person.id
    assert (consent.version.number, consent.language, consent.agreed_at) == (1, "en", on(22))


def test_a_double_click_makes_one_person(session: Session) -> None:
    survey, code = the_survey(session), enrollment.new_code()
    made = [enrollment.join(session, survey, language="en", join_key="same", code=code) for _ in range(2)]
    assert made[0][0] is made[1][0]
    assert [new for _, new in made] == [True, False]
    assert session.scalar(select(func.count()).select_from(Participant)) == 1


def test_nobody_joins_outside_the_surveys_time(session: Session) -> None:
    survey = the_survey(session)
    for moment in (on(14), survey.closes_at):
        with clock.at(moment), pytest.raises(SurveyClosed):
            someone(session)


def test_a_code_has_127_bits_in_letters_that_are_not_mistaken() -> None:
    code = enrollment.new_code()
    assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{5}-){5}[2-9A-HJKMNP-TV-Z]", code)
    assert enrollment.new_code() != code


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: f" {code}\n",
        lambda code: code.translate(str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")),
        lambda code: code.lower().translate(str.maketrans("acepxy", "асерху")),
        lambda code: code.translate(str.maketrans("ABEZHKMNPTYX", "ΑΒΕΖΗΚΜΝΡΤΥΧ")),
        lambda code: "".join(chr(ord(one) + 0xFEE0) for one in code),
        lambda code: code.translate(str.maketrans("23456789", "٢٣٤٥٦٧٨٩")),
        lambda code: code.replace("-", "–"),
        lambda code: f"«{code}».",
    ],
)
def test_the_code_brings_one_back_however_it_is_written(session: Session, written: object) -> None:
    survey, code = the_survey(session), enrollment.new_code()
    person, _ = enrollment.join(session, survey, language="en", join_key="k", code=code)
    assert enrollment.come_back(session, survey, written(code)) is person  # type: ignore[operator]


@pytest.mark.parametrize(
    "wrong", ["", "x", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A", "'; DROP TABLE participant; --"]
)
def test_every_wrong_code_gets_the_same_answer(session: Session, wrong: str) -> None:
    someone(session)
    with pytest.raises(NotFound) as failure:
        enrollment.come_back(session, the_survey(session), wrong)
    assert "No answers belong to this code" in str(failure.value.sentence)


def test_only_the_hash_of_a_code_is_stored(session: Session) -> None:
    survey, code = the_survey(session), enrollment.new_code()
    person, _ = enrollment.join(session, survey, language="en", join_key="k", code=code)
    assert person.code_hash == enrollment.hash_code(code)
    assert code not in repr(vars(person))


def test_a_browser_that_remembers_an_erased_person_is_told(session: Session) -> None:
    person = someone(session)
    person.erased_on = on(22).date()
    session.flush()
    with pytest.raises(AnswersGone):
        enrollment.known_participant(session, the_survey(session), person.id)
