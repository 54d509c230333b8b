"""A picture of every page of a demonstration: `python -m tests.browser.tour FOLDER [FOLDER FOR THE README]`.

Each page is looked at in both windows, themes and languages. On the phone axe looks too, and the page must fit
the window; the last line says how many faults there are, and the command fails where there is one. A page that
no stop leads to is a fault too. Two browsers walk at the same time: a participant's and everybody else's.
"""

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from passlib.totp import TOTP  # type: ignore[import-untyped]
from playwright.sync_api import sync_playwright
from werkzeug.routing import Rule

from survey import clock
from survey.notifications import contacts
from survey.notifications.invitation_letter import stop_token as stop_token_of_invitation
from survey.services import accounts, invitations
from survey.services.task_work import run_waiting
from survey.simulation import DEMO_SLUG
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.disclosure.test_non_interference import addresses

from ..conftest import TODAY
from ..teardown import torn_down
from .chromium import DESK, PHONE, Complaints, launch_arguments, served
from .demonstration import (
    ANALYST,
    KINDS,
    LEFT_OPEN,
    OWNER,
    PASSWORD,
    PEOPLE,
    answer_everything,
    change_consent,
    demo_survey,
    make_demonstration,
    newest,
    owner_link,
    show_to_everybody,
    some_were_reached,
    stop_token,
    under_writing,
)
from .looking import LOADING, Tour

INSIDE = f"/s/{DEMO_SLUG}"
#: Of somebody who has signed in.
OWN_PAGES = (
    "account",
    "surveys",
    "change",
    "change-email",
    "verify",
    "tf-setup",
    "mf-recovery-codes",
    "wan-register",
)
#: What answers nobody on the tour: files of other names, and what only an opening, an asking site or a second person
#: brings about.
NO_PAGES = {
    "bootstrap.static",
    "security.static",
    "security.tf_select",
    "well_known.security",
    "calendar.own",
    "embeds.oembed",
    "preregistration.file",
    "preregistration.signature",
    "preregistration.key",
    "preregistration.text",
    "organizer.proposal",
}
#: A key for passkeys, as a phone has one.
KEY_IN_THE_PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def visit_as_anybody(app: Flask, tour: Tour) -> None:
    """What everybody may open, and where links in letters lead."""
    tour.stop("surveys", "/")
    tour.stop("front", f"{INSIDE}/")
    tour.stop("methods", "/methods")
    tour.stop("missing", "/nowhere", status=404)
    tour.stop("consent", f"{INSIDE}/join")
    tour.stop("return", f"{INSIDE}/return")
    tour.stop("login", "/login")
    for name in ("register", "sign-in", "reset", "confirm", "wan-signin"):
        tour.stop(f"account-{name}", f"/{name}")
    with app.app_context():
        invited = transaction(
            lambda session: invitations.invite(session, demo_survey(session), "experts", 3, 30)
        )
        owner = accounts.user_by_email(db.session, OWNER)
        declined = stop_token_of_invitation(0, "nobody's")
        reset, confirm = generate_reset_password_token(owner), generate_confirmation_token(owner)
    tour.stop("account-reset-new", f"/reset/{reset}")
    tour.stop("account-confirm-link", f"/confirm/{confirm}")
    tour.stop("account-change-email-link", "/change-email/nonsense")
    tour.stop("invitation-letters-stop", f"/letters/invitation/{declined}")
    tour.press("main form button")
    tour.stop("invitation-letters-stopped")
    tour.stop("invitation", f"/i/{invited[0]}")
    tour.stop("invitation-spent", "/i/nonsense", status=404)


def join(tour: Tour) -> None:
    """Take part, by the page."""
    tour.go(f"{INSIDE}/join")
    tour.check("input[name=agree]")
    tour.press("main form button.btn-primary")
    tour.stop("welcome")


def visit_as_participant(tour: Tour, when: str) -> None:
    """A participant's pages, before or after answering."""
    tour.stop(f"themes-{when}", f"{INSIDE}/themes")
    for key in KINDS:
        tour.stop(f"question-{key}-{when}", f"{INSIDE}/q/{key}")
    tour.stop(f"crowd-{when}", f"{INSIDE}/q/{KINDS[0]}/crowd")
    tour.stop(f"scenarios-{when}", f"{INSIDE}/scenarios")
    tour.stop(f"mine-{when}", f"{INSIDE}/mine")


def visit_what_answers_open(tour: Tour) -> None:
    """Pages there are only for somebody who has answered."""
    for key in KINDS[1:]:
        tour.stop(f"crowd-{key}", f"{INSIDE}/q/{key}/crowd")
    tour.go(f"{INSIDE}/q/{KINDS[0]}/crowd")
    tour.press("a[href*='group=']")
    tour.stop("crowd-of-a-group")
    tour.stop("crowd-of-a-withheld-group", f"{INSIDE}/q/{KINDS[0]}/crowd?group=region/elsewhere")
    tour.stop("crowd-hidden", f"{INSIDE}/q/{LEFT_OPEN}/crowd")
    tour.stop("withdraw", f"{INSIDE}/q/{KINDS[0]}/withdraw")
    tour.stop("leave", f"{INSIDE}/leave")
    tour.stop("erase", f"{INSIDE}/erase")
    tour.stop("own-data", f"{INSIDE}/mine/data")
    tour.stop("about-me", f"{INSIDE}/about-me")
    tour.go(f"{INSIDE}/q/{KINDS[0]}/crowd")
    tour.press("a[href*='/report?']")
    tour.stop("report")
    tour.stop("unclear-asked", f"{INSIDE}/q/{KINDS[0]}/unclear")


def answer_by_the_page(tour: Tour) -> None:
    """Type an answer: seen before it is sent, refused, saved."""
    tour.go(f"{INSIDE}/q/{LEFT_OPEN}")
    tour.fill(".p-box-large input", "120")
    tour.fill(
        "[name=rationale]",
        "Attacks on **power grids** are [frequent](https://example.org), and rarely large.",
    )
    tour.press("main .p-actions .btn-primary")
    tour.stop("refused")
    tour.fill(".p-box-large input", "35")
    tour.press("main .p-actions .btn-primary")
    tour.stop("saved")


def visit_letters(app: Flask, tour: Tour) -> None:
    """Letters: asked for, confirmed, ended."""
    tour.stop("letters", f"{INSIDE}/letters")
    with app.app_context():
        token = transaction(
            lambda session: contacts.leave_address(session, newest(session), "ann@example.org", 7)[1]
        )
    tour.stop("letters-waiting", f"{INSIDE}/letters")
    tour.stop("letters-confirm", f"/letters/confirm/{token}")
    tour.press("main form button")
    tour.stop("letters-confirmed")
    tour.stop("letters-chosen", f"{INSIDE}/letters")
    with app.app_context():
        ending = transaction(stop_token)
    tour.stop("letters-stop", f"/letters/stop/{ending}")


def visit_account(app: Flask, tour: Tour) -> None:
    """What an account is protected by, each set up once; and signing in with all of it."""
    sign_in_by_password(tour)
    for name in OWN_PAGES:
        tour.stop(f"account-{name}", f"/{name}")
    make_passkey(tour)
    tour.stop("account-wan-verify", "/wan-verify")
    tour.go("/mf-recovery-codes")
    tour.press("button[name=generate_new_codes]")
    tour.stop("account-recovery-codes-made")
    turn_second_step_on(tour)


def sign_in_by_password(tour: Tour) -> None:
    """Up to the second step, where there is one."""
    tour.go("/login")
    tour.fill("[name=email]", ANALYST)
    tour.fill("[name=password]", PASSWORD)
    tour.press("main form button.btn-primary")


def make_passkey(tour: Tour) -> None:
    """One that the browser keeps."""
    devtools = tour.page.context.new_cdp_session(tour.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY_IN_THE_PHONE})
    tour.go("/wan-register")
    tour.fill("[name=name]", "phone")
    tour.check("[name=usage][value=first]")
    tour.press("main form button.btn-primary")
    tour.page.wait_for_selector("main ul.p-list")
    tour.stop("account-passkeys")


def turn_second_step_on(tour: Tour) -> None:
    """The authenticator's picture; then its code, or one of the other codes, is asked for."""
    tour.go("/tf-setup")
    tour.press("main button[value=authenticator]")
    tour.stop("account-authenticator")
    key = tour.page.locator("main .p-mono").inner_text()
    phone = TOTP(key=re.sub(r"\W", "", key))
    tour.fill("[name=code]", phone.generate(phone.now()).token)
    tour.press("main form button.btn-primary")
    tour.stop("account-protected", "/account")
    tour.press("main form[action$=logout] button")
    sign_in_by_password(tour)
    tour.stop("account-tf-validate", "/tf-validate")
    tour.stop("account-mf-recovery", "/mf-recovery")
    tour.page.context.clear_cookies()


def visit_the_rest(app: Flask, tour: Tour) -> None:
    """Every other page that this reader is given, by its route: a new one is looked at by itself."""
    reached = endpoints(app, tour.seen)
    for rule in rules_of_pages(app):
        if rule.endpoint not in reached:
            tour.stop_at_page(rule.endpoint.replace(".", "-"), addresses(app, rule, KINDS[0], DEMO_SLUG))


def rules_of_pages(app: Flask) -> list[Rule]:
    """What a reader's browser asks for."""
    rules = app.url_map.iter_rules()
    return [rule for rule in rules if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")]


def endpoints(app: Flask, seen: set[str]) -> set[str]:
    """What answers at these paths."""
    adapter = app.url_map.bind("localhost")
    return {str(adapter.match(path)[0]) for path in seen if adapter.test(path)}


def visit_as_owner(app: Flask, tour: Tour) -> None:
    """The pages of whoever runs the survey and takes its data out."""
    with app.app_context():
        token = transaction(owner_link)
    tour.stop("owner-sign-in", f"/sign-in/{token}")
    tour.press("main form button")
    tour.stop("my-surveys", "/surveys")
    tour.stop("organize", f"{INSIDE}/organize/")
    tour.stop("organize-question", f"{INSIDE}/organize/q/{KINDS[3]}")
    tour.stop("organize-remarks", f"{INSIDE}/organize/q/{KINDS[0]}")
    tour.stop("organize-resolve", f"{INSIDE}/organize/q/{KINDS[3]}/resolve")
    visit_people(app, tour)
    tour.stop("data-empty", f"{INSIDE}/data/")
    tour.press("form[action$=snapshots] button")
    tour.stop("data-making")
    with app.app_context():
        run_waiting()
    # The page that waits for the snapshot opens itself again when it is there: it is left before.
    tour.page.goto("about:blank")
    tour.stop("data", f"{INSIDE}/data/")
    tour.stop("data-review", f"{INSIDE}/data/review")
    with app.app_context():
        trial, reader = transaction(under_writing)
    tour.stop("try", f"/try/{trial}")
    tour.stop("read", f"/read/{reader}")
    tour.stop("read-question", f"/read/{reader}/{KINDS[0]}")
    visit_the_rest(app, tour)


def visit_what_is_published(app: Flask, tour: Tour) -> None:
    """Results as strangers read them, once the survey shows them."""
    tour.page.context.clear_cookies()
    with app.app_context():
        transaction(show_to_everybody)
    visit_the_rest(app, tour)


def visit_people(app: Flask, tour: Tour) -> None:
    """Inviting from a list, how far each came, the reminder, a new link, cards, roles."""
    people = f"{INSIDE}/organize/invitations"
    tour.stop("organize-invitations-none", people)
    tour.stop("organize-invite-list", f"{people}/list")
    tour.fill("[name=batch]", "First, the owner’s list")
    tour.fill("[name=people]", "olha@institute.example,think tank,uk\nnobody")
    tour.press("main form .p-actions button.btn-primary")
    tour.stop("organize-invite-list-refused")
    tour.fill("[name=people]", PEOPLE)
    tour.press("main form .p-actions button.btn-primary")
    with app.app_context():
        transaction(some_were_reached)
    tour.stop("organize-invitations", people)
    tour.press("form[action$='/link'] button")
    tour.stop("organize-new-link")
    tour.stop("organize-reminder", f"{people}/reminder")
    tour.go(people)
    tour.fill(".p-form [name=batch]", "cards")
    tour.fill(".p-form [name=count]", "4")
    tour.press("button[value=cards]")
    tour.stop("organize-cards")
    tour.stop("organize-roles", f"{INSIDE}/organize/roles")


def unvisited(app: Flask, seen: set[str]) -> list[str]:
    """Rules of pages that none of the paths leads to."""
    reached = endpoints(app, seen) | NO_PAGES
    return [rule.rule for rule in rules_of_pages(app) if rule.endpoint not in reached]


def walk_as_participant(app: Flask, tour: Tour, pictures: Path | None) -> None:
    """Before and after answering, letters, and a consent that changed."""
    join(tour)
    visit_as_participant(tour, "before")
    with app.app_context():
        transaction(answer_everything)
    visit_as_participant(tour, "after")
    visit_what_answers_open(tour)
    visit_letters(app, tour)
    visit_the_rest(app, tour)
    if pictures:
        show_in_the_readme(tour, pictures)
    answer_by_the_page(tour)
    if pictures:
        tour.picture(pictures, "saved", PHONE)
    with app.app_context():
        transaction(change_consent)
    tour.stop("agree", f"{INSIDE}/agree")


def show_in_the_readme(tour: Tour, pictures: Path) -> None:
    """What the README shows, each as a window has it."""
    for name, path, window in (
        ("question", f"{INSIDE}/q/{LEFT_OPEN}", PHONE),
        ("crowd", f"{INSIDE}/q/{KINDS[3]}/crowd", DESK),
        ("scenarios", f"{INSIDE}/scenarios", DESK),
    ):
        tour.go(path)
        tour.picture(pictures, name, window)


def walk_as_others(app: Flask, tour: Tour, pictures: Path | None) -> None:
    """As anybody, with an account, as the owner."""
    visit_as_anybody(app, tour)
    visit_account(app, tour)
    visit_as_owner(app, tour)
    visit_what_is_published(app, tour)


Walk = Callable[[Flask, Tour, Path | None], None]


def walk(app: Flask, site: str, way: Walk, folder: Path, pictures: Path | None) -> tuple[list[str], set[str]]:
    """One way through the site in a browser of its own: the faults, and the paths that were seen."""
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(**launch_arguments()).new_page(viewport=PHONE)  # type: ignore[arg-type]
        page.set_default_timeout(LOADING)
        complaints = Complaints(page)
        tour = Tour(page, site, folder)
        try:
            way(app, tour, pictures)
        except Exception as error:  # What was found until then is told all the same.
            tour.faults.append(f"{way.__name__} ended early: {error!r}")
        return tour.faults + complaints.found, tour.seen


def main(folder: Path, pictures: Path | None = None) -> int:
    """Make the pictures; the number of faults."""
    folder.mkdir(parents=True, exist_ok=True)
    with torn_down() as instance, clock.at(TODAY):
        print("Inventing people: about 15 seconds …", flush=True)
        app = make_demonstration(instance)
        with served(app) as address, ThreadPoolExecutor(2) as pool:
            # Passkeys belong to a name, never to a number.
            site = address.replace("127.0.0.1", "localhost")
            ways = (walk_as_participant, walk_as_others)
            walks = list(pool.map(lambda way: walk(app, site, way, folder, pictures), ways))
        seen = set[str]().union(*(seen for _faults, seen in walks))
        faults = [fault for found, _seen in walks for fault in found]
        faults += [f"no picture: {rule}" for rule in unvisited(app, seen)]
        with app.app_context():
            db.engine.dispose()
    print("\n".join(faults))
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}, {len(faults)} faults")
    return len(faults)


if __name__ == "__main__":
    sys.exit(1 if main(*map(Path, sys.argv[1:])) else 0)
