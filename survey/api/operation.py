"""What every operation is: an address, who may call it, what it reads and answers, and how it refuses.

One decorator says it all, for the program and for the OpenAPI document alike.
"""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Response, request
from marshmallow import fields, validate
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import PreconditionRequired

from ..bank.interchange import FORMATS
from ..errors import ReusedKey, StoreUnavailable, show
from ..i18n.locale import gettext
from ..models import IDEMPOTENCY_KEY
from ..security.authentication import csrf
from .allowance import count_call
from .authentication import KEY, note_use, require_token
from .paging import LINK, Page
from .request_parsing import InvalidRequest, StrictParser
from .schemas.drafts import IfMatch
from .schemas.forecasts import Problem

View = TypeVar("View", bound=Callable[..., Any])
Schema = ma.Schema | type[ma.Schema] | None

PROBLEM = "application/problem+json"

#: What each refusal means, for the document.
REFUSALS = {
    400: "The body is no JSON, or not in UTF-8.",
    401: "No token came, or one that is unknown, expired or revoked.",
    403: "The token may not do this; or the crowd is not shown, and `reason` says why.",
    404: "There is no such thing, or the caller may not know of it.",
    406: "It is sent in none of the forms that `Accept` names.",
    409: "It takes no answers now: closed, not open yet, resolved, or a newer consent waits. Of an import: the file"
    " is not the one that was looked at.",
    410: "What this was about has been erased.",
    412: "It is of another version than `If-Match` names; `collisions` has both texts. Nothing was changed.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
    422: "A field is missing, unknown or wrong; `errors` names each. Also an `Idempotency-Key` with another body.",
    428: "`If-Match` is missing: it names the version that was read.",
    429: "Too many calls, or too many tries from this address; wait as long as `Retry-After` says.",
    503: "The database did not answer in time. Nothing is lost: send it again with the same key.",
}


def in_address(name: str, description: str, example: str) -> dict[str, Any]:
    """What the document says of a part of an address."""
    schema = {"type": "string", "pattern": f"^{KEY.pattern}$"}
    return {"in": "path", "name": name, "description": description, "example": example, "schema": schema}


PARTS = (
    in_address("slug", "The survey's address.", "ukraine"),
    in_address("key", "The question's key.", "leaders-meet"),
    in_address("scenario", "The key of a tree of scenarios.", "headline"),
    {
        **{"in": "path", "name": "format_", "description": "The format of a file.", "example": "json"},
        "schema": {"type": "string", "enum": list(FORMATS)},
    },
)


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The document and its operations; errors are answered as everywhere in the application."""

    def _register_error_handlers(self) -> None:
        """Nothing: `survey.errors` answers every error under `/api/` with a problem document."""

    def _register_pagination_header(self) -> None:
        """Nothing: `paging` leads on by `Link`."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            response = {
                "description": REFUSALS.get(status, status.phrase),
                "content": {PROBLEM: {"schema": Problem}},
            }
            self.spec.components.response(status.name, response, lazy=True)
        response = {"description": "Any other refusal.", "content": {PROBLEM: {"schema": Problem}}}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, response, lazy=True)


class IdempotencyKey(ma.Schema):
    """The header that makes a repeat the same act."""

    class Meta:
        unknown = ma.EXCLUDE

    key = fields.String(
        data_key="Idempotency-Key",
        required=True,
        # Not `$`, which lets the end of a line stand behind.
        validate=validate.Regexp(rf"{IDEMPOTENCY_KEY}\Z", error="8 to 64 letters, digits and hyphens."),
        metadata={
            "description": "Made anew for each act, a UUID say, and sent again with each repeat of it: the same"
            " key and body get the first answer again, also after the question has closed.",
            "pattern": f"^{IDEMPOTENCY_KEY}$",
            "examples": ["6d1f1c2e-0c1b-4f0a-9a53-0d6c1f6f9f55"],
        },
    )


class Operations(flask_smorest.Blueprint):  # type: ignore[misc]
    """Operations on one noun."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, noun: str, description: str) -> None:
        super().__init__(noun, __name__, url_prefix="/api/v1", description=description)
        # A token is asked for here and cookies mean nothing: another site's page has none to send.
        csrf.exempt(self)
        self.register_error_handler(DBAPIError, _store_is_away)
        self.register_error_handler(ReusedKey, _key_was_used)
        self.after_request(_conditional)
        self.after_request(_noted)

    def operation(
        self,
        method: str,
        path: str,
        *,
        answers: tuple[int, Schema] | tuple[int, Schema, *tuple[str, ...]],
        token: bool | None = True,
        body: type[ma.Schema] | None = None,
        query: type[ma.Schema] | None = None,
        key: bool = False,
        version: bool = False,
        refuses: Sequence[int] = (),
        links: dict[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """Make a function an operation; its docstring is the document's text.

        Parameters
        ----------
        answers
            Status and schema of success, and the content types where it is no JSON.
        token
            Whether it needs one; None where it is asked the same with and without.
        body, query
            Schemas of what is read. The function is given each before the address's own arguments.
        key
            Whether `Idempotency-Key` is needed; given after `body`.
        version
            Whether `If-Match` is needed, and honoured; everywhere else it is refused. Given after `key`.
        refuses
            Statuses beside those that follow from the rest.
        links
            Operations that go on from its answer.
        """
        status, schema, *content_types = answers
        statuses = {
            404,
            429,
            503,
            *refuses,
            *_refused_by(token, body, bool(query or key)),
            *_refused_for(version),
        }

        def decorate(view: View) -> View:
            function: Callable[..., Any] = view
            if content_types:
                file = {"schema": {"type": "string"}, "content_type": content_types[-1]}
                function = self.alt_response(status, success=True, **file)(function)
            else:
                function = self.response(status, schema)(function)
            # Schemas made here, once: of a class, one would be made for each request. The innermost is given last.
            if version:
                function = self.arguments(IfMatch(), location="headers")(function)
            if key:
                function = self.arguments(IdempotencyKey(), location="headers")(function)
            if query:
                function = self.arguments(query(), location="query", unknown=ma.RAISE)(function)
            if body:
                function = self.arguments(body(), required=not getattr(body, "may_be_left_out", False))(
                    function
                )
            # Told to the document alone: `alt_response` would put another function around each call.
            responses: dict[int, Any] = {refused: HTTPStatus(refused).name for refused in sorted(statuses)}
            more = {"headers": LINK} if query and issubclass(query, Page) else {}
            more |= {"links": links} if links else {}
            if more:
                responses[status] = more
            if content_types[1:]:
                # As JSON it is an object, as anything else text.
                responses[status] = {
                    "content": {
                        one: {"schema": {"type": "object" if one == "application/json" else "string"}}
                        for one in content_types
                    }
                }
            if method == "GET":
                responses[304] = {
                    "description": "The caller has it already: `If-None-Match` names its `ETag`."
                }
            manual = {"operationId": view.__name__, "security": _security(token), "responses": responses}
            function = self.doc(**manual)(_guarded(function, token, query is not None, version))
            named = [known for known in PARTS if re.search(rf"[<:]{known['name']}>", path)]
            self.route(path, methods=[method], parameters=named)(function)
            return view

        return decorate


def _guarded(
    view: Callable[..., Any], token: bool | None, allows_query: bool, version: bool
) -> Callable[..., Any]:
    """The view behind what is checked first: the token, and that nothing is asked which has no meaning.

    A condition that nobody looks at is no condition: `If-Match` is honoured or refused, and asked for where it is.
    """

    @wraps(view)
    def guarded(*arguments: Any, **address: Any) -> Any:
        count_call(asks_who=token is not False)
        if token:
            require_token()
        # A misspelled filter would be none at all, and everything be taken for what was asked for.
        if request.args and not allows_query:
            sentence = gettext("This takes no such parameter.")
            raise InvalidRequest(dict.fromkeys(request.args, sentence))
        _refuse_twice()
        if "If-Match" in request.headers and not version:
            raise InvalidRequest({"If-Match": gettext("This has no versions: leave it out.")})
        if version and "If-Match" not in request.headers:
            raise PreconditionRequired(
                gettext("Send “If-Match” with the version that you have read. Nothing was changed.")
            )
        return view(*arguments, **address)

    return guarded


def _refuse_twice() -> None:
    """Which of two values was meant is nobody's to guess."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidRequest(dict.fromkeys(twice, gettext("This came twice; send it once.")))


def _refused_by(token: bool | None, body: object, other: bool) -> set[int]:
    """The statuses that follow from what an operation reads."""
    by_token = set() if token is False else {401, 403} if token else {401}
    return by_token | ({400, 413, 415, 422} if body else {422})


def _refused_for(version: bool) -> set[int]:
    return {412, 422, 428} if version else {422}


def _security(token: bool | None) -> list[dict[str, list[str]]]:
    return [{"token": []}] if token else [{}] if token is False else [{}, {"token": []}]


def _conditional(response: Response) -> Response:
    """What the caller has already is not sent again (`If-None-Match`, RFC 9110 section 13).

    The tag is a hash of the body alone: where two answers are the same, so are their tags, and a tag tells of
    nothing that its body does not. Drafts have their version for one, files what they were frozen as.
    """
    # A stream has no bytes yet; a file has the tag that it was given out with.
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.is_streamed:
        if not response.get_etag()[0]:
            response.set_etag(sha256(response.get_data()).hexdigest()[:32])
        response.make_conditional(request)
    return response


def _noted(response: Response) -> Response:
    """The answer is put together; what is written now changes nothing of it."""
    # Where the store is away, a write would make its caller wait once more.
    if response.status_code < 500:
        note_use()
    return response


def _store_is_away(_error: DBAPIError) -> Response:
    """The database did not answer; nothing was stored."""
    away = StoreUnavailable()
    return show(away.status, away.title, away.sentence)


def _key_was_used(error: ReusedKey) -> Response:
    """The refused field is the header that brought the key."""
    return show(error.status, error.title, error.sentence, {"Idempotency-Key": error.sentence})
