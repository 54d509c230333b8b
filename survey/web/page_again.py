"""A page made once more for its reader, inside another request: to put back into it what they had typed."""

from contextvars import Context
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app

from ..i18n.locale import SPOKEN

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


def readable(address: str) -> str:
    """The address itself, or the nearest above it where it only takes forms."""
    path, mark, query = address.partition("?")
    adapter = current_app.create_url_adapter(request)
    while adapter is not None and path.strip("/"):
        try:
            adapter.match(path, "GET")
        except HTTPException as refusal:
            # What else may be raised is a redirect, to the same address with a slash: it leads on by itself.
            if refusal.code not in (404, 405):
                break
            path, mark, query = path.rstrip("/").rpartition("/")[0], "", ""
        else:
            break
    return (path or "/") + mark + query


def page_at(address: str, language: str) -> str:
    """The page at an address of this site, as this reader would get it now; empty where there is none."""
    path, _, query = address.partition("?")
    environ: dict[str, Any] = {
        **{
            name: request.environ[name]
            for name in (*OF_THE_READER, *OF_THE_SERVER)
            if name in request.environ
        },
        "REQUEST_METHOD": "GET",
        # As WSGI has texts: each byte of UTF-8 as a letter (PEP 3333).
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
