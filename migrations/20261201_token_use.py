"""The day on which a token was used last."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261201_token_use"
down_revision: str | None = "20261201_private_calendar"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("api_token", sa.Column("last_used_on", sa.Date(), nullable=True))


def downgrade() -> None:
    # Plain ALTER TABLE: a table that is made anew would lose its keys to others.
    op.drop_column("api_token", "last_used_on")
