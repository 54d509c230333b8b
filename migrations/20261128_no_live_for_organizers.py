"""Organizers are shown what is published: the setting for figures of this moment goes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_no_live_for_organizers"
down_revision: str | None = "20261125_confirming_ends"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("survey", "organizers_see_live")


def downgrade() -> None:
    op.add_column(
        "survey", sa.Column("organizers_see_live", sa.Boolean(), nullable=False, server_default=sa.false())
    )
