"""What all tables share: names of constraints, the type of a moment, words by language."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Constraints carry names, so that both databases can alter them."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, `timestamptz` on PostgreSQL, plain UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment must carry its time zone, got {value!r}")
        value = value.astimezone(UTC)
        # SQLite keeps the digits and drops the zone without a word: those of UTC, which as text are in order of time.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class InOneLanguage:
    """A row of words in one language; the last part of its key, behind what the words are of."""

    language: Mapped[str] = mapped_column(primary_key=True, sort_order=1)


Words = TypeVar("Words", bound=InOneLanguage)


def in_language(texts: Iterable[Words], language: str) -> Words:
    """The words in `language`, or in the first language there is; LookupError where there are none."""
    found = list(texts)
    for text in found:
        if text.language == language:
            return text
    if not found:
        raise LookupError("there are no words in any language")
    # By its code: rows come in no order of their own, and one reader may not see two languages on two pages.
    return min(found, key=lambda text: text.language)
