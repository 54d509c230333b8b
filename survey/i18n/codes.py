"""Addresses of surveys and codes of languages: what can be one, for files, pages and commands alike.

By themselves, so that a command that is given one waits for nothing of a bank.
"""

import re

from .locale import gettext as _

#: The address of a survey: small letters, digits, hyphens between them.
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]+)*")


def slug_fault(slug: str) -> str | None:
    """Why a text can be no address of a survey, as a sentence; None where it can be one.

    >>> slug_fault("peace-2027"), bool(slug_fault("../peace"))
    (None, True)
    """
    if _SLUG.fullmatch(slug) and len(slug) <= LONGEST_SLUG:
        return None
    return _(
        "An address is of small letters a to z, digits and hyphens between them, at most %(longest)s in all.",
        longest=LONGEST_SLUG,
    )


def language_fault(code: str) -> str | None:
    """Why a text can be no code of a language, as a sentence; None where it can be one."""
    return None if _LANGUAGE.fullmatch(code) else "A language is a code such as en or pt_BR."
