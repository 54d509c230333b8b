"""What can go wrong, in sentences for the reader.

    SurveyError                 something the reader can understand, with a status
    ├── NotFound (404)          no such page, or none that this reader may know of
    ├── SurveyClosed (409)      too early, or too late
    ├── AnswersGone (410)       this person has erased everything
    ├── InvalidAnswer (422)     one or more fields, each with its sentence
    ├── ReusedKey (422)         an idempotency key that came with another body
    └── StoreUnavailable (503)  nothing was stored; try again in a moment

Actions raise them, views and commands show them; an error of the program itself is none of these.
"""

from collections.abc import Mapping, Sequence

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import HTTPException, SecurityError

from .i18n.locale import gettext


class SurveyError(Exception):
    """An error meant for the reader: `status` for the protocol, `sentence` for the page."""

    status = 400
    title: str = _("This did not work")

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(SurveyError):
    """Missing, or forbidden: the reader cannot tell which."""

    status = 404
    title = _("There is no such page")

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("It may have moved, or it is not open to you. Nothing was changed."))


class SurveyClosed(SurveyError):
    """The survey or question does not take answers at this moment."""

    status = 409
    title = _("This question takes no forecasts now")


class AnswersGone(SurveyError):
    """Whoever asks has erased everything; a late retry learns just that."""

    status = 410
    title = _("These answers were erased")


class PilotGone(AnswersGone):
    """A pilot was ended while somebody answered in it: they are gone with everything else."""

    def __init__(self) -> None:
        super().__init__(gettext("This trial was ended just now and erased whole; this was not stored."))


class InvalidAnswer(SurveyError):
    """Fields that were refused; everything else was kept, nothing was stored.

    Parameters
    ----------
    errors
        Field name to the sentence that belongs beside it, in the order of the page.
    """

    status = 422
    title = _("The forecast was not saved")

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(str(sentence) for sentence in errors.values()))
        self.errors = dict(errors)


class ReusedKey(SurveyError):
    """The same idempotency key came with another body."""

    status = 422
    title = _("This form was already used")


class StoreUnavailable(SurveyError):
    """The database did not answer in time; nothing was stored."""

    status = 503
    title = _("Your answer could not be stored just now")

    def __init__(self) -> None:
        super().__init__(_("Nothing was lost: please send it again in a moment, it is never stored twice."))


class BankError(SurveyError):
    """A question bank that cannot be loaded: one line for each fault, with file, key and line.

    `found` are the faults as they were found; of a document each knows its path (`bank.tables.Fault`).
    """

    title = _("The question bank was refused")

    def __init__(self, faults: Sequence[object]) -> None:
        self.found = list(faults)
        self.faults = [str(fault) for fault in faults]
        super().__init__("\n".join(self.faults))


_TOO_MUCH = _(
    "Your network has asked for this too often in a short time. Nothing was changed by the last try; wait a little,"
    " then try again."
)

#: What pages say of errors of HTTP, by status; of every other as of 400. The protocol's own words are for programs,
#: and in one language.
_OF_HTTP = {
    400: (
        _("This did not work"),
        _("What came could not be read. Nothing was changed; load the page anew and send it once more."),
    ),
    405: (
        _("This address does not take that"),
        _("Nothing was changed. Go back to the page you came from, and send its form from there."),
    ),
    413: (
        _("This is too large"),
        _("Nothing was stored. Go back and send less at once: a shorter text, or a smaller file."),
    ),
}


def wants_json() -> bool:
    """Whether the request came from a program: those get problem documents (RFC 9457), people get pages."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def problem(
    status: int, title: str, detail: str, errors: Mapping[str, str] | None = None, **members: object
) -> Response:
    """A problem document (RFC 9457); `errors` names refused fields, `members` say more to programs."""
    body: dict[str, object] = {
        "type": "about:blank",
        "status": status,
        "title": str(title),
        "detail": str(detail),
        **members,
    }
    if errors:
        body["errors"] = [{"field": field, "detail": str(sentence)} for field, sentence in errors.items()]
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def show(status: int, title: str, sentence: str, errors: Mapping[str, str] | None = None) -> Response:
    """One error, as a page or as a JSON problem; `no-store`, because errors can be personal."""
    if wants_json():
        response = problem(status, title, sentence, errors)
    else:
        response = Response(
            render_template("error.html", status=status, title=title, sentence=sentence), status
        )
    if status == 503:
        response.headers["Retry-After"] = "2"
    response.headers["Cache-Control"] = "no-store"
    return response


def register_errors(app: Flask) -> None:
    """Answer our own errors, those of HTTP and unforeseen ones in one shape, never with a stack trace."""

    @app.errorhandler(SurveyError)
    def survey_error(error: SurveyError) -> Response:
        return show(error.status, error.title, error.sentence, getattr(error, "errors", None))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:
            return error.get_response()  # type: ignore[return-value]
        if isinstance(error, SecurityError):
            # No page can be made for a host that is not ours: every link on it would be wrong.
            sentence = gettext("This site does not answer to that host name.")
            if wants_json():
                return show(400, error.name, sentence)
            return Response(sentence, 400, mimetype="text/plain")
        if error.code == 404:
            missing = NotFound()
            return show(404, missing.title, missing.sentence)
        if error.code == 429:
            # The limit's own words say how many tries there are.
            return show(429, gettext("Too much at once"), str(_TOO_MUCH))
        said = error.name, error.description or ""
        title, sentence = said if wants_json() else _OF_HTTP.get(error.code or 500, _OF_HTTP[400])
        response = show(error.code or 500, title, sentence)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After", "WWW-Authenticate"):
                response.headers[name] = value
        return response

    @app.errorhandler(500)
    def unforeseen(error: Exception) -> Response:
        sentence = gettext(
            "The fault is ours and was noted. What you typed was not stored; please try again."
        )
        return show(500, gettext("Something went wrong here"), sentence)
