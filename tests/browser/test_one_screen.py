"""One question is one screen: Save is near, the curve is drawn by hand as well as typed, keys lead on."""

import os
import re
from operator import itemgetter
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.skips import first_of_each

from .chromium import DESK, PHONE, accessibility_faults, overflow, take_part
from .test_input import TYPED, fill, number
from .test_walk import save

pytestmark = pytest.mark.browser

#: Where the button that saves stands in the page by itself, before it is kept in view.
SAVE_BELOW = """() => {
  const bar = document.querySelector(".p-stays");
  bar.style.position = bar.parentElement.style.position = "static";
  const place = bar.querySelector(".btn-primary").getBoundingClientRect().bottom + scrollY;
  bar.style.position = bar.parentElement.style.position = "";
  return place;
}"""


@pytest.fixture
def address(page: Page, site: str) -> str:
    """Address of the survey, where the page's browser takes part."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    take_part(page, site)
    return f"{site}/s/ukraine"


#: The kinds whose untouched form is one screen of a phone.
OF_A_SCREEN = ("binary", "ladder")
#: Every kind in every language; daily each language on those of one screen, and the other kinds in the longer words.
SPOKEN = first_of_each(
    [(language, kind) for language in ("uk", "en") for kind in TYPED],
    itemgetter(1),
    lambda one: one if one[1] in OF_A_SCREEN else None,
)


def test_save_is_on_the_first_screen_of_a_chance_and_never_below_two(page: Page, address: str) -> None:
    far = []
    # What the page before kept of this one would be offered again.
    page.add_init_script("sessionStorage.clear()")
    for language, kind in SPOKEN:
        key, typed = TYPED[kind]
        page.set_extra_http_headers({"Accept-Language": language})
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.goto(f"{address}/q/{key}")
        first = page.evaluate(SAVE_BELOW)
        if kind in OF_A_SCREEN and first > PHONE["height"]:
            far.append(f"{kind}, {language}: {first:.0f} untouched on a phone")
        fill(page, typed)
        for window in (PHONE, DESK):
            page.set_viewport_size(window)  # type: ignore[arg-type]
            below = page.evaluate(SAVE_BELOW)
            if below > 2 * window["height"]:
                far.append(f"{kind}, {language}: {below:.0f} in {window}")
            assert overflow(page) <= 0, (kind, language, window)
    assert not far


#: What is written into the form from now on, as the names of the places; and whether a change is told.
LISTEN = """() => { window.drawn = [];
  const note = (records) => window.drawn.push(...records.map(({ target }) => target.className ?? target.nodeName));
  new MutationObserver(note).observe(document.querySelector("form[data-kind]"),
    { subtree: true, childList: true, characterData: true, attributes: true });
  document.addEventListener("change", () => { window.changed = true; }, { once: true });
}"""
#: Whether it was told as a change, and what was drawn then.
LEAVE = """() => { document.activeElement.blur();
  return new Promise((done) => setTimeout(() => done([window.changed ?? false, window.drawn]))); }"""


def test_nothing_is_drawn_as_a_box_is_left(page: Page, address: str) -> None:
    """Save is pressed with the cursor still in a box: what moves the page under the mouse takes the press away."""
    for kind, (key, typed) in TYPED.items():
        page.goto(f"{address}/q/{key}")
        fill(page, typed)
        page.get_by_label("Why?").press_sequentially("Because.")
        page.evaluate(LISTEN)
        assert page.evaluate(LEAVE) == [True, []], kind


def test_the_page_does_not_glide_while_something_on_it_is_pressed(page: Page, address: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="no-preference")
    key, typed = TYPED["choice"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    page.get_by_label("Why?").focus()
    at_once = page.evaluate("scrollY")
    page.wait_for_timeout(600)
    assert page.evaluate("scrollY") == at_once > 0


def handle(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.locator(".p-live").get_by_role("slider", name=name)


def drag(page: Page, place: Locator, across: float, down: float) -> None:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across / 2, y + down / 2)
    page.mouse.move(x + across, y + down)


def typed_in(page: Page) -> list[str]:
    return [box.input_value() for box in page.locator(".p-box input").all()]


def test_a_ladder_is_drawn_by_hand_and_stops_at_its_neighbours(page: Page, address: str) -> None:
    key, typed = TYPED["ladder"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    middle, last = handle(page, "31 Dec 2027"), handle(page, "31 Dec 2030")
    # 260 pixels are a hundred points: a quarter up is too far, and the date after it stays as it was.
    drag(page, middle, 0, -65)
    page.mouse.up()
    assert typed_in(page) == ["10", "38", "38", ""]
    drag(page, middle, 0, 26)
    page.mouse.up()
    assert typed_in(page) == ["10", "28", "38", ""]
    # What was not meant is taken back, to the letter.
    fill(page, {"p-2027-12-31": "28,0"})
    drag(page, middle, 0, 26)
    expect(number(page, "p-2027-12-31")).to_have_value("18")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert typed_in(page) == ["10", "28,0", "38", ""]
    for press, value in (("ArrowUp", "29"), ("Shift+ArrowDown", "19"), ("Home", "10"), ("End", "38")):
        middle.press(press)
        expect(number(page, "p-2027-12-31"), press).to_have_value(value)
    # An untouched date has no place yet: the first key gives what the date before it has.
    expect(last).to_have_attribute("aria-valuetext", "no forecast yet")
    last.press("Tab")
    assert typed_in(page)[-1] == ""
    last.press("ArrowUp")
    assert typed_in(page) == ["10", "38", "38", "38"]
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_visible()


def test_values_and_dates_are_dragged_along_their_scale(page: Page, address: str) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    key, typed = TYPED["numeric"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    middle = handle(page, "50 %")
    expect(middle).to_have_attribute("aria-valuetext", "€482\u00a0bn")
    drag(page, middle, 400, 0)
    page.mouse.up()
    assert typed_in(page) == ["395", "448", "521", "522", "610"]
    for press, value in (("ArrowLeft", "520"), ("Shift+ArrowDown", "510"), ("ArrowRight", "511")):
        middle.press(press)
        expect(number(page, "q-0.5"), press).to_have_value(value)
    drag(page, handle(page, "95 %"), 60, 0)
    page.mouse.up()
    assert float(typed_in(page)[-1]) > 620
    assert accessibility_faults(page) == []
    key, typed = TYPED["date"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    handle(page, "50 %").press("ArrowRight")
    expect(number(page, "q-0.5")).to_have_value("2031-02-01")
    drag(page, handle(page, "25 %"), -20, 0)
    page.mouse.up()
    assert typed_in(page)[1] < typed["q-0.25"]


def test_a_finger_puts_and_moves_a_point(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    take_part(page, site)
    key, typed = TYPED["ladder"]
    page.goto(f"{site}/s/ukraine/q/{key}")
    fill(page, typed)
    track = handle(page, "31 Dec 2030")
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box is not None and box["width"] >= 44
    page.touchscreen.tap(box["x"] + 22, box["y"] + box["height"] * 0.25)
    expect(number(page, "p-2030-12-31")).to_have_value("75")
    expect(page.locator(".p-live circle")).to_have_count(4)
    finger, scrolled = context.new_cdp_session(page), page.evaluate("scrollY")
    x, y = box["x"] + 22, box["y"] + box["height"] * 0.25
    for sort, down in (("touchStart", 0.0), ("touchMove", 13.0), ("touchMove", 26.0), ("touchEnd", None)):
        points = [] if down is None else [{"x": x, "y": y + down}]
        finger.send("Input.dispatchTouchEvent", {"type": sort, "touchPoints": points})
    expect(number(page, "p-2030-12-31")).to_have_value("65")
    assert page.evaluate("scrollY") == scrolled
    context.close()


def test_keys_and_links_lead_to_the_questions_beside(page: Page, address: str) -> None:
    page.goto(f"{address}/q/{TYPED['ladder'][0]}")
    around = page.get_by_role("navigation", name="Questions before and after")
    after = around.get_by_role("link", name="Question after:")
    there = after.get_attribute("href")
    page.locator("[name=rationale]").fill("Half a thought")
    page.keyboard.press("Alt+PageDown")
    page.wait_for_url(f"**{there}")
    page.keyboard.press("Alt+PageUp")
    page.wait_for_url(f"**/q/{TYPED['ladder'][0]}")
    expect(page.locator("[data-draft-offer]")).to_be_visible()


def test_what_a_protected_survey_would_lose_is_not_left_at_the_first_press(page: Page, address: str) -> None:
    page.goto(f"{address}/q/{TYPED['binary'][0]}")
    # The form of a protected survey keeps no draft.
    page.evaluate("document.querySelector('form[data-kind]').removeAttribute('data-draft')")
    number(page).fill("12")
    page.keyboard.down("Alt")
    page.keyboard.down("PageDown")
    # Held down it is pressed once.
    page.keyboard.down("PageDown")
    page.keyboard.up("PageDown")
    page.keyboard.up("Alt")
    expect(page.get_by_role("link", name="Question after:")).to_be_focused()
    expect(number(page)).to_have_value("12")
    page.keyboard.press("Alt+PageDown")
    page.wait_for_url(lambda url: TYPED["binary"][0] not in url)


#: Where the focused element ends, where Save's bar begins, and whether it is the bar's own.
CURSOR = """() => {
  const bar = document.querySelector(".p-stays"), one = document.activeElement;
  const [{ bottom }, { top }] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
  return [bottom, top, bar.contains(one), one.id || one.className];
}"""


def test_save_stays_in_view_and_never_lies_over_what_has_the_cursor(page: Page, address: str) -> None:
    key, typed = TYPED["ladder"]
    page.goto(f"{address}/q/{key}")
    # Otherwise the page is still on its way to what has the cursor.
    page.emulate_media(reduced_motion="reduce")
    fill(page, typed)
    page.evaluate("scrollTo(0, 0)")
    button = page.get_by_role("button", name="Save forecast")
    expect(button).to_be_in_viewport(ratio=1)
    page.locator(".p-box input").first.focus()
    for _stop in range(20):
        page.keyboard.press("Tab")
        ends, begins, is_bars, name = page.evaluate(CURSOR)
        if is_bars:
            break
        assert ends <= begins + 1, name
    expect(button).to_be_focused()
    # In a low window, and with large text, it would take what there is: it stands where it belongs.
    for window, size in (({"width": 844, "height": 390}, ""), (PHONE, "200%")):
        page.set_viewport_size(window)  # type: ignore[arg-type]
        page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
        assert page.locator(".p-stays").evaluate("bar => getComputedStyle(bar).position") == "static"
        assert overflow(page) <= 0


def test_a_refusal_stands_beside_its_box_in_view_with_the_cursor(page: Page, address: str) -> None:
    page.goto(f"{address}/q/{TYPED['binary'][0]}")
    number(page).fill("250")
    page.locator("[name=rationale]").fill("Kept.")
    page.locator("[name=confidence]").select_option("4")
    save(page)
    expect(number(page)).to_be_focused()
    expect(number(page)).to_have_value("250")
    box, error, line = (page.locator(one).bounding_box() for one in (".p-box", ".p-error", ".p-slider"))
    assert box is not None and error is not None and line is not None
    assert box["y"] + box["height"] <= error["y"] < line["y"]
    expect(page.locator(".p-error")).to_be_in_viewport(ratio=1)
    expect(page.locator("[name=rationale]")).to_have_value("Kept.")
    expect(page.locator("[name=confidence]")).to_have_value("4")
    # A chosen step can be taken back.
    number(page).fill("25")
    page.locator("[name=confidence]").select_option("")
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    expect(page.locator(".p-receipt")).not_to_contain_text("Sure")


def test_a_density_is_drawn_from_nothing_and_a_draft_is_nobodys_answer(page: Page, address: str) -> None:
    key, _typed = TYPED["numeric"]
    page.goto(f"{address}/q/{key}")
    line = handle(page, "50 %")
    expect(line).to_have_attribute("aria-valuetext", "no forecast yet")
    assert accessibility_faults(page) == [] and overflow(page) <= 0
    look(page, "nothing")
    # The first key begins a draft of all five, and writes nothing; Enter says of one that it is meant.
    line.press("ArrowRight")
    assert typed_in(page) == ["", "", "", "", ""]
    expect(page.locator(".p-live").get_by_role("slider")).to_have_count(5)
    expect(line).to_have_attribute("aria-valuetext", re.compile("bn, a draft$"))
    line.press("Enter")
    middle = float(typed_in(page)[2])
    assert typed_in(page) == ["", "", f"{middle:g}", "", ""]
    # One that is moved is said, whatever else is a draft; and those that are not stay out of what is sent.
    drag(page, handle(page, "95 %"), 25, 0)
    page.mouse.up()
    assert float(typed_in(page)[4]) > middle and typed_in(page)[:2] == ["", ""] and typed_in(page)[3] == ""
    assert accessibility_faults(page) == [] and overflow(page) <= 0
    look(page, "draft")
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_have_count(0)
    page.goto(f"{address}/q/{key}")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    # Pointed to, the middle stands where one points; the rest is taken by its own button.
    place = handle(page, "50 %")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    assert [bool(text) for text in typed_in(page)] == [False, False, True, False, False]
    page.get_by_role("button", name="Take the draft").click()
    values = [float(text) for text in typed_in(page)]
    assert values == sorted(set(values)) and len(values) == 5
    expect(page.get_by_role("button", name="Take the draft")).to_be_hidden()
    expect(handle(page, re.compile("^5 %"))).to_be_focused()
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_visible()


def test_whoever_types_is_shown_no_draft(page: Page, address: str) -> None:
    key, typed = TYPED["date"]
    page.goto(f"{address}/q/{key}")
    first, second, *_rest = typed.items()
    fill(page, dict([first]))
    expect(page.locator(".p-live circle")).to_have_count(1)
    fill(page, dict([second]))
    expect(page.locator(".p-live circle")).to_have_count(2)
    expect(page.get_by_role("button", name="Take the draft")).to_be_hidden()


def look(page: Page, name: str) -> None:
    """Pictures for whoever asks for them."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_timeout(300)
            page.screenshot(path=Path(folder) / f"density-{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
