"""What a list of surveys says of each beside its title, so that two with one title can be told apart."""

from collections import Counter
from collections.abc import Sequence

from .. import clock
from ..i18n.formatting import moment
from ..i18n.locale import LANGUAGES, current_language
from ..i18n.locale import gettext as _
from ..models import Survey
from ..store.engine import db


def told_apart(surveys: Sequence[Survey]) -> dict[int, str]:
    """Id to a line: invented, a trial, when it closes, languages; where two have one title who runs it and where."""
    titles = Counter(survey.text(current_language()).title for survey in set(surveys))
    return {survey.id: " · ".join(_facts(survey, titles)) for survey in surveys}


def _facts(survey: Survey, titles: Counter[str]) -> list[str]:
    simulated = [_("Simulated participants")] if survey.simulated else []
    words = survey.text(current_language())
    own = [words.organizer, f"/s/{survey.slug}/"] if titles[words.title] > 1 else []
    languages = ", ".join(LANGUAGES.get(code, code) for code in survey.languages)
    trial = [_("Trial")] if survey.pilot else []
    return [*simulated, *trial, _closes(survey), languages, *filter(None, own)]


def _closes(survey: Survey) -> str:
    time = moment(survey.closes_at, survey.zone)
    if survey.closes_at <= clock.now(db.session):
        return _("Closed on %(time)s", time=time)
    return _("Closes on %(time)s", time=time)
