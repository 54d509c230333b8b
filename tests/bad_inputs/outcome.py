"""What came of a case, read from the answer and from the database."""

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.models import Participant, Submission
from survey.store.engine import db
from tests.survey.web.visitor import chosen

from .roles import WORDS, Role

#: Under which name something is said of all numbers of a choice together.
SUM = "sum"


@dataclass(frozen=True)
class Sent:
    """What came of a case.

    Attributes
    ----------
    named_field
        The case's own field where one of ours was named; else the first name in the answer, `body` for the whole.
    kept_values
        Whether everything else that was typed stands in the page again; true where nothing else was.
    stored_value
        A number, a list of them, or a text; None where nothing at all was stored.
    location
        Where the answer leads.
    echoed
        A tag that was typed and stands in the page as a tag.
    """

    status: int
    named_field: str | None
    kept_values: bool
    stored_value: Any
    seconds: float = 0.0
    text: str = ""
    location: str = ""
    echoed: str = ""


def stored(app: Flask, role: Role) -> Any:
    """What the person who joined last has in the database, as the role speaks of it; None for nothing."""
    with app.app_context():
        person = select(Participant.id).order_by(Participant.id.desc()).limit(1).scalar_subquery()
        said = list(db.session.scalars(select(Submission).filter_by(participant_id=person)))
        if not said:
            return None
        if len(said) > 1 or said[0].question.key != role.question:
            return [(submission.question.key, submission.revision) for submission in said]
        return _as_the_role_says(said[0], role)


def _as_the_role_says(submission: Submission, role: Role) -> Any:
    if role is WORDS:
        return submission.rationale.text if submission.rationale else ""
    prefix = {"p": "p-{0}", "q": "q-{1}"}[role.fields[0][0]]
    values = {
        prefix.format(row.option.key, row.part.removeprefix("q")): row.value for row in submission.forecasts
    }
    numbers = [values.pop(field) for field in role.fields]
    assert not values, f"more was stored than was sent: {values}"
    return numbers[0] if len(numbers) == 1 else numbers


def stands(page: str, name: str, text: str) -> bool:
    """Whether a text stands in a field of the page: in a box, a longer text, or chosen in a list."""
    boxes = [html.unescape(tag) for tag in re.findall(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)]
    areas = re.findall(rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\r?\n?([^<]*)</textarea>', page)
    held = [tag for tag in boxes if f'value="{text}"' in tag]
    return bool(held) or text in map(html.unescape, areas) or text in chosen(page, name)


def takes_text(page: str, name: str) -> bool:
    """Whether a field of the page shows text that was typed; a password is never shown again."""
    shows = r'(?![^>]*type="(?:password|checkbox|radio|hidden)")'
    return bool(re.search(rf'<(?:textarea|input){shows}[^>]*name="{re.escape(name)}"', page))


def name_in(response: TestResponse, role: Role, name: str) -> str | None:
    """The case's name where ours for it was named; else the first name in the answer as it is."""
    errors = (response.get_json(silent=True) or {}).get("errors", []) if response.status_code >= 400 else []
    names = [str(fault["field"]) for fault in errors]
    # Fields that are not asked begin like those that are, or like the case's own name.
    ours = role.fields[0][:2], f"{name}-"
    if any(named in ("values", SUM, name) or named.startswith(ours) for named in names):
        return name
    return next(iter(names), None)


def can_stand(value: str) -> bool:
    """Text without what no page can hold: NUL, lone surrogates; line ends are a browser's own."""
    return not any(unicodedata.category(character) == "Cs" or character in "\x00\r" for character in value)
