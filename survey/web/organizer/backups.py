"""Backups, as an owner of a survey sees them: when the last was made, whether it was checked, what to type.

None is downloaded here. A backup holds every answer with the keys that open every account: whoever had one owner's
session would have all of it, of every survey on the site. It is made and kept by whoever has the server's account.
Of the folders of the server no page tells either: whoever writes a survey is its owner.
"""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, current_app

from ... import clock
from ...i18n.formatting import moment
from ...i18n.locale import gettext as _
from ...i18n.locale import ngettext
from ...models import Survey
from ...presenters.bundles import in_bytes
from ...store.backup import LastBackup, last_backup
from ...store.engine import db
from ..identity import require_role, survey_by_slug
from .layout import organizer_page

blueprint = Blueprint("backups", __name__, url_prefix="/s/<slug>/organize")

#: A backup that is older is one to be made today: a lost disk then takes more than a week of answers.
LONGEST_DAYS = 7


@blueprint.get("/backups")
def overview(slug: str) -> str:
    """The last backup, and the commands."""
    survey = survey_by_slug(slug)
    role = require_role(survey, "owner")
    last = noted_backup()
    return organizer_page(
        "organizer/backups.html",
        survey,
        role,
        last=last,
        age=age_words(last) if last else "",
        overdue=is_overdue(last),
        facts=_facts(survey, last) if last else [],
        days=LONGEST_DAYS,
    )


def noted_backup() -> LastBackup | None:
    """The last backup that `parley backup` made of this instance."""
    return last_backup(Path(current_app.config["PARLEY"]["INSTANCE"]))


def is_overdue(last: LastBackup | None) -> bool:
    """Whether a backup is to be made: none is known of, or the last is too old."""
    return last is None or clock.now(db.session) - last.made_at > timedelta(days=LONGEST_DAYS)


def age_words(last: LastBackup) -> str:
    """How old a backup is, in a sentence."""
    days = (clock.now(db.session) - last.made_at).days
    if days < 1:
        return _("The last backup is less than a day old.")
    return ngettext("The last backup is %(num)s day old.", "The last backup is %(num)s days old.", days)


def _facts(survey: Survey, last: LastBackup) -> list[tuple[str, str]]:
    return [
        (_("Made"), moment(last.made_at, survey.zone)),
        (_("Size"), _("not known") if last.size is None else in_bytes(last.size)),
        (_("Checked"), moment(last.checked_at, survey.zone) if last.checked_at else _("not yet")),
        (_("File"), last.file.name),
    ]
