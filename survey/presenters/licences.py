"""The licence of data as pages tell it: of a bundle the one it was frozen with, of results the one of today."""

from ..i18n.locale import gettext as _
from ..models.licence import SPDX, StatedLicence


def licence_told(stated: StatedLicence | None) -> tuple[str, str]:
    """The words, and where the licence can be read, or nothing.

    Names of licences stand as their authors write them, in every language.
    """
    if stated is None:
        return _("not stated; ask the people who run the survey"), ""
    return f"{stated.words} ({stated.spdx})" if stated.spdx in SPDX else stated.words, stated.address
