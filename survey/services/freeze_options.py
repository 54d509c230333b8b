"""Options of a snapshot as they are allowed: what tells more of people needs a reason."""

from dataclasses import replace
from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..errors import InvalidAnswer
from ..export.options import LONGEST_REASON, MOST_K, FreezeOptions, K
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable, clean_text
from ..models import BackgroundQuestion, Survey


class InvalidOptions(InvalidAnswer):
    """Options with which no snapshot is frozen."""

    title = _("No snapshot was begun")


def checked_options(session: Session, survey: Survey, options: FreezeOptions) -> FreezeOptions:
    """The options with their reasons as they are kept.

    Raises
    ------
    InvalidOptions
        Where `k` is none of 1 to `MOST_K`, or below `K` without a reason; where a protected survey is asked for exact
        times, which it does not keep; where there is no such question about oneself; or where a day is not over on
        which rationales were looked through.
    """
    errors: dict[str, str] = {}
    reasons = {name: _reason(name, getattr(options, name), errors) for name in ("k_reason", "exact_times")}
    if not 1 <= options.k <= MOST_K:
        errors["k"] = gettext("Give a whole number from 1 to %(most)s.", most=MOST_K)
    elif options.k < K and not reasons["k_reason"]:
        errors["k_reason"] = gettext(
            "Say why fewer than %(k)s people alike are enough: the bundle and the log keep it.", k=K
        )
    if survey.protected and options.exact_times:
        errors["exact_times"] = gettext(
            "This survey is protected: it keeps days, and has no exact times. Leave this empty."
        )
    known = set(session.scalars(select(BackgroundQuestion.key).filter_by(survey_id=survey.id)))
    unknown = sorted(set(options.not_identifying) - known)
    if unknown:
        errors["not_identifying"] = gettext(
            "The survey asks people no such question about themselves: %(keys)s.", keys=", ".join(unknown)
        )
    yesterday = clock.now(session).date() - timedelta(days=1)
    if options.reviewed_until is not None and options.reviewed_until > yesterday:
        errors["reviewed_until"] = gettext(
            "That day is not over: more reasons may come. Give an earlier one."
        )
    if errors:
        raise InvalidOptions(errors)
    # Two ways to say the same are the same bundle.
    given = tuple(sorted(set(options.not_identifying)))
    return replace(
        options, k_reason=reasons["k_reason"], exact_times=reasons["exact_times"], not_identifying=given
    )


def _reason(name: str, text: str, errors: dict[str, str]) -> str:
    try:
        return " ".join(clean_text(text, LONGEST_REASON).split())
    except Unreadable as unreadable:
        errors[name] = str(unreadable)
        return ""
