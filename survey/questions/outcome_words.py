"""An outcome in words: what came out of a question of any kind, and who said so."""

from collections.abc import Mapping
from types import MappingProxyType

from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question, Resolution
from .kinds import kind_of
from .quantiles import QuantileKind, quantile_said


def in_words(question: Question, resolution: Resolution) -> str:
    """How one resolution came out."""
    if resolution.annulled:
        return _("annulled: it counts for nobody")
    if resolution.outcome_option is not None:
        return resolution.outcome_option.text(current_language())
    value = resolution.value or 0.0
    kind = kind_of(question)
    if isinstance(kind, QuantileKind):
        return quantile_said(kind, question, value)
    return _("yes") if value else _("no")


def said_by(one: Resolution, names: Mapping[int | None, str] = MappingProxyType({})) -> str:
    """Who said that it came out so, and who approved it: by `names` of accounts where this reader may have them."""
    by = names.get(one.by_id, _("an organizer")) if one.by_id is not None else _("the system")
    if one.approved_by_id is None:
        # What the system says follows by the rules of a file: nobody did it alone.
        return by if one.by_id is None else _("%(by)s (resolved by one person)", by=by)
    other = names.get(one.approved_by_id, _("another organizer"))
    return _("%(by)s, approved by %(other)s", by=by, other=other)
