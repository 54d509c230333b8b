"""Options of a snapshot: who could be known is not told of, and what two files share is what was asked for."""

import csv
import io
from collections import Counter, defaultdict
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export.files import BUNDLE
from survey.export.options import FreezeOptions
from survey.export.tables import TABLES
from survey.models import EventLog, Participant, Snapshot
from survey.services import background_answers
from survey.services.erasure import erase
from survey.services.freeze_options import InvalidOptions, checked_options
from survey.services.snapshots import freeze, frozen_file
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey

Tables = dict[str, list[dict[str, str]]]
REGIONS = ["eu"] * 7 + ["ukraine"] * 7 + ["north-america"]


def people(session: Session) -> None:
    """Fifteen who answer with a reason, seven alike, seven alike, and one from a region of their own."""
    question = the_question(session, "leaders-meet")
    with clock.at(on(18)):
        for place, region in enumerate(REGIONS):
            person = someone(session)
            background_answers.say(
                session, person, {"region": [region]} | ({"years": 41.0} if place == 3 else {})
            )
            say(session, person, question, 0.1 + 0.05 * (place % 3), rationale=f"Reason {place}")
        say(session, session.scalars(select(Participant)).first(), the_question(session, "cyber"), 0.4)


world = store_after(people)


def frozen(session: Session, app: Flask, options: FreezeOptions) -> Snapshot:
    with clock.at(on(21)):
        made = freeze(session, the_survey(session), app.config["PARLEY"], options=options)
        # The bundle is read in a session of its own.
        session.commit()
    return made


def tables(session: Session, app: Flask, made: Snapshot) -> Tables:
    files = {}
    for table in TABLES:
        content = b"".join(frozen_file(session, made, table.file, app.config["PARLEY"]))
        files[table.name] = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    return files


def personal_ids(told: Tables) -> dict[str, set[str]]:
    """What stands in each column of ids of people and of what they did, over all tables."""
    found = defaultdict(set)
    for table in TABLES:
        for column in table.columns:
            if column.about_person and column.name.endswith("_id"):
                found[column.name] |= {row[column.name] for row in told[table.name]}
    return {name: values for name, values in found.items() if values}


def test_nobody_is_told_of_among_fewer_than_five_and_the_report_says_how_many_are(
    world: None, app: Flask, session: Session
) -> None:
    told, whole = (
        tables(session, app, frozen(session, app, options))
        for options in (FreezeOptions(), FreezeOptions(k=1, k_reason="Restricted use"))
    )
    rows = defaultdict(set)
    for row in told["participants"]:
        rows[row["participant_id"]] = set()
    for row in told["background_answers"]:
        rows[row["participant_id"]].add(tuple(row.values())[3:])
    assert min(Counter(map(frozenset, rows.values())).values()) >= 5
    statuses = Counter((row["background_id"], row["status"]) for row in told["background_answers"])
    assert statuses["region", "suppressed"] >= 5 and statuses["region", "said"] >= 5
    assert statuses["years", "said"] == 0 < statuses["years", "suppressed"]
    assert {row["status"] for row in whole["background_answers"]} == {"said"}
    assert len(whole["background_answers"]) == 16
    # A group's choices are withheld in the memberships of whom they are withheld elsewhere.
    withheld = {
        row["participant_id"]
        for row in told["background_answers"]
        if row["status"] == "suppressed" and row["background_id"] == "region"
    }
    assert withheld == {
        row["participant_id"]
        for row in told["memberships"]
        if row["status"] == "suppressed" and row["family"] == "group region"
    }
    assert not withheld & {row["participant_id"] for row in told["memberships"] if row["segments"] in REGIONS}
    of_all = [max(made["disclosure"], key=lambda row: len(row["combination"])) for made in (told, whole)]
    assert [(row["k"], row["people_below_k"], row["smallest_class"]) for row in of_all][1] == ("1", "0", "1")
    assert int(of_all[0]["smallest_class"]) >= 5 and of_all[0]["people_below_k"] == "0"
    assert of_all[0]["people"] == "15" and int(of_all[0]["least_diversity"]) == 1
    # Three classes as they were, and who also answered a second question was alone there.
    region = next(row for row in whole["disclosure"] if row["combination"] == "region")
    assert (region["classes"], region["smallest_class"]) == ("3", "1")


def test_people_alike_who_all_forecast_the_same_are_not_told_of_where_that_was_asked_for(
    app: Flask, session: Session
) -> None:
    with clock.at(on(18)):
        for place in range(21):
            person, region = someone(session), ("eu", "ukraine", "north-america")[place // 7]
            background_answers.say(session, person, {"region": [region]})
            say(
                session, person, the_question(session, "leaders-meet"), 0.3 if place < 7 else 0.1 + place / 50
            )
    found = {}
    for least in (1, 2):
        made = frozen(session, app, FreezeOptions(l_diversity=least))
        rows = tables(session, app, made)
        of_all = max(rows["disclosure"], key=lambda row: len(row["combination"]))
        about = [row for row in rows["background_answers"] if row["background_id"] == "region"]
        told = Counter(row["option_ids"] for row in about)
        found[least] = (of_all["l"], of_all["least_diversity"], of_all["pairs_alike"], sorted(told.values()))
    assert found == {1: ("1", "1", "1", [7, 7, 7]), 2: ("2", "7", "0", [7, 14])}
    readme = b"".join(frozen_file(session, made, "README.md", app.config["PARLEY"])).decode()
    assert "l-diversity, l = 2" in readme and made.parameters == {"k": 5, "l_diversity": 2}


def test_two_files_share_people_where_that_was_asked_for_and_no_other_id(
    world: None, app: Flask, session: Session
) -> None:
    plain, waves = FreezeOptions(), FreezeOptions(stable_ids=True)
    made = [frozen(session, app, one) for one in (plain, plain, waves, waves)]
    ids = [personal_ids(tables(session, app, one)) for one in made]
    assert set(ids[0]) >= {"participant_id", "submission_id"}
    for name in ids[0]:
        assert ids[0][name].isdisjoint(ids[1][name] | ids[2][name])
        assert ids[2][name].isdisjoint(ids[3][name]) or name == "participant_id"
    assert ids[2]["participant_id"] == ids[3]["participant_id"]
    first = session.scalars(select(Participant)).first()
    assert first is not None
    erase(session, first)
    after = {
        row["participant_id"] for row in tables(session, app, frozen(session, app, waves))["participants"]
    }
    assert after < ids[2]["participant_id"] and len(after) == 14


def test_what_was_chosen_stands_with_its_reasons_in_the_bundle_and_in_the_log(
    world: None, app: Flask, session: Session
) -> None:
    chosen = FreezeOptions(
        k=2,
        k_reason="For the archive alone",
        not_identifying=("years",),
        stable_ids=True,
        exact_times="Response times are the subject",
        reviewed_until=date(2026, 11, 17),
    )
    made = frozen(session, app, chosen)
    readme = b"".join(frozen_file(session, made, "README.md", app.config["PARLEY"])).decode()
    for said in (
        "k = 2",
        "For the archive alone",
        "years",
        "stable",
        "Response times are the subject",
        "2026-11-17",
    ):
        assert said in readme, said
    rows = tables(session, app, made)
    assert {row["status"] for row in rows["rationales"]} == {"unreviewed"}
    assert all(row["submitted_at"] for row in rows["paradata"])
    assert [row["number"] for row in rows["background_answers"] if row["background_id"] == "years"] == [
        "41.0"
    ]
    logged = session.scalars(select(EventLog).order_by(EventLog.id.desc())).first()
    assert logged is not None and logged.detail == {"number": 1, "as_of": "2026-11-20", **chosen.parameters}
    again = [frozen_file(session, made, BUNDLE, app.config["PARLEY"]).sha256 for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (FreezeOptions(k=0), "k"),
        (FreezeOptions(k=4, k_reason=" "), "k_reason"),
        (FreezeOptions(l_diversity=0), "l_diversity"),
        (FreezeOptions(not_identifying=("nonsense",)), "not_identifying"),
        (FreezeOptions(reviewed_until=date(2030, 1, 1)), "reviewed_until"),
        (FreezeOptions(exact_times="x" * 501), "exact_times"),
    ],
)
def test_what_tells_more_needs_a_reason_and_what_is_unknown_is_named(
    session: Session, options: FreezeOptions, field: str
) -> None:
    with pytest.raises(InvalidOptions) as refused:
        checked_options(session, the_survey(session), options)
    assert list(refused.value.errors) == [field]
