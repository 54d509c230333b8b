"""What a person is shown of their scores: their own always, those beside the crowd only where it is shown to them.

A score beside the crowd tells something of others. It goes by the crowd's own door, not by being stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scoring.rewards import skill_score

from ..aggregation.question_specs import spec_of
from ..aggregation.rounded_aggregates import Shown
from ..aggregation.rounding import rounded_score
from ..aggregation.scores import OWN_RULES, scored_range
from ..aggregation.stored_scores import mean_by_rule, scores_of
from ..models import Participant, Question, Resolution, Score
from .access import Denial, Viewer
from .aggregates import get_aggregate, load_aggregates


@dataclass(frozen=True)
class Comparison:
    """How somebody's forecasts compare with the crowd's, over all questions on which that may be told.

    Attributes
    ----------
    peer
        Mean peer score over `questions`, in whole points; higher is better, 0 is as good as the others. None
        where there is no question.
    coverage
        Mean share of those questions' days on which a forecast stood.
    skill
        Share of the published crowd's penalty that was saved, over `numbers`, the questions about numbers and
        dates: 1 is perfect, 0 as good as the crowd, below 0 worse. None where there is nothing to compare.
    left_out
        Questions that were scored, but whose crowd is not shown to this person.
    """

    peer: float | None
    questions: int
    coverage: float
    skill: float | None
    numbers: int
    left_out: int


def without_hidden(session: Session, person: Participant, scores: Iterable[Score]) -> list[Score]:
    """Those of a person's scores that they may be told; denied by default for all that is beside the crowd."""
    seen: dict[Question, Shown | Denial] = {}
    kept, scores = [], list(scores)
    viewer = Viewer(participant=person)
    load_aggregates(
        session, viewer, {score.resolution.question for score in scores if score.rule not in OWN_RULES}
    )
    for score in scores:
        if score.rule not in OWN_RULES:
            question = score.resolution.question
            if question not in seen:
                seen[question] = get_aggregate(session, viewer, question)
            if not tells(seen[question], score.resolution):
                continue
        kept.append(score)
    return kept


def told_value(score: Score, value: float | None) -> float | None:
    """A score as it is told, see `rounded_score`; None where there is none."""
    return None if value is None else rounded_score(score.rule, value)


def comparison(session: Session, person: Participant) -> Comparison | None:
    """A person beside the crowd; None where nothing was scored, or the crowd is for organizers alone."""
    scores = scores_of(session, person)
    if not scores or person.survey.reveal == "organizers only":
        return None
    shown = by_question(without_hidden(session, person, scores))
    peers = [found for found in shown.values() if "peer" in mean_by_rule(found)]
    chances = [mean_by_rule(found)["peer"] for found in peers]
    covered = [_coverage(found) for found in peers]
    numbers = _numbers(shown)
    # A ratio of sums: a mean of ratios would hang on the one question on which the crowd was nearly right.
    saved = float(skill_score(*zip(*numbers, strict=True))) if numbers else float("nan")
    # Peer and skill are never added: the one is of chances, the other of numbers and dates.
    return Comparison(
        peer=rounded_score("peer", sum(chances) / len(chances)) if chances else None,
        questions=len(chances),
        coverage=sum(covered) / len(covered) if covered else 0.0,
        # NaN where the crowd's penalties sum to 0: of nothing no share can be saved.
        skill=None if saved != saved else saved,
        numbers=len(numbers),
        left_out=sum(_is_left_out(session, person, question) for question in by_question(scores)),
    )


def by_question(scores: Iterable[Score]) -> dict[Question, list[Score]]:
    """Scores by their question, in the order in which they come."""
    found: dict[Question, list[Score]] = {}
    for score in scores:
        found.setdefault(score.resolution.question, []).append(score)
    return found


def tells(shown: Shown | Denial, resolution: Resolution) -> bool:
    """Whether what is shown of a crowd holds the part that came out: a rung few answered is not told."""
    if isinstance(shown, Denial):
        return False
    return resolution.option is None or resolution.option.key in shown.options


def _is_left_out(session: Session, person: Participant, question: Question) -> bool:
    return isinstance(get_aggregate(session, Viewer(participant=person), question), Denial)


def _coverage(scores: Iterable[Score]) -> float:
    """The mean share of days over a question's parts."""
    shares = [score.coverage for score in scores if score.rule == "peer"]
    return sum(shares) / len(shares)


def _numbers(shown: dict[Question, list[Score]]) -> list[tuple[float, float]]:
    """One's own score and the crowd's on each number and date, as shares of the question's range."""
    # In its own unit a question that is counted in millions would be all of the sum.
    means = [(question, mean_by_rule(found)) for question, found in shown.items()]
    return [
        (
            mean["wis_shared"] / scored_range(spec_of(question)),
            mean["wis_crowd"] / scored_range(spec_of(question)),
        )
        for question, mean in means
        if "wis_crowd" in mean
    ]
