"""How often something happened before in cases like the one asked about: the outside view beside a question."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator


class BaseRate(NamedTuple):
    """The record of a reference class; what the class is and who counted stand in the words of each language.

    Attributes
    ----------
    events
        In how many of the cases it happened, 0 to `cases`.
    cases
        How many cases were counted, 1 or more.
    since, until
        The first and the last day that were looked at, UTC.
    link
        An https address where the count can be checked; empty where there is none.
    """

    events: int
    cases: int
    since: date
    until: date
    link: str = ""

    @property
    def share(self) -> float:
        """The share of cases in which it happened, 0 to 1.

        >>> BaseRate(3, 12, date(1949, 4, 4), date(2024, 12, 31)).share
        0.25
        """
        return self.events / self.cases


class BaseRateColumn(TypeDecorator[BaseRate]):
    """A base rate as JSON, its days as text; NULL where there is none."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: BaseRate | None, dialect: Dialect) -> dict[str, Any] | None:
        """What is stored."""
        if value is None:
            return None
        return value._asdict() | {"since": value.since.isoformat(), "until": value.until.isoformat()}

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseRate | None:
        """What was stored."""
        if value is None:
            return None
        days = {name: date.fromisoformat(value[name]) for name in ("since", "until")}
        return BaseRate(**value | days)
