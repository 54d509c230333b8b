"""The standard of a question, checked while one writes: advice on drafts and whole banks; pure, nothing is stored.

Somebody who could see the future and nothing else must be able to resolve a question (the clairvoyance test).
Each rule looks for one thing in the words of one question in one language: `rules.RULES` is the only list.
Nothing is refused for advice but the opening of a survey, and that for what is `MUST` alone.
"""

from .advice import MUST, SHOULD, Advice, Found
from .rules import OPENING, RULES, check_question, check_standard

__all__ = [
    "MUST",
    "OPENING",
    "RULES",
    "SHOULD",
    "Advice",
    "Found",
    "check_question",
    "check_standard",
]
