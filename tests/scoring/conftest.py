"""Properties are searched without a clock, so that a busy machine fails no test; while one works, in fewer places.

Each run looks elsewhere: what ten places do not show today, ten others show tomorrow, or continuous
integration with more before anything is released.
"""

from hypothesis import settings

from tests.skips import EVERYTHING

settings.register_profile("daily", deadline=None, max_examples=10)
settings.register_profile("everything", deadline=None, max_examples=100)
settings.load_profile("everything" if EVERYTHING else "daily")
