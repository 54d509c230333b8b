"""What whoever freezes a snapshot may choose about the protection of the people in it; kept with the snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from ..models import Snapshot

#: Fewer people alike than this are told of for a reason alone: what archives ask for (Hundepool et al., 2012).
K = 5
#: Beyond, hardly anything would be told of anybody.
MOST_K = 100
#: As many different forecasts on a question are in few classes.
MOST_L = 20
#: Code points of a reason.
LONGEST_REASON = 500


@dataclass(frozen=True)
class FreezeOptions:
    """Options of a snapshot.

    Attributes
    ----------
    k
        Fewest people who may share all that is told of what they said about themselves; 1: nothing is suppressed.
    k_reason
        Why fewer than `K` are enough.
    not_identifying
        Keys of questions about oneself by whose answers nobody could be recognized: they are told as they are.
    stable_ids
        Whether people bear the same pseudonyms as in every other snapshot of the survey frozen so.
    exact_times
        Why days will not do; empty where days stand for moments.
    reviewed_until
        The last day up to which somebody has looked through the rationales; the words of later ones are left out.
    l_diversity
        Fewest different last forecasts on a question that people may have of whom the same is told; 1: any.
    """

    k: int = K
    k_reason: str = ""
    not_identifying: tuple[str, ...] = ()
    stable_ids: bool = False
    exact_times: str = ""
    reviewed_until: date | None = None
    l_diversity: int = 1

    @property
    def suppresses(self) -> bool:
        """Whether any answer about oneself may be withheld."""
        return self.k > 1 or self.l_diversity > 1

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """The options from what is kept of them (`parameters`); what is missing as it is by default.

        >>> FreezeOptions.read(FreezeOptions(reviewed_until=date(2026, 11, 28)).parameters).reviewed_until
        datetime.date(2026, 11, 28)
        """
        given = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        given["not_identifying"] = tuple(given.get("not_identifying", ()))
        if given.get("reviewed_until"):
            given["reviewed_until"] = date.fromisoformat(given["reviewed_until"])
        return cls(**given)

    @property
    def parameters(self) -> dict[str, Any]:
        """The same as JSON keeps it: how many people, always, and whatever else is not as by default.

        >>> FreezeOptions().parameters, FreezeOptions(k=1, k_reason="Restricted use").parameters
        ({'k': 5}, {'k': 1, 'k_reason': 'Restricted use'})
        """
        kept: dict[str, Any] = {"k": self.k}
        for name in ("k_reason", "stable_ids", "exact_times"):
            if getattr(self, name):
                kept[name] = getattr(self, name)
        if self.l_diversity > 1:
            kept["l_diversity"] = self.l_diversity
        if self.not_identifying:
            kept["not_identifying"] = list(self.not_identifying)
        if self.reviewed_until:
            kept["reviewed_until"] = self.reviewed_until.isoformat()
        return kept


def options_of(snapshot: Snapshot) -> FreezeOptions:
    """The options a snapshot was frozen with; one from before there were any holds everything, as it did then."""
    kept = snapshot.parameters
    if "k" not in kept:
        kept = {**kept, "k": 1, "reviewed_until": snapshot.as_of.isoformat()}
    return FreezeOptions.read(kept)
