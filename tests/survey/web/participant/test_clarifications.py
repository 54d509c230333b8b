"""A newer version of a question: what changed, side by side, what one can do, and the crowd of it alone."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.segments import version_segment
from survey.disclosure import Shown, Viewer, get_aggregate, history
from survey.models import Participant, Question, QuestionVersion, Submission, VersionText
from survey.services.publication import publish
from tests.factories import on, say, someone, the_question, the_survey

from ..visitor import Visitor, value, words

KEY = "leaders-meet"


def publish_version(
    session: Session,
    number: int = 2,
    *,
    substantive: bool = False,
    note: str = "Now it says where.",
    languages: tuple[str, ...] = ("en", "uk"),
    **changed: str,
) -> None:
    """The next version of the question: the words of the one before, but for `changed`."""
    question = the_question(session, KEY)
    before = question.version
    version = QuestionVersion(
        question_id=question.id,
        number=number,
        substantive=substantive,
        note=note,
        published_at=clock.now(session),
    )
    parts = ("title", "short", "background", "criteria", "fine_print", "sources", "unit")
    for language in languages:
        old = before.text(language)
        kept = {part: getattr(old, part) for part in parts}
        version.texts.append(VersionText(language=language, **(kept | changed)))
    session.add(version)
    session.commit()
    session.expire_all()


def notice(page: str) -> str:
    """The part of a page that tells what changed."""
    found = re.search(r'<section class="p-notice">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


@pytest.fixture
def answered(person: Visitor) -> Visitor:
    """Somebody who has answered the first version."""
    person.answers("binary")
    return person


class TestWhatChanged:
    def test_old_and_new_stand_side_by_side_with_their_words_marked(
        self, answered: Visitor, session: Session
    ) -> None:
        publish_version(session, criteria="It counts in Geneva alone.")
        publish_version(session, 3, criteria="It counts in Vienna alone.", note="Vienna.")
        with clock.at(on(23)):
            answered.answer(KEY, **{"p-yes": "13"})
            publish_version(session, 4, criteria="It counts in Vienna or Bern.", note="Bern too.")
            told = notice(answered.get(f"q/{KEY}").text)
        assert "It counts in Vienna <del>alone.</del>" in told
        assert "It counts in Vienna <ins>or Bern.</ins>" in told
        assert "Version 3, which you answered" in told and "Version 4, asked now" in told
        assert "The organizer says: Bern too." in words(told)
        assert "Unchanged: Question, Fine print." in words(told)

    def test_every_note_in_between_is_told(self, answered: Visitor, session: Session) -> None:
        publish_version(session, note="First a place.", criteria="A place.")
        publish_version(session, 3, note="Then a day.", criteria="A place and a day.")
        assert "The organizer says: First a place. Then a day." in words(answered.get(f"q/{KEY}").text)

    def test_a_reader_of_one_language_is_shown_no_words_of_two(
        self, answered: Visitor, session: Session
    ) -> None:
        publish_version(session, languages=("en",), title="Will they meet in person?")
        answered.client.post("/language", data={"language": "uk"})
        told = notice(answered.get(f"q/{KEY}").text)
        assert not re.search("<del>[^<]*[іїєґ]", told)
        assert "<ins>" in told

    def test_markup_in_new_words_stays_text(self, answered: Visitor, session: Session) -> None:
        publish_version(session, criteria="<script>alert(1)</script> **bold**")
        told = answered.get(f"q/{KEY}").text
        assert "<script>alert" not in told and "<strong>bold</strong>" in told

    def test_a_draft_is_told_to_nobody(self, answered: Visitor, session: Session) -> None:
        question = the_question(session, KEY)
        session.add(QuestionVersion(question_id=question.id, number=2, note="A draft.", published_at=None))
        session.commit()
        assert "A draft." not in answered.get(f"q/{KEY}").text

    def test_who_answered_the_current_words_is_told_nothing(self, person: Visitor, session: Session) -> None:
        publish_version(session, criteria="Elsewhere.")
        person.answers("binary")
        assert "which you answered" not in person.get(f"q/{KEY}").text

    def test_who_withdrew_is_told_nothing(self, answered: Visitor, session: Session) -> None:
        answered.act(KEY, "withdraw")
        publish_version(session, criteria="Elsewhere.")
        assert "which you answered" not in answered.get(f"q/{KEY}").text


class TestThreeThingsToDo:
    @pytest.mark.parametrize("substantive", [False, True])
    def test_affirming_binds_the_forecast_to_the_new_words(
        self, answered: Visitor, session: Session, substantive: bool
    ) -> None:
        publish_version(session, substantive=substantive, criteria="Elsewhere.")
        told = notice(answered.get(f"q/{KEY}").text)
        answer = answered.post(f"q/{KEY}/affirm", {"key": value(told, "key")})
        receipt = words(answered.client.get(answer.location).text)
        assert "Affirmed 12.5 %" in receipt and "2 of the question" in receipt
        assert "which you answered" not in receipt
        session.rollback()
        assert [
            act.version.number for act in session.scalars(select(Submission).order_by(Submission.id))
        ] == [1, 2]

    def test_changing_leads_into_the_form_and_withdrawing_to_its_page(
        self, answered: Visitor, session: Session
    ) -> None:
        publish_version(session, criteria="Elsewhere.")
        page = answered.get(f"q/{KEY}").text
        assert 'href="#p-yes"' in notice(page) and 'id="p-yes"' in page
        assert f'href="/s/ukraine/q/{KEY}/withdraw"' in notice(page)

    def test_the_history_says_which_version_each_answer_was_given_to(
        self, answered: Visitor, session: Session
    ) -> None:
        assert "Saved Forecast Change Version" not in words(answered.get(f"q/{KEY}").text)
        publish_version(session, criteria="Elsewhere.")
        answered.act(KEY, "affirm")
        page = words(answered.get(f"q/{KEY}").text)
        assert "Saved Forecast Change Version" in page
        assert "12.5 % same 2" in page and "12.5 % first 1" in page

    def test_after_the_close_nothing_can_be_done(self, answered: Visitor, session: Session) -> None:
        publish_version(session, substantive=True, criteria="Elsewhere.")
        with clock.at(the_question(session, KEY).closes_at):
            session.rollback()
            page = answered.get(f"q/{KEY}").text
        assert "does not count." in page
        assert "until you answer again" not in page
        assert "/affirm" not in page


# ---- The crowd of the current version alone


@pytest.fixture
def several(session: Session) -> Question:
    """Twelve people answered the first version, eleven the second; published."""
    with clock.at(on(18)):
        people(session, 12, 0.2)
    with clock.at(on(19)):
        publish_version(session, criteria="Elsewhere.")
        people(session, 11, 0.6)
        session.commit()
    with clock.at(on(20)):
        publish(session, the_survey(session))
        session.commit()
    return the_question(session, KEY)


def people(session: Session, count: int, chance: float) -> list[Participant]:
    found = [someone(session) for _ in range(count)]
    for person in found:
        say(session, person, the_question(session, KEY), chance, rationale="A reason of one of them.")
    return found


class TestTheCrowdOfAVersion:
    def test_it_is_one_link_away(self, person: Visitor, several: Question) -> None:
        person.answers("binary")
        everybody = person.get(f"q/{KEY}/crowd").text
        assert f'href="/s/ukraine/q/{KEY}/crowd?version=2"' in everybody
        assert "People 20" in words(everybody)
        alone = words(person.get(f"q/{KEY}/crowd?version=2").text)
        assert "People 10" in alone
        assert "60 %" in alone and "A reason of one of them." in alone

    def test_its_line_over_time_is_of_it_alone(self, session: Session, several: Question) -> None:
        viewer = Viewer(role="owner")
        assert [shown.people for shown in history(session, viewer, several, segment=version_segment(2))] == [
            10
        ]
        assert [shown.people for shown in history(session, viewer, several)] == [20]

    def test_a_version_there_is_not_is_everybody(self, person: Visitor, several: Question) -> None:
        person.answers("binary")
        for asked in ("3", "0", "x", "-1", "2 ", "9" * 40, "²"):
            page = person.client.get(f"/s/ukraine/q/{KEY}/crowd", query_string={"version": asked})
            assert page.status_code == 200, asked
            assert "People 20" in words(page.text), asked

    def test_where_one_version_was_published_there_is_no_switch(
        self, person: Visitor, session: Session
    ) -> None:
        with clock.at(on(20)):
            people(session, 12, 0.2)
        publish(session, the_survey(session))
        session.commit()
        person.answers("binary")
        page = person.get(f"q/{KEY}/crowd").text
        assert "crowd forecast" in page and "version=" not in page

    def test_who_has_not_answered_gets_neither(self, person: Visitor, several: Question) -> None:
        told = [person.get(f"q/{KEY}/crowd{more}").text for more in ("", "?version=2")]
        for page in told:
            assert "60 %" not in words(page) and "A reason of one of them." not in page


#: Who answered which words; what is withheld is decided in Python, and the second database has one case.
PARTS = [
    *(pytest.param("sqlite", *sizes, marks=pytest.mark.sqlite) for sizes in ((12, 9), (9, 12), (12, 1))),
    pytest.param("postgresql", 12, 9, marks=pytest.mark.postgresql),
]


@pytest.mark.parametrize(("database", "first", "second"), PARTS, indirect=["database"])
def test_a_part_is_withheld_where_it_or_its_complement_is_small(
    person: Visitor, session: Session, first: int, second: int
) -> None:
    with clock.at(on(18)):
        people(session, first, 0.2)
    with clock.at(on(19)):
        publish_version(session, criteria="Elsewhere.")
        people(session, second, 0.6)
    with clock.at(on(20)):
        publish(session, the_survey(session))
        session.commit()
    person.answers("binary")
    everybody, alone = (person.get(f"q/{KEY}/crowd{more}").text for more in ("", "?version=2"))
    assert "Version 2 alone is withheld" in words(alone)
    assert "Fewer than 10 people are in it, or fewer than that outside it" in words(alone)
    # Below it is everybody: the same figures, and none of the part.
    people_said = re.search("People [0-9]+", words(everybody))
    assert people_said and people_said[0] in words(alone)
    viewer = Viewer(role="owner")
    question = the_question(session, KEY)
    assert not isinstance(get_aggregate(session, viewer, question, segment=version_segment(2)), Shown)
    assert isinstance(get_aggregate(session, viewer, question), Shown)
