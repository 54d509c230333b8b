"""One blueprint for each reader."""

from flask import Flask

from ..i18n import formatting
from . import (
    about_me,
    account,
    charts,
    clarity,
    crowd_pages,
    erasing_page,
    forecasting,
    invitations,
    language,
    mine,
    notices,
    organizer,
    overview,
    own_data,
    pages,
    participant,
    public,
    reasons,
    researcher,
    security_pages,
)

#: Modules that add their pages to the participant's blueprint by being imported.
PARTICIPANT_PAGES = (
    forecasting,
    reasons,
    clarity,
    overview,
    mine,
    about_me,
    crowd_pages,
    notices,
    own_data,
    erasing_page,
)


def register_views(app: Flask) -> None:
    """Every blueprint of the site, and `say`: how templates say numbers and times."""
    app.jinja_env.globals["say"] = formatting
    pages.init_pages(app)
    app.register_blueprint(charts.blueprint)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(language.blueprint)
    app.register_blueprint(participant.blueprint)
    app.register_blueprint(notices.letter_pages)
    app.register_blueprint(researcher.blueprint)
    app.register_blueprint(organizer.blueprint)
    app.register_blueprint(account.blueprint)
    app.register_blueprint(invitations.blueprint)
    security_pages.init_security_pages(app)
