"""Readers of published results: what a survey says of them, before somebody agrees and in its preregistration."""

from ..i18n.locale import gettext as _
from ..i18n.locale import ngettext
from ..models import Survey


def when_published(survey: Survey) -> str:
    """When everybody is shown the crowd of a survey, in a sentence; nothing where only its participants are."""
    if not survey.is_public:
        return ""
    return {
        "always": _("Crowd forecasts are published to everybody, as soon as there are any."),
        "after close": _("Crowd forecasts are published to everybody, each once its question has closed."),
        "after days": ngettext(
            "Crowd forecasts are published to everybody, %(num)s day after each was made.",
            "Crowd forecasts are published to everybody, %(num)s days after each was made.",
            survey.readers_days,
        ),
    }[survey.readers]


def readers_apart() -> str:
    """What publishing does to the independence of forecasts, and how those of readers are kept apart."""
    return _(
        "Forecasts given after published results were seen in the same browser are marked so: what somebody says"
        " first having seen them does not enter the crowd forecast. It is told beside it once enough people came so,"
        " and files tell it apart."
    )
