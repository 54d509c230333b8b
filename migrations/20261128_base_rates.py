"""A question's base rate: what was counted, the words for it, when it is shown, whether it was."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_base_rates"
down_revision: str | None = "20261128_invitation_addresses"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

COLUMNS = (
    ("survey", "base_rates_before", sa.Boolean(), sa.false()),
    ("version_text", "reference_class", sa.String(), sa.text("''")),
    ("version_text", "base_rate_source", sa.String(), sa.text("''")),
    ("submission", "base_rate_seen", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    op.add_column("question_version", sa.Column("base_rate", sa.JSON(), nullable=True))
    for table, name, kind, default in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))


def downgrade() -> None:
    for table, name, _kind, _default in reversed(COLUMNS):
        op.drop_column(table, name)
    op.drop_column("question_version", "base_rate")
