"""The list of surveys: titles have room, whatever tells two of one title apart."""

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey.bank.loading import load_bank
from tests.skips import rest_long

from .conftest import site_after

pytestmark = pytest.mark.browser


def twin(session: Session) -> None:
    """A second survey of the same title."""
    load_bank(session, "ukraine", slug="another")


database = site_after(twin)


@pytest.mark.parametrize("width", rest_long([390, 768, 1280]))
def test_a_title_is_not_squeezed_by_what_tells_it_from_its_twin(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site)
    titles = page.locator("main h2").all()
    assert len(titles) == 2
    for title in titles:
        box = title.bounding_box()
        assert box is not None and box["width"] >= min(220, width - 60), (width, box)
