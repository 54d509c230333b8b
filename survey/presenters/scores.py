"""How one's own forecasts turned out: scores, how they compare with the crowd's, corrections of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from scoring.pools.catalog import METHODS

from ..aggregation import stored_scores
from ..aggregation.question_specs import last_scored_day, outcome_of, spec_of
from ..aggregation.scores import OWN_RULES, own_rules
from ..clock import day_number
from ..disclosure import Viewer, scores
from ..disclosure.crowd_scores import crowd_scores
from ..i18n import formatting
from ..i18n.formatting import number
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Participant, Question, Resolution, Score, Submission
from ..services.base_rates import shown_base_rate
from ..store.engine import db
from ..store.lifecycle import current_resolutions
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


@dataclass(frozen=True)
class OutcomeScores:
    """Who scored how on one outcome, by the rule that heads its kind: oneself, the crowd's methods, the base rate.

    Attributes
    ----------
    about
        The date or branch; empty where the outcome is about the whole.
    rows
        Who, the score, the last day's, the share of the question's days, in words.
    late
        Whether one's own forecast came too late to be scored.
    """

    about: str
    rule: str
    rows: list[list[str]]
    late: bool


def question_scores(
    viewer: Viewer, question: Question, acts: Sequence[Submission], *, done: bool
) -> list[OutcomeScores]:
    """Scores on the outcomes of one question that stand, each beside those of the crowd that is shown."""
    standing = [made for made in current_resolutions(db.session, question) if not made.annulled]
    if not standing:
        return []
    person, language = viewer.participant, current_language()
    mine = stored_scores.scores_of(db.session, person, question) if person is not None else []
    found = []
    for made in standing:
        own = [score for score in mine if score.resolution_id == made.id and score.rule in OWN_RULES]
        rule, base = _base_rate_score(question, made, done)
        head = next((score for score in own if score.rule == rule), None)
        rows = [[_("You"), *_in_words(head.value, head.last_day, head.coverage)]] if head is not None else []
        rows += [
            [str(_(METHODS[one.method].name)), number(one.value, figures=3), "", share(one.coverage)]
            for one in crowd_scores(db.session, viewer, question, made)
        ]
        rows += [[_("Base rate"), number(base, figures=3), "", ""]] if base is not None else []
        late = head is None and bool(acts) and _all_late(question, made, acts)
        if rows or late:
            about = made.option.text(language) if made.option is not None else ""
            found.append(OutcomeScores(about, rule_in_words(rule), rows, late))
    return found


def _in_words(value: float, last: float | None, coverage: float) -> list[str]:
    return [
        number(value, figures=3),
        number(last, figures=3) if last is not None else _("none stood"),
        share(coverage),
    ]


def headline_scores(person: Participant) -> dict[int, str]:
    """One's own score on each question by the rule that heads its kind, with its name, by id of the question.

    Of a ladder the mean over the dates that came out.
    """
    found: dict[int, list[Score]] = {}
    for score in stored_scores.scores_of(db.session, person):
        found.setdefault(score.question_id, []).append(score)
    told = {key: stored_scores.mean_by_rule(made) for key, made in found.items()}
    heads = ("brier", "ordered_brier", "wis")
    return {
        key: f"{rule_in_words(rule)}: {number(means[rule], figures=3)}"
        for key, means in told.items()
        for rule in heads
        if rule in means
    }


def share(coverage: float) -> str:
    """The share of a question's days; all of them are 100 %."""
    return formatting.percent(coverage) if coverage < 1 else f"100{formatting.NO_BREAK}%"


def _base_rate_score(question: Question, made: Resolution, done: bool) -> tuple[str, float | None]:
    """The rule that heads the kind, and what the base rate scores by it where there is one that may be seen."""
    spec, outcome = spec_of(question), outcome_of(question, made)
    rule, score = next(iter(own_rules(spec, outcome.came).items()))
    known = shown_base_rate(db.session, question, done) if question.kind == "binary" else None
    return rule, float(score(np.array([[known.share]]))[0]) if known is not None else None


def _all_late(question: Question, made: Resolution, acts: Sequence[Submission]) -> bool:
    """Whether everything somebody said came on a day that is not scored any more."""
    last = last_scored_day(question, made)
    return all(day_number(act.received_at) > last for act in acts)


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
    everything = [made for question in person.survey.questions for made in question.resolutions]
    corrected = [made for made in everything if made.supersedes_id is not None]
    if not corrected:
        return []
    found: dict[int, dict[str, float]] = {}
    mine = select(Score).where(Score.participant_id == person.id, Score.rule.in_(OWN_RULES))
    for score in db.session.scalars(mine):
        found.setdefault(score.resolution_id, {})[score.rule] = score.value
    made = sorted(corrected, key=lambda later: later.id, reverse=True)
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
