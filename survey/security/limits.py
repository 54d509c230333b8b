"""Limits: how often one address may guess, join and have letters sent; over pages and programs' doors together.

Each process counts for itself, in memory and under hashes: nothing that is kept leads back to an address.
"""

import hmac
import logging
import secrets
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeVar

from flask import Flask, Response, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse as parse_limit

Page = TypeVar("Page")

#: Of this process alone: what stands in its memory leads back to no address.
SALT = secrets.token_bytes(32)

logger = logging.getLogger(__name__)


def network(address: str) -> str:
    """Whose requests are counted together: an IPv4 address, or the /64 that one household is given of IPv6.

    >>> network("192.0.2.7"), network("2001:db8:1:2:aaaa::7"), network("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7')
    """
    known = _known(address)
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


def _known(address: str) -> IPv4Address | IPv6Address | None:
    """An address as a number; None for what is none, such as the socket of a server on this machine."""
    try:
        return ip_address(address)
    except ValueError:
        return None


def hashed_address() -> str:
    """Whose guesses are counted together: the reader's network as a hash, kept in memory while a limit lasts."""
    return hashed(network(get_remote_address()))


def hashed(text: str) -> str:
    """A text under a key of this process: what is counted in memory is nobody's address."""
    return hmac.new(SALT, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


limiter = Limiter(hashed_address, default_limits=[])


def init_limits(app: Flask) -> None:
    """Count requests, and say with each refusal when to come again."""
    limiter.init_app(app)
    app.after_request(_say_when)


def _say_when(response: Response) -> Response:
    if response.status_code == 429 and limiter.current_limit is not None:
        # The whole of the limit's time, which is enough whenever it began.
        response.headers["Retry-After"] = str(limiter.current_limit.limit.get_expiry())
    return response


def _joins() -> str:
    return f"{current_app.config['PARLEY']['JOINS_PER_HOUR']} per hour"


def _warn_of_one_address(_limit: object) -> None:
    """Tell whoever runs the site that everybody seems to come from one place: a proxy that is not counted."""
    known = _known(get_remote_address())
    if known is None or known.is_private:
        logger.warning(
            "Everybody seems to join from one private address, so its limit stops them all: "
            "set PARLEY_PROXIES to the number of proxies in front of this site."
        )


#: Return codes that are tried, typed or sent by a program.
code_guesses = limiter.shared_limit("10 per minute", scope="return codes")
#: People made up by one hand are few: each is a whole participant, whose answers count.
joins = limiter.shared_limit(
    _joins,
    scope="joining",
    deduct_when=lambda answer: answer.status_code in (201, 303),
    on_breach=_warn_of_one_address,
)


def _failed(response: Response) -> bool:
    return response.status_code == 404


_BY_ONE = limiter.shared_limit("20 per minute", "invitations", key_func=hashed_address, deduct_when=_failed)
_BY_ALL = limiter.shared_limit(
    "2000 per minute", "all invitations", key_func=lambda: "all", deduct_when=_failed
)


def token_guesses(page: Callable[..., Page]) -> Callable[..., Page]:
    """Limit a page whose address has a token: guesses that failed are counted, over all such pages together.

    By one address and by all; a token has 132 bits.
    """
    return _BY_ONE(_BY_ALL(page))


#: Remarks of second readers that are sent from one address.
remarks = limiter.shared_limit("60 per minute", scope="remarks")

#: Whoever asks for others' letters fills no mailbox; the links of those that came go on working.
_LETTERS_TO_ONE = parse_limit("6 per hour")


def may_have_a_letter(address: str) -> bool:
    """Whether this recipient has not had their fill of letters that anybody may ask for; counts this one."""
    if not limiter.enabled:
        return True
    return bool(limiter.limiter.hit(_LETTERS_TO_ONE, "letters to", hashed(address.lower())))
