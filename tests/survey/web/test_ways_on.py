"""From every page there is a way on: to sign in, to one's account, to a code, out again, to one's other surveys."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.services import accounts
from survey.store.transaction import transaction
from tests.factories import the_question, the_survey

from .markup import breaches
from .visitor import Visitor

#: What a stranger reads, and what a participant does.
FOR_STRANGERS = ["/", "/s/ukraine/", "/s/ukraine/themes", "/s/ukraine/q/leaders-meet", "/s/ukraine/join"]
OF_PARTICIPANTS = ["/s/ukraine/", "/s/ukraine/themes", "/s/ukraine/q/leaders-meet", "/s/ukraine/mine"]


def signed_in(app: Flask, role: str = "") -> FlaskClient:
    """Somebody with an account, and a role where one is named."""

    def make(session: Session) -> str:
        user = accounts.create_user(session, "ann@example.org")
        if role:
            accounts.grant(session, user, the_survey(session), role)
        return accounts.sign_in_link(session, user)

    with app.app_context():
        link = transaction(make)
    client = app.test_client()
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


@pytest.mark.parametrize("key", ["peace", "content"])
def test_a_question_leads_to_its_theme_whatever_the_theme_is_called(
    person: Visitor, session: Session, key: str
) -> None:
    def rename(session: Session) -> None:
        the_question(session, "leaders-meet").theme.key = key

    transaction(rename)
    page = person.get("themes").text
    assert breaches(page) == []
    for path in ("q/leaders-meet", "q/leaders-meet/crowd"):
        way = re.search(r'class="p-kicker" href="/s/ukraine/themes#([^"]+)"', person.get(path).text)
        assert way, path
        assert f'<section class="p-section" id="{way[1]}">' in page


def header(page: str) -> str:
    return page[page.index("<header") : page.index("</header>")]


def footer(page: str) -> str:
    return page[page.index("<footer") :]


@pytest.mark.parametrize("path", FOR_STRANGERS)
def test_a_stranger_finds_where_to_sign_in_and_where_a_code_is_typed(client: FlaskClient, path: str) -> None:
    menu = header(client.get(path).text)
    assert 'href="/login"' in menu
    assert 'href="/s/ukraine/return"' in menu


def test_the_front_page_asks_for_a_code_beside_its_one_button(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/s/ukraine/return"' in page[page.index("<main") :]


@pytest.mark.parametrize("path", OF_PARTICIPANTS)
def test_whoever_came_by_code_is_not_asked_for_it_again(person: Visitor, path: str) -> None:
    menu = header(person.client.get(path).text)
    assert "/return" not in menu
    assert 'href="/login"' in menu


@pytest.mark.parametrize("path", [*OF_PARTICIPANTS, "/methods", "/surveys", "/account"])
def test_whoever_is_signed_in_finds_their_account_their_surveys_and_the_way_out(
    app: Flask, path: str
) -> None:
    client = signed_in(app)
    Visitor(client).join()
    page = client.get(path, follow_redirects=True).text
    assert 'href="/account"' in header(page)
    for address in ("/account", "/surveys"):
        assert f'href="{address}"' in footer(page), address
    assert 'action="/logout"' in footer(page)
    assert 'href="/login"' not in page


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("owner", "/s/ukraine/organize/"),
        ("organizer", "/s/ukraine/organize/invitations"),
        ("organizer", "/write"),
        ("organizer", "/write/ukraine"),
        ("analyst", "/s/ukraine/data/"),
    ],
)
def test_whoever_runs_a_survey_finds_their_others(app: Flask, role: str, path: str) -> None:
    answer = signed_in(app, role).get(path, follow_redirects=True)
    assert answer.status_code == 200
    page = answer.text
    assert 'href="/surveys"' in footer(page)
    assert 'href="/account"' in footer(page)
    assert 'action="/logout"' in footer(page)


def test_a_page_that_refuses_says_where_to_sign_in(client: FlaskClient, session: Session) -> None:
    the_survey(session).visibility = "invited"
    session.commit()
    answer = client.get("/s/ukraine/")
    assert answer.status_code == 404
    main = answer.text[answer.text.index("<main") :]
    assert 'href="/login?next=/s/ukraine/"' in main
    assert 'href="/s/ukraine/return"' in main


def test_a_page_that_refuses_looks_the_same_whether_there_is_one(
    client: FlaskClient, session: Session
) -> None:
    the_survey(session).visibility = "invited"
    session.commit()
    known, unknown = (client.get(f"/s/{slug}/").text for slug in ("ukraine", "nowhere"))
    token = known[known.index('name="csrf_token"') :][:200].split('value="')[1].split('"')[0]
    assert known.replace("ukraine", "nowhere").replace(token, "") == unknown.replace(token, "")


def test_whoever_is_signed_in_is_not_asked_to_by_a_page_that_refuses(app: Flask) -> None:
    page = signed_in(app).get("/s/ukraine/organize/").text
    assert "/login" not in page
    assert 'href="/surveys"' in page
