"""Everything that is stored about oneself: to read, and as one file to keep."""

import json
from typing import Any

from werkzeug.wrappers import Response

from ... import clock
from ...export.own_data import Row, own_data, sections
from ...i18n.locale import gettext as _
from ...i18n.markdown import bank_text
from ...store.engine import db
from ..identity import survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint, require_participant


@blueprint.get("/mine/data", endpoint="own_data")
def own_data_page(slug: str) -> PageAnswer:
    """All of it as tables, and the button for the file."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    data = own_data(db.session, person)
    parts = [_table(name, rows) for name, rows in sections(data)]
    return page("participant/own_data.html", survey, parts=parts, words=_words())


@blueprint.get("/mine/data.json")
def own_data_file(slug: str) -> PageAnswer:
    """All of it as one JSON file."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    text = json.dumps(own_data(db.session, person), ensure_ascii=False, indent=2)
    name = f"parley-{slug}-{clock.now(db.session):%Y-%m-%d}.json"
    response = Response(text + "\n", mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _table(name: str, rows: list[Row]) -> dict[str, Any]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[_shown(name, column, row.get(column)) for column in columns] for row in rows]
    return {"name": name, "columns": columns, "rows": cells}


def _shown(part: str, column: str, value: object) -> str:
    """A value as it stands on the page: the text of a consent as it was read, all else as it is kept."""
    return bank_text(str(value)) if (part, column) == ("consents", "text") else _cell(value)


def _cell(value: object) -> str:
    """A value for reading."""
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(_cell(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_cell(one)}" for one in value.values() if one is not None)
    return str(value)


def _words() -> dict[str, str]:
    """What the parts of the file are called on the page."""
    return {
        "survey": _("The survey"),
        "participant": _("Taking part"),
        "consents": _("What you agreed to"),
        "invitation": _("Your invitation"),
        "submissions": _("Your forecasts and reasons"),
        "skips": _("Questions you said you can’t judge"),
        "reports": _("Reasons you reported"),
        "questions_asked": _("What you asked the organizer"),
        "background": _("What you said about yourself"),
        "kept_clashes": _("Clashes of your answers that you keep"),
        "scores": _("Your scores"),
        "contact": _("Your address"),
        "letter_choices": _("Which emails you chose"),
        "letters": _("Emails to you"),
        "tokens": _("Tokens of programs that speak for you"),
    }
