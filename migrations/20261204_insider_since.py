"""Since when somebody is an insider, in place of that they are one: figures of days before hold their answers."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision: str = "20261204_insider_since"
down_revision: str | None = "20261203_reminders"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
PERSON = sa.table(
    "participant",
    sa.column("id", sa.Integer),
    sa.column("survey_id", sa.Integer),
    sa.column("user_id", sa.Integer),
    sa.column("joined_at", MOMENT),
    sa.column("insider", sa.Boolean),
    sa.column("insider_since", MOMENT),
)
LOG = sa.table(
    "event_log",
    sa.column("survey_id", sa.Integer),
    sa.column("act", sa.String),
    sa.column("at", MOMENT),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    op.add_column("participant", sa.Column("insider_since", MOMENT, nullable=True))
    _date_from_the_log()
    op.drop_column("participant", "insider")


def _date_from_the_log() -> None:
    """Since they first got a role, if they had joined by then; else since they joined: later acts were not dated."""
    connection = op.get_bind()
    given = sa.select(LOG.c.survey_id, LOG.c.at, LOG.c.detail).where(LOG.c.act == "grant")
    first: dict[tuple[int, int], datetime] = {}
    for survey, at, detail in connection.execute(given.order_by(LOG.c.at)):
        user = detail.get("user") if isinstance(detail, dict) else None
        # An entry that somebody wrote past the site may hold anything: it dates nobody, and stops no upgrade.
        if isinstance(user, int):
            first.setdefault((survey, user), at)
    insiders = sa.select(PERSON.c.id, PERSON.c.survey_id, PERSON.c.user_id, PERSON.c.joined_at)
    for person, survey, user, joined in connection.execute(insiders.where(PERSON.c.insider)).all():
        since = max(joined, first.get((survey, user), joined))
        connection.execute(sa.update(PERSON).where(PERSON.c.id == person).values(insider_since=since))


def downgrade() -> None:
    op.add_column(
        "participant", sa.Column("insider", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(sa.update(PERSON).values(insider=PERSON.c.insider_since.is_not(None)))
    op.drop_column("participant", "insider_since")
