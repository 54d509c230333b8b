"""Somebody who has never forecast, on a phone: from the link to ten saved forecasts that they understand.

By finger, by keys alone, and without script. The three walks know no address but the link: every page leads
on by its one main button, and they press it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Participant
from survey.store.transaction import transaction
from tests.factories import say, the_survey
from tests.skips import rest_long

from .chromium import PHONE, Complaints, accessibility_faults, overflow

pytestmark = pytest.mark.browser

# The reckoning, on the slow side for somebody new. To type a number, with the thought that goes before it:
# 6 seconds; to press a button: 3; to read a question: 20; to read the consent: a minute.
TO_WRITE, TO_PRESS, TO_READ, CONSENT = 6, 3, 20, 60
TEN_MINUTES = 600
#: What the way may take until the tenth forecast is saved: numbers written and buttons pressed, mistakes included.
MOST_ACTS = 60
#: … where every kind of question is asked for, so that two are looked up in the list.
MOST_ACTS_OF_EVERY_KIND = 70
#: Tab and Shift+Tab for somebody with a keyboard alone, from one control to the next.
MOST_TABS = 25

REASON = "Spring is *the* risk."


class Person:
    """Whoever walks: what they do is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.written = self.pressed = self.read = 0

    @property
    def acts(self) -> int:
        return self.written + self.pressed

    @property
    def reckoned(self) -> int:
        """Seconds this would take a person."""
        return self.written * TO_WRITE + self.pressed * TO_PRESS + self.read * TO_READ + CONSENT

    def press(self, target: Locator) -> None:
        self.pressed += 1
        self._press(target)

    def follow(self, target: Locator) -> None:
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.press(target)
        assert overflow(self.page) <= 0, self.page.url

    def write(self, target: Locator, text: str) -> None:
        self.written += 1
        self._write(target, text)

    def slide(self, share: float) -> None:
        """Give one probability by the line, where there is one."""
        self.written += 1
        self._slide(self.page.get_by_role("slider"), share)

    def _press(self, target: Locator) -> None:
        target.click()

    def _write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def _slide(self, line: Locator, share: float) -> None:
        expect(line).to_have_count(0)
        self.page.locator("[name='p-yes']").fill(f"{share * 100:g}")


class Finger(Person):
    """Touch alone."""

    def _press(self, target: Locator) -> None:
        target.tap()

    def _write(self, target: Locator, text: str) -> None:
        target.tap()
        expect(target).to_be_focused()
        if target.get_attribute("type") == "date":
            # The phone's own picker gives the whole day at once.
            target.fill(text)
        else:
            target.press("Control+a")
            self.page.keyboard.type(text)

    def _slide(self, line: Locator, share: float) -> None:
        line.scroll_into_view_if_needed()
        box = line.bounding_box()
        assert box is not None and box["height"] >= 44
        line.tap(position={"x": box["width"] * share, "y": box["height"] / 2})


#: Whether what has the focus is in the window.
INSIDE = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}"""
#: The same, and whether it shows its focus: an outline around it or what it stands in, or the shadow of a thumb.
SHOWN = """target => {
  const now = document.activeElement;
  const outlined = (one) => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && style.outlineColor !== "rgba(0, 0, 0, 0)";
  };
  const around = now.parentElement;
  return {
    there: now === target,
    lost: now === document.body,
    shown: outlined(now) || outlined(around) || now.matches(".p-slider:not(.p-untouched) input"),
    inside: (INSIDE)(),
    what: now.outerHTML.slice(0, 120),
  };
}""".replace("INSIDE", INSIDE)


class Keys(Person):
    """Tab, arrows, Enter, Space and letters; never a click."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.tabs = 0

    def to(self, target: Locator) -> None:
        """Tab until the target has the focus; the focus is seen at every step."""
        element = target.element_handle()
        now = self.page.evaluate(SHOWN, element)
        for _step in range(MOST_TABS):
            if now["there"]:
                return
            self.page.keyboard.press("Tab")
            self.tabs += 1
            now = self.page.evaluate(SHOWN, element)
            assert now["lost"] or now["shown"], f"{self.page.url}: {now}"
            if not now["inside"]:
                # The page scrolls there, which may take a moment.
                self.page.wait_for_function(INSIDE)
        raise AssertionError(f"{self.page.url}: {MOST_TABS} tabs do not lead to {target}")

    def _press(self, target: Locator) -> None:
        self.to(target)
        ticked = target.get_attribute("type") in ("checkbox", "radio")
        self.page.keyboard.press("Space" if ticked else "Enter")

    def _write(self, target: Locator, text: str) -> None:
        self.to(target)
        if target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)

    def _slide(self, line: Locator, share: float) -> None:
        self.to(line)
        self.page.keyboard.press("ArrowRight")
        ten = round(abs(share - 0.5) * 10)
        for _step in range(ten):
            self.page.keyboard.press("Shift+ArrowRight" if share > 0.5 else "Shift+ArrowLeft")
        assert thumb_shows_focus(self.page, line)


def thumb_shows_focus(page: Page, line: Locator) -> bool:
    """The thumb's shadow is no style of an element that can be asked: the pixels are."""
    with_focus = line.screenshot()
    line.evaluate("line => line.blur()")
    without = line.screenshot()
    line.evaluate("line => line.focus()")
    return with_focus != without


@contextmanager
def phone(browser: Browser, **more: Any) -> Iterator[Page]:
    """A page of a phone of its own; whatever its browser complains of fails the test."""
    context = browser.new_context(viewport=PHONE, locale="en-US", **more)  # type: ignore[arg-type]
    page = context.new_page()
    complaints = Complaints(page, scripts=more.get("java_script_enabled", True))
    yield page
    context.close()
    assert not complaints.found, "\n".join(complaints.found)


def onward(page: Page) -> Locator:
    """The one main button of a page."""
    buttons = page.locator("main .btn-primary:visible")
    expect(buttons, page.url).to_have_count(1)
    return buttons


#: In the survey's own order, so that "Next" alone leads from each to the next; a single number goes on the line.
FIRST_EIGHT: dict[str, dict[str, str] | float] = {
    "ceasefire-when": {"2027-06-30": "10", "2027-12-31": "25", "2028-12-31": "38", "2030-12-31": "60"},
    "treaty-when": {"2027-06-30": "2", "2027-12-31": "6", "2028-12-31": "15", "2030-12-31": "30"},
    "war-state-2027": {
        "settlement": "5",
        "ceasefire": "15",
        "collapsed": "5",
        "fighting": "70",
        "other": "5",
    },
    "leaders-meet": 0.3,
    "ceasefire-holds": 0.7,
    "territory": {"yes": "20"},
    "guarantee-form": {"assurances": "6", "agreements": "85", "nuclear": "5", "several": "3", "nato": "1"},
    "guarantee-if-ceasefire": {"if_yes": "24", "if_no": "4"},
}
BEYOND = "nato-invitation"
LAST_TWO: dict[str, dict[str, str] | float] = {
    "nato-accession": {"2027-12-31": "1", "2028-12-31": "3", "2030-12-31": "8"},
    "western-forces": {"yes": "15"},
}
#: Of a kind that "Next" does not reach within ten.
LOOKED_UP = {
    "aid-total": {"0.05": "395", "0.25": "448", "0.5": "482", "0.75": "522", "0.95": "610"},
    "sanctions-end": {
        "0.05": "2027-12-31",
        "0.25": "2029-06-30",
        "0.5": "2031-01-31",
        "0.75": "2033-01-31",
        "0.95": "2035-06-30",
    },
}
REFUSED, WITH_REASON = "treaty-when", "territory"


def box(page: Page, option: str) -> Locator:
    return page.locator(f"[name='p-{option}'], [name='q-{option}']")


def take_part(person: Person, link: str) -> str:
    """From the link to the first question; the code."""
    page = person.page
    page.goto(link)
    person.follow(onward(page))
    person.press(page.get_by_label("I have read this"))
    person.follow(onward(page))
    code = page.get_by_label("Your code").input_value()
    person.follow(onward(page))
    expect(onward(page)).to_have_text(re.compile("^Next: "))
    person.follow(onward(page))
    return code


def forecast(person: Person, key: str, said: dict[str, str] | float) -> None:
    """Read a question, say, save, and understand the receipt."""
    page = person.page
    assert page.url.split("?")[0].endswith(f"/q/{key}")
    person.read += 1
    if isinstance(said, float):
        person.slide(said)
    else:
        for option, text in said.items():
            person.write(box(page, option), text)
    if key == WITH_REASON:
        give_a_reason(person)
    if key == REFUSED:
        mend_a_refusal(person, said)  # type: ignore[arg-type]
    person.follow(onward(page))
    understand(page, said)


def give_a_reason(person: Person) -> None:
    person.write(person.page.get_by_label("Why?"), REASON)
    person.press(person.page.get_by_text("Links and preview"))
    person.press(person.page.get_by_role("button", name="Show it as others would read it"))
    expect(person.page.locator("[data-preview] em")).to_have_text("the")
    expect(person.page.get_by_label("Why?")).to_have_value(REASON)


def mend_a_refusal(person: Person, said: dict[str, str]) -> None:
    """A slip of the finger in the last number: refused at its box, the others as they were, and mended there."""
    page = person.page
    *others, last = said
    person.write(box(page, last), "300")
    person.follow(onward(page))
    expect(box(page, last)).to_have_attribute("aria-invalid", "true")
    expect(box(page, last)).to_be_focused()
    expect(box(page, last)).to_have_value("300")
    expect(page.locator(".p-error")).to_be_visible()
    for option in others:
        expect(box(page, option)).to_have_value(said[option])
    person.write(box(page, last), said[last])


MONTHS = {"01": "January", "06": "June", "12": "December"}


def understand(page: Page, said: dict[str, str] | float) -> None:
    """The receipt says every number, and in words what it stands for."""
    receipt = page.locator(".p-receipt")
    expect(receipt.get_by_role("heading", name="Saved", exact=True)).to_be_visible()
    told = receipt.inner_text().replace("\u00a0", " ")
    if isinstance(said, float) or "yes" in said:
        assert re.search(r"\d %", told) and re.search(r"(about|less than|more than) \d+ in \d+", told), told
    for text in () if isinstance(said, float) else said.values():
        year, _dash, rest = text.partition("-")
        shown = f"{int(rest[3:])} {MONTHS[rest[:2]]} {year}" if rest else text
        assert re.search(rf"(?<!\d){shown}(?!\d)", told), (shown, told)
    if not isinstance(said, float) and len(said) > 1:
        assert receipt.locator("dt").count() >= len(said), told
    if not isinstance(said, float) and page.url.split("?")[0].endswith(WITH_REASON):
        expect(receipt.locator("em")).to_have_text("the")


def next_question(person: Person) -> None:
    expect(onward(person.page)).to_have_text(re.compile("^Next: "))
    person.follow(onward(person.page))


def cannot_judge(person: Person) -> None:
    page = person.page
    assert page.url.endswith(f"/q/{BEYOND}")
    person.read += 1
    person.follow(page.get_by_role("button", name="I can’t judge this"))
    expect(page.get_by_role("heading", name="You said that you can’t judge this")).to_be_visible()


def look_up(person: Person, key: str) -> None:
    """The list of questions, and there the one that is wanted."""
    page = person.page
    person.follow(page.locator(".p-top .p-kicker"))
    person.follow(page.locator(f"#t-{key}"))


def come_back(person: Person, link: str, code: str) -> None:
    """Another day, another browser: nothing is known here but the code."""
    page = person.page
    page.context.clear_cookies()
    page.goto(link)
    person.follow(onward(page))
    person.follow(page.get_by_role("main").get_by_role("link", name="I have a code"))
    person.write(page.get_by_label("Your code"), code.lower())
    person.follow(onward(page))
    expect(page.locator("main")).to_contain_text("11 of 28")
    expect(onward(page)).to_have_text(re.compile("^Next: "))


def first_eight(person: Person) -> None:
    for key, said in FIRST_EIGHT.items():
        forecast(person, key, said)
        next_question(person)
    cannot_judge(person)


def ten_by_next_alone(person: Person, link: str) -> None:
    code = take_part(person, link)
    first_eight(person)
    for key, said in LAST_TWO.items():
        next_question(person)
        forecast(person, key, said)
    assert person.acts <= MOST_ACTS
    assert person.reckoned <= TEN_MINUTES
    come_back(person, link, code)


@pytest.mark.long
def test_ten_forecasts_by_finger(browser: Browser, site: str) -> None:
    with phone(browser, has_touch=True, is_mobile=True) as page:
        ten_by_next_alone(Finger(page), f"{site}/s/ukraine/")


@pytest.mark.long
def test_ten_forecasts_by_keys_alone(browser: Browser, site: str) -> None:
    with phone(browser) as page:
        page.add_init_script("addEventListener('pointerdown', () => { throw Error('a pointer'); }, true)")
        ten_by_next_alone(Keys(page), f"{site}/s/ukraine/")


@pytest.mark.long
def test_ten_forecasts_of_every_kind_without_script(browser: Browser, site: str) -> None:
    with phone(browser, java_script_enabled=False) as page:
        person = Person(page)
        link = f"{site}/s/ukraine/"
        code = take_part(person, link)
        first_eight(person)
        for key, said in LOOKED_UP.items():
            look_up(person, key)
            forecast(person, key, said)
        assert person.acts <= MOST_ACTS_OF_EVERY_KIND
        assert person.reckoned <= TEN_MINUTES
        come_back(person, link, code)


@pytest.mark.parametrize("hands", rest_long([Keys, Finger]))
def test_ranges_and_days_are_given_without_a_mouse(
    browser: Browser, site: str, hands: Callable[[Page], Person]
) -> None:
    with phone(browser, has_touch=hands is Finger) as page:
        person = hands(page)
        take_part(person, f"{site}/s/ukraine/")
        for key, said in LOOKED_UP.items():
            page.goto(f"{site}/s/ukraine/q/{key}")
            forecast(person, key, said)


def test_the_skip_link_leads_past_the_head(browser: Browser, site: str) -> None:
    with phone(browser) as page:
        page.goto(f"{site}/s/ukraine/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


FOCUSED = """() => { const now = document.activeElement; return now.innerText || now.name || now.tagName; }"""
#: Near the end of every page, and at its beginning.
ENDS = ("Methods", "Skip to the content")


@pytest.mark.long
@pytest.mark.parametrize("key", ["leaders-meet", "war-state-2027"])
def test_no_control_keeps_the_keyboard(browser: Browser, site: str, key: str) -> None:
    """Tab goes through the whole page and round; so it does backwards."""
    with phone(browser) as page:
        take_part(Person(page), f"{site}/s/ukraine/")
        page.goto(f"{site}/s/ukraine/q/{key}")
        for stroke in ("Tab", "Shift+Tab"):
            words: list[str] = []
            # Until it has gone round: each end of the page is met a second time.
            while len(words) < 80 and min(map(words.count, ENDS)) < 2:
                page.keyboard.press(stroke)
                words.append(page.evaluate(FOCUSED))
            assert min(map(words.count, ENDS)) >= 2, (stroke, words)


def test_the_control_where_focus_does_not_show_is_noticed(browser: Browser, site: str) -> None:
    with phone(browser, bypass_csp=True) as page:
        page.goto(f"{site}/s/ukraine/")
        page.add_style_tag(content=":focus-visible { outline: none !important }")
        with pytest.raises(AssertionError, match="'shown': False"):
            Keys(page).to(onward(page))


def test_the_control_a_trap_is_noticed(browser: Browser, site: str) -> None:
    with phone(browser) as page:
        page.goto(f"{site}/s/ukraine/")
        page.evaluate("document.addEventListener('keydown', (event) => event.preventDefault())")
        with pytest.raises(AssertionError, match="do not lead to"):
            Keys(page).to(onward(page))


# ---- Ends that lead on all the same


def all_but(last: str) -> Callable[[Session], None]:
    def fill(session: Session) -> None:
        person = session.scalars(select(Participant)).one()
        for question in the_survey(session).questions:
            if question.key != last:
                say(session, person, question)

    return fill


def test_the_last_question_and_a_withdrawal_lead_on_too(browser: Browser, app: Flask, site: str) -> None:
    with phone(browser) as page:
        person = Person(page)
        take_part(person, f"{site}/s/ukraine/")
        with app.app_context():
            transaction(all_but("cyber"))
        page.goto(f"{site}/s/ukraine/q/cyber")
        forecast(person, "cyber", {"yes": "12"})
        expect(onward(page)).to_have_text("My forecasts")
        assert accessibility_faults(page) == []
        person.follow(page.get_by_role("link", name="Withdraw"))
        expect(onward(page)).to_have_text("Keep it")
        person.follow(page.get_by_role("button", name="Withdraw my forecast"))
        expect(page.get_by_role("heading", name="Withdrawn")).to_be_visible()
        person.follow(onward(page))
        expect(page.get_by_role("heading", level=1)).to_have_text("My forecasts")


@pytest.mark.long
def test_whoever_cannot_judge_may_forecast_all_the_same(browser: Browser, site: str) -> None:
    with phone(browser) as page:
        person = Person(page)
        take_part(person, f"{site}/s/ukraine/")
        page.goto(f"{site}/s/ukraine/q/{BEYOND}")
        cannot_judge(person)
        expect(onward(page)).to_have_text(re.compile("^Next: "))
        assert accessibility_faults(page) == []
        person.follow(page.get_by_role("link", name="To the question", exact=True))
        forecast(person, BEYOND, {"2027-12-31": "1", "2028-12-31": "3", "2030-12-31": "8"})
