"""The one door for what others said.

Nothing else reads other people's answers. Denied by default: a viewer is shown figures only where the survey's
rules say so, from publications, rounded; whoever may not see gets `Hidden` and no byte that depends on others.
"""

from .access import RUNNING, Hidden, Viewer, awaited, hidden_reason, may_see, tied
from .aggregates import LIVE_CELL, history, published_since, see, see_segments, sees_figures
from .rationales import Marks, Reason, Remarked, marks_on, rationales, remarked, submissions_behind
from .rounded_aggregates import Shown, ShownOption
from .rounding import merged_bins, rounded_number, rounded_people, rounded_probability
from .scenarios import ShownScenarios, see_scenarios

__all__ = [
    "LIVE_CELL",
    "RUNNING",
    "Hidden",
    "Marks",
    "Reason",
    "Remarked",
    "Shown",
    "ShownOption",
    "ShownScenarios",
    "Viewer",
    "awaited",
    "hidden_reason",
    "history",
    "marks_on",
    "may_see",
    "merged_bins",
    "published_since",
    "rationales",
    "remarked",
    "rounded_number",
    "rounded_people",
    "rounded_probability",
    "see",
    "see_scenarios",
    "see_segments",
    "sees_figures",
    "submissions_behind",
    "tied",
]
