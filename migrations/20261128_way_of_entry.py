"""A participant's way of entry is kept: a personal invitation, an account, or the open link."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_way_of_entry"
down_revision: str | None = "20261128_open_surveys"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("entry", sa.String(), server_default="link", nullable=False))
    # What is known of people who have joined before: an account may have been added later.
    participant = sa.table(
        "participant", sa.column("id"), sa.column("user_id"), sa.column("erased_on"), sa.column("entry")
    )
    invitation = sa.table("invitation", sa.column("participant_id"))
    invited = participant.c.id.in_(
        sa.select(invitation.c.participant_id).where(invitation.c.participant_id.is_not(None))
    )
    for known, entry in (
        (participant.c.user_id.is_not(None), "account"),
        (invited, "invitation"),
        (participant.c.erased_on.is_not(None), ""),
    ):
        op.execute(participant.update().where(known).values(entry=entry))


def downgrade() -> None:
    op.drop_column("participant", "entry")
