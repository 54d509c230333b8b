"""A participant's way in Chromium, Firefox and WebKitGTK; the measures each find what they are for."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from survey import clock
from tests.conftest import TODAY

from .chromium import LOOK_NAMES, LOOKS
from .engines import ENGINES, Engine, PlaywrightWindow, chromium_window, window_in
from .measures import APART, DOWNWARDS, MEASURES, OVERLAPPING, STALE, WRAPPED
from .walking import published, walked

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def survey(sqlite_whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """A survey in which others have answered, for all walks: each is somebody else's."""
    folder = tmp_path_factory.mktemp("walk")
    shutil.copy(sqlite_whole, folder / "walk.sqlite")
    with clock.at(TODAY), published(folder) as made:
        yield made


@pytest.mark.long
@pytest.mark.parametrize(
    "engine, place", list(zip(ENGINES, (1, 2, 0), strict=True)), ids=[engine.name for engine in ENGINES]
)
def test_a_participants_way_is_without_a_fault_in_every_engine(
    survey: tuple[Flask, str], browser: Browser, engine: Engine, place: int
) -> None:
    """One window and theme of each; `make walk` walks in all."""
    if not engine.installed():
        pytest.skip(f"{engine.name} is not installed; `apt-get install {engine.package}` has it walk")
    app, address = survey
    size, theme = LOOKS[place]
    opened = partial(window_in, browser) if engine.window is chromium_window else engine.window
    with opened(theme, size["width"]) as window:
        assert walked(window, app, address, (320, 1000), None) == [], LOOK_NAMES[place]


#: For each measure a page that it has to find something wrong with.
FAULTY = {
    STALE: "<style>@keyframes wider { to { inline-size: 90% } } p { animation: wider 1ms forwards; inline-size: 50% }"
    "</style><main><p>Restyled, it begins anew</p></main>",
    WRAPPED: "<style>p:not([style*=wrap]) { block-size: 90px }</style><main><p>0.4 %</p></main>",
    OVERLAPPING: "<main><input name=one><input name=other style='margin-inline-start: -40px'></main>",
    APART: "<main><div class=p-segmented><span class=p-legend style='display: table'>As</span>"
    "<div class=p-segments style='inline-size: 90px'>percent</div></div></main>",
    DOWNWARDS: "<main><div class=p-scroll style='overflow-x: auto; block-size: 20px'>"
    "<p style='block-size: 40px'>Higher</p></div></main>",
}


def test_each_measure_finds_what_it_is_for(page: Page) -> None:
    """The control: on a page of faults none is blind."""
    assert set(FAULTY) == set(MEASURES)
    window = PlaywrightWindow(page)
    for measure, faulty in FAULTY.items():
        window.go(f"data:text/html,<!doctype html>{faulty}")
        window.until("() => document.getAnimations().every((one) => one.playState === 'finished')")
        assert window.run(measure), faulty
