"""One blueprint for each reader."""

from flask import Flask

from .. import wording
from . import (
    account,
    api,
    charts,
    crowd_pages,
    erasing_page,
    forecasting,
    organizer,
    overview,
    pages,
    participant,
    public,
    researcher,
)

#: Modules that add their pages to the participant's blueprint by being imported.
PARTICIPANT_PAGES = (forecasting, overview, crowd_pages, erasing_page)


def register_views(app: Flask) -> None:
    """Every blueprint of the site, and `say`: how templates say numbers and times."""
    app.jinja_env.globals["say"] = wording
    pages.init_pages(app)
    app.register_blueprint(charts.blueprint)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(participant.blueprint)
    app.register_blueprint(researcher.blueprint)
    app.register_blueprint(organizer.blueprint)
    app.register_blueprint(account.blueprint)
    account.init_account(app)
    api.init_api(app)
