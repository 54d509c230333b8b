"""Limits: how often one address may guess, join, have letters sent, over both doors; how often programs may call.

Each process counts for itself, in memory and under hashes: nothing that is kept leads back to an address.
"""

import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from time import time
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
    # What was refused has made nobody up.
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


@dataclass(frozen=True)
class Allowance:
    """What is left of the calls that one caller may make.

    Attributes
    ----------
    allowed
        Whether this call was within them.
    calls, seconds
        How many there may be in how long a time.
    left, ends_in
        How many are left, and in how many seconds the time begins anew.
    """

    allowed: bool
    calls: int
    seconds: int
    left: int
    ends_in: int


def call_by_token(token_hash: str) -> Allowance | None:
    """Count a program's call for its token; None where nothing is limited."""
    return _call(f"token {token_hash}")


def call_by_address() -> Allowance | None:
    """Count a program's call for the network it comes from; None where nothing is limited."""
    return _call(hashed_address())


def _call(caller: str) -> Allowance | None:
    if not limiter.enabled:
        return None
    limit = parse_limit(f"{current_app.config['PARLEY']['CALLS_PER_MINUTE']} per minute")
    allowed = limiter.limiter.hit(limit, "calls", caller)
    ends, left = limiter.limiter.get_window_stats(limit, "calls", caller)
    return Allowance(allowed, limit.amount, limit.get_expiry(), left, max(1, ceil(ends - time())))
