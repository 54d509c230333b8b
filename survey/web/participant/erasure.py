"""Erasing everything one gave, by oneself: what it means, then the act."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ...i18n.locale import gettext as _
from ...services.erasure import erase_and_forget
from ..identity import forget, survey_by_slug
from ..layout import is_over, page
from .enrollment import PageAnswer, blueprint, require_participant


@blueprint.get("/erase")
def before_erasing(slug: str) -> PageAnswer:
    """What will be gone, and what cannot be called back."""
    survey = survey_by_slug(slug)
    require_participant(survey)
    return page("participant/erasure.html", survey)


@blueprint.post("/erase")
def erase_me(slug: str) -> PageAnswer:
    """Erase, once the box is ticked: there is no way back from it."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    if request.form.get("sure") != "yes":
        body = page("participant/erasure.html", survey, unsure=True)
        return Response(body, 422, mimetype="text/html")
    erase_and_forget(person)
    forget(survey)
    over = is_over(survey)
    said = _("Everything you gave to this survey was erased.")
    flash(
        said
        if over
        else _("Everything you gave to this survey was erased. You can take part again at any time.")
    )
    return redirect(url_for("public.survey_front", slug=slug), 303)
