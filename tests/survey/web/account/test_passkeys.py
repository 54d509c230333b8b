"""Passkeys belong to a name: a page that was opened at a number says so, and where to open it."""

import pytest
from flask import Flask

from ..visitor import words
from .conftest import Somebody


@pytest.mark.parametrize(
    ("site", "link"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8000/wan-signin"),
        ("http://[::1]:8000", "http://localhost:8000/wan-signin"),
        ("http://192.0.2.7", ""),
        ("http://parley.example.org", ""),
    ],
)
def test_where_no_browser_makes_one_the_page_says_why_and_where_it_does(
    app: Flask, site: str, link: str
) -> None:
    page = app.test_client().get("/wan-signin", base_url=site).text
    assert "No browser uses a passkey at this address" in words(page)
    assert ">Use a passkey</button>" not in page
    assert (f'href="{link}"' in page) == bool(link)


@pytest.mark.parametrize("site", ["http://localhost:8000", "https://parley.example.org"])
def test_where_they_work_nothing_is_said(app: Flask, site: str) -> None:
    page = app.test_client().get("/wan-signin", base_url=site).text
    assert "No browser uses a passkey at this address" not in words(page)
    assert "Use a passkey" in page


def test_whoever_would_make_one_is_told_before_they_try(somebody: Somebody) -> None:
    somebody.sign_in()
    here = words(somebody.client.get("/wan-register").text)
    assert "Make a passkey" in here and "No browser uses a passkey" not in here
    client = somebody.client
    cookie = client.get_cookie("parley")
    assert cookie is not None
    client.set_cookie("parley", cookie.value, domain="127.0.0.1")
    there = words(client.get("/wan-register", base_url="http://127.0.0.1").text)
    assert "No browser uses a passkey at this address" in there
    assert "Make a passkey" not in there
