"""Consensus: dispersion and polarization of a crowd, and whether its opinion is stable.

- ``dispersion``: how far answers of any kind lie apart
- ``camps``: whether they fall into camps
- ``stability``: whether two rounds differ, and whether a crowd has settled
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.consensus.camps import *  # noqa: F403
    from scoring.consensus.dispersion import *  # noqa: F403
    from scoring.consensus.stability import *  # noqa: F403
else:
    from scoring.lazy_names import lazily

    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "camps": ["histogram", "agreement", "polarization", "esteban_ray"],
            "dispersion": [
                "Spread",
                "spread",
                "entropy",
                "OptionsSpread",
                "options_spread",
                "bimodality",
                "TwoGroups",
                "two_groups",
            ],
            "stability": [
                "Change",
                "StopRule",
                "Verdict",
                "change",
                "location_test",
                "spread_test",
                "stable",
            ],
        },
    )
