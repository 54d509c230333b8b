"""Outcomes are proposed by one person and approved by a second: proposals, what became of them, a survey's setting."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261130_second_person"
down_revision: str | None = "20261129_leaderboard_names"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def no_pilot(survey: str) -> str:
    return f"NOT COALESCE((SELECT pilot FROM survey WHERE id = {survey}), FALSE)"


#: Triggers as of this step. Table: when an UPDATE is refused, when a DELETE is.
RULES = {
    "proposal": ("1 = 1", no_pilot("OLD.survey_id")),
    "proposal_decision": ("1 = 1", no_pilot("(SELECT survey_id FROM proposal WHERE id = OLD.proposal_id)")),
}


def trigger(dialect: str, table: str, verb: str, condition: str) -> list[str]:
    name, sentence = f"{table}_refuses_{verb}", f"{table} is append-only: {verb} refused"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    kept = "OLD" if verb == "delete" else "NEW"
    # PostgreSQL allows no sub-select in a trigger's WHEN: the condition moves into its function.
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$",
        f'CREATE TRIGGER {name} BEFORE {verb.upper()} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]


def upgrade() -> None:
    op.add_column(
        "survey", sa.Column("second_person", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("known_from", MOMENT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("rests_on", sa.JSON(), nullable=False),
        sa.Column("despite", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_proposal_survey_id_survey")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_proposal_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_survey_id"), "proposal", ["survey_id"])
    op.create_table(
        "proposal_decision",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "act IN ('approved', 'refused', 'withdrawn')", name=op.f("ck_proposal_decision_act_known")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_decision_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_proposal_decision_by_id_user")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_decision")),
    )
    for table, conditions in RULES.items():
        for verb, condition in zip(("update", "delete"), conditions, strict=True):
            for statement in trigger(op.get_bind().dialect.name, table, verb, condition):
                op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in reversed(RULES):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            for verb in ("update", "delete"):
                op.execute(f"DROP FUNCTION IF EXISTS {table}_refuses_{verb}()")
    op.drop_column("survey", "second_person")
