"""Scenarios on their page: whose they are, what if an event had another chance, and the same as files."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant
from survey.services import background_answers
from survey.services.publication import publish
from tests.conftest import database_after
from tests.factories import on, say, someone, the_question, the_survey, tied_questions
from tests.survey.outcomes import new_version

from ..conftest import others_answer
from ..visitor import Visitor, words

#: Twelve others have answered everything.
database = database_after(others_answer)


def answer_all(session: Session, but: str = "") -> None:
    """Whoever joined last answers what the tree is made of, and what that is tied to."""
    me = session.scalars(select(Participant).order_by(Participant.id.desc())).first()
    assert me is not None
    (scenario,) = the_survey(session).scenarios
    for question in {other for one in scenario.questions for other in tied_questions(one)}:
        if question.key != but:
            say(session, me, question, 0.3)
    session.commit()


def test_ones_own_tree_needs_nobody_else_and_tells_bounds_while_answers_are_missing(
    person: Visitor, session: Session
) -> None:
    answer_all(session, but="clash-if-ceasefire")
    mine = words(person.get("scenarios?whose=mine").text)
    clash = the_question(session, "clash-if-ceasefire").text("en").title
    assert "What your answers tell so far" in mine and clash in mine
    assert re.search(r"Ceasefire · Binding guarantee · Clash 0 % – \d", mine)
    assert person.get("scenarios/headline.csv?whose=mine").status_code == 404
    answer_all(session)
    mine = words(person.get("scenarios?whose=mine").text)
    assert "Only you see this tree" in mine and "Scenario You Crowd Bounds" in mine


def test_an_answer_that_a_new_version_has_made_void_is_missing_in_ones_own_tree(
    person: Visitor, session: Session
) -> None:
    answer_all(session)
    pair = the_question(session, "clash-if-ceasefire")
    new_version(session, pair, on(21), substantive=True)
    session.commit()
    mine = words(person.get("scenarios?whose=mine").text)
    assert "What your answers tell so far" in mine and pair.text("en").title in mine


def test_a_trial_moves_the_page_and_its_files_and_says_why(person: Visitor, session: Session) -> None:
    answer_all(session)
    page = words(person.get("scenarios").text)
    assert re.search(r"is likeliest: \d+ %|About as likely", page)
    tried = person.get("scenarios?headline.ceasefire=40").text
    assert "as you set it" in words(tried) and "your trial, not stored" in words(tried)
    assert "headline.csv?headline.ceasefire=40" in tried
    now, then = bars(tried)
    assert now[2] != then[2] and then[2] == "60 %"
    assert widths(tried)[2:3] != widths(tried)[5:6] and widths(tried)[5] == pytest.approx(60)
    assert sum(widths(tried)[3:6]) == pytest.approx(100, abs=0.1)
    rows = list(csv.DictReader(io.StringIO(person.get("scenarios/headline.csv?headline.ceasefire=40").text)))
    assert sum(float(row["probability"]) for row in rows) == pytest.approx(1, abs=1e-12)
    ceasefire = sum(float(row["probability"]) for row in rows if row["ceasefire"] == "1")
    assert ceasefire == pytest.approx(0.4, abs=1e-12)
    network = ElementTree.fromstring(person.get("scenarios/headline.xml?headline.ceasefire=40").text)
    assert [one.text for one in network.iter("GIVEN")] == ["ceasefire", "ceasefire"]
    tables = {one.findtext("FOR"): one.findtext("TABLE") for one in network.iter("DEFINITION")}
    assert [float(one) for one in (tables["ceasefire"] or "").split()] == pytest.approx([0.6, 0.4])
    for text, sentence in (("x", "Write percent"), ("140", "between 0 and 100")):
        answer = person.get(f"scenarios?headline.ceasefire={text}")
        assert answer.status_code == 200 and sentence in words(answer.text)


def test_a_group_that_is_withheld_is_said_so_beside_everybody(person: Visitor, session: Session) -> None:
    answer_all(session)
    page = words(person.get("scenarios?group=region/ukraine").text)
    assert "withheld, too few people" in page and "Point Bounds" in page
    assert person.get("scenarios/headline.csv?group=region/ukraine").status_code == 404


def bars(page: str) -> list[list[str]]:
    """The figures of each bar."""
    rows = page.split('<svg class="p-bar"')[1:]
    return [re.findall(r'class="p-number">([^<]*)<', words_kept(row.partition("</tr>")[0])) for row in rows]


def words_kept(text: str) -> str:
    return text.replace("\u00a0", " ")


def widths(page: str) -> list[float]:
    """How long each piece of each bar is, in percent."""
    return [float(one) for one in re.findall(r'<rect class="p-of-\w+" x="[\d.]+%" width="([\d.]+)%"', page)]


def test_groups_stand_below_everybody_and_small_ones_are_named_as_withheld(
    person: Visitor, session: Session
) -> None:
    answer_all(session)
    (scenario,) = the_survey(session).scenarios
    asked = {other for one in scenario.questions for other in tied_questions(one)}
    with clock.at(on(20)):
        for region, chance in (("ukraine", 0.6), ("eu", 0.2)):
            for _ in range(11):
                other = someone(session)
                background_answers.say(session, other, {"region": [region]})
                for question in asked:
                    say(session, other, question, chance)
    with clock.at(on(21)):
        publish(session, the_survey(session))
    session.commit()
    page = person.get("scenarios").text
    section = page.partition('id="tree-1-groups"')[2].partition("</section>")[0]
    everybody, *groups = bars(section)
    told = words(section)
    assert len(groups) == 2 and everybody not in groups and groups[0] != groups[1]
    assert "Everybody 30 people" in told and "Ukraine 10 people" in told and "Where do you live?" in section
    assert "Withheld: too few people" in told
    assert "by group" not in person.get("scenarios?whose=mine").text


def test_where_no_group_is_told_there_are_no_bars_of_groups(person: Visitor, session: Session) -> None:
    answer_all(session)
    assert "by group" not in person.get("scenarios").text


def test_files_are_there_for_whom_the_page_shows_figures(person: Visitor) -> None:
    assert person.get("scenarios/headline.csv").status_code == 404
    assert person.get("scenarios/none.csv").status_code == 404
