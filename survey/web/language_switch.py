"""The language switch: remembered, and a form that was half filled comes back as it was, in the other language."""

from contextvars import Context
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, request
from flask import session as browser
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from ..i18n.locale import LANGUAGES, SPOKEN
from .form_restore import keepable, refilled
from .public import own_path

blueprint = Blueprint("language", __name__)
blueprint.add_app_template_global(keepable)

#: What a request for a page has that one for this page has too: who asks, from where, through what.
OF_THE_READER = ("HTTP_COOKIE", "HTTP_HOST", "HTTP_USER_AGENT", "HTTP_ACCEPT", "REMOTE_ADDR", "SCRIPT_NAME")
OF_THE_SERVER = (
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.url_scheme",
    "wsgi.version",
    "wsgi.errors",
)


@blueprint.route("/language", methods=["GET", "POST"])
def choose_language() -> Response:
    """Remember the reader's language and go back to where they were.

    With `form`, the id of a form on that page, the page is made here with what was sent in that form: nothing
    of it is stored or checked. Without, or where the page cannot be made again, its address is enough.
    """
    chosen = _sent("language")
    if request.method == "POST" and chosen in LANGUAGES:
        browser["language"] = chosen
    address = _readable(own_path(_sent("next")))
    form = request.args.get("form", "")
    page = _page_at(address, chosen) if form and request.method == "POST" and chosen in LANGUAGES else ""
    if f'<form id="{form}"' not in page:
        return redirect(request.script_root + address, 303)
    return Response(refilled(page, form, request.form, request.script_root + address), mimetype="text/html")


def _sent(name: str) -> str:
    """From the button's address where it sends somebody else's form, or from the switch's own form."""
    return request.args.get(name) or request.form.get(name, "")


def _readable(address: str) -> str:
    """The address itself, or the nearest above it where it only takes forms."""
    path, mark, query = address.partition("?")
    adapter = current_app.create_url_adapter(request)
    while adapter is not None and path.strip("/"):
        try:
            adapter.match(path, "GET")
        except HTTPException as refusal:
            if refusal.code not in (404, 405):
                break
            path, mark, query = path.rstrip("/").rpartition("/")[0], "", ""
        else:
            break
    return (path or "/") + mark + query


def _page_at(address: str, language: str) -> str:
    """The page at an address of this site, as this reader would get it now; empty where there is none."""
    path, _, query = address.partition("?")
    environ: dict[str, Any] = {
        **{
            name: request.environ[name]
            for name in (*OF_THE_READER, *OF_THE_SERVER)
            if name in request.environ
        },
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "wsgi.input": request.environ["wsgi.input"],
        "CONTENT_LENGTH": "0",
        SPOKEN: language,
    }
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # A context of its own: the page begins as with a new request, and leaves nothing behind in this one.
    body, status, headers = Context().run(run_wsgi_app, _plain(app), environ, True)
    if not status.startswith("200") or not headers.get("Content-Type", "").startswith("text/html"):
        return ""
    return b"".join(body).decode()


def _plain(app: Flask) -> Any:
    """The application without what stands before it: addresses were read from proxies already."""
    return lambda environ, start: Flask.wsgi_app(app, environ, start)
