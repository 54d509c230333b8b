"""What cannot be undone is never the filled button of its page; the way back is."""

import re

import pytest

from ..visitor import Visitor

BUTTONS = re.compile(r'<(?:a|button)[^>]*class="btn ([^"]*)"[^>]*>([^<]*)<')


def buttons(page: str) -> dict[str, str]:
    """Each button of the content to its class, links that look like one among them."""
    content = page.partition("<main")[2].partition("</main>")[0]
    return {words.strip(): kind for kind, words in BUTTONS.findall(content)}


@pytest.mark.parametrize(
    ("path", "safe", "grave"),
    [
        ("erase", "Keep my answers", ["Erase everything"]),
        ("leave", "Stay", ["I have my code: forget me", "Forget me on every device"]),
        ("q/leaders-meet/withdraw", "Keep it", ["Withdraw my forecast"]),
    ],
)
def test_the_safe_way_is_the_filled_one(person: Visitor, path: str, safe: str, grave: list[str]) -> None:
    person.answers("binary")
    assert buttons(person.get(path).text) == {safe: "btn-primary"} | dict.fromkeys(grave, "p-grave")


def test_what_is_only_saved_is_filled(person: Visitor) -> None:
    """The control: the pattern finds the ordinary button too."""
    assert buttons(person.get("q/leaders-meet").text)["Save forecast"] == "btn-primary"
