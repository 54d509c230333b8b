"""The files of a snapshot are kept as they were made."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_files_of_snapshots"
down_revision: str | None = "20261128_form_of_forecast"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "snapshot_file",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_file_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "name", name=op.f("pk_snapshot_file")),
    )


def downgrade() -> None:
    op.drop_table("snapshot_file")
