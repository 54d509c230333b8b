"""The doors of accounts: signing up, signing in, and a session that somebody made up."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_security import hash_password, verify_password
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.models import User
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.web.visitor import error_of, value

from .building import literal, urlencoded
from .outcome import Sent
from .roles import Case

FORM = "application/x-www-form-urlencoded"
PASSWORD = "four words of one's own"


def by_account_form(app: Flask, case: Case) -> Sent:
    """One form about an account, the case's value in its field."""
    return FIELDS[case["field"]](app, case)


def _sign_up(app: Flask, case: Case) -> Sent:
    """Sign up with an address; what is stored of it."""
    _forget(app)
    response, seconds = _register(app, literal(case), PASSWORD)
    left = _stored(app)
    return _sent(case, response, "email", left, seconds)


def _set_password(app: Flask, case: Case) -> Sent:
    """Sign up with a password; it is stored where it opens the account, also when composed otherwise."""
    email, password = f"{uuid4().hex}@example.org", literal(case)
    response, seconds = _register(app, email, password)
    with app.app_context():
        user = accounts.user_by_email(db.session, email)
        with app.test_request_context():
            normalized = app.extensions["security"].password_util.normalize(password)
            left = password if user and verify_password(normalized, user.password) else None
    return _sent(case, response, "password", left, seconds)


def _foreign_token(app: Flask, case: Case) -> Sent:
    """Sign in with the form of another browser."""
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        token = value(app.test_client().get("/login").text, "csrf_token")
        client, started = app.test_client(), time.thread_time()
        client.get("/login")
        response = client.post(
            "/login", data={"email": "a@example.org", "password": PASSWORD, "csrf_token": token}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    named = case["field"] if error_of(response.text, "csrf_token") else None
    return Sent(response.status_code, named, True, None, time.thread_time() - started, response.text)


def _made_up_session(app: Flask, case: Case) -> Sent:
    """Come with a session of somebody who exists, signed with a key that everybody knows."""
    user = _somebody(app)
    interface, secret = SecureCookieSessionInterface(), app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "dev"
    signer = interface.get_signing_serializer(app)
    app.config["SECRET_KEY"] = secret
    assert signer is not None
    client = app.test_client()
    client.set_cookie(
        app.config["SESSION_COOKIE_NAME"], str(signer.dumps({"_user_id": user, "_fresh": True}))
    )
    response = client.get("/account")
    named = case["field"] if response.headers.get("Location", "").startswith("/login") else None
    return Sent(response.status_code, named, True, None, 0, response.text)


def _next(app: Flask, case: Case) -> Sent:
    """Sign in with a place to go on to, in the form and in the address; it must be on this host."""
    user = _somebody(app)
    with app.app_context():
        found = db.session.scalars(select(User).filter_by(fs_uniquifier=user)).one()
        email = found.email
    client, started = app.test_client(), time.thread_time()
    data = {"email": email, "password": PASSWORD, "next": case["value"]}
    response = client.post("/login", query_string={"next": case["value"]}, data=data)
    on_host = response.status_code == 302 and not urlsplit(response.headers["Location"]).netloc
    landed = client.get(response.headers.get("Location", "/"))
    left = case["value"] if on_host else response.headers.get("Location")
    return Sent(landed.status_code, None, True, left, time.thread_time() - started, landed.text)


FIELDS: dict[str, Callable[[Flask, Case], Sent]] = {
    "email": _sign_up,
    "password (set)": _set_password,
    "csrf_token": _foreign_token,
    "session cookie": _made_up_session,
    "next": _next,
}


def _register(app: Flask, email: Any, password: str) -> tuple[TestResponse, float]:
    emails = email if isinstance(email, list) else [email]
    fields = [*(("email", one) for one in emails), ("password", password), ("password_confirm", password)]
    _load_hashing(app)
    started = time.thread_time()
    response = app.test_client().post("/register", data=urlencoded(fields), content_type=FORM)
    if response.status_code == 302:
        # Who has signed up is led to where they sign in.
        response = app.test_client().get(response.headers["Location"])
    return response, time.thread_time() - started


@cache
def _load_hashing(app: Flask) -> None:
    """The first hash of a process loads the algorithms, which no case is charged with."""
    with app.app_context():
        hash_password(PASSWORD)


def _sent(case: Case, response: TestResponse, field: str, left: str | None, seconds: float) -> Sent:
    named = case["field"] if error_of(response.text, field) else None
    return Sent(response.status_code, named, True, left, seconds, response.text)


def _stored(app: Flask) -> str | None:
    with app.app_context():
        return db.session.scalar(select(User.email).order_by(User.id.desc()).limit(1))


def _forget(app: Flask) -> None:
    """Every case begins without an account."""
    with app.app_context():
        transaction(lambda session: [session.delete(user) for user in session.scalars(select(User))])


def _somebody(app: Flask) -> str:
    with app.app_context():
        email = f"{uuid4().hex}@example.org"
        user = transaction(lambda session: accounts.create_user(session, email, password=PASSWORD))
        return user.fs_uniquifier
