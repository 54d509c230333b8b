"""How the bodies of requests are read: fields of forms as text. JSON is the interface's, which reads it itself.

Pages have no box for a file and never send JSON. Left to the libraries, a body of another kind becomes the values
of a form (a file, a list, a number where a text is meant), and one that nests deeply stops the program wherever
somebody asks who is signed in.
"""

from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

#: Stands where a file was sent in the place of a text: no number, text or address takes it.
NO_TEXT = "\x00"

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class TextParser(FormDataParser):
    """Fields are text; a file is dropped, and `NO_TEXT` stands in its field, which refuses it."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Parsed:
        """What is left to read, the fields, and no files."""
        left, form, files = super().parse(stream, mimetype, content_length, options)
        sent = list(files.items(multi=True))
        for _name, file in sent:
            file.close()
        instead = [(name, NO_TEXT) for name, _file in sent]
        return left, self.cls([*form.items(multi=True), *instead]), self.cls()


class FormRequest(Request):
    """A request whose body is a form, or nothing that a page reads."""

    form_data_parser_class = TextParser

    @property
    def is_json(self) -> bool:
        """Never: no library takes a body of JSON for a form, or for somebody who signs in."""
        return False
