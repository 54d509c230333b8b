"""Reads the rounds in which answers are collected."""

from itertools import pairwise

from ..i18n.locale import gettext as _
from ..models.survey import FEEDBACKS
from .content import RoundFacts, Settings
from .tables import Table


def read_rounds(structure: Table, settings: Settings) -> tuple[RoundFacts, ...]:
    """The rounds in their order, half-open, inside the survey's span; a bank may name none."""
    tables = list(structure.tables("round", required=False))
    rounds = tuple(_round(table, settings) for table in tables)
    for table, (before, after) in zip(tables[1:], pairwise(rounds), strict=True):
        if table.is_sound("opens", "closes") and after.opens < before.closes:
            table.fault(
                "opens",
                _(
                    "must not be before the round before closes, %(time)s",
                    time=f"{before.closes:%Y-%m-%d %H:%M}",
                ),
            )
    return rounds


def _round(table: Table, settings: Settings) -> RoundFacts:
    table.only(("opens", "closes", "feedback"))
    one = RoundFacts(
        table.moment("opens"), table.moment("closes"), table.choice("feedback", FEEDBACKS, "crowd")
    )
    if table.is_sound("opens", "closes"):
        if one.opens >= one.closes:
            table.fault(
                "closes", _("must be after the round opens, %(time)s", time=f"{one.opens:%Y-%m-%d %H:%M}")
            )
        elif (
            settings.opens < settings.closes
            and not settings.opens <= one.opens < one.closes <= settings.closes
        ):
            span = f"{settings.opens:%Y-%m-%d} to {settings.closes:%Y-%m-%d}"
            table.fault("opens", _("a round lies inside the survey, %(span)s", span=span))
    return one
