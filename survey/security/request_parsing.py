"""How the bodies of requests are read: fields of forms as text. JSON is the interface's, which reads it itself.

Pages have no box for a file, but for those in `FILES`, and never send JSON. Left to the libraries, a body of another
kind becomes the values of a form (a file, a list, a number where a text is meant), and one that nests deeply stops
the program wherever somebody asks who is signed in.

A field that a form does not have is no fault of it: extensions of browsers and password managers add some, and
whoever is refused for one can neither see nor mend it. So pages read the fields they have and no others. A program
has written every name itself: the JSON interface refuses those it does not know, each by its name
(`survey.api.schemas.fields.RequestSchema`).
"""

from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from ..i18n.normalization import without_tail

#: Stands where a file was sent in the place of a text: no number, text or address takes it.
NO_TEXT = "\x00"

#: Fields of one form, or names of one address: our largest form has some sixty, and a hundred thousand take seconds.
MOST_FIELDS = 1_000

#: Pages that take a file, each with its field.
FILES = {"people.invite_list": "list_file", "organizer.look_at_import": "questions_file"}

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class TextParser(FormDataParser):
    """Fields are text; a file is dropped, and `NO_TEXT` stands in its field, which refuses it.

    `file_field` is the one field that may hold a file; empty for most pages.
    """

    file_field = ""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Parsed:
        """What is left to read, the fields, and no files.

        Raises
        ------
        RequestEntityTooLarge
            Where there are more than `MOST_FIELDS`, before one of them is read.
        """
        if mimetype == "application/x-www-form-urlencoded":
            # Whole at once: Flask has refused what is longer than `BODY_LIMIT`.
            stream = _of_few_fields(stream.read())
        left, form, files = super().parse(stream, mimetype, content_length, options)
        sent = list(files.items(multi=True))
        taken = [(name, file) for name, file in sent if name == self.file_field]
        dropped = [(name, file) for name, file in sent if name != self.file_field]
        for _name, file in dropped:
            file.close()
        instead = [(name, NO_TEXT) for name, _file in dropped]
        return left, self.cls([*form.items(multi=True), *instead]), self.cls(taken)


def _of_few_fields(body: bytes) -> IO[bytes]:
    if body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge()
    return BytesIO(body)


class FormRequest(Request):
    """A request whose body is a form, or nothing that a page reads."""

    form_data_parser_class = TextParser

    def make_form_data_parser(self) -> FormDataParser:
        """The reader of this request's body, which knows the page it goes to."""
        parser = super().make_form_data_parser()
        if isinstance(parser, TextParser):
            parser.file_field = FILES.get(self.endpoint or "", "")
        return parser

    @property
    def is_json(self) -> bool:
        """Never: no library takes a body of JSON for a form, or for somebody who signs in."""
        return False


def init_reading(app: Flask) -> None:
    """Read addresses and forms as this module says, before any page does."""
    app.request_class = FormRequest
    app.before_request(_refuse_many_names)
    app.url_value_preprocessor(_without_tail)


def _refuse_many_names() -> None:
    if request.query_string.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge()


def _without_tail(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A link that was copied with the full stop behind it leads where it should."""
    if values and "token" in values:
        values["token"] = without_tail(values["token"])
