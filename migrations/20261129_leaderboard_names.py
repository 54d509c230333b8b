"""Names of participants on the leaderboard, by their own wish."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261129_leaderboard_names"
down_revision: str | None = "20261129_writing"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "leaderboard_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("likeness", sa.String(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withheld_by_id", sa.Integer(), nullable=True),
        sa.Column("withheld_why", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(name IS NULL) = (likeness IS NULL)", name=op.f("ck_leaderboard_name_likeness_of_the_name")
        ),
        sa.CheckConstraint(
            "name IS NOT NULL OR withheld_at IS NOT NULL", name=op.f("ck_leaderboard_name_says_something")
        ),
        sa.CheckConstraint(
            "(withheld_at IS NULL) = (withheld_why IS NULL)",
            name=op.f("ck_leaderboard_name_withheld_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_leaderboard_name_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["withheld_by_id"], ["user.id"], name=op.f("fk_leaderboard_name_withheld_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaderboard_name")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_leaderboard_name_participant_id")),
        sa.UniqueConstraint("survey_id", "likeness", name=op.f("uq_leaderboard_name_survey_id_likeness")),
    )


def downgrade() -> None:
    op.drop_table("leaderboard_name")
