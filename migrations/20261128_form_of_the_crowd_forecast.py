"""A survey keeps which form of the crowd forecast it uses, chosen by who may join it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_form_of_forecast"
down_revision: str | None = "20261128_sessions_end"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("open_form", sa.Boolean(), server_default=sa.true(), nullable=False))
    survey = sa.table("survey", sa.column("open_form", sa.Boolean()), sa.column("visibility"))
    op.execute(survey.update().where(survey.c.visibility == "invited").values(open_form=sa.false()))


def downgrade() -> None:
    op.drop_column("survey", "open_form")
