"""How a snapshot is to be frozen, and the key under which people bear the same pseudonyms in several."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261202_snapshot_options"
down_revision: str | None = "20261202_licence"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("task", sa.Column("parameters", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("snapshot", sa.Column("sealed_wave_key", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    # Plain ALTER TABLE: a table that is made anew would lose its keys to others.
    op.drop_column("snapshot", "sealed_wave_key")
    op.drop_column("task", "parameters")
