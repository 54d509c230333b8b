"""Under which licence a survey's data may be passed on; nobody has said so of those that are there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261202_licence"
down_revision: str | None = "20261201_token_use"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

COLUMNS = (("licence", "'not stated'"), ("licence_words", "''"), ("licence_address", "''"))


def upgrade() -> None:
    for name, default in COLUMNS:
        column = sa.Column(name, sa.String(), nullable=False, server_default=sa.text(default))
        op.add_column("survey", column)


def downgrade() -> None:
    for name, _default in reversed(COLUMNS):
        op.drop_column("survey", name)
