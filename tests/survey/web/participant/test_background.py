"""About you: said, changed, taken back, kept on a refusal, erased; and the groups it makes."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import said_groups
from survey.errors import AnswersGone, InvalidAnswer, SurveyClosed
from survey.models import BackgroundAnswer, BackgroundQuestion, BackgroundText, Participant
from survey.services import background_answers
from survey.services.erasure import erase
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import someone, the_survey
from tests.statements import counting

from ..visitor import Visitor, error_of, value, words

WHOLE = {"about-region": "eu", "about-experience": "some", "about-attention": "", "about-years": "12"}


def revisions(session: Session) -> list[tuple[str, int, background_answers.Value]]:
    session.rollback()
    session.expire_all()
    query = select(BackgroundAnswer).order_by(
        BackgroundAnswer.background_question_id, BackgroundAnswer.revision
    )
    return [(one.question.key, one.revision, one.value) for one in session.scalars(query)]


def chosen(page: str, name: str) -> set[str]:
    """The values of a question that are ticked on the page."""
    inputs = re.findall(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    found = [re.search(r'value="([^"]*)"', tag) for tag in inputs if " checked" in tag]
    return {html.unescape(match[1]) for match in found if match}


def protect(session: Session) -> None:
    the_survey(session).protected = True
    session.commit()


def add_text(session: Session) -> None:
    """Let the survey ask for a text too."""
    asked = BackgroundQuestion(
        survey_id=the_survey(session).id, key="words", kind="text", position=9, lower=None, upper=None
    )
    asked.texts = [BackgroundText(language="en", label="Anything else?", hint="")]
    session.add(asked)
    session.commit()


class TestThePage:
    def test_it_asks_all_of_it_and_presets_nothing(self, person: Visitor) -> None:
        page = person.get("about-me").text
        assert "All of this is optional" in words(page)
        assert chosen(page, "about-field") == set()
        assert chosen(page, "about-region") == {""}
        assert value(page, "about-years") == ""

    def test_it_is_in_the_readers_language(self, person: Visitor) -> None:
        person.client.post("/language", data={"language": "uk", "next": "/"})
        assert "Де ви живете?" in person.get("about-me").text

    def test_it_says_below_which_size_no_group_is_shown(self, person: Visitor) -> None:
        assert "A group of fewer than 10 people is never shown" in words(person.get("about-me").text)

    def test_who_takes_no_part_is_led_to_the_consent_and_what_they_sent_waits(self, visitor: Visitor) -> None:
        assert visitor.get("about-me").status_code == 302
        assert visitor.post("about-me", WHOLE).status_code == 403

    def test_it_is_kept_by_no_cache(self, person: Visitor) -> None:
        assert person.get("about-me").headers["Cache-Control"] == "no-store"

    def test_themes_and_mine_lead_to_it(self, person: Visitor) -> None:
        assert "/about-me" in person.get("themes").text
        assert "About me: 0 of 5 answered" in words(person.get("mine").text)


class TestSaying:
    def test_what_was_said_stands_on_the_page(self, person: Visitor, session: Session) -> None:
        sent = person.client.post(
            "/s/ukraine/about-me", data={**WHOLE, "about-field": ["media", "diplomacy"]}
        )
        page = person.client.get(sent.location).text
        assert "4 answers were stored" in words(page)
        assert chosen(page, "about-field") == {"diplomacy", "media"}
        assert chosen(page, "about-region") == {"eu"}
        assert value(page, "about-years") == "12"
        assert revisions(session) == [
            ("field", 1, ["diplomacy", "media"]),
            ("region", 1, ["eu"]),
            ("experience", 1, ["some"]),
            ("years", 1, 12.0),
        ]
        assert "About me: 4 of 5 answered" in words(person.get("mine").text)

    def test_twice_is_once(self, person: Visitor, session: Session) -> None:
        for _ in range(2):
            answer = person.post("about-me", WHOLE)
        assert "Nothing changed" in person.client.get(answer.location).text
        assert len(revisions(session)) == 3

    def test_a_change_is_a_further_revision(self, person: Visitor, session: Session) -> None:
        person.post("about-me", WHOLE)
        person.post("about-me", WHOLE | {"about-region": "ukraine"})
        assert revisions(session)[:2] == [("region", 1, ["eu"]), ("region", 2, ["ukraine"])]

    def test_no_answer_takes_one_back(self, person: Visitor, session: Session) -> None:
        person.post("about-me", WHOLE)
        person.post("about-me", WHOLE | {"about-region": "", "about-years": ""})
        told = revisions(session)
        assert ("region", 2, []) in told and ("years", 2, None) in told

    @pytest.mark.parametrize(
        ("field", "sent", "told"),
        [
            ("about-years", "a lot", "Write the number alone"),
            ("about-years", "61", "Give a number from 0 to 60."),
            ("about-years", "-1", "Give a number from 0 to 60."),
            ("about-region", "moon", "Choose from the answers that are offered."),
            ("about-field", "moon", "Choose from the answers that are offered."),
        ],
    )
    def test_what_cannot_be_is_said_beside_it_and_the_rest_is_kept(
        self, person: Visitor, session: Session, field: str, sent: str, told: str
    ) -> None:
        answer = person.post("about-me", WHOLE | {"about-experience": "regular", field: sent})
        assert answer.status_code == 422
        assert told in error_of(answer.text, field)
        assert chosen(answer.text, "about-experience") == {"regular"}
        assert revisions(session) == []
        if field == "about-years":
            assert value(answer.text, field) == sent

    def test_a_text_is_stored_as_it_was_written(self, person: Visitor, session: Session) -> None:
        add_text(session)
        person.post("about-me", {"about-words": "I read <b>maps</b>."})
        assert revisions(session) == [("words", 1, "I read <b>maps</b>.")]
        assert "<b>maps" not in person.get("about-me").text

    def test_a_text_has_a_length(self, person: Visitor, session: Session) -> None:
        add_text(session)
        answer = person.post("about-me", {"about-words": "x" * 501})
        assert "at most 500" in error_of(answer.text, "about-words")

    def test_all_of_it_is_taken_back_at_once(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        person.post("about-me", WHOLE)
        answer = person.post("about-me/take-back")
        assert "3 answers were withdrawn" in person.client.get(answer.location).text
        assert {key: said for key, revision, said in revisions(session) if revision == 2} == {
            "region": [],
            "experience": [],
            "years": None,
        }
        assert "12.5 %" in words(person.get("mine").text)
        assert "nothing to withdraw" in person.client.get(person.post("about-me/take-back").location).text


class TestAClosedSurvey:
    def test_nothing_new_is_stored_but_it_can_be_taken_back(self, person: Visitor, session: Session) -> None:
        person.post("about-me", WHOLE)
        with clock.at(the_survey(session).closes_at + timedelta(days=1)):
            session.rollback()
            page = words(person.get("about-me").text)
            assert "The survey is closed" in page and "3 answers" in page
            refused = person.post("about-me", WHOLE | {"about-region": "ukraine"})
            assert "Nothing was stored" in person.client.get(refused.location).text
            assert len(revisions(session)) == 3
            person.post("about-me/take-back")
        assert len(revisions(session)) == 6


class TestAProtectedSurvey:
    def test_it_asks_for_no_text_and_no_number(self, person: Visitor, session: Session) -> None:
        add_text(session)
        assert "about-years" in person.get("about-me").text
        protect(session)
        page = person.get("about-me").text
        assert "about-years" not in page and "about-words" not in page
        assert "nothing that you could be recognized by" in words(page)

    def test_and_takes_none_either(self, session: Session) -> None:
        protect(session)
        person = someone(session)
        with pytest.raises(InvalidAnswer):
            background_answers.say(session, person, {"years": 12.0})

    def test_it_keeps_the_day_alone(self, session: Session) -> None:
        protect(session)
        background_answers.say(session, someone(session), {"region": ["eu"]})
        (answer,) = session.scalars(select(BackgroundAnswer)).all()
        assert answer.answered_at == clock.day_start(TODAY.date())

    def test_others_keep_the_time(self, session: Session) -> None:
        """The control."""
        background_answers.say(session, someone(session), {"region": ["eu"]})
        (answer,) = session.scalars(select(BackgroundAnswer)).all()
        assert answer.answered_at == TODAY


class TestGroups:
    def test_they_are_what_people_chose_last(self, session: Session) -> None:
        one, other, silent = someone(session), someone(session), someone(session)
        background_answers.say(session, one, {"region": ["eu"], "field": ["media", "research"], "years": 3.0})
        background_answers.say(session, one, {"region": ["ukraine"]})
        background_answers.say(session, other, {"region": ["eu"]})
        background_answers.say(session, other, {"region": []})
        found = said_groups(session, the_survey(session)).at(clock.day_number(TODAY))
        chosen = [("field", "research"), ("field", "media"), ("region", "ukraine")]
        assert found == {group: {one.id} for group in chosen}
        assert silent.id not in set().union(*found.values())

    def test_a_day_has_what_was_said_by_its_end(self, session: Session) -> None:
        person, today = someone(session), clock.day_number(TODAY)
        background_answers.say(session, person, {"region": ["eu"]})
        with clock.at(TODAY + timedelta(days=2)):
            background_answers.say(session, person, {"region": ["ukraine"]})
        groups = said_groups(session, the_survey(session))
        assert groups.at(today - 1) == {}
        assert groups.at(today + 1) == {("region", "eu"): {person.id}}
        assert groups.at(today + 2) == {("region", "ukraine"): {person.id}}

    def test_who_erased_is_in_none(self, session: Session) -> None:
        person = someone(session)
        background_answers.say(session, person, {"region": ["eu"]})
        assert said_groups(session, the_survey(session)).said
        erase(session, person)
        assert not said_groups(session, the_survey(session)).said
        assert session.scalars(select(BackgroundAnswer)).all() == []

    def test_a_late_form_of_who_erased_is_refused(self, app: object, session: Session) -> None:
        person = transaction(lambda fresh: someone(fresh).id)
        transaction(lambda fresh: erase(fresh, fresh.get_one(Participant, person)))
        with pytest.raises(AnswersGone):
            transaction(
                lambda fresh: background_answers.say(
                    fresh, fresh.get_one(Participant, person), {"region": ["eu"]}
                )
            )

    @pytest.mark.parametrize(
        ("name", "sent"),
        [
            ("about-region", "about-region=eu&about-region=ukraine"),
            ("about-words", "about-words=one&about-words=another"),
            ("about-words", "about-words=%FF"),
        ],
    )
    def test_of_two_answers_none_is_chosen_and_what_is_no_text_is_not_spelled_otherwise(
        self, person: Visitor, session: Session, name: str, sent: str
    ) -> None:
        add_text(session)
        form = "application/x-www-form-urlencoded"
        page = person.client.post("/s/ukraine/about-me", data=sent, content_type=form)
        assert page.status_code == 422 and error_of(page.text, name)
        assert revisions(session) == []

    def test_one_key_of_a_single_is_all_there_can_be(self, session: Session) -> None:
        with pytest.raises(InvalidAnswer) as refused:
            background_answers.say(
                session, someone(session), {"region": ["eu", "ukraine"], "years": float("nan")}
            )
        assert list(refused.value.errors) == ["region", "years"]

    def test_what_is_not_asked_is_refused(self, session: Session) -> None:
        with pytest.raises(InvalidAnswer):
            background_answers.say(session, someone(session), {"shoe size": 43.0})

    def test_before_the_opening_nothing_is_taken(self, session: Session) -> None:
        person, survey = someone(session), the_survey(session)
        with clock.at(survey.opens_at - timedelta(days=1)), pytest.raises(SurveyClosed):
            background_answers.say(session, person, {"region": ["eu"]})


def test_an_answer_is_never_changed_in_place(session: Session) -> None:
    background_answers.say(session, someone(session), {"region": ["eu"]})
    (answer,) = session.scalars(select(BackgroundAnswer)).all()
    answer.value = ["ukraine"]
    with pytest.raises(Exception, match="append-only"):
        session.flush()
    session.rollback()


def test_an_answer_is_checked_without_reading_the_words_of_the_questions(
    app: Flask, session: Session
) -> None:
    person = someone(session)
    session.commit()
    with counting(app) as asked:
        assert background_answers.say(session, person, {"region": ["eu"]}) == 1
    # Whichever statement: the table of what may be chosen is read, and no table of words.
    assert [one for one in asked if "background_option" in one]
    assert [one for one in asked if "background_text" in one or "background_option_text" in one] == []
