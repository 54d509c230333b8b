"""Accounts in a real browser: pages in both windows and themes, a passkey that signs in, an invitation."""

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from survey.services import accounts, invitations
from survey.store.transaction import transaction
from tests.factories import the_survey
from tests.survey.web.visitor import value

from .chromium import LOOK_NAMES, LOOKS, PHONE, accessibility_faults, faults_by_theme, overflow

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "olena@example.org", "four words of one's own"
OPEN = (
    "/login",
    "/register",
    "/sign-in",
    "/reset",
    "/confirm",
    "/wan-signin",
    "/sign-in/nonsense",
    "/confirm/nonsense",
)
OWN = ("/account", "/surveys", "/change", "/change-email", "/tf-setup", "/mf-recovery-codes", "/wan-register")


@pytest.fixture
def own(page: Page, app: Flask, site: str) -> Page:
    """The page of somebody who has signed in by password."""
    with app.app_context():
        transaction(lambda session: accounts.create_user(session, EMAIL, password=PASSWORD))
    request, login = page.context.request, f"{at_home(site)}/login"
    fields = {"csrf_token": value(request.get(login).text(), "csrf_token")}
    fields |= {"email": EMAIL, "password": PASSWORD}
    assert request.post(login, form=fields, max_redirects=0).status in (302, 303)
    return page


def at_home(site: str) -> str:
    """Passkeys belong to a name, never to a number."""
    return site.replace("127.0.0.1", "localhost")


def faults(page: Page, address: str, theme: str = "light") -> list[str]:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, address
    wide = overflow(page)
    found = [f"{address}: {fault}" for fault in faults_by_theme(page, theme)]
    if page.locator("h1").count() != 1:
        found.append(f"{address}: not one h1")
    return found + ([f"{address}: {wide} px too wide"] if wide > 0 else [])


@pytest.mark.parametrize(("window", "theme"), LOOKS[:2], ids=LOOK_NAMES[:2])
def test_pages_for_everybody_are_without_fault(page: Page, site: str, window: Any, theme: Any) -> None:
    page.set_viewport_size(window)
    assert [fault for path in OPEN for fault in faults(page, f"{site}{path}", theme)] == []


def test_ones_own_pages_are_without_fault(own: Page, site: str) -> None:
    own.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert [fault for path in OWN for fault in faults(own, f"{at_home(site)}{path}")] == []


def test_the_authenticators_picture_is_shown(own: Page, site: str) -> None:
    own.goto(f"{at_home(site)}/tf-setup")
    own.click("button:has-text('Set it up')")
    picture = own.locator("img[src^='data:image/svg']")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert accessibility_faults(own) == []


def test_a_passkey_is_made_and_signs_in(own: Page, site: str) -> None:
    devtools = own.context.new_cdp_session(own)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    own.goto(f"{at_home(site)}/wan-register")
    own.fill("[name=name]", "phone")
    own.check("[name=usage][value=first]", force=True)
    own.click("button:has-text('Make a passkey')")
    own.wait_for_selector("text=Those you have")
    assert own.locator("strong:has-text('phone')").count() == 1
    assert own.locator("text=The passkey “phone” was added.").count() == 1
    own.goto(f"{at_home(site)}/account")
    own.click("button:text-is('Sign out')")
    own.goto(f"{at_home(site)}/wan-signin")
    own.click("main button:has-text('Use a passkey')")
    own.wait_for_url(re.compile("/surveys"))
    own.goto(f"{at_home(site)}/account")
    assert own.locator(f"text={EMAIL}").count() == 1


def test_an_invitation_is_accepted(page: Page, app: Flask, site: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    with app.app_context():
        (token,) = transaction(
            lambda session: invitations.invite(session, the_survey(session), "experts", 1, 7)
        )
    assert faults(page, f"{site}/i/{token}") == []
    page.check("[name=agree]")
    page.click("button:has-text('Take part')")
    page.wait_for_url(re.compile("/welcome"))
    assert token not in page.content() and token not in page.url
