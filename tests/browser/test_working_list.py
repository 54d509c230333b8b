"""One's own forecasts as a list to work in: ten numbers changed by touch and by keys alone, undone, refused, kept."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Participant, Submission
from survey.store.engine import db
from tests.factories import say, someone, the_survey

from .chromium import DESK, PHONE, Complaints, Held, accessibility_faults, overflow, remember
from .conftest import site_after

pytestmark = pytest.mark.browser

#: Ten updates: each number has two digits, so twenty keys type them all.
TEN = [str(number) for number in range(50, 60)]
MOST_TAPS = 12


def answer_all(session: Session) -> None:
    """Somebody says 45 % to every question."""
    person = someone(session)
    for question in the_survey(session).questions:
        say(session, person, question, 0.45, input_format="fraction")


database = site_after(answer_all)


@pytest.fixture
def mine(page: Page, site: str, app: Flask) -> Page:
    """The list of somebody who has answered everything."""
    return opened(page, site, app)


@pytest.fixture
def row(mine: Page) -> Locator:
    """The row of a question."""
    return mine.locator("#q-leaders-meet")


@pytest.fixture
def box(mine: Page) -> Locator:
    """Where the number of that row is typed."""
    return mine.locator("#n-leaders-meet")


@pytest.fixture
def waiting(mine: Page) -> Held:
    """What that row sends first, which does not arrive."""
    return Held(mine, "**/q/leaders-meet")


def opened(page: Page, site: str, app: Flask) -> Page:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    with app.app_context():
        person = db.session.scalars(select(Participant.id).order_by(Participant.id.desc())).first()
        db.session.close()
    assert person is not None
    remember(page, app, site, person)
    page.goto(f"{site}/s/ukraine/mine")
    return page


def boxes(page: Page) -> Locator:
    return page.locator("[data-save] .p-box input")


def updates(page: Page, app: Flask) -> int:
    """How many numbers were changed, once no answer is on its way: the last sent need not be the last to come."""
    expect(page.locator(".p-busy")).to_have_count(0)
    with app.app_context():
        found = len(db.session.scalars(select(Submission).filter_by(action="update")).all())
        db.session.close()
    return found


def box_of_round(page: Page, number: int) -> Locator:
    return boxes(page).nth(number % boxes(page).count())


@pytest.fixture
def finger(browser: Browser, site: str, app: Flask) -> Iterator[Page]:
    context = browser.new_context(has_touch=True, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    complaints = Complaints(page)
    yield opened(page, site, app)
    context.close()
    assert not complaints.found, "\n".join(complaints.found)


def test_ten_numbers_are_changed_by_touch_with_eleven_taps_and_twenty_digits(
    finger: Page, app: Flask
) -> None:
    taps = 0
    for place, number in enumerate(TEN):
        box = box_of_round(finger, place)
        box.tap()
        taps += 1
        # Of a finger the browser makes a press of its own, and the cursor comes with it.
        expect(box).to_be_focused()
        # What stood there is chosen: the first digit takes its place.
        finger.keyboard.type(number)
    finger.locator("h1").tap()
    taps += 1
    expect(finger.locator("[data-receipt] h2")).to_contain_text("59")
    assert updates(finger, app) == len(TEN) and taps <= MOST_TAPS
    assert overflow(finger) <= 0


def test_ten_numbers_are_changed_by_keys_alone_with_twenty_digits_and_ten_times_enter(
    mine: Page, app: Flask
) -> None:
    count = boxes(mine).count()
    boxes(mine).first.focus()
    for place, number in enumerate(TEN):
        if place and place % count == 0:
            boxes(mine).first.focus()
        mine.keyboard.type(number)
        mine.keyboard.press("Enter")
    expect(mine.locator("[data-receipt] h2")).to_contain_text("59")
    assert updates(mine, app) == len(TEN)
    # Enter went on each time; leaving by Tab without a change stores nothing.
    mine.keyboard.press("Tab")
    assert updates(mine, app) == len(TEN)


def test_the_receipt_is_of_what_was_typed_last_also_where_an_earlier_answer_comes_later(
    mine: Page, waiting: Held
) -> None:
    boxes(mine).first.focus()
    for number in ("50", "51"):
        mine.keyboard.type(number)
        mine.keyboard.press("Enter")
    expect(mine.locator("[data-receipt] h2")).to_contain_text("51")
    waiting.let_go()
    expect(mine.locator("#q-leaders-meet")).to_contain_text("saved")
    expect(mine.locator("[data-receipt] h2")).to_contain_text("51")


def test_of_two_numbers_typed_into_one_row_before_an_answer_the_second_stands(
    mine: Page, app: Flask, waiting: Held, row: Locator, box: Locator
) -> None:
    for number in ("50", "51"):
        box.fill(number)
        box.press("Enter")
    # A third is begun and not left: it is nobody's yet.
    box.focus()
    mine.keyboard.type("9")
    expect(row).to_have_class(re.compile("p-busy"))
    waiting.let_go()
    expect(mine.locator("[data-receipt] h2")).to_contain_text("51")
    expect(box).to_have_value("9")
    box.press("Escape")
    expect(box).to_have_value("51")
    assert updates(mine, app) == 2


@pytest.mark.parametrize("begun", ["5", ""])
def test_a_number_is_typed_to_its_end_where_an_answer_comes_meanwhile(
    mine: Page, app: Flask, waiting: Held, row: Locator, box: Locator, begun: str
) -> None:
    """Of none that was begun, what stands there is chosen whole, before the answer and after it."""
    box.fill("50")
    box.press("Enter")
    box.focus()
    mine.keyboard.type(begun)
    waiting.let_go()
    expect(row).to_contain_text("saved")
    mine.keyboard.type("58".removeprefix(begun))
    expect(box).to_have_value("58")
    mine.keyboard.press("Enter")
    expect(mine.locator("[data-receipt] h2")).to_contain_text("58")
    assert updates(mine, app) == 2


def test_the_old_number_typed_again_before_an_answer_is_stored_too(
    mine: Page, app: Flask, waiting: Held, row: Locator, box: Locator
) -> None:
    for number in ("50", "45"):
        box.fill(number)
        box.press("Enter")
    # Escape puts back what was sent last, not what the page was made with.
    box.fill("9")
    box.press("Escape")
    expect(box).to_have_value("45")
    expect(row).to_have_class(re.compile("p-busy"))
    waiting.let_go()
    expect(mine.locator("[data-receipt] h2")).to_contain_text("45")
    assert updates(mine, app) == 2


def test_an_answer_leaves_the_cursor_where_it_has_gone_meanwhile(
    mine: Page, waiting: Held, row: Locator, box: Locator
) -> None:
    box.fill("50")
    history = row.locator("summary")
    history.focus()
    mine.keyboard.press("Enter")
    waiting.let_go()
    expect(row).to_contain_text("saved")
    expect(history).to_be_focused()
    expect(row.locator("details")).to_have_attribute("open", "")


def test_a_reason_begun_before_an_answer_is_written_to_its_end_after_it(
    mine: Page, app: Flask, row: Locator, box: Locator
) -> None:
    box.fill("95")
    box.press("Enter")
    reason = row.get_by_label("What changed?")
    expect(reason).to_be_visible()
    waiting = Held(mine, "**/q/leaders-meet")
    box.fill("94")
    box.press("Enter")
    reason.focus()
    mine.keyboard.type("They ")
    expect(row).to_have_class(re.compile("p-busy"))
    waiting.let_go()
    expect(row).not_to_have_class(re.compile("p-busy"))
    mine.keyboard.type("met.")
    expect(reason).to_have_value("They met.")
    expect(box).to_have_value("94")
    row.get_by_role("button", name="Save the change").click()
    expect(row).to_contain_text("saved")
    assert updates(mine, app) == 1


def test_a_saved_row_says_so_aloud_and_is_undone_where_it_stands(mine: Page, app: Flask) -> None:
    row = mine.locator("#q-leaders-meet")
    mine.set_viewport_size(DESK)  # type: ignore[arg-type]
    box = mine.get_by_role("textbox", name="Presidents meet in person")
    box.fill("50")
    box.press("ArrowUp")
    expect(box).to_have_value("51")
    box.press("Enter")
    expect(row).to_contain_text("saved")
    expect(mine.get_by_role("status").filter(has_text="Stored: Presidents meet in person, 51")).to_have_count(
        2
    )
    expect(boxes(mine).nth(1)).to_be_focused()
    assert accessibility_faults(mine) == []
    row.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("undone")
    expect(box).to_have_value("45")
    expect(box).to_be_focused()
    # Escape puts back what stands.
    box.fill("9")
    box.press("Escape")
    expect(box).to_have_value("45")
    assert updates(mine, app) == 2


def test_what_is_refused_or_cannot_be_sent_stays_in_its_row(
    mine: Page, app: Flask, row: Locator, box: Locator
) -> None:
    box.fill("often")
    box.press("Enter")
    expect(row.locator(".p-error")).to_be_visible()
    expect(box).to_have_value("often")
    expect(box).to_have_attribute("aria-invalid", "true")
    mine.route("**/q/leaders-meet", lambda route: route.abort("aborted"))
    box.fill("50")
    box.press("Enter")
    expect(row.locator(".p-error")).to_have_text(
        "Not saved: there is no connection. Your number is still here; press Enter to try again."
    )
    mine.unroute("**/q/leaders-meet")
    box.focus()
    box.press("Enter")
    expect(row).to_contain_text("saved")
    expect(row.locator(".p-error")).to_have_count(0)
    box.fill("95")
    box.press("Enter")
    expect(row).to_contain_text("more than 20 points")
    row.get_by_role("button", name="Save the change").click()
    expect(row).to_contain_text("saved")
    assert updates(mine, app) == 2


def test_a_button_whose_answer_is_no_row_is_sent_with_its_form_as_without_a_script(
    mine: Page, app: Flask, row: Locator, box: Locator
) -> None:
    box.fill("95")
    box.press("Enter")
    expect(row).to_contain_text("more than 20 points")
    away = {"status": 200, "content_type": "text/html", "body": "<p>Somebody else’s page</p>"}
    mine.route("**/q/leaders-meet", lambda route: route.fulfill(**away), times=1)  # type: ignore[arg-type]
    row.get_by_role("button", name="Save the change").click()
    expect(row).to_contain_text("saved")
    assert updates(mine, app) == 1


def test_rows_are_two_lines_on_a_phone_and_one_on_a_desk(mine: Page) -> None:
    heights = "rows => rows.map(row => row.getBoundingClientRect().height)"
    for window, most in ((PHONE, 77), (DESK, 49)):
        mine.set_viewport_size(window)  # type: ignore[arg-type]
        found = mine.locator(".p-row").evaluate_all(heights)
        assert len(found) == 28 and max(found) <= most, window
        assert overflow(mine) <= 0 and accessibility_faults(mine) == []


def test_without_a_script_each_row_has_its_button_and_the_page_comes_back(
    browser: Browser, site: str, app: Flask
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    opened(page, site, app)
    page.locator("#n-leaders-meet").fill("50")
    page.locator("#q-leaders-meet").get_by_role("button", name="Save").click()
    expect(page.locator("#q-leaders-meet")).to_contain_text("saved")
    page.locator("#q-leaders-meet").get_by_role("button", name="Undo").click()
    expect(page.locator("#n-leaders-meet")).to_have_value("45")
    context.close()


#: The pixels of a place, with the lines under its links and without.
LINED = "(one, line) => { one.style.textDecorationLine = line; }"


def test_the_line_under_a_title_is_seen(mine: Page) -> None:
    titles = mine.locator(".p-row-title")
    heights = {title.bounding_box()["height"]: title for title in titles.all()}  # type: ignore[index]
    assert len(heights) == 2  # titles of one line, and of two
    for title in heights.values():
        last = title.bounding_box()
        assert last is not None
        mine.evaluate("(y) => scrollTo(0, scrollY + y - 300)", last["y"])
        place = title.bounding_box()
        assert place is not None
        clip = {"x": place["x"], "y": place["y"] + place["height"] - 6, "width": 60, "height": 6}
        pictures = []
        for line in ("underline", "none"):
            title.evaluate(LINED, line)
            pictures.append(mine.screenshot(clip=clip))  # type: ignore[arg-type]
        assert pictures[0] != pictures[1]
