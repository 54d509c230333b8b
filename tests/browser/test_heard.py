"""What a screen reader is given: the accessibility tree of a question, a refusal, a receipt and the crowd."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.survey.web.conftest import others_answer

from .chromium import take_part
from .conftest import site_after
from .measures import DRAWN
from .test_walk import save
from .walking import answer_the_rest

pytestmark = pytest.mark.browser
database = site_after(others_answer)

#: What can be acted upon or jumped to: a reader who goes from one to the next hears its name and nothing around it.
NAMED = {
    "button",
    "checkbox",
    "combobox",
    "figure",
    "heading",
    "img",
    "link",
    "navigation",
    "option",
    "radio",
    "region",
    "slider",
    "table",
    "textbox",
}
#: Of these two may not share a name on one page: a list of them, by which a reader finds a way, would not tell which.
ALONE = {"button", "figure", "img", "radiogroup", "region", "slider", "table", "textbox"}


class Heard(NamedTuple):
    """A node of the tree: its role, its name, its level where it is a heading, where it leads if it is a link."""

    role: str
    name: str
    level: int = 0
    leads: str = ""


NODE = re.compile(
    r"""^\s*-\s'?(?P<role>[a-z]+)(?:\s"(?P<name>(?:[^"\\]|\\.)*)")?(?P<states>(?:\s\[[^\]]*\])*)"""
)
URL = re.compile(r"^\s*- /url: \"?(?P<url>.*?)\"?$")
LEVEL = re.compile(r"\[level=(\d)\]")


def heard(page: Page) -> list[Heard]:
    """Every node of the page as it stands, in the order of reading."""
    found: list[Heard] = []
    for line in page.locator("body").aria_snapshot().splitlines():
        if url := URL.match(line):
            found[-1] = found[-1]._replace(leads=url["url"])
        elif node := NODE.match(line):
            level = LEVEL.search(node["states"] or "")
            found.append(Heard(node["role"], node["name"] or "", int(level[1]) if level else 0))
    return found


def faults(page: Page) -> list[str]:
    """What a reader who only hears the page would stumble over."""
    nodes = heard(page)
    return [*_nameless(nodes), *_shared(nodes), *_jumps(nodes)]


def _nameless(nodes: list[Heard]) -> Iterator[str]:
    yield from (f"a {one.role} has no name" for one in nodes if one.role in NAMED and not one.name)


def _shared(nodes: list[Heard]) -> Iterator[str]:
    """One name for one thing: what is named alike does the same."""
    alone = Counter((one.role, one.name) for one in nodes if one.role in ALONE)
    yield from (
        f"{count} of {role} are called {name!r}" for (role, name), count in alone.items() if count > 1
    )
    ways = {(one.name, one.leads) for one in nodes if one.role == "link"}
    for name, count in Counter(name for name, _leads in ways).items():
        if count > 1:
            yield f"{count} links called {name!r} lead to different places"


def _jumps(nodes: list[Heard]) -> Iterator[str]:
    """Headings are the page's table of contents: one title, and none is deeper by two than what stands before it."""
    levels = [one.level for one in nodes if one.role == "heading"]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} titles"
    yield from (
        f"a heading of {after} follows one of {before}"
        for before, after in pairwise(levels)
        if after > before + 1
    )


@pytest.fixture
def address(page: Page, site: str) -> Iterator[str]:
    """Address of a survey in which twelve others have answered, where the page's browser takes part."""
    take_part(page, site)
    yield f"{site}/s/ukraine"
    # What draws comes last: a site that is gone by then would be a complaint of the browser.
    page.wait_for_function(DRAWN)


@pytest.fixture
def crowd(page: Page, app: Flask, address: str) -> Page:
    """The page of a crowd, by somebody who has answered everything."""
    answer_the_rest(app)
    page.goto(f"{address}/q/ceasefire-when/crowd")
    return page


def test_a_question_is_heard_as_its_words_its_box_its_line_and_what_may_be_done(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/q/leaders-meet")
    expect(page).to_have_title("Presidents meet in person · Parley")
    expect(page.get_by_role("main")).to_match_aria_snapshot(
        """
        - main:
          - heading "Will the presidents of Ukraine and Russia meet in person by the end of 2027?" [level=1]
          - textbox "Your forecast that the answer is yes"
          - status: No forecast yet. Type a number, or touch the line.
          - slider "Your forecast that the answer is yes"
          - radiogroup "Say it as":
            - radio "percent" [checked]
            - radio "odds"
            - radio "1 in n"
          - textbox "Why? optional"
          - combobox "How sure?"
          - combobox "How expert?"
          - button "Save forecast"
          - button "I can’t judge this"
          - navigation "Questions before and after"
        """
    )
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile("No forecast yet"))
    assert faults(page) == []


def test_a_refusal_is_heard_first_and_again_at_its_box(page: Page, address: str) -> None:
    page.goto(f"{address}/q/leaders-meet")
    page.locator("[name=p-yes]").fill("250")
    save(page)
    expect(page).to_have_title("Error: Presidents meet in person · Parley")
    expect(page.get_by_role("main")).to_match_aria_snapshot(
        """
        - main:
          - heading "This forecast was not saved" [level=2]
          - alert:
            - list:
              - listitem:
                - link /lies between 0.01 % and 99.99 %/
          - textbox "Your forecast that the answer is yes" [invalid]: "250"
          - button "Save forecast"
        """
    )
    expect(page.locator("[name=p-yes]")).to_be_focused()
    expect(page.locator("[name=p-yes]")).to_have_accessible_description(
        re.compile(r"lies between 0\.01\s% and 99\.99\s%")
    )
    assert faults(page) == []


def test_a_receipt_is_heard_as_a_state_with_what_was_stored_and_ways_on(page: Page, address: str) -> None:
    page.goto(f"{address}/q/leaders-meet")
    page.locator("[name=p-yes]").fill("25")
    page.get_by_label("Why?").fill("Because.")
    save(page)
    expect(page).to_have_title("Saved: Presidents meet in person · Parley")
    expect(page.get_by_role("main")).to_match_aria_snapshot(
        """
        - main:
          - status:
            - heading "Saved" [level=2]
            - paragraph:
              - strong: 25 %
            - term: Why
            - definition:
              - paragraph: Because.
            - term: Receipt
            - definition: /[A-Z0-9]{4}-[A-Z0-9]{4}/
            - link "Change"
            - link "Withdraw"
            - button "Hide this reason from others"
          - 'link /Next: .+/'
          - region "Your history":
            - table "Your history":
              - rowgroup:
                - row:
                  - columnheader "Saved"
                  - columnheader "Forecast"
                  - columnheader "Change"
        """
    )
    assert faults(page) == []


def test_the_crowd_is_heard_as_its_figure_its_findings_and_tables(crowd: Page) -> None:
    expect(crowd).to_have_title("14 % · Ceasefire takes effect · Parley")
    expect(crowd.get_by_role("main")).to_match_aria_snapshot(
        """
        - main:
          - heading "When will a general ceasefire between Ukraine and Russia take effect?" [level=1]
          - navigation:
            - link "31 Dec 2027"
          - paragraph:
            - strong: 14 %
            - text: crowd forecast about 1 in 7
          - heading "Where people stand" [level=2]
          - figure "7 % by 30 June 2027; 27 % by 31 December 2030":
            - heading [level=2]
            - img /7 % by 30 Jun 2027; 14 % by 31 Dec 2027; .*27 % by 31 Dec 2030/
            - group: /Show as table/
          - region "What the dates imply":
            - table "What the dates imply"
          - figure "One publication so far":
            - 'img "One publication so far: 14 % on 18 Nov 2026."'
          - figure "Three methods say 13 to 14 %":
            - 'img "Three methods say 13 to 14 %: Parley where anybody may join 14 %; Median 13 %; Mean 13 %."'
          - heading "Why people forecast what they do" [level=2]
          - link /Report.*number 0/
        """
    )
    expect(crowd.get_by_role("link", name="31 Dec 2027")).to_have_attribute("aria-current", "true")
    assert faults(crowd) == []


def test_a_fold_is_named_by_what_it_holds_and_holds_it_back_until_it_is_opened(crowd: Page) -> None:
    figure = crowd.get_by_role("figure", name="Three methods say")
    table = figure.get_by_role("table", name="Three methods say 13 to 14 %")
    expect(figure).to_match_aria_snapshot(
        """
        - figure "Three methods say 13 to 14 %":
          - img
          - group: "Show as table : Three methods say 13 to 14 %"
        """
    )
    expect(table).to_have_count(0)
    figure.locator("summary").click()
    expect(figure).to_match_aria_snapshot(
        """
        - figure "Three methods say 13 to 14 %":
          - img
          - group:
            - region "Three methods say 13 to 14 %":
              - table "Three methods say 13 to 14 %"
        """
    )
    expect(table).to_be_visible()
    assert faults(crowd) == []


def test_each_fault_is_heard_where_it_is_made(page: Page, address: str) -> None:
    page.goto(f"{address}/q/leaders-meet")
    wrong = (
        "<button></button><a href='/one'>Report</a><a href='/two'>Report</a>"
        "<h4>Too deep</h4><button>Save forecast</button>"
    )
    page.evaluate("(wrong) => document.querySelector('main').insertAdjacentHTML('beforeend', wrong)", wrong)
    assert faults(page) == [
        "a button has no name",
        "2 of button are called 'Save forecast'",
        "2 links called 'Report' lead to different places",
        "a heading of 4 follows one of 1",
    ]
