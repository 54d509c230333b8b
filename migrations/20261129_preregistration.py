"""What a survey was going to ask and compute is kept as a signed file, and said in the organizer's own words."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261129_preregistration"
down_revision: str | None = "20261129_pilots"
branch_labels: str | Sequence[str] | None = ()
depends_on: str | Sequence[str] | None = None

TABLE = "preregistration"
WORDS = ("primary_analysis", "exclusions", "stop_rule")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_preregistration_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preregistration")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_preregistration_survey_id_number")),
    )
    for verb in ("update", "delete"):
        for statement in _trigger(op.get_bind().dialect.name, verb):
            op.execute(statement)
    for name in WORDS:
        op.add_column(
            "survey_text", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)
        )


def _trigger(dialect: str, verb: str) -> list[str]:
    name, sentence = f"{TABLE}_refuses_{verb}", f"{TABLE} is append-only: {verb} refused"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {TABLE} WHEN 1 = 1"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ]
    kept = "OLD" if verb == "delete" else "NEW"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF 1 = 1 THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$",
        f'CREATE TRIGGER {name} BEFORE {verb.upper()} ON "{TABLE}" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]


def downgrade() -> None:
    for name in reversed(WORDS):
        op.drop_column("survey_text", name)
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        for verb in ("update", "delete"):
            op.execute(f"DROP FUNCTION IF EXISTS {TABLE}_refuses_{verb}()")
