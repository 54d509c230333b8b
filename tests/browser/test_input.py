"""The live control over the boxes: number, line and words are one; every kind is drawn while somebody types.

Pure functions of the scripts are held against the server's own in the same browser.
"""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from survey import clock
from survey.charts.curve import density_of
from survey.i18n.formatting import LIKELIHOODS, in_words
from survey.questions import number_parsing
from tests.skips import EVERYTHING, rest_long

from .chromium import DESK, OF_COLOURS, PHONE, Complaints, accessibility_faults, overflow, take_part
from .test_walk import ANSWERS, save

pytestmark = pytest.mark.browser

#: For each kind: a question, and what is typed.
TYPED = {
    "binary": ("leaders-meet", {"p-yes": "12,5"}),
    "choice": ("war-state-2027", ANSWERS["war-state-2027"]),
    "ordered": ("guarantee-form", ANSWERS["guarantee-form"]),
    "ladder": ("ceasefire-when", {"p-2027-06-30": "10", "p-2027-12-31": "25", "p-2028-12-31": "38"}),
    "pair": ("guarantee-if-ceasefire", {"p-if_yes": "24", "p-if_no": "4"}),
    "numeric": (
        "aid-total",
        {"q-0.05": "395", "q-0.25": "448", "q-0.5": "482", "q-0.75": "522", "q-0.95": "610"},
    ),
    "date": ("sanctions-end", ANSWERS["sanctions-end"]),
}


def number(page: Page, name: str = "p-yes") -> Locator:
    return page.locator(f"[name='{name}']")


def line(page: Page) -> Locator:
    return page.get_by_role("slider")


def fill(page: Page, values: dict[str, str]) -> None:
    for name, text in values.items():
        number(page, name).fill(text)


def holds(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))


def choose(page: Page, words: str) -> None:
    page.get_by_role("radio", name=words, exact=True).check()


@pytest.fixture
def address(page: Page, site: str) -> str:
    """Address of the survey, where the page's browser takes part."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    take_part(page, site)
    return f"{site}/s/ukraine"


@pytest.fixture
def binary(page: Page, address: str) -> Page:
    page.goto(f"{address}/q/leaders-meet")
    return page


# ---- One probability


def test_untouched_is_no_answer_and_looks_like_none(binary: Page) -> None:
    expect(number(binary)).to_have_value("")
    expect(binary.locator("output.p-words")).to_have_text(
        "No forecast yet. Type a number, or touch the line."
    )
    expect(line(binary)).to_have_attribute("aria-valuetext", "No forecast yet")
    expect(binary.locator(".p-slider")).to_have_class("p-slider p-untouched")
    save(binary)
    expect(binary.get_by_role("heading", name="Saved", exact=True)).to_have_count(0)
    expect(binary.locator(".p-error")).to_contain_text("Give a probability here")
    expect(number(binary)).to_be_focused()


def test_what_is_typed_moves_the_line_and_says_the_words(binary: Page) -> None:
    number(binary).fill("12,5")
    expect(binary.locator("output.p-words")).to_have_text("about 1 in 8unlikely")
    expect(line(binary)).to_have_attribute("aria-valuetext", "12.5\u00a0%, about 1 in 8, unlikely")
    expect(binary.locator(".p-slider")).to_have_class("p-slider")
    number(binary).fill("")
    expect(binary.locator(".p-slider")).to_have_class("p-slider p-untouched")
    expect(binary.locator("output.p-words")).to_contain_text("No forecast yet")


def test_arrow_keys_in_the_box_step_by_one_with_shift_by_ten_and_finely_near_the_ends(binary: Page) -> None:
    box = number(binary)
    for start, key, end in (
        ("50", "ArrowUp", "51"),
        ("50", "ArrowDown", "49"),
        ("50", "Shift+ArrowUp", "60"),
        ("50", "Shift+ArrowDown", "40"),
        ("12,5", "ArrowUp", "13.5"),
        ("4.9", "ArrowUp", "5"),
        ("5", "ArrowUp", "6"),
        ("5", "ArrowDown", "4.9"),
        ("3", "ArrowDown", "2.9"),
        ("95", "ArrowUp", "95.1"),
        ("96.2", "ArrowDown", "96.1"),
        ("95", "ArrowDown", "94"),
        ("0.1", "ArrowDown", "0.01"),
        ("0.01", "ArrowUp", "0.1"),
        ("97", "Shift+ArrowUp", "99.99"),
        ("3", "Shift+ArrowUp", "13"),
    ):
        box.fill(start)
        box.press(key)
        expect(box, f"{start} {key}").to_have_value(end)


def test_the_line_is_moved_by_keys_too(binary: Page) -> None:
    line(binary).focus()
    for key, value in (
        ("ArrowRight", "50"),
        ("ArrowRight", "51"),
        ("ArrowLeft", "50"),
        ("Shift+ArrowLeft", "40"),
        ("PageUp", "50"),
        ("Home", "0.01"),
        ("ArrowUp", "0.1"),
        ("End", "99.99"),
        ("ArrowDown", "99.9"),
    ):
        line(binary).press(key)
        expect(number(binary), key).to_have_value(value)


def test_in_the_box_left_and_right_belong_to_the_cursor(binary: Page) -> None:
    number(binary).fill("40")
    number(binary).press("ArrowLeft")
    number(binary).press("1")
    expect(number(binary)).to_have_value("410")


def test_changing_the_way_of_writing_rewrites_the_box_and_back(binary: Page) -> None:
    number(binary).fill("12,5 %")
    for way, text in (("odds", "1:7"), ("1 in n", "1 in 8"), ("percent", "12,5 %")):
        choose(binary, way)
        expect(number(binary)).to_have_value(text)
    choose(binary, "odds")
    number(binary).fill("2:5")
    choose(binary, "percent")
    expect(number(binary)).to_have_value("28.57")
    choose(binary, "odds")
    expect(number(binary)).to_have_value("2:5")
    expect(binary.locator("output.p-words")).to_contain_text("28.57\u00a0%about 3 in 10 · unlikely")


def test_the_way_chosen_is_the_one_that_is_stored(binary: Page) -> None:
    number(binary).fill("7")
    choose(binary, "1 in n")
    number(binary).press("ArrowDown")
    expect(number(binary)).to_have_value("3 in 50")
    save(binary)
    expect(binary.get_by_role("heading", name="Saved", exact=True)).to_be_visible()
    binary.get_by_role("link", name="Change").click()
    expect(number(binary)).to_have_value("3 in 50")
    expect(binary.get_by_role("radio", name="1 in n")).to_be_checked()
    expect(line(binary)).to_have_attribute("aria-valuetext", "6\u00a0%, about 1 in 17, unlikely")


def test_text_that_is_no_number_is_kept_and_a_soft_word_says_what_would_be_right(binary: Page) -> None:
    number(binary).fill("1,000")
    number(binary).press("Tab")
    expect(binary.locator(".p-check")).to_have_text("Write percent as a number, such as 12.5 or 40.")
    number(binary).fill("150")
    number(binary).press("Tab")
    expect(binary.locator(".p-check")).to_contain_text("lies between 0.01\u00a0% and 99.99\u00a0%")
    expect(number(binary)).to_have_attribute("aria-describedby", "p-yes-check")
    number(binary).fill("15")
    expect(binary.locator(".p-check")).to_be_hidden()
    expect(number(binary)).not_to_have_attribute("aria-describedby", "p-yes-check")


def test_text_for_another_way_is_read_once_that_way_is_chosen(binary: Page) -> None:
    number(binary).fill("1:7")
    expect(binary.locator(".p-slider")).to_have_class("p-slider p-untouched")
    choose(binary, "odds")
    expect(number(binary)).to_have_value("1:7")
    expect(line(binary)).to_have_attribute("aria-valuetext", "12.5\u00a0%, about 1 in 8, unlikely")


def test_what_the_server_said_goes_with_the_first_change(binary: Page) -> None:
    number(binary).fill("250")
    save(binary)
    expect(number(binary)).to_have_attribute("aria-invalid", "true")
    number(binary).fill("25")
    expect(binary.locator("#p-yes-error")).to_have_count(0)
    expect(number(binary)).not_to_have_attribute("aria-invalid", "true")


@pytest.fixture
def touched(browser: Browser, site: str) -> Iterator[Page]:
    """A telephone's page of the binary question."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    complaints = Complaints(page)
    take_part(page, site)
    page.goto(f"{site}/s/ukraine/q/leaders-meet")
    yield page
    context.close()
    assert not complaints.found


def test_a_finger_sets_the_line_and_the_middle_counts_too(touched: Page) -> None:
    line(touched).scroll_into_view_if_needed()
    box = line(touched).bounding_box()
    assert box is not None
    assert box["height"] >= 44
    middle = box["y"] + box["height"] / 2
    touched.touchscreen.tap(box["x"] + box["width"] / 2, middle)
    expect(number(touched)).to_have_value("50")
    touched.touchscreen.tap(box["x"] + box["width"] * 0.9, middle)
    # Of a finger the browser makes a press of its own, and tells of it later.
    expect(number(touched)).not_to_have_value("50")
    assert 97 < float(number(touched).input_value()) < 99.9
    assert touched.evaluate("document.documentElement.scrollWidth") <= 390


# ---- Choice


def test_the_total_says_what_is_missing_and_what_is_too_much(page: Page, address: str) -> None:
    page.goto(f"{address}/q/war-state-2027")
    total = page.locator(".p-sum output")
    expect(total).to_have_text("no forecast yet")
    fill(page, {"p-settlement": "6", "p-ceasefire": "20", "p-fighting": "70"})
    expect(total).to_have_text("96\u00a0% — 4\u00a0% left")
    fill(page, {"p-fighting": "80"})
    expect(total).to_have_text("106\u00a0% — 6\u00a0% too much")
    expect(page.get_by_role("button", name="Put it there")).to_be_disabled()
    fill(page, {"p-fighting": "74"})
    expect(total).to_have_text("100\u00a0% — an answer is still empty")
    fill(page, {"p-fighting": "72", "p-collapsed": "1", "p-other": "1"})
    expect(total).to_have_text("100\u00a0%")


def test_the_rest_goes_where_it_is_put_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/q/war-state-2027")
    fill(page, {"p-settlement": "5", "p-ceasefire": "16,5", "p-collapsed": "4", "p-fighting": "70"})
    expect(page.get_by_label("Put the rest on")).to_have_value("p-other")
    page.get_by_role("button", name="Put it there").press("Enter")
    expect(number(page, "p-other")).to_have_value("4.5")
    expect(number(page, "p-other")).to_be_focused()
    number(page, "p-fighting").press("Shift+ArrowDown")
    page.get_by_label("Put the rest on").select_option(
        label="General ceasefire in force, no final settlement"
    )
    page.get_by_role("button", name="Put it there").press("Space")
    expect(number(page, "p-ceasefire")).to_have_value("26.5")
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_visible()


# ---- Ladder


def test_the_rungs_are_drawn_as_one_curve_with_its_words(page: Page, address: str) -> None:
    key, typed = TYPED["ladder"]
    page.goto(f"{address}/q/{key}")
    expect(page.locator(".p-live")).to_be_hidden()
    fill(page, typed)
    picture = page.locator(".p-live .p-canvas")
    expect(picture.locator("circle")).to_have_count(3)
    expect(picture).to_have_attribute(
        "aria-label",
        "Your curve: 10\u00a0% by 30\u00a0Jun 2027; 25\u00a0% by 31\u00a0Dec 2027; 38\u00a0% by 31\u00a0Dec 2028.",
    )
    expect(picture).to_contain_text("38 to 100\u00a0%")
    assert page.locator(".p-intervals dd").all_inner_texts() == [
        "10\u00a0%",
        "15\u00a0%",
        "13\u00a0%",
        "62\u00a0%",
    ]


def test_a_falling_rung_is_said_softly_at_its_field(page: Page, address: str) -> None:
    key, typed = TYPED["ladder"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed | {"p-2028-12-31": "20"})
    check = page.locator("#p-2028-12-31-check")
    expect(page.locator(".p-intervals")).to_be_hidden()
    expect(check).to_contain_text("Lower than 25\u00a0% by 31 Dec 2027")
    fill(page, {"p-2027-12-31": "15"})
    expect(check).to_be_hidden()
    expect(page.locator(".p-intervals")).to_be_visible()


def test_the_servers_sentence_stands_alone_until_the_field_changes(page: Page, address: str) -> None:
    key, typed = TYPED["ladder"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed | {"p-2028-12-31": "20", "p-2030-12-31": "60"})
    save(page)
    expect(page.locator("#p-2028-12-31-error")).to_contain_text("cannot be less likely")
    expect(page.locator("#p-2028-12-31-check")).to_have_count(0)
    fill(page, {"p-2028-12-31": "21"})
    expect(page.locator("#p-2028-12-31-error")).to_have_count(0)
    expect(page.locator("#p-2028-12-31-check")).to_contain_text("Lower than 25")


def test_a_closed_rung_is_locked_and_stands_as_it_was_given(page: Page, address: str) -> None:
    key, typed = TYPED["ladder"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed | {"p-2030-12-31": "60"})
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_visible()
    with clock.at(datetime(2027, 7, 5, tzinfo=UTC)):
        page.goto(f"{address}/q/{key}")
        closed = page.locator(".p-closed")
        expect(closed).to_contain_text("30 Jun 2027")
        expect(closed).to_contain_text("10\u00a0%")
        expect(closed.locator("input")).to_have_count(0)
        expect(page.locator(".p-live circle")).to_have_count(4)
        page.goto(f"{address}/q/treaty-when")
        expect(page.locator(".p-closed")).to_contain_text("closed")
        fill(page, {"p-2027-12-31": "5"})
        expect(page.locator(".p-live circle")).to_have_count(1)


# ---- Quantiles


def ticks(page: Page) -> dict[float, float]:
    """Words of the axis and where they stand."""
    marks = page.locator("[data-tick]").evaluate_all(
        "marks => marks.map(mark => [Number(mark.dataset.tick), mark.getBBox().x + mark.getBBox().width / 2])"
    )
    return dict(marks)


def test_a_logarithmic_question_is_drawn_on_its_scale(page: Page, address: str) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    key, typed = TYPED["numeric"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    at = ticks(page)
    for low, middle, high in ((300, 500, 700), (500, 700, 900)):
        shares = (at[middle] - at[low]) / (at[high] - at[middle])
        assert shares == pytest.approx(math.log(middle / low) / math.log(high / middle), rel=0.06)
    expect(page.locator(".p-live .p-canvas")).to_have_attribute("aria-label", holds("50\u00a0% below €482"))
    expect(page.locator(".p-live path")).to_have_count(4)


def test_values_out_of_order_are_said_at_the_field_and_nothing_is_drawn(page: Page, address: str) -> None:
    key, typed = TYPED["numeric"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed | {"q-0.5": "440"})
    expect(page.locator("[id='q-0.5-check']")).to_have_text(
        "This cannot come before €448\u00a0bn, your answer at 25\u00a0%."
    )
    expect(page.locator(".p-live")).to_be_hidden()
    fill(page, {"q-0.5": "448"})
    expect(page.locator("[id='q-0.5-check']")).to_contain_text("This has to come after €448")
    fill(page, {"q-0.5": "449"})
    expect(page.locator(".p-live")).to_be_visible()


def test_a_tick_stands_for_the_bound_plus_the_range(page: Page, address: str) -> None:
    key, typed = TYPED["numeric"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    page.get_by_text("Outside the range").click()
    tick = page.locator("[name='q-0.95-above']")
    tick.check()
    expect(number(page, "q-0.95")).to_have_value("")
    expect(page.locator(".p-live .p-canvas")).to_have_attribute("aria-label", holds("3,333.333333"))
    tick.uncheck()
    expect(number(page, "q-0.95")).to_have_value("610")
    tick.check()
    fill(page, {"q-0.95": "700"})
    expect(tick).not_to_be_checked()


def test_dates_are_drawn_over_years(page: Page, address: str) -> None:
    key, typed = TYPED["date"]
    page.goto(f"{address}/q/{key}")
    fill(page, typed)
    expect(page.locator(".p-live .p-canvas")).to_have_attribute(
        "aria-label", holds("50\u00a0% below 31\u00a0January 2031")
    )
    assert page.locator("[data-tick]").count() >= 2
    fill(page, {"q-0.75": "2030-01-31"})
    expect(page.locator("[id='q-0.75-check']")).to_contain_text(
        "before 31\u00a0January 2031, your answer at 50"
    )


# ---- Pair


def test_a_pair_says_what_its_branches_imply_with_ones_own_condition(page: Page, address: str) -> None:
    key, typed = TYPED["pair"]
    page.goto(f"{address}/q/{key}")
    expect(page.locator(".p-condition")).to_contain_text("you have not answered it")
    fill(page, typed)
    expect(page.locator(".p-implied")).to_contain_text("Together: between 4\u00a0% and 24\u00a0%")
    page.get_by_role("link", name="Answer it").click()
    fill(page, TYPED["ladder"][1] | {"p-2030-12-31": "60"})
    save(page)
    page.goto(f"{address}/q/{key}")
    expect(page.locator(".p-condition")).to_contain_text("you gave 25\u00a0%")
    expect(page.locator(".p-implied")).to_be_hidden()
    fill(page, typed)
    expect(page.locator(".p-implied strong")).to_have_text("Together: 9\u00a0%")
    expect(page.locator(".p-implied")).to_contain_text("25\u00a0% × 24\u00a0% + 75\u00a0% × 4\u00a0%")
    fill(page, {"p-if_no": ""})
    expect(page.locator(".p-implied")).to_be_hidden()


# ---- Every kind


SCHEMES: list[Any] = ["light", "dark"]


def shape(kind: str) -> str:
    """What a kind's page is made of: one line, several chances, or quantiles."""
    return {"binary": "line", "numeric": "quantiles", "date": "quantiles"}.get(kind, "chances")


@pytest.mark.parametrize("kind", rest_long(TYPED, shape))
def test_every_kind_is_accessible_and_fits_in_both_schemes(page: Page, address: str, kind: str) -> None:
    key, typed = TYPED[kind]
    place = list(TYPED).index(kind)
    # While one works, kinds take turns.
    rules: tuple[str, ...] = ()
    for scheme in SCHEMES if EVERYTHING else SCHEMES[place % 2 :][:1]:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{address}/q/{key}")
        assert accessibility_faults(page, rules) == [], f"{kind} untouched, {scheme}"
        fill(page, typed)
        assert accessibility_faults(page, rules) == [], f"{kind}, {scheme}"
        assert overflow(page) <= 0
        rules = OF_COLOURS


def test_odds_in_every_box_fit_the_phone(page: Page, address: str) -> None:
    for kind in ("binary", "choice", "ladder", "pair"):
        key, typed = TYPED[kind]
        page.goto(f"{address}/q/{key}")
        fill(page, typed)
        choose(page, "1 in n")
        assert overflow(page) <= 0, kind
        for box in page.locator(".p-box input").all():
            assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 1, box.input_value()


@pytest.mark.long
def test_without_script_there_are_boxes_and_nothing_is_lost(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    take_part(page, site)
    for key, typed in TYPED.values():
        page.goto(f"{site}/s/ukraine/q/{key}")
        for hidden in page.locator(".p-slider, .p-live, .p-sum, .p-rest, .p-implied").all():
            expect(hidden).to_be_hidden()
        fill(page, typed | ({"p-2030-12-31": "60"} if key == "ceasefire-when" else {}))
        save(page)
        expect(page.get_by_role("heading", name="Saved", exact=True), key).to_be_visible()
    context.close()


def test_the_line_is_no_field_and_is_never_sent(binary: Page) -> None:
    names = binary.evaluate("[...new FormData(document.querySelector('form[data-kind]')).keys()]")
    assert "p-yes" in names
    assert not [name for name in names if "line" in name or not name]


# ---- The scripts against the server


def run(page: Page, site: str, module: str, body: str, argument: Any) -> Any:
    """The value of an expression in which the module is `m` and the argument `given`."""
    script = f"async (given) => {{ const m = await import('{site}/static/{module}'); return {body}; }}"
    return page.evaluate(script, argument)


def test_scripts_say_chances_as_the_server_does(page: Page, site: str) -> None:
    page.goto(f"{site}/s/ukraine/")
    points = [0.01, 0.05, 0.1, 0.7, 1, 3.33, 5, 7, 12.5, 14.5, 19.9, 20, 21, 28.57, 35, 43, 50, 62.5, 79, 80]
    points += [80.1, 85, 93, 95, 97.5, 99, 99.9, 99.95]
    words = {
        "about": "about {part} in {whole}",
        "less": "less than 1 in {whole}",
        "more": "more than {part} in {whole}",
    }
    said = run(page, site, "wording.js", "given[0].map((p) => m.inWords(p, given[1]))", [points, words])
    assert dict(zip(points, said, strict=True)) == {
        p: in_words(float(f"{p / 100:.10g}"), "en") for p in points
    }


def test_likelihoods_change_where_the_servers_do(page: Page, site: str) -> None:
    page.goto(f"{site}/s/ukraine/")
    likely = [[most, str(place)] for place, most in enumerate((*LIKELIHOODS, 1))]
    points = [100 * most + shift for most in LIKELIHOODS for shift in (-0.01, 0, 0.01)]
    said = run(
        page, site, "wording.js", "given[0].map((p) => m.likelihood(p, {likely: given[1]}))", [points, likely]
    )
    assert said == [str(place + (shift > 0)) for place in range(len(LIKELIHOODS)) for shift in (-1, 0, 1)]


#: Texts by format; what the server refuses, the scripts do not draw either.
TEXTS = {
    "percent": ["12,5", "12.5 %", "+50", " 7", ".5", "٥٠", "1e-1", "1,000", "fifty", "", "1:7", "%"],
    "odds": ["1:7", "1 to 7", "1,5 : 7", "1 000:1", "1", "0:3", "1:0", "3 до 1"],
    "one_in_n": ["1 in 8", "1/8", "8", "7 in 10", "1 з 8", "1 in 1 000", "1 in 0", "in 8"],
}
READERS = {
    "percent": number_parsing.percent,
    "odds": number_parsing.odds,
    "one_in_n": number_parsing.one_in_n,
}


@pytest.mark.parametrize("format", TEXTS)
def test_scripts_read_what_the_server_reads(page: Page, site: str, format: str) -> None:
    def by_server(text: str) -> float | None:
        try:
            return READERS[format](text).value
        except ValueError:
            return None

    page.goto(f"{site}/s/ukraine/")
    body = (
        "given[0].map((text) => { const c = m.readChance(text, given[1]); return c && m.inPoints(c) / 100; })"
    )
    read = run(page, site, "numbers.js", body, [TEXTS[format], format])
    for text, value in zip(TEXTS[format], read, strict=True):
        expected = by_server(text)
        assert value == (expected if expected is None else pytest.approx(expected)), text


def test_what_a_script_writes_in_another_way_the_server_reads_as_the_same(page: Page, site: str) -> None:
    page.goto(f"{site}/s/ukraine/")
    points = ["0.01", "0.7", "5", "12.5", "13", "33.33", "50", "95.1", "99.99"]
    body = (
        "given.map((text) => ['odds', 'one_in_n'].map((way) => "
        "m.writeChance(m.readChance(text, 'percent'), way, {one_in_n: '{part} in {whole}'})))"
    )
    for text, (odds, one_in_n) in zip(points, run(page, site, "numbers.js", body, points), strict=True):
        exact = number_parsing.percent(text).value
        assert number_parsing.odds(odds).value == pytest.approx(exact, abs=1e-15), odds
        assert number_parsing.one_in_n(one_in_n).value == pytest.approx(exact, abs=1e-15), one_in_n


def test_the_line_and_its_chances_are_inverse(page: Page, site: str) -> None:
    page.goto(f"{site}/s/ukraine/")
    ends = {"lowest": 0.01, "highest": 99.99}
    points = [0.01, 0.1, 2.5, 4.9, 5, 6, 50, 94, 95, 95.1, 99.9, 99.99]
    places = run(page, site, "steps.js", "given[0].map((p) => m.place(p, given[1]))", [points, ends])
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, 100)
    assert places[points.index(5)] == pytest.approx(26.3, abs=0.2)
    back = run(page, site, "steps.js", "given[0].map((x) => m.chanceAt(x, given[1]))", [places, ends])
    assert back == points


def test_the_density_is_the_one_that_the_crowds_picture_has(page: Page, site: str) -> None:
    page.goto(f"{site}/s/ukraine/")
    levels, values = [0.05, 0.25, 0.5, 0.75, 0.95], [395.0, 448.0, 482.0, 522.0, 610.0]
    scores = [-1.644854, -0.67449, 0.0, 0.67449, 1.644854]
    curve = run(page, site, "density.js", "m.density(given[0], given[1], [300, 1000])", [values, scores])
    grid = np.asarray([x for x, _height in curve])
    expected = density_of(levels, np.asarray(values), grid)
    assert [height for _x, height in curve] == pytest.approx(list(expected), rel=1e-4, abs=1e-9)
    flat = run(page, site, "density.js", "m.density([1, 1, 2], [-1, 0, 1], [0, 3])", None)
    assert all(math.isfinite(height) and height >= 0 for _x, height in flat)


# ---- A large change


def asked(page: Page) -> Locator:
    return page.locator("[data-what-changed]")


def test_a_large_change_is_asked_about_while_it_is_typed(binary: Page, address: str) -> None:
    number(binary).fill("20")
    save(binary)
    binary.goto(f"{address}/q/leaders-meet")
    expect(asked(binary)).to_be_empty()
    number(binary).fill("40")
    expect(asked(binary)).to_be_empty()
    number(binary).fill("41")
    expect(asked(binary)).to_contain_text("more than 20 points from your last forecast")
    tick = binary.get_by_role("checkbox", name=holds("Nothing to add"))
    expect(tick).to_be_visible()
    binary.locator("[name=rationale]").fill("A summit.")
    expect(asked(binary)).to_be_empty()
    expect(tick).to_have_count(0)
    binary.locator("[name=rationale]").fill("")
    tick.check()
    save(binary)
    expect(binary.get_by_role("heading", name="Saved", exact=True)).to_have_count(1)


def test_of_a_quantity_a_new_middle_outside_of_the_old_half_is_asked_about(page: Page, address: str) -> None:
    page.goto(f"{address}/q/aid-total")
    fill(page, {"q-0.05": "395", "q-0.25": "448", "q-0.5": "482", "q-0.75": "522", "q-0.95": "600"})
    save(page)
    page.goto(f"{address}/q/aid-total")
    fill(page, {"q-0.5": "521"})
    expect(asked(page)).to_be_empty()
    fill(page, {"q-0.5": "530"})
    expect(asked(page)).to_contain_text("outside the middle half of your last forecast")
