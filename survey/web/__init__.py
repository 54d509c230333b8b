"""One blueprint for each reader."""

from flask import Flask

from ..i18n import formatting
from . import (
    bootstrap_style,
    embeds,
    feeds,
    kept_files,
    language_switch,
    layout,
    page_cache,
    preregistration,
    public,
    published,
    published_charts,
    researcher,
    static_files,
    unsaved,
    vega_script,
    well_known,
)
from .account import security, sign_in
from .account import tokens as account_tokens
from .organizer import (
    audit,
    backups,
    dashboard,
    data_controller,
    editor,
    editor_acts,
    editor_pilot,
    editor_readers,
    editor_scenarios,
    import_export,
    incoherence,
    invitations,
    names,
    people,
    resolution_pages,
    roles,
    second_reader,
)
from .participant import (
    background,
    calendar,
    clarifications,
    coherence,
    crowd,
    enrollment,
    erasure,
    forecast,
    leaderboard,
    my_forecasts,
    notifications,
    own_data,
    pilot,
    rationales,
    results,
    scenarios,
    tokens,
)
from .participant import dashboard as participant_dashboard

#: Modules that add their pages to the organizer's blueprint by being imported.
ORGANIZER_PAGES = (resolution_pages, incoherence)
#: Modules that add their pages to the participant's blueprint by being imported.
PARTICIPANT_PAGES = (
    forecast,
    rationales,
    clarifications,
    participant_dashboard,
    my_forecasts,
    coherence,
    background,
    crowd,
    scenarios,
    calendar,
    notifications,
    own_data,
    erasure,
    results,
    leaderboard,
    tokens,
)
#: Modules that add their pages to those of results.
PUBLISHED_PAGES = (published_charts,)
#: Modules that add their pages to those of accounts.
ACCOUNT_PAGES = (account_tokens,)
#: Modules that add their pages to the editor's.
EDITOR_PAGES = (editor_acts, editor_pilot, editor_readers, editor_scenarios, import_export)


def register_views(app: Flask) -> None:
    """Every blueprint of the site, and `say`: how templates say numbers and times."""
    app.jinja_env.globals["say"] = formatting
    layout.init_pages(app)
    page_cache.init_page_cache(app)
    kept_files.init_kept_files(app)
    unsaved.init_unsaved(app)
    app.register_blueprint(bootstrap_style.blueprint)
    app.register_blueprint(vega_script.blueprint)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(preregistration.blueprint)
    app.register_blueprint(well_known.blueprint)
    app.register_blueprint(published.blueprint)
    app.register_blueprint(embeds.blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(language_switch.blueprint)
    app.register_blueprint(enrollment.blueprint)
    app.register_blueprint(notifications.letter_pages)
    app.register_blueprint(calendar.calendar_files)
    app.register_blueprint(researcher.blueprint)
    app.register_blueprint(dashboard.blueprint)
    app.register_blueprint(data_controller.blueprint)
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(invitations.blueprint)
    app.register_blueprint(editor.blueprint)
    app.register_blueprint(pilot.blueprint)
    app.register_blueprint(second_reader.blueprint)
    app.register_blueprint(people.blueprint)
    app.register_blueprint(roles.blueprint)
    app.register_blueprint(audit.blueprint)
    app.register_blueprint(backups.blueprint)
    app.register_blueprint(names.blueprint)
    security.init_security_pages(app)
    # Last: it serves the folders of every package that is registered by now.
    static_files.init_static_files(app)
