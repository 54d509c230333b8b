"""Clashes of their own answers that people keep as they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261130_kept_clashes"
down_revision: str | None = "20261130_second_person"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

#: Triggers as of this step: when an UPDATE is refused, when a DELETE is.
RULES = {
    "update": "1 = 1",
    "delete": "(SELECT erased_on FROM participant WHERE id = OLD.participant_id) IS NULL",
}


def trigger(dialect: str, verb: str, condition: str) -> list[str]:
    name, sentence = f"kept_clash_refuses_{verb}", f"kept_clash is append-only: {verb} refused"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON kept_clash WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    kept = "OLD" if verb == "delete" else "NEW"
    # PostgreSQL allows no sub-select in a trigger's WHEN: the condition moves into its function.
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$",
        f'CREATE TRIGGER {name} BEFORE {verb.upper()} ON "kept_clash" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]


def upgrade() -> None:
    op.create_table(
        "kept_clash",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("sources", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id", "survey_id"],
            ["participant.id", "participant.survey_id"],
            name=op.f("fk_kept_clash_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_clash")),
    )
    op.create_index("ix_kept_clash_participant_id", "kept_clash", ["participant_id"])
    for verb, condition in RULES.items():
        for statement in trigger(op.get_bind().dialect.name, verb, condition):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name != "sqlite"
    op.drop_table("kept_clash")
    if postgresql:
        for verb in RULES:
            op.execute(f"DROP FUNCTION kept_clash_refuses_{verb}()")
