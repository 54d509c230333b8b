"""An invitation can be sent by letter: where it goes, what became of that, and who wants no more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_invitation_addresses"
down_revision: str | None = "20261128_who_asks"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

COLUMNS = (
    ("address", sa.String()),
    ("address_mark", sa.String()),
    ("person_group", sa.String()),
    ("language", sa.String()),
    ("former_hash", sa.String()),
    ("letter_due_at", sa.DateTime(timezone=True)),
    ("last_letter_at", sa.DateTime(timezone=True)),
    ("refusal", sa.String()),
    ("declined_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("invitation", sa.Column(name, kind, nullable=True))
    op.add_column("invitation", sa.Column("letters", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_invitation_former_hash", "invitation", ["former_hash"], unique=True)
    op.create_index("ix_invitation_address", "invitation", ["survey_id", "address_mark"], unique=True)
    op.add_column("survey", sa.Column("progress_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("survey", "progress_since")
    op.drop_index("ix_invitation_address", table_name="invitation")
    op.drop_index("ix_invitation_former_hash", table_name="invitation")
    op.drop_column("invitation", "letters")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("invitation", name)
