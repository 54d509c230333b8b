"""How writing by program is refused: problem documents with each field by its path, collisions with both texts."""

from collections.abc import Iterable
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from ..bank.tables import Fault
from ..errors import BankError, problem
from ..services import draft_edits, drafts


def told_faults(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Faults as the interface tells them."""
    return [
        {"place": one.place, "field": one.shown, "path": list(one.path), "detail": one.sentence}
        for one in faults
    ]


def draft_refused(error: drafts.InvalidDraft) -> Response:
    """Each field by its path; what is about the whole is the body's."""
    errors = {field or "body": sentence for field, sentence in error.errors.items()}
    return problem(error.status, error.title, error.sentence, errors)


def bank_refused(error: BankError) -> Response:
    """Each fault with its row or path."""
    faults = [one if isinstance(one, Fault) else Fault("", "", str(one)) for one in error.found]
    errors: dict[str, str] = {}
    for one in faults:
        field = "/".join(one.path) or ": ".join(filter(None, (one.place, one.shown))) or "body"
        errors[field] = " ".join(filter(None, (errors.get(field), one.sentence)))
    title = _("Nothing was changed: there are faults to correct")
    return problem(422, str(title), error.sentence, errors, faults=told_faults(faults))


def stale(error: draft_edits.StaleDraft) -> Response:
    """Which version there is now, and both texts of what collides."""
    collisions = [
        {
            "path": list(one.path),
            "mine": one.mine,
            "theirs": one.theirs,
            "by": one.by.email if one.by else None,
            "detail": one.sentence,
        }
        for one in error.collisions
    ]
    return problem(error.status, error.title, error.sentence, version=error.revision, collisions=collisions)
