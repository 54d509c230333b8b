"""A study of 25 questions is written by the editor's pages alone, field by field, and is the one that was meant."""

import copy
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from survey.bank.document import Document
from survey.bank.interchange import read_file
from survey.bank.paths import PARTS, value_at
from survey.web.organizer.editor_fields import as_typed, event_code, style_of
from tests.survey.bank.storing import whole_bank
from tests.survey.web.organizer.test_editor import document, fields, press
from tests.survey.web.organizer.test_import_export import STUDY, writer

__all__ = ["writer"]

#: What is added by a button each, in the order in which one thing may name another.
NOUNS = ("theme", "question", "relation", "background", "scenario")
#: A page shows some fields only after others were saved: the options of a choice before their labels.
ROUNDS = 3


def study() -> Document:
    found = read_file(STUDY.read_bytes(), "toml").document
    assert found is not None
    found["structure"]["survey"]["slug"] = "weather"
    return copy.deepcopy(found)


def things(wanted: Document) -> Iterator[tuple[str, dict[str, str]]]:
    for noun in NOUNS:
        for one in wanted["structure"].get(noun, []):
            yield noun, one


def typed(wanted: Document, name: str) -> str | list[str]:
    """What somebody who has the study on paper types into the field of a name."""
    path = tuple(name.split("/"))
    value, style = value_at(wanted, path), style_of(path)
    if style == "tick":
        return ["y"] if value else []
    if style == "ticks":
        return list(value or [])
    if style == "events":
        return [event_code(event) for event in value or []]
    return as_typed(path, value)


def type_into(client: FlaskClient, address: str, wanted: Document) -> bool:
    """Fill every field of a page, and save it; whether anything in it was not there yet."""
    form = fields(client.get(address).text)
    whole = form | {name: typed(wanted, name) for name in form if name.split("/")[0] in PARTS and "/" in name}
    if MultiDict(whole) == MultiDict(form):
        return False
    answer = client.post(address, data=whole)
    assert answer.status_code == 303, (address, answer.text)
    return True


@pytest.mark.long
def test_a_study_of_25_questions_is_written_by_the_editor_alone(app: Flask, writer: FlaskClient) -> None:
    wanted = study()
    pages = ["/write/weather/", "/write/weather/people"]
    type_into(writer, pages[0], wanted)
    for noun, one in things(wanted):
        # The key is made of the title that something begins with; its own title comes with its other words.
        begun = {
            "noun": noun,
            "kind": one.get("kind", ""),
            "theme": one.get("theme", ""),
            "title": one["key"],
        }
        place = press(writer, "weather", "add", **begun)
        assert place == f"/write/weather/{noun}/{one['key']}"
        pages.append(place)
    for _round in range(ROUNDS):
        typed_on = [address for address in pages if type_into(writer, address, wanted)]
        if not typed_on:
            break
    written = whole_bank(document(app, "weather"))
    assert len(written.questions) == 25
    assert written == whole_bank(wanted)
    out = read_file(writer.get("/s/weather/organize/export.toml").data, "toml").document
    assert out is not None and whole_bank(out) == whole_bank(wanted)
