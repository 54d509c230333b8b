"""How one's own forecasts turned out: scores, how they compare with the crowd's, corrections of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from ..aggregation import stored_scores
from ..aggregation.scores import OWN_RULES
from ..disclosure import scores
from ..i18n import formatting
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Participant, Question, Resolution, Score
from ..store.engine import db
from .outcomes import in_words


@dataclass(frozen=True)
class Scored:
    """One's own scores on one outcome, by rule.

    Attributes
    ----------
    peer
        The score against the others, where their crowd is shown to this person.
    """

    question: Question
    title: str
    outcome: str
    scores: list[Score]
    peer: Score | None = None


@dataclass(frozen=True)
class Correction:
    """An outcome that was corrected after it was scored, and what that did to one's own scores.

    `scores` has the rule, the score before and the score after; None where there is none.
    """

    title: str
    before: str
    after: str
    why: str
    source: str
    scores: list[tuple[str, float | None, float | None]]


def scores_of(person: Participant) -> list[Scored]:
    """One's own scores on the resolutions that stand, in the order of the survey."""
    found: dict[Resolution, list[Score]] = {}
    for score in scores.without_hidden(db.session, person, stored_scores.scores_of(db.session, person)):
        found.setdefault(score.resolution, []).append(score)
    return [_scored(resolution, made) for resolution, made in found.items()]


def comparison_of(person: Participant) -> scores.Comparison | None:
    """How this person compares with the crowd; None where there is nothing to tell."""
    return scores.comparison(db.session, person)


def points(value: float) -> str:
    """A peer score with its sign, in whole points; a plain 0 for as good as the others."""
    return formatting.signed(round(value)) or "0"


def corrections_of(person: Participant) -> list[Correction]:
    """Corrected outcomes of what this person was scored on, newest first."""
    found: dict[int, dict[str, float]] = {}
    mine = select(Score).where(Score.participant_id == person.id, Score.rule.in_(OWN_RULES))
    for score in db.session.scalars(mine):
        found.setdefault(score.resolution_id, {})[score.rule] = score.value
    query = select(Resolution).where(
        Resolution.survey_id == person.survey_id, Resolution.supersedes_id.is_not(None)
    )
    made = db.session.scalars(query.order_by(Resolution.id.desc()))
    return [_correction(later, found) for later in made if later.id in found or later.supersedes_id in found]


def rule_in_words(rule: str) -> str:
    """One of `OWN_RULES` as pages name it."""
    return {
        "brier": _("Brier, 0 to 2"),
        "ordered_brier": _("Brier, ordered, 0 to 2"),
        "log": _("Logarithmic"),
        "wis": _("Weighted interval"),
    }[rule]


def _scored(resolution: Resolution, made: list[Score]) -> Scored:
    question = resolution.question
    by_rule = {score.rule: score for score in made}
    own = [score for score in made if score.rule in OWN_RULES]
    title = question.text(current_language()).short
    return Scored(question, title, _outcome(resolution), own, by_rule.get("peer"))


def _outcome(resolution: Resolution) -> str:
    about = resolution.option.text(current_language()) if resolution.option is not None else ""
    words = in_words(resolution.question, resolution)
    return f"{about}: {words}" if about else words


def _correction(later: Resolution, found: Mapping[int, Mapping[str, float]]) -> Correction:
    earlier = later.supersedes
    if earlier is None:
        raise ValueError(f"resolution {later.id} must supersede one")
    before, after = found.get(earlier.id, {}), found.get(later.id, {})
    return Correction(
        title=later.question.text(current_language()).short,
        before=_outcome(earlier),
        after=_outcome(later),
        why=later.why,
        source=later.source,
        scores=[
            (rule_in_words(rule), before.get(rule), after.get(rule)) for rule in sorted({*before, *after})
        ],
    )
