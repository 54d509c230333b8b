"""What every page needs beside its own words: the way through the site, and how templates say figures."""

from typing import Any

from flask import Flask, render_template, request, url_for
from flask_babel import get_locale

from ..errors import AnswersGone
from ..language import LANGUAGES
from ..markdown import bank_text, rationale
from ..models import Participant, Survey
from ..wording import _
from .reader import current_participant

#: Label, address, whether it is the page shown.
Link = tuple[str, str, bool]


def init_pages(app: Flask) -> None:
    """Teach templates the reader's language and the markup of `markdown`."""
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters.update(bank_text=bank_text, rationale=rationale)


def page(template: str, survey: Survey | None = None, **values: Any) -> str:
    """A page, inside a survey or outside of any."""
    person = known_person(survey) if survey is not None else None
    return render_template(
        template,
        survey=survey,
        participant=person,
        navigation=_navigation(survey, person),
        languages=list(LANGUAGES.items()),
        **values,
    )


def known_person(survey: Survey) -> Participant | None:
    """The participant this browser is; nobody where their answers were erased."""
    try:
        return current_participant(survey)
    except AnswersGone:
        return None


def _navigation(survey: Survey | None, person: Participant | None) -> list[Link]:
    methods = (_("Methods"), "public.methods", {})
    if survey is None:
        return [_link(*methods)]
    inside = {"slug": survey.slug}
    links = [(_("Themes"), "participant.themes", inside), (_("Mine"), "participant.mine", inside)]
    if person is None:
        links = [
            (_("Take part"), "participant.join", inside),
            (_("Come back"), "participant.come_back", inside),
        ]
    return [_link(*link) for link in (*links, (_("Scenarios"), "participant.scenarios", inside), methods)]


def _link(label: str, endpoint: str, values: dict[str, str]) -> Link:
    return label, url_for(endpoint, **values), request.endpoint == endpoint
