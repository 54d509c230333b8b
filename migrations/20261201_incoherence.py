"""How the incoherence of a survey's people was distributed, day by day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261201_incoherence"
down_revision: str | None = "20261201_tasks"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

#: Triggers as of this step: when an UPDATE is refused, when a DELETE is.
RULES = {
    "update": "1 = 1",
    "delete": "NOT COALESCE((SELECT pilot FROM survey WHERE id = OLD.survey_id), FALSE)",
}


def trigger(dialect: str, verb: str, condition: str) -> list[str]:
    name = f"incoherence_figures_refuses_{verb}"
    sentence = f"incoherence_figures is append-only: {verb} refused"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON incoherence_figures WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    kept = "OLD" if verb == "delete" else "NEW"
    # PostgreSQL allows no sub-select in a trigger's WHEN: the condition moves into its function.
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$",
        f'CREATE TRIGGER {name} BEFORE {verb.upper()} ON "incoherence_figures" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]


def upgrade() -> None:
    op.create_table(
        "incoherence_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_incoherence_figures_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoherence_figures")),
        sa.UniqueConstraint("survey_id", "as_of", name=op.f("uq_incoherence_figures_survey_id_as_of")),
    )
    for verb, condition in RULES.items():
        for statement in trigger(op.get_bind().dialect.name, verb, condition):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name != "sqlite"
    op.drop_table("incoherence_figures")
    if postgresql:
        for verb in RULES:
            op.execute(f"DROP FUNCTION incoherence_figures_refuses_{verb}()")
