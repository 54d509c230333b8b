"""Rules of a survey, changed by one while another joins it."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bank import loading
from survey.bank.stored import stored_bank
from survey.models import Survey
from survey.services.enrollment import join
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import the_survey

pytestmark = pytest.mark.store


def test_nobody_joins_between_the_look_for_people_and_the_change_of_the_rules(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their consent would name rules that are others by the time they answer."""
    happened: list[str] = []
    joining: list[Future[None]] = []
    pool, load = ThreadPoolExecutor(1), loading._load

    def somebody_joins() -> None:
        with app.app_context():
            transaction(
                lambda session: join(session, the_survey(session), language="en", join_key="one", code="ABC")
            )
        happened.append("joined")

    def change_slowly(*given: object) -> None:
        joining.append(pool.submit(somebody_joins))
        load(*given)  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            joining[0].result(0.3)
        happened.append("changed")

    def change(session: Session) -> None:
        survey = session.scalars(select(Survey)).one()
        bank = stored_bank(session, survey)
        settings = vars(bank.settings) | {"minimum_cell": 12}
        other = loading.Bank(**vars(bank) | {"settings": loading.Settings(**settings)})
        loading.store_bank(session, other)

    monkeypatch.setattr(loading, "_load", change_slowly)
    with pool, app.app_context():
        transaction(change)
        joining[0].result(10)
        assert db.session.scalars(select(Survey.minimum_cell)).one() == 12
    assert happened == ["changed", "joined"]
