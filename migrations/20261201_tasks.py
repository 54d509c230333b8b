"""Tasks that are done in the background, with how far they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261201_tasks"
down_revision: str | None = "20261201_snapshot_pieces"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_task_survey_id_survey")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_task_by_id_user")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_task_snapshot_id_snapshot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_task_snapshot_id")),
    )
    op.create_index("ix_task_state", "task", ["state"])
    op.create_index("ix_task_survey_id", "task", ["survey_id"])


def downgrade() -> None:
    op.drop_table("task")
