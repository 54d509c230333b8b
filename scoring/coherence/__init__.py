"""Coherence: probabilities of many tied questions as one forecast, checked, repaired, and read as one joint future.

- ``gaps``: by how much probabilities break one relation; a ladder in order
- ``declarations``: questions, events and relations as plain data
- ``event_space``: all coherent forecasts of some questions, as linear rows; contradictory declarations
- ``rows``: what coherent forecasts obey, and from which declarations that follows
- ``checking``: what of one person's answers can't go together, and what would mend it
- ``crowd_checks``: the same of many people at once: who clashes by what, and what that costs for sure
- ``repairs``: the coherent forecast nearest to what was said, one for each of many people
- ``distances``: how far from coherent somebody is, and weights from that
- ``trees``: one joint distribution from a tree of conditional chances; bounds, what-if, samples
- ``tree_files``: the tree as XMLBIF, its leaves as CSV
- ``_states``, ``_blocks``, ``_boxes``, ``_breaches``, ``_facets``, ``_programs``, ``_active_set``: what these are
  made of
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.coherence.checking import *  # noqa: F403
    from scoring.coherence.crowd_checks import *  # noqa: F403
    from scoring.coherence.declarations import *  # noqa: F403
    from scoring.coherence.distances import *  # noqa: F403
    from scoring.coherence.event_space import *  # noqa: F403
    from scoring.coherence.gaps import *  # noqa: F403
    from scoring.coherence.repairs import *  # noqa: F403
    from scoring.coherence.rows import *  # noqa: F403
    from scoring.coherence.tree_files import *  # noqa: F403
    from scoring.coherence.trees import *  # noqa: F403
else:
    from scoring.lazy_names import lazily

    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "checking": ["Clash", "clashes", "go_together"],
            "crowd_checks": ["Clashing", "clashing", "pair_losses"],
            "declarations": ["Event", "Question", "Relation", "read_event"],
            "distances": ["Incoherence", "coherence_weights", "guaranteed_loss", "incoherence"],
            "event_space": ["Contradiction", "EventSpace", "Hull", "ImpossibleState", "check_declarations"],
            "gaps": ["gap", "in_order", "total_gap"],
            "repairs": ["Repaired", "coherent_mean", "pool_weights", "repair"],
            "rows": ["Row"],
            "tree_files": ["leaves_csv", "xmlbif"],
            "trees": ["Tree", "condition", "set_events", "systematic_samples", "tree_bounds"],
        },
    )
