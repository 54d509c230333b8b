"""One's own forecasts as a list to work in: a number is saved, refused, undone and affirmed in its row."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant, Submission
from tests.conftest import TODAY, store_after
from tests.factories import on, say, someone, the_question, the_survey, withdraw

from ..conftest import others_answer
from ..test_statements import cost
from ..visitor import Visitor, value, words
from .test_changing import new_version

LIST = "/s/ukraine/mine?show=open&sort=age#q-leaders-meet"
#: Questions whose gap is in points.
BINARY = {
    "leaders-meet",
    "ceasefire-holds",
    "territory",
    "western-forces",
    "article-4",
    "nuclear-use",
    "cyber",
}
OLD = TODAY + timedelta(weeks=9)


def acts(session: Session, key: str = "leaders-meet") -> list[tuple[str, int, list[str]]]:
    """What somebody did on a question: action, revision, and the numbers as they were typed."""
    session.rollback()
    query = select(Submission).where(Submission.question_id == the_question(session, key).id)
    return [
        (one.action, one.revision, [number.entered for number in one.forecasts])
        for one in session.scalars(query.order_by(Submission.revision))
    ]


def form_of(page: str, key: str, kind: str = "f-") -> dict[str, str]:
    """The fields of a row's form."""
    form = page.partition(f'id="{kind}{key}"')[2].partition("</form>")[0]
    return {
        name: value(form, name)
        for name in re.findall(r'<input[^>]*name="([^"]+)"', form)
        if name != "csrf_token"
    }


def undo_form(page: str) -> dict[str, str]:
    form = page.partition('/undo"')[2].partition("</form>")[0]
    return {name: value(form, name) for name in ("key", "revision", "back", "undone")}


def row(page: str, key: str) -> str:
    """The words of one row."""
    return words(page.partition(f'id="q-{key}"')[2].partition("\n</li>")[0])


def save(person: Visitor, typed: str, **more: str) -> tuple[int, str]:
    """Type a number into the row of the list as it was seen, and follow where that leads."""
    fields = form_of(person.get("mine?show=open&sort=age").text, "leaders-meet")
    assert fields["back"] == LIST
    answer = person.post("q/leaders-meet", fields | {"p-yes": typed} | more)
    if answer.status_code == 303:
        return 303, person.client.get(answer.location).text
    return answer.status_code, answer.text


class TestANumberIsSavedInItsRow:
    def test_the_list_comes_back_as_it_was_with_the_receipt_and_the_way_back(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary")
        with clock.at(on(23)):
            status, page = save(person, "20")
        assert status == 303
        assert acts(session) == [("new", 1, ["12,5"]), ("update", 2, ["20"])]
        assert 'class="p-row p-lit" id="q-leaders-meet"' in page
        assert "saved 14:00" in row(page, "leaders-meet")
        told = words(page)
        assert "Stored: Presidents meet in person, 20 % before: 12.5 %" in told
        assert "23 November 2026, 14:00 Kyiv (12:00 UTC)" in told
        assert 'aria-current="true">oldest first' in page

    def test_the_same_form_twice_is_stored_once(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        fields = form_of(person.get("mine").text, "leaders-meet") | {"p-yes": "20"}
        first, second = (person.post("q/leaders-meet", fields) for _ in range(2))
        assert first.location == second.location
        assert len(acts(session)) == 2

    def test_a_script_is_given_the_one_row(self, person: Visitor) -> None:
        person.answers("binary")
        fields = form_of(person.get("mine").text, "leaders-meet") | {"p-yes": "20", "part": "row"}
        part = person.post("q/leaders-meet", fields)
        assert part.status_code == 200 and "<html" not in part.text
        assert part.text.count("data-row>") == 1
        assert "Stored: Presidents meet in person, 20 %" in words(part.text)
        assert form_of(part.text, "leaders-meet")["key"] != fields["key"]

    def test_on_the_page_of_themes_too(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        fields = form_of(person.get("themes").text, "leaders-meet")
        answer = person.post("q/leaders-meet", fields | {"p-yes": "20"})
        assert answer.location == "/s/ukraine/themes?saved=leaders-meet#q-leaders-meet"
        page = person.client.get(answer.location).text
        assert "saved 14:00" in row(page, "leaders-meet")
        assert "Stored: Presidents meet in person, 20 % before: 12.5 %" in words(page)
        # What has not been answered is told whole, with the way to its page.
        assert "When will a general ceasefire" in row(page, "ceasefire-when") and "Answer" in row(
            page, "ceasefire-when"
        )
        assert len(acts(session)) == 2

    @pytest.mark.parametrize("part", [{}, {"part": "row"}])
    def test_a_refused_one_stays_in_its_row_with_what_is_wrong(
        self, person: Visitor, session: Session, part: dict[str, str]
    ) -> None:
        person.answers("binary")
        status, page = save(person, "many", **part)
        assert status == 422 and len(acts(session)) == 1
        box = re.search(r'<input id="n-leaders-meet"[^>]*>', page)
        assert box and 'value="many"' in box[0] and 'aria-describedby="e-leaders-meet"' in box[0]
        assert 'id="e-leaders-meet"' in page
        assert form_of(page, "leaders-meet")["back"] == LIST
        # The whole page lists what is wrong first, as every form does, and leads to the box.
        assert ('<a href="#n-leaders-meet">' in page) is not bool(part)

    def test_a_large_change_asks_in_the_row_what_changed(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        status, page = save(person, "90")
        assert status == 422 and "more than 20 points" in row(page, "leaders-meet")
        assert 'name="nothing_to_add" value="y"' in page
        fields = form_of(page, "leaders-meet")
        stored = person.post("q/leaders-meet", fields | {"nothing_to_add": "y", "rationale": ""})
        assert stored.status_code == 303
        assert acts(session)[-1] == ("update", 2, ["90"])

    def test_what_has_closed_meanwhile_says_so_and_tells_what_was_typed(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary")
        fields = form_of(person.get("mine").text, "leaders-meet")
        the_question(session, "leaders-meet").closes_at = on(22)
        session.commit()
        answer = person.post("q/leaders-meet", fields | {"p-yes": "20"})
        assert answer.status_code == 409
        assert "You had typed 20." in row(answer.text, "leaders-meet")
        assert len(acts(session)) == 1

    def test_what_no_row_could_have_sent_is_refused_on_the_page_of_its_question(
        self, person: Visitor
    ) -> None:
        answer = person.answer("aid-total", back=LIST, **{"q-0.05": "many"})
        assert answer.status_code == 422 and 'value="many"' in answer.text

    def test_it_leads_nowhere_but_to_this_site(self, person: Visitor) -> None:
        person.answers("binary")
        fields = form_of(person.get("mine").text, "leaders-meet")
        answer = person.post("q/leaders-meet", fields | {"p-yes": "20", "back": "//evil.example/"})
        assert answer.location.startswith("/?")


class TestWhereThereIsABox:
    def test_only_one_number_of_words_that_were_read_is_saved_in_place(
        self, person: Visitor, session: Session
    ) -> None:
        for kind in ("binary", "ladder", "numeric", "choice"):
            person.answers(kind)
        person.answer("nuclear-use", **{"p-yes": "1"})
        person.answer("cyber", **{"p-yes": "2"})
        new_version(session, "nuclear-use", substantive=False)
        the_question(session, "cyber").rationale_required = True
        session.commit()
        page = person.get("mine").text
        assert re.findall(r'id="f-([\w-]+)"', page) == ["leaders-meet"]
        assert "Read it again" in row(page, "nuclear-use") and "Yours: 2 %" in row(page, "cyber")
        # The first forecast is given beside what counts.
        assert 'id="f-' not in person.get("mine?show=unanswered").text


class TestUndo:
    def test_what_stood_before_stands_again_and_that_can_be_undone_too(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary", confidence="4")
        _status, page = save(person, "20")
        for number, other in (("12,5", "12.5 %"), ("20", "20 %")):
            answer = person.post("q/leaders-meet/undo", undo_form(page))
            assert answer.status_code == 303
            page = person.client.get(answer.location).text
            assert acts(session)[-1][::2] == ("update", [number])
            assert "undone" in row(
                page, "leaders-meet"
            ) and f"Stored: Presidents meet in person, {other}" in words(page)
        assert [one.confidence for one in session.scalars(select(Submission).order_by(Submission.revision))][
            2
        ] == 4

    def test_where_nothing_stood_it_is_withdrawn_and_comes_back(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary")
        person.act("leaders-meet", "withdraw")
        _status, page = save(person, "20")
        page = person.client.get(person.post("q/leaders-meet/undo", undo_form(page)).location).text
        assert [act for act, *_rest in acts(session)] == ["new", "withdraw", "new", "withdraw"]
        assert "Withdrawn: Presidents meet in person" in words(page)
        person.post("q/leaders-meet/undo", undo_form(page))
        assert acts(session)[-1] == ("new", 5, ["20"])

    def test_twice_by_one_form_is_once_and_of_an_earlier_act_is_refused(
        self, person: Visitor, session: Session
    ) -> None:
        person.answers("binary")
        _status, page = save(person, "20")
        form = undo_form(page)
        first, second = (person.post("q/leaders-meet/undo", form) for _ in range(2))
        assert first.location == second.location and len(acts(session)) == 3
        late = person.post("q/leaders-meet/undo", form | {"key": "another-key-of-a-page"})
        assert late.status_code == 422 and "has changed since this page was made" in words(late.text)
        assert person.post("q/leaders-meet/undo", {"key": "one-key-of-a-page"}).status_code == 422
        assert len(acts(session)) == 3

    def test_what_no_longer_counted_does_not_come_back(self, person: Visitor, session: Session) -> None:
        person.answers("binary")
        new_version(session, "leaders-meet", substantive=True)
        with clock.at(TODAY + timedelta(days=1)):
            person.answers("binary", **{"p-yes": "20"})
            key = {"key": "one-key-of-a-page", "revision": "2", "back": LIST}
            assert person.post("q/leaders-meet/undo", key).status_code == 303
        assert acts(session)[-1][:2] == ("withdraw", 3)


class TestStillSo:
    @pytest.fixture
    def old(self, person: Visitor) -> Visitor:
        """Somebody with two forecasts of nine weeks ago."""
        person.answers("binary")
        person.answers("ladder")
        return person

    def test_a_forecast_of_eight_weeks_is_asked_whether_it_is_still_so(self, old: Visitor) -> None:
        assert "Still so" not in old.get("mine").text
        with clock.at(TODAY + timedelta(days=55)):
            assert "Still so" not in old.get("mine").text
        with clock.at(TODAY + timedelta(days=56)):
            page = old.get("mine").text
        assert "8 weeks" in row(page, "leaders-meet") and "Still so" in row(page, "ceasefire-when")
        assert "2 forecasts have stood for eight weeks or more" in words(page)

    @pytest.mark.parametrize("days", [14, 28])
    def test_a_row_that_comes_back_refused_is_judged_by_the_days_of_its_list(
        self, old: Visitor, days: int
    ) -> None:
        with clock.at(TODAY + timedelta(days=days)):
            fields = form_of(old.get(f"mine?days={days}").text, "leaders-meet")
            assert "Still so" in row(old.get(f"mine?days={days}").text, "leaders-meet")
            refused = old.post("q/leaders-meet", fields | {"p-yes": "many", "part": "row"})
            usual = fields | {"p-yes": "many", "part": "row", "back": "/s/ukraine/mine"}
            assert refused.status_code == 422 and "Still so" in row(refused.text, "leaders-meet")
            assert "Still so" not in row(old.post("q/leaders-meet", usual).text, "leaders-meet")

    def test_all_that_were_shown_are_affirmed_at_once_and_once(self, old: Visitor, session: Session) -> None:
        with clock.at(OLD):
            page = old.get("mine").text
            form = page.partition('action="/s/ukraine/mine/affirm"')[2].partition("</form>")[0]
            fields = {"key": value(form, "key"), "back": value(form, "back")}
            rows = re.findall(r'name="row" value="([^"]+)"', form)
            assert rows == ["ceasefire-when 1", "leaders-meet 1"]
            for _ in range(2):
                answer = old.client.post("/s/ukraine/mine/affirm", data=fields | {"row": rows})
                assert answer.status_code == 303
            told = words(old.client.get(answer.location).text)
        assert [act for act, *_rest in acts(session)] == ["new", "affirm"]
        assert len(acts(session, "ceasefire-when")[1][2]) == 4
        assert "Still so: 2 forecasts count as given today." in told and "weeks" not in told

    def test_what_another_tab_changed_is_not_affirmed_nor_any_other(
        self, old: Visitor, session: Session
    ) -> None:
        with clock.at(OLD):
            old.answers("binary", **{"p-yes": "20"})
            fields = {
                "key": "one-key-of-a-page",
                "row": ["ceasefire-when 1", "leaders-meet 1", "x", "cyber 9"],
            }
            answer = old.client.post("/s/ukraine/mine/affirm", data=fields)
            told = words(old.client.get(answer.location).text)
        assert "has changed since this page was made" in told
        assert len(acts(session, "ceasefire-when")) == 1 and len(acts(session)) == 2
        assert old.post("mine/affirm").status_code == 422


twelve_more = store_after(others_answer)


class TestBesideTheCrowd:
    """Twelve others said 20 to 31 % of everything; whoever asks has answered all, each question otherwise."""

    @pytest.fixture
    def full(self, twelve_more: None, person: Visitor, session: Session) -> Visitor:
        me = session.scalars(select(Participant).order_by(Participant.id.desc())).first()
        assert me is not None
        for place, question in enumerate(the_survey(session).questions):
            say(session, me, question, 0.1 + 0.02 * place, input_format="fraction")
        session.commit()
        return person

    @pytest.mark.whole
    def test_the_figure_and_the_gap_stand_in_the_row_and_order_it(self, full: Visitor) -> None:
        page = full.get("mine?sort=gap").text
        assert "crowd 27 % Gap: −11" in row(page, "leaders-meet")
        order = re.findall(r'<li class="p-row" id="q-([\w-]+)"', page)
        gaps = {key: re.search(r"Gap: ([+−][\d.]+) ", row(page, key)) for key in order}
        chances = [abs(float(found[1].replace("−", "-"))) for found in gaps.values() if found]
        assert len(chances) > 9 and chances[0] > 30
        kinds = [abs(float(gaps[key][1].replace("−", "-"))) for key in order if key in BINARY and gaps[key]]
        assert kinds == sorted(kinds, reverse=True)

    def test_far_from_the_crowd_is_a_view_of_its_own(self, full: Visitor) -> None:
        page = full.get("mine?show=far").text
        assert "Gap: +" in row(page, "cyber") and 'id="q-territory"' not in page

    def test_whoever_has_not_answered_a_neighbour_sees_neither(
        self, twelve_more: None, person: Visitor
    ) -> None:
        person.answer("nuclear-use", **{"p-yes": "1"})
        told = row(person.get("mine?sort=gap").text, "nuclear-use")
        assert "today" in told and "crowd" not in told and "Gap" not in told


@store_after
def five_live(session: Session) -> None:
    """A survey of which the figures of every moment are told; five people have answered everything."""
    survey = the_survey(session)
    survey.publication = "live"
    for place in range(5):
        other = someone(session)
        for question in survey.questions:
            say(session, other, question, 0.2 + 0.01 * place)


class TestInALiveSurvey:
    """Five others answered everything today; whoever asks has answered some of it."""

    @pytest.fixture
    def live(self, five_live: None, person: Visitor) -> Visitor:
        return person

    @pytest.mark.parametrize("path", ["mine", "themes"])
    def test_the_crowd_of_now_stands_in_the_row_once_one_may_see_it(
        self, live: Visitor, session: Session, path: str
    ) -> None:
        live.answer("cyber", **{"p-yes": "5"})
        live.answer("nuclear-use", **{"p-yes": "1"})
        told = live.get(path).text
        assert "crowd 23 % Gap: −18" in row(told, "cyber")
        # A neighbour of this one waits.
        assert "crowd" not in row(told, "nuclear-use") and "crowd" not in row(told, "leaders-meet")
        for _ in range(5):
            say(session, someone(session), the_question(session, "cyber"), 0.6)
        session.commit()
        assert re.search(r"crowd (3\d|4\d) % Gap: −", row(live.get(path).text, "cyber"))

    def test_nothing_stands_there_of_fewer_people_than_a_figure_needs(
        self, live: Visitor, session: Session
    ) -> None:
        live.answer("cyber", **{"p-yes": "5"})
        others = session.scalars(select(Participant).order_by(Participant.id)).all()[:2]
        withdraw(session, others[0], the_question(session, "cyber"))
        session.commit()
        assert "crowd" in row(live.get("mine").text, "cyber")
        withdraw(session, others[1], the_question(session, "cyber"))
        session.commit()
        assert "crowd" not in row(live.get("mine").text, "cyber")

    def test_what_is_saved_in_a_row_comes_back_beside_the_crowd_of_now(self, live: Visitor) -> None:
        live.answer("cyber", **{"p-yes": "5"})
        fields = form_of(live.get("mine").text, "cyber") | {"p-yes": "20", "part": "row"}
        assert re.search(r"crowd \d+ % Gap: −\d ", row(live.post("q/cyber", fields).text, "cyber"))

    def test_all_rows_together_take_one_statement_more_than_what_was_published(
        self, live: Visitor, app: Flask, session: Session
    ) -> None:
        survey = the_survey(session)
        me = session.scalars(select(Participant).order_by(Participant.id.desc())).first()
        assert me is not None
        for question in survey.questions:
            say(session, me, question, 0.4)
        session.commit()
        for path in ("mine", "themes"):
            assert live.get(path).text.count('class="p-row-crowd"') == len(survey.questions)
        asked = {}
        for publication in ("live", "batched"):
            survey.publication = publication
            session.commit()
            asked[publication] = [
                cost(app, live.client, f"/s/ukraine/{path}") or 0 for path in ("mine", "themes")
            ]
        assert max(now - told for now, told in zip(asked["live"], asked["batched"], strict=True)) <= 1
