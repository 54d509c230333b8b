"""An address for letters that nobody confirms is kept for some days only."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision: str = "20261125_confirming_ends"
down_revision: str | None = "20261124_taking_part"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

#: Who was asked before this gets as long as whoever is asked on the day of it.
DAYS = 7


def upgrade() -> None:
    op.add_column("contact", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    contact = sa.table(
        "contact", sa.column("expires_at", sa.DateTime(timezone=True)), sa.column("confirmed_at")
    )
    last = datetime.now(UTC) + timedelta(days=DAYS)
    op.execute(contact.update().where(contact.c.confirmed_at.is_(None)).values(expires_at=last))


def downgrade() -> None:
    op.drop_column("contact", "expires_at")
