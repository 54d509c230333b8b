"""Where a browser makes and uses passkeys: at a name, never a number, over a connection nobody reads (WebAuthn)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import current_app, request

from ...config import site_address
from ...i18n.locale import gettext as _


@dataclass(frozen=True)
class PasskeyObstacle:
    """Why no passkey works at the address a page was opened at; `url` is the same page where one does, if known."""

    words: str
    url: str = ""


def passkey_obstacle() -> PasskeyObstacle | None:
    """What stands in the way of passkeys at the address of this request; None where nothing does."""
    number = _as_number(_name(request.host))
    # This one name is safe to browsers without encryption too (W3C, Secure Contexts, 3.1).
    if number is None and (request.is_secure or _name(request.host) == "localhost"):
        return None
    url = _same_page_elsewhere(own_machine=number is not None and number.is_loopback)
    if number is not None:
        words = _("It is a number, and a passkey belongs to a name.")
    else:
        words = _("The connection is not encrypted, and a passkey needs one that is (https).")
    return PasskeyObstacle(words, url)


def _same_page_elsewhere(own_machine: bool) -> str:
    """This page at this machine's name, or at the address of the site that its settings give, where passkeys work."""
    if own_machine:
        port = urlsplit(f"//{request.host}").port
        return f"{request.scheme}://localhost{f':{port}' if port else ''}{request.script_root}{request.path}"
    site = site_address(current_app.config["PARLEY"])
    works = site.startswith("https://") and _as_number(urlsplit(site).hostname or "") is None
    return f"{site}{request.path}" if works else ""


def _name(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _as_number(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
