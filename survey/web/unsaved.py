"""What was sent and not stored comes back: in its own form where that can be made again, else in one of its own.

A token of a form is refused where the browser has lost its cookie, or sent a page that somebody signed out of since.
Whoever typed a reason on it typed it in good faith: it stands there again, with a token that works.
"""

import re
from urllib.parse import urlsplit

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.wrappers import Response

from ..errors import show, wants_json
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..security.authentication import comes_from_elsewhere
from .form_restore import Attributes, refilled
from .page_again import page_at, readable

_MAIN = re.compile(r'<main id="content"[^>]*>')


def init_unsaved(app: Flask) -> None:
    """Answer a refused token with what was sent."""
    app.register_error_handler(CSRFError, token_refused)


def token_refused(refused: CSRFError) -> Response:
    """The page that was sent, filled as it was and with a fresh token; from another site, a refusal alone.

    A page of another site could send a form of its making: put before a reader with a button, it would be one press
    from being done in their name.
    """
    title = _("Please send it once more")
    if wants_json():
        return show(400, title, refused.description or "")
    if comes_from_elsewhere():
        sentence = _("Another site has sent it. Nothing was done; open our page and do it there.")
        return show(400, _("This did not come from our page"), sentence)
    sentence = _(
        "The page was older than this browser's session, so nothing was stored. What you typed is still here: look it"
        " over and send it again."
    )
    return _its_own_page(sentence) or unsaved(title, sentence, 400)


def unsaved(title: str, sentence: str, status: int) -> Response:
    """A page made of the request alone, with everything that was sent but passwords, and a button that sends it."""
    body = render_template("unsaved.html", title=title, sentence=sentence)
    return Response(body, status, {"Cache-Control": "no-store"}, mimetype="text/html")


def _its_own_page(sentence: str) -> Response | None:
    """The page that has the form, as it was filled; None where this reader is shown no such form."""
    address = readable(request.path)
    target = request.script_root + request.path

    def sent_there(given: Attributes) -> bool:
        return given.get("method") == "post" and urlsplit(given.get("action") or "").path == target

    page = page_at(address, current_language())
    again = refilled(page, sent_there, request.form, request.script_root + address)
    if not again:
        return None
    notice = Markup(
        '<div class="p-wrong" role="alert" tabindex="-1" autofocus>'
        '<p class="p-error" id="csrf_token-error">{}</p></div>'
    ).format(sentence)
    told = _MAIN.sub(lambda start: start[0] + str(notice), again, count=1)
    return Response(told, 400, {"Cache-Control": "no-store"}, mimetype="text/html")
