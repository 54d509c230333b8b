"""The one door for what others said.

Nothing else reads other people's answers. Denied by default: a viewer is shown figures only where the survey's
rules say so, from publications, rounded; whoever may not see gets `Denial` and no byte that depends on others.
"""

from ..aggregation.rounded_aggregates import Shown, ShownOption
from ..aggregation.rounding import merged_bins, rounded_number, rounded_people, rounded_probability
from .access import RUNNING, Denial, Viewer, denial_reason, linked_question_ids, may_see, pending_questions
from .aggregates import (
    get_aggregate,
    get_segments,
    history,
    load_aggregates,
    load_publications,
    published_since,
    sees_figures,
)
from .closing import Closing, Reach, closing
from .consistent import Consistent, get_consistent
from .coverage import IntervalCoverage, interval_coverage
from .incoherence import NoIncoherence, ShownIncoherence, get_incoherence
from .leaderboards import Hidden, Leaderboard, NoLeaderboard, Place, get_leaderboard, never_shown
from .rationales import (
    Marks,
    Reason,
    Remarked,
    marks_in,
    marks_of,
    marks_on,
    marks_on_own,
    rationales,
    remarked,
    submissions_behind,
)
from .scenarios import ShownScenarios, get_scenarios
from .score_changes import ScoreChange, score_changes
from .score_means import MeanScore, mean_scores

__all__ = [
    "RUNNING",
    "Closing",
    "Consistent",
    "Denial",
    "Hidden",
    "IntervalCoverage",
    "Leaderboard",
    "Marks",
    "MeanScore",
    "NoIncoherence",
    "NoLeaderboard",
    "Place",
    "Reach",
    "Reason",
    "Remarked",
    "ScoreChange",
    "Shown",
    "ShownIncoherence",
    "ShownOption",
    "ShownScenarios",
    "Viewer",
    "closing",
    "denial_reason",
    "get_aggregate",
    "get_consistent",
    "get_incoherence",
    "get_leaderboard",
    "get_scenarios",
    "get_segments",
    "history",
    "interval_coverage",
    "linked_question_ids",
    "load_aggregates",
    "load_publications",
    "marks_in",
    "marks_of",
    "marks_on",
    "marks_on_own",
    "may_see",
    "mean_scores",
    "merged_bins",
    "never_shown",
    "pending_questions",
    "published_since",
    "rationales",
    "remarked",
    "rounded_number",
    "rounded_people",
    "rounded_probability",
    "score_changes",
    "sees_figures",
    "submissions_behind",
]
