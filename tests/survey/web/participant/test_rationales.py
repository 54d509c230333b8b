"""Reasons on pages: seen before they are sent, asked for, hidden, reported and withheld."""

import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Viewer, rationales
from survey.i18n import markdown
from survey.models import RationaleMark, Submission
from survey.services import moderation
from survey.services.forecast_history import history
from survey.services.publication import publish
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey
from tests.survey.outcomes import member
from tests.survey.web.organizer.test_pages import sign_in

from ..visitor import Visitor, chosen, error_of, value, words

KEY = "leaders-meet"
FREE = {"p-yes": "50"}


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Submission)) or 0


def typed(page: str, name: str) -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s?([^<]*)</textarea>', page)
    assert found, f"no box {name}"
    return found[1].strip()


def explained(person: Visitor, chance: str, why: str = "", **more: str) -> str:
    """Save a forecast and read the page it leads to."""
    answer = person.answer(KEY, **{"p-yes": chance, "rationale": why, **more})
    assert answer.status_code == 303, words(answer.text)
    return person.client.get(answer.location).text


class TestSeeingItFirst:
    def test_the_page_comes_back_with_everything_and_the_reason_as_markup(
        self, person: Visitor, session: Session
    ) -> None:
        form = person.open(KEY) | {"p-yes": "12,5", "rationale": "Spring is *the* risk.", "confidence": "4"}
        page = person.post(f"q/{KEY}/preview", form)
        assert page.status_code == 200
        assert "<em>the</em> risk" in page.text
        assert "Nothing was saved yet." in page.text
        assert (value(page.text, "p-yes"), value(page.text, "key")) == ("12,5", form["key"])
        assert typed(page.text, "rationale") == "Spring is *the* risk."
        assert chosen(page.text, "confidence") == ["4"]
        assert stored(session) == 0

    def test_what_was_seen_can_then_be_saved_with_the_same_key(
        self, person: Visitor, session: Session
    ) -> None:
        form = person.open(KEY) | {"p-yes": "12,5", "rationale": "Seen."}
        person.post(f"q/{KEY}/preview", form)
        assert person.post(f"q/{KEY}", form).status_code == 303
        assert stored(session) == 1

    def test_a_script_gets_the_reason_alone(self, person: Visitor) -> None:
        form = person.open(KEY) | {"rationale": "[source](https://example.org)", "fragment": "1"}
        part = person.post(f"q/{KEY}/preview", form).text
        assert 'rel="nofollow noopener noreferrer ugc"' in part
        assert "<html" not in part and "<form" not in part

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "![x](https://evil.example/x.png)"])
    def test_it_is_the_markup_that_others_are_shown(self, person: Visitor, text: str) -> None:
        part = person.post(f"q/{KEY}/preview", person.open(KEY) | {"rationale": text, "fragment": "1"}).text
        assert "<script" not in part and "<img" not in part

    def test_what_cannot_be_stored_is_said_and_kept(self, person: Visitor, session: Session) -> None:
        form = person.open(KEY) | {"p-yes": "12", "rationale": "x" * 10_001}
        page = person.post(f"q/{KEY}/preview", form)
        assert page.status_code == 422
        assert "at most 10000" in error_of(page.text, "rationale")
        assert typed(page.text, "rationale") == "x" * 10_001

    def test_without_a_reason_it_says_so(self, person: Visitor) -> None:
        page = person.post(f"q/{KEY}/preview", person.open(KEY) | {"rationale": ""})
        assert "no reason is written yet" in page.text

    def test_it_is_for_participants(self, visitor: Visitor) -> None:
        answer = visitor.post(f"q/{KEY}/preview", {"rationale": "*x*"})
        assert answer.status_code == 403

    def test_enter_in_a_box_saves(self, person: Visitor) -> None:
        """The first button of the form is what Enter presses."""
        page = person.get(f"q/{KEY}").text
        form = page[page.rindex("<form", 0, page.index('name="rationale"')) :]
        first = re.search(r"<button[^>]*>", form)
        assert first and "formaction" not in first[0] and "hidden" in first[0]


class TestAQuestionThatAsksWhy:
    @pytest.fixture(autouse=True)
    def asks_why(self, session: Session) -> None:
        the_question(session, KEY).rationale_required = True
        session.commit()

    @pytest.mark.parametrize("why", ["", "  \n ", "\u200b"])
    def test_a_forecast_without_its_reason_is_refused_at_the_field(
        self, person: Visitor, session: Session, why: str
    ) -> None:
        form = person.open(KEY) | {"p-yes": "12,5", "rationale": why, "nothing_to_add": "y"}
        page = person.post(f"q/{KEY}", form)
        assert page.status_code == 422
        assert error_of(page.text, "rationale").startswith("This question asks why")
        assert (value(page.text, "p-yes"), value(page.text, "key")) == ("12,5", form["key"])
        assert stored(session) == 0

    def test_with_its_reason_it_is_stored(self, person: Visitor, session: Session) -> None:
        explained(person, "12,5", "Talks have begun.")
        assert stored(session) == 1

    def test_the_label_does_not_call_it_optional(self, person: Visitor, session: Session) -> None:
        label = r'<label class="form-label" for="rationale">[^/]*</label>'
        assert re.search(label, person.get(f"q/{KEY}").text)
        assert not re.search(label, person.get("q/nuclear-use").text)

    def test_it_can_be_skipped_affirmed_and_withdrawn_without(
        self, person: Visitor, session: Session
    ) -> None:
        assert person.post(f"q/{KEY}/skip").status_code == 303
        explained(person, "12,5", "Talks have begun.")
        for act in ("affirm", "withdraw"):
            assert person.post(f"q/{KEY}/{act}", {"key": f"one-key-to-{act}"}).status_code == 303


class TestALargeChange:
    def test_it_comes_back_once_with_everything_and_the_same_key(
        self, person: Visitor, session: Session
    ) -> None:
        explained(person, "20")
        form = person.open(KEY) | {"p-yes": "41", "expertise": "3"}
        page = person.post(f"q/{KEY}", form)
        assert page.status_code == 422
        assert "more than 20 points from your last forecast" in error_of(page.text, "rationale")
        assert (value(page.text, "p-yes"), value(page.text, "key")) == ("41", form["key"])
        assert 'name="nothing_to_add"' in page.text
        assert stored(session) == 1

    @pytest.mark.parametrize("more", [{"rationale": "A summit was announced."}, {"nothing_to_add": "y"}])
    def test_a_reason_or_the_tick_stores_it(
        self, person: Visitor, session: Session, more: dict[str, str]
    ) -> None:
        explained(person, "20")
        form = person.open(KEY) | {"p-yes": "41"}
        person.post(f"q/{KEY}", form)
        assert person.post(f"q/{KEY}", form | more).status_code == 303
        assert stored(session) == 2

    def test_the_tick_is_offered_only_where_it_is_asked_for(self, person: Visitor) -> None:
        explained(person, "20")
        page = re.sub("<template.*?</template>", "", person.get(f"q/{KEY}").text, flags=re.DOTALL)
        assert 'name="nothing_to_add"' not in page

    def test_the_page_knows_what_stands_so_that_a_script_asks_before_it_is_saved(
        self, person: Visitor, session: Session
    ) -> None:
        assert "data-what-changed" not in person.get(f"q/{KEY}").text
        explained(person, "20")
        page = person.get(f"q/{KEY}").text
        assert (
            "data-chances='{&#34;p-yes&#34;: 20.0}'" in page or """data-chances='{"p-yes": 20.0}'""" in page
        )
        assert 'data-points="20.0"' in page
        assert "This is more than 20 points from your last forecast" in page
        the_survey(session).explain_change = 1
        session.commit()
        assert "data-what-changed" not in person.get(f"q/{KEY}").text

    def test_of_a_quantity_it_knows_the_middle_half(self, person: Visitor) -> None:
        assert person.answers("numeric").status_code == 303
        page = person.get("q/aid-total").text
        assert "data-middle='[448.0, 522.0]'" in page
        assert "lies outside the middle half of your last forecast" in page

    def test_a_first_forecast_is_never_asked(self, person: Visitor, session: Session) -> None:
        explained(person, "97")
        assert stored(session) == 1

    def test_the_tick_stays_ticked_where_something_else_is_wrong(self, person: Visitor) -> None:
        explained(person, "20")
        form = person.open(KEY) | {"p-yes": "many", "nothing_to_add": "y"}
        page = person.post(f"q/{KEY}", form)
        assert page.status_code == 422
        assert re.search(r'<input[^>]*checked[^>]*name="nothing_to_add"', page.text)


class TestSureAndKnowledge:
    def test_receipt_and_history_show_them_and_the_form_says_what_the_ends_mean(
        self, person: Visitor
    ) -> None:
        page = words(explained(person, "20", confidence="4", expertise="2"))
        assert "Sure 4 of 5" in page and "Knowledge 2 of 5" in page
        assert "1 is a guess, 5 is sure" in page
        form = words(person.get(f"q/{KEY}").text)
        assert "1 a guess 2 3 4 5 sure" in form and "1 little 2 3 4 5 expert" in form

    def test_a_history_without_them_has_no_such_columns(self, person: Visitor) -> None:
        assert "Knowledge" not in words(explained(person, "20"))


class TestHidingOnesOwn:
    def test_it_is_hidden_and_shown_again_from_receipt_and_history(
        self, person: Visitor, session: Session
    ) -> None:
        page = explained(person, "20", "My own words.")
        assert page.count("Hide this reason from others") == 1
        assert person.get(f"q/{KEY}").text.count("Hide this reason from others") == 1
        answer = person.post(f"q/{KEY}/reason", {"revision": "1", "act": "hide"})
        assert answer.status_code == 303
        page = words(person.client.get(answer.location).text)
        assert "My own words. hidden from others" in page
        assert "Let others read this reason again" in page
        person.post(f"q/{KEY}/reason", {"revision": "1", "act": "show"})
        assert "hidden from others" not in words(person.get(f"q/{KEY}").text)
        assert list(session.scalars(select(RationaleMark.act))) == ["hide", "show"]

    def test_a_forecast_without_a_reason_offers_nothing_to_hide(self, person: Visitor) -> None:
        assert "Hide this reason" not in explained(person, "20")

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"revision": "1"},
            {"revision": "2", "act": "hide"},
            {"revision": "1", "act": "withhold"},
            {"act": "hide"},
        ],
    )
    def test_nonsense_is_no_page(self, person: Visitor, session: Session, sent: dict[str, str]) -> None:
        explained(person, "20", "My own words.")
        assert person.post(f"q/{KEY}/reason", sent).status_code == 404
        assert list(session.scalars(select(RationaleMark))) == []


@store_after
def others(session: Session) -> None:
    """Ten people with a forecast, one of them with a reason; published. An organizer who may sign in."""
    with clock.at(on(20)):
        for place in range(10):
            why = "Somebody's *telling* reason." if place == 3 else ""
            say(session, someone(session), the_question(session, KEY), 0.2 + 0.01 * place, rationale=why)
    publish(session, the_survey(session), on(20).date())
    member(session, "organizer")


@pytest.fixture
def reader(others: None, person: Visitor) -> Visitor:
    """Somebody who has answered, and so reads the reasons of others."""
    explained(person, "25")
    return person


@pytest.fixture
def organizer(others: None, app: Flask) -> FlaskClient:
    browser = app.test_client()
    sign_in(app, browser, "organizer@example.org")
    return browser


def name_of_reason(page: str) -> str:
    found = re.search(r"/report\?about=([0-9a-f]+)", page)
    assert found, "no reason can be reported"
    return found[1]


def about_of(organizer: FlaskClient) -> str:
    found = re.search(r'name="about" value="([0-9a-f]+)"', organizer.get(PAGE).text)
    assert found
    return found[1]


PAGE = f"/s/ukraine/organize/q/{KEY}"


def five_more_people(session: Session) -> None:
    for _ in range(5):
        say(session, someone(session), the_question(session, KEY))


class TestReporting:
    def test_a_reader_reports_and_the_organizer_reads_it(
        self, reader: Visitor, organizer: FlaskClient
    ) -> None:
        about = name_of_reason(reader.get(f"q/{KEY}/crowd").text)
        assert "<em>telling</em>" in reader.get(f"q/{KEY}/report?about={about}").text
        answer = reader.post(f"q/{KEY}/report", {"about": about, "why": "It names a <person>."})
        assert answer.status_code == 303
        assert "The organizers were told" in reader.client.get(answer.location).text
        page = organizer.get(PAGE).text
        assert "1 report" in words(page) and "It names a &lt;person&gt;." in page
        assert "was reported" in words(organizer.get("/s/ukraine/organize/").text)

    def test_twice_is_once(self, reader: Visitor, session: Session) -> None:
        about = name_of_reason(reader.get(f"q/{KEY}/crowd").text)
        for _ in range(2):
            reader.post(f"q/{KEY}/report", {"about": about, "why": "Again."})
        assert len(list(session.scalars(select(RationaleMark)))) == 1

    def test_a_report_without_a_word_comes_back_at_its_field(self, reader: Visitor) -> None:
        about = name_of_reason(reader.get(f"q/{KEY}/crowd").text)
        page = reader.post(f"q/{KEY}/report", {"about": about, "why": " "})
        assert page.status_code == 422
        assert "Say in a few words" in error_of(page.text, "why")
        assert value(page.text, "about") == about

    def test_a_report_that_is_too_long_keeps_its_words(self, reader: Visitor) -> None:
        about = name_of_reason(reader.get(f"q/{KEY}/crowd").text)
        page = reader.post(f"q/{KEY}/report", {"about": about, "why": "y" * 2_001})
        assert page.status_code == 422 and typed(page.text, "why") == "y" * 2_001

    def test_who_has_not_answered_has_no_such_page(self, others: None, person: Visitor, app: Flask) -> None:
        with app.app_context():
            owner = Viewer(role="owner")
            (digest,) = (one.about for one in rationales(db.session, owner, the_question(db.session, KEY)))
        told = [person.get(f"q/{KEY}/report?about={about}") for about in (digest, "0" * 16)]
        assert [answer.status_code for answer in told] == [404] * 2
        # A form's token tells the second in which it was made.
        one, other = (
            re.sub(r'(name="csrf_token"[^>]* value=)"[^"]+"', r"\1", answer.text) for answer in told
        )
        assert one.replace(digest, "") == other.replace("0" * 16, "")
        assert person.post(f"q/{KEY}/report", {"about": digest, "why": "x"}).status_code == 404
        explained(person, "25")
        # The control: with an answer of one's own the same address is a page.
        assert person.get(f"q/{KEY}/report?about={digest}").status_code == 200

    def test_who_has_not_joined_is_led_to_the_consent(self, others: None, visitor: Visitor) -> None:
        assert visitor.get(f"q/{KEY}/report?about=x").status_code == 302


class TestWithholding:
    def withhold(self, organizer: FlaskClient, why: str = "It names somebody.") -> int:
        sent = {"about": about_of(organizer), "act": "withhold", "why": why}
        return organizer.post(f"{PAGE}/reason", data=sent).status_code

    def test_a_withheld_reason_is_gone_for_readers_until_it_is_released(
        self, reader: Visitor, organizer: FlaskClient
    ) -> None:
        crowd = f"q/{KEY}/crowd"
        assert "telling" in reader.get(crowd).text
        assert self.withhold(organizer) == 303
        assert "telling" not in reader.get(crowd).text
        page = words(organizer.get(PAGE).text)
        assert "withheld: “It names somebody.”" in page and "Release it" in page
        organizer.post(f"{PAGE}/reason", data={"about": about_of(organizer), "act": "release"})
        assert "telling" in reader.get(crowd).text

    def test_its_author_still_has_it_and_reads_why(
        self, others: None, person: Visitor, app: Flask, session: Session
    ) -> None:
        explained(person, "25", "Mine alone.")
        with clock.at(on(23)):
            transaction(five_more_people)
        with clock.at(on(25)):
            transaction(lambda writing: len(publish(writing, the_survey(writing))))
            organizer = app.test_client()
            sign_in(app, organizer, "organizer@example.org")
            assert "Mine alone." in organizer.get(PAGE).text
            sent = {"about": about_of(organizer), "act": "withhold", "why": "It is <off> topic."}
            assert organizer.post(f"{PAGE}/reason", data=sent).status_code == 303
            page = words(person.get(f"q/{KEY}").text)
        assert "Mine alone." in page
        assert "Withheld from others by the organizers: “It is <off> topic.”" in page

    def test_it_needs_its_reason_and_nothing_typed_is_lost(self, organizer: FlaskClient) -> None:
        about = about_of(organizer)
        for why, sentence in (("", "Say why"), ("z" * 2_001, "at most 2000")):
            page = organizer.post(f"{PAGE}/reason", data={"about": about, "act": "withhold", "why": why})
            assert page.status_code == 422
            assert sentence in page.text and (not why or why in page.text)

    def test_words_that_are_no_text_are_refused_and_not_spelled_otherwise(
        self, organizer: FlaskClient, session: Session
    ) -> None:
        sent = f"about={about_of(organizer)}&act=withhold&why=%FF"
        form = "application/x-www-form-urlencoded"
        page = organizer.post(f"{PAGE}/reason", data=sent, content_type=form)
        assert page.status_code == 422 and "cannot be stored" in page.text
        assert list(session.scalars(select(RationaleMark))) == []

    def test_a_report_can_be_let_stand(self, reader: Visitor, organizer: FlaskClient) -> None:
        about = name_of_reason(reader.get(f"q/{KEY}/crowd").text)
        reader.post(f"q/{KEY}/report", {"about": about, "why": "I do not like it."})
        organizer.post(f"{PAGE}/reason", data={"about": about, "act": "release"})
        assert "telling" in reader.get(f"q/{KEY}/crowd").text
        assert "was reported" not in words(organizer.get("/s/ukraine/organize/").text)

    @pytest.mark.parametrize("act", ["", "erase", "hide"])
    def test_nothing_else_can_be_done_to_it(self, organizer: FlaskClient, act: str) -> None:
        sent = {"about": about_of(organizer), "act": act, "why": "x"}
        assert organizer.post(f"{PAGE}/reason", data=sent).status_code == 404

    def test_nobody_else_withholds(self, app: Flask, reader: Visitor, organizer: FlaskClient) -> None:
        sent = {"about": about_of(organizer), "act": "withhold", "why": "x"}
        assert reader.client.post(f"{PAGE}/reason", data=sent).status_code == 404
        assert "telling" in reader.get(f"q/{KEY}/crowd").text


def test_history_is_as_long_as_what_stands_beside_it(person: Visitor, session: Session) -> None:
    for chance in ("20", "25", "30"):
        explained(person, chance, f"Why {chance}.", confidence="3")
    person.post(f"q/{KEY}/withdraw", {"key": "one-key-of-a-page"})
    page = words(person.get(f"q/{KEY}").text)
    assert "withdrawn" in page
    reasons = page[page.index("Your reasons") :]
    assert reasons.index("Why 30.") < reasons.index("Why 25.") < reasons.index("Why 20.")
    assert len(history(session, session.get_one(Submission, 1).participant, the_question(session, KEY))) == 4


COUNT = 45


@store_after
def many(session: Session) -> None:
    """As many reasons of one question, published."""
    question = the_question(session, KEY)
    with clock.at(on(20)):
        for place in range(COUNT):
            say(session, someone(session), question, 0.2, rationale=f"**Reason** {place:02} of many.")
    publish(session, the_survey(session), on(20).date())
    member(session, "organizer")


class TestPagesOfReasons:
    """45 reasons of one question: pages of 20, 20 and 5; what is rendered is rendered once."""

    @pytest.fixture
    def reader(self, many: None, person: Visitor) -> Visitor:
        explained(person, "25")
        return person

    @pytest.fixture
    def rendered(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Every reason that is rendered anew from here on."""
        seen: list[str] = []
        plain = markdown._WRITTEN.render

        def render(text: str) -> str:
            seen.append(text)
            return str(plain(text))

        markdown.stored_rationale.cache_clear()
        monkeypatch.setattr(markdown._WRITTEN, "render", render)
        return seen

    def numbers(self, page: str) -> list[int]:
        return [int(number) for number in re.findall(r"<strong>Reason</strong> (\d+) of many", page)]

    def test_a_reader_goes_through_them_by_links_and_meets_each_once(self, reader: Visitor) -> None:
        page = reader.get(f"q/{KEY}/crowd").text
        assert "45 reasons, latest first" in words(page) and "Later reasons" not in page
        met = self.numbers(page)
        while link := re.search(r'<a rel="next" href="([^"#]+)#reasons">Earlier reasons</a>', page):
            page = reader.client.get(link[1].replace("&amp;", "&")).text
            met += self.numbers(page)
        assert met == list(range(COUNT))
        assert "Page 3 of 3" in words(page) and "Later reasons" in page

    def test_a_page_past_the_end_is_the_last(self, reader: Visitor) -> None:
        first = {"": 0, "2": 20, "3": 40, "4": 40, "9" * 30: 0, "0": 0, "x": 0}
        pages = {asked: reader.get(f"q/{KEY}/crowd?page={asked}").text for asked in first}
        assert {asked: self.numbers(page)[0] for asked, page in pages.items()} == first

    def test_links_keep_what_part_of_the_crowd_is_read(self, reader: Visitor) -> None:
        page = reader.get(f"q/{KEY}/crowd?option=yes&page=2").text
        assert f'href="/s/ukraine/q/{KEY}/crowd?option=yes&amp;page=3#reasons"' in page

    def test_a_report_comes_back_to_its_page(self, reader: Visitor) -> None:
        page = reader.get(f"q/{KEY}/crowd?page=3").text
        link = re.search(r'href="([^"]+/report\?[^"]+)"', page)
        assert link
        form = reader.client.get(link[1].replace("&amp;", "&")).text
        action = re.search(r'<form[^>]*action="([^"]+/report[^"]*)"', form)
        assert action
        sent = {"about": value(form, "about"), "why": ""}
        assert reader.client.post(action[1], data=sent).status_code == 422
        answer = reader.client.post(action[1], data=sent | {"why": "It names somebody."})
        assert answer.location == f"/s/ukraine/q/{KEY}/crowd?page=3#reasons"

    def test_withholding_comes_back_to_its_page(self, many: None, app: Flask) -> None:
        organizer = app.test_client()
        sign_in(app, organizer, "organizer@example.org")
        page = organizer.get(f"{PAGE}?page=3").text
        assert self.numbers(page) == [40, 41, 42, 43, 44]
        action = re.search(rf'action="({PAGE}/reason[^"]*)"', page)
        about = re.search(r'name="about" value="([0-9a-f]+)"', page)
        assert action and about
        sent = {"about": about[1], "act": "withhold", "why": ""}
        assert self.numbers(organizer.post(action[1], data=sent).text) == [40, 41, 42, 43, 44]
        answer = organizer.post(action[1], data=sent | {"why": "It names somebody."})
        assert answer.location == f"{PAGE}?page=3#reasons"

    def test_a_reason_is_rendered_once_for_all_readers(self, reader: Visitor, rendered: list[str]) -> None:
        crowd = f"q/{KEY}/crowd"
        reader.get(crowd)
        assert len(rendered) == 20
        reader.get(crowd)
        assert len(rendered) == 20
        reader.get(f"{crowd}?page=3")
        assert len(rendered) == 25

    def test_what_is_only_tried_is_not_kept(self, reader: Visitor, rendered: list[str]) -> None:
        form = reader.open(KEY) | {"p-yes": "25", "rationale": "Never sent."}
        for _ in range(2):
            reader.post(f"q/{KEY}/preview", form)
        assert rendered.count("Never sent.") == 2

    def test_one_that_is_withheld_is_gone_at_once(self, reader: Visitor, session: Session) -> None:
        crowd = f"q/{KEY}/crowd"
        assert self.numbers(reader.get(crowd).text)[0] == 0
        question = the_question(session, KEY)
        about = rationales(session, Viewer(role="owner"), question)[0].about
        moderation.withhold(session, member(session, "owner"), "owner", question, about, "Off topic.")
        session.commit()
        assert self.numbers(reader.get(crowd).text)[0] == 1

    def test_the_second_view_takes_a_twentieth_of_the_rendering(self) -> None:
        texts = [f"{place} " + "Some *words* of a reason. " * 380 for place in range(20)]
        markdown.stored_rationale.cache_clear()

        def view() -> float:
            start = time.process_time()
            for text in texts:
                markdown.stored_rationale(text)
            return time.process_time() - start

        assert view() > 20 * view()
