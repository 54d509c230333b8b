"""The last page of a survey: what was asked, what the crowd said, what came out."""

from ... import clock
from ...i18n.locale import current_language
from ...presenters.leaderboard import has_leaderboard
from ...presenters.results import results, who_sees
from ...store.engine import db
from ..identity import as_participant, survey_by_slug
from ..layout import page
from ..page_cache import kept_for_strangers
from ..published import results_page
from ..readers import survey_for_readers
from .enrollment import PageAnswer, blueprint


@blueprint.get("/results")
def survey_results(slug: str) -> PageAnswer:
    """What a survey publishes to everybody; of another, once it is over, its last word."""
    survey = survey_for_readers(slug)
    return results_page(survey) if survey.is_public else _last_word(slug=slug)


@kept_for_strangers()
def _last_word(slug: str) -> PageAnswer:
    """Every question with the crowd's last figures and its outcome."""
    survey = survey_by_slug(slug)
    over, viewer = survey.is_over(clock.now(db.session)), as_participant(survey)
    return page(
        "participant/results.html",
        survey,
        over=over,
        words=survey.text(current_language()),
        themes=results(db.session, viewer, survey) if over else [],
        who_sees=who_sees(survey),
        # The page of a stranger is kept while what it rests on is as it was; who has been erased is no part of that.
        has_leaderboard=over and viewer.participant is not None and has_leaderboard(viewer, survey),
    )
