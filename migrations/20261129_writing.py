"""Writing by program: tokens for no single survey, drafts that know the key they were begun with; notes of versions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261129_writing"
down_revision: str | None = "20261129_preregistration"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("api_token") as table:
        table.alter_column("survey_id", existing_type=sa.Integer(), nullable=True)
        table.create_check_constraint(
            op.f("ck_api_token_survey_known"), "participant_id IS NULL OR survey_id IS NOT NULL"
        )
    with op.batch_alter_table("survey_draft") as table:
        table.add_column(sa.Column("begun_key", sa.String(), nullable=True))
        table.add_column(sa.Column("begun_hash", sa.String(), nullable=True))
        table.create_unique_constraint(op.f("uq_survey_draft_begun_key"), ["begun_key"])
    op.add_column(
        "version_text", sa.Column("note", sa.String(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("version_text", "note")
    with op.batch_alter_table("survey_draft") as table:
        table.drop_constraint(op.f("uq_survey_draft_begun_key"), type_="unique")
        table.drop_column("begun_hash")
        table.drop_column("begun_key")
    # A token for no single survey was none before: whoever runs the site makes another.
    op.execute("DELETE FROM api_token WHERE survey_id IS NULL")
    with op.batch_alter_table("api_token") as table:
        table.drop_constraint(op.f("ck_api_token_survey_known"), type_="check")
        table.alter_column("survey_id", existing_type=sa.Integer(), nullable=False)
