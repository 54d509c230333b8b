"""A browser's session that has ended stays ended, also in a copy of its cookie."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_sessions_end"
down_revision: str | None = "20261128_no_live_for_organizers"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_ended_session")),
    )
    op.add_column(
        "participant", sa.Column("session_generation", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("participant", "session_generation")
    op.drop_table("ended_session")
