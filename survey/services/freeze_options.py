"""Options of a snapshot as they are allowed: what tells more of people needs a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..errors import InvalidAnswer
from ..export.disclosure import Combination, told_of_few
from ..export.diversity import Diversity, diversity, last_forecasts
from ..export.identifying import identified
from ..export.options import LONGEST_REASON, MOST_K, MOST_L, FreezeOptions, K
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
        Where `k` is none of 1 to `MOST_K`, or below `K` without a reason, or `l_diversity` none of 1 to `MOST_L`;
        where a protected survey is asked for exact times, which it does not keep; where there is no such question
        about oneself; or where a day is not over on which rationales were looked through.
    """
    errors: dict[str, str] = {}
    reasons = {name: _reason(name, getattr(options, name), errors) for name in ("k_reason", "exact_times")}
    if not 1 <= options.k <= MOST_K:
        errors["k"] = gettext("Give a whole number from 1 to %(most)s.", most=MOST_K)
    elif options.k < K and not reasons["k_reason"]:
        errors["k_reason"] = gettext(
            "Say why fewer than %(k)s people alike are enough: the bundle and the log keep it.", k=K
        )
    if not 1 <= options.l_diversity <= MOST_L:
        errors["l_diversity"] = gettext("Give a whole number from 1 to %(most)s.", most=MOST_L)
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
    if options.reviewed_until is not None and options.reviewed_until > clock.last_day(session):
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


@dataclass(frozen=True)
class DisclosureReport:
    """Who could be singled out in a snapshot of yesterday, if nothing were suppressed.

    Attributes
    ----------
    people
        In the snapshot.
    combinations
        k-anonymity by question, by two together, and by all.
    diversity
        l-diversity of the forecasts over the classes of all.
    """

    people: int
    combinations: list[Combination]
    diversity: Diversity


def report_before(
    session: Session, survey: Survey, k: int = K, not_identifying: Sequence[str] = ()
) -> DisclosureReport:
    """The disclosure report before anything is frozen; `InvalidOptions` as of `checked_options`."""
    checked = FreezeOptions(k, "A report tells nobody more", tuple(not_identifying))
    options, last = checked_options(session, survey, checked), clock.last_day(session)
    found = identified(session, survey, last, options.not_identifying)
    return DisclosureReport(
        len(found.rows),
        told_of_few(found.keys, found.rows, options.k),
        diversity(last_forecasts(session, survey, last), found.rows),
    )


def _reason(name: str, text: str, errors: dict[str, str]) -> str:
    try:
        return " ".join(clean_text(text, LONGEST_REASON).split())
    except Unreadable as unreadable:
        errors[name] = str(unreadable)
        return ""
