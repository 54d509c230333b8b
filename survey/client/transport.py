"""How calls are sent: tries and waits, lists in parts, files to disk, refusals as errors."""

import hashlib
import json
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

#: A row of a snapshot: column to number, text, true or false; None where it has none.
Row = dict[str, str | int | float | bool | None]

#: What the site says of itself: too many calls, or no database; both before anything was done.
BUSY = (429, 503)
#: Methods that may come twice (RFC 9110, section 9.2.2).
REPEATABLE = ("GET", "PUT", "DELETE")
#: What the site's own refusals are.
PROBLEM = "application/problem+json"
#: What a call without a body has in its place.
NOTHING = object()


class Refused(Exception):
    """An answer that is no success, as the site's problem document (RFC 9457) tells it.

    Attributes
    ----------
    status
        The status of HTTP.
    title, detail
        What did not happen; why, and what to do.
    errors
        Field to sentence, of each field that was refused.
    problem
        The whole document: also `reason`, `awaited`, `collisions`, where the operation has them.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.problem = status, dict(problem)
        self.title, self.detail = str(problem.get("title", "")), str(problem.get("detail", ""))
        self.errors = dict(_faults(problem.get("errors")))
        super().__init__(f"{status} {self.title}: {self.detail}")


def _faults(errors: Any) -> Iterator[tuple[str, str]]:
    """Field and sentence of each; a gateway's problem document may have something else by this name (RFC 9457)."""
    for fault in errors if isinstance(errors, list) else ():
        if isinstance(fault, dict) and {"field", "detail"} <= fault.keys():
            yield str(fault["field"]), str(fault["detail"])


class Damaged(Exception):
    """A file or stream that did not arrive as it was sent; nothing of a file is kept."""


class Transport:
    """The connection to one site."""

    def __init__(
        self,
        site: str,
        token: str | None = None,
        *,
        language: str | None = None,
        transport: httpx.BaseTransport | None = None,
        tries: int = 5,
        patience: float = 120,
        timeout: float = 60,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Accept-Language": language} if language else {}
        self._http = httpx.Client(base_url=site, headers=headers, transport=transport, timeout=timeout)
        self._tries, self._patience, self._sleep = tries, patience, sleep

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(
        self,
        method: str,
        path: str,
        parts: Mapping[str, str | int] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = NOTHING,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of an answer; None where it has no body."""
        sent = {} if body is NOTHING else {"json": body}
        address = _address(path, parts)
        with self._answer(method, address, params=_given(query), headers=headers, **sent) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _parts(
        self, path: str, parts: Mapping[str, str | int] | None = None, *, query: Mapping[str, Any]
    ) -> Iterator[Any]:
        """The JSON of each part of a list, asked for when it is needed."""
        address: str | None = _address(path, parts)
        params: Mapping[str, Any] | None = _given(query)
        while address is not None:
            with self._answer("GET", address, params=params) as answer:
                yield json.loads(answer.read())
                # The next address has all that was asked for in it.
                address, params = answer.links.get("next", {}).get("url"), None

    def _rows(
        self, path: str, parts: Mapping[str, str | int] | None = None, *, query: Mapping[str, Any]
    ) -> Iterator[Any]:
        """The rows of a list, over all of its parts."""
        for part in self._parts(path, parts, query=query):
            yield from part

    def _lines(self, path: str, parts: Mapping[str, str | int], *, query: Mapping[str, Any]) -> Iterator[Row]:
        """The objects of a stream, as they come."""
        headers = {"Accept": "application/x-ndjson"}
        with self._answer("GET", _address(path, parts), params=_given(query), headers=headers) as answer:
            # Newlines alone end a line: text may hold what else Python takes for an end.
            rest = ""
            for text in answer.iter_text():
                *whole, rest = (rest + text).split("\n")
                yield from map(json.loads, whole)
            # What stands between may end an answer in the middle, and say nothing of it.
            if rest:
                raise Damaged("the rows end in the middle of one: some are missing")

    def _save(
        self,
        path: str,
        parts: Mapping[str, str | int],
        to: str | Path,
        *,
        query: Mapping[str, Any] | None = None,
        accept: str = "*/*",
    ) -> Path:
        """Stream a file to disk: under its name only when it is whole, and has the hash that was sent with it.

        Raises
        ------
        Damaged
            Where its SHA-256 is another.
        """
        target, digest = Path(to), hashlib.sha256()
        # In the same folder, so that it takes its name in one step: from another disk it could not.
        aside = target.with_name(f"{target.name}.part")
        headers = {"Accept": accept}
        try:
            with self._answer("GET", _address(path, parts), params=_given(query), headers=headers) as answer:
                with aside.open("wb") as file:
                    for piece in answer.iter_bytes():
                        digest.update(piece)
                        file.write(piece)
                wanted = answer.headers.get("Repr-Digest")
            told = f"sha-256=:{b64encode(digest.digest()).decode('ascii')}:"
            if wanted not in (None, told):
                raise Damaged(f"{target.name} was to have {wanted}, and has {told}")
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
        return target

    @contextmanager
    def _answer(
        self, method: str, address: str, *, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> Iterator[httpx.Response]:
        """A success, its body unread; sent again while the site is too busy or away.

        :raise Refused: for any other answer.
        """
        asked = dict(headers or {})
        answer = self._sent(self._http.build_request(method, address, headers=asked, **sent))
        try:
            if not answer.is_success:
                answer.read()
                raise Refused(answer.status_code, _problem(answer))
            yield answer
        finally:
            answer.close()

    def _sent(self, request: httpx.Request) -> httpx.Response:
        # After a lost answer nobody knows whether it was done: only what may come twice is sent twice.
        again = request.method in REPEATABLE or "Idempotency-Key" in request.headers
        for left in reversed(range(self._tries)):
            done = self._tries - 1 - left
            try:
                answer = self._http.send(request, stream=True)
            except httpx.TransportError:
                if not left or not again:
                    raise
                self._sleep(min(2.0**done, self._patience))
                continue
            wait = _wait(answer, 2.0**done)
            if answer.status_code not in BUSY or not left or wait > self._patience:
                return answer
            answer.close()
            self._sleep(wait)
        raise ValueError("a call is sent once or more: tries must be 1 or larger")


def fresh_key() -> str:
    """An `Idempotency-Key` for one act."""
    return str(uuid.uuid4())


def version_tag(version: int | str) -> str:
    """A version of a draft as `If-Match` has it; `*` is whichever there is.

    >>> version_tag(8), version_tag("*")
    ('"8"', '*')
    """
    return f'"{version}"' if isinstance(version, int) else version


def _wait(answer: httpx.Response, otherwise: float) -> float:
    said = answer.headers.get("Retry-After", "")
    # A proxy may send a date in its place (RFC 9110, section 10.2.3): one's own growing wait will do.
    return float(said) if said.isdecimal() else otherwise


def _address(path: str, parts: Mapping[str, str | int] | None) -> str:
    # With no sign left as it is: a `/` in a key would lead to another operation.
    return path.format_map({name: quote(str(value), safe="") for name, value in (parts or {}).items()})


def _given(query: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    """What an answer says of itself; one from whatever stands between has its status alone."""
    # What stands between may answer in JSON too, and mean other things by the same names.
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        said = answer.json() if kind == PROBLEM else None
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"title": answer.reason_phrase}
