"""A kind of email more: forecasts that have stood untouched for some weeks are called to mind."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261203_reminders"
down_revision: str | None = "20261202_snapshot_options"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

FIVE = "'opening', 'clarification', 'closing', 'resolved', 'corrected'"
WAYS = "way IN ('none', 'each', 'digest')"
BY_KIND = f"CASE WHEN kind = 'stale' THEN way IN ('none', '14', '28', '56') ELSE {WAYS} END"


def upgrade() -> None:
    _check("notice", kind_known=f"kind IN ({FIVE}, 'stale')")
    _check("notice_choice", kind_known=f"kind IN ({FIVE}, 'stale')", way_known=BY_KIND)
    # Whoever wanted emails of no kind there was keeps getting none.
    op.execute(
        "INSERT INTO notice_choice (participant_id, kind, way) SELECT participant_id, 'stale', 'none'"
        " FROM notice_choice WHERE way = 'none' GROUP BY participant_id HAVING count(*) = 5"
    )


def downgrade() -> None:
    for table in ("notice", "notice_choice"):
        op.execute(f"DELETE FROM {table} WHERE kind = 'stale'")
    _check("notice_choice", kind_known=f"kind IN ({FIVE})", way_known=WAYS)
    _check("notice", kind_known=f"kind IN ({FIVE})")


def _check(table: str, **rules: str) -> None:
    """Put other rules in the place of those of the same names. No trigger is on these tables."""
    with op.batch_alter_table(table) as batch:
        for name, rule in rules.items():
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(rule))
