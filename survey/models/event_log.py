"""What owners, organizers, analysts and the system did."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Moment


class EventLog(Base):
    """One act, chained to the one before by its hash. Forecasts are not in it, nor any name."""

    __tablename__ = "event_log"
    __table_args__ = (UniqueConstraint("survey_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    position: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    #: None for the system itself.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    act: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous_hash: Mapped[str]
    hash: Mapped[str]
