"""Base rates by program: the same rule as on pages, and the interval as numbers."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Submission
from tests.factories import give_base_rate

from .caller import Caller

KEY = "leaders-meet"


@pytest.mark.parametrize("before", [False, True])
def test_a_program_is_told_the_base_rate_when_a_page_would_be(
    person: Caller, session: Session, before: bool
) -> None:
    give_base_rate(session, KEY, before=before)
    assert person.get("").json["base_rates_before"] is before
    assert (person.get(f"questions/{KEY}").json["base_rate"] is not None) is before
    person.answer("binary")
    told = person.get(f"questions/{KEY}").json["base_rate"]
    assert (told["events"], told["cases"], told["share"], told["since"]) == (3, 12, 0.25, "1949-04-04")
    assert 0.1 < told["low"] < 0.11 < 0.48 < told["high"] < 0.5
    assert told["reference_class"] == "Wars <b>& truces</b> en"
    listed = {one["key"]: one["base_rate"] for one in person.get("questions").json}
    assert listed[KEY] == told
    assert {value is None for key, value in listed.items() if key != KEY} == {True}
    session.rollback()
    assert session.scalars(select(Submission.base_rate_seen)).all() == [before]
