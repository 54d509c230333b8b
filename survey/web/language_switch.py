"""The language switch: remembered, and a form that was half filled comes back as it was, in the other language."""

from flask import Blueprint, redirect, request
from flask import session as browser
from werkzeug.wrappers import Response

from ..i18n.locale import LANGUAGES
from ..security.authentication import comes_from_elsewhere, csrf
from .form_restore import keepable, named, refilled
from .page_again import page_at, readable
from .public import own_path

blueprint = Blueprint("language", __name__)
blueprint.add_app_template_global(keepable)


@blueprint.route("/language", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
def choose_language() -> Response:
    """Remember the reader's language and go back to where they were.

    With `form`, the id of a form on that page, the page is made here with what was sent in that form: nothing
    of it is stored or checked. Without, or where the page cannot be made again, its address is enough. No token is
    asked for, since one that has run out would lose what is typed; what another site sends changes the language at
    most, and comes back in no form.
    """
    chosen = _sent("language")
    switches = request.method == "POST" and chosen in LANGUAGES
    if switches:
        browser["language"] = chosen
    address = readable(own_path(_sent("next")))
    form = request.args.get("form", "") if switches and not comes_from_elsewhere() else ""
    page = page_at(address, chosen) if form else ""
    again = refilled(page, named(form), request.form, request.script_root + address)
    return Response(again, mimetype="text/html") if again else redirect(request.script_root + address, 303)


def _sent(name: str) -> str:
    """From the button's address where it sends somebody else's form, or from the switch's own form."""
    return request.args.get(name) or request.form.get(name, "")
