"""Who says what came out, and what holds where they say it late, or say two things."""

from collections.abc import Iterator

from ...i18n.locale import gettext as _
from ..words import FEWEST_PUBLISHERS, publishers
from .advice import Draft, Remark, find
from .words import LATE, TIES


def few_publishers(draft: Draft) -> Iterator[Remark]:
    """Fewer than two publishers; one named twice is one."""
    if len(publishers(draft.sources)) < FEWEST_PUBLISHERS:
        yield Remark(
            ("sources",), (), _("Name two publishers or more: one may fall silent, or change its mind.")
        )


def _rules_of_evidence(draft: Draft) -> str:
    return f"{draft.text('criteria')}\n{draft.text('fine_print')}"


def late_reports(draft: Draft) -> Iterator[Remark]:
    """Neither criteria nor fine print speak of what is reported late or corrected."""
    known = draft.language in LATE
    if known and draft.text("criteria").strip() and not find(LATE[draft.language], _rules_of_evidence(draft)):
        yield Remark(
            ("fine_print",), (), _("Say until when evidence counts, and what a late correction changes.")
        )


def ties(draft: Draft) -> Iterator[Remark]:
    """Where several options, or two values, could be meant and nothing decides between them."""
    decided = draft.question.kind in ("choice", "ordered", "numeric")
    known = decided and draft.language in TIES and draft.text("criteria").strip()
    if known and not find(TIES[draft.language], _rules_of_evidence(draft)):
        yield Remark(
            ("fine_print",), (), _("Say what decides where two answers fit: an order, or how one rounds.")
        )
