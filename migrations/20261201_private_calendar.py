"""The private address of a participant's calendar, as its hash."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261201_private_calendar"
down_revision: str | None = "20261201_readers"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("calendar_hash", sa.String(), nullable=True))
    op.create_index("ix_participant_calendar_hash", "participant", ["calendar_hash"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_participant_calendar_hash", "participant")
    op.drop_column("participant", "calendar_hash")
