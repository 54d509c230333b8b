"""Preregistrations: what a survey was going to ask and compute, frozen and signed at its opening."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Moment


class Preregistration(Base):
    """One signed file. The last one of a survey counts: those before it were renewed ahead of the opening."""

    __tablename__ = "preregistration"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    #: 1, 2, … in the survey.
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Moment)
    #: The opening that it names: from then on no other is made.
    opens_at: Mapped[datetime] = mapped_column(Moment)
    #: The bytes that are signed: canonical JSON (`services.preregistration`).
    content: Mapped[bytes]
    #: Of the content, in hexadecimal.
    sha256: Mapped[str]
    #: Ed25519: 64 bytes, and the 32 of the public key of that day.
    signature: Mapped[bytes]
    public_key: Mapped[bytes]
