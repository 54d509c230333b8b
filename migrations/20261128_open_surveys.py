"""A survey that anybody may join draws something for each person that is added to what they say."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261128_open_surveys"
down_revision: str | None = "20261128_base_rates"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("noise_key", sa.String(), nullable=True))
    survey = sa.table("survey", *(sa.column(name) for name in ("id", "noise_key", "visibility", "simulated")))
    connection = op.get_bind()
    guarded = sa.select(survey.c.id).where(
        survey.c.visibility != "invited", survey.c.simulated.is_(sa.false())
    )
    for one in connection.scalars(guarded).all():
        connection.execute(survey.update().where(survey.c.id == one).values(noise_key=secrets.token_hex(32)))


def downgrade() -> None:
    op.drop_column("survey", "noise_key")
