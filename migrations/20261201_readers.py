"""Who outside a survey is shown its crowd, and after how many days."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261201_readers"
down_revision: str | None = "20261201_incoherence"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # In one statement with its check: on SQLite nothing else adds one without rebuilding the table.
    op.execute(
        "ALTER TABLE survey ADD COLUMN readers VARCHAR DEFAULT 'nobody' NOT NULL CONSTRAINT ck_survey_readers_known"
        " CHECK (readers IN ('nobody', 'always', 'after close', 'after days'))"
    )
    op.execute(
        "ALTER TABLE survey ADD COLUMN readers_days INTEGER DEFAULT 7 NOT NULL"
        " CONSTRAINT ck_survey_days_of_readers CHECK (readers_days >= 1)"
    )


def downgrade() -> None:
    op.drop_column("survey", "readers_days")
    op.drop_column("survey", "readers")
