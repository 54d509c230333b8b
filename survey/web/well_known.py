"""What programs look for at fixed addresses of a site (RFC 8615): its signing keys, and whom to tell of a fault."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app

from .. import clock
from ..i18n.locale import LANGUAGES
from ..security.site_keys import ADDRESS, site_keys, written

blueprint = Blueprint("well_known", __name__)

#: So long security.txt may be trusted after it was read; RFC 9116 asks for an end within a year.
TRUSTED = timedelta(days=90)


@blueprint.get(ADDRESS)
def keys() -> Response:
    """Every key that the site has signed with, today's first, with the days of each."""
    return Response(written(site_keys(current_app.config["PARLEY"])), content_type="application/json")


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    """Whom to tell of a fault of security (RFC 9116), where the site names somebody."""
    settings = current_app.config["PARLEY"]
    if not settings["SECURITY_CONTACT"]:
        abort(404)
    ends = clock.now().date() + TRUSTED
    lines = [
        f"Contact: {settings['SECURITY_CONTACT']}",
        f"Expires: {ends.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
    ]
    if settings["PUBLIC_URL"]:
        lines.append(f"Canonical: {settings['PUBLIC_URL'].rstrip('/')}/.well-known/security.txt")
    return Response("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
