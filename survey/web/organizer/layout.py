"""What every organizer's page has: the way through the rooms, and nothing without the role for it."""

from typing import Any

from flask import render_template, request, url_for

from ...disclosure import RUNNING
from ...i18n.locale import LANGUAGES
from ...i18n.locale import gettext as _
from ...models import Survey
from ...presenters.downloads import READERS
from ..identity import require_role, survey_by_slug

#: Blueprints without a link of their own: the one whose link leads to them.
ROOM_OF = {
    "people": "invitations",
    "roles": "invitations",
    "names": "invitations",
    "audit": "organizer",
    "backups": "organizer",
}


def organized_survey(slug: str) -> tuple[Survey, str]:
    """The survey of an address, and the reader's role.

    :raise NotFound: for everybody but owners and organizers, as if the page did not exist.
    """
    survey = survey_by_slug(slug)
    return survey, require_role(survey, *RUNNING)


def organizer_page(template: str, survey: Survey, role: str, **values: Any) -> str:
    """A page for those who run a survey."""
    return render_template(
        template,
        survey=survey,
        role=role,
        navigation=navigation(survey, role),
        languages=list(LANGUAGES.items()),
        **values,
    )


def navigation(survey: Survey, role: str, room: str | None = None) -> list[tuple[str, str, bool, bool]]:
    """Label, address, whether the page shown is in that room, whether it stays in the bar of a phone.

    The room is the blueprint of the page, where `room` does not say another: all its pages are under one link.
    """
    room = room or ROOM_OF.get(request.blueprint or "", request.blueprint)
    links = []
    if role in RUNNING:
        links += [
            (_("Survey"), "organizer.overview", True),
            (_("People"), "invitations.overview", False),
            (_("Editor"), "editor.questions", False),
        ]
    if role in READERS:
        links.append((_("Data"), "researcher.data", True))
    if role == "owner":
        links.append((_("Who asks"), "controller.who_asks", False))
    links.append((_("As participants see it"), "public.survey_front", False))
    return [
        (label, url_for(endpoint, slug=survey.slug), endpoint.split(".")[0] == room, stays)
        for label, endpoint, stays in links
    ]
