"""Surveys under writing: documents, their writers and their changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_drafts"
down_revision: str | None = "20261128_files_of_snapshots"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "survey_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_revision", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_draft_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_draft")),
        sa.UniqueConstraint("slug", name=op.f("uq_survey_draft_slug")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_survey_draft_survey_id")),
    )
    op.create_table(
        "draft_member",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'writer')", name=op.f("ck_draft_member_role_known")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["survey_draft.id"], name=op.f("fk_draft_member_draft_id_survey_draft")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_member_user_id_user")),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_draft_member")),
    )
    op.create_table(
        "draft_change",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["survey_draft.id"], name=op.f("fk_draft_change_draft_id_survey_draft")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_change_user_id_user")),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_draft_change")),
    )


def downgrade() -> None:
    op.drop_table("draft_change")
    op.drop_table("draft_member")
    op.drop_table("survey_draft")
