"""Pictures of docs/organizer.md, made as the story is told: `python -m tests.browser.organizer_pictures FOLDER`."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from survey import clock
from survey.store.alembic import alembic
from survey.store.engine import db

from ..conftest import TODAY, make_app
from ..teardown import torn_down
from .chromium import launch_arguments, served
from .test_organizer import Place, tell

#: A part of a screen that is read without being made larger.
WINDOW = {"width": 960, "height": 640}

#: What a picture is about, where that stands further down on its page.
SHOWN = {"collision": "[data-field] [data-collision]", "check": "form[action$='/open'] button"}


def main(folder: Path) -> None:
    """Tell the story, and keep each of its moments as `organizer-NAME.png`."""

    def picture(page: Page, name: str) -> None:
        page.set_viewport_size(WINDOW)  # type: ignore[arg-type]
        # Where letters lie on this machine belongs in no picture.
        page.evaluate("document.querySelectorAll('.p-path, .p-notice').forEach((one) => one.remove())")
        # Nor does the time of this day, which a browser says by itself.
        page.evaluate(
            "document.querySelectorAll('.p-saved').forEach((one) => one.style.visibility = 'hidden')"
        )
        page.evaluate("document.activeElement?.blur(), scrollTo(0, 0)")
        if name in SHOWN:
            middle = "(one) => one.scrollIntoView({ block: 'center', behavior: 'instant' })"
            page.locator(SHOWN[name]).last.evaluate(middle)
        page.screenshot(path=folder / f"organizer-{name}.png", animations="disabled")

    with torn_down() as instance, clock.at(TODAY), sync_playwright() as playwright:
        app = make_app(f"sqlite:///{instance / 'story.sqlite'}", instance, PARLEY_THREADS="8")
        app.config.update(WTF_CSRF_ENABLED=True)
        with app.app_context():
            alembic.upgrade()
        browser = playwright.chromium.launch(**launch_arguments())
        page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
        with served(app) as site:
            tell(Place(browser, playwright, app, site, instance), page, picture)
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
