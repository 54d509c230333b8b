"""The crowd by group: side by side on the crowd's page, one alone by its address, small ones withheld."""

import re
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import READERS_ENTRY, Participant, Question
from survey.services import background_answers, forecast_submit
from survey.services.publication import publish_question
from tests.conftest import store_after
from tests.factories import crowd, on, say, someone, the_question, the_survey, tied_questions

from ..visitor import Visitor, words

KEY, NUMBER = "leaders-meet", "aid-total"


def group(session: Session, key: str, region: str, chances: list[float]) -> list[Participant]:
    """People of one region who answered on the same day."""
    people = crowd(session, the_question(session, key), chances)
    with clock.at(on(20)):
        for person in people:
            background_answers.say(session, person, {"region": [region]})
    return people


def publish(session: Session, question: Question, day: int = 20) -> None:
    assert publish_question(session, question, on(day).date()) is not None
    session.commit()


@store_after
def groups(session: Session) -> None:
    """Two groups are told and one is too small."""
    group(session, KEY, "eu", [0.2] * 12)
    group(session, KEY, "ukraine", [0.6] * 15)
    group(session, KEY, "elsewhere", [0.4] * 6)
    crowd(session, the_question(session, KEY), [0.4] * 6)
    publish(session, the_question(session, KEY))


@store_after
def ways(session: Session) -> None:
    """Some were invited, others came by the open link, and some had read the results, which are published."""
    the_survey(session).readers = "always"
    with clock.at(on(20)):
        for _ in range(13):
            reader = someone(session, entry=READERS_ENTRY)
            say(session, reader, the_question(session, KEY), 0.9, crowd_seen=True)
    for entry, chance, count in (("invitation", 0.2, 12), ("link", 0.6, 15)):
        for one in crowd(session, the_question(session, KEY), [chance] * count):
            one.entry = entry
    session.flush()
    publish(session, the_question(session, KEY))


@pytest.fixture
def told(groups: None, person: Visitor) -> Visitor:
    """Somebody who may see the crowd of the groups."""
    person.answers("binary")
    return person


class TestSideBySide:
    def test_the_groups_stand_under_their_question_with_their_people(self, told: Visitor) -> None:
        page = told.get(f"q/{KEY}/crowd")
        text = words(page.text)
        assert "Groups say 20 to 60 %" in text and "Where do you live?" in page.text
        assert "Ukraine (15)" in page.text and "Everybody (35)" in page.text
        assert "Elsewhere" in text[text.index("Withheld") :]
        assert "Ukraine" not in text[text.index("Withheld") :].split(".")[0]

    def test_where_all_groups_are_small_it_is_said(self, session: Session, person: Visitor) -> None:
        group(session, KEY, "eu", [0.2] * 6)
        crowd(session, the_question(session, KEY), [0.4] * 6)
        publish(session, the_question(session, KEY))
        person.answers("binary")
        text = words(person.get(f"q/{KEY}/crowd").text)
        assert "Crowd forecast by group" in text and "No group is large enough yet." in text

    def test_groups_that_differ_by_no_more_than_chance_are_no_finding(
        self, session: Session, person: Visitor
    ) -> None:
        for region in ("eu", "ukraine"):
            group(session, KEY, region, [0.1, 0.2, 0.3, 0.4, 0.5] * 3)
        publish(session, the_question(session, KEY))
        person.answers("binary")
        text = words(person.get(f"q/{KEY}/crowd").text)
        assert "Crowd forecast by group" in text and "Groups say" not in text

    def test_who_has_not_answered_sees_no_groups(self, session: Session, person: Visitor) -> None:
        group(session, KEY, "eu", [0.2] * 12)
        publish(session, the_question(session, KEY))
        for path in (f"q/{KEY}/crowd", f"q/{KEY}/crowd?group=region/eu"):
            assert "by group" not in person.get(path).text

    def test_a_group_that_stands_as_before_says_of_which_day_it_is(
        self, session: Session, person: Visitor
    ) -> None:
        question = the_question(session, KEY)
        group(session, KEY, "eu", [0.2] * 12)
        others = group(session, KEY, "ukraine", [0.6] * 12)
        publish(session, question)
        with clock.at(on(21)):
            for other in others[:6]:
                say(session, other, question, 0.5)
        publish(session, question, 21)
        person.answers("binary")
        text = words(person.get(f"q/{KEY}/crowd").text)
        assert "European Union, United Kingdom, Norway or Switzerland (20 November 2026)" in text
        assert "Ukraine (20 November 2026)" not in text

    def test_a_number_has_its_own_axis_and_its_middle_half(self, session: Session, person: Visitor) -> None:
        group(session, NUMBER, "eu", [0.1 + 0.02 * place for place in range(12)])
        group(session, NUMBER, "ukraine", [0.5] * 12)
        publish(session, the_question(session, NUMBER))
        person.answers("numeric")
        text = words(person.get(f"q/{NUMBER}/crowd").text)
        assert "Group Crowd forecast Middle half of the chance" in text
        assert "Everybody (20) €" in text and "Ukraine (10) €" in text


class TestOneAlone:
    def test_its_page_has_its_figures_and_says_whose_they_are(self, told: Visitor) -> None:
        text = words(told.get(f"q/{KEY}/crowd?group=region/ukraine").text)
        assert "These are the figures of one group: Ukraine" in text
        assert "People 15" in text
        # The control: everybody's.
        assert "People 35" in words(told.get(f"q/{KEY}/crowd").text)

    def test_a_small_one_is_said_to_be_withheld_beside_everybody(self, told: Visitor) -> None:
        text = words(told.get(f"q/{KEY}/crowd?group=region/elsewhere").text)
        assert "Elsewhere alone is withheld" in text and "People 35" in text

    @pytest.mark.parametrize("asked", ["region/nowhere", "nothing/eu", "region", "/", "\x00", "region/eu/x"])
    def test_what_is_no_group_is_everybody(self, told: Visitor, asked: str) -> None:
        page = told.client.get(f"/s/ukraine/q/{KEY}/crowd", query_string={"group": asked})
        text = words(page.text)
        assert page.status_code == 200
        assert "People 35" in text and "withheld" not in text.split("Groups say")[0]


def test_links_to_other_answers_keep_the_group(session: Session, person: Visitor) -> None:
    question = the_question(session, "war-state-2027")
    group(session, question.key, "eu", [0.2] * 12)
    group(session, question.key, "ukraine", [0.6] * 12)
    publish(session, question)
    reader = session.scalars(select(Participant).order_by(Participant.id)).first()
    assert reader is not None
    for other in tied_questions(question):
        forecast_submit.skip(session, reader, other)
    session.commit()
    page = person.get(f"q/{question.key}/crowd?group=region/eu").text
    links = re.findall(r'href="[^"]*/crowd\?([^"]*option=settlement[^"]*)"', page)
    assert any("group=region/eu" in unquote(link) for link in links), links


class TestWayOfEntry:
    @pytest.fixture
    def told(self, ways: None, person: Visitor) -> Visitor:
        """Somebody who may see the crowd of both ways."""
        person.answers("binary")
        return person

    def test_those_who_came_one_way_stand_beside_the_others(self, told: Visitor) -> None:
        page = told.get(f"q/{KEY}/crowd").text
        assert "How people came" in page
        assert "Personal invitation (10)" in page and "Open link (15)" in page

    def test_readers_stand_beside_the_crowd_and_are_not_in_it(self, told: Visitor) -> None:
        page = told.get(f"q/{KEY}/crowd").text
        assert "After published results (10)" in page and "Everybody (25)" in page
        assert "Those who came after published results are in no other figure" in words(page)
        alone = words(told.get(f"q/{KEY}/crowd?group=entry:results").text)
        assert "These are the figures of one group: After published results" in alone

    def test_one_way_alone_has_its_page(self, told: Visitor) -> None:
        text = words(told.get(f"q/{KEY}/crowd?group=entry:link").text)
        assert "These are the figures of one group: Open link" in text and "People 15," in text
        assert "People put themselves in it" not in text

    def test_a_way_nobody_came_is_withheld_like_any_small_group(self, told: Visitor) -> None:
        text = words(told.get(f"q/{KEY}/crowd?group=entry:account").text)
        assert "Account alone is withheld" in text

    def test_where_all_came_the_same_way_there_is_no_word_of_it(
        self, session: Session, person: Visitor
    ) -> None:
        group(session, KEY, "eu", [0.2] * 12)
        group(session, KEY, "ukraine", [0.6] * 15)
        publish(session, the_question(session, KEY))
        person.answers("binary")
        page = person.get(f"q/{KEY}/crowd").text
        assert "How people came" not in page and "Ukraine (15)" in page
