"""Parley: a scenario-forecasting survey platform.

`create_app()` puts the rooms together: settings, database, blueprints, commands; nothing else.
"""

import logging
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

# One distribution, one version.
from scoring import __version__ as __version__

if TYPE_CHECKING:
    from flask import Flask


def create_app(
    settings: Mapping[str, str] | None = None, *, doors: bool = True, begin: bool = True
) -> "Flask":
    """The application.

    Parameters
    ----------
    settings
        `PARLEY_*` names to text; default: the process's environment.
    doors
        Whether it answers requests. A command that reads and writes the store does without pages and JSON, until it
        writes of a page.
    begin
        Whether it makes an instance folder where there is none.

    Raises
    ------
    survey.config.NoInstance
        Where there is none and none may be made.
    survey.config.WeakSetting
        Where a setting cannot be read, or is too weak for production.
    """
    # Here alone: whoever asks for a version or for help waits for none of it.
    from flask import Flask
    from flask_bootstrap import Bootstrap5
    from werkzeug.middleware.proxy_fix import ProxyFix

    from .config import DOORS, asset_dir, flask_config, read_settings, unknown_settings
    from .i18n import locale
    from .notifications import transport
    from .security import authentication, log_redaction, request_parsing
    from .store import engine
    from .store.private_files import make_private

    for unknown in unknown_settings(settings):
        logging.getLogger(__name__).warning("%s", unknown)
    values = read_settings(settings, begin=begin)
    if begin or values["INSTANCE"].is_dir():
        make_private(values["INSTANCE"])
    app = Flask(
        __name__,
        template_folder=str(asset_dir("templates")),
        instance_path=str(values["INSTANCE"]),
    )
    request_parsing.init_reading(app)
    app.config.update(flask_config(values), PARLEY_MIGRATIONS=str(asset_dir("migrations")))
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        # Client, scheme, host and port: whoever is believed for one of these headers is believed for all.
        app.wsgi_app,
        *(values["PROXIES"],) * 4,
    )
    Bootstrap5(app)
    log_redaction.init_logs(app)
    engine.init_database(app)
    locale.init_language(app)
    transport.init_mail(app)
    authentication.init_security(app, doors=doors)
    # Whoever writes of a page, as a letter does, opens them: a command that finds nothing to write waits for none.
    app.extensions[DOORS] = open_doors = cache(partial(_open_doors, app))
    if doors:
        open_doors()
    return app


def _open_doors(app: "Flask") -> None:
    """Pages, JSON, how errors are answered by both, and whether the tables are those of this version."""
    from . import api, errors, web
    from .store.alembic import init_migrations

    init_migrations(app)
    errors.register_errors(app)
    web.register_views(app)
    api.init_api(app)
