"""People with an account: organizers and analysts always, participants when they wish.

The mixins of Flask-Security say what it stores; no other model knows of Flask.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from flask_security.models import sqla
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment
from .survey import Survey

# Before the classes: their mixins take the base from it, and find each other by the names they bear here.
sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]

ROLES = ("owner", "organizer", "analyst")


class Role(Base, sqla.FsRoleMixin):
    """A role of the whole installation; what somebody may do in a survey is their membership."""

    __tablename__ = "role"


class User(Base, sqla.FsUserMixin):
    """Somebody who can sign in."""

    __tablename__ = "user"

    #: Changes whenever a one-time link is used or a new one is made, so that no link works twice.
    sign_in_nonce: Mapped[str | None]
    #: The last step of the authenticator that was used, so that no code works twice, on whatever host.
    totp_counter: Mapped[int | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")

    # Columns of the mixin, which the type checker does not see.
    if TYPE_CHECKING:
        id: Mapped[int]
        email: Mapped[str]
        fs_uniquifier: Mapped[str]
        active: Mapped[bool]


class WebAuthn(Base, sqla.FsWebAuthnMixin):
    """A passkey."""

    __tablename__ = "webauthn"


class Membership(Base):
    """What a user may do in one survey."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "survey_id"),
        CheckConstraint(f"role IN ({', '.join(map(repr, ROLES))})", name="role_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    role: Mapped[str]
    since: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship(back_populates="memberships")
    survey: Mapped[Survey] = relationship()
