"""The walk of a participant, written once for every engine: `python -m tests.browser.walking FOLDER [ENGINE …]`.

From the front page through one question of each kind, a refusal, the crowd, scenarios and the other language to a
withdrawal; at each stop the page is measured, and pictures of all stops are laid into FOLDER. Every engine walks in
both windows and both themes; the last line says how many faults there are, and the command fails where there is one.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from survey import clock
from survey.models import Participant, Submission
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, load_unguarded, make_app
from tests.factories import say, the_survey
from tests.survey.web.conftest import others_answer
from tests.teardown import torn_down

from .chromium import LOOK_NAMES, LOOKS, served
from .engines import ENGINES, Place, Window
from .measures import WIDTHS, faults
from .test_walk import ANSWERS

#: Every place that the walk touches: by the role and the beginning of the name that a reader hears.
TAKE_PART: Place = ("link", "Take part")
HAVE_READ: Place = ("checkbox", "I have read this")
AGREE: Place = ("button", "Take part")
HAVE_KEPT_IT: Place = ("link", "I have kept it")
WHY: Place = ("textbox", "Why?")
SAVE: Place = ("button", "Save forecast")
WITHDRAW: Place = ("link", "Withdraw")
WITHDRAW_INDEED: Place = ("button", "Withdraw my forecast")
UKRAINIAN: Place = ("button", "Українською")
ENGLISH: Place = ("button", "English")
#: A fold: its role is called differently by each engine. On a desk it is not there.
MENU: Place = ("css", ".p-menu summary")

#: The question that is refused, changed and withdrawn; the one whose crowd is looked at.
REFUSED, WITHDRAWN, CROWD = "article-4", "leaders-meet", "ceasefire-when"


def box(name: str) -> Place:
    """A box of a question by the name under which it is sent."""
    return ("css", f"[name='{name}']")


def walk(window: Window, address: str, everything_answered: Callable[[], None]) -> Iterator[str]:
    """One participant's way; where something is to be seen, what is.

    Parameters
    ----------
    window
        Of somebody whom the site does not know.
    address
        A survey in which others have answered, and which is published.
    everything_answered
        Lets whoever joined last answer all that they have not: crowds and scenarios wait for that.
    """
    yield from joins(window, address)
    yield from answers_each_kind(window, address)
    yield from is_refused(window, address)
    everything_answered()
    yield from looks_at_others(window, address)
    yield from changes_the_language(window, address)
    yield from withdraws(window, address)


def joins(window: Window, address: str) -> Iterator[str]:
    window.go(f"{address}/")
    yield "front"
    window.press(TAKE_PART)
    window.sees("Before you take part")
    yield "consent"
    window.press(HAVE_READ)
    window.press(AGREE)
    window.sees("Keep this code")
    yield "code"
    window.press(HAVE_KEPT_IT)
    window.until("() => location.pathname.endsWith('/themes')")
    yield "themes"


def answers_each_kind(window: Window, address: str) -> Iterator[str]:
    for key, values in ANSWERS.items():
        window.go(f"{address}/q/{key}")
        for name, value in values.items():
            window.fill(box(name), value)
        window.fill(WHY, f"Because of {key}.")
        yield f"typed-{key}"
        window.press(SAVE)
        window.sees("Saved")
        window.sees(f"Because of {key}.")
        yield f"receipt-{key}"


def is_refused(window: Window, address: str) -> Iterator[str]:
    window.go(f"{address}/q/{REFUSED}")
    window.fill(box("p-yes"), "250")
    window.fill(WHY, "A reason that must not be lost.")
    window.press(SAVE)
    window.until("() => document.activeElement?.getAttribute('aria-invalid') === 'true'")
    kept = window.run(
        "() => [...document.querySelectorAll('[name=p-yes], [name=rationale]')].map((one) => one.value)"
    )
    assert kept == ["250", "A reason that must not be lost."], kept
    yield "refused"
    window.fill(box("p-yes"), "25")
    window.press(SAVE)
    window.sees("Saved")


def looks_at_others(window: Window, address: str) -> Iterator[str]:
    window.go(f"{address}/q/{CROWD}/crowd")
    yield "crowd"
    window.go(f"{address}/scenarios")
    yield "scenarios"
    window.go(f"{address}/mine")
    yield "mine"
    window.go(f"{address}/results")
    yield "results"


def changes_the_language(window: Window, address: str) -> Iterator[str]:
    window.go(f"{address}/q/{WITHDRAWN}")
    window.fill(box("p-yes"), "17,5")
    speak(window, UKRAINIAN, "uk")
    assert window.run("() => document.querySelector('[name=p-yes]').value") == "17,5"
    yield "ukrainian"
    window.go(f"{address}/q/{CROWD}/crowd")
    yield "crowd-ukrainian"
    speak(window, ENGLISH, "en")


def speak(window: Window, button: Place, language: str) -> None:
    """Change the language; on a phone the languages are folded."""
    if window.shows(MENU[1]):
        window.press(MENU)
    window.press(button)
    window.until("(language) => document.documentElement.lang === language", language)


def withdraws(window: Window, address: str) -> Iterator[str]:
    window.go(f"{address}/q/{WITHDRAWN}")
    window.fill(box("p-yes"), "20")
    window.press(SAVE)
    window.sees("before: 12.5")
    window.press(WITHDRAW)
    window.sees("Withdraw your forecast?")
    yield "withdraw"
    window.press(WITHDRAW_INDEED)
    window.sees("Withdrawn")
    yield "withdrawn"


@contextmanager
def published(folder: Path) -> Iterator[tuple[Flask, str]]:
    """A survey in which twelve others have answered everything, served; its application and its address."""
    app = make_app(f"sqlite:///{folder / 'walk.sqlite'}", folder)
    app.config.update(WTF_CSRF_ENABLED=True)
    with app.app_context():
        alembic.upgrade()
        transaction(load_unguarded)
        transaction(others_answer)
    with served(app) as site:
        yield app, f"{site}/s/ukraine"
    with app.app_context():
        db.engine.dispose()


def answer_the_rest(app: Flask) -> None:
    """Whoever joined last answers what they have not answered."""
    with app.app_context():
        person = db.session.scalars(select(Participant).order_by(Participant.id.desc())).first()
        assert person is not None
        said = set(db.session.scalars(select(Submission.question_id).filter_by(participant_id=person.id)))
        for question in the_survey(db.session).questions:
            if question.id not in said:
                say(db.session, person, question, 0.3)
        db.session.commit()


def walked(
    window: Window, app: Flask, address: str, widths: tuple[int, ...], folder: Path | None
) -> list[str]:
    """What a walk finds wrong at its stops, and what the engine complained of; pictures of all stops in a folder."""
    found: list[str] = []
    stop = "the beginning"
    try:
        for place, stop in enumerate(walk(window, address, lambda: answer_the_rest(app)), 1):
            found += [f"{stop}: {fault}" for fault in faults(window, widths)]
            if folder:
                window.picture(folder / f"{place:02}-{stop}.png")
    except Exception as error:  # What was found until then is told all the same.
        found.append(f"after {stop} the walk ended early: {error!r}")
        if folder:
            window.picture(folder / "ended-early.png")
    return found + window.complaints()


def main(folder: Path, *names: str) -> int:
    """Each engine in each window and theme; the number of faults."""
    total: list[str] = []
    with torn_down() as instance, clock.at(TODAY), published(instance) as (app, address):
        for engine in ENGINES:
            if names and engine.name not in names:
                continue
            if not engine.installed():
                total.append(
                    f"{engine.name} is not installed; `apt-get install {engine.package}` has it walk"
                )
                continue
            for look, (size, theme) in zip(LOOK_NAMES, LOOKS, strict=True):
                started = time.monotonic()
                pictures = folder / f"{engine.name}-{look}"
                pictures.mkdir(parents=True, exist_ok=True)
                with engine.window(theme, size["width"]) as window:
                    found = walked(window, app, address, WIDTHS, pictures)
                told = [f"{engine.name}, {look}: {fault}" for fault in found]
                # At once too: a walk that is ended has found something by then.
                print(
                    *told,
                    f"  {engine.name}, {look} ({time.monotonic() - started:.0f} s)",
                    sep="\n",
                    flush=True,
                )
                total += told
    print("\n".join(total))
    print(f"{len(total)} faults; pictures in {folder}")
    return len(total)


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1]), *sys.argv[2:]) else 0)
