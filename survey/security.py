"""Who may sign in, how often one may guess, and what every answer's headers say."""

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import FSQLALiteUserDatastore, Security
from flask_wtf import CSRFProtect

from .db import db
from .models import Role, User, WebAuthn

#: Nothing from elsewhere, nothing inline; the one line for every page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

csrf = CSRFProtect()
#: Addresses are kept in memory only, for as long as a limit lasts.
limiter = Limiter(get_remote_address, default_limits=[])
users = FSQLALiteUserDatastore(db, User, Role, WebAuthn)


def init_security(app: Flask) -> None:
    """Accounts, request forgery, rate limits and headers."""
    csrf.init_app(app)
    limiter.init_app(app)
    Security(app, users, register_blueprint=True)
    app.after_request(set_headers)


def set_headers(response: Response) -> Response:
    """The same headers on every answer; whatever a person sees is never stored by a cache."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint not in ("static", "bootstrap.static", "charts.vega"):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Cookie"
    return response
