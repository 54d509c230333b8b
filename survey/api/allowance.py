"""Rate limits: how many calls a token, or an address without one, may make in a minute; told with every answer.

The headers are those of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10). A call above them is refused
with `Retry-After` before anything is read or done, so that it can be sent again as it is.
"""

from flask import Response, after_this_request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import Unauthorized

from ..errors import SurveyError
from ..i18n.locale import gettext
from ..security.limits import Allowance, call_by_address, call_by_token
from .authentication import current_token


class TooManyCalls(SurveyError):
    """Nothing was done; the same call may come again after a while."""

    status = 429
    title = _("Too much at once")


def count_call(*, asks_who: bool) -> None:
    """Count this call, and have its answer say how many are left.

    Parameters
    ----------
    asks_who
        Whether a token means something to the operation; to others it is not even looked up.

    Raises
    ------
    TooManyCalls
        Where there are none left.
    Unauthorized
        For a token that does not work; counted for the address it came from.
    """
    try:
        token = current_token() if asks_who else None
    except Unauthorized:
        # Not free: else tokens could be guessed without end.
        _spend(call_by_address())
        raise
    _spend(call_by_token(token.token_hash) if token else call_by_address())


def _spend(allowance: Allowance | None) -> None:
    if allowance is None:
        return
    refused = not allowance.allowed

    @after_this_request
    def tell(response: Response) -> Response:
        response.headers["RateLimit-Policy"] = f'"calls";q={allowance.calls};w={allowance.seconds}'
        response.headers["RateLimit"] = f'"calls";r={allowance.left};t={allowance.ends_in}'
        if refused:
            response.headers["Retry-After"] = str(allowance.ends_in)
        return response

    if refused:
        raise TooManyCalls(
            gettext(
                "No more than %(calls)s calls a minute. Nothing was done: send it again in %(seconds)s seconds.",
                calls=allowance.calls,
                seconds=allowance.ends_in,
            )
        )
