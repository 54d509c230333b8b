"""Audit verification: log and store are compared row by row, and what was changed past the triggers is named."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Viewer, remarked
from survey.models import EventLog, Membership, Preregistration, Survey, User, append_only
from survey.services import accounts, audit_log
from survey.services.audit_check import Audit, verify
from survey.services.invited_people import show_progress
from survey.services.moderation import withhold
from survey.services.publication import publish
from survey.services.resolution import resolve
from tests.conftest import store_after
from tests.factories import crowd, on, say, someone, the_question, the_survey

from ..outcomes import outcome

FREE = "leaders-meet"


@store_after
def all_acts(session: Session) -> None:
    """A survey in which everything that is compared was done once, by its services."""
    survey, question = the_survey(session), the_question(session, FREE)
    owner = accounts.create_user(session, "owner@example.org")
    accounts.grant(session, owner, survey, "owner")
    crowd(session, question, [0.1 + 0.02 * place for place in range(25)], day=20)
    with clock.at(on(20)):
        say(session, someone(session), question, rationale="They do not want to.")
    publish(session, survey)
    mark = _reason(session)
    withhold(session, owner, "owner", question, mark, "Names a witness.")
    resolve(session, question, outcome(value=1.0), owner)
    show_progress(session, survey, True, owner)
    _preregister(session)


@pytest.fixture
def acted(all_acts: None, session: Session) -> Session:
    """Its store."""
    return session


def _preregister(session: Session) -> None:
    """A signed file as the opening makes it; this survey had opened before there were any."""
    survey, moment = the_survey(session), clock.now(session)
    facts = {"content": b"{}", "sha256": "ab", "signature": b"", "public_key": b""}
    session.add(Preregistration(survey_id=survey.id, number=1, made_at=moment, opens_at=moment, **facts))
    audit_log.record(session, survey, "preregister", {"number": 1, "sha256": "ab"})


def _reason(session: Session) -> str:
    (told,) = remarked(session, Viewer(role="owner"), the_question(session, FREE)).values()
    return told.reason.about


def check(session: Session) -> Audit:
    session.expire_all()
    return verify(session, the_survey(session))


@pytest.mark.store
def test_what_services_did_is_as_the_log_says(acted: Session) -> None:
    audit = check(acted)
    assert (audit.broken, list(audit.differences), audit.ids_alone, audit.gone) == (None, [], 0, 0)
    assert audit.is_whole
    acts = set(acted.scalars(select(EventLog.act)))
    assert {"resolve", "publish", "grant", "settings", "withhold_rationale", "preregister"} <= acts


@pytest.mark.parametrize(
    ("tampering", "matter", "field"),
    [
        ("UPDATE resolution SET value = 0", "resolution", "value"),
        ("UPDATE resolution SET source = 'https://example.com'", "resolution", "source"),
        ("UPDATE resolution SET why = 'Otherwise'", "resolution", "why"),
        ("UPDATE resolution SET known_from = resolved_at", "resolution", "known_from"),
        ("UPDATE resolution SET by_id = NULL", "resolution", "by"),
        ("DELETE FROM resolution", "resolution", ""),
        ("UPDATE publication SET people = people + 1", "publication", "sha256"),
        ("DELETE FROM publication", "publication", ""),
        ("UPDATE membership SET role = 'analyst'", "role", "role"),
        ("DELETE FROM membership", "role", "role"),
        ("UPDATE survey SET closes_at = '2031-01-01 00:00:00'", "settings", "closes_at"),
        ("UPDATE survey SET minimum_cell = 5", "settings", "minimum_cell"),
        ("UPDATE survey_text SET contact = 'Nobody' WHERE language = 'en'", "settings", "words en"),
        ("UPDATE round SET feedback = 'none'", "settings", "rounds"),
        ("UPDATE rationale_mark SET reason = 'Otherwise'", "moderation", "sha256"),
        ("UPDATE rationale_mark SET act = 'release'", "moderation", "act"),
        ("DELETE FROM rationale_mark", "moderation", ""),
        ("UPDATE preregistration SET sha256 = '0'", "preregistration", "sha256"),
    ],
)
def test_a_row_changed_past_the_triggers_is_named(
    acted: Session, tampering: str, matter: str, field: str
) -> None:
    append_only.drop(acted.connection())
    for table in ("score",) if "resolution" in tampering else ():
        acted.execute(text(f"DELETE FROM {table}"))
    acted.execute(text(tampering))
    audit = check(acted)
    assert audit.broken is None
    assert (matter, field) in {(one.matter, one.field) for one in audit.differences}
    assert {one.matter for one in audit.differences} == {matter}
    assert not audit.is_whole


@pytest.mark.store
@pytest.mark.parametrize("act", ["resolve", "publish", "grant", "withhold_rationale", "preregister"])
def test_a_row_without_an_entry_is_named(acted: Session, act: str) -> None:
    """Entries cut off the end leave a chain that holds; the rows they were about tell of them."""
    append_only.drop(acted.connection())
    acted.execute(text(f"DELETE FROM event_log WHERE act = '{act}'"))
    assert None in {one.entry for one in check(acted).differences}


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("resolve", ["question", "resolution", "supersedes"]),
        ("publish", ["as_of", "questions"]),
        ("withhold_rationale", ["question", "mark"]),
    ],
)
def test_entries_of_before_hold_ids_and_are_compared_as_far_as_they_go(
    acted: Session, act: str, names: list[str]
) -> None:
    append_only.drop(acted.connection())
    _rewrite(acted, act, lambda detail: {name: detail[name] for name in names})
    audit = check(acted)
    assert (audit.is_whole, audit.ids_alone) == (True, 1)


def test_settings_of_before_are_compared_with_nothing(acted: Session) -> None:
    append_only.drop(acted.connection())
    acted.execute(text("UPDATE event_log SET act = 'older' WHERE act = 'settings'"))
    assert list(check(acted).differences) == []


def test_settings_are_noted_where_they_changed_alone(acted: Session) -> None:
    def noted() -> list[EventLog]:
        return list(acted.scalars(select(EventLog).filter_by(act="settings")))

    before, owner = len(noted()), acted.scalars(select(User).filter_by(email="owner@example.org")).one()
    show_progress(acted, the_survey(acted), True, owner)
    assert len(noted()) == before
    show_progress(acted, the_survey(acted), False, owner)
    assert len(noted()) == before + 1
    assert noted()[-1].detail["progress_since"] is None


def test_the_log_tells_no_words_of_moderation_and_no_key(acted: Session) -> None:
    survey = acted.scalars(select(Survey).filter_by(slug="ukraine")).one()
    told = " ".join(str(one.detail) for one in acted.scalars(select(EventLog)))
    assert "Names a witness" not in told and "They do not want to" not in told
    assert survey.noise_key is None or survey.noise_key not in told


@pytest.mark.parametrize(
    "detail",
    [
        {"questions": 7},
        {"questions": [[1]]},
        {"digests": []},
        {"as_of": {}},
        *({name: [1]} for name in ("user", "mark", "number", "proposal", "resolution")),
    ],
)
def test_an_entry_of_no_shape_of_ours_is_told_and_hides_no_other(
    acted: Session, detail: dict[str, object]
) -> None:
    acts = ("publish", "grant", "resolve", "propose outcome", "preregister", "withhold_rationale")
    for act in acts:
        audit_log.record(acted, the_survey(acted), act, detail)
    acted.execute(text("UPDATE membership SET role = 'analyst'"))
    acted.expire_all()
    told = check(acted).differences
    assert [one.name for one in told if one.matter == "entry"] == list(acts)
    assert [one.matter for one in told if one.matter != "entry"] == ["role"]


def test_a_log_of_nothing_is_whole(session: Session) -> None:
    audit = check(session)
    assert audit.is_whole
    user = accounts.create_user(session, "ann@example.org")
    facts = {"role": "owner", "since": clock.now(session)}
    session.add(Membership(user_id=user.id, survey_id=the_survey(session).id, **facts))
    session.flush()
    assert [one.matter for one in check(session).differences] == ["role"]


def _rewrite(session: Session, act: str, older: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Give one act's entry the form it had before, and chain what follows anew."""
    previous = audit_log.FIRST
    for entry in session.scalars(select(EventLog).order_by(EventLog.position)):
        if entry.act == act:
            entry.detail = older(entry.detail)
        entry.previous_hash = previous
        entry.hash = previous = audit_log.entry_hash(
            previous, entry.position, entry.at, entry.user_id, entry.act, entry.detail
        )
    session.flush()
