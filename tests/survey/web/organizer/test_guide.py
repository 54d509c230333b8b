"""docs/organizer.md: each word it quotes from a page stands on that page, and each picture it shows is there."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.survey.web.organizer.test_editor import database, olena, press
from tests.survey.web.visitor import words

__all__ = ["database", "olena"]

ROOT = Path(__file__).parents[4]
GUIDE = (ROOT / "docs" / "organizer.md").read_text(encoding="utf-8")
#: Which page a part is about, of a survey under writing or of an open one; its text.
PARTS = re.findall(r"<!-- (page|open): (\S+) -->(.*?)(?=<!-- |\Z)", GUIDE, re.DOTALL)


def test_every_picture_is_there_small_and_shown() -> None:
    shown = re.findall(r"!\[[^\]]+\]\((pictures/organizer-[a-z-]+\.png)\)", GUIDE)
    made = {f"pictures/{path.name}" for path in (ROOT / "docs/pictures").glob("organizer-*.png")}
    assert len(shown) >= 10
    assert set(shown) == made
    for name in shown:
        assert (ROOT / "docs" / name).stat().st_size < 120_000, name


@pytest.mark.parametrize("when", ["page", "open"])
def test_every_quoted_word_is_on_the_page_it_is_said_of(app: Flask, olena: FlaskClient, when: str) -> None:
    if when == "open":
        assert press(olena, "weather", "open") == "/s/weather/organize/"
    told = [(page, quoted(text)) for kind, page, text in PARTS if kind == when]
    assert sum(len(found) for _page, found in told) > 10
    for page, found in told:
        # Whoever has signed in needs no account any more.
        client = app.test_client() if page == "/register" else olena
        answer = client.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        read = words(answer.text)
        missing = [word for word in found if word not in read]
        assert not missing, f"{page}: {missing}"


def quoted(text: str) -> list[str]:
    """What is bold in a part, whatever lines it is broken over."""
    return [re.sub(r"\s+", " ", one) for one in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]
